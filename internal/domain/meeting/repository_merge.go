package meeting

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/store"
)

// OrganisationColumns are the columns of meetings that name organisations. What a published memo holds stays: it tells what
// was so on its day.
var OrganisationColumns = []string{"meeting_attendances.organisation_id"}

// moveOrganisation lets the rolls in which an organisation stands name the one that it was merged into. Where both were at a
// meeting, or away from it, one row remains: that of the one who was there.
func (r Repository) moveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	meetings, err := r.Lock(ctx, "id in (select meeting_id from meeting_attendances where organisation_id = ?)", m.From)
	if err != nil {
		return err
	}
	//nolint:rowserrcheck // ForEachRow tells
	rows, err := tx.Conn().Query(ctx, `delete from meeting_attendances x using meeting_attendances y
		where y.meeting_id = x.meeting_id and num_nonnulls(x.seat_id, x.guest, y.seat_id, y.guest) = 0
			and (x.organisation_id, y.organisation_id) in (($1, $2), ($2, $1)) and case when (x.presence in ('present', 'remote')) = (y.presence in ('present', 'remote')) then x.organisation_id = $1 else y.presence in ('present', 'remote') end
		returning x.id, y.id`, m.From, m.Into)
	if err != nil {
		return store.Err(err)
	}
	var gone, kept uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&gone, &kept}, func() error {
		as := kept
		m.End("attendance", gone, "same", &as)
		return nil
	}); err != nil {
		return store.Err(err)
	}
	tag, err := tx.Conn().Exec(ctx, "update meeting_attendances set organisation_id = $2 where organisation_id = $1", m.From, m.Into)
	if err != nil {
		return store.Err(err)
	}
	m.Move("attendance", int(tag.RowsAffected()))
	for _, was := range meetings {
		if was.Owner, err = r.owner(ctx, was.CouncilID, was.NetworkID); err != nil {
			return err
		}
		now := *was
		if err := r.Touch(ctx, tx, was, &now, "attendance"); err != nil {
			return err
		}
	}
	return nil
}
