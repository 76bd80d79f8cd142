package person_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestEveryMember(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer := s.As(authz.Officer, "109")
	made := officer.Post("/v1/people", object{
		"name": "  Aino   Esimerkki ", "email": "Aino@EXAMPLE.org", "phone": "050 555 0101", "recordedFor": object{"municipality": "109"}, "consents": nil,
	}).Want(201)
	url := made.Header.Get("Location")
	got := made.JSON()
	assert.Equal(t, "/v1/people/"+made.ID(), url)
	for member, want := range (object{
		"name": "Aino Esimerkki", "email": "Aino@example.org", "phone": "+358505550101", "version": 1.0, "consents": object{"name": false, "email": false, "phone": false},
		"recordedFor": object{"region": nil, "municipality": "109", "organisationId": nil, "councilId": nil, "networkId": nil},
	}) {
		assert.Equal(t, want, got[member], member)
	}
	read := officer.Get(url).Want(200)
	assert.Equal(t, got, read.JSON())
	assert.Equal(t, made.ETag(), read.ETag())
	officer.Get(url, testkit.Header{Name: "If-None-Match", Value: read.ETag()}).Want(304)

	officer.Patch(url, object{"phone": nil}).Problem(428, "precondition-required")
	officer.Patch(url, object{"phone": nil}, testkit.IfMatch(`"7-x"`)).Problem(412, "stale")
	changed := officer.Patch(url, object{"phone": nil, "name": "Aino Uusinimi"}, testkit.IfMatch(made.ETag())).Want(200)
	assert.Nil(t, changed.JSON()["phone"])
	assert.Equal(t, 2.0, changed.JSON()["version"])
	assert.Equal(t, changed.ETag(), officer.Patch(url, object{"name": " Aino  Uusinimi"}, asItStands).Want(200).ETag(), "no change, no version")
	officer.Patch(url, object{"name": nil}, asItStands).Problem(400, "validation")
	officer.Patch(url, object{"recordedFor": object{"region": "05"}}, asItStands).Problem(400, "validation")
	assert.ElementsMatch(t, []string{"required /name", "invalid /email", "invalid /phone"},
		officer.Patch(url, object{"name": "--", "email": "aino", "phone": "soita"}, asItStands).Problem(422, "invalid-data"))
	var changes string
	s.Scan("select changed::text from changes where type = 'person' order by seq desc limit 1", nil, &changes)
	assert.JSONEq(t, `["name", "phone"]`, changes)
}

func TestDataThatCannotBeRight(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	assert.ElementsMatch(t, []string{
		"required /name", "invalid /email", "invalid /phone", "invalid /recordedFor", "required /consents/0/ground", "order /consents/1/givenOn", "order /consents/3/givenOn",
	}, admin.Post("/v1/people", object{
		"name": " \u00a0.", "email": "x@y", "phone": "soita", "recordedFor": object{"region": "05", "municipality": "109"}, "consents": []object{
			{"fields": []string{"name"}, "given": true}, {"fields": []string{"email"}, "given": false, "givenOn": "2999-01-01"},
			{"fields": []string{"phone"}, "given": false, "givenOn": "2020-02-02"}, {"fields": []string{"phone"}, "given": true, "ground": "ennen", "givenOn": "2020-02-01"},
		},
	}).Problem(422, "invalid-data"))
	for fault, place := range map[string]object{
		"unknown-code /recordedFor/region": {"region": "99"}, "unknown-code /recordedFor/municipality": {"municipality": "999"}, "merged /recordedFor/municipality": {"municipality": "532"},
		"unknown-reference /recordedFor": {"councilId": uuid.NewString()}, "invalid /recordedFor": {},
	} {
		assert.Equal(t, []string{fault}, admin.Post("/v1/people", object{"name": "A", "recordedFor": place}).Problem(422, "invalid-data"))
	}
	admin.Post("/v1/people", object{"name": "A", "erased": true}).Problem(400, "validation")
	assert.Empty(t, admin.Get("/v1/people").Items())
	admin.Get("/v1/people?q="+url.QueryEscape("a b c d e f g h i j k")).Problem(400, "validation")
}

