package httpapi_test

import (
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// prepareCouncils makes councils with what hangs on them, so that the attack has something to reach.
func (x *attack) prepareCouncils(s *testkit.Service, admin *testkit.Client) {
	fi := func(text string) map[string]any { return map[string]any{"fi": text} }
	made := func(kind, path string, body map[string]any, headers ...testkit.Header) string {
		id := admin.Post(path, body, headers...).Want(201).ID()
		x.ids[kind] = append(x.ids[kind], id)
		return id
	}
	for range 3 {
		network := store.NewID().String()
		s.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, region, path, sort_name, search_name)
			values ($1, 1, now(), now(), 'thematic', 'active', '{"fi": "Vihan verkosto"}', '05', '{}', 'v', 'v')`, network)
		x.ids["networks"] = append(x.ids["networks"], network)
		council := "/v1/councils/" + made("councils", "/v1/councils", map[string]any{"kind": "advisory_council", "name": fi("Vihan neuvottelukunta"), "region": "05"})
		made("part"+council, council+"/terms", map[string]any{"from": "2001-01-01", "to": "2002-01-01"}, testkit.IfMatch("*"))
		made("part"+council, council+"/duties", map[string]any{"kind": "event", "name": fi("Foorumi"), "frequency": "yearly"}, testkit.IfMatch("*"))
		made("council-networks", council+"/networks", map[string]any{"networkId": network})
		plan := "/v1/action-plans/" + made("action-plans", council+"/action-plans", map[string]any{"year": 2025})
		made("part"+plan, plan+"/items", map[string]any{"title": fi("Tilaisuus")}, testkit.IfMatch("*"))
	}
}
