package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/gorm"

	"github.com/seutu/seutu/internal/errs"
)

// writeTimeout bounds a transaction: the change feed waits for the oldest open one.
const writeTimeout = "5s"

// Tx is a transaction in which resources are written. Repo notes each change, set-based writes note theirs, and the audit
// and change rows go out together with the commit.
type Tx struct {
	conn    *pgx.Conn
	gorm    *gorm.DB
	origin  Origin
	changes []Change
	audits  []AuditEvent
	last    []statement // sent with the commit
	after   []func()
	failed  error // of a joined write
}

// statement is one that waits for the commit.
type statement struct {
	sql  string
	args []any
}

// unsynced marks a connection whose commit was not confirmed by a synchronous standby: PostgreSQL says so in a notice only.
const unsynced = "seutu.unsynced"

type txKey struct{}

func txFrom(ctx context.Context) *Tx {
	tx, _ := ctx.Value(txKey{}).(*Tx)
	return tx
}

// Gorm is GORM inside the transaction; for repositories only.
func (tx *Tx) Gorm(ctx context.Context) *gorm.DB { return tx.gorm.WithContext(ctx) }

// Conn is the transaction's native connection, for COPY and set-based statements; for repositories only.
func (tx *Tx) Conn() *pgx.Conn { return tx.conn }

// Queue has a statement run at the very end, in one round trip with the commit; for repositories only.
func (tx *Tx) Queue(sql string, args ...any) { tx.last = append(tx.last, statement{sql, args}) }

// AfterCommit runs fn once the transaction is committed.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

// Write runs fn in a transaction and commits it with its audit and change rows. Inside a context that has a transaction
// already, fn joins that one. The context that fn gets carries the transaction: every read under it sees its writes.
func (d *DB) Write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if tx := txFrom(ctx); tx != nil {
		err := fn(ctx, tx)
		if err != nil {
			tx.failed = err // whatever the outer function makes of it: half a write is never committed
		}
		return err
	}
	// GORM and pgx share one pinned connection, on which the transaction is opened natively: that lets the audit rows,
	// the change rows and the commit travel together in one round trip.
	conn, err := d.sql.Conn(ctx)
	if err != nil {
		return translate(err)
	}
	defer conn.Close() //nolint:errcheck // gives the connection back to the pool
	tx := &Tx{origin: OriginFrom(ctx)}
	if err := conn.Raw(func(dc any) error { tx.conn = dc.(*stdlib.Conn).Conn(); return nil }); err != nil {
		return translate(err)
	}
	tx.gorm = d.gorm.Session(&gorm.Session{NewDB: true, Context: ctx})
	tx.gorm.Statement.ConnPool = conn
	if _, err := tx.conn.Exec(ctx, "begin; set local statement_timeout = '"+timeoutFrom(ctx)+"'", pgx.QueryExecModeSimpleProtocol); err != nil {
		return translate(err)
	}
	committed := false
	defer func() {
		if !committed {
			rctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			_, _ = tx.conn.Exec(rctx, "rollback", pgx.QueryExecModeSimpleProtocol)
		}
	}()
	ctx = context.WithValue(ctx, txKey{}, tx)
	if err := fn(ctx, tx); err != nil {
		return err
	}
	types := tx.types()
	if err := d.settle(ctx, tx); err != nil {
		return err
	}
	err = tx.flushAndCommit(ctx)
	if len(types) > 0 {
		d.Changed(types) // also when nobody knows whether the commit arrived
	}
	if err != nil {
		return err
	}
	committed = true
	for _, fn := range tx.after {
		fn()
	}
	return nil
}

// BeforeCommit lets fn see what every write has changed, in its transaction and just before it ends: what is derived of rows
// is written there, so that no writer can forget it. To be called before the first write.
func (d *DB) BeforeCommit(fn func(ctx context.Context, tx *Tx, changes []Change) error) {
	d.before = append(d.before, fn)
}

// settle runs what has to happen before a commit.
func (d *DB) settle(ctx context.Context, tx *Tx) error {
	if tx.failed != nil || len(tx.changes) == 0 {
		return tx.failed
	}
	for _, fn := range d.before {
		if err := fn(ctx, tx, tx.changes); err != nil {
			return err
		}
	}
	return nil
}

