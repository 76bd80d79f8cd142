package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/clock"
)

// Replay is the stored answer of a request with an Idempotency-Key.
type Replay struct {
	Actor, Key string
	Hash       []byte // of the request
	Status     int
	Header     map[string][]string
	Body       []byte // nil when the answer held a secret
	Running    bool   // another request with this key is under way
}

// KeepReplays is how long answers are kept.
const KeepReplays = 24 * time.Hour

// FindReplay takes hold of the key until the end of the transaction and returns what is stored under it; nil if nothing is.
func (tx *Tx) FindReplay(ctx context.Context, r Replay) (*Replay, error) {
	var free bool
	err := tx.conn.QueryRow(ctx, "select pg_try_advisory_xact_lock(hashtextextended($1, $2))", r.Actor+" "+r.Key, lockReplay).Scan(&free)
	if err != nil {
		return nil, translate(err)
	}
	if !free {
		return &Replay{Running: true}, nil
	}
	found := Replay{}
	err = tx.conn.QueryRow(ctx, "select hash, status, header, body from idempotency_keys where actor = $1 and key = $2 and created_at > $3",
		r.Actor, r.Key, clock.Now().Add(-KeepReplays)).Scan(&found.Hash, &found.Status, &found.Header, &found.Body)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil //nolint:nilnil // nothing stored is no error
	}
	return &found, translate(err)
}

// KeepReplay stores an answer in the transaction that did the work.
func (tx *Tx) KeepReplay(ctx context.Context, r Replay) error {
	_, err := tx.conn.Exec(ctx, `insert into idempotency_keys (actor, key, hash, status, header, body, created_at) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (actor, key) do update set hash = excluded.hash, status = excluded.status, header = excluded.header, body = excluded.body, created_at = excluded.created_at`,
		r.Actor, r.Key, r.Hash, r.Status, r.Header, r.Body, clock.Now())
	return translate(err)
}

// ForgetReplays removes the answers that are too old.
func (d *DB) ForgetReplays(ctx context.Context) error {
	_, err := d.Exec(ctx, "delete from idempotency_keys where created_at < $1", clock.Now().Add(-KeepReplays))
	return err
}
