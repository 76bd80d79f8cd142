package network_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// stage is a network of 109 with those around it.
type stage struct {
	*testkit.Service
	network, one, two                      string
	decider, applicant, outsider, stranger *testkit.Client
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{Service: testkit.New(t)}
	s.network = s.As(authz.Admin, "").Post("/v1/networks", network("Näyttämö", object{"municipality": "109"})).Want(201).ID()
	s.one, s.two = organisation(s.Service, "Ensimmäinen ry", "398"), organisation(s.Service, "Toinen ry", "109")
	s.decider, s.applicant, s.outsider, s.stranger = s.As(authz.Convener, s.network), s.As(authz.Editor, s.one), s.Anonymous(), s.As(authz.Officer, "165")
	return s
}

func (s *stage) members() string { return "/v1/networks/" + s.network + "/memberships" }

// add makes an organisation a member.
func (s *stage) add(organisation string, more ...object) string {
	s.T.Helper()
	return s.decider.Post(s.members(), with(append([]object{{"organisationId": organisation}}, more...)...)).Want(201).ID()
}

// apply makes an application of the first organisation.
func (s *stage) apply() string {
	s.T.Helper()
	return s.applicant.Post(s.members(), object{"organisationId": s.one, "message": "Tulisimme mukaan"}).Want(201).ID()
}

// step moves a membership.
func step(c *testkit.Client, id string, body object) *testkit.Answer {
	c.T.Helper()
	return c.Post("/v1/memberships/"+id+"/transitions", body, anyVersion)
}

func patch(c *testkit.Client, id string, body object) *testkit.Answer {
	c.T.Helper()
	return c.Patch("/v1/memberships/"+id, body, anyVersion)
}

