package organisation_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func fi(s string) object { return object{"fi": s} }

func association(name, municipality string, more ...object) object {
	o := object{"kind": "association", "name": fi(name), "municipality": municipality}
	for _, m := range more {
		for k, v := range m {
			o[k] = v
		}
	}
	return o
}

// whole sets every member that a caller may set, as people write it.
var whole = object{
	"kind": "association", "name": object{"fi": "  Janakkalan   Nuorisoseura ry ", "sv": "Janakkala ungdomsförening rf", "en": "Janakkala Youth Club"},
	"otherNames":  []object{{"name": fi("Janakkalan Nuoret"), "from": "1956-02-01", "to": "1999-01-01"}},
	"description": fi("Nuorisotyötä"), "field": "culture-arts", "registerNumber": "012 345", "businessId": "FI02012566", "country": "FI",
	"municipality": "165", "municipalities": []string{"165", "109"},
	"address": object{"street": "Juttilantie 1", "postalCode": "14200", "postOffice": "TURENKI"}, "postalAddress": object{"street": "PL 1", "postalCode": "14201", "postOffice": "TURENKI"},
	"location": object{"lat": 60.91, "lon": 24.65}, "logo": "https://example.org/logo.png", "website": "example.org", "email": "info@EXAMPLE.org", "phone": "050 555 0101",
	"socialLinks": []string{"https://example.org/social"}, "languages": []string{"fi", "sv"}, "memberCount": object{"value": 120, "year": 2025},
	"founded": object{"from": "1956-01-01", "precision": "year", "text": "1956"}, "registeredOn": "1957-03-01", "fundingSources": []string{"jäsenmaksut"},
	"affiliations": []object{{"name": "Suomen Nuorisoseurat ry"}}, "externalIds": []object{{"system": "municipal-crm", "id": "A-17"}},
}

func TestEveryMember(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	made := c.Post("/v1/organisations", whole).Want(201)
	id := made.ID()
	assert.Equal(t, "/v1/organisations/"+id, made.Header.Get("Location"))
	got := s.Anonymous().Get("/v1/organisations/" + id).Want(200).JSON()
	assert.Equal(t, made.JSON(), got)
	for member, want := range (object{
		"name": object{"fi": "Janakkalan Nuorisoseura ry", "sv": "Janakkala ungdomsförening rf", "en": "Janakkala Youth Club"}, "registerNumber": "12.345",
		"businessId": "0201256-6", "website": "https://example.org", "email": "info@example.org", "phone": "+358505550101", "region": "05", "subRegion": "051", "status": "published",
		"version": 1.0, "founded": object{"from": "1956-01-01", "to": "1957-01-01", "precision": "year", "text": "1956", "monthDay": nil}, "dissolved": nil, "lastVerifiedAt": nil,
		"memberCount": object{"value": 120.0, "year": 2025.0, "min": nil, "max": nil, "estimated": nil}, "location": object{"lat": 60.91, "lon": 24.65},
	}) {
		assert.Equal(t, want, got[member], member)
	}
	assert.Len(t, got, 35, "every member is present, unset ones as null")
	for member := range whole {
		assert.NotNil(t, got[member], member)
	}
	// what was shown can be sent again, and changes nothing
	same := object{}
	for member := range whole {
		same[member] = got[member]
	}
	again := c.Patch("/v1/organisations/"+id, same, testkit.IfMatch(made.ETag())).Want(200)
	assert.Equal(t, got, again.JSON())
}

