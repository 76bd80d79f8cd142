package person_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// TestErasureWaits: a transaction that holds the person makes the erasure wait, and the database refuses what would be half.
func TestErasureWaits(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	a := s.As(authz.Coordinator, "05")
	p := a.Post("/v1/people", object{"name": "Odottaja"}).Want(201)
	conn, err := pgx.Connect(t.Context(), s.DSN)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "select from people where id = $1 for update", p.ID())
	require.NoError(t, err)
	done := make(chan int, 1)
	go func() {
		done <- a.Post(p.Header.Get("Location")+"/erase", object{"reason": "pyyntö"}, asItStands).Status
	}()
	select {
	case <-done:
		t.Fatal("it did not wait")
	case <-time.After(200 * time.Millisecond):
	}
	_, err = tx.Exec(t.Context(), "update people set consent_name = true, version = version + 1 where id = $1", p.ID())
	require.NoError(t, err)
	require.NoError(t, tx.Commit(t.Context()))
	assert.Equal(t, 204, <-done, "If-Match: * is whatever it is by now")
	_, err = conn.Exec(t.Context(), "update people set consent_name = true where id = $1", p.ID())
	var pe *pgconn.PgError
	require.ErrorAs(t, err, &pe)
	assert.Equal(t, "23514", pe.Code)
}
