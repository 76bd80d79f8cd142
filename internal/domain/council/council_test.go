package council_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// whole sets every member that a caller may set and that stands alone.
var whole = object{
	"kind": "advisory_council", "name": object{"fi": " Kanta-Hämeen  järjestöneuvottelukunta ", "en": "Association Council of Kanta-Häme"},
	"otherNames":    []object{{"name": fi("Järjestöfoorumi"), "from": "2018-01-01", "to": "2019-03-01"}},
	"abbreviations": []object{{"abbreviation": "LAPE", "text": fi("lapsi- ja perhepalvelut")}},
	"description":   fi("Maakunnan järjestöjen yhteinen elin"), "notes": []object{fi("Lähde ei kerro osoitetta")}, "municipality": "109",
	"preparationStarted": object{"precision": "year", "from": "2018-01-01", "text": "2018"}, "founded": object{"precision": "season", "from": "2019-03-01", "to": "2019-06-01", "text": "kevät 2019"},
	"started": object{"precision": "day", "from": "2019-05-13"}, "rulesAdopted": object{"precision": "day", "from": "2019-09-16"}, "ended": object{"precision": "month", "from": "2024-12-01"},
	"website": "meidanhame.fi", "tasks": []object{fi("Järjestötoiminnan näkyvyys")}, "workAreas": []object{fi("osallisuus")},
	"composition": []object{{"text": fi("puheenjohtaja"), "role": "chair", "count": 1}, {"text": fi("jäsen kustakin verkostosta"), "role": "member", "perNetwork": true}, {"text": fi("asiantuntijoita")}},
	"joinRules":   []object{fi("Verkosto hakee")}, "rules": []object{{"title": fi("Toimintaohje"), "url": "https://example.org/ohje.pdf", "mediaType": "application/pdf"}},
	"hostOrganisations": []object{{"name": fi("Hämeen liitto"), "note": fi("sihteeristö")}}, "links": []object{{"title": fi("Muistiot")}},
	"sources": []object{{"title": fi("Esite"), "url": "https://example.org", "asOf": "2020-10-30"}}, "quorum": object{"share": 0.5, "min": 3},
}

func TestEveryMember(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	a := c.Post("/v1/councils", whole).Want(201)
	url := "/v1/councils/" + a.ID()
	assert.Equal(t, url, a.Header.Get("Location"))
	got := s.Anonymous().Get(url).Want(200).JSON()
	assert.Equal(t, a.JSON(), got)
	assert.Len(t, got, 33)
	for member, want := range (object{
		"name": object{"fi": "Kanta-Hämeen järjestöneuvottelukunta", "en": "Association Council of Kanta-Häme"}, "region": "05", "subRegion": "051", "municipality": "109",
		"website": "https://meidanhame.fi", "version": 1.0, "parentId": nil, "successors": []any{}, "committees": []any{}, "networkCount": 0.0, "quorum": object{"share": 0.5, "min": 3.0},
		"founded": object{"from": "2019-03-01", "to": "2019-06-01", "precision": "season", "text": "kevät 2019", "monthDay": nil},
	}) {
		assert.Equal(t, want, got[member], member)
	}
	same := object{}
	for member := range whole {
		assert.NotNil(t, got[member], member)
		same[member] = got[member]
	}
	assert.Equal(t, a.ETag(), c.Patch(url, same, testkit.IfMatch(a.ETag())).Want(200).ETag(), "what was shown changes nothing")
	a = c.Patch(url, object{"quorum": object{"min": nil}, "description": nil, "tasks": nil, "name": object{"en": nil}, "founded": nil}, testkit.IfMatch(a.ETag())).Want(200)
	got = a.JSON()
	assert.Equal(t, object{"share": 0.5, "min": nil}, got["quorum"])
	assert.Equal(t, []any{}, got["tasks"])
	assert.Nil(t, got["description"])
	assert.Nil(t, got["founded"])
	assert.Equal(t, fi("Kanta-Hämeen järjestöneuvottelukunta"), got["name"])
	s.Anonymous().Get(url, testkit.Header{Name: "If-None-Match", Value: s.Anonymous().Get(url).ETag()}).Want(304)
}

