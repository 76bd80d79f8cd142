package account

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
)

// lockScope tells where an organisation stands, and keeps others from giving and taking grants until the transaction ends.
func (r *repository) lockScope(ctx context.Context, tx *store.Tx, organisation uuid.UUID) (t authz.Target, err error) {
	if err := r.queue(ctx, tx); err != nil {
		return t, err
	}
	err = r.QueryRow(ctx, "select coalesce(region, ''), coalesce(municipality, '') from organisations where id = $1", organisation).Scan(&t.Region, &t.Municipality)
	return t, store.Err(err)
}

// wasPublished tells whether an organisation ever was.
func (r *repository) wasPublished(ctx context.Context, organisation uuid.UUID) (yes bool, err error) {
	err = r.QueryRow(ctx, "select published_at is not null from organisations where id = $1", organisation).Scan(&yes)
	return yes, store.Err(err)
}
