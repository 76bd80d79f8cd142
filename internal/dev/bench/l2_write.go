package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/labstack/echo/v4"
)

// incoming is an organisation as it comes in: what L2 does not set itself.
type incoming struct {
	stored
	Key *struct {
		System string `json:"system"`
		ID     string `json:"id"`
	} `json:"key"`
}

// written are the columns that L2 writes, in the order of values; region and sub_region follow from the municipality.
var written = []string{
	"id", "version", "created_at", "updated_at", "published_at", "status", "kind", "name", "other_names", "description", "field", "register_number", "business_id", "country",
	"municipality", "municipalities", "address", "postal_address", "location", "logo", "website", "email", "phone", "social_links", "languages", "member_count", "founded",
	"dissolved", "registered_on", "funding_sources", "affiliations", "external_ids", "sort_name", "match_name",
}

// insertOne inserts values, makes the row found, and gives it back.
var insertOne = func() string {
	marks := make([]string, len(written))
	for i := range written {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	home := "(select %s from municipalities where code = $15)" // municipality
	return "with o as (insert into organisations (" + strings.Join(written, ", ") + ", region, sub_region) values (" + strings.Join(marks, ", ") + ", " +
		fmt.Sprintf(home, "region") + ", " + fmt.Sprintf(home, "sub_region") + ") returning *), f as (insert into l2_search select id, " + searchVector + " from o) select " + shown + " from o"
}()

// mergeAll upserts a temporary table by register number.
var mergeAll = func() string {
	sets := make([]string, 0, len(written))
	for _, c := range written {
		switch c {
		case "id", "created_at", "register_number", "published_at":
		case "version":
			sets = append(sets, "version = o.version + 1")
		default:
			sets = append(sets, c+" = excluded."+c)
		}
	}
	return "insert into organisations as o (" + strings.Join(written, ", ") + ", region, sub_region) select i." + strings.Join(written, ", i.") +
		", m.region, m.sub_region from incoming i left join municipalities m on m.code = i.municipality" +
		" on conflict (register_number, (case when submitted_by is not null and published_at is null then id end)) where deleted_at is null and register_number is not null do update set " + strings.Join(sets, ", ")
}()

// mergeVectors makes what was merged found.
const mergeVectors = "insert into l2_search select o.id, " + searchVector + " from organisations o join incoming i using (register_number) where o.deleted_at is null" +
	" on conflict (id) do update set vector = excluded.vector"

// values are those of the written columns; what is derived is derived in the plainest way.
func (in *incoming) values() []any {
	var name map[string]string
	_ = json.Unmarshal(in.Name, &name) // L2 does not validate
	now, best := time.Now(), name["fi"]
	lower := strings.ToLower(best)
	if in.Country == "" {
		in.Country = "FI"
	}
	if in.Key != nil {
		in.ExternalIDs, _ = json.Marshal([]any{in.Key}) // two texts
	}
	return []any{
		newID(), 1, now, now, now, "published", in.Kind, member(in.Name), list(in.OtherNames), member(in.Description), in.Field, in.RegisterNumber, in.BusinessID, in.Country,
		in.Municipality, list(in.Municipalities), member(in.Address), member(in.PostalAddress), member(in.Location), in.Logo, in.Website, in.Email, in.Phone, list(in.SocialLinks),
		list(in.Languages), member(in.MemberCount), member(in.Founded), member(in.Dissolved), in.RegisteredOn, list(in.FundingSources), list(in.Affiliations), list(in.ExternalIDs),
		best, strings.TrimSuffix(lower, " ry"),
	}
}

// member is JSON as an argument, null where the member is missing; list is an empty list then.
func member(m json.RawMessage) any {
	if m == nil {
		return nil
	}
	return []byte(m)
}

func list(m json.RawMessage) any {
	if m == nil {
		return []byte("[]")
	}
	return []byte(m)
}

// upsert takes one JSON object a line: COPY into a temporary table, then one statement.
func (s l2) upsert(c echo.Context) error {
	ctx := c.Request().Context()
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(ctx) //nolint:errcheck // after the commit there is nothing to roll back
	if _, err := tx.Exec(ctx, "create temp table incoming on commit drop as select "+strings.Join(written, ", ")+" from organisations limit 0"); err != nil {
		return err
	}
	lines := json.NewDecoder(c.Request().Body)
	n, err := tx.CopyFrom(ctx, pgx.Identifier{"incoming"}, written, pgx.CopyFromFunc(func() ([]any, error) {
		var in incoming
		err := lines.Decode(&in)
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return in.values(), err
	}))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, mergeAll); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, mergeVectors); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]int64{"rows": n})
}