// flushAndCommit sends what was queued, the audit rows, the change rows and the commit as one pipeline.
func (tx *Tx) flushAndCommit(ctx context.Context) error {
	b := &pgx.Batch{}
	for _, s := range tx.last {
		b.Queue(s.sql, s.args...)
	}
	tx.queueRows(b)
	delete(tx.conn.PgConn().CustomData(), unsynced)
	commit := b.Queue("commit")
	state := ""
	commit.Exec(func(ct commandTag) error { state = ct.String(); return nil })
	err := tx.conn.SendBatch(ctx, b).Close()
	switch {
	case err != nil && (ctx.Err() != nil || tx.conn.IsClosed()):
		// nobody knows whether the commit arrived: the Idempotency-Key decides on the repeat
		return &errs.Error{Type: errs.Overloaded, Detail: errs.Msg("the outcome of the write is not known; repeat it"), Cause: err, RetryAfter: time.Second}
	case err != nil:
		return translate(err)
	case tx.conn.PgConn().CustomData()[unsynced] != nil:
		return &errs.Error{Type: errs.Overloaded, Detail: errs.Msg("the outcome of the write is not known; repeat it"), RetryAfter: time.Second}
	case state != "COMMIT":
		return errors.New("commit of a broken transaction: " + state)
	}
	return nil
}

// Attempt runs a part of the transaction that can be taken back alone: when it fails, or is not to be kept, nothing of it
// remains, no lock either, and the transaction goes on.
func (tx *Tx) Attempt(ctx context.Context, fn func() (keep bool, err error)) error {
	if _, err := tx.conn.Exec(ctx, "savepoint attempt"); err != nil {
		return translate(err)
	}
	was := *tx
	keep, err := fn()
	if err != nil || !keep {
		tx.changes, tx.audits, tx.last, tx.after, tx.failed = was.changes, was.audits, was.last, was.after, was.failed
		if _, rerr := tx.conn.Exec(ctx, "rollback to savepoint attempt"); rerr != nil && err == nil {
			return translate(rerr)
		}
	}
	if _, rerr := tx.conn.Exec(ctx, "release savepoint attempt"); rerr != nil && err == nil {
		return translate(rerr)
	}
	return err
}

// GiveWay lets the statements that follow in the transaction fail as Busy, instead of waiting long for what others have
// locked.
func (tx *Tx) GiveWay(ctx context.Context) error {
	_, err := tx.conn.Exec(ctx, "set local lock_timeout = '250ms'")
	return translate(err)
}

// Change is one write of one resource: it becomes an audit row and a row of the change feed.
type Change struct {
	Type    string
	ID      uuid.UUID
	Op      Op
	Version int64
	Changed []string // names of the changed members
	Scope   Scope
}

// Op tells what a change did.
type Op string

// The operations of the change feed.
const (
	Created Op = "created"
	Updated Op = "updated"
	Deleted Op = "deleted"
	Merged  Op = "merged" // into another row, which stands for it from now on
)

// Scope is where a row stands and who could see it: for the readers of audit events and of the change feed.
type Scope struct {
	Region, Municipality *string
	Organisation         *uuid.UUID
	Public               bool // outsiders see the row after the change
	WasPublic            bool // or saw it before
}

// types lists the types of what was changed.
func (tx *Tx) types() (out []string) {
	for _, c := range tx.changes {
		if !slices.Contains(out, c.Type) {
			out = append(out, c.Type)
		}
	}
	return out
}

// Note records a change; Repo does it for every write, set-based writes do it themselves.
func (tx *Tx) Note(c ...Change) { tx.changes = append(tx.changes, c...) }

// Statements of one write stay short; a bulk write asks for more.
type timeoutKey struct{}

// WithTimeout lets the statements of the context's transaction take longer than the usual five seconds.
func WithTimeout(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, timeoutKey{}, fmt.Sprintf("%dms", d.Milliseconds()))
}

func timeoutFrom(ctx context.Context) string {
	if s, ok := ctx.Value(timeoutKey{}).(string); ok {
		return s
	}
	return writeTimeout
}