func TestApplication(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	made := s.applicant.Post(s.members(), object{"organisationId": s.one, "message": "Tulisimme mukaan"}).Want(201)
	id, path := made.ID(), "/v1/memberships/"+made.ID()
	assert.Equal(t, path, made.Header.Get("Location"))
	got := made.JSON()
	for member, want := range (object{
		"status": "applied", "message": "Tulisimme mukaan", "from": nil, "to": nil, "roles": []any{}, "reason": nil, "networkId": s.network, "organisationId": s.one, "version": 1.0,
		"network": object{"id": s.network, "name": fi("Näyttämö")}, "organisation": object{"id": s.one, "name": fi("Ensimmäinen ry")},
	}) {
		assert.Equal(t, want, got[member], member)
	}
	assert.Len(t, got, 14)
	for _, c := range []*testkit.Client{s.decider, s.applicant, s.As(authz.Officer, "109"), s.As(authz.Coordinator, "07")} {
		assert.Equal(t, got, c.Get(path).Want(200).JSON())
		assert.Len(t, c.Get(s.members()).Want(200).Items(), 1)
		assert.Len(t, c.Get("/v1/organisations/"+s.one+"/memberships").Want(200).Items(), 1)
	}
	for _, c := range []*testkit.Client{s.outsider, s.stranger} {
		c.Get(path).Problem(404, "not-found")
		assert.Empty(t, c.Get(s.members()).Want(200).Items())
		assert.Equal(t, 0.0, c.Get("/v1/organisations/" + s.one + "/memberships?count=true").Want(200).JSON()["total"])
	}
	step(s.stranger, id, object{"to": "active"}).Problem(404, "not-found")
	step(s.applicant, id, object{"to": "active"}).Problem(403, "forbidden")
	step(s.decider, id, object{"to": "withdrawn"}).Problem(403, "forbidden")
	s.applicant.Patch(path, object{"from": day(0)}, anyVersion).Problem(403, "forbidden")
	assert.Equal(t, []string{"unexpected /from"}, patch(s.decider, id, object{"from": day(0)}).Problem(422, "invalid-data"))

	s.decider.Post(path+"/transitions", object{"to": "active"}).Problem(428, "precondition-required")
	s.decider.Post(path+"/transitions", object{"to": "active"}, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	got = s.decider.Post(path+"/transitions", object{"to": "active", "on": day(-3), "note": "Tervetuloa"}, testkit.IfMatch(made.ETag())).Want(200).JSON()
	assert.Equal(t, []any{"active", day(-3), nil, "Tulisimme mukaan", 2.0}, []any{got["status"], got["from"], got["to"], got["message"], got["version"]})
	public := s.outsider.Get(path).Want(200)
	assert.Nil(t, public.JSON()["message"], "what was said is for the two sides only")
	assert.NotEqual(t, s.decider.Get(path).ETag(), public.ETag())
	assert.Equal(t, 1.0, s.outsider.Get("/v1/networks/" + s.network).JSON()["memberCount"])

	steps := s.decider.Get(path + "/transitions").Want(200).Items()
	assert.Equal(t, []any{"applied", "active", day(-3), "Tervetuloa", s.decider.ID.String()}, []any{steps[0]["from"], steps[0]["to"], steps[0]["on"], steps[0]["note"], steps[0]["actorId"]})
	assert.Nil(t, s.applicant.Get(path + "/transitions").Want(200).Items()[0]["actorId"])
	s.stranger.Get(path+"/transitions").Problem(403, "forbidden")
	s.outsider.Get(path+"/transitions").Problem(401, "sign-in-needed")

	got = step(s.applicant, id, object{"to": "left", "note": "Loppui"}).Want(200).JSON()
	assert.Equal(t, []any{"left", day(0), "Loppui"}, []any{got["status"], got["to"], got["reason"]})
	assert.Nil(t, s.outsider.Get(path).Want(200).JSON()["reason"])
	step(s.decider, id, object{"to": "active"}).Problem(409, "transition-not-allowed")
	s.apply() // anew
}

func TestRejectedAndWithdrawn(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.apply()
	assert.ElementsMatch(t, []string{"required /note", "future /on"}, step(s.decider, id, object{"to": "rejected", "on": day(1)}).Problem(422, "invalid-data"))
	got := step(s.decider, id, object{"to": "rejected", "note": "Täynnä"}).Want(200).JSON()
	assert.Equal(t, []any{"rejected", "Täynnä", nil}, []any{got["status"], got["reason"], got["from"]})
	assert.Equal(t, "Täynnä", s.applicant.Get("/v1/memberships/" + id).Want(200).JSON()["reason"])
	s.outsider.Get("/v1/memberships/"+id).Problem(404, "not-found")
	patch(s.decider, id, object{"reason": "Ryhmä on täynnä"}).Want(200)
	assert.ElementsMatch(t, []string{"unexpected /from", "unexpected /roles"}, patch(s.decider, id, object{"from": day(0), "roles": []object{{"role": "observer"}}}).Problem(422, "invalid-data"))
	step(s.decider, id, object{"to": "left"}).Problem(409, "transition-not-allowed")

	id = s.apply()
	assert.Equal(t, []string{"unexpected /reason"}, patch(s.decider, id, object{"reason": "x"}).Problem(422, "invalid-data"))
	assert.Equal(t, "withdrawn", step(s.applicant, id, object{"to": "withdrawn"}).Want(200).JSON()["status"])
	step(s.decider, id, object{"to": "active"}).Problem(409, "transition-not-allowed")
	s.decider.Do("DELETE", "/v1/memberships/"+id, nil, anyVersion).Want(204)
	s.outsider.Get("/v1/memberships/"+id).Problem(404, "not-found") // never public
	s.applicant.Get("/v1/memberships/"+id).Problem(410, "gone")
	s.decider.Do("DELETE", "/v1/memberships/"+id, nil, anyVersion).Problem(410, "gone")
	step(s.applicant, id, object{"to": "withdrawn"}).Problem(410, "gone")
}

func TestMembers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for _, tt := range []struct {
		body             object
		status, from, to any
	}{
		{object{}, "active", day(0), nil},
		{object{"from": nil}, "active", nil, nil},
		{object{"from": day(-9), "to": day(9)}, "active", day(-9), day(9)},
		{object{"from": "2001-01-01", "to": "2002-01-01"}, "left", "2001-01-01", "2002-01-01"},
		{object{"to": "2002-01-01"}, "left", nil, "2002-01-01"},
	} {
		got := s.decider.Post(s.members(), with(object{"organisationId": s.two}, tt.body)).Want(201)
		assert.Equal(t, []any{tt.status, tt.from, tt.to}, []any{got.JSON()["status"], got.JSON()["from"], got.JSON()["to"]}, tt.body)
		s.decider.Do("DELETE", "/v1/memberships/"+got.ID(), nil, anyVersion).Want(204)
		s.outsider.Get("/v1/memberships/"+got.ID()).Problem(410, "gone")
	}
	draft := organisation(s.Service, "Luonnos ry", "109", object{"status": "draft"})
	for _, tt := range []struct {
		c     *testkit.Client
		body  object
		wrong []string
	}{
		{s.decider, object{"organisationId": store.NewID().String()}, []string{"unknown-reference /organisationId"}},
		{s.decider, object{"organisationId": draft}, []string{"unknown-reference /organisationId"}},
		{s.As(authz.Admin, ""), object{"organisationId": draft}, []string{"unknown-reference /organisationId"}},
		{s.As(authz.Editor, draft), object{"organisationId": draft}, []string{"unknown-reference /organisationId"}},
		{s.applicant, object{"organisationId": s.one, "from": day(0), "to": day(1), "roles": []object{{"role": "observer"}}}, []string{"unexpected /from", "unexpected /to", "unexpected /roles"}},
		{s.decider, object{"organisationId": s.one, "message": "x", "from": day(0), "to": day(0)}, []string{"order /to", "unexpected /message"}},
		{s.decider, object{"organisationId": s.one, "from": day(0), "to": day(9), "roles": []object{{"role": "observer", "from": day(-1)}, {"role": "observer", "to": day(10)}, {"role": "secretary", "from": day(5), "to": day(5)}, {"role": "secretary", "from": day(9)}}},
			[]string{"outside /roles/0/from", "outside /roles/1/to", "duplicate /roles/1", "order /roles/2/to", "outside /roles/3/from"}},
	} {
		assert.ElementsMatch(t, tt.wrong, tt.c.Post(s.members(), tt.body).Problem(422, "invalid-data"), tt.body)
	}
	s.applicant.Post(s.members(), object{"organisationId": s.two}).Problem(403, "forbidden")
	s.stranger.Post(s.members(), object{"organisationId": s.two}).Problem(403, "forbidden")
	s.outsider.Post(s.members(), object{"organisationId": s.two}).Problem(401, "sign-in-needed")
	s.As(authz.Secretary, council(s.Service)).Post(s.members(), object{"organisationId": s.two}).Problem(403, "forbidden")
	s.decider.Post(s.members(), object{"organisationId": s.two, "status": "active"}).Problem(400, "validation")
	s.decider.Post("/v1/networks/"+store.NewID().String()+"/memberships", object{"organisationId": s.two}).Problem(404, "not-found")
	assert.Empty(t, s.As(authz.Admin, "").Get(s.members()).Items())
}

