package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/demo"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/store"
)

// fillBatch is how many rows go into one transaction.
const fillBatch = 5_000

// fillTimeout bounds one statement of a batch.
const fillTimeout = 2 * time.Minute

// looked spares the service the look for duplicates in the rows, which would go on for an hour beside the works.
const looked = "insert into duplicate_looks (organisation_id, version, keys) select id, version, '{}' from organisations on conflict do nothing"

// admin signs in for the writes.
const admin = "bench@example.org"

// prepare migrates the database and fills it, unless that was done before.
func prepare(ctx context.Context, dsn string, rows int) error {
	if err := app.Migrate(ctx, dsn); err != nil {
		return err
	}
	a, err := app.New(ctx, app.Options{DSN: dsn, Pool: 2, Service: config.Service{Issuer: "bench"}})
	if err != nil {
		return err
	}
	defer a.Close()
	has, err := a.Accounts.HasUsers(ctx)
	if err != nil {
		return err
	}
	if has {
		return execute(ctx, dsn, searchTable, looked, "vacuum analyze l2_search")
	}
	if err := Fill(ctx, a, rows); err != nil {
		return err
	}
	// what autovacuum would do after a while: the statistics and the visibility map
	if err := execute(ctx, dsn, searchTable, looked, "vacuum analyze"); err != nil {
		return err
	}
	password := demo.Password
	_, err = a.CreateUser(asSystem(ctx), account.NewUser{Email: admin, Password: &password}, authz.Admin, "")
	return err
}

// Fill loads the first n rows through the service's own sync.
func Fill(ctx context.Context, a *app.App, n int) error {
	ctx = asSystem(ctx)
	sync, schema := a.Organisations.NewSync(), a.RowSchema()
	for start := 0; start < n; start += fillBatch {
		var rows []organisation.SyncRow
		for i := start; i < min(start+fillBatch, n); i++ {
			rows = append(rows, organisation.ReadRow(marshal(Row(i)), schema))
		}
		results, err := sync.Batch(ctx, rows)
		if err != nil {
			return err
		}
		for i, r := range results {
			if r.Outcome != organisation.RowCreated {
				return fmt.Errorf("row %d was %s: %v", start+i, r.Outcome, r.Faults)
			}
		}
	}
	return nil
}

func asSystem(ctx context.Context) context.Context {
	return authz.With(store.WithTimeout(ctx, fillTimeout), authz.SystemActor())
}

// execute runs SQL as the owner of the database.
func execute(ctx context.Context, dsn string, sql ...string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing left to lose
	for _, s := range sql {
		if _, err := conn.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
