package network_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func fi(s string) object { return object{"fi": s} }

// with is the last object with the members of the others before it.
func with(parts ...object) object {
	out := object{}
	for _, p := range parts {
		maps.Copy(out, p)
	}
	return out
}

func network(name string, more ...object) object {
	return with(append([]object{{"kind": "thematic", "name": fi(name)}}, more...)...)
}

func day(offset int) string {
	return clock.Today().Time().AddDate(0, 0, offset).Format(time.DateOnly)
}

var anyVersion = testkit.IfMatch("*")

// organisation makes a published organisation.
func organisation(s *testkit.Service, name, municipality string, more ...object) string {
	s.T.Helper()
	return s.As(authz.Admin, "").Post("/v1/organisations", with(append([]object{{"kind": "association", "name": fi(name), "municipality": municipality}}, more...)...)).Want(201).ID()
}

// council makes a council, which has no operations here yet.
func council(s *testkit.Service) string {
	id := store.NewID()
	s.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, path, sort_name) values ($1, 1, now(), now(), 'advisory_council', '{"fi": "Neuvottelukunta"}', '05', array[$1::uuid], 'n')`, id)
	return id.String()
}

// join lets a network join a council.
func join(s *testkit.Service, council, network, status string) {
	s.Exec("insert into council_networks (id, version, created_at, updated_at, council_id, network_id, status) values ($1, 1, now(), now(), $2::text::uuid, $3::text::uuid, $4)", store.NewID(), council, network, status)
}

// every sets every member that a caller may set, as people write it.
var every = object{
	"kind": "sub_regional", "status": "dormant", "name": object{"fi": "  Hämeenlinnan  seudun verkosto", "sv": "Tavastehusnejdens nätverk"},
	"otherNames":  []object{{"name": fi("Alaverkosto"), "from": "2010-01-01", "to": "2015-01-01"}},
	"description": fi("Kuvaus"), "purpose": object{"fi": "Tarkoitus", "en": "Purpose"}, "notes": []object{fi("Muistiin")}, "field": "culture-arts", "subRegion": "051",
	"meetingRhythm": object{"timesPerYear": 4, "text": "nelisen kertaa vuodessa"}, "website": "Example.org/verkosto", "founded": object{"precision": "year", "from": "2010-01-01"},
	"links": []object{{"title": fi("Muistiot"), "url": "https://example.org/muistiot", "mediaType": "text/html"}},
}

func TestEveryMember(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	made := c.Post("/v1/networks", every).Want(201)
	id := made.ID()
	assert.Equal(t, "/v1/networks/"+id, made.Header.Get("Location"))
	got := s.Anonymous().Get("/v1/networks/" + id).Want(200).JSON()
	assert.Equal(t, made.JSON(), got)
	for member, want := range (object{
		"name": object{"fi": "Hämeenlinnan seudun verkosto", "sv": "Tavastehusnejdens nätverk"}, "website": "https://example.org/verkosto", "region": "05", "subRegion": "051", "municipality": nil,
		"status": "dormant", "statusSince": nil, "statusReason": nil, "parentId": nil, "convener": nil, "memberCount": 0.0, "version": 1.0,
		"founded": object{"precision": "year", "from": "2010-01-01", "to": "2011-01-01", "monthDay": nil, "text": nil}, "meetingRhythm": object{"timesPerYear": 4.0, "text": "nelisen kertaa vuodessa"},
	}) {
		assert.Equal(t, want, got[member], member)
	}
	assert.Len(t, got, 24, "every member is present, unset ones as null")
	same := object{}
	for member := range every {
		if assert.NotNil(t, got[member], member); member != "status" {
			same[member] = got[member]
		}
	}
	again := c.Patch("/v1/networks/"+id, same, testkit.IfMatch(made.ETag())).Want(200)
	assert.Equal(t, got, again.JSON(), "what was shown can be sent again, and changes nothing")

	cleared := object{}
	for _, member := range []string{"otherNames", "description", "purpose", "notes", "field", "subRegion", "meetingRhythm", "website", "founded", "links"} {
		cleared[member] = nil
	}
	got = c.Patch("/v1/networks/"+id, cleared, testkit.IfMatch(made.ETag())).Want(200).JSON()
	for _, member := range []string{"description", "purpose", "field", "subRegion", "meetingRhythm", "website", "founded"} {
		assert.Nil(t, got[member], member)
	}
	for _, member := range []string{"otherNames", "notes", "links"} {
		assert.Equal(t, []any{}, got[member], member)
	}
	assert.Equal(t, "05", got["region"])
	assert.Equal(t, 2.0, got["version"])
	bare := c.Post("/v1/networks", network("Paljas", object{"region": "05", "status": nil, "links": nil, "meetingRhythm": object{}})).Want(201).JSON()
	assert.Equal(t, "active", bare["status"])
	assert.Nil(t, bare["meetingRhythm"])
}

func TestDataThatCannotBeRight(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	bad := network("Virheet", object{
		"field": "no-such", "website": "javascript:alert(1)", "founded": object{"precision": "year", "from": "2010-02-01"}, "otherNames": []object{{"name": fi("A"), "from": "2000-01-01", "to": "1999-01-01"}},
		"message": "ottakaa mukaan", "founderId": store.NewID().String(), "region": "05",
	})
	assert.ElementsMatch(t, []string{"unknown-code /field", "invalid /website", "invalid /founded/from", "order /otherNames/0/to", "incomplete /message", "unknown-reference /founderId"},
		c.Post("/v1/networks", bad).Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"unknown-code /field", "merged /municipality", "unknown-reference /parentId"},
		c.Post("/v1/networks", network("X", object{"field": "no-such", "municipality": "532", "parentId": store.NewID().String()})).Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"unknown-code /region"}, c.Post("/v1/networks", network("X", object{"region": "99"})).Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"unknown-code /subRegion"}, c.Post("/v1/networks", network("X", object{"subRegion": "999"})).Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"contradiction /region"}, c.Post("/v1/networks", network("X", object{"subRegion": "051", "region": "07"})).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"unknown-reference /councilId"}, c.Post("/v1/networks", network("X", object{"councilId": store.NewID().String()})).Problem(422, "invalid-data"))
	founder := organisation(s, "Perustaja ry", "109")
	assert.Equal(t, []string{"unexpected /founderId"}, c.Post("/v1/networks", network("X", object{"founderId": founder, "status": "closed"})).Problem(422, "invalid-data"))
	for _, body := range []object{{"name": fi("x")}, {"kind": "thematic"}, network("x", object{"memberCount": 4}), network(" "), network("x", object{"meetingRhythm": object{"timesPerYear": 0}}), network("x", object{"statusSince": day(0)})} {
		c.Post("/v1/networks", body).Problem(400, "validation")
	}
	assert.Empty(t, c.Get("/v1/networks").Items(), "nothing of it was written")

	a := c.Post("/v1/networks", network("Y", object{"region": "05"})).Want(201)
	assert.ElementsMatch(t, []string{"required /name", "invalid /website"}, c.Patch("/v1/networks/"+a.ID(), object{"name": object{"fi": nil}, "website": "x y"}, anyVersion).Problem(422, "invalid-data"))
	c.Patch("/v1/networks/"+a.ID(), object{"kind": nil}, anyVersion).Problem(400, "validation")
	c.Patch("/v1/networks/"+a.ID(), object{"status": "closed"}, anyVersion).Problem(400, "validation")
}

func TestWhoMayWrite(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	regional := admin.Post("/v1/networks", network("Alueverkosto", object{"region": "05"})).Want(201).ID()
	local := admin.Post("/v1/networks", network("Paikallinen", object{"municipality": "109", "parentId": regional})).Want(201).ID()
	own := organisation(s, "Oma ry", "109")
	who := map[string]*testkit.Client{
		"admin": admin, "coordinator 05": s.As(authz.Coordinator, "05"), "coordinator 07": s.As(authz.Coordinator, "07"), "officer 109": s.As(authz.Officer, "109"), "officer 165": s.As(authz.Officer, "165"),
		"convener above": s.As(authz.Convener, regional), "convener": s.As(authz.Convener, local), "secretary": s.As(authz.Secretary, council(s)), "editor": s.As(authz.Editor, own),
		"integration": s.As(authz.Integration, "109", "network.write"), "integration without": s.As(authz.Integration, "109", "organisation.write"), "anonymous": s.Anonymous(),
	}
	all := slices.Sorted(maps.Keys(who))
	allowed := func(what string, want []string, try func(c *testkit.Client) *testkit.Answer) {
		t.Helper()
		for _, name := range all {
			switch a := try(who[name]); {
			case slices.Contains(want, name):
				assert.Less(t, a.Status, 300, "%s by %s: %s", what, name, a.Body)
			case name == "anonymous":
				a.Problem(401, "sign-in-needed")
			default:
				assert.Equal(t, 403, a.Status, "%s by %s: %s", what, name, a.Body)
			}
		}
	}
	patch := func(id string, body object) func(c *testkit.Client) *testkit.Answer {
		return func(c *testkit.Client) *testkit.Answer { return c.Patch("/v1/networks/"+id, body, anyVersion) }
	}
	allowed("patch the regional one", []string{"admin", "coordinator 05", "convener above"}, patch(regional, object{"website": nil}))
	below := []string{"admin", "coordinator 05", "officer 109", "convener above", "convener", "integration"}
	allowed("patch the local one", below, patch(local, object{"website": nil}))
	allowed("create in the region", []string{"admin", "coordinator 05"}, func(c *testkit.Client) *testkit.Answer {
		return c.Post("/v1/networks", network("Uusi", object{"region": "05"}))
	})
	allowed("create nowhere", []string{"admin"}, func(c *testkit.Client) *testkit.Answer { return c.Post("/v1/networks", network("Uusi")) })
	allowed("create below the regional one", []string{"admin", "coordinator 05", "convener above"}, func(c *testkit.Client) *testkit.Answer {
		return c.Post("/v1/networks", network("Uusi", object{"municipality": "165", "parentId": regional}))
	})
	allowed("create below the regional one, elsewhere", []string{"admin"}, func(c *testkit.Client) *testkit.Answer {
		return c.Post("/v1/networks", network("Uusi", object{"municipality": "398", "parentId": regional}))
	})
	allowed("start and stop", below, func(c *testkit.Client) *testkit.Answer {
		c.Post("/v1/networks/"+local+"/transitions", object{"to": "dormant"}, anyVersion)
		return c.Post("/v1/networks/"+local+"/transitions", object{"to": "active"}, anyVersion)
	})
	officer := who["officer 109"]
	officer.Patch("/v1/networks/"+local, object{"municipality": "165"}, anyVersion).Problem(403, "forbidden")
	who["convener"].Patch("/v1/networks/"+local, object{"municipality": "165"}, anyVersion).Problem(403, "forbidden")
	who["convener above"].Patch("/v1/networks/"+local, object{"municipality": "165"}, anyVersion).Want(200)
	who["convener above"].Patch("/v1/networks/"+local, object{"municipality": "398"}, anyVersion).Problem(403, "forbidden")
	officer.Patch("/v1/networks/"+local, object{"website": nil}, anyVersion).Problem(403, "forbidden") // it went elsewhere
	other := admin.Post("/v1/networks", network("Toinen", object{"region": "07"})).Want(201).ID()
	who["coordinator 05"].Patch("/v1/networks/"+local, object{"parentId": other}, anyVersion).Problem(403, "forbidden")
	who["convener"].Do("DELETE", "/v1/networks/"+other, nil, anyVersion).Problem(403, "forbidden")
	who["convener"].Do("DELETE", "/v1/networks/"+local, nil, anyVersion).Want(204)
}

func TestFounding(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	founder, other := organisation(s, "Perustaja ry", "109"), organisation(s, "Muu ry", "109")
	c := s.As(authz.Editor, founder)
	for _, at := range []object{{"municipality": "109"}, {"subRegion": "051"}, {"region": "05"}} {
		a := c.Post("/v1/networks", network("Perustettu", at, object{"founderId": founder})).Want(201)
		got := a.JSON()
		assert.Equal(t, []any{"forming", day(0), founder, 1.0}, []any{got["status"], got["statusSince"], got["convener"], got["memberCount"]})
		m := c.Get("/v1/networks/" + a.ID() + "/memberships").Want(200).Items()[0]
		assert.Equal(t, []any{"active", day(0), nil, []any{object{"role": "convener", "from": day(0), "to": nil}}}, []any{m["status"], m["from"], m["to"], m["roles"]})
	}
	for _, body := range []object{{}, {"municipality": "109"}, {"founderId": founder}, {"municipality": "165", "founderId": founder}, {"region": "07", "founderId": founder}, {"municipality": "109", "founderId": other},
		{"municipality": "109", "founderId": founder, "status": "active"}, {"municipality": "109", "founderId": store.NewID().String()}} {
		c.Post("/v1/networks", network("Ei", body)).Problem(403, "forbidden")
	}
	parent := s.As(authz.Admin, "").Post("/v1/networks", network("Ylä", object{"municipality": "109"})).Want(201).ID()
	c.Post("/v1/networks", network("Ei", object{"municipality": "109", "founderId": founder, "parentId": parent})).Problem(403, "forbidden")
	assert.Equal(t, []string{"unknown-reference /councilId"}, c.Post("/v1/networks", network("Ei", object{"municipality": "109", "founderId": founder, "councilId": store.NewID().String(), "message": "Ottakaa"})).Problem(422, "invalid-data"))

	draft := organisation(s, "Luonnos ry", "109", object{"status": "draft"})
	assert.Equal(t, []string{"unknown-reference /founderId"}, s.As(authz.Editor, draft).Post("/v1/networks", network("Ei", object{"municipality": "109", "founderId": draft})).Problem(422, "invalid-data"))
	officer := s.As(authz.Officer, "109")
	assert.Equal(t, "forming", officer.Post("/v1/networks", network("Seudun", object{"subRegion": "051", "founderId": founder})).Want(201).JSON()["status"], "as founder, outside the officer's own area")
	got := officer.Post("/v1/networks", network("Kunnan", object{"municipality": "109", "founderId": founder})).Want(201).JSON()
	assert.Equal(t, []any{"active", nil, founder}, []any{got["status"], got["statusSince"], got["convener"]})
	assert.Len(t, s.Anonymous().Get("/v1/networks").Items(), 6)
}

func TestPreconditionsAndDeletion(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	a := c.Post("/v1/networks", network("Ehdot", object{"region": "05"})).Want(201)
	id, path := a.ID(), "/v1/networks/"+a.ID()
	for _, method := range []func(...testkit.Header) *testkit.Answer{
		func(h ...testkit.Header) *testkit.Answer {
			return c.Patch(path, object{"website": "example.org"}, h...)
		},
		func(h ...testkit.Header) *testkit.Answer { return c.Do("DELETE", path, nil, h...) },
		func(h ...testkit.Header) *testkit.Answer {
			return c.Post(path+"/transitions", object{"to": "dormant"}, h...)
		},
	} {
		method().Problem(428, "precondition-required")
		method(testkit.IfMatch(`"7-x"`)).Problem(412, "stale")
	}
	s.Anonymous().Get(path, testkit.Header{Name: "If-None-Match", Value: s.Anonymous().Get(path).ETag()}).Want(304)

	member := organisation(s, "Jäsen ry", "109")
	uses := func() any { return c.Do("DELETE", path, nil, anyVersion).Want(409).JSON()["usedBy"] }
	m := c.Post(path+"/memberships", object{"organisationId": member}).Want(201).ID()
	assert.NotEqual(t, a.ETag(), c.Get(path).ETag(), "the tag tells of the members")
	assert.Equal(t, []any{"memberships"}, uses())
	c.Do("DELETE", "/v1/memberships/"+m, nil, anyVersion).Want(204)
	below := c.Post("/v1/networks", network("Ala", object{"region": "05", "parentId": id})).Want(201).ID()
	board := council(s)
	join(s, board, id, "joined")
	s.Exec("insert into meetings (id, version, created_at, updated_at, network_id, status) values ($1, 1, now(), now(), $2::text::uuid, 'held')", store.NewID(), id)
	s.Exec(`insert into posts (id, version, created_at, updated_at, kind, title, network_id, sort_name) values ($1, 1, now(), now(), 'other', '{"fi": "x"}', $2::text::uuid, 'x')`, store.NewID(), id)
	s.Exec("insert into seats (id, version, created_at, updated_at, council_id, role, vacant, nominating_network_id) values ($1, 1, now(), now(), $2::text::uuid, 'member', false, $3::text::uuid)", store.NewID(), board, id)
	assert.Equal(t, []any{"networks", "councils", "seats", "meetings", "posts"}, uses())
	for _, table := range []string{"meetings", "posts", "seats", "council_networks"} {
		s.Exec("update " + table + " set deleted_at = now()")
	}
	assert.Equal(t, []any{"networks"}, uses())
	c.Do("DELETE", "/v1/networks/"+below, nil, anyVersion).Want(204)
	c.Do("DELETE", path, nil, anyVersion).Want(204)
	for _, c := range []*testkit.Client{c, s.Anonymous()} {
		c.Get(path).Problem(410, "gone")
		c.Get(path+"/memberships").Problem(410, "gone")
		c.Get(path+"/transitions").Problem(410, "gone")
	}
	c.Patch(path, object{"website": nil}, anyVersion).Problem(410, "gone")
	c.Post(path+"/memberships", object{"organisationId": member}).Problem(410, "gone")
	c.Post(path+"/transitions", object{"to": "dormant"}, anyVersion).Problem(410, "gone")
	assert.Equal(t, []string{"unknown-reference /parentId"}, c.Post("/v1/networks", network("X", object{"region": "05", "parentId": id})).Problem(422, "invalid-data"))
	c.Get("/v1/networks/"+store.NewID().String()).Problem(404, "not-found")
	c.Do("DELETE", "/v1/networks/"+store.NewID().String(), nil, anyVersion).Problem(404, "not-found")
}

func TestLife(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	all := []string{"forming", "active", "dormant", "closed"}
	allowed := map[string]map[string]bool{ // and whether it needs a note
		"forming": {"active": false, "closed": true}, "active": {"dormant": false, "closed": true}, "dormant": {"active": false, "closed": false},
		"closed": {"active": true}, "unknown": {"forming": false, "active": false, "dormant": false, "closed": false},
	}
	for from, steps := range allowed {
		for _, to := range all {
			id := c.Post("/v1/networks", network("Elämä", object{"region": "05", "status": from})).Want(201).ID()
			a := c.Post("/v1/networks/"+id+"/transitions", object{"to": to}, anyVersion)
			needsNote, ok := steps[to]
			switch {
			case !ok:
				a.Problem(409, "transition-not-allowed")
				got := []string{}
				for _, x := range a.JSON()["allowed"].([]any) {
					got = append(got, x.(string))
				}
				assert.ElementsMatch(t, slices.Collect(maps.Keys(steps)), got, from)
			case needsNote:
				assert.Equal(t, []string{"required /note"}, a.Problem(422, "invalid-data"), "%s → %s", from, to)
				a = c.Post("/v1/networks/"+id+"/transitions", object{"to": to, "note": "syy"}, anyVersion)
				fallthrough
			default:
				got := a.Want(200).JSON()
				assert.Equal(t, []any{to, day(0)}, []any{got["status"], got["statusSince"]})
			}
		}
	}
	id := c.Post("/v1/networks", network("Ajassa", object{"region": "05", "status": "unknown"})).Want(201).ID()
	path := "/v1/networks/" + id + "/transitions"
	assert.Equal(t, []string{"future /on"}, c.Post(path, object{"to": "forming", "on": day(1)}, anyVersion).Problem(422, "invalid-data"))
	c.Post(path, object{"to": "forming", "on": day(-10)}, anyVersion).Want(200)
	assert.ElementsMatch(t, []string{"order /on", "required /note"}, c.Post(path, object{"to": "closed", "on": day(-11)}, anyVersion).Problem(422, "invalid-data"))
	got := c.Post(path, object{"to": "closed", "on": day(-9), "note": "ei tullut mitään"}, anyVersion).Want(200).JSON()
	assert.Equal(t, []any{"closed", day(-9), "ei tullut mitään"}, []any{got["status"], got["statusSince"], got["statusReason"]})
	c.Post(path, object{"to": "unknown"}, anyVersion).Problem(400, "validation")

	steps := c.Get(path).Want(200).Items()
	assert.Len(t, steps, 2)
	assert.Equal(t, []any{"forming", "closed", day(-9), "ei tullut mitään", c.ID.String()}, []any{steps[0]["from"], steps[0]["to"], steps[0]["on"], steps[0]["note"], steps[0]["actorId"]})
	for _, c := range []*testkit.Client{s.Anonymous(), s.As(authz.Coordinator, "07")} {
		steps = c.Get(path + "?limit=1").Want(200).Items()
		assert.Len(t, steps, 1)
		assert.Nil(t, steps[0]["actorId"])
	}
}
