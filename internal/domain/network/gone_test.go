package network_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// meanwhile sends a request while a transaction is open that has run the statements, and gives the answer that it gets once that
// has committed.
func meanwhile(s *testkit.Service, request func() *testkit.Answer, id string, statements ...string) *testkit.Answer {
	s.T.Helper()
	answer := make(chan *testkit.Answer, 1)
	require.NoError(s.T, s.DB.Write(authz.With(context.Background(), authz.SystemActor()), func(ctx context.Context, tx *store.Tx) error {
		for _, sql := range statements {
			if _, err := tx.Conn().Exec(ctx, sql, id); err != nil {
				return err
			}
		}
		go func() { answer <- request() }()
		time.Sleep(300 * time.Millisecond) // the request has to wait, or has overtaken
		return nil
	}))
	return <-answer
}

// TestOrganisationsThatGo: an organisation is deleted while it becomes a member, or founds a network.
func TestOrganisationsThatGo(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	add := func() *testkit.Answer { return s.decider.Post(s.members(), object{"organisationId": s.two}) }
	assert.Equal(t, []string{"unknown-reference /organisationId"}, meanwhile(s.Service, add, s.two, "select from organisations where id = $1::text::uuid for update", "update organisations set deleted_at = now() where id = $1::text::uuid").Problem(422, "invalid-data"))
	admin := s.As(authz.Admin, "")
	found := func() *testkit.Answer {
		return admin.Post("/v1/networks", network("Uusi", object{"municipality": "398", "founderId": s.one}))
	}
	assert.Equal(t, []string{"unknown-reference /founderId"}, meanwhile(s.Service, found, s.one, "select from organisations where id = $1::text::uuid for update", "update organisations set deleted_at = now() where id = $1::text::uuid").Problem(422, "invalid-data"))
}
