package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// IDs are those that a query gives, in its order.
func (d *DB) IDs(ctx context.Context, sql string, args ...any) ([]uuid.UUID, error) {
	rows, err := d.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return ids, translate(err)
}

// IDSet are the ids that a query gives.
func (d *DB) IDSet(ctx context.Context, sql string, args ...any) (map[uuid.UUID]bool, error) {
	ids, err := d.IDs(ctx, sql, args...)
	set := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set, err
}
