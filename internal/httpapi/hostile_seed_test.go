package httpapi_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// prepare makes some rows of every family for the hostile requests to aim at.
func (x *attack) prepare(s *testkit.Service, admin *testkit.Client) {
	type body = map[string]any
	name := func(s string) body { return body{"fi": "Vihan " + s} }
	made := func(path string, b any) string {
		a := admin.Post(path, b, testkit.IfMatch("*")).Want(201)
		kind := strings.Split(a.Header.Get("Location"), "/")[2]
		if parts := strings.Split(a.Header.Get("Location"), "/"); len(parts) == 6 {
			kind = "part" + strings.Join(parts[:4], "/")
		}
		x.ids[kind] = append(x.ids[kind], a.ID())
		return a.ID()
	}
	for i := range 4 {
		council := made("/v1/councils", body{"kind": "cooperation_group", "name": name("ryhmä"), "municipality": "109"})
		network := made("/v1/networks", body{"kind": "thematic", "name": name("verkosto"), "municipality": "109"})
		person := made("/v1/people", body{"name": fmt.Sprintf("Vihan Henkilö %d", i), "recordedFor": body{"region": "05"}, "consents": []any{body{"fields": []any{"name"}, "given": i%2 == 0, "ground": "x"}}})
		made("/v1/networks/"+network+"/memberships", body{"organisationId": made("/v1/organisations", association(fmt.Sprintf("Vihan Jäsen %d ry", i), "109"))})
		made("/v1/councils/"+council+"/networks", body{"networkId": network})
		made("/v1/councils/"+council+"/terms", body{"from": "2025-01-01"})
		made("/v1/councils/"+council+"/duties", body{"kind": "event", "name": name("tehtävä"), "frequency": "yearly"})
		made("/v1/councils/"+council+"/seats", body{"role": "member", "personId": person})
		made("/v1/councils/"+council+"/nominations", body{"role": "expert", "personId": person, "nominatingNetworkId": network})
		made("/v1/councils/"+council+"/nomination-calls", body{"title": name("haku"), "deadline": "2100-01-01T00:00:00Z"})
		plan := made("/v1/councils/"+council+"/action-plans", body{"year": 2026})
		made("/v1/action-plans/"+plan+"/items", body{"title": name("toimi")})
		post := made("/v1/posts", body{"kind": "liaison_officer", "title": name("virka"), "municipality": "109"})
		made("/v1/posts/"+post+"/holders", body{"personId": person})
		for _, status := range []string{"held", "held", "planned"} {
			meeting := made("/v1/councils/"+council+"/meetings", body{"status": status, "date": "2025-03-05"})
			made("/v1/meetings/"+meeting+"/agenda", body{"title": name("asiat")})
			made("/v1/meetings/"+meeting+"/decisions", body{"text": name("päätös")})
			if status == "held" {
				admin.Do("PUT", "/v1/meetings/"+meeting+"/memo", body{"text": name("muistio")}).Want(201)
			}
		}
	}
	for i, o := range x.ids["organisations"] {
		made("/v1/invitations", body{"email": fmt.Sprintf("kutsu%d@example.org", i), "scope": o})
		changed := s.As(authz.Editor, o).Patch("/v1/organisations/"+o, body{"name": name(fmt.Sprintf("Uusi Jäsen %d ry", i))}, testkit.IfMatch("*")).Want(200).JSON()
		x.ids["pending-changes"] = append(x.ids["pending-changes"], changed["pendingReview"].(map[string]any)["id"].(string))
	}
	for i := range 4 { // pairs that may be one, and some to merge
		for _, suffix := range []string{" ry", ""} {
			made("/v1/organisations", association(fmt.Sprintf("Vihan %s Kaksoset%s", []string{"Ensimmäiset", "Toiset", "Kolmannet", "Neljännet"}[i], suffix), "109"))
		}
	}
	if err := s.Duplicates.Look(context.Background()); err != nil {
		s.T.Fatal(err)
	}
	for _, p := range admin.Get("/v1/duplicates?limit=200").Want(200).Items() {
		x.ids["duplicates"] = append(x.ids["duplicates"], p["id"].(string))
	}
	for _, o := range slices.Clone(x.ids["organisation"]) {
		made("/v1/organisations/"+o+"/contacts", body{"personId": x.ids["people"][0], "role": "chair"})
	}
}
