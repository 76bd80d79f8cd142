package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/contract"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// bodies holds, for each operation that takes one, a body that the contract allows. An operation without an entry fails the
// test: a new family adds its own.
var bodies = map[string]any{
	"createOrganisation":              association("Matriisin Testaajat ry", "109"),
	"putOrganisationByExternalId":     association("Matriisin Avain ry", "109"),
	"updateOrganisation":              map[string]any{"website": "https://example.org"},
	"transitionOrganisation":          map[string]any{"to": "archived"},
	"mergeOrganisation":               map[string]any{"from": "{mergeable}", "fromVersion": 1},
	"transitionDuplicate":             map[string]any{"to": "dismissed"},
	"transitionPendingChange":         map[string]any{"to": "withdrawn"},
	"createOrganisationActivity":      map[string]any{"heading": "special_expertise", "description": map[string]any{"fi": "x"}},
	"updateOrganisationActivity":      map[string]any{"heading": "special_expertise"},
	"createOrganisationRegisterEvent": map[string]any{"type": "founded", "date": map[string]any{"precision": "unknown"}},
	"updateOrganisationRegisterEvent": map[string]any{"type": "dissolved"},
	"createOrganisationContact":       map[string]any{"personId": store.NewID().String(), "role": "contact"},
	"updateOrganisationContact":       map[string]any{"role": "contact"},
	"createPerson":                    map[string]any{"name": "Matti Matriisi"},
	"updatePerson":                    map[string]any{"phone": nil},
	"createPersonConsents":            map[string]any{"fields": []string{"phone"}, "given": true, "ground": "x"},
	"erasePerson":                     map[string]any{"reason": "x"},
	"createSeat":                      map[string]any{"role": "member"},
	"updateSeat":                      map[string]any{"email": nil},
	"createNominationCall":            map[string]any{"title": map[string]any{"fi": "x"}, "deadline": "2030-01-01T00:00:00Z"},
	"updateNominationCall":            map[string]any{"seats": 1},
	"createNomination":                map[string]any{"role": "member", "personId": "{person}", "nominatingNetworkId": "{network}"},
	"updateNomination":                map[string]any{"message": nil},
	"transitionNomination":            map[string]any{"to": "withdrawn"},
	"syncOrganisations":               []any{},
	"createToken":                     []byte("grant_type=password&username=nobody@example.org&password=wrong"),
	"revokeToken":                     []byte("token=nothing"),
	"changePassword":                  map[string]any{"currentPassword": "wrong", "newPassword": "a long new password"},
	"resetPassword":                   map[string]any{"token": "nothing", "newPassword": "a long new password"},
	"createUser":                      map[string]any{"email": "matrix@example.org"},
	"updateUser":                      map[string]any{"displayName": "Matrix"},
	"createGrant":                     map[string]any{"role": "organisation_editor"},
	"createInvitation":                map[string]any{"email": "invited@example.org"},
	"acceptInvitation":                map[string]any{"token": "nothing"},
	"transitionInvitation":            map[string]any{"to": "revoked"},
	"createServiceAccount":            map[string]any{"name": "Matrix"},
	"createCouncilMeeting":            map[string]any{"date": "2026-01-15"},
	"createNetworkMeeting":            map[string]any{"date": "2026-01-15"},
	"updateMeeting":                   map[string]any{"number": 1},
	"transitionMeeting":               map[string]any{"to": "held"},
	"createAgendaItem":                map[string]any{"title": map[string]any{"fi": "x"}},
	"updateAgendaItem":                map[string]any{"position": 1},
	"orderMeetingAgenda":              map[string]any{"ids": []any{}},
	"createDecision":                  map[string]any{"text": map[string]any{"fi": "x"}},
	"updateDecision":                  map[string]any{"number": 1},
	"putAttendance":                   map[string]any{"items": []any{}},
	"putMemo":                         map[string]any{"text": map[string]any{"fi": "x"}},
	"transitionMemo":                  map[string]any{"to": "approved"},
	"updateServiceAccount":            map[string]any{"name": "Matrix"},
	"createPost":                      map[string]any{"kind": "liaison_officer", "title": map[string]any{"fi": "Matriisin yhdyshenkilö"}, "municipality": "109"},
	"updatePost":                      map[string]any{"email": "matrix@example.org"},
	"createPostHolder":                map[string]any{"personId": store.NewID().String()},
	"updatePostHolder":                map[string]any{"to": "2020-01-01"},
	"createNetwork":                   map[string]any{"kind": "thematic", "name": map[string]any{"fi": "Matriisi"}, "municipality": "109"},
	"updateNetwork":                   map[string]any{"website": "https://example.org"},
	"transitionNetwork":               map[string]any{"to": "dormant"},
	"createMembership":                map[string]any{"organisationId": "{organisation}"},
	"updateMembership":                map[string]any{"reason": "x"},
	"transitionMembership":            map[string]any{"to": "left"},
	"createCouncil":                   map[string]any{"kind": "working_group", "name": map[string]any{"fi": "Matriisin työryhmä"}, "region": "05"},
	"updateCouncil":                   map[string]any{"website": "https://example.org"},
	"createCouncilTerm":               map[string]any{"from": "2025-01-01"},
	"updateCouncilTerm":               map[string]any{"from": "2025-02-01"},
	"createCouncilDuty":               map[string]any{"kind": "event", "name": map[string]any{"fi": "x"}, "frequency": "yearly"},
	"updateCouncilDuty":               map[string]any{"frequency": "monthly"},
	"createCouncilNetwork":            map[string]any{"networkId": "{network}"},
	"updateCouncilNetwork":            map[string]any{"reason": "x"},
	"transitionCouncilNetwork":        map[string]any{"to": "left"},
	"createActionPlan":                map[string]any{"year": 2026},
	"updateActionPlan":                map[string]any{"year": 2027},
	"transitionActionPlan":            map[string]any{"to": "approved"},
	"createActionPlanItem":            map[string]any{"title": map[string]any{"fi": "x"}},
	"updateActionPlanItem":            map[string]any{"state": "done"},
}

