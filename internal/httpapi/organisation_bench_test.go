package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/dev/bench"
	"github.com/seutu/seutu/internal/testkit"
)

// These benchmarks compare Seutu with L2, a minimal server of hand-written queries, inside one process: they show where time
// and allocations go. How both fare under load, over connections and with a durable database, tells `go tool dev bench`.

// benchRows is how many organisations there are.
const benchRows = 3000

// side is one of the two servers.
type side struct {
	name    string
	handler http.Handler
	token   string
}

// sides starts both servers on one filled database, and gives the ids of some of its rows.
func sides(b *testing.B) (both []side, ids []string, anonymous *testkit.Client) {
	b.Helper()
	s := testkit.New(b)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	if err := bench.Fill(b.Context(), s.App, benchRows); err != nil {
		b.Fatal(err)
	}
	pool, err := pgxpool.New(b.Context(), s.DSN)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(pool.Close)
	s.Exec("analyze organisations")
	anonymous = s.Anonymous()
	for _, item := range anonymous.Get("/v1/organisations?limit=200&sort=-createdAt").Want(200).Items() {
		ids = append(ids, item["id"].(string))
	}
	return []side{{"seutu", s.Server, s.As(authz.Admin, "").Token}, {"l2", bench.L2(pool), ""}}, ids, anonymous
}

// do sends a request; another status than the wanted one ends the benchmark.
func (s side) do(b *testing.B, status int, method, path string, body []byte, headers ...string) {
	r := httptest.NewRequestWithContext(b.Context(), method, path, bytes.NewReader(body))
	if body == nil {
		r.Body = http.NoBody
	} else if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != status {
		b.Fatalf("%s %s: %d: %s", method, path, w.Code, w.Body)
	}
}

// each runs a benchmark for both servers.
func each(b *testing.B, both []side, one func(b *testing.B, s side, i int)) {
	b.Helper()
	for _, s := range both {
		b.Run(s.name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				one(b, s, i)
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	both, ids, _ := sides(b)
	each(b, both, func(b *testing.B, s side, i int) { s.do(b, 200, "GET", "/v1/organisations/"+ids[i%len(ids)], nil) })
}

func BenchmarkList(b *testing.B) {
	both, _, _ := sides(b)
	each(b, both, func(b *testing.B, s side, _ int) { s.do(b, 200, "GET", "/v1/organisations?municipality=109", nil) })
}

func BenchmarkDeepPage(b *testing.B) {
	both, _, c := sides(b)
	seutu, l2 := "/v1/organisations?region=01", ""
	for range 6 { // pages of 20
		page := c.Get(seutu).Want(200)
		items := page.Items()
		last := items[len(items)-1]
		q := url.Values{"region": {"01"}, "name": {last["name"].(map[string]any)["fi"].(string)}, "after": {last["id"].(string)}}
		seutu, l2 = page.JSON()["next"].(string), "/v1/organisations?"+q.Encode()
	}
	each(b, both, func(b *testing.B, s side, _ int) {
		if s.name == "seutu" {
			s.do(b, 200, "GET", seutu, nil)
		} else {
			s.do(b, 200, "GET", l2, nil)
		}
	})
}

func BenchmarkCreate(b *testing.B) {
	both, _, _ := sides(b)
	n := benchRows
	each(b, both, func(b *testing.B, s side, _ int) {
		n++
		s.do(b, 201, "POST", "/v1/organisations", bench.Creation(n), "Content-Type", "application/json")
	})
}

func BenchmarkPatch(b *testing.B) {
	both, ids, _ := sides(b)
	versions := map[string]int{}
	each(b, both, func(b *testing.B, s side, i int) {
		id := ids[i%len(ids)]
		versions[id]++
		body := fmt.Appendf(nil, `{"website":"https://example.org/%d"}`, versions[id])
		s.do(b, 200, "PATCH", "/v1/organisations/"+id, body, "Content-Type", "application/merge-patch+json", "If-Match", fmt.Sprintf(`"%d"`, versions[id]))
	})
}

// BenchmarkImport brings files of 1,000 new rows, and to Seutu also the same file again and again.
func BenchmarkImport(b *testing.B) {
	both, _, _ := sides(b)
	const rows = 1000
	n := 1_000_000
	one := func(b *testing.B, s side, next func() []byte) {
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			file := next()
			b.StartTimer()
			s.do(b, 200, "POST", "/v1/sync/organisations", file, "Content-Type", "application/x-ndjson")
		}
		b.ReportMetric(rows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	}
	for _, s := range both {
		b.Run(s.name, func(b *testing.B) {
			one(b, s, func() []byte { n += rows; return bench.File(n, rows) })
		})
	}
	last := bench.File(n, rows)
	both[0].do(b, 200, "POST", "/v1/sync/organisations", last, "Content-Type", "application/x-ndjson")
	b.Run("seutu-unchanged", func(b *testing.B) { one(b, both[0], func() []byte { return last }) })
}

// TestL2 holds L2 to its word: it must show what Seutu shows, or the comparison is worth nothing.
func TestL2(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	require.NoError(t, bench.Fill(t.Context(), s.App, 400))
	pool, err := pgxpool.New(t.Context(), s.DSN)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	l2 := func(path string) []byte {
		w := httptest.NewRecorder()
		bench.L2(pool).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", path, nil))
		require.Equal(t, 200, w.Code, w.Body)
		return w.Body.Bytes()
	}
	list := s.Anonymous().Get("/v1/organisations?municipality=109").Want(200)
	var page struct{ Items []map[string]any }
	require.NoError(t, json.Unmarshal(l2("/v1/organisations?municipality=109"), &page))
	require.NotEmpty(t, page.Items)
	assert.Equal(t, list.Items(), page.Items)
	row := "/v1/organisations/" + page.Items[0]["id"].(string)
	assert.JSONEq(t, string(s.Anonymous().Get(row).Want(200).Body), string(l2(row)))
}

// BenchmarkStart is a start on a database that is up to date, up to the first answer. What a process reads only once, such as
// the contract, is not in it.
func BenchmarkStart(b *testing.B) {
	dsn := testkit.DSN(b)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	for b.Loop() {
		if err := app.Migrate(b.Context(), dsn); err != nil {
			b.Fatal(err)
		}
		a, err := app.New(b.Context(), app.Options{DSN: dsn, Pool: 4, Voikko: "off", Service: config.Service{Issuer: "https://seutu.test"}})
		if err != nil {
			b.Fatal(err)
		}
		side{"seutu", a.Server, ""}.do(b, http.StatusOK, http.MethodGet, "/v1/organisations", nil)
		a.Close()
	}
}
