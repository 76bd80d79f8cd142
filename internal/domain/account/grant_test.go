package account_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// listable are all the permissions that an integration may have.
func listable() (out []string) {
	for _, p := range authz.AllPermissions() {
		if authz.Listable(p) {
			out = append(out, string(p))
		}
	}
	return out
}

// TestDelegation: only roles below one's own, only inside one's own scope, and nothing that one does not hold.
func TestDelegation(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	here, sibling, far := organisation(s, "109"), organisation(s, "165"), organisation(s, "398")
	admin, coordinator, officer, both := s.As(authz.Admin, ""), s.As(authz.Coordinator, "05"), s.As(authz.Officer, "109"), s.As(authz.Officer, "109")
	s.Grant(both.ID, authz.Coordinator, "07")
	network := admin.Post("/v1/networks", object{"kind": "thematic", "name": object{"fi": "Verkosto"}, "region": "05"}).Want(201).ID()
	council := admin.Post("/v1/councils", object{"kind": "advisory_council", "name": object{"fi": "Neuvottelukunta"}, "region": "05"}).Want(201).ID()
	nowhere := admin.Post("/v1/councils", object{"kind": "external_body", "name": object{"fi": "Ei missään"}}).Want(201).ID()
	const yes, no = 201, 403
	for _, tt := range []struct {
		role, scope                          string
		admin, coordinator05, officer109, of int // of: an officer of 109 who coordinates 07 too
	}{
		{"admin", "", yes, no, no, no},
		{"regional_coordinator", "05", yes, no, no, no},
		{"regional_coordinator", "07", yes, no, no, no},
		{"municipal_officer", "109", yes, yes, no, no},
		{"municipal_officer", "165", yes, yes, no, no},
		{"municipal_officer", "398", yes, no, no, yes},
		{"council_secretary", council, yes, yes, no, no},
		{"council_secretary", nowhere, yes, no, no, no}, // nobody knows where it is
		{"network_convener", network, yes, yes, no, no},
		{"organisation_editor", here, yes, yes, yes, yes},
		{"organisation_editor", sibling, yes, yes, no, no},
		{"organisation_editor", far, yes, no, no, yes},
		{"integration", "05", yes, yes, no, no},
		{"integration", "109", yes, yes, no, no},
		{"integration", "398", yes, no, no, yes},
		{"integration", "07", yes, no, no, yes},
	} {
		for i, status := range []int{tt.admin, tt.coordinator05, tt.officer109, tt.of} {
			giver := []*testkit.Client{admin, coordinator, officer, both}[i]
			body := object{"role": tt.role}
			if tt.scope != "" {
				body["scope"] = tt.scope
			}
			if tt.role == "integration" {
				body["serviceAccountId"], body["permissions"] = newAccount(giver, object{"name": "Kone"}).Account.ID, listable()
			} else {
				body["userId"] = giver.Post("/v1/users", object{"email": uuid.NewString() + "@x.example"}).Want(201).ID()
			}
			a := giver.Post("/v1/grants", body)
			if status == no {
				a.Problem(403, "forbidden")
				continue
			}
			assert.Equal(t, status, a.Status, "%d gives %s in %s: %s", i, tt.role, tt.scope, a.Body)
		}
	}
	s.As(authz.Editor, here).Post("/v1/grants", object{"role": "organisation_editor", "scope": here, "userId": uuid.NewString()}).Problem(403, "forbidden")
	s.Anonymous().Post("/v1/grants", object{"role": "admin"}).Problem(401, "sign-in-needed")
	s.As(authz.Integration, "05", listable()...).Post("/v1/grants", object{"role": "admin"}).Problem(403, "forbidden")
}

