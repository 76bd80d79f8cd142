package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// matrixRow is a row that the matrix tries: where it stands, and who sees it.
type matrixRow struct {
	id      string
	targets []authz.Target // the rights over any of them count
	hidden  authz.Permission
}

// matrixRows are the rows of the families beside organisations, by the beginnings of their paths. All stand in Hämeenlinna
// (109, region 05); the council and the network are those of the matrix's own secretary and convener.
type matrixRows struct {
	byPath           map[string]matrixRow
	council, network string
	apart            map[string][]authz.Target // operations whose right lies elsewhere than their row
	names            map[string]string         // {name} in bodies → id
}

func makeMatrixRows(t *testing.T, s *testkit.Service, admin *testkit.Client, organisation string) matrixRows {
	t.Helper()
	post := func(path string, body map[string]any) string {
		t.Helper()
		return admin.Post(path, body, testkit.IfMatch("*")).Want(201).ID()
	}
	name := map[string]any{"fi": "Matriisi"}
	council := post("/v1/councils", map[string]any{"kind": "cooperation_group", "name": name, "municipality": "109"})
	network := post("/v1/networks", map[string]any{"kind": "thematic", "name": name, "municipality": "109"})
	asked := post("/v1/networks", map[string]any{"kind": "thematic", "name": name, "municipality": "109"})
	person := post("/v1/people", map[string]any{"name": "Maija Matriisi", "recordedFor": map[string]any{"councilId": council}, "consents": []any{map[string]any{"fields": []any{"name"}, "given": true, "ground": "x"}}})
	unknown := post("/v1/people", map[string]any{"name": "Tuntematon Matriisi", "recordedFor": map[string]any{"municipality": "109"}})
	membership := post("/v1/networks/"+network+"/memberships", map[string]any{"organisationId": organisation})
	joined := post("/v1/councils/"+council+"/networks", map[string]any{"networkId": asked})
	seat := post("/v1/councils/"+council+"/seats", map[string]any{"role": "member", "personId": person})
	nomination := post("/v1/councils/"+council+"/nominations", map[string]any{"role": "expert", "personId": person, "nominatingNetworkId": network})
	call := post("/v1/councils/"+council+"/nomination-calls", map[string]any{"title": name, "deadline": "2100-01-01T00:00:00Z"})
	meeting := post("/v1/councils/"+council+"/meetings", map[string]any{"status": "held", "date": "2026-01-13"})
	plan := post("/v1/councils/"+council+"/action-plans", map[string]any{"year": 2026})
	duty := post("/v1/posts", map[string]any{"kind": "liaison_officer", "title": name, "municipality": "109"})
	holder := post("/v1/posts/"+duty+"/holders", map[string]any{"personId": person})
	renamed := s.As(authz.Editor, organisation).Patch("/v1/organisations/"+organisation, map[string]any{"name": name}, testkit.IfMatch("*")).Want(200)
	change := renamed.JSON()["pendingReview"].(map[string]any)["id"].(string)

	at := authz.Target{Region: "05", Municipality: "109"}
	ofCouncil, ofNetwork, ofOrganisation := at, at, at
	ofCouncil.Councils, ofNetwork.Networks, ofOrganisation.Organisation = []string{council}, []string{network}, organisation
	row := func(id string, targets ...authz.Target) matrixRow { return matrixRow{id: id, targets: targets} }
	hidden := func(id string, p authz.Permission, targets ...authz.Target) matrixRow {
		return matrixRow{id, targets, p}
	}
	return matrixRows{
		byPath: map[string]matrixRow{
			"/v1/people/{id}": row(person, ofCouncil), "/v1/people/{id} ": hidden(unknown, authz.ReadPerson, at),
			"/v1/networks/{id}": row(network, ofNetwork), "/v1/memberships/{id}": row(membership, ofNetwork, ofOrganisation),
			"/v1/councils/{id}": row(council, ofCouncil), "/v1/council-networks/{id}": row(joined, ofCouncil, at),
			"/v1/seats/{id}": row(seat, ofCouncil), "/v1/nominations/{id}": hidden(nomination, authz.ProposeNomination, ofCouncil, ofNetwork),
			"/v1/nomination-calls/{id}": row(call, ofCouncil), "/v1/meetings/{id}": row(meeting, ofCouncil), "/v1/action-plans/{id}": hidden(plan, authz.WriteCouncil, ofCouncil),
			"/v1/pending-changes/{id}": hidden(change, authz.WriteOrganisation, ofOrganisation),
			"/v1/posts/{id}":           row(duty, at), "/v1/post-holders/{id}": row(holder, at),
		},
		council: council, network: network,
		apart: map[string][]authz.Target{
			"createNomination": {ofNetwork}, "createMembership": {ofNetwork, ofOrganisation}, "createCouncilNetwork": {ofCouncil, ofNetwork},
			"transitionNomination": {ofNetwork}, "updateNomination": {ofNetwork}, "listPersonConsents": {ofCouncil},
		},
		names: map[string]string{"organisation": organisation, "network": network, "person": person, "seat": seat},
	}
}

// of finds the rows of a path.
func (m matrixRows) of(path string) (out []matrixRow) {
	for prefix, row := range m.byPath {
		if p := strings.TrimSpace(prefix); path == p || strings.HasPrefix(path, p+"/") {
			out = append(out, row)
		}
	}
	return out
}

// expect compares an answer about one of the rows with what the table says.
func (m matrixRows) expect(t *testing.T, name string, a *testkit.Answer, op, path string, permissions []authz.Permission, who caller, row matrixRow) {
	t.Helper()
	actor := who.actor()
	if !slices.ContainsFunc(permissions, actor.Holds) {
		return // the gate: expected above
	}
	over := func(p authz.Permission, targets []authz.Target) bool {
		return slices.ContainsFunc(targets, func(t authz.Target) bool { return actor.May(p, t) })
	}
	targets := row.targets
	if apart, ok := m.apart[op]; ok {
		targets = apart
	}
	sees := row.hidden == "" || over(row.hidden, row.targets)
	may := slices.ContainsFunc(permissions, func(p authz.Permission) bool { return p == authz.Public || over(p, targets) })
	absent := strings.Contains(path, "{partId}") || strings.Contains(path, "/memo") // there is none
	switch {
	case !sees && a.Status != http.StatusNotFound:
		t.Errorf("%s: %d, not 404: the row is not theirs to see", name, a.Status)
	case sees && !may && a.Status != http.StatusForbidden && !absent:
		t.Errorf("%s: %d, not 403: %s", name, a.Status, a.Body)
	case sees && may && (a.Status == http.StatusForbidden || a.Status == http.StatusNotFound && !absent):
		t.Errorf("%s: %d, though they may: %s", name, a.Status, a.Body)
	}
}