func TestWhatCannotBeRight(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	draft := c.Post("/v1/organisations", object{"kind": "association", "name": fi("Luonnos ry"), "municipality": "109", "status": "draft"}).Want(201).ID()
	public := c.Post("/v1/organisations", object{"kind": "association", "name": fi("Isäntä ry"), "municipality": "109"}).Want(201).ID()
	assert.ElementsMatch(t, []string{
		"invalid /website", "invalid /founded/from", "order /ended", "order /otherNames/0/to", "required /hostOrganisations/0", "unknown-reference /hostOrganisations/1/organisationId",
		"unknown-reference /hostOrganisations/2/organisationId", "required /quorum", "unknown-reference /predecessorId",
	}, c.Post("/v1/councils", group("Virheet", object{
		"website": "javascript:alert(1)", "founded": object{"precision": "year", "from": "2019-03-01"}, "started": object{"precision": "day", "from": "2020-01-01"}, "ended": object{"precision": "day", "from": "2019-01-01"},
		"otherNames": []object{{"name": fi("A"), "from": "2000-01-01", "to": "1999-01-01"}}, "quorum": object{}, "predecessorId": store.NewID().String(),
		"hostOrganisations": []object{{"note": fi("x")}, {"organisationId": store.NewID().String()}, {"organisationId": draft}, {"organisationId": public}},
	})).Problem(422, "invalid-data"))
	for name, tt := range map[string]struct {
		body object
		want []string
	}{
		"committee alone":     {object{"kind": "committee", "name": fi("A"), "region": "05"}, []string{"required /parentId"}},
		"no such parent":      {group("A", object{"parentId": store.NewID().String()}), []string{"unknown-reference /parentId"}},
		"no such region":      {group("A", object{"region": "99"}), []string{"unknown-code /region"}},
		"merged municipality": {object{"kind": "committee", "name": fi("A"), "municipality": "532"}, []string{"required /parentId", "merged /municipality"}},
		"contradiction":       {group("A", object{"municipality": "398"}), []string{"contradiction /region"}},
	} {
		assert.ElementsMatch(t, tt.want, c.Post("/v1/councils", tt.body).Problem(422, "invalid-data"), name)
	}
	id := made(s, group("Oikein"))
	for _, body := range []object{{"name": object{"fi": nil}}, {"kind": "committee"}} {
		c.Patch("/v1/councils/"+id, body, anyVersion).Problem(422, "invalid-data")
	}
	for _, body := range []object{{"id": id}, {"path": []string{}}, {"status": "x"}, {"kind": nil}, {"networkCount": 3}} {
		c.Patch("/v1/councils/"+id, body, anyVersion).Problem(400, "validation")
	}
	c.Post("/v1/councils", object{"kind": "forum", "name": fi(" ")}).Problem(400, "validation")
}

