package network_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// TestOrganisationsThatGo: an organisation is deleted while it becomes a member, or founds a network.
func TestOrganisationsThatGo(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	add := func() *testkit.Answer { return s.decider.Post(s.members(), object{"organisationId": s.two}) }
	assert.Equal(t, []string{"unknown-reference /organisationId"}, s.Meanwhile(add, s.two, "select from organisations where id = $1::text::uuid for update", "update organisations set deleted_at = now() where id = $1::text::uuid").Problem(422, "invalid-data"))
	admin := s.As(authz.Admin, "")
	found := func() *testkit.Answer {
		return admin.Post("/v1/networks", network("Uusi", object{"municipality": "398", "founderId": s.one}))
	}
	assert.Equal(t, []string{"unknown-reference /founderId"}, s.Meanwhile(found, s.one, "select from organisations where id = $1::text::uuid for update", "update organisations set deleted_at = now() where id = $1::text::uuid").Problem(422, "invalid-data"))
}