func TestOneAtATime(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	refused := func(a *testkit.Answer, kind, fault, by string) {
		t.Helper()
		assert.Equal(t, []string{fault}, a.Problem(409, kind))
		assert.Equal(t, by, a.JSON()["conflictsWith"])
	}
	applied := s.apply()
	refused(s.applicant.Post(s.members(), object{"organisationId": s.one}), "duplicate", "duplicate /organisationId", applied)
	refused(s.decider.Post(s.members(), object{"organisationId": s.one}), "duplicate", "duplicate /organisationId", applied)
	old := s.add(s.one, object{"from": "2001-01-01", "to": "2005-01-01"})
	refused(step(s.decider, applied, object{"to": "active", "on": "2004-12-31"}), "overlap", "overlap /from", old)
	step(s.decider, applied, object{"to": "active", "on": "2005-01-01"}).Want(200)
	refused(patch(s.decider, applied, object{"from": nil}), "overlap", "overlap /from", old)
	refused(patch(s.decider, old, object{"to": "2005-01-02"}), "overlap", "overlap /from", applied)
	refused(s.decider.Post(s.members(), object{"organisationId": s.one, "from": "1999-01-01", "to": "2001-01-02"}), "overlap", "overlap /from", old)
	s.add(s.one, object{"from": "1999-01-01", "to": "2001-01-01"})

	other := s.add(s.two, object{"from": "2000-01-01", "roles": []object{{"role": "convener", "from": "2010-01-01", "to": "2012-01-01"}, {"role": "secretary"}}})
	convening := func(from, to any) object {
		return object{"roles": []object{{"role": "observer"}, {"role": "convener", "from": from, "to": to}}}
	}
	refused(patch(s.decider, applied, convening("2011-12-31", nil)), "overlap", "overlap /roles/1", other)
	refused(patch(s.decider, applied, convening(nil, nil)), "overlap", "overlap /roles/1", other)
	patch(s.decider, applied, convening("2012-01-01", nil)).Want(200)
	assert.Equal(t, s.one, s.outsider.Get("/v1/networks/" + s.network).JSON()["convener"])
	refused(patch(s.decider, other, object{"roles": []object{{"role": "convener", "from": "2010-01-01"}}}), "overlap", "overlap /roles/0", applied)
	third := organisation(s.Service, "Kolmas ry", "109")
	refused(s.decider.Post(s.members(), object{"organisationId": third, "from": "2011-01-01", "roles": []object{{"role": "convener"}}}), "overlap", "overlap /roles/0", other)
}

