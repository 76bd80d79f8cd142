package actionplan_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

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
	got := s.Meanwhile(item, n, "select from networks where id = $1::text::uuid for update", "update networks set deleted_at = now() where id = $1::text::uuid")
	assert.Equal(t, []string{"unknown-reference /owners/0/networkId"}, got.Problem(422, "invalid-data"))
	m := meeting(s, id, "2026-01-10")
	approve := func() *testkit.Answer {
		return c.Post(one+"/transitions", object{"to": "approved", "meetingId": m}, anyVersion)
	}
	got = s.Meanwhile(approve, m, "update meetings set deleted_at = now() where id = $1::text::uuid")
	assert.Equal(t, []string{"unknown-reference /meetingId"}, got.Problem(422, "invalid-data"))
}