// TestRecordedFor: whose record a person is follows from the caller's rights where they leave no choice.
func TestRecordedFor(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	own, draft := organisation(s, "Oma ry", "109"), s.As(authz.Admin, "").Post("/v1/organisations", object{"kind": "association", "name": fi("Piilo ry"), "municipality": "398", "status": "draft"}).Want(201).ID()
	c := council(s, "05")
	below, n := committee(s, c), network(s, "05")
	for name, tt := range map[string]struct {
		role   authz.Role
		scope  string
		member string // what follows
		beside object // where else the caller may record
		not    object // and where not
	}{
		"coordinator": {authz.Coordinator, "05", "region", object{"organisationId": own}, object{"region": "07"}},
		"officer":     {authz.Officer, "109", "municipality", object{"organisationId": own}, object{"region": "05"}},
		"secretary":   {authz.Secretary, c.String(), "councilId", object{"councilId": below}, object{"networkId": n}},
		"convener":    {authz.Convener, n.String(), "networkId", object{"networkId": n}, object{"councilId": c}},
		"editor":      {authz.Editor, own, "organisationId", object{"organisationId": own}, object{"municipality": "109"}},
	} {
		client := s.As(tt.role, tt.scope)
		p := client.Post("/v1/people", object{"name": "Henkilö"}).Want(201)
		assert.Equal(t, tt.scope, p.JSON()["recordedFor"].(object)[tt.member], name)
		client.Get("/v1/people/" + p.ID()).Want(200)
		client.Post("/v1/people", object{"name": "Toinen", "recordedFor": tt.beside}).Want(201)
		client.Post("/v1/people", object{"name": "Kolmas", "recordedFor": tt.not}).Problem(403, "forbidden")
		assert.Equal(t, []string{"unknown-reference /recordedFor"}, client.Post("/v1/people", object{"name": "Neljäs", "recordedFor": object{"organisationId": draft}}).Problem(422, "invalid-data"),
			"a hidden organisation is not betrayed")
		s.Grant(client.ID, authz.Officer, "165")
		assert.Equal(t, []string{"required /recordedFor"}, client.Post("/v1/people", object{"name": "Viides"}).Problem(422, "invalid-data"), name)
		s.Anonymous().Get("/v1/people/"+p.ID()).Problem(404, "not-found")
	}
	admin := s.As(authz.Admin, "")
	p := admin.Post("/v1/people", object{"name": "Kenenkään"}).Want(201).ID()
	s.As(authz.Coordinator, "05").Get("/v1/people/"+p).Problem(404, "not-found")
	admin.Get("/v1/people/" + p).Want(200)
	s.Anonymous().Post("/v1/people", object{"name": "A"}).Problem(401, "sign-in-needed")
	s.As(authz.Integration, "109", "organisation.write").Post("/v1/people", object{"name": "A"}).Problem(403, "forbidden")
}