// caller is one column of the matrix: a role, or nobody, in relation to the rows of Hämeenlinna (109, region 05).
type caller struct {
	role     authz.Role
	relation string
	scope    string
	client   *testkit.Client
}

// TestMatrix holds every operation of the contract against every role in every relation: what the table refuses is
// refused, and nothing else is.
func TestMatrix(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	own := admin.Post("/v1/organisations", association("Oma ry", "109")).Want(201).ID()
	draft := association("Luonnos ry", "109")
	draft["status"] = "draft"
	hidden := admin.Post("/v1/organisations", draft).Want(201).ID()
	rows := makeMatrixRows(t, s, admin, own)
	c, err := contract.Load()
	require.NoError(t, err)
	doc, err := contract.Document()
	require.NoError(t, err)

	var all []authz.Permission
	for _, p := range authz.AllPermissions() {
		if authz.Listable(p) {
			all = append(all, p)
		}
	}
	callers := []caller{{relation: "anonymous", client: s.Anonymous()}}
	for _, role := range authz.Roles {
		scopes := map[string]string{"own": "109", "sibling municipality": "165", "other region": "398"}
		switch role {
		case authz.Admin:
			scopes = map[string]string{"everywhere": ""}
		case authz.Coordinator:
			scopes = map[string]string{"own": "05", "other region": "07"}
		case authz.Editor:
			scopes = map[string]string{"own": own, "unrelated": store.NewID().String()}
		case authz.Secretary:
			scopes = map[string]string{"own": rows.council, "unrelated": store.NewID().String()}
		case authz.Convener:
			scopes = map[string]string{"own": rows.network, "unrelated": store.NewID().String()}
		}
		for relation, scope := range scopes {
			var listed []string
			if role == authz.Integration {
				for _, p := range all {
					listed = append(listed, string(p))
				}
			}
			callers = append(callers, caller{role, relation, scope, s.As(role, scope, listed...)})
		}
	}

	n := 0
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			permissions := c.Operations[op.OperationID].Permissions
			for _, who := range callers {
				for _, row := range []struct {
					id        string
					published bool
				}{{own, true}, {hidden, false}} {
					name := fmt.Sprintf("%s by %s (%s), published %v", op.OperationID, who.role, who.relation, row.published)
					a := attempt(t, who.client, method, path, op.OperationID, op.RequestBody != nil, row.id, rows.names)
					expect(t, name, a, path, permissions, who, row.published)
					n++
				}
				for _, row := range rows.of(path) {
					name := fmt.Sprintf("%s by %s (%s), %s", op.OperationID, who.role, who.relation, row.id)
					a := attempt(t, who.client, method, path, op.OperationID, op.RequestBody != nil, row.id, rows.names)
					rows.expect(t, name, a, op.OperationID, path, permissions, who, row)
					n++
				}
			}
		}
	}
	require.Greater(t, n, 1500, "the matrix is not whole")
}