func TestPatchOfMembership(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.add(s.two, object{"from": day(-100), "roles": []object{{"role": "convener"}, {"role": "secretary", "from": day(-50), "to": day(50)}, {"role": "observer", "from": day(20)}}})
	path := "/v1/memberships/" + id
	s.decider.Patch(path, object{"from": day(-99)}).Problem(428, "precondition-required")
	s.decider.Patch(path, object{"from": day(-99)}, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	s.stranger.Patch(path, object{"from": day(-99)}, anyVersion).Problem(403, "forbidden")
	s.As(authz.Editor, s.two).Patch(path, object{"from": day(-99)}, anyVersion).Problem(403, "forbidden")
	for _, c := range []*testkit.Client{s.stranger, s.As(authz.Convener, store.NewID().String())} {
		c.Do("DELETE", path, nil, anyVersion).Problem(403, "forbidden")
		step(c, id, object{"to": "left"}).Problem(403, "forbidden")
	}
	s.As(authz.Editor, s.two).Do("DELETE", path, nil, anyVersion).Problem(403, "forbidden")
	s.outsider.Do("DELETE", path, nil, anyVersion).Problem(401, "sign-in-needed")
	step(s.outsider, id, object{"to": "left"}).Problem(401, "sign-in-needed")
	s.decider.Do("DELETE", path, nil).Problem(428, "precondition-required")
	s.decider.Do("DELETE", path, nil, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	s.decider.Do("DELETE", "/v1/memberships/"+store.NewID().String(), nil, anyVersion).Problem(404, "not-found")
	got := patch(s.decider, id, object{}).Want(200).JSON()
	assert.Equal(t, 1.0, got["version"], "no change, no version")
	assert.ElementsMatch(t, []string{"outside /roles/1/to", "outside /roles/2/from", "unexpected /reason"}, patch(s.decider, id, object{"to": day(10), "reason": "x"}).Problem(422, "invalid-data"))
	patch(s.decider, id, object{"networkId": s.network}).Problem(400, "validation")

	got = step(s.decider, id, object{"to": "left", "on": day(-10)}).Want(200).JSON()
	assert.Equal(t, []any{"left", day(-10), []any{object{"role": "convener", "from": nil, "to": nil}, object{"role": "secretary", "from": day(-50), "to": day(-10)}}}, []any{got["status"], got["to"], got["roles"]}, "roles end with it")
	assert.Equal(t, []string{"required /to"}, patch(s.decider, id, object{"to": nil}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"future /to"}, patch(s.decider, id, object{"to": day(2)}).Problem(422, "invalid-data"))
	patch(s.decider, id, object{"to": day(-5), "reason": "Muutti"}).Want(200)

	id = s.add(s.one)
	assert.ElementsMatch(t, []string{"future /on"}, step(s.decider, id, object{"to": "left", "on": day(1)}).Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"order /on"}, step(s.decider, id, object{"to": "left", "on": day(-1)}).Problem(422, "invalid-data"))
	assert.Equal(t, day(1), step(s.decider, id, object{"to": "left"}).Want(200).JSON()["to"], "a day at least")

	id = s.add(organisation(s.Service, "Kolmas ry", "109"), object{"from": day(-20)})
	got = patch(s.decider, id, object{"to": day(-1), "reason": "Hiipui"}).Want(200).JSON()
	assert.Equal(t, []any{"left", "Hiipui"}, []any{got["status"], got["reason"]}, "what has ended has left")
	assert.Equal(t, "left", s.decider.Get("/v1/memberships/" + id + "/transitions").Want(200).Items()[0]["to"])
}

func TestClosing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	applied := s.apply()
	long := s.add(s.two, object{"from": "2001-01-01", "roles": []object{{"role": "convener", "from": "2001-01-01"}, {"role": "observer", "to": day(9)}, {"role": "secretary", "from": day(3)}}})
	fresh := s.add(organisation(s.Service, "Uusi ry", "109"), object{"from": day(-1)})
	ended := s.add(organisation(s.Service, "Päättyvä ry", "109"), object{"from": nil, "to": day(5)})
	past := s.add(organisation(s.Service, "Entinen ry", "109"), object{"from": "2001-01-01", "to": "2002-01-01"})
	s.decider.Post("/v1/networks/"+s.network+"/transitions", object{"to": "closed", "on": day(-2), "note": "Työ on tehty"}, anyVersion).Want(200)
	for id, want := range map[string][]any{
		applied: {"rejected", nil, "closed", 2.0}, long: {"left", day(-2), "closed", 2.0}, fresh: {"left", day(0), "closed", 2.0}, ended: {"left", day(-2), "closed", 2.0}, past: {"left", "2002-01-01", nil, 1.0},
	} {
		got := s.As(authz.Admin, "").Get("/v1/memberships/" + id).Want(200).JSON()
		assert.Equal(t, want, []any{got["status"], got["to"], got["reason"], got["version"]})
	}
	assert.Equal(t, []any{object{"role": "convener", "from": "2001-01-01", "to": nil}, object{"role": "observer", "from": nil, "to": day(-2)}}, s.outsider.Get("/v1/memberships/" + long).JSON()["roles"])
	got := s.outsider.Get("/v1/networks/" + s.network).JSON()
	assert.Equal(t, []any{nil, 0.0}, []any{got["convener"], got["memberCount"]})
	steps := s.decider.Get("/v1/memberships/" + fresh + "/transitions").Want(200).Items()
	assert.Equal(t, []any{"active", "left", day(0), "closed", s.decider.ID.String()}, []any{steps[0]["from"], steps[0]["to"], steps[0]["on"], steps[0]["note"], steps[0]["actorId"]})
	var changes int
	s.Scan("select count(*) from changes where type = 'membership' and op = 'updated' and region = '05' and municipality = '109' and organisation_id is not null and version = 2", nil, &changes)
	assert.Equal(t, 4, changes)
	s.Scan("select count(*) from audit_events where resource_type = 'membership' and action = 'updated' and actor_id = $1", []any{s.decider.ID}, &changes)
	assert.Equal(t, 4, changes)

	for _, c := range []*testkit.Client{s.applicant, s.decider} {
		c.Post(s.members(), object{"organisationId": s.one}).Problem(409, "transition-not-allowed")
	}
	s.add(s.one, object{"from": "2001-01-01", "to": "2002-01-01"}) // history can still be told
	s.decider.Post("/v1/networks/"+s.network+"/transitions", object{"to": "active", "note": "Taas tarvitaan"}, anyVersion).Want(200)
	s.apply()
}

