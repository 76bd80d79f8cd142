package council_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// TestReferencesThatGo: what is deleted, or begins to refer, while a request is under way.
func TestReferencesThatGo(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id, c := made(s, group("Neuvottelukunta")), s.As(authz.Admin, "")
	remove := func() *testkit.Answer { return c.Do("DELETE", "/v1/councils/"+id, nil, anyVersion) }
	got := s.Meanwhile(remove, id, `insert into posts (id, version, created_at, updated_at, kind, title, council_id, sort_name)
		values (gen_random_uuid(), 1, now(), now(), 'other', '{"fi": "Sihteeri"}', $1::text::uuid, '')`)
	assert.Empty(t, got.Problem(409, "in-use"))
	assert.Equal(t, []any{"posts"}, got.JSON()["usedBy"])

	n := network(s, "Verkosto", "05", "")
	join := func() *testkit.Answer { return c.Post("/v1/councils/"+id+"/networks", object{"networkId": n}) }
	assert.Equal(t, []string{"unknown-reference /networkId"}, s.Meanwhile(join, n, "select from networks where id = $1::text::uuid for update", "update networks set deleted_at = now() where id = $1::text::uuid").Problem(422, "invalid-data"))

	m := meeting(s, id, "2025-05-05")
	duty := func() *testkit.Answer {
		return c.Post("/v1/councils/"+id+"/duties", object{"kind": "event", "name": fi("Tilaisuus"), "frequency": "yearly", "fulfilments": []object{{"year": 2025, "state": "met", "meetingId": m}}}, anyVersion)
	}
	assert.Equal(t, []string{"unknown-reference /fulfilments/0/meetingId"}, s.Meanwhile(duty, m, "update meetings set deleted_at = now() where id = $1::text::uuid").Problem(422, "invalid-data"))
}