// TestReach: whoever may read people in a place where somebody is known reads all of the person; others by consent.
func TestReach(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	c := council(s, "05")
	below, other, n := committee(s, c), council(s, "07"), network(s, "05")
	own := organisation(s, "Oma ry", "109")
	person := func(body object) string {
		body["name"] = "Henkilö"
		return admin.Post("/v1/people", body).Want(201).ID()
	}
	contact, sits, proposed, officer := person(object{}), person(object{}), person(object{}), person(object{})
	admin.Post("/v1/organisations/"+own+"/contacts", object{"personId": contact, "role": "chair"}, asItStands).Want(201)
	seat(s, below, sits)
	nomination(s, c, proposed, own)
	holder(s, "05", "109", officer)
	recorded := person(object{"recordedFor": object{"networkId": n}})

	for name, tt := range map[string]struct {
		client *testkit.Client
		reads  []string
	}{
		"anonymous":           {s.Anonymous(), nil},
		"coordinator":         {s.As(authz.Coordinator, "05"), []string{contact, sits, proposed, officer, recorded}},
		"another coordinator": {s.As(authz.Coordinator, "07"), nil},
		"officer":             {s.As(authz.Officer, "109"), []string{contact, officer}},
		"another officer":     {s.As(authz.Officer, "165"), nil},
		"secretary":           {s.As(authz.Secretary, c.String()), []string{sits, proposed}},
		"committee's":         {s.As(authz.Secretary, below.String()), []string{sits}},
		"another secretary":   {s.As(authz.Secretary, other.String()), nil},
		"convener":            {s.As(authz.Convener, n.String()), []string{recorded}},
		"editor":              {s.As(authz.Editor, own), []string{contact}},
		"another editor":      {s.As(authz.Editor, organisation(s, "Toinen ry", "398")), nil},
		"integration":         {s.As(authz.Integration, "109", "organisation.write", "organisation.read-unpublished"), nil},
		"admin":               {admin, []string{contact, sits, proposed, officer, recorded}},
		"several at once":     {with(s, s.As(authz.Officer, "109"), n), []string{contact, officer, recorded}},
	} {
		got := []string{}
		for _, p := range tt.client.Get("/v1/people?count=true").Want(200).Items() {
			got = append(got, p["id"].(string))
		}
		assert.ElementsMatch(t, tt.reads, got, name)
		for _, id := range []string{contact, sits, proposed, officer, recorded} {
			want := 404
			if slices.Contains(tt.reads, id) {
				want = 200
			}
			tt.client.Get("/v1/people/" + id).Want(want)
			if tt.client.Token != "" && name != "integration" {
				tt.client.Patch("/v1/people/"+id, object{"email": fmt.Sprintf("%s@example.org", uuid.NewString()[:8])}, asItStands).Want(want)
				tt.client.Get("/v1/people/" + id + "/consents").Want(want)
			}
		}
	}
	// what is over reaches no longer
	s.Exec("update seats set deleted_at = now() where person_id = $1", sits)
	s.As(authz.Secretary, c.String()).Get("/v1/people/"+sits).Problem(404, "not-found")
}

func with(s *testkit.Service, c *testkit.Client, network uuid.UUID) *testkit.Client {
	s.Grant(c.ID, authz.Convener, network.String())
	return c
}

