// Package store is the way to PostgreSQL: one pool under GORM and pgx, transactions that write their own audit and change
// rows, the queries that every resource shares, and fast reads whose rows become JSON without passing through Go types.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// ServiceRole is the database role that serves: it can neither change nor delete audit events.
const ServiceRole = "seutu_service"

// Config tells how to reach the database.
type Config struct {
	DSN         string
	Connections int  // in the pool; about two for each core are fastest
	Owner       bool // keep the owner's rights: for migrations only
}

// DB is the database. It is safe for concurrent use.
type DB struct {
	pool *pgxpool.Pool
	sql  *sql.DB
	gorm *gorm.DB

	changes *changes
	before  []func(ctx context.Context, tx *Tx, changes []Change) error
}

// Open connects. It fails when the database cannot be reached.
func Open(ctx context.Context, c Config) (*DB, error) {
	pc, err := pgxpool.ParseConfig(c.DSN)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	pc.MaxConns = int32(max(c.Connections, 2))
	if !c.Owner {
		pc.MinIdleConns = 1
	}
	pc.MaxConnLifetime = time.Hour
	pc.ConnConfig.Tracer = tracer{}
	pc.ConnConfig.ConnectTimeout = 3 * time.Second
	params := pc.ConnConfig.RuntimeParams
	params["timezone"] = "UTC"
	params["application_name"] = "seutu"
	params["jit"] = "off"                                 // to compile a statement takes longer than to run any of ours
	params["max_parallel_workers_per_gather"] = "0"       // many requests at once use all cores; and the order of what is appended stays
	params["synchronize_seqscans"] = "off"                // what is read first is the same each time
	params["idle_in_transaction_session_timeout"] = "30s" // an open transaction holds the change feed back
	pc.ConnConfig.OnNotice = func(c *pgconn.PgConn, n *pgconn.Notice) {
		if strings.Contains(n.Message, "canceling wait for synchronous replication") {
			c.CustomData()[unsynced] = true
		}
	}
	pc.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		plainUUIDs(conn.TypeMap())
		timesInUTC(conn.TypeMap())
		return prepareConn(ctx, conn, c.Owner)
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach database: %w", err)
	}
	sqlDB := stdlib.OpenDBFromPool(pool)
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: sqlDB}), &gorm.Config{
		SkipDefaultTransaction: true, TranslateError: false,
		Logger: logger.Discard, // errors are returned; what the logger would print may be personal
	})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open gorm: %w", err)
	}
	return &DB{pool: pool, sql: sqlDB, gorm: g, changes: newChanges()}, nil
}

// prepareConn gives up the owner's rights where the service role exists, and raises the feed's epoch when the connection
// leads to another server than before: after a restore or a failover transaction ids may start again.
func prepareConn(ctx context.Context, conn *pgx.Conn, owner bool) error {
	if owner {
		return nil
	}
	_, err := conn.Exec(ctx, `
		do $$ begin
			if to_regclass('feed_epochs') is not null and not pg_is_in_recovery() then perform seutu_raise_epoch(); end if;
			if exists (select from pg_roles where rolname = '`+ServiceRole+`' and pg_has_role(oid, 'member')) then
				set session role `+ServiceRole+`;
			end if;
		end $$`, pgx.QueryExecModeSimpleProtocol)
	return err
}

// Close ends all connections.
func (d *DB) Close() {
	_ = d.sql.Close()
	d.pool.Close()
}

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.pool.Ping(ctx) }

// Stat tells how busy the pool is.
func (d *DB) Stat() *pgxpool.Stat { return d.pool.Stat() }

// querier is what a pool and a connection have in common.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// on is the connection of the context's transaction, else the pool: a request never needs two connections.
func (d *DB) on(ctx context.Context) querier {
	if tx := txFrom(ctx); tx != nil {
		return tx.conn
	}
	return d.pool
}

// Query runs a native query, in the context's transaction if there is one.
func (d *DB) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := d.on(ctx).Query(ctx, sql, args...) //nolint:rowserrcheck // the caller looks, and passes it through Err
	return rows, translate(err)
}

// QueryRow runs a native query for one row; its Scan errors pass through Err.
func (d *DB) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return d.on(ctx).QueryRow(ctx, sql, args...)
}

// Exec runs a native statement outside the audited writes: for bookkeeping only, such as sessions and throttles.
func (d *DB) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	tag, err := d.on(ctx).Exec(ctx, sql, args...)
	return tag.RowsAffected(), translate(err)
}

// Gorm is GORM on the context's transaction, else on the pool.
func (d *DB) Gorm(ctx context.Context) *gorm.DB {
	if tx := txFrom(ctx); tx != nil {
		return tx.Gorm(ctx)
	}
	return d.gorm.WithContext(ctx)
}
