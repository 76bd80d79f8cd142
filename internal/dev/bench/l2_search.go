package bench

import (
	"github.com/labstack/echo/v4"
)

// searchTable is what a plain service would search in: PostgreSQL's own Finnish stems of names and descriptions. It stands
// beside the table of the organisations so that it costs Seutu nothing.
const searchTable = `
create table if not exists l2_search (id uuid primary key, vector tsvector not null);
insert into l2_search select id, ` + searchVector + ` from organisations o where deleted_at is null and not exists (select from l2_search f where f.id = o.id);
create index if not exists l2_search_vector on l2_search using gin (vector)`

// searchVector is the vector of a row o.
const searchVector = `setweight(jsonb_to_tsvector('finnish', o.name, '"string"'), 'A') || setweight(jsonb_to_tsvector('finnish', o.other_names, '"string"'), 'B') ||
	setweight(jsonb_to_tsvector('finnish', coalesce(o.description, '{}'), '"string"'), 'C')`

// search answers with the 20 best of all that has the words.
func (s l2) search(c echo.Context) error {
	return s.page(c, "select "+shown+` from plainto_tsquery('finnish', $1) q, l2_search f join organisations o using (id)
		where f.vector @@ q and o.status = 'published' and o.deleted_at is null order by ts_rank(f.vector, q) desc, o.id limit 20`, c.QueryParam("q"))
}