// TestByConsent: outsiders see what is consented to and nothing else, but may not write it.
func TestByConsent(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer, outsider := s.As(authz.Officer, "109"), s.As(authz.Coordinator, "07")
	p := officer.Post("/v1/people", object{"name": "Aino Avoin", "email": "aino@example.org", "phone": "050 555 0101", "consents": []object{
		{"fields": []string{"name", "phone"}, "given": true, "ground": "lomake", "givenOn": "2024-01-31"}, {"fields": []string{"phone"}, "given": false},
	}}).Want(201)
	url := p.Header.Get("Location")
	for _, c := range []*testkit.Client{s.Anonymous(), outsider} {
		got := c.Get(url).Want(200)
		assert.Equal(t, "Aino Avoin", got.JSON()["name"])
		assert.Nil(t, got.JSON()["email"])
		assert.Nil(t, got.JSON()["phone"], "the latest counts")
		assert.Nil(t, got.JSON()["recordedFor"])
		assert.NotEqual(t, p.ETag(), got.ETag(), "another view, another tag")
		assert.Equal(t, []string{"Aino Avoin"}, names(c.Get("/v1/people")))
	}
	assert.Equal(t, "public, no-cache", s.Anonymous().Get(url).Header.Get("Cache-Control"), "what is withdrawn hides at once, in caches too")
	outsider.Patch(url, object{"email": nil}, asItStands).Problem(403, "forbidden")
	outsider.Get(url+"/consents").Problem(403, "forbidden")
	outsider.Post(url+"/consents", object{"fields": []string{"name"}, "given": false}).Problem(403, "forbidden")
	outsider.Get(url+"/export").Problem(403, "forbidden")
	outsider.Post(url+"/erase", object{"reason": "x"}, asItStands).Problem(403, "forbidden")
	officer.Post(url+"/erase", object{"reason": "x"}, asItStands).Problem(403, "forbidden")
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	own, c := organisation(s, "Oma ry", "109"), council(s, "07")
	below, n := committee(s, c), network(s, "05")
	person := func(name string, body object) string {
		body["name"], body["consents"] = name, everything
		return admin.Post("/v1/people", body).Want(201).ID()
	}
	öljy := person("Öljymäki Örn", object{"recordedFor": object{"municipality": "165"}})
	aalto := person("Anna-Liisa Aalto", object{})
	äijä := person("Äijälä Matti", object{})
	zeus := person("Zeus Vernier", object{"recordedFor": object{"networkId": n}})
	admin.Post("/v1/people", object{"name": "Salainen Aalto"}).Want(201)
	contact := object{"personId": aalto, "role": "chair"}
	admin.Post("/v1/organisations/"+own+"/contacts", contact, asItStands).Want(201)
	contact["personId"], contact["publicFields"] = öljy, []string{"email"}
	admin.Post("/v1/organisations/"+own+"/contacts", contact, asItStands).Want(201)
	seat(s, below, äijä)
	nomination(s, c, zeus, own)
	for query, want := range map[string]struct{ outsiders, all []string }{
		"":                                {[]string{"Anna-Liisa Aalto", "Zeus Vernier", "Äijälä Matti", "Öljymäki Örn"}, []string{"Anna-Liisa Aalto", "Salainen Aalto", "Zeus Vernier", "Äijälä Matti", "Öljymäki Örn"}},
		"q=aal":                           {[]string{"Anna-Liisa Aalto"}, []string{"Anna-Liisa Aalto", "Salainen Aalto"}},
		"q=LIISA%20aal":                   {[]string{"Anna-Liisa Aalto"}, []string{"Anna-Liisa Aalto"}},
		"q=%25":                           {[]string{}, []string{}},
		"sort=-name&q=m":                  {[]string{"Äijälä Matti"}, []string{"Äijälä Matti"}},
		"sort=createdAt&q=a":              {[]string{"Anna-Liisa Aalto"}, []string{"Anna-Liisa Aalto", "Salainen Aalto"}},
		"id=" + zeus + "&id=" + öljy:      {[]string{"Zeus Vernier", "Öljymäki Örn"}, []string{"Zeus Vernier", "Öljymäki Örn"}},
		"municipality=165":                {[]string{}, []string{"Öljymäki Örn"}},
		"municipality=109&municipality=1": {nil, nil},
		"municipality=109":                {[]string{"Anna-Liisa Aalto"}, []string{"Anna-Liisa Aalto", "Öljymäki Örn"}},
		"region=05":                       {[]string{"Anna-Liisa Aalto"}, []string{"Anna-Liisa Aalto", "Zeus Vernier", "Öljymäki Örn"}},
		"region=07":                       {[]string{"Äijälä Matti"}, []string{"Zeus Vernier", "Äijälä Matti"}},
		"organisation=" + own:             {[]string{"Anna-Liisa Aalto"}, []string{"Anna-Liisa Aalto", "Öljymäki Örn"}},
		"council=" + c.String():           {[]string{"Äijälä Matti"}, []string{"Zeus Vernier", "Äijälä Matti"}},
		"council=" + below.String():       {[]string{"Äijälä Matti"}, []string{"Äijälä Matti"}},
		"network=" + n.String():           {[]string{}, []string{"Zeus Vernier"}},
		"region=05&council=" + c.String(): {[]string{}, []string{"Zeus Vernier"}},
	} {
		if want.all == nil {
			admin.Get("/v1/people?"+query).Problem(400, "validation")
			continue
		}
		assert.Equal(t, want.outsiders, names(s.Anonymous().Get("/v1/people?"+query)), query)
		assert.Equal(t, want.all, names(admin.Get("/v1/people?"+query)), query)
		a := s.Anonymous().Get("/v1/people?count=true&limit=1&" + query)
		assert.EqualValues(t, len(want.outsiders), a.JSON()["total"], query)
		walked := names(a)
		for next, _ := a.JSON()["next"].(string); next != ""; {
			a = s.Anonymous().Get(next)
			walked = append(walked, names(a)...)
			next, _ = a.JSON()["next"].(string)
		}
		assert.Equal(t, want.outsiders, walked, query)
	}
	// the officer of Janakkala knows where the own people stand, not where others do
	officer := s.As(authz.Officer, "165")
	assert.Equal(t, []string{"Öljymäki Örn"}, names(officer.Get("/v1/people?municipality=165")))
	assert.Empty(t, names(officer.Get("/v1/people?network="+n.String())))
	next := s.Anonymous().Get("/v1/people?limit=1").JSON()["next"].(string)
	s.Anonymous().Get(next+"&region=05").Problem(400, "bad-cursor")
}

