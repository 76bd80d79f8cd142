package store

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seutu/seutu/internal/clock"
)

// channel is where the processes on one database tell each other what they have changed.
const channel = "seutu_changes"

// changes tells whoever watches, in this process and in others, which types of resources were changed.
type changes struct {
	self     string // names this process to the others
	mu       sync.Mutex
	watchers []func(types []string)
	pending  map[string]bool // not told to the others yet
	wake     chan struct{}
}

func newChanges() *changes {
	return &changes{self: NewID().String(), pending: map[string]bool{}, wake: make(chan struct{}, 1)}
}

// OnChange lets fn know, after every commit of this process and before its caller does, which types of resources were
// changed; nil means that any may have been. What other processes change it hears while Follow runs.
func (d *DB) OnChange(fn func(types []string)) {
	d.changes.mu.Lock()
	defer d.changes.mu.Unlock()
	d.changes.watchers = append(d.changes.watchers, fn)
}

// Changed tells the watchers of this process, and lets the others be told.
func (d *DB) Changed(types []string) {
	d.changes.tell(types)
	d.changes.mu.Lock()
	for _, t := range types {
		d.changes.pending[t] = true
	}
	d.changes.mu.Unlock()
	select {
	case d.changes.wake <- struct{}{}:
	default: // somebody is awake already
	}
}

func (c *changes) tell(types []string) {
	c.mu.Lock()
	watchers := slices.Clone(c.watchers)
	c.mu.Unlock()
	for _, fn := range watchers {
		fn(types)
	}
}

// Follow tells other processes what this one changes, and its watchers what the others do, until the context ends. following
// is told whether the others can be heard. Notices go out after the commit, many together: inside the transactions they
// would make all commits queue behind one lock.
func (d *DB) Follow(ctx context.Context, following func(bool)) {
	go d.announce(ctx)
	for ctx.Err() == nil {
		err := d.listen(ctx, following)
		following(false)
		if ctx.Err() == nil {
			slog.WarnContext(ctx, "other processes cannot be heard", "error", Loggable(err))
		}
		_ = clock.Sleep(ctx, time.Second)
	}
}

// announce sends what is pending, at most twenty times a second.
func (d *DB) announce(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.changes.wake:
		}
		d.changes.mu.Lock()
		types := slices.Sorted(maps.Keys(d.changes.pending))
		clear(d.changes.pending)
		d.changes.mu.Unlock()
		if _, err := d.pool.Exec(ctx, "select pg_notify($1, $2)", channel, d.changes.self+" "+strings.Join(types, " ")); err != nil && ctx.Err() == nil {
			d.Changed(types) // it is tried again
		}
		if clock.Sleep(ctx, 50*time.Millisecond) != nil {
			return
		}
	}
}

// listen hears the others on a connection of its own, until that breaks.
func (d *DB) listen(ctx context.Context, following func(bool)) error {
	conn, err := pgx.ConnectConfig(ctx, d.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it is given up
	if _, err := conn.Exec(ctx, "listen "+channel); err != nil {
		return err
	}
	d.changes.tell(nil) // nobody knows what was missed
	following(true)
	for {
		wait, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
		n, err := conn.WaitForNotification(wait)
		cancel()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			d.heard(n)
		case !errors.Is(err, context.DeadlineExceeded):
			return err
		default: // silence: is anybody there?
			ping, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
			err := conn.Ping(ping)
			cancel()
			if err != nil {
				return err
			}
		}
	}
}

func (d *DB) heard(n *pgconn.Notification) {
	types := strings.Fields(n.Payload)
	if len(types) > 0 && types[0] != d.changes.self {
		d.changes.tell(types[1:])
	}
}
