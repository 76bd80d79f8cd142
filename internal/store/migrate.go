package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver that the migrations use
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations runs fn with a goose provider on a connection of the owner. Several processes may migrate at once: one does,
// the others wait.
func Migrations(ctx context.Context, dsn string, fn func(*goose.Provider) error) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer db.Close() //nolint:errcheck // nothing left to do about it
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // every second: the library's default waits five
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, dir, goose.WithSessionLocker(locker))
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	return fn(p)
}

// Migrate brings the database up to date and makes the role that serves, where the owner may make roles.
func Migrate(ctx context.Context, dsn string) error {
	if err := Migrations(ctx, dsn, func(p *goose.Provider) error { _, err := p.Up(ctx); return err }); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return makeServiceRole(ctx, dsn)
}

// Migrated tells whether the database of an owner has all migrations, and the role that serves all it needs and no more: Migrate
// would do nothing then, in many more statements.
func (d *DB) Migrated(ctx context.Context) (yes bool, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return false, err
	}
	versions := make([]int64, len(files))
	for i, file := range files {
		if versions[i], err = goose.NumericComponent(file); err != nil {
			return false, err
		}
	}
	err = d.pool.QueryRow(ctx, `
		select $1::bigint[] <@ array(select version_id from goose_db_version where is_applied) and exists (
			select from pg_roles r where r.rolname = '`+ServiceRole+`' and pg_has_role(r.oid, 'member') and has_schema_privilege(r.oid, 'public', 'usage') and not exists (
				select from pg_class c where c.relnamespace = 'public'::regnamespace and case c.relkind
					when 'r' then array[has_table_privilege(r.oid, c.oid, 'select'), has_table_privilege(r.oid, c.oid, 'insert'),
							has_table_privilege(r.oid, c.oid, 'update'), has_table_privilege(r.oid, c.oid, 'delete')]
						<> array[true, c.relname <> 'goose_db_version', c.relname not in ('goose_db_version', 'audit_events'), c.relname not in ('goose_db_version', 'audit_events')]
					when 'v' then not has_table_privilege(r.oid, c.oid, 'select')
					when 'S' then not has_sequence_privilege(r.oid, c.oid, 'usage')
				end) and not has_table_privilege(r.oid, 'audit_events', 'truncate') and not has_any_column_privilege(r.oid, 'audit_events', 'update'))`, versions).Scan(&yes)
	var pe *pgconn.PgError
	if errors.As(err, &pe) && pe.Code == "42P01" { // undefined_table: the database is empty
		return false, nil
	}
	return yes, translate(err)
}

// Pending tells how many migrations the database lacks.
func Pending(ctx context.Context, dsn string) (n int, err error) {
	err = Migrations(ctx, dsn, func(p *goose.Provider) error {
		all, err := p.Status(ctx)
		for _, s := range all {
			if s.State == goose.StatePending {
				n++
			}
		}
		return err
	})
	return n, err
}

// makeServiceRole gives the service a role without UPDATE or DELETE on audit events. Where the owner may not make roles
// the trigger on the table still refuses.
func makeServiceRole(ctx context.Context, dsn string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	defer db.Close() //nolint:errcheck // nothing left to do about it
	_, err = db.ExecContext(ctx, `
		do $$ begin
			perform pg_advisory_xact_lock(`+strconv.Itoa(lockRole)+`); -- several processes may start at once
			if not exists (select from pg_roles where rolname = '`+ServiceRole+`') then
				begin
					create role `+ServiceRole+` nologin;
				exception when duplicate_object or unique_violation then null; -- another process was faster
				end;
			end if;
			if not pg_has_role('`+ServiceRole+`', 'member') then execute format('grant `+ServiceRole+` to %I', current_user); end if;
			grant usage on schema public to `+ServiceRole+`;
			grant select, insert, update, delete on all tables in schema public to `+ServiceRole+`;
			grant usage on all sequences in schema public to `+ServiceRole+`;
			revoke update, delete, truncate on audit_events from `+ServiceRole+`;
			revoke insert, update, delete on goose_db_version from `+ServiceRole+`;
		end $$`)
	var pe *pgconn.PgError
	if errors.As(err, &pe) && pe.Code == "42501" { // insufficient_privilege
		return nil
	}
	return err
}

// Ready tells whether the database answers, has all migrations and takes writes.
func (d *DB) Ready(ctx context.Context) error {
	var have int64
	var standby bool
	err := d.pool.QueryRow(ctx, "select max(version_id), pg_is_in_recovery() from goose_db_version where is_applied").Scan(&have, &standby)
	if err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migrations/*.sql")
	switch {
	case err != nil:
		return err
	case have < int64(len(files)):
		return fmt.Errorf("the database has %d of %d migrations", have, len(files))
	case standby:
		return errors.New("the database is a standby")
	}
	return nil
}