func TestStatements(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer := s.As(authz.Officer, "109")
	id := officer.Post("/v1/people", object{"name": "Laskettu"}).Want(201).ID()
	officer.Get("/v1/me").Want(200)
	for path, want := range map[string]int64{
		"/v1/people/" + id: 1, "/v1/people": 1, "/v1/people?count=true&region=05&q=lask": 2, "/v1/people/" + id + "/consents": 3,
	} {
		r := officer.Request("GET", path, nil)
		ctx, n := store.CountStatements(r.Context())
		officer.Send(r.WithContext(ctx)).Want(200)
		assert.Equal(t, want, n.Load(), path)
	}
}

// TestWhoseRecord: a record is exported and erased by those who answer for it, not by whoever knows the person from elsewhere.
func TestWhoseRecord(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, north, south := s.As(authz.Admin, ""), s.As(authz.Coordinator, "07"), s.As(authz.Coordinator, "05")
	c := council(s, "05")
	theirs := admin.Post("/v1/people", object{"name": "Pohjan Poika", "recordedFor": object{"region": "07"}}).Want(201).ID()
	nobodys := admin.Post("/v1/people", object{"name": "Ei Kenenkään"}).Want(201).ID()
	for _, id := range []string{theirs, nobodys} {
		south.Get("/v1/people/"+id).Problem(404, "not-found")
		seat(s, c, id)
		south.Get("/v1/people/" + id).Want(200)
	}
	url := "/v1/people/" + theirs
	south.Get(url+"/export").Problem(403, "forbidden")
	south.Post(url+"/erase", object{"reason": "x"}, asItStands).Problem(403, "forbidden")
	south.Patch(url, object{"email": "poika@example.org"}, asItStands).Want(200)
	north.Get(url + "/export").Want(200)
	north.Post(url+"/erase", object{"reason": "x"}, asItStands).Want(204)
	url = "/v1/people/" + nobodys
	north.Get(url+"/export").Problem(404, "not-found")
	south.Get(url + "/export").Want(200)
	south.Post(url+"/erase", object{"reason": "x"}, asItStands).Want(204)
}

// TestProposedNoMore: who was proposed in vain is not known to the council that declined.
func TestProposedNoMore(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c, org := council(s, "05"), organisation(s, "Ehdottajat ry", "398")
	id := s.As(authz.Admin, "").Post("/v1/people", object{"name": "Ehdolla Oleva", "recordedFor": object{"organisationId": org}}).Want(201).ID()
	nomination(s, c, id, org)
	secretary := s.As(authz.Secretary, c.String())
	for _, status := range []string{"declined", "withdrawn"} {
		s.Exec("update nominations set status = 'proposed' where person_id = $1", id)
		secretary.Get("/v1/people/" + id).Want(200)
		s.Exec("update nominations set status = $2 where person_id = $1", id, status)
		secretary.Get("/v1/people/"+id).Problem(404, "not-found")
		assert.Empty(t, names(secretary.Get("/v1/people")), status)
	}
}
