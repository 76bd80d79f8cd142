package council_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestTerms(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := made(s, group("Kausittain"))
	c, url := s.As(authz.Secretary, id), "/v1/councils/"+id
	a := c.Post(url+"/terms", object{"name": fi("Kausi 2019–2021"), "from": "2019-01-01", "to": "2022-01-01"}, anyVersion).Want(201)
	first := url + "/terms/" + a.ID()
	assert.Equal(t, first, a.Header.Get("Location"))
	second := c.Post(url+"/terms", object{"from": "2022-01-01"}, testkit.IfMatch(a.ETag())).Want(201)
	assert.Equal(t, object{"id": second.ID(), "name": nil, "from": "2022-01-01", "to": nil}, second.JSON())
	assert.Len(t, s.Anonymous().Get(url+"/terms").Want(200).Items(), 2)
	for day, want := range map[string][]string{"2021-12-31": {a.ID()}, "2022-01-01": {second.ID()}, "2018-12-31": {}} {
		ids := []string{}
		for _, i := range s.Anonymous().Get(url + "/terms?activeOn=" + day).Want(200).Items() {
			ids = append(ids, i["id"].(string))
		}
		assert.Equal(t, want, ids, day)
	}
	overlap := c.Post(url+"/terms", object{"from": "2018-01-01", "to": "2019-01-02"}, anyVersion)
	assert.Equal(t, []string{"overlap /from"}, overlap.Problem(409, "overlap"))
	assert.Equal(t, a.ID(), overlap.JSON()["conflictsWith"])
	c.Patch(first, object{"to": "2022-01-02"}, anyVersion).Problem(409, "overlap")
	assert.Equal(t, []string{"order /to"}, c.Post(url+"/terms", object{"from": "2018-01-01", "to": "2018-01-01"}, anyVersion).Problem(422, "invalid-data"))
	c.Patch(first, object{"from": nil}, anyVersion).Problem(400, "validation")
	etag := s.Anonymous().Get(first).Want(200).ETag()
	assert.Equal(t, "2021-12-01", c.Patch(first, object{"to": "2021-12-01", "name": fi("Lyhyt")}, testkit.IfMatch(etag)).Want(200).JSON()["to"])
	c.Patch(first, object{"to": "2021-12-01"}, testkit.IfMatch(etag)).Problem(412, "stale")
	c.Patch(first, object{}).Problem(428, "precondition-required")
	version := c.Get(url).JSON()["version"]
	c.Patch(first, object{"name": fi("Lyhyt")}, anyVersion).Want(200)
	assert.Equal(t, version, c.Get(url).JSON()["version"], "no change, no version")
	sat := seat(s, id, a.ID())
	inUse := c.Do("DELETE", first, nil, anyVersion)
	inUse.Problem(409, "in-use")
	assert.Equal(t, []any{"seats"}, inUse.JSON()["usedBy"])
	s.Exec("delete from seats where id = $1", sat)
	s.As(authz.Coordinator, "07").Do("DELETE", first, nil, anyVersion).Problem(403, "forbidden")
	s.As(authz.Coordinator, "07").Post(url+"/terms", object{"from": "2010-01-01"}, anyVersion).Problem(403, "forbidden")
	c.Do("DELETE", first, nil).Problem(428, "precondition-required")
	assert.NotEmpty(t, c.Do("DELETE", first, nil, anyVersion).Want(204).ETag())
	c.Do("DELETE", first, nil, anyVersion).Problem(404, "not-found")
	s.Anonymous().Get(first).Problem(404, "not-found")
	c.Patch(first, object{}, anyVersion).Problem(404, "not-found")
	c.Post("/v1/councils/"+store.NewID().String()+"/terms", object{"from": "2010-01-01"}, anyVersion).Problem(404, "not-found")
	c.Do("DELETE", url, nil, anyVersion).Want(204)
	s.Anonymous().Get(url+"/terms").Problem(410, "gone")
	s.Anonymous().Get(url+"/terms/"+second.ID()).Problem(410, "gone")
	s.Anonymous().Get(url+"/duties").Problem(410, "gone")
}

func TestOverlappingTermsAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := made(s, group("Kausittain"))
	for i := range 8 {
		var posts []func() *testkit.Answer
		for range 2 {
			c := s.As(authz.Coordinator, "05")
			posts = append(posts, func() *testkit.Answer {
				return c.Post("/v1/councils/"+id+"/terms", object{"from": fmt.Sprintf("20%d-01-01", 10+i), "to": fmt.Sprintf("20%d-01-01", 11+i)}, anyVersion)
			})
		}
		oneWins(t, atOnce(posts...), 201, "overlap")
	}
	assert.Len(t, s.Anonymous().Get("/v1/councils/"+id+"/terms").Items(), 8)
	assert.Equal(t, "council_terms_overlap", refused(s, "insert into council_terms (id, council_id, created_at, valid_from) values ($1, $2, now(), '2010-06-01')", store.NewID().String(), id))
}

// refused is the constraint that refuses a statement with two ids, "" if none.
func refused(s *testkit.Service, sql, a, b string) (constraint string) {
	s.T.Helper()
	s.Exec(`create or replace function try(sql text, a uuid, b uuid) returns text language plpgsql as $$ declare c text; begin
		execute sql using a, b; return ''; exception when others then get stacked diagnostics c = constraint_name; return c; end $$`)
	s.Scan("select try($1, $2, $3)", []any{sql, a, b}, &constraint)
	return constraint
}

func TestDuties(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id, other := made(s, group("Velvollinen")), made(s, group("Toinen"))
	part := made(s, object{"kind": "committee", "name": fi("Valiokunta"), "parentId": id})
	c, url := s.As(authz.Secretary, id), "/v1/councils/"+id+"/duties"
	forum := c.Post(url, object{"kind": "event", "name": fi("Järjestöfoorumi"), "frequency": "yearly", "audience": fi("kaikille avoin"), "topics": []object{fi("vaikuttaminen")}}, anyVersion).Want(201)
	own, parts, foreign := meeting(s, id, "2025-01-01"), meeting(s, part, "2025-01-01"), meeting(s, other, "2025-01-01")
	body := object{
		"kind": "event", "name": fi("Seminaari"), "description": fi("Päättäjien kanssa"), "frequency": "twice_a_year", "coincidesWith": forum.ID(), "from": "2019-01-01", "to": "2030-01-01",
		"fulfilments": []object{{"year": 2024, "state": "met", "meetingId": own}, {"year": 2024, "state": "missed", "note": fi("syksyllä peruttiin")}, {"year": 2023, "state": "met", "meetingId": parts, "link": object{"title": fi("Muistio"), "url": "https://example.org"}}},
	}
	a := c.Post(url, body, anyVersion).Want(201)
	one := url + "/" + a.ID()
	assert.Equal(t, a.JSON(), s.Anonymous().Get(one).Want(200).JSON())
	assert.Equal(t, forum.ID(), a.JSON()["coincidesWith"])
	assert.ElementsMatch(t, []string{"order /to", "unknown-reference /coincidesWith", "unknown-reference /fulfilments/0/meetingId", "unknown-reference /fulfilments/1/meetingId"},
		c.Patch(one, object{"to": "2018-01-01", "coincidesWith": a.ID(), "fulfilments": []object{{"year": 2024, "state": "met", "meetingId": foreign}, {"year": 2024, "state": "met", "meetingId": store.NewID().String()}, {"year": 2024, "state": "met", "meetingId": own}}}, anyVersion).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"required /name"}, c.Patch(one, object{"name": object{"fi": nil}}, anyVersion).Problem(422, "invalid-data"))
	c.Patch(one, object{"frequency": "often"}, anyVersion).Problem(400, "validation")
	c.Patch(one, object{"topics": nil}).Problem(428, "precondition-required")
	c.Patch(one, object{"topics": nil}, testkit.IfMatch(`"1-x"`)).Problem(412, "stale")
	s.As(authz.Officer, "109").Patch(one, object{"topics": nil}, anyVersion).Problem(403, "forbidden")
	s.As(authz.Officer, "109").Post(url, body, anyVersion).Problem(403, "forbidden")
	assert.Equal(t, "monthly", c.Patch(one, object{"frequency": "monthly"}, anyVersion).Want(200).JSON()["frequency"])
	assert.Len(t, s.Anonymous().Get(url).Want(200).Items(), 2)
	c.Do("DELETE", url+"/"+forum.ID(), nil, anyVersion).Want(204)
	assert.Nil(t, s.Anonymous().Get(one).JSON()["coincidesWith"])
	c.Do("DELETE", url+"/"+forum.ID(), nil, anyVersion).Problem(404, "not-found")
	s.Anonymous().Get(url+"/"+forum.ID()).Problem(404, "not-found")
	s.Anonymous().Get("/v1/councils/"+other+"/duties/"+a.ID()).Problem(404, "not-found")
	s.As(authz.Convener, store.NewID().String()).Do("DELETE", one, nil, anyVersion).Problem(403, "forbidden")
}

