package store

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Position is a place in the change feed. Order is by epoch (of the server: it rises after a restore or a failover),
// transaction id and number within it.
type Position struct {
	Epoch int64
	XID   uint64
	Seq   int64
}

// FeedRow is one change as the feed tells it.
type FeedRow struct {
	Position
	Type    string
	ID      uuid.UUID
	Op      Op
	Version int64
	At      time.Time
}

// Changes reads the feed after a position. It never skips a committed row: rows of transactions that may still have
// uncommitted elders wait below the horizon. Rows of one transaction come in order; order between transactions is that of
// their first writes, so a consumer applies a row only when its version exceeds the one it holds.
func (d *DB) Changes(ctx context.Context, after Position, limit int) ([]FeedRow, error) {
	rows, err := d.Query(ctx, `
		select epoch, xid::text::bigint, seq, type, resource_id, op, version, changed_at from changes
		where (epoch, xid, seq) > ($1, $2::text::xid8, $3) and (epoch < seutu_epoch() or xid < pg_snapshot_xmin(pg_current_snapshot()))
		order by epoch, xid, seq limit $4`, after.Epoch, strconv.FormatUint(after.XID, 10), after.Seq, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []FeedRow
	for rows.Next() {
		var r FeedRow
		var xid int64
		if err := rows.Scan(&r.Epoch, &xid, &r.Seq, &r.Type, &r.ID, &r.Op, &r.Version, &r.At); err != nil {
			return nil, translate(err)
		}
		r.XID = uint64(xid)
		out = append(out, r)
	}
	return out, translate(rows.Err())
}

// FeedLag is the age in seconds of the oldest open writing transaction: so far may the feed be behind. -1 when unknown.
func (d *DB) FeedLag() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var lag float64
	err := d.pool.QueryRow(ctx, "select seutu_feed_lag()").Scan(&lag)
	if err != nil {
		return -1
	}
	return lag
}
