package post

import (
	"context"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
)

// tallies counts the posts of a kind that existed on each of the days, and those of them that somebody held, by the place
// that they are for.
func (r Repository) tallies(ctx context.Context, kind Kind, days []clock.Date) (out []tally, err error) {
	rows, err := r.Query(ctx, `
		select (d.n - 1)::int, p.municipality, p.region, count(*)::int, count(h.id)::int
		from unnest($1::text[]::date[]) with ordinality d(day, n)
			join posts p on p.kind = $2 and p.deleted_at is null and daterange(p.valid_from, p.valid_to) @> d.day
			left join post_holders h on h.post_id = p.id and h.deleted_at is null and h.period @> d.day
		group by 1, 2, 3`, days, kind)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t tally
		if err := rows.Scan(&t.day, &t.municipality, &t.region, &t.posts, &t.filled); err != nil {
			return nil, store.Err(err)
		}
		out = append(out, t)
	}
	return out, store.Err(rows.Err())
}
