package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// EnsureDatabase makes a database in the cluster that dsn leads to, if it is not there, and gives its address. For the
// private cluster, whose address is in keyword form.
func EnsureDatabase(ctx context.Context, dsn, name string) (string, error) {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return "", fmt.Errorf("reach private database: %w", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing left to do about it
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize())
	var pe *pgconn.PgError
	if there := errors.As(err, &pe) && (pe.Code == "42P04" || pe.Code == "23505"); err != nil && !there { // or just being made
		return "", fmt.Errorf("create database: %w", err)
	}
	return dsn + " dbname=" + name, nil
}
