package duplicate

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
)

// moveOrganisation ends the pairs of an organisation that goes up in another, and dismisses those of the other that were
// dismissed of it.
func (r Repository) moveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	const others = "case when a = $1 then b else a end"
	now, b := clock.Now(), &pgx.Batch{}
	b.Queue(`with was as (
			update duplicate_pairs set version = version + 1, updated_at = $3, deleted_at = $3 where $1 in (a, b) and deleted_at is null
			returning `+others+` as other, status, score, reasons, decided_at, decided_by, note
		)
		insert into duplicate_pairs as p (id, version, created_at, updated_at, a, b, status, score, reasons, decided_at, decided_by, note)
		select gen_random_uuid(), 1, $3, $3, least(other, $2), greatest(other, $2), status, score, reasons, decided_at, decided_by, note from was where status = 'dismissed' and other <> $2
		on conflict (a, b) where deleted_at is null do update set version = p.version + 1, updated_at = $3, status = 'dismissed', decided_at = excluded.decided_at, decided_by = excluded.decided_by, note = excluded.note
		where p.status = 'open'`, m.From, m.Into, now)
	b.Queue("delete from duplicate_looks where organisation_id = $1", m.From)
	return store.Err(tx.Conn().SendBatch(ctx, b).Close())
}