func TestGrantsThatCannotBeRight(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, c := s.As(authz.Admin, ""), s.As(authz.Coordinator, "05")
	user := c.Post("/v1/users", object{"email": "a@x.example"}).Want(201).ID()
	machine := newAccount(c, object{"name": "Kone"}).Account.ID
	foreign := s.As(authz.Coordinator, "07").Post("/v1/users", object{"email": "b@x.example"}).Want(201).ID()
	for name, tt := range map[string]struct {
		body   object
		faults []string
	}{
		"no holder":      {object{"role": "municipal_officer", "scope": "109"}, []string{"exclusive /userId"}},
		"two holders":    {object{"role": "municipal_officer", "scope": "109", "userId": user, "serviceAccountId": machine}, []string{"exclusive /userId"}},
		"nobody":         {object{"role": "municipal_officer", "scope": "109", "userId": uuid.NewString()}, []string{"unknown-reference /userId"}},
		"somebody's":     {object{"role": "municipal_officer", "scope": "109", "userId": foreign}, []string{"unknown-reference /userId"}},
		"oneself":        {object{"role": "municipal_officer", "scope": "109", "userId": c.ID}, []string{"unknown-reference /userId"}},
		"no machine":     {object{"role": "integration", "scope": "109", "serviceAccountId": user}, []string{"unknown-reference /serviceAccountId"}},
		"no scope":       {object{"role": "municipal_officer", "userId": user}, []string{"required /scope"}},
		"a scope":        {object{"role": "admin", "scope": "05", "userId": user}, []string{"unexpected /scope"}},
		"merged":         {object{"role": "municipal_officer", "scope": "532", "userId": user}, []string{"unknown-code /scope"}},
		"no region":      {object{"role": "regional_coordinator", "scope": "03", "userId": user}, []string{"unknown-code /scope"}},
		"wrong type":     {object{"role": "municipal_officer", "scope": "05", "userId": user}, []string{"unknown-code /scope"}},
		"no id":          {object{"role": "organisation_editor", "scope": "109", "userId": user}, []string{"invalid /scope"}},
		"no such one":    {object{"role": "organisation_editor", "scope": uuid.NewString(), "userId": user}, []string{"unknown-reference /scope"}},
		"no council":     {object{"role": "council_secretary", "scope": uuid.NewString(), "userId": user}, []string{"unknown-reference /scope"}},
		"person":         {object{"role": "integration", "scope": "109", "userId": user}, []string{"unexpected /role"}},
		"lists":          {object{"role": "municipal_officer", "scope": "109", "userId": user, "permissions": []string{"event.write"}, "systems": []string{"crm"}}, []string{"unexpected /permissions", "unexpected /systems"}},
		"not listable":   {object{"role": "integration", "scope": "109", "serviceAccountId": machine, "permissions": []string{"event.write", "person.erase"}}, []string{"unknown-code /permissions/1"}},
		"many at a time": {object{"role": "municipal_officer", "scope": "999", "userId": uuid.NewString(), "systems": []string{"crm"}}, []string{"unknown-reference /userId", "unexpected /systems", "unknown-code /scope"}},
	} {
		assert.ElementsMatch(t, tt.faults, c.Post("/v1/grants", tt.body).Problem(422, "invalid-data"), name)
	}
	assert.ElementsMatch(t, []string{"enum /role", "format /userId", "duplicate /systems", "unknown /region"},
		admin.Post("/v1/grants", object{"role": "owner", "userId": "me", "systems": []string{"a", "a"}, "region": "05"}).Problem(400, "validation"))
	assert.Empty(t, c.Get("/v1/grants?userId="+user).Want(200).Items())
}

// A misspelt permission is a fault of the data, and no question of rights.
func TestUnknownPermission(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	for _, c := range []*testkit.Client{s.As(authz.Admin, ""), s.As(authz.Coordinator, "05")} {
		body := object{"role": "integration", "scope": "109", "serviceAccountId": newAccount(c, object{"name": "Kone"}).Account.ID, "permissions": []string{"no.such"}}
		assert.Equal(t, []string{"unknown-code /permissions/0"}, c.Post("/v1/grants", body).Problem(422, "invalid-data"))
	}
}

// Whoever tries ids finds no draft of elsewhere by them.
func TestScopesTellNothingOfHiddenOrganisations(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	draft := s.As(authz.Admin, "").Post("/v1/organisations", object{"kind": "association", "name": object{"fi": "Piilo ry"}, "municipality": "398", "status": "draft"}).Want(201).ID()
	officer := s.As(authz.Officer, "109")
	officer.Get("/v1/organisations/"+draft).Problem(404, "not-found")
	user := officer.Post("/v1/users", object{"email": "a@x.example"}).Want(201).ID()
	for _, scope := range []string{draft, uuid.NewString()} {
		officer.Post("/v1/grants", object{"role": "organisation_editor", "scope": scope, "userId": user}).Problem(422, "invalid-data")
	}
}

