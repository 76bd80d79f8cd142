package meeting

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/store"
)

// entries reads the meetings of a calendar, the oldest first. Of too many it is the latest: those to come are not cut off.
func (r Repository) entries(ctx context.Context, f Filter) ([]entry, error) {
	l := store.List{From: from, Where: []string{"m.deleted_at is null", "m.date is not null"}}
	f.apply(&l)
	rows, err := r.Query(ctx, fmt.Sprintf(`select m.id, m.version, m.updated_at, m.title, coalesce(c.name, n.name), m.year, m.number, m.date, m.starts_at, m.ends_at, m.status, m.place, m.link,
		m.cancel_reason, m.replaced_by, r.title, coalesce(rc.name, rn.name), r.year, r.number, r.date
		from %s left join meetings r on r.id = m.replaced_by_meeting_id and r.deleted_at is null
		left join councils rc on rc.id = r.council_id left join networks rn on rn.id = r.network_id where %s order by %s desc, m.id desc limit %d`, l.From, l.Conditions(), dated, maxEvents), l.Args...)
	if err != nil {
		return nil, err
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[entry])
	slices.Reverse(out)
	return out, store.Err(err)
}

// ownerName is the name of a council or network.
func (r Repository) ownerName(ctx context.Context, council, network *uuid.UUID) (name i18n.Text, err error) {
	table, id := "councils", council
	if council == nil {
		table, id = "networks", network
	}
	err = r.QueryRow(ctx, "select name from "+table+" where id = $1", id).Scan(&name)
	return name, store.Err(err)
}

// CountAhead is SQL that counts the meetings to come: everyone may see them.
const CountAhead = "select count(*) from meetings where status = 'planned' and date >= (now() at time zone 'Europe/Helsinki')::date and deleted_at is null"
