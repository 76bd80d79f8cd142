package network_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// TestFounderConvenes: an association founds a network, asks a council to take it in, and its editor convenes it from then on.
func TestFounderConvenes(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	asItStands := testkit.IfMatch("*")
	admin := s.As(authz.Admin, "")
	name := map[string]any{"fi": "Perustajat"}
	founder := admin.Post("/v1/organisations", map[string]any{"kind": "association", "name": name, "municipality": "109"}).Want(201).ID()
	council := admin.Post("/v1/councils", map[string]any{"kind": "cooperation_group", "name": name, "municipality": "109"}).Want(201).ID()
	editor, secretary := s.As(authz.Editor, founder), s.As(authz.Secretary, council)
	id := editor.Post("/v1/networks", map[string]any{"kind": "peer", "name": name, "municipality": "109", "founderId": founder, "councilId": council, "message": "Ottakaa mukaan"}).Want(201).ID()
	assert.Equal(t, founder, s.Anonymous().Get("/v1/networks/" + id).JSON()["convener"])

	asked := editor.Get("/v1/networks/" + id + "/councils").Want(200).Items()
	if assert.Len(t, asked, 1) {
		assert.Equal(t, "applied", asked[0]["status"])
		assert.Equal(t, "Ottakaa mukaan", asked[0]["message"])
	}
	assert.Empty(t, s.Anonymous().Get("/v1/networks/"+id+"/councils").Items(), "an application is nobody else's to see")
	at := "/v1/council-networks/" + asked[0]["id"].(string)
	editor.Post(at+"/transitions", map[string]any{"to": "joined"}, asItStands).Problem(403, "forbidden")
	secretary.Post(at+"/transitions", map[string]any{"to": "joined"}, asItStands).Want(200)
	editor.Patch("/v1/networks/"+id, map[string]any{"website": "https://example.org"}, asItStands).Want(200)
	other := admin.Post("/v1/organisations", map[string]any{"kind": "association", "name": name, "municipality": "109"}).Want(201).ID()
	editor.Post("/v1/networks/"+id+"/memberships", map[string]any{"organisationId": other}).Want(201)
	admin.Post("/v1/networks", map[string]any{"kind": "peer", "name": name, "municipality": "109", "founderId": founder}).Want(201)
	assert.Len(t, editor.Get("/v1/me").JSON()["grants"], 2, "the editor's, and that of the network")
	assert.Len(t, admin.Get("/v1/me").JSON()["grants"], 1, "who writes networks anyway is given nothing")

	// closing it takes it out of the council
	editor.Post("/v1/networks/"+id+"/transitions", map[string]any{"to": "closed", "note": "Valmista tuli"}, asItStands).Want(200)
	left := s.Anonymous().Get(at).Want(200).JSON()
	assert.Equal(t, "left", left["status"])
	assert.NotNil(t, left["to"])
}
