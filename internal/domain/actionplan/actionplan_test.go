package actionplan_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func fi(s string) object { return object{"fi": s} }

var anyVersion = testkit.IfMatch("*")

func council(s *testkit.Service, name string) string {
	s.T.Helper()
	return s.As(authz.Coordinator, "05").Post("/v1/councils", object{"kind": "advisory_council", "name": fi(name), "region": "05"}).Want(201).ID()
}

// meeting inserts a meeting: its family has operations of its own.
func meeting(s *testkit.Service, council, date string) string {
	s.T.Helper()
	id := store.NewID().String()
	s.Exec("insert into meetings (id, version, created_at, updated_at, council_id, status, date) values ($1, 1, now(), now(), $2, 'held', nullif($3, '')::date)", id, council, date)
	return id
}

func network(s *testkit.Service) string {
	s.T.Helper()
	id := store.NewID().String()
	s.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, region, path, sort_name)
		values ($1, 1, now(), now(), 'thematic', 'active', '{"fi": "Verkosto"}', '05', '{}', 'Verkosto')`, id)
	return id
}

func TestPlan(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := council(s, "Neuvottelukunta")
	c, url := s.As(authz.Secretary, id), "/v1/councils/"+id+"/action-plans"
	a := c.Post(url, object{"year": 2026, "title": fi(" Toimintasuunnitelma  2026 "), "description": fi("Vuoden työ"), "links": []object{{"title": fi("PDF"), "url": "https://example.org/a.pdf"}}}).Want(201)
	one := "/v1/action-plans/" + a.ID()
	assert.Equal(t, one, a.Header.Get("Location"))
	for member, want := range (object{"status": "draft", "year": 2026.0, "title": fi("Toimintasuunnitelma 2026"), "approvedOn": nil, "meetingId": nil, "councilId": id}) {
		assert.Equal(t, want, a.JSON()[member], member)
	}
	dup := c.Post(url, object{"year": 2026})
	assert.Equal(t, []string{"duplicate /year"}, dup.Problem(409, "duplicate"))
	assert.Equal(t, a.ID(), dup.JSON()["conflictsWith"])
	other := c.Post(url, object{"year": 2025}).Want(201).ID()
	c.Patch("/v1/action-plans/"+other, object{"year": 2026}, anyVersion).Problem(409, "duplicate")
	outsiders := []*testkit.Client{s.Anonymous(), s.As(authz.Coordinator, "07"), s.As(authz.Officer, "109"), s.As(authz.Secretary, store.NewID().String()), s.As(authz.Editor, store.NewID().String())}
	for _, o := range outsiders {
		o.Get(one).Problem(404, "not-found")
		o.Get(one+"/items").Problem(404, "not-found")
		assert.Empty(t, o.Get(url).Want(200).Items())
		assert.Equal(t, 0.0, o.Get(url + "?count=true").JSON()["total"])
	}
	for _, o := range outsiders[1:4] {
		o.Patch(one, object{"year": 2027}, anyVersion).Problem(404, "not-found")
		o.Do("DELETE", one, nil, anyVersion).Problem(404, "not-found")
		o.Post(one+"/transitions", object{"to": "approved"}, anyVersion).Problem(404, "not-found")
		o.Get(one+"/transitions").Problem(404, "not-found")
		o.Post(one+"/items", object{"title": fi("x")}, anyVersion).Problem(404, "not-found")
		o.Post(url, object{"year": 2027}).Problem(403, "forbidden")
	}
	c.Patch(one, object{"title": nil}).Problem(428, "precondition-required")
	c.Patch(one, object{"title": nil}, testkit.IfMatch(`"7-x"`)).Problem(412, "stale")
	c.Patch(one, object{"status": "approved"}, anyVersion).Problem(400, "validation")
	a = c.Patch(one, object{"title": nil}, testkit.IfMatch(a.ETag())).Want(200)
	assert.Nil(t, a.JSON()["title"])
	assert.Equal(t, a.ETag(), c.Patch(one, object{"year": 2026}, anyVersion).Want(200).ETag())

	c.Post(one+"/transitions", object{"to": "draft", "note": "x"}, anyVersion).Problem(409, "transition-not-allowed")
	foreign := meeting(s, council(s, "Toinen"), "2025-12-01")
	assert.Equal(t, []string{"unknown-reference /meetingId"}, c.Post(one+"/transitions", object{"to": "approved", "meetingId": foreign}, anyVersion).Problem(422, "invalid-data"))
	m := meeting(s, id, "2025-12-08")
	c.Post(one+"/transitions", object{"to": "approved", "meetingId": m}).Problem(428, "precondition-required")
	approved := c.Post(one+"/transitions", object{"to": "approved", "meetingId": m}, testkit.IfMatch(a.ETag())).Want(200).JSON()
	assert.Equal(t, object{"status": "approved", "approvedOn": "2025-12-08", "meetingId": m}, object{"status": approved["status"], "approvedOn": approved["approvedOn"], "meetingId": approved["meetingId"]})
	wrong := c.Post(one+"/transitions", object{"to": "approved"}, anyVersion)
	wrong.Problem(409, "transition-not-allowed")
	assert.Equal(t, []any{"draft"}, wrong.JSON()["allowed"])
	assert.Equal(t, []string{"frozen /year", "frozen /description"}, c.Patch(one, object{"year": 2027, "description": nil, "links": nil}, anyVersion).Problem(409, "frozen"))
	c.Patch(one, object{"links": nil}, anyVersion).Want(200)
	for _, o := range outsiders {
		assert.Equal(t, []any{}, o.Get(one).Want(200).JSON()["links"])
		assert.Len(t, o.Get(url).Want(200).Items(), 1)
	}
	outsiders[1].Patch(one, object{"links": nil}, anyVersion).Problem(403, "forbidden")
	outsiders[1].Get(one+"/transitions").Problem(403, "forbidden")

	assert.Equal(t, []string{"required /note"}, c.Post(one+"/transitions", object{"to": "draft"}, anyVersion).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"unexpected /meetingId"}, c.Post(one+"/transitions", object{"to": "draft", "note": "x", "meetingId": m}, anyVersion).Problem(422, "invalid-data"))
	back := c.Post(one+"/transitions", object{"to": "draft", "note": "Korjattavaa"}, anyVersion).Want(200).JSON()
	assert.Nil(t, back["approvedOn"])
	s.Anonymous().Get(one).Problem(410, "gone")
	outsiders[1].Patch(one, object{"year": 2027}, anyVersion).Problem(410, "gone")
	assert.Len(t, c.Get(one+"/transitions").Want(200).Items(), 2)
	assert.Equal(t, string(clock.Today()), c.Post(one+"/transitions", object{"to": "approved"}, anyVersion).Want(200).JSON()["approvedOn"])
	c.Post(one+"/transitions", object{"to": "draft", "note": "x"}, anyVersion).Want(200)
	assert.Nil(t, c.Post(one+"/transitions", object{"to": "approved", "on": nil}, anyVersion).Want(200).JSON()["approvedOn"], "nobody knows when")
	c.Do("DELETE", one, nil).Problem(428, "precondition-required")
	c.Do("DELETE", one, nil, anyVersion).Want(204)
	s.Anonymous().Get(one).Problem(410, "gone")
	c.Do("DELETE", "/v1/action-plans/"+other, nil, anyVersion).Want(204)
	s.Anonymous().Get("/v1/action-plans/"+other).Problem(404, "not-found")
	c.Post(url, object{"year": 2026}).Want(201)
}

func TestList(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := council(s, "Neuvottelukunta")
	c, url := s.As(authz.Coordinator, "05"), "/v1/councils/"+id+"/action-plans"
	for _, year := range []int{2024, 2026, 2025} {
		p := c.Post(url, object{"year": year}).Want(201).ID()
		c.Post("/v1/action-plans/"+p+"/items", object{"title": fi("Foorumi")}, anyVersion).Want(201)
		if year < 2026 {
			c.Post("/v1/action-plans/"+p+"/transitions", object{"to": "approved"}, anyVersion).Want(200)
		}
	}
	years := func(c *testkit.Client, query string) (out []float64) {
		for _, i := range c.Get(url + query).Want(200).Items() {
			out = append(out, i["year"].(float64))
		}
		return out
	}
	assert.Equal(t, []float64{2026, 2025, 2024}, years(c, ""))
	assert.Equal(t, []float64{2025, 2024}, years(s.Anonymous(), ""))
	assert.Equal(t, []float64{2026}, years(c, "?status=draft"))
	assert.Nil(t, years(s.Anonymous(), "?status=draft"))
	assert.Equal(t, []float64{2025, 2024}, years(c, "?year=2024&year=2025"))
	p := c.Get(url + "?limit=2&count=true").Want(200).JSON()
	assert.Equal(t, 3.0, p["total"])
	assert.Len(t, c.Get(p["next"].(string)).Want(200).Items(), 1)
	assert.NotContains(t, c.Get(url).Items()[0], "items")
	assert.Len(t, c.Get(url + "?include=items").Items()[0]["items"], 1)
	s.Anonymous().Get("/v1/councils/"+store.NewID().String()+"/action-plans").Problem(404, "not-found")
	c.Post("/v1/councils/"+store.NewID().String()+"/action-plans", object{"year": 2025}).Problem(404, "not-found")
	s.Anonymous().Get(url+"?cursor=x").Problem(400, "bad-cursor")
	plan := c.Get(url).Items()[0]["id"].(string)
	c.Get("/v1/me").Want(200)
	for path, want := range map[string]int64{url + "?include=items&count=true": 2, "/v1/action-plans/" + plan + "?include=items": 1, "/v1/action-plans/" + plan + "/items": 1} {
		r := c.Request("GET", path, nil)
		ctx, n := store.CountStatements(r.Context())
		assert.Equal(t, 200, c.Send(r.WithContext(ctx)).Status, path)
		assert.Equal(t, want, n.Load(), path)
	}
}

func TestItems(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := council(s, "Neuvottelukunta")
	c := s.As(authz.Secretary, id)
	plan := "/v1/action-plans/" + c.Post("/v1/councils/"+id+"/action-plans", object{"year": 2026}).Want(201).ID()
	url := plan + "/items"
	admin := s.As(authz.Admin, "")
	public := admin.Post("/v1/organisations", object{"kind": "association", "name": fi("Julkinen ry"), "municipality": "109"}).Want(201).ID()
	draft := admin.Post("/v1/organisations", object{"kind": "association", "name": fi("Luonnos ry"), "municipality": "109", "status": "draft"}).Want(201).ID()
	a := c.Post(url, object{
		"title": fi("Järjestöfoorumi"), "description": fi("Kaikille avoin"), "dueOn": "2026-10-01", "note": fi("paikka auki"),
		"owners": []object{{"organisationId": public}, {"networkId": network(s)}, {"councilId": id}, {"name": fi("Työvaliokunta")}},
	}, anyVersion).Want(201)
	one := url + "/" + a.ID()
	assert.Equal(t, one, a.Header.Get("Location"))
	assert.Equal(t, a.JSON(), c.Get(one).Want(200).JSON())
	assert.Equal(t, "planned", a.JSON()["state"])
	for i := range 2 {
		c.Post(url, object{"title": fi([]string{"Kiertue", "Seminaari"}[i])}, anyVersion).Want(201)
	}
	c.Post(url, object{"title": fi("Väliin"), "position": 2}, anyVersion).Want(201)
	titles := func() (out []string) {
		for _, i := range c.Get(url).Want(200).Items() {
			out = append(out, i["title"].(object)["fi"].(string))
		}
		return out
	}
	assert.Equal(t, []string{"Järjestöfoorumi", "Väliin", "Kiertue", "Seminaari"}, titles())
	c.Patch(one, object{"position": 4}, anyVersion).Want(200)
	assert.Equal(t, []string{"Väliin", "Kiertue", "Järjestöfoorumi", "Seminaari"}, titles())
	assert.ElementsMatch(t, []string{
		"one-of /owners/0", "one-of /owners/1", "unknown-reference /owners/2/organisationId", "unknown-reference /owners/3/organisationId", "unknown-reference /owners/4/networkId",
		"unknown-reference /owners/5/councilId", "required /title",
	}, c.Patch(one, object{"title": object{"fi": nil}, "owners": []object{
		{}, {"councilId": id, "name": fi("x")}, {"organisationId": draft}, {"organisationId": store.NewID().String()}, {"networkId": public}, {"councilId": public}, {"organisationId": public},
	}}, anyVersion).Problem(422, "invalid-data"))
	c.Patch(one, object{"state": "late"}, anyVersion).Problem(400, "validation")
	c.Patch(one, object{"state": "done"}).Problem(428, "precondition-required")
	c.Patch(one, object{"state": "done"}, testkit.IfMatch(`"1-x"`)).Problem(412, "stale")
	c.Patch(url+"/"+store.NewID().String(), object{"state": "done"}, anyVersion).Problem(404, "not-found")
	s.Anonymous().Get(one).Problem(404, "not-found")

	c.Post(plan+"/transitions", object{"to": "approved"}, anyVersion).Want(200)
	assert.Len(t, s.Anonymous().Get(url).Want(200).Items(), 4)
	assert.Len(t, s.Anonymous().Get(plan + "?include=items").Want(200).JSON()["items"], 4)
	etag := s.Anonymous().Get(one).Want(200).ETag()
	assert.Equal(t, []string{"frozen /title", "frozen /owners"}, c.Patch(one, object{"title": fi("x"), "owners": nil, "state": "done"}, anyVersion).Problem(409, "frozen"))
	c.Post(url, object{"title": fi("x")}, anyVersion).Problem(409, "frozen")
	c.Do("DELETE", one, nil, anyVersion).Problem(409, "frozen")
	s.As(authz.Coordinator, "07").Patch(one, object{"state": "done"}, anyVersion).Problem(403, "forbidden")
	done := c.Patch(one, object{"state": "done", "dueOn": "2026-09-01", "note": nil}, testkit.IfMatch(etag)).Want(200)
	assert.Equal(t, object{"state": "done", "dueOn": "2026-09-01", "note": nil}, object{"state": done.JSON()["state"], "dueOn": done.JSON()["dueOn"], "note": done.JSON()["note"]})
	assert.Equal(t, done.ETag(), c.Patch(one, object{"state": "done"}, anyVersion).Want(200).ETag())
	c.Post(plan+"/transitions", object{"to": "draft", "note": "x"}, anyVersion).Want(200)
	s.Anonymous().Get(one).Problem(410, "gone")
	s.Anonymous().Get(url).Problem(410, "gone")
	assert.NotEmpty(t, c.Do("DELETE", one, nil, anyVersion).Want(204).ETag())
	c.Do("DELETE", one, nil, anyVersion).Problem(404, "not-found")
	c.Do("DELETE", one, nil).Problem(428, "precondition-required")
}

// Two plans of one year at once, and a plan that is moved into the year of another: one wins.
func TestOneYearAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := council(s, "Neuvottelukunta")
	a, b, url := s.As(authz.Coordinator, "05"), s.As(authz.Secretary, id), "/v1/councils/"+id+"/action-plans"
	for year := 2000; year < 2008; year++ {
		answers := make([]*testkit.Answer, 2)
		var wg sync.WaitGroup
		for i, c := range []*testkit.Client{a, b} {
			wg.Go(func() { answers[i] = c.Post(url, object{"year": year}) })
		}
		wg.Wait()
		if answers[0].Status != 201 {
			answers[0], answers[1] = answers[1], answers[0]
		}
		answers[0].Want(201)
		answers[1].Problem(409, "duplicate")
	}
	var constraint string
	s.Exec(`create function second(council uuid) returns text language plpgsql as $$ declare c text; begin
		insert into action_plans (id, version, created_at, updated_at, council_id, year, status) values (gen_random_uuid(), 1, now(), now(), council, 2000, 'draft');
		return ''; exception when others then get stacked diagnostics c = constraint_name; return c; end $$`)
	s.Scan("select second($1)", []any{id}, &constraint)
	assert.Equal(t, "action_plans_year", constraint, "the index stands behind it")
}
