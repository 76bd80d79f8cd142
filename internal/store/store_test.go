package store_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func open(t *testing.T, dsn string, owner bool) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Config{DSN: dsn, Connections: 4, Owner: owner})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	return db
}

func note() store.Change {
	return store.Change{Type: "thing", ID: store.NewID(), Op: store.Created, Version: 1, Changed: []string{"name"}}
}

func number(t *testing.T, db *store.DB, sql string, args ...any) (n int64) {
	t.Helper()
	require.NoError(t, db.QueryRow(t.Context(), sql, args...).Scan(&n))
	return n
}

func TestEveryWriteLeavesItsRows(t *testing.T) {
	t.Parallel()
	dsn := testkit.DSN(t)
	db, owner := open(t, dsn, false), open(t, dsn, true)
	base := number(t, db, "select count(*) from audit_events")
	actor := store.NewID()
	ip, request := "192.0.2.1", "r-1"
	ctx := store.WithOrigin(t.Context(), store.Origin{ActorType: "user", ActorID: &actor, IP: &ip, Operation: "updateThing", RequestID: &request})
	c := note()
	require.NoError(t, db.Write(ctx, func(_ context.Context, tx *store.Tx) error {
		tx.Note(c, note())
		tx.Audit(store.AuditEvent{Action: "signed_in", ResourceType: "user", ResourceID: &actor})
		return nil
	}))
	assert.Equal(t, base+3, number(t, db, "select count(*) from audit_events"))
	assert.EqualValues(t, 2, number(t, db, "select count(*) from changes"))
	assert.EqualValues(t, 1, number(t, db, `select count(*) from audit_events where resource_id = $1 and actor_id = $2 and ip = $3 and operation = 'updateThing'
		and request_id = 'r-1' and action = 'created' and changed = '["name"]' and version = 1`, c.ID, actor, ip))

	boom := errors.New("boom")
	require.ErrorIs(t, db.Write(ctx, func(_ context.Context, tx *store.Tx) error { tx.Note(note()); return boom }), boom)
	assert.EqualValues(t, 2, number(t, db, "select count(*) from changes"), "what is rolled back leaves nothing")
	assert.Panics(t, func() {
		_ = db.Write(ctx, func(_ context.Context, tx *store.Tx) error { tx.Note(note()); panic("bug") })
	})
	assert.EqualValues(t, 2, number(t, db, "select count(*) from changes"), "nor does a panic")
	assert.EqualValues(t, 0, number(t, owner, "select count(*) from pg_stat_activity where state like 'idle in transaction%' and datname = current_database()"), "nor an open transaction")
	require.NoError(t, db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Conn().Exec(ctx, "select pg_current_xact_id(), pg_sleep(0.02)")
		assert.Greater(t, db.FeedLag(), 0.01, "an open writing transaction holds the feed back")
		return err
	}))
}

// A step names who takes it, also in a transaction that somebody else has opened.
func TestStepNamesItsActor(t *testing.T) {
	t.Parallel()
	db := open(t, testkit.DSN(t), false)
	actor, thing := store.NewID(), store.NewID()
	require.NoError(t, db.Write(t.Context(), func(ctx context.Context, _ *store.Tx) error {
		ctx = store.WithOrigin(ctx, store.Origin{ActorType: "user", ActorID: &actor})
		return db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.Step(ctx, "thing", thing, store.Step{From: "draft", To: "submitted"})
		})
	}))
	assert.EqualValues(t, 1, number(t, db, "select count(*) from transitions where resource_id = $1 and actor_id = $2", thing, actor))
}

// A joined write that failed is never committed, whatever the outer one makes of it.
func TestFailedJoinedWrite(t *testing.T) {
	t.Parallel()
	db := open(t, testkit.DSN(t), false)
	boom := errors.New("boom")
	err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		tx.Note(note())
		_ = db.Write(ctx, func(context.Context, *store.Tx) error { return boom })
		return nil
	})
	require.ErrorIs(t, err, boom)
	assert.EqualValues(t, 0, number(t, db, "select count(*) from changes"))
}

// What is taken back leaves nothing for the commit either.
func TestAttemptTakenBack(t *testing.T) {
	t.Parallel()
	db := open(t, testkit.DSN(t), false)
	require.NoError(t, db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		tx.Note(note())
		return tx.Attempt(ctx, func() (keep bool, err error) {
			tx.Note(note())
			tx.Queue("insert into idempotency_keys (actor, key, hash, status, header, created_at) values ('a', 'k', '', 200, '{}', now())")
			return false, nil
		})
	}))
	assert.EqualValues(t, 1, number(t, db, "select count(*) from changes"))
	assert.EqualValues(t, 0, number(t, db, "select count(*) from idempotency_keys"))
}

// A connection that breaks is no fault of the caller, on either way to it.
func TestBrokenConnection(t *testing.T) {
	t.Parallel()
	dsn := testkit.DSN(t)
	db, owner := open(t, dsn, false), open(t, dsn, true)
	for _, native := range []bool{true, false} {
		err := db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			var err error
			require.NoError(t, owner.QueryRow(t.Context(), "select pg_terminate_backend($1)", tx.Conn().PgConn().PID()).Scan(new(bool)))
			if native {
				_, err = tx.Conn().Exec(ctx, "select 1")
				return store.Err(err)
			}
			return store.Err(tx.Gorm(ctx).Exec("select 1").Error)
		})
		assert.True(t, errs.Is(err, errs.Overloaded), "native %v: %v", native, err)
	}
	assert.EqualValues(t, 1, number(t, db, "select 1"), "the pool goes on with new connections")
}