func TestStateOfDuties(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := made(s, group("Velvollinen"))
	c, url := s.As(authz.Secretary, id), "/v1/councils/"+id+"/duties"
	year := time.Now().Year()
	for name, body := range map[string]object{
		"met first":     {"frequency": "yearly", "fulfilments": []object{{"year": year - 1, "state": "missed"}, {"year": year - 1, "state": "met"}}},
		"told missed":   {"frequency": "unspecified", "fulfilments": []object{{"year": year - 1, "state": "missed"}}},
		"planned":       {"frequency": "monthly", "fulfilments": []object{{"year": year - 1, "state": "planned"}, {"year": year, "state": "met"}}},
		"nothing told":  {"frequency": "yearly"},
		"more often":    {"frequency": "quarterly"},
		"no fixed time": {"frequency": "unspecified"},
		"every other":   {"frequency": "every_two_years"},
		"not yet":       {"frequency": "yearly", "from": fmt.Sprintf("%d-01-01", year)},
		"no more":       {"frequency": "yearly", "to": fmt.Sprintf("%d-01-01", year-1)},
		"its last year": {"frequency": "yearly", "to": fmt.Sprintf("%d-02-01", year-1)},
	} {
		c.Post(url, with(object{"kind": "event", "name": fi(name)}, body), anyVersion).Want(201)
	}
	states := func(year int) object {
		out := object{}
		for _, i := range s.Anonymous().Get(fmt.Sprintf("%s?year=%d", url, year)).Want(200).Items() {
			out[i["name"].(object)["fi"].(string)] = i["state"]
		}
		return out
	}
	assert.Equal(t, object{"met first": "met", "told missed": "missed", "planned": "planned", "nothing told": "missed", "more often": "missed", "no fixed time": "open", "every other": "open",
		"not yet": "open", "no more": "open", "its last year": "missed"}, states(year-1))
	assert.Equal(t, "open", states(year)["nothing told"], "the year is not over")
	assert.Equal(t, "met", states(year)["planned"])
	assert.NotContains(t, s.Anonymous().Get(url).Items()[0], "state")
	s.Anonymous().Get(url+"?year=20").Problem(400, "validation")
}

// TestTermKeepsItsSeats: a term's period cannot leave its seats, nor the nominations that are open, outside.
func TestTermKeepsItsSeats(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := made(s, group("Neuvottelukunta"))
	c, url := s.As(authz.Secretary, id), "/v1/councils/"+id+"/terms"
	term := c.Post(url, object{"from": "2021-01-01", "to": "2025-01-01"}, anyVersion).Want(201).ID()
	update := func(body object) *testkit.Answer { return c.Patch(url+"/"+term, body, anyVersion) }
	s.Exec("update seats set valid_from = '2021-06-01', valid_to = '2024-06-01' where id = $1::text::uuid", seat(s, id, term))
	seat(s, id, term) // nobody knows when
	update(object{"from": "2021-06-01", "to": "2024-06-01"}).Want(200)
	assert.Equal(t, []string{"seat-outside /from"}, update(object{"from": "2021-06-02"}).Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"seat-outside /from", "seat-outside /to"}, update(object{"from": "2022-01-01", "to": "2024-05-31"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"seat-outside /from"}, update(object{"from": "2024-07-01", "to": nil}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"seat-outside /to"}, update(object{"from": "2020-01-01", "to": "2021-01-01"}).Problem(422, "invalid-data"))
	update(object{"from": "2020-01-01", "to": nil}).Want(200)
	s.Exec("update seats set deleted_at = now() where council_id = $1::text::uuid", id)
	update(object{"from": "2022-01-01", "to": "2023-01-01"}).Want(200)
	person := store.NewID()
	s.Exec("insert into people (id, version, created_at, updated_at, name) values ($1, 1, now(), now(), 'Aino Esimerkki')", person)
	s.Exec(`insert into nominations (id, version, created_at, updated_at, council_id, status, role, person_id, nominating_council_id, term_id, valid_from)
		values ($1, 1, now(), now(), $2::text::uuid, 'proposed', 'member', $3, $2::text::uuid, $4::text::uuid, '2022-06-01')`, store.NewID(), id, person, term)
	assert.Equal(t, []string{"seat-outside /to"}, update(object{"to": "2022-06-01"}).Problem(422, "invalid-data"))
	s.Exec("update nominations set status = 'declined'")
	update(object{"to": "2022-06-01"}).Want(200)
}