func TestEndThatHasCome(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	due := s.add(s.two, object{"from": day(-5), "to": day(1)})
	staying := s.add(s.one, object{"from": day(-5), "to": day(1)})
	require.NoError(t, s.Networks.EndDue(context.Background()))
	s.Exec("update memberships set valid_to = $1::text::date where id = $2::text::uuid", day(0), due) // tomorrow came
	require.NoError(t, s.Networks.EndDue(context.Background()))
	require.NoError(t, s.Networks.EndDue(context.Background()))
	got := s.outsider.Get("/v1/memberships/" + due).Want(200).JSON()
	assert.Equal(t, []any{"left", 2.0, day(0)}, []any{got["status"], got["version"], got["to"]})
	got = s.outsider.Get("/v1/memberships/" + staying).Want(200).JSON()
	assert.Equal(t, []any{"active", 1.0}, []any{got["status"], got["version"]})
	steps := s.decider.Get("/v1/memberships/" + due + "/transitions").Want(200).Items()
	assert.Len(t, steps, 1)
	assert.Equal(t, []any{"left", day(0), nil, nil}, []any{steps[0]["to"], steps[0]["on"], steps[0]["note"], steps[0]["actorId"]})
	s.add(s.two) // again
}

func TestListsOfMemberships(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	admin := s.As(authz.Admin, "")
	second := admin.Post("/v1/networks", network("Aakkosissa ensin", object{"region": "07"})).Want(201).ID()
	s.add(s.two, object{"from": "2010-01-01", "roles": []object{{"role": "convener", "to": "2015-01-01"}}})
	s.add(s.one, object{"from": "2000-01-01", "to": "2005-01-01", "roles": []object{{"role": "observer"}}})
	s.apply()
	admin.Post("/v1/networks/"+second+"/memberships", object{"organisationId": s.one}).Want(201)
	list := func(c *testkit.Client, side, path string) []string {
		t.Helper()
		out := []string{}
		for _, i := range c.Get(path).Want(200).Items() {
			out = append(out, i[side].(object)["name"].(object)["fi"].(string)+" "+i["status"].(string))
		}
		return out
	}
	const one, oneNow, two = "Ensimmäinen ry left", "Ensimmäinen ry applied", "Toinen ry active"
	for query, want := range map[string][]string{
		"": {one, oneNow, two}, "sort=-name": {two, oneNow, one}, "sort=createdAt": {two, one, oneNow}, "status=left&status=active": {one, two}, "status=applied": {oneNow}, "organisation=" + s.two: {two},
		"role=convener": {two}, "role=convener&role=observer": {one, two}, "role=convener&activeOn=2014-12-31": {two}, "role=convener&activeOn=2015-01-01": {}, "activeOn=2004-12-31": {one}, "activeOn=2005-01-01": {}, "limit=1": {one},
	} {
		assert.Equal(t, want, list(s.decider, "organisation", s.members()+"?"+query), query)
	}
	assert.Equal(t, []string{one, two}, list(s.outsider, "organisation", s.members()))
	assert.Equal(t, []string{}, list(s.outsider, "organisation", s.members()+"?status=applied"))
	ofOne := "/v1/organisations/" + s.one + "/memberships"
	for query, want := range map[string][]string{
		"": {"Aakkosissa ensin active", "Näyttämö left", "Näyttämö applied"}, "network=" + second: {"Aakkosissa ensin active"}, "sort=-name&status=active&status=left": {"Näyttämö left", "Aakkosissa ensin active"},
		"role=observer": {"Näyttämö left"}, "activeOn=2004-01-01": {"Näyttämö left"},
	} {
		assert.Equal(t, want, list(s.applicant, "network", ofOne+"?"+query), query)
	}
	next := s.decider.Get(s.members() + "?limit=1").JSON()["next"].(string)
	assert.Equal(t, []string{oneNow}, list(s.decider, "organisation", next))
	s.decider.Get("/v1/networks/"+second+"/memberships?limit=1&"+next[len(s.members()+"?"):]).Problem(400, "validation") // limit stands twice

	admin.Post("/v1/organisations/"+s.one+"/transitions", object{"to": "archived"}, anyVersion).Want(200)
	got := s.outsider.Get(s.members() + "?sort=name").Want(200).Items()
	assert.Nil(t, got[0]["organisation"].(object)["name"], "a name is shown while the organisation is published")
	assert.Equal(t, s.one, got[0]["organisationId"])
	s.outsider.Get(ofOne).Problem(410, "gone")
	assert.Len(t, s.applicant.Get(ofOne).Want(200).Items(), 3)
	draft := organisation(s.Service, "Luonnos ry", "109", object{"status": "draft"})
	s.outsider.Get("/v1/organisations/"+draft+"/memberships").Problem(404, "not-found")
	assert.Empty(t, s.As(authz.Editor, draft).Get("/v1/organisations/"+draft+"/memberships").Want(200).Items())
	s.outsider.Get("/v1/networks/"+store.NewID().String()+"/memberships").Problem(404, "not-found")
	s.outsider.Get("/v1/organisations/"+store.NewID().String()+"/memberships").Problem(404, "not-found")
	s.outsider.Get("/v1/memberships/"+store.NewID().String()).Problem(404, "not-found")
}