func TestRoles(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	region, town := made(s, group("Maakunta")), made(s, group("Kaupunki", object{"municipality": "109"}))
	part := made(s, object{"kind": "committee", "name": fi("Työvaliokunta"), "parentId": region})
	nowhere := made(s, object{"kind": "external_body", "name": fi("Ei missään")})
	everyone := map[string]*testkit.Client{
		"admin": s.As(authz.Admin, ""), "coordinator": s.As(authz.Coordinator, "05"), "other coordinator": s.As(authz.Coordinator, "07"), "officer": s.As(authz.Officer, "109"),
		"other officer": s.As(authz.Officer, "165"), "secretary": s.As(authz.Secretary, region), "secretary of the part": s.As(authz.Secretary, part),
		"convener": s.As(authz.Convener, store.NewID().String()), "editor": s.As(authz.Editor, store.NewID().String()), "integration": s.As(authz.Integration, "05", "organisation.sync"),
	}
	for name, may := range map[string][]bool{ // write the region's council, the town's, the part, the one nowhere; create in the region, in the town, under the region's council
		"admin": {true, true, true, true, true, true, true}, "coordinator": {true, true, true, false, true, true, true}, "other coordinator": {false, false, false, false, false, false, false},
		"officer": {false, true, false, false, false, true, false}, "other officer": {false, false, false, false, false, false, false},
		"secretary": {true, false, true, false, false, false, true}, "secretary of the part": {false, false, true, false, false, false, false},
		"convener": {false, false, false, false, false, false, false}, "editor": {false, false, false, false, false, false, false}, "integration": {false, false, false, false, false, false, false},
	} {
		c := everyone[name]
		for i, id := range []string{region, town, part, nowhere} {
			want := map[bool]int{true: 200, false: 403}[may[i]]
			assert.Equal(t, want, c.Patch("/v1/councils/"+id, object{"website": "https://example.org/" + store.NewID().String()}, anyVersion).Status, "%s writes %d", name, i)
		}
		for i, body := range []object{group("Uusi"), group("Uusi", object{"municipality": "109"}), {"kind": "committee", "name": fi("Uusi"), "parentId": region}} {
			want := map[bool]int{true: 201, false: 403}[may[4+i]]
			assert.Equal(t, want, c.Post("/v1/councils", body).Status, "%s creates %d", name, i)
		}
	}
	s.Anonymous().Post("/v1/councils", group("x")).Problem(401, "sign-in-needed")
	assert.Equal(t, "05", s.Anonymous().Get("/v1/councils/" + part).Want(200).JSON()["region"], "inherited")
	secretary := everyone["secretary"]
	for _, body := range []object{{"region": "07"}, {"municipality": "109"}, {"parentId": town}, {"region": nil}} {
		secretary.Patch("/v1/councils/"+region, body, anyVersion).Problem(403, "forbidden")
	}
	everyone["secretary of the part"].Patch("/v1/councils/"+part, object{"parentId": town}, anyVersion).Problem(403, "forbidden")
	everyone["secretary of the part"].Patch("/v1/councils/"+part, object{"kind": "working_group", "parentId": nil}, anyVersion).Problem(403, "forbidden")
	secretary.Patch("/v1/councils/"+part, object{"municipality": "109"}, anyVersion).Want(200)
	secretary.Post("/v1/councils", object{"kind": "committee", "name": fi("Lahdessa"), "parentId": region, "municipality": "398"}).Problem(403, "forbidden")
	secretary.Post("/v1/councils", object{"kind": "committee", "name": fi("Janakkalassa"), "parentId": region, "municipality": "165"}).Want(201)
	everyone["coordinator"].Patch("/v1/councils/"+part, object{"parentId": town}, anyVersion).Want(200)
}

func TestTree(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	a := made(s, group("A"))
	b := c.Post("/v1/councils", object{"kind": "committee", "name": fi("B"), "parentId": a}).Want(201).ID()
	d := c.Post("/v1/councils", object{"kind": "working_group", "name": fi("D"), "parentId": b, "predecessorId": a}).Want(201).ID()
	got := s.Anonymous().Get("/v1/councils/" + a).Want(200).JSON()
	assert.Equal(t, []any{b}, got["committees"])
	assert.Equal(t, []any{d}, got["successors"])
	for _, parent := range []string{a, b, d} {
		assert.Equal(t, []string{"circle /parentId"}, c.Patch("/v1/councils/"+a, object{"parentId": parent}, anyVersion).Problem(409, "circle"))
	}
	for _, origin := range []string{a, d} {
		assert.Equal(t, []string{"circle /predecessorId"}, c.Patch("/v1/councils/"+a, object{"predecessorId": origin}, anyVersion).Problem(409, "circle"))
	}
	var refused string
	s.Exec(`create function try_circle(child uuid, parent uuid) returns text language plpgsql as $$ declare c text; begin
		update councils set parent_id = parent where id = child; return ''; exception when others then get stacked diagnostics c = constraint_name; return c; end $$`)
	s.Scan("select try_circle($1, $2)", []any{a, d}, &refused)
	assert.Equal(t, "councils_circle", refused, "the database stands behind it")
	c.Patch("/v1/councils/"+d, object{"parentId": nil}, anyVersion).Want(200)
	c.Patch("/v1/councils/"+d, object{"parentId": a}, anyVersion).Want(200)
	c.Patch("/v1/councils/"+b, object{"parentId": d}, anyVersion).Want(200)
	assert.Len(t, s.Anonymous().Get("/v1/councils?under="+a).Want(200).Items(), 2)
}

