package review_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

type object = map[string]any

var asItStands = testkit.IfMatch("*")

// waiting are the items that wait for a client, as "type href", in order.
func waiting(c *testkit.Client, query string) []string {
	c.T.Helper()
	out := []string{}
	for next := "/v1/reviews?limit=2" + query; next != ""; {
		a := c.Get(next).Want(200)
		for _, i := range a.Items() {
			out = append(out, i["type"].(string)+" "+i["href"].(string))
		}
		next, _ = a.JSON()["next"].(string)
	}
	return out
}

// stage makes one item of each kind in Hämeenlinna (109), and an organisation that waits in Janakkala (165).
func stage(s *testkit.Service) (here []string, there string) {
	admin, name := s.As(authz.Admin, ""), object{"fi": "Odottaja"}
	submitted := func(municipality string) string {
		id := admin.Post("/v1/organisations", object{"kind": "association", "name": name, "municipality": municipality, "status": "draft"}).Want(201).ID()
		admin.Post("/v1/organisations/"+id+"/transitions", object{"to": "submitted", "note": "Valmis"}, asItStands).Want(200)
		return "organisation /v1/organisations/" + id
	}
	here = append(here, submitted("109"))
	there = submitted("165")
	member := admin.Post("/v1/organisations", object{"kind": "association", "name": name, "municipality": "109"}).Want(201).ID()
	network := admin.Post("/v1/networks", object{"kind": "thematic", "name": name, "municipality": "109"}).Want(201).ID()
	council := admin.Post("/v1/councils", object{"kind": "cooperation_group", "name": name, "municipality": "109"}).Want(201).ID()
	person := admin.Post("/v1/people", object{"name": "Olli Odottaja", "recordedFor": object{"organisationId": member}}).Want(201).ID()
	editor := s.As(authz.Editor, member)
	here = append(here, "membership /v1/memberships/"+editor.Post("/v1/networks/"+network+"/memberships", object{"organisationId": member, "message": "Haluamme mukaan"}).Want(201).ID())
	nomination := editor.Post("/v1/councils/"+council+"/nominations", object{"role": "member", "personId": person, "nominatingOrganisationId": member}).Want(201).ID()
	return append(here, "nomination /v1/nominations/"+nomination), there
}

func TestWhatWaits(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	here, there := stage(s)
	officer, coordinator := s.As(authz.Officer, "109"), s.As(authz.Coordinator, "05")
	assert.Equal(t, here, waiting(officer, ""))
	assert.Equal(t, []string{here[0], there, here[1], here[2]}, waiting(coordinator, ""), "oldest first, page by page")
	assert.Equal(t, []string{there}, waiting(s.As(authz.Officer, "165"), ""))
	assert.Empty(t, waiting(s.As(authz.Coordinator, "07"), ""))
	assert.Len(t, waiting(s.As(authz.Admin, ""), ""), 4)

	assert.Equal(t, here[1:2], waiting(coordinator, "&type=membership"))
	assert.Equal(t, []string{there}, waiting(coordinator, "&municipality=165"))
	assert.Empty(t, waiting(coordinator, "&region=07"))
	counted := coordinator.Get("/v1/reviews?count=true&facets=type&limit=1").Want(200).JSON()
	assert.Equal(t, 4.0, counted["total"])
	assert.Equal(t, object{"type": []any{object{"value": "organisation", "count": 2.0}, object{"value": "membership", "count": 1.0}, object{"value": "nomination", "count": 1.0}}}, counted["facets"])

	first := officer.Get("/v1/reviews?limit=1").Items()[0]
	assert.Equal(t, "Valmis", first["summary"])
	assert.NotNil(t, first["by"])
	assert.Equal(t, "05", first["region"])
	assert.Equal(t, object{"fi": "Odottaja"}, first["name"])

	// what is decided waits no longer
	officer.Post(here[0][len("organisation "):]+"/transitions", object{"to": "published"}, asItStands).Want(200)
	officer.Post(here[1][len("membership "):]+"/transitions", object{"to": "active"}, asItStands).Want(200)
	assert.Equal(t, here[2:], waiting(officer, ""))

	s.Anonymous().Get("/v1/reviews").Problem(401, "sign-in-needed")
	s.As(authz.Convener, "019aa000-0000-7000-8000-000000000001").Get("/v1/reviews").Problem(403, "forbidden")
}