func TestJoinedWriteIsOneTransaction(t *testing.T) {
	t.Parallel()
	db := open(t, testkit.DSN(t), false)
	boom := errors.New("boom")
	err := db.Write(t.Context(), func(ctx context.Context, _ *store.Tx) error {
		require.NoError(t, db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Conn().Exec(ctx, "insert into idempotency_keys (actor, key, hash, status, header, created_at) values ('a', 'k', '', 200, '{}', now())")
			return err
		}))
		assert.EqualValues(t, 1, number2(ctx, t, db, "select count(*) from idempotency_keys"), "a read inside sees the write")
		return boom
	})
	require.ErrorIs(t, err, boom)
	assert.EqualValues(t, 0, number(t, db, "select count(*) from idempotency_keys"))
}

func number2(ctx context.Context, t *testing.T, db *store.DB, sql string) (n int64) {
	t.Helper()
	require.NoError(t, db.QueryRow(ctx, sql).Scan(&n))
	return n
}

// Neither the service's role nor the owner changes an audit event.
func TestAuditIsFrozen(t *testing.T) {
	t.Parallel()
	dsn := testkit.DSN(t)
	for _, owner := range []bool{false, true} {
		db := open(t, dsn, owner)
		require.NoError(t, db.Audit(t.Context(), store.AuditEvent{Action: "signed_in", ResourceType: "user"}))
		for _, sql := range []string{"update audit_events set ip = null", "delete from audit_events", "truncate audit_events"} {
			_, err := db.Exec(t.Context(), sql)
			require.Error(t, err, "%s as owner %v", sql, owner)
		}
	}
	var role string
	require.NoError(t, open(t, dsn, false).QueryRow(t.Context(), "select current_user").Scan(&role))
	assert.Equal(t, store.ServiceRole, role)
}

func TestDriverErrors(t *testing.T) {
	t.Parallel()
	db := open(t, testkit.DSN(t), false)
	insert := "insert into users (id, version, created_at, updated_at, email) values ($1, 1, now(), now(), $2)"
	_, err := db.Exec(t.Context(), insert, store.NewID(), "a@example.org")
	require.NoError(t, err)
	_, err = db.Exec(t.Context(), insert, store.NewID(), "a@example.org")
	assert.True(t, errs.Is(err, errs.Duplicate), "%v", err)
	assert.Equal(t, "users_email", store.Violated(err))
	_, err = db.Exec(t.Context(), "insert into reset_tokens (hash, user_id, created_at, expires_at) values ('', $1, now(), now())", uuid.New())
	assert.True(t, errs.Is(err, errs.InvalidData), "%v", err)
	_, err = db.Exec(t.Context(), "set statement_timeout = '10ms'; select pg_sleep(1)")
	require.Error(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = db.Query(ctx, "select 1")
	assert.True(t, errs.Is(err, errs.Overloaded), "%v", err)
	err = db.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Conn().Exec(ctx, "select pg_sleep(10)")
		return store.Err(err)
	})
	assert.True(t, errs.Is(err, errs.Overloaded), "a statement that takes too long is no fault of the caller: %v", err)
}

// Up, down to nothing, and up again; and three processes at once.
func TestMigrations(t *testing.T) {
	t.Parallel()
	dsn := testkit.EmptyDSN(t)
	results := make(chan error, 3)
	for range 3 {
		go func() { results <- store.Migrate(context.Background(), dsn) }()
	}
	for range 3 {
		require.NoError(t, <-results)
	}
	n, err := store.Pending(t.Context(), dsn)
	require.NoError(t, err)
	assert.Zero(t, n)
	require.NoError(t, open(t, dsn, false).Ready(t.Context()))
	require.NoError(t, store.Migrations(t.Context(), dsn, func(p *goose.Provider) error { _, err := p.DownTo(t.Context(), 0); return err }))
	require.Error(t, open(t, dsn, true).Ready(t.Context()))
	require.NoError(t, store.Migrate(t.Context(), dsn))
}

// An empty database is not migrated, nor is one without a migration or a right of the role that serves.
func TestMigrated(t *testing.T) {
	t.Parallel()
	empty, err := open(t, testkit.EmptyDSN(t), true).Migrated(t.Context())
	require.NoError(t, err)
	assert.False(t, empty)
	dsn := testkit.DSN(t)
	db := open(t, dsn, true)
	migrated := func() bool {
		yes, err := db.Migrated(t.Context())
		require.NoError(t, err)
		return yes
	}
	assert.True(t, migrated())
	for _, sql := range []string{
		"revoke insert on organisations from " + store.ServiceRole,
		"grant update on audit_events to " + store.ServiceRole,
		"grant update (id) on audit_events to " + store.ServiceRole,
		"grant truncate on audit_events to " + store.ServiceRole,
		"revoke select on person_places from " + store.ServiceRole,
		"grant delete on goose_db_version to " + store.ServiceRole,
		"revoke usage on schema public from public, " + store.ServiceRole,
		"create table news (id int)",
		"create sequence news_ids",
	} {
		_, err := db.Exec(t.Context(), sql)
		require.NoError(t, err)
		assert.False(t, migrated(), sql)
		require.NoError(t, store.Migrate(t.Context(), dsn))
		assert.True(t, migrated(), sql)
	}
	require.NoError(t, store.Migrations(t.Context(), dsn, func(p *goose.Provider) error { _, err := p.Down(t.Context()); return err }))
	assert.False(t, migrated())
}