func TestDataThatCannotBeRight(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	bad := association("Virheet ry", "165", object{
		"registerNumber": "12A", "businessId": "0201256-7", "email": "Info <info@example.org>", "phone": "12x", "website": "javascript:alert(1)", "field": "no-such", "country": "XX",
		"languages": []string{"fi", "qq"}, "otherNames": []object{{"name": fi("A"), "from": "2000-01-01", "to": "1999-01-01"}}, "affiliations": []object{{}, {"organisationId": store.NewID().String()}},
		"memberCount": object{"min": 5, "max": 2}, "founded": object{"from": "1956-02-01", "precision": "year"}, "municipalities": []string{"532", "999"}, "location": object{"lat": 60, "lon": 24},
	})
	assert.ElementsMatch(t, []string{
		"invalid /registerNumber", "invalid /businessId", "invalid /email", "invalid /phone", "invalid /website", "unknown-code /field", "unknown-code /country", "unknown-code /languages/1",
		"order /otherNames/0/to", "required /affiliations/0", "unknown-reference /affiliations/1/organisationId", "order /memberCount/min", "invalid /founded/from",
		"merged /municipalities/0", "unknown-code /municipalities/1",
	}, c.Post("/v1/organisations", bad).Problem(422, "invalid-data"))
	a := c.Post("/v1/organisations", association("Nastolan Yhdistys ry", "532"))
	assert.Equal(t, []string{"merged /municipality"}, a.Problem(422, "invalid-data"))
	assert.Contains(t, string(a.Body), "398", "the successor is named")
	assert.Empty(t, c.Get("/v1/organisations").Items())
}

func TestMergePatch(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	a := c.Post("/v1/organisations", whole).Want(201)
	url := "/v1/organisations/" + a.ID()
	a = c.Patch(url, object{"name": object{"en": nil}, "website": nil, "address": object{"street": "Uusi katu 2"}, "languages": []string{"sv"}}, testkit.IfMatch(a.ETag())).Want(200)
	got := a.JSON()
	assert.Equal(t, object{"fi": "Janakkalan Nuorisoseura ry", "sv": "Janakkala ungdomsförening rf"}, got["name"])
	assert.Nil(t, got["website"])
	assert.Equal(t, object{"street": "Uusi katu 2", "postalCode": "14200", "postOffice": "TURENKI"}, got["address"])
	assert.Equal(t, []any{"sv"}, got["languages"])
	assert.Equal(t, "info@example.org", got["email"], "absent members stay")
	assert.Equal(t, 2.0, got["version"])
	assert.Equal(t, []string{"required /name"}, c.Patch(url, object{"name": object{"fi": nil, "sv": nil}}, testkit.IfMatch(a.ETag())).Problem(422, "invalid-data"))
	c.Patch(url, object{"kind": nil}, testkit.IfMatch(a.ETag())).Problem(400, "validation")
	assert.Equal(t, a.ETag(), c.Patch(url, object{}, testkit.IfMatch(a.ETag())).Want(200).ETag(), "no change, no version")
}

func TestPreconditions(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	a := c.Post("/v1/organisations", association("Ehdot ry", "109")).Want(201)
	url := "/v1/organisations/" + a.ID()
	body := object{"email": "a@example.org"}
	assert.Equal(t, a.ETag(), c.Patch(url, body).Want(428).ETag())
	c.Patch(url, body).Problem(428, "precondition-required")
	c.Do("DELETE", url, nil).Problem(428, "precondition-required")
	stale := c.Patch(url, body, testkit.IfMatch(`"7-x"`))
	stale.Problem(412, "stale")
	assert.Equal(t, a.ETag(), stale.ETag())
	weak := c.Patch(url, body, testkit.IfMatch("W/"+a.ETag()))
	weak.Problem(412, "stale")
	assert.Contains(t, string(weak.Body), "proxy")
	for _, broken := range []string{`1`, `"1`, `1"`, `"`} { // without both quotes it is no tag
		c.Patch(url, body, testkit.IfMatch(broken)).Problem(412, "stale")
	}
	c.Patch(url, body, testkit.IfMatch(`"9-a", "1-other-variant"`)).Want(200)
	c.Patch(url, object{"email": nil}, testkit.IfMatch("*")).Want(200)
}

