package actionplan_test

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

// TestReferencesThatGo: the meeting that approves, or an owner, is deleted while a request is under way.
func TestReferencesThatGo(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := council(s, "Neuvottelukunta")
	c := s.As(authz.Secretary, id)
	one := "/v1/action-plans/" + c.Post("/v1/councils/"+id+"/action-plans", object{"year": 2026}).Want(201).ID()
	n := network(s)
	item := func() *testkit.Answer {
		return c.Post(one+"/items", object{"title": fi("Tilaisuus"), "owners": []object{{"networkId": n}}}, anyVersion)
	}
	got := meanwhile(s, item, n, "select from networks where id = $1::text::uuid for update", "update networks set deleted_at = now() where id = $1::text::uuid")
	assert.Equal(t, []string{"unknown-reference /owners/0/networkId"}, got.Problem(422, "invalid-data"))
	m := meeting(s, id, "2026-01-10")
	approve := func() *testkit.Answer {
		return c.Post(one+"/transitions", object{"to": "approved", "meetingId": m}, anyVersion)
	}
	got = meanwhile(s, approve, m, "update meetings set deleted_at = now() where id = $1::text::uuid")
	assert.Equal(t, []string{"unknown-reference /meetingId"}, got.Problem(422, "invalid-data"))
}