func attempt(t *testing.T, c *testkit.Client, method, path, op string, hasBody bool, id string, names map[string]string) *testkit.Answer {
	t.Helper()
	body, ok := bodies[op]
	if hasBody != ok {
		t.Fatalf("bodies[%q]: in the contract %v, in the test %v", op, hasBody, ok)
	}
	url := strings.NewReplacer("{id}", id, "{partId}", store.NewID().String(), "{type}", "validation", "{asset}", "seutu.css", "{system}", "matrix", "{externalId}", "none").Replace(path)
	if raw, form := body.([]byte); form {
		return c.Form(url, string(raw))
	}
	if len(names) > 0 && body != nil {
		raw, err := json.Marshal(body)
		require.NoError(t, err)
		for name, id := range names {
			raw = bytes.ReplaceAll(raw, []byte("{"+name+"}"), []byte(id))
		}
		body = json.RawMessage(raw)
	}
	return c.Do(method, url, body)
}

// actor is the caller as the table knows it.
func (who caller) actor() authz.Actor {
	if who.role == "" {
		return authz.Actor{Type: authz.Anonymous}
	}
	g := authz.Grant{Role: who.role, ScopeType: authz.ScopeOf(who.role)[0], Scope: who.scope}
	if who.role == authz.Integration {
		g.ScopeType = authz.MunicipalityScope
		g.Permissions = slices.DeleteFunc(authz.AllPermissions(), func(p authz.Permission) bool { return !authz.Listable(p) })
	}
	return authz.Actor{Type: authz.User, Grants: []authz.Grant{g}}
}

// expect compares an answer with what the table says.
func expect(t *testing.T, name string, a *testkit.Answer, path string, permissions []authz.Permission, who caller, published bool) {
	t.Helper()
	actor := who.actor()
	holds := slices.ContainsFunc(permissions, actor.Holds)
	switch {
	case !holds && !actor.Known():
		if a.Status != http.StatusUnauthorized {
			t.Errorf("%s: %d, not 401", name, a.Status)
		}
		return
	case !holds:
		if a.Status != http.StatusForbidden {
			t.Errorf("%s: %d, not 403", name, a.Status)
		}
		return
	case a.Status == http.StatusUnauthorized:
		t.Errorf("%s: 401, though the role may", name)
		return
	}
	if !strings.HasPrefix(path, "/v1/organisations/{id}") {
		return // rows of other families: their own tests know who manages whom
	}
	organisation := "another"
	if who.role == authz.Editor && who.relation == "own" && published {
		organisation = who.scope
	}
	row := authz.Target{Region: "05", Municipality: "109", Organisation: organisation}
	sees := published || actor.May(authz.ReadUnpublished, row)
	permission := permissions[0]
	may := permission == authz.Public || actor.May(permission, row)
	if strings.HasSuffix(path, "/transitions") && permission == authz.WriteOrganisation {
		may = actor.May(authz.ApproveOrganisation, row) // to archived
	}
	switch {
	case !sees && a.Status != http.StatusNotFound:
		t.Errorf("%s: %d, not 404: the row is not theirs to see", name, a.Status)
	case sees && !may && a.Status != http.StatusForbidden && !strings.Contains(path, "{partId}"):
		t.Errorf("%s: %d, not 403", name, a.Status)
	case sees && may && (a.Status == http.StatusForbidden || a.Status == http.StatusNotFound && !strings.Contains(path, "{partId}")):
		t.Errorf("%s: %d, though they may: %s", name, a.Status, a.Body)
	}
}

// TestPolicyGolden shows every change of the table in review. The matrix above proves that the table is obeyed.
func TestPolicyGolden(t *testing.T) {
	t.Parallel()
	testkit.Golden(t, "policy.txt", []byte(authz.Print()))
}

// TestEveryOperationIsGuarded: what the contract does not know, no operation takes; a bad token no operation overlooks.
func TestEveryOperationIsGuarded(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	doc, err := contract.Document()
	require.NoError(t, err)
	forged := *admin
	forged.Token = admin.Token[:len(admin.Token)-4] + "AAAA"
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			a := attempt(t, admin, method, path+"?nope=1", op.OperationID, op.RequestBody != nil, store.NewID().String(), nil)
			if a.Status != http.StatusBadRequest || !strings.Contains(string(a.Body), "nope") {
				t.Errorf("%s takes an unknown parameter: %d", op.OperationID, a.Status)
			}
			a = attempt(t, &forged, method, path, op.OperationID, op.RequestBody != nil, store.NewID().String(), nil)
			if a.Status != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s takes a bad token: %d", op.OperationID, a.Status)
			}
		}
	}
}
