package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

// sample is what the requests ask for, chosen before the clock runs.
type sample struct {
	ids            []string // in a fixed random order
	versions       []int64  // of ids; a writer raises those of its own rows
	tags           []string // ETags of the first ids, for 304
	municipalities []string
	queries        []string // of two words
	deep           []place
	bodies         [][]byte     // of creates
	created        atomic.Int64 // how many bodies were used
	nextNumber     int          // register number of the next import file
}

// place is where a page deep in a region begins, as either server is told it.
type place struct{ seutu, l2 string }

// hot is how many rows the works on hot rows ask for.
const hot = 200

// searched is how many rows' names the works search for.
const searched = 5_000

// take draws the sample from the database and, for cursors and tags, from Seutu.
func take(ctx context.Context, dsn string, seutu *server) (*sample, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx) //nolint:errcheck // was only read
	m := &sample{}
	if err := m.readRows(ctx, conn); err != nil {
		return nil, err
	}
	if len(m.ids) < 10*hot {
		return nil, fmt.Errorf("%d rows are too few", len(m.ids))
	}
	var numbered int
	if err := conn.QueryRow(ctx, "select count(register_number) from organisations").Scan(&numbered); err != nil {
		return nil, err
	}
	m.nextNumber = 1_000_000 + numbered
	for i := range 2_000 {
		m.bodies = append(m.bodies, Creation(len(m.ids)+i))
	}
	for _, p := range divided().Municipalities() {
		m.municipalities = append(m.municipalities, p.Code)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(m.municipalities), func(i, j int) {
		m.municipalities[i], m.municipalities[j] = m.municipalities[j], m.municipalities[i]
	})
	w, err := newWorker(ctx, seutu, 0)
	if err != nil {
		return nil, err
	}
	defer w.conn.Close()
	for _, id := range m.ids[:hot] {
		header, _, err := w.do(request{method: "GET", path: "/v1/organisations/" + id, status: 200}, false)
		if err != nil {
			return nil, err
		}
		m.tags = append(m.tags, header.Get("ETag"))
	}
	return m, m.walk(ctx, conn, w)
}

// readRows reads which rows there are.
func (m *sample) readRows(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, "select id::text, version, sort_name from organisations where status = 'published' and deleted_at is null order by hashtext(id::text), id")
	if err != nil {
		return err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var id, name string
		var version int64
		if err := rows.Scan(&id, &version, &name); err != nil {
			return err
		}
		m.ids, m.versions = append(m.ids, id), append(m.versions, version)
		if len(names) < searched {
			names = append(names, name)
		}
	}
	m.queries = readWords(names)
	return rows.Err()
}

// walk pages through some regions and notes where the pages of their second halves begin.
func (m *sample) walk(ctx context.Context, conn *pgx.Conn, w *worker) error {
	type page struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
		Next *string `json:"next"`
	}
	regions := divided().Regions()
	for i := 0; i < len(regions); i += 4 {
		region := regions[i].Code
		var places []place
		for path := "/v1/organisations?limit=200&region=" + region; path != ""; {
			_, body, err := w.do(request{method: "GET", path: path, status: 200}, true)
			if err != nil {
				return err
			}
			var p page
			if err := json.Unmarshal(body, &p); err != nil {
				return err
			}
			if path = ""; p.Next == nil {
				continue
			}
			path = *p.Next
			u, err := url.Parse(path)
			if err != nil {
				return err
			}
			q, last, name := u.Query(), p.Items[len(p.Items)-1].ID, ""
			if err := conn.QueryRow(ctx, "select sort_name from organisations where id = $1", last).Scan(&name); err != nil {
				return err
			}
			q.Del("limit")
			places = append(places, place{"/v1/organisations?" + q.Encode(), "/v1/organisations?" + url.Values{"region": {region}, "name": {name}, "after": {last}}.Encode()})
		}
		m.deep = append(m.deep, places[len(places)/2:]...)
	}
	if len(m.deep) == 0 {
		return fmt.Errorf("%d rows are too few for pages deep in a region", len(m.ids))
	}
	return nil
}