// A thousand duels over one version: each has one winner.
func TestDuels(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	a := c.Post("/v1/organisations", association("Kaksintaistelu ry", "109")).Want(201)
	url, etag := "/v1/organisations/"+a.ID(), a.ETag()
	for round := range 100 {
		var wg sync.WaitGroup
		answers := make([]*testkit.Answer, 10)
		for i := range answers {
			wg.Go(func() {
				answers[i] = c.Patch(url, object{"email": fmt.Sprintf("r%d-%d@example.org", round, i)}, testkit.IfMatch(etag))
			})
		}
		wg.Wait()
		winners := 0
		for _, a := range answers {
			if a.Status == 200 {
				winners, etag = winners+1, a.ETag()
			} else {
				a.Problem(412, "stale")
			}
		}
		require.Equal(t, 1, winners)
	}
}

func TestLife(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, officer, editorless := s.As(authz.Admin, ""), s.As(authz.Officer, "109"), s.Anonymous()
	a := officer.Post("/v1/organisations", association("Elämä ry", "109", object{"status": "draft"})).Want(201)
	url := "/v1/organisations/" + a.ID()
	editor := s.As(authz.Editor, a.ID())
	editorless.Get(url).Problem(404, "not-found")
	s.As(authz.Officer, "165").Get(url).Problem(404, "not-found")
	to := func(c *testkit.Client, status string, note any) *testkit.Answer {
		t.Helper()
		return c.Post(url+"/transitions", object{"to": status, "note": note}, testkit.IfMatch("*"))
	}
	to(editor, "published", nil).Problem(403, "forbidden")
	to(editor, "submitted", nil).Want(200)
	wrong := to(officer, "archived", nil)
	wrong.Problem(409, "transition-not-allowed")
	assert.ElementsMatch(t, []any{"draft", "published"}, wrong.JSON()["allowed"])
	assert.Equal(t, []string{"required /note"}, to(officer, "draft", nil).Problem(422, "invalid-data"))
	to(officer, "draft", "kuvaus puuttuu").Want(200)
	to(editor, "submitted", nil).Want(200)
	to(officer, "published", nil).Want(200)
	editorless.Get(url).Want(200)

	editor.Patch(url, object{"email": "e@example.org"}, testkit.IfMatch("*")).Want(200)
	verified := editor.Post(url+"/verify", nil, testkit.IfMatch("*")).Want(200)
	assert.NotNil(t, verified.JSON()["lastVerifiedAt"])
	officer.Patch(url, object{"municipality": "165"}, testkit.IfMatch("*")).Problem(403, "forbidden") // it would leave the officer's area
	s.As(authz.Coordinator, "05").Patch(url, object{"municipality": "165"}, testkit.IfMatch("*")).Want(200)
	officer.Patch(url, object{"email": nil}, testkit.IfMatch("*")).Problem(403, "forbidden")

	to(admin, "archived", nil).Want(200)
	gone := editorless.Get(url)
	gone.Problem(410, "gone")
	assert.NotNil(t, gone.JSON()["deletedAt"])
	assert.NotNil(t, gone.JSON()["version"])
	admin.Get(url).Want(200)
	to(admin, "published", nil).Want(200)
	steps := admin.Get(url + "/transitions?limit=2").Want(200)
	assert.Equal(t, "archived", steps.Items()[0]["from"])
	assert.Contains(t, steps.Header.Get("Link"), "cursor=")
	editorless.Get(url+"/transitions").Problem(401, "sign-in-needed")

	admin.Do("DELETE", url, nil, testkit.IfMatch("*")).Want(204)
	admin.Get(url).Problem(410, "gone")
	admin.Patch(url, object{}, testkit.IfMatch("*")).Problem(410, "gone")
	editorless.Get("/v1/organisations/"+uuid.NewString()).Problem(404, "not-found")
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	first := admin.Post("/v1/organisations", whole).Want(201).ID()
	for member, value := range (object{"registerNumber": "12.345", "businessId": "02012566", "externalIds": []object{{"system": "municipal-crm", "id": "A-17"}}}) {
		a := admin.Post("/v1/organisations", association("Toinen ry", "109", object{member: value}))
		assert.Equal(t, []string{"duplicate /" + member}, a.Problem(409, "duplicate"))
		assert.Equal(t, first, a.JSON()["conflictsWith"])
	}
	// many at once: one wins, whoever it is
	var wg sync.WaitGroup
	created := make(chan int, 10)
	for i := range 10 {
		wg.Go(func() {
			created <- admin.Post("/v1/organisations", association(fmt.Sprintf("Kilpa %d ry", i), "109", object{"registerNumber": "777.777"})).Status
		})
	}
	wg.Wait()
	close(created)
	n := map[int]int{}
	for status := range created {
		n[status]++
	}
	assert.Equal(t, map[int]int{201: 1, 409: 9}, n)
	// a hidden one is not named to those who may not see it
	draft := admin.Post("/v1/organisations", association("Piilo ry", "398", object{"registerNumber": "888.888", "status": "draft"})).Want(201)
	hidden := s.As(authz.Officer, "109").Post("/v1/organisations", association("Näkyvä ry", "109", object{"registerNumber": "888.888"}))
	hidden.Problem(409, "duplicate")
	assert.NotContains(t, string(hidden.Body), draft.ID())
	// deleting frees the numbers
	admin.Do("DELETE", "/v1/organisations/"+first, nil, testkit.IfMatch("*")).Want(204)
	admin.Post("/v1/organisations", whole).Want(201)
}

