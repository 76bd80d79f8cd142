package person_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/testkit"
)

func TestConsents(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer := s.As(authz.Officer, "109")
	p := officer.Post("/v1/people", object{"name": "Aino Avoin", "email": "aino@example.org"}).Want(201)
	url := p.Header.Get("Location")
	s.Anonymous().Get(url).Problem(404, "not-found")
	assert.Empty(t, officer.Get(url+"/consents").Items())

	given := officer.Post(url+"/consents", object{"fields": []string{"name", "email"}, "given": true, "ground": " lomake ", "givenOn": "2024-05-13"}).Want(201)
	assert.Equal(t, url+"/consents", given.Header.Get("Location"))
	require.Len(t, given.Items(), 2)
	for member, want := range (object{"field": "name", "given": true, "ground": "lomake", "givenOn": "2024-05-13", "recordedBy": officer.ID.String()}) {
		assert.Equal(t, want, given.Items()[0][member], member)
	}
	shown := s.Anonymous().Get(url).Want(200)
	assert.Equal(t, "aino@example.org", shown.JSON()["email"])
	assert.Equal(t, 2.0, shown.JSON()["version"])
	assert.Equal(t, officer.Patch(url, object{}, testkit.IfMatch(given.ETag())).Want(200).ETag(), officer.Get(url).ETag(), "the tag is the person's")

	// withdrawn: hidden at once
	officer.Post(url+"/consents", object{"fields": []string{"name"}, "given": false}).Want(201)
	s.Anonymous().Get(url).Problem(404, "not-found")
	assert.Empty(t, s.Anonymous().Get("/v1/people").Items())
	assert.Equal(t, object{"name": false, "email": true, "phone": false}, officer.Get(url).JSON()["consents"])
	history := officer.Get(url + "/consents?limit=2").Want(200)
	require.Len(t, history.Items(), 2)
	newest := history.Items()[0]
	assert.Equal(t, []any{"name", false, nil, string(clock.Today())}, []any{newest["field"], newest["given"], newest["ground"], newest["givenOn"]})
	assert.Len(t, officer.Get(history.JSON()["next"].(string)).Want(200).Items(), 1)

	// an older paper that is found later does not bring it back
	late := object{"fields": []string{"email", "name"}, "given": true, "ground": "vanha lomake", "givenOn": "2023-01-01"}
	assert.Equal(t, []string{"order /givenOn"}, officer.Post(url+"/consents", late).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"order /givenOn"}, officer.Post(url+"/consents", object{"fields": []string{"name"}, "given": false, "givenOn": "2999-01-01"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"required /ground"}, officer.Post(url+"/consents", object{"fields": []string{"name"}, "given": true, "ground": "\u00a0"}).Problem(422, "invalid-data"))
	for _, bad := range []object{{"fields": []string{}, "given": true}, {"fields": []string{"name", "name"}, "given": true}, {"fields": []string{"address"}, "given": true}, {"fields": []string{"name"}}} {
		officer.Post(url+"/consents", bad).Problem(400, "validation")
	}
	officer.Post(url+"/consents", object{"fields": []string{"name"}, "given": true, "ground": "uusi lomake"}).Want(201)
	s.Anonymous().Get(url).Want(200)
	officer.Post("/v1/people/"+uuid.NewString()+"/consents", late).Problem(404, "not-found")
	s.As(authz.Officer, "165").Get(url+"/consents").Problem(403, "forbidden")
	var who string
	var seen int
	s.Scan("select actor_id::text, count(*) over () from audit_events where resource_id = $1 and changed @> '[\"consents\"]' limit 1", []any{p.ID()}, &who, &seen)
	assert.Equal(t, officer.ID.String(), who)
	assert.Equal(t, 3, seen, "each consent leaves its trace")
}

// TestWithdrawalHidesAtOnce, in every place where the name was.
func TestWithdrawalHidesAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer, anonymous := s.As(authz.Officer, "109"), s.Anonymous()
	p := officer.Post("/v1/people", object{"name": "Aino Avoin", "email": "aino@example.org", "phone": "0505550101", "consents": everything}).Want(201).ID()
	org := "/v1/organisations/" + organisation(s, "Avoin ry", "109")
	part := officer.Post(org+"/contacts", object{"personId": p, "role": "chair"}, asItStands).Want(201).Header.Get("Location")
	public := []string{"/v1/people", "/v1/people/" + p, org + "/contacts", part, org + "?include=contacts", "/v1/organisations?include=contacts"}
	tags := map[string]string{}
	for _, path := range public {
		a := anonymous.Get(path).Want(200)
		assert.Contains(t, string(a.Body), "Aino Avoin", path)
		assert.Contains(t, string(a.Body), "aino@example.org", path)
		assert.Equal(t, "public, no-cache", a.Header.Get("Cache-Control"), path)
		tags[path] = a.ETag()
	}
	officer.Post("/v1/people/"+p+"/consents", object{"fields": []string{"name", "email", "phone"}, "given": false}).Want(201)
	for _, path := range public {
		a := anonymous.Get(path, testkit.Header{Name: "If-None-Match", Value: tags[path]})
		assert.NotEqual(t, 304, a.Status, "%s: the tag has changed", path)
		for _, v := range []string{"Aino", "aino@", "+358505550101", p} {
			if path != "/v1/people/"+p || v != p { // which the 404 repeats
				assert.NotContains(t, string(a.Body), v, path)
			}
		}
		if path != "/v1/people" && path != "/v1/people/"+p {
			assert.Contains(t, string(officer.Get(path).Want(200).Body), "Aino Avoin", "%s: still there for those who may read people", path)
		}
	}
}

// TestErasureAgainstConsent: a consent that is recorded while the person is erased leaves no half state, and a contact that
// is made meanwhile is there for the erasure to find.
func TestErasureAgainstConsent(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	a, b := s.As(authz.Coordinator, "05"), s.As(authz.Officer, "109")
	org := organisation(s, "Kilpa ry", "109")
	for range 8 {
		p := b.Post("/v1/people", object{"name": "Kilpa Kilpailija"}).Want(201)
		url := p.Header.Get("Location")
		first := make(chan int, 3)
		go func() { first <- a.Post(url+"/erase", object{"reason": "pyyntö"}, asItStands).Status }()
		go func() {
			first <- b.Post(url+"/consents", object{"fields": []string{"name", "email"}, "given": true, "ground": "lomake"}, testkit.Header{Name: "Idempotency-Key", Value: uuid.NewString()}).Status
		}()
		go func() {
			first <- b.Post("/v1/organisations/"+org+"/contacts", object{"personId": p.ID(), "role": "chair", "title": fi("Kilpa")}, asItStands, testkit.Header{Name: "Idempotency-Key", Value: uuid.NewString()}).Status
		}()
		got := []int{<-first, <-first, <-first}
		assert.Contains(t, got, 204, "the erasure succeeds")
		for _, status := range got {
			assert.Contains(t, []int{201, 204, 404, 410, 422}, status)
		}
		var consents, answers, titles int
		s.Scan("select count(*) from people where id = $1 and (consent_name or consent_email or name is not null or erased_at is null)", []any{p.ID()}, &consents)
		s.Scan("select count(*) from idempotency_keys where convert_from(body, 'UTF8') like '%' || $1 || '%'", []any{p.ID()}, &answers)
		s.Scan("select count(*) from organisation_contacts where person_id = $1 and jsonb_typeof(title) = 'object'", []any{p.ID()}, &titles)
		assert.Zero(t, consents+answers+titles)
		a.Get(url).Problem(410, "gone")
	}
}
