package post_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// TestReferencesThatGo: what a post, or its holder, refers to is deleted while a request is under way.
func TestReferencesThatGo(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	post := c.Post("/v1/posts", officer("109")).Want(201).ID()
	for _, tt := range []struct{ member, table, id string }{{"councilId", "councils", council(s, "05")}, {"networkId", "networks", network(s, "05")}, {"organisationId", "organisations", organisation(c, "published")}} {
		create := func() *testkit.Answer { return c.Post("/v1/posts", officer("109", object{tt.member: tt.id})) }
		got := s.Meanwhile(create, tt.id, "select from "+tt.table+" where id = $1::text::uuid for update", "update "+tt.table+" set deleted_at = now() where id = $1::text::uuid")
		assert.Equal(t, []string{"unknown-reference /" + tt.member}, got.Problem(422, "invalid-data"))
	}
	who := person(s, "Aino Esimerkki", "109", true)
	hold := func() *testkit.Answer {
		return c.Post("/v1/posts/"+post+"/holders", object{"personId": who, "from": "2020-01-01"})
	}
	got := s.Meanwhile(hold, who, "update people set deleted_at = now(), erased_at = now(), name = null, sort_name = '', consent_name = false where id = $1::text::uuid")
	assert.Equal(t, []string{"unknown-reference /personId"}, got.Problem(422, "invalid-data"))
}