// TestManyEnds: more than a batch end by their day, or with their network.
func TestManyEnds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const many = 2345
	var columns string
	s.Scan("select string_agg(quote_ident(column_name), ', ') from information_schema.columns where table_name = 'organisations' and is_generated = 'NEVER' and column_name <> 'id'", nil, &columns)
	s.Exec("insert into organisations (id, "+columns+") select gen_random_uuid(), "+columns+" from organisations, generate_series(1, $2::int) where id = $1::text::uuid", s.one, many)
	s.Exec(`insert into memberships (id, version, created_at, updated_at, network_id, organisation_id, status, valid_from, valid_to)
		select gen_random_uuid(), 1, now(), now(), $1::text::uuid, id, 'active', '2001-01-01'::date, case when id > '80000000-0000-0000-0000-000000000000' then date '2002-01-01' end from organisations where id <> $2::text::uuid`, s.network, s.two)
	var due, all, left, steps, changes int
	s.Scan("select count(*), count(valid_to) from memberships", nil, &all, &due)
	count := func(want int) {
		t.Helper()
		s.Scan("select count(*) from memberships where status = 'left' and version = 2", nil, &left)
		s.Scan("select count(*) from transitions where resource_type = 'membership'", nil, &steps)
		s.Scan("select count(*) from changes where type = 'membership'", nil, &changes)
		assert.Equal(t, []int{want, want, want}, []int{left, steps, changes})
	}
	require.NoError(t, s.Networks.EndDue(context.Background()))
	count(due)
	s.decider.Post("/v1/networks/"+s.network+"/transitions", object{"to": "closed", "note": "Työ on tehty"}, anyVersion).Want(200)
	count(all)
}
