package organisation_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// consented is a person of Hämeenlinna who consents to show some fields.
func consented(c *testkit.Client, name string, fields ...string) string {
	c.T.Helper()
	p := object{"name": name, "email": "yhteys@example.org", "phone": "0505550101", "recordedFor": object{"municipality": "109"}}
	if len(fields) > 0 {
		p["consents"] = []object{{"fields": fields, "given": true, "ground": "lomake"}}
	}
	return c.Post("/v1/people", p).Want(201).ID()
}

func TestContacts(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer := s.As(authz.Officer, "109")
	o := officer.Post("/v1/organisations", association("Yhteys ry", "109")).Want(201)
	url := "/v1/organisations/" + o.ID()
	p := consented(officer, "Aino Avoin", "name", "email", "phone")
	officer.Post(url+"/contacts", object{"personId": p, "role": "chair"}).Problem(428, "precondition-required")
	a := officer.Post(url+"/contacts", object{"personId": p, "role": "chair", "title": object{"fi": " Puheen  johtaja "}, "from": "2024-01-01", "to": "2025-01-01"}, testkit.IfMatch(o.ETag())).Want(201)
	part := a.Header.Get("Location")
	assert.Equal(t, url+"/contacts/"+a.ID(), part)
	want := object{
		"id": a.ID(), "role": "chair", "title": fi("Puheen johtaja"), "from": "2024-01-01", "to": "2025-01-01", "publicFields": []any{"name", "email", "phone"},
		"person": object{"id": p, "name": "Aino Avoin", "withheld": false, "erased": false}, "email": "yhteys@example.org", "phone": "+358505550101",
	}
	assert.Equal(t, want, a.JSON())
	assert.Equal(t, want, s.Anonymous().Get(part).Want(200).JSON())
	assert.Equal(t, []any{want}, s.Anonymous().Get(url + "?include=contacts&fields=name").Want(200).JSON()["contacts"])
	officer.Post(url+"/contacts", object{"personId": p, "role": "chair"}, testkit.IfMatch(o.ETag())).Problem(412, "stale")

	b := officer.Patch(part, object{"role": "secretary", "title": nil, "to": nil, "publicFields": []string{"phone"}}, testkit.IfMatch(a.ETag())).Want(200)
	for member, v := range (object{"role": "secretary", "title": nil, "from": "2024-01-01", "to": nil, "publicFields": []any{"phone"}}) {
		assert.Equal(t, v, b.JSON()[member], member)
	}
	assert.Equal(t, b.ETag(), officer.Patch(part, object{"role": "secretary"}, testkit.IfMatch(b.ETag())).Want(200).ETag(), "no change, no version")
	officer.Patch(part, object{"personId": p}, testkit.IfMatch("*")).Problem(400, "validation")
	officer.Patch(part, object{"role": "member"}, testkit.IfMatch("*")).Problem(400, "validation")
	assert.Equal(t, []string{"order /to"}, officer.Patch(part, object{"to": "2023-12-31"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"order /to", "unknown-reference /personId"},
		officer.Post(url+"/contacts", object{"personId": uuid.NewString(), "role": "chair", "from": "2024-01-01", "to": "2024-01-01"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))

	// who may
	stranger := consented(s.As(authz.Admin, ""), "Joku", "name")
	s.Exec("update people set municipality = null where id = $1", stranger)
	assert.Equal(t, []string{"unknown-reference /personId"}, officer.Post(url+"/contacts", object{"personId": stranger, "role": "chair"}, testkit.IfMatch("*")).Problem(422, "invalid-data"),
		"only whom one may read, even if everyone sees the name")
	s.As(authz.Officer, "165").Post(url+"/contacts", object{"personId": p, "role": "chair"}, testkit.IfMatch("*")).Problem(403, "forbidden")
	s.As(authz.Officer, "165").Do("DELETE", part, nil, testkit.IfMatch("*")).Problem(403, "forbidden")
	s.Anonymous().Patch(part, object{}).Problem(401, "sign-in-needed")
	editor := s.As(authz.Editor, o.ID())
	own := editor.Post("/v1/people", object{"name": "Oma Henkilö"}).Want(201).ID()
	mine := editor.Post(url+"/contacts", object{"personId": own, "role": "contact"}, testkit.IfMatch("*")).Want(201)

	assert.Len(t, s.Anonymous().Get(url+"/contacts").Want(200).Items(), 2)
	officer.Do("DELETE", part, nil).Problem(428, "precondition-required")
	officer.Do("DELETE", part, nil, testkit.IfMatch(mine.ETag())).Want(204)
	officer.Do("DELETE", part, nil, testkit.IfMatch("*")).Problem(404, "not-found")
	officer.Get(part).Problem(404, "not-found")
	officer.Patch(part, object{}, testkit.IfMatch("*")).Problem(404, "not-found")
	s.Anonymous().Get("/v1/organisations/"+uuid.NewString()+"/contacts").Problem(404, "not-found")
	assert.Equal(t, 5.0, officer.Get(url).JSON()["version"])

	draft := officer.Post("/v1/organisations", association("Piilo ry", "109", object{"status": "draft"})).Want(201)
	officer.Post("/v1/organisations/"+draft.ID()+"/contacts", object{"personId": p, "role": "chair"}, testkit.IfMatch("*")).Want(201)
	s.Anonymous().Get("/v1/organisations/"+draft.ID()+"/contacts").Problem(404, "not-found")
	officer.Do("DELETE", url, nil, testkit.IfMatch("*")).Want(204)
	s.Anonymous().Get(url+"/contacts").Problem(410, "gone")
}

// TestContactsAreShownByConsent: outsiders see what the contact makes public and the person consents to; those who may read
// people at the organisation see all.
func TestContactsAreShownByConsent(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer := s.As(authz.Officer, "109")
	id := officer.Post("/v1/organisations", association("Suostumus ry", "109")).Want(201).ID()
	url := "/v1/organisations/" + id
	readers := map[string]*testkit.Client{"officer": officer, "editor": s.As(authz.Editor, id), "coordinator": s.As(authz.Coordinator, "05"), "admin": s.As(authz.Admin, "")}
	outsiders := map[string]*testkit.Client{"anonymous": s.Anonymous(), "another officer": s.As(authz.Officer, "165"), "another coordinator": s.As(authz.Coordinator, "07"),
		"another editor": s.As(authz.Editor, store.NewID().String()), "integration": s.As(authz.Integration, "109", "organisation.write")}
	all := []string{"name", "email", "phone"}
	for name, tt := range map[string]struct{ consents, public, shown []string }{
		"everything":                {all, all, all},
		"no consent":                {nil, all, nil},
		"nothing public":            {all, []string{}, nil},
		"name only by consent":      {[]string{"name"}, all, []string{"name"}},
		"name only by the contact":  {all, []string{"name"}, []string{"name"}},
		"phone without the name":    {all, []string{"phone"}, []string{"phone"}},
		"nothing that both allow":   {[]string{"name"}, []string{"email"}, nil},
		"e-mail of those who allow": {[]string{"name", "email"}, []string{"email", "phone"}, []string{"email"}},
	} {
		p := consented(officer, "Aino Avoin", tt.consents...)
		part := officer.Post(url+"/contacts", object{"personId": p, "role": "contact", "publicFields": tt.public}, testkit.IfMatch("*")).Want(201).Header.Get("Location")
		values := map[string]any{"name": "Aino Avoin", "email": "yhteys@example.org", "phone": "+358505550101"}
		check := func(c *testkit.Client, who string, shown []string) {
			t.Helper()
			list := c.Get(url + "/contacts").Want(200).Items()
			for how, got := range map[string]object{
				"alone": c.Get(part).Want(200).JSON(), "in the list": list[len(list)-1],
				"embedded":             last(c.Get(url + "?include=contacts").Want(200).JSON()["contacts"]),
				"embedded in the list": last(c.Get("/v1/organisations?include=contacts").Want(200).Items()[0]["contacts"]),
			} {
				ref := got["person"].(object)
				fields := map[string]any{"name": ref["name"], "email": got["email"], "phone": got["phone"]}
				for _, field := range all {
					want := values[field]
					if !slices.Contains(shown, field) {
						want = nil
					}
					assert.Equal(t, want, fields[field], "%s: %s to %s %s", name, field, who, how)
				}
				assert.Equal(t, slices.Contains(shown, "name"), ref["id"] == p, "%s: the id goes with the name", name)
				assert.Equal(t, !slices.Contains(shown, "name"), ref["withheld"], name)
			}
		}
		for who, c := range readers {
			check(c, who, all)
		}
		for who, c := range outsiders {
			check(c, who, tt.shown)
		}
		officer.Do("DELETE", part, nil, testkit.IfMatch("*")).Want(204)
	}
}

func last(v any) object {
	list := v.([]any)
	return list[len(list)-1].(object)
}

func TestContactsOnADay(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer := s.As(authz.Officer, "109")
	url := "/v1/organisations/" + officer.Post("/v1/organisations", association("Päivät ry", "109")).Want(201).ID() + "/contacts"
	p := consented(officer, "Aino Avoin", "name")
	for role, period := range map[string]object{
		"chair": {"from": "2020-01-01", "to": "2022-01-01"}, "secretary": {"from": "2022-01-01"}, "treasurer": {"to": "2021-06-01"}, "contact": {},
	} {
		period["personId"], period["role"] = p, role
		officer.Post(url, period, testkit.IfMatch("*")).Want(201)
	}
	tags := map[string]bool{}
	for query, want := range map[string][]string{
		"": {"chair", "secretary", "treasurer", "contact"}, "?activeOn=2019-12-31": {"treasurer", "contact"}, "?activeOn=2020-01-01": {"chair", "treasurer", "contact"},
		"?activeOn=2021-06-01": {"chair", "contact"}, "?activeOn=2021-12-31": {"chair", "contact"}, "?activeOn=2022-01-01": {"secretary", "contact"},
	} {
		a := s.Anonymous().Get(url + query).Want(200)
		got := []string{}
		for _, c := range a.Items() {
			got = append(got, c["role"].(string))
		}
		assert.ElementsMatch(t, want, got, query)
		tags[a.ETag()] = true
	}
	assert.Len(t, tags, 6, "another day, another tag")
	s.Anonymous().Get(url+"?activeOn=today").Problem(400, "validation")
}

// TestContactTags: what a person consents to, and who reads, changes the tag though the organisation has not changed.
func TestContactTags(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer, outsider := s.As(authz.Officer, "109"), s.As(authz.Officer, "165")
	url := "/v1/organisations/" + officer.Post("/v1/organisations", association("Merkki ry", "109")).Want(201).ID()
	p := consented(officer, "Aino Avoin")
	consented(officer, "Bertta Muu", "name")
	part := officer.Post(url+"/contacts", object{"personId": p, "role": "chair"}, testkit.IfMatch("*")).Want(201).Header.Get("Location")
	paths := []string{url + "/contacts", part, url + "?include=contacts"}
	before := map[string]string{}
	for _, path := range paths {
		before[path] = outsider.Get(path).Want(200).ETag()
		assert.NotEqual(t, before[path], officer.Get(path).ETag(), path)
	}
	plain := outsider.Get(url).ETag()
	officer.Post("/v1/people/"+p+"/consents", object{"fields": []string{"name"}, "given": true, "ground": "lomake"}).Want(201)
	for _, path := range paths {
		assert.NotEqual(t, before[path], outsider.Get(path).Want(200).ETag(), path)
	}
	assert.Equal(t, plain, outsider.Get(url).ETag(), "without contacts nothing hangs on them")
	officer.Patch(url, object{"email": "a@example.org"}, testkit.IfMatch(outsider.Get(part).ETag())).Want(200)
}

func TestPublished(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	made := func(name string, more object) uuid.UUID {
		return uuid.MustParse(admin.Post("/v1/organisations", association(name, "109", more)).Want(201).ID())
	}
	public, draft, archived, deleted := made("Julkinen ry", nil), made("Luonnos ry", object{"status": "draft"}), made("Arkisto ry", nil), made("Poistettu ry", nil)
	admin.Post("/v1/organisations/"+archived.String()+"/transitions", object{"to": "archived"}, testkit.IfMatch("*")).Want(200)
	admin.Do("DELETE", "/v1/organisations/"+deleted.String(), nil, testkit.IfMatch("*")).Want(204)
	ids := []uuid.UUID{public, draft, archived, deleted, store.NewID()}
	for name, tt := range map[string]struct {
		actor authz.Actor
		want  map[uuid.UUID]bool
	}{
		"anonymous": {authz.Actor{Type: authz.Anonymous}, map[uuid.UUID]bool{public: true}},
		"officer":   {authz.Actor{Type: authz.User, Grants: []authz.Grant{{Role: authz.Officer, ScopeType: authz.MunicipalityScope, Scope: "109"}}}, map[uuid.UUID]bool{public: true, archived: true}},
		"elsewhere": {authz.Actor{Type: authz.User, Grants: []authz.Grant{{Role: authz.Officer, ScopeType: authz.MunicipalityScope, Scope: "165"}}}, map[uuid.UUID]bool{public: true}},
	} {
		got, err := s.Organisations.Published(authz.With(t.Context(), tt.actor), ids)
		require.NoError(t, err)
		assert.Equal(t, tt.want, got, name)
	}
}