func TestGrant(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, c, officer, elsewhere := s.As(authz.Admin, ""), s.As(authz.Coordinator, "05"), s.As(authz.Officer, "109"), s.As(authz.Coordinator, "07")
	user := c.Post("/v1/users", object{"email": "a@x.example"}).Want(201).ID()
	body := object{"userId": user, "role": "municipal_officer", "scope": "109"}
	made := c.Post("/v1/grants", body).Want(201)
	path := made.Header.Get("Location")
	assert.Equal(t, "/v1/grants/"+made.ID(), path)
	got := c.Get(path).Want(200)
	assert.Equal(t, made.JSON(), got.JSON())
	assert.Equal(t, made.ETag(), got.ETag())
	for member, want := range (object{"userId": user, "serviceAccountId": nil, "role": "municipal_officer", "scopeType": "municipality", "scope": "109", "permissions": []any{}, "systems": []any{}}) {
		assert.Equal(t, want, got.JSON()[member], member)
	}
	c.Patch(path, object{"scope": "165"}, testkit.IfMatch("*")).Problem(405, "method-not-allowed") // given and taken away, never changed
	c.Post("/v1/grants", body).Problem(409, "duplicate")

	officer.Get(path).Want(200)                            // it lies in the officer's municipality
	remove(officer, path).Problem(403, "forbidden")        // but is not below the officer
	elsewhere.Get(path).Problem(404, "not-found")          //
	remove(elsewhere, path).Problem(404, "not-found")      //
	s.Anonymous().Get(path).Problem(401, "sign-in-needed") //
	c.Get("/v1/grants/"+uuid.NewString()).Problem(404, "not-found")
	c.Get("/v1/grants/x").Problem(400, "validation")
	s.As(authz.Convener, uuid.NewString()).Get(path).Problem(403, "forbidden")

	assert.Equal(t, made.ETag()[:3], c.Do("DELETE", path, nil).Want(428).ETag()[:3])
	c.Do("DELETE", path, nil).Problem(428, "precondition-required")
	c.Do("DELETE", path, nil, testkit.IfMatch(`"2-x"`)).Problem(412, "stale")
	c.Do("DELETE", path, nil, testkit.IfMatch(made.ETag())).Want(204)
	c.Get(path).Problem(404, "not-found")
	remove(c, path).Problem(404, "not-found")
	c.Post("/v1/grants", body).Want(201) // and again

	// one's own can be laid down, but not by oneself alone where nobody else could give it
	mine := "/v1/grants/" + c.Get("/v1/grants?userId=" + c.ID.String()).Want(200).Items()[0]["id"].(string)
	remove(c, mine).Problem(403, "forbidden")
	remove(admin, mine).Want(204)
	c.Get("/v1/grants").Problem(403, "forbidden")

	statuses := make([]int, 10)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() {
			statuses[i] = admin.Post("/v1/grants", object{"userId": user, "role": "regional_coordinator", "scope": "05"}).Status
		})
	}
	wg.Wait()
	slices.Sort(statuses)
	assert.Equal(t, []int{201, 409, 409, 409, 409, 409, 409, 409, 409, 409}, statuses)
}

func TestListOfGrants(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	here, far := organisation(s, "109"), organisation(s, "398")
	clients := map[string]*testkit.Client{
		"admin": s.As(authz.Admin, ""), "coordinator 05": s.As(authz.Coordinator, "05"), "coordinator 07": s.As(authz.Coordinator, "07"),
		"officer 109": s.As(authz.Officer, "109"), "officer 165": s.As(authz.Officer, "165"),
	}
	s.As(authz.Editor, here)
	s.As(authz.Editor, far)
	s.As(authz.Secretary, uuid.NewString())
	m := newAccount(clients["coordinator 05"], object{"name": "Kone"})
	clients["coordinator 05"].Post("/v1/grants", object{"serviceAccountId": m.Account.ID, "role": "integration", "scope": "109"}).Want(201)
	everything := all(clients["admin"], "/v1/grants")
	count := map[string]int{}
	for name, c := range clients {
		got := all(c, "/v1/grants")
		count[name] = len(got)
		for _, id := range everything {
			assert.Equal(t, map[bool]int{true: 200, false: 404}[slices.Contains(got, id)], c.Get("/v1/grants/"+id).Status, "%s, %s", name, id)
		}
	}
	// two of the helpers that made the organisations are admins too
	assert.Equal(t, map[string]int{"admin": 11, "coordinator 05": 5, "coordinator 07": 2, "officer 109": 3, "officer 165": 1}, count)
	of := func(query string) int {
		return len(clients["coordinator 05"].Get("/v1/grants?" + query).Want(200).Items())
	}
	assert.Equal(t, 1, of("serviceAccountId="+m.Account.ID))
	assert.Equal(t, 1, of("userId="+clients["officer 109"].ID.String()))
	assert.Zero(t, of("userId="+clients["coordinator 07"].ID.String()))
	clients["admin"].Get("/v1/grants?role=admin").Problem(400, "validation")
	first := clients["admin"].Get("/v1/grants?limit=1").JSON()["next"].(string)
	clients["admin"].Get(first+"&userId="+m.Account.ID).Problem(400, "bad-cursor")
}

// TestOrganisationsThatMove take the rights over their editors with them.
func TestOrganisationsThatMove(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	coordinator, before, after := s.As(authz.Coordinator, "05"), s.As(authz.Officer, "109"), s.As(authz.Officer, "061")
	home := organisation(s, "109")
	user := before.Post("/v1/users", object{"email": "editor@x.example"}).Want(201).Header.Get("Location")
	grant := before.Post("/v1/grants", object{"userId": before.Get(user).ID(), "role": "organisation_editor", "scope": home}).Want(201).Header.Get("Location")
	after.Get(grant).Problem(404, "not-found")
	coordinator.Patch("/v1/organisations/"+home, object{"municipality": "061"}, testkit.IfMatch("*")).Want(200)
	for _, path := range []string{user, grant} {
		after.Get(path).Want(200)
		before.Get(path).Problem(404, "not-found")
	}
	assert.Len(t, after.Get("/v1/users").Items(), 1)
	remove(before, grant).Problem(404, "not-found")
	remove(after, grant).Want(204)
	before.Get(user).Want(200) // its own again, without a grant
	after.Get(user).Problem(404, "not-found")
}