// Two moves that together would close a circle: one of them is refused, neither waits for ever.
func TestCircleOfTwoMoves(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	for range 8 {
		a, b := made(s, group("A")), made(s, group("B"))
		move := func(id, member, to string) func() *testkit.Answer {
			return func() *testkit.Answer { return c.Patch("/v1/councils/"+id, object{member: to}, anyVersion) }
		}
		oneWins(t, atOnce(move(a, "parentId", b), move(b, "parentId", a)), 200, "circle")
		a, b = made(s, group("A")), made(s, group("B"))
		oneWins(t, atOnce(move(a, "predecessorId", b), move(b, "predecessorId", a)), 200, "circle")
	}
}

func TestPreconditionsAndDelete(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	a := c.Post("/v1/councils", group("Poistuva")).Want(201)
	url := "/v1/councils/" + a.ID()
	c.Patch(url, object{"website": nil}).Problem(428, "precondition-required")
	c.Patch(url, object{"website": nil}, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	c.Do("DELETE", url, nil).Problem(428, "precondition-required")
	c.Do("DELETE", url, nil, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	s.As(authz.Coordinator, "07").Do("DELETE", url, nil).Problem(403, "forbidden")
	c.Do("DELETE", url, nil, testkit.IfMatch(a.ETag())).Want(204)
	s.Anonymous().Get(url).Problem(410, "gone")
	c.Patch(url, object{"website": nil}).Problem(410, "gone")
	s.Anonymous().Get("/v1/councils/"+store.NewID().String()).Problem(404, "not-found")
	c.Post("/v1/councils", group("B", object{"parentId": a.ID()})).Problem(422, "invalid-data")
}

func TestDeleteInUse(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	row := "(id, version, created_at, updated_at, council_id"
	person := store.NewID()
	s.Exec("insert into people (id, version, created_at, updated_at, name) values ($1, 1, now(), now(), 'Aino Esimerkki')", person)
	for user, use := range map[string]func(id string){
		"committees": func(id string) { made(s, object{"kind": "committee", "name": fi("x"), "parentId": id}) },
		"successors": func(id string) { made(s, group("x", object{"predecessorId": id})) },
		"seats":      func(id string) { seat(s, id, nil) },
		"nominations": func(id string) {
			s.Exec("insert into nominations "+row+", status, role, person_id, nominating_network_id) values ($1, 1, now(), now(), $2, 'proposed', 'member', $3, $4)", store.NewID(), id, person, network(s, "x", "05", ""))
		},
		"nominationCalls": func(id string) {
			s.Exec("insert into nomination_calls "+row+`, title, deadline) values ($1, 1, now(), now(), $2, '{"fi": "x"}', now())`, store.NewID(), id)
		},
		"networks": func(id string) {
			c.Post("/v1/councils/"+id+"/networks", object{"networkId": network(s, "x", "05", "")}).Want(201)
		},
		"meetings":    func(id string) { meeting(s, id, "2025-01-01") },
		"actionPlans": func(id string) { c.Post("/v1/councils/"+id+"/action-plans", object{"year": 2025}).Want(201) },
		"posts": func(id string) {
			s.Exec("insert into posts "+row+`, kind, title, sort_name) values ($1, 1, now(), now(), $2, 'other', '{"fi": "x"}', 'x')`, store.NewID(), id)
		},
	} {
		id := made(s, group("Käytössä"))
		use(id)
		a := c.Do("DELETE", "/v1/councils/"+id, nil, anyVersion)
		a.Problem(409, "in-use")
		assert.Equal(t, []any{user}, a.JSON()["usedBy"], user)
	}
}