func TestCreateInOnesArea(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer := s.As(authz.Officer, "109")
	officer.Post("/v1/organisations", association("Naapuri ry", "165")).Problem(403, "forbidden")
	officer.Post("/v1/organisations", object{"kind": "association", "name": fi("Koditon ry")}).Problem(403, "forbidden")
	s.As(authz.Coordinator, "05").Post("/v1/organisations", association("Maakunta ry", "165")).Want(201)
	writer := s.As(authz.Integration, "109", "organisation.write")
	assert.Equal(t, "draft", writer.Post("/v1/organisations", association("Luonnos ry", "109")).Want(201).JSON()["status"])
	writer.Post("/v1/organisations", association("Julki ry", "109", object{"status": "published"})).Problem(403, "forbidden")
	syncer := s.As(authz.Integration, "109", "organisation.write", "organisation.sync")
	assert.Equal(t, "published", syncer.Post("/v1/organisations", association("Julki ry", "109")).Want(201).JSON()["status"])
}

func TestParts(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	o := c.Post("/v1/organisations", association("Osat ry", "109")).Want(201)
	url := "/v1/organisations/" + o.ID()
	activity := object{"heading": "special_expertise", "targetGroups": []string{"omaiset"}, "description": fi("Vertaistukea")}
	c.Post(url+"/activities", activity).Problem(428, "precondition-required")
	a := c.Post(url+"/activities", activity, testkit.IfMatch(o.ETag())).Want(201)
	part := a.Header.Get("Location")
	c.Post(url+"/activities", activity, testkit.IfMatch(o.ETag())).Problem(412, "stale")
	b := c.Patch(part, object{"description": object{"sv": "Stöd"}}, testkit.IfMatch(a.ETag())).Want(200)
	assert.Equal(t, object{"fi": "Vertaistukea", "sv": "Stöd"}, b.JSON()["description"])
	assert.Equal(t, []string{"required /description"}, c.Patch(part, object{"description": object{"fi": nil, "sv": nil}}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	assert.Equal(t, b.JSON(), s.Anonymous().Get(part).Want(200).JSON())

	event := object{"type": "merged", "date": object{"from": "2019-05-01", "precision": "month"}, "municipality": "109", "organisationId": uuid.NewString()}
	assert.ElementsMatch(t, []string{"unexpected /municipality", "unknown-reference /organisationId"}, c.Post(url+"/register-events", event, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	moved := c.Post(url+"/register-events", object{"type": "moved", "date": object{"from": "2015-03-04", "precision": "day"}, "municipality": "532"}, testkit.IfMatch("*")).Want(201)
	assert.Equal(t, "532", moved.JSON()["municipality"], "a merged municipality is right for what was then")
	c.Patch(moved.Header.Get("Location"), object{"note": "muutto"}, testkit.IfMatch("*")).Want(200)
	assert.Len(t, s.Anonymous().Get(url+"/register-events").Want(200).Items(), 1)
	assert.Equal(t, "muutto", s.Anonymous().Get(moved.Header.Get("Location")).Want(200).JSON()["note"])

	whole := s.Anonymous().Get(url + "?include=activities,registerEvents&fields=name").Want(200).JSON()
	assert.Len(t, whole["activities"], 1)
	assert.Len(t, whole["registerEvents"], 1)
	assert.Len(t, whole, 4)
	c.Do("DELETE", part, nil, testkit.IfMatch("*")).Want(204)
	c.Do("DELETE", part, nil, testkit.IfMatch("*")).Problem(404, "not-found")
	c.Do("DELETE", moved.Header.Get("Location"), nil, testkit.IfMatch("*")).Want(204)
	assert.Empty(t, s.Anonymous().Get(url+"/activities").Want(200).Items())
	assert.Equal(t, 7.0, c.Get(url).JSON()["version"], "every write to a part raises the version of the whole")
}

func TestExternalIDs(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	crm := s.As(authz.Integration, "109", "organisation.write", "organisation.sync", "organisation.read-unpublished", "system:crm")
	url := "/v1/organisations/by-external-id/crm/A%2F1"
	only := testkit.Header{Name: "If-None-Match", Value: "*"}
	made := crm.Do("PUT", url, association("Avain ry", "109", object{"email": "a@example.org"}), only).Want(201)
	crm.Do("PUT", url, association("Avain ry", "109"), only).Problem(412, "stale")
	crm.Do("PUT", url, association("Avain ry", "109"), testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	replaced := crm.Do("PUT", url, association("Avain ry", "109"), testkit.IfMatch(made.ETag())).Want(200)
	assert.Nil(t, replaced.JSON()["email"], "absent members are cleared")
	assert.Equal(t, made.ID(), s.Anonymous().Get(url).Want(200).ID())
	assert.Equal(t, []any{object{"system": "crm", "id": "A/1"}}, replaced.JSON()["externalIds"])

	s.As(authz.Officer, "109").Do("PUT", "/v1/organisations/by-external-id/crm/B", association("Vieras ry", "109")).Problem(403, "forbidden")
	s.As(authz.Officer, "109").Do("PUT", "/v1/organisations/by-external-id/unowned/B", association("Vapaa ry", "109")).Want(201)
	admin.Do("PUT", "/v1/organisations/by-external-id/crm/C", association("Ylläpito ry", "109")).Want(201)
	crm.Do("PUT", "/v1/organisations/by-external-id/crm/D", association("Muualla ry", "398")).Problem(403, "forbidden")
	admin.Do("DELETE", "/v1/organisations/"+made.ID(), nil, testkit.IfMatch("*")).Want(204)
	s.Anonymous().Get(url).Problem(404, "not-found")
	assert.NotEqual(t, made.ID(), crm.Do("PUT", url, association("Avain ry", "109")).Want(201).ID())
}

func TestDeleteInUse(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	id := admin.Post("/v1/organisations", map[string]any{"kind": "association", "name": map[string]any{"fi": "Tarpeellinen ry"}, "municipality": "109"}).Want(201).ID()
	network := admin.Post("/v1/networks", map[string]any{"kind": "thematic", "name": map[string]any{"fi": "Verkosto"}, "municipality": "109"}).Want(201).ID()
	membership := admin.Post("/v1/networks/"+network+"/memberships", map[string]any{"organisationId": id}).Want(201).ID()
	refused := admin.Do("DELETE", "/v1/organisations/"+id, nil, testkit.IfMatch("*"))
	refused.Problem(409, "in-use")
	assert.Equal(t, []any{"memberships"}, refused.JSON()["usedBy"])
	admin.Post("/v1/memberships/"+membership+"/transitions", map[string]any{"to": "left"}, testkit.IfMatch("*")).Want(200)
	admin.Do("DELETE", "/v1/organisations/"+id, nil, testkit.IfMatch("*")).Want(204)
}
