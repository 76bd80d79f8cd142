package person_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/contract"
	"github.com/seutu/seutu/internal/domain/person"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestExport(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	coordinator := s.As(authz.Coordinator, "05")
	org, c := organisation(s, "Oma ry", "109"), council(s, "05")
	p := coordinator.Post("/v1/people", object{"name": "Aino Avoin", "email": "aino@example.org", "consents": everything[:1]}).Want(201)
	url, id := p.Header.Get("Location"), p.ID()
	coordinator.Post("/v1/organisations/"+org+"/contacts", object{"personId": id, "role": "treasurer", "title": fi("Rahastonhoitaja")}, asItStands).Want(201)
	held := seat(s, c, id)
	nomination(s, c, id, org)
	holder(s, "05", "109", id)
	meeting := store.NewID()
	s.Exec("insert into meetings (id, version, created_at, updated_at, council_id, status, date, year) values ($1, 1, now(), now(), $2, 'held', '2024-02-02', 2024)", meeting, c)
	s.Exec("insert into meeting_attendances (id, meeting_id, created_at, seat_id, presence) values ($1, $2, now(), $3, 'remote')", store.NewID(), meeting, held)

	doc := coordinator.Get(url + "/export").Want(200).JSON()
	assert.Equal(t, coordinator.Get(url).JSON(), normalised(t, doc["person"]))
	assert.Len(t, doc["consents"], 3)
	records := doc["records"].(object)
	for name, want := range map[string]object{
		"contacts": {"organisationId": org, "role": "treasurer", "title": object{"fi": "Rahastonhoitaja"}}, "seats": {"councilId": c.String(), "role": "member"},
		"nominations": {"councilId": c.String(), "status": "proposed"}, "posts": {"title": fi("Yhdyshenkilö")}, "attendances": {"meetingId": meeting.String(), "presence": "remote", "date": "2024-02-02"},
	} {
		list, _ := records[name].([]any)
		if assert.Len(t, list, 1, name) {
			for member, v := range want {
				assert.Equal(t, v, list[0].(object)[member], "%s %s", name, member)
			}
		}
	}
	events := doc["events"].([]any)
	assert.Equal(t, "createPerson", events[0].(object)["operation"])

	// who exported it is known, to those in the area too
	seen := coordinator.Get("/v1/audit-events?action=exported&resourceId=" + id).Want(200).Items()
	require.Len(t, seen, 1)
	assert.Equal(t, coordinator.ID.String(), seen[0]["actorId"])
	s.As(authz.Officer, "109").Get(url+"/export").Problem(403, "forbidden")
	s.Anonymous().Get(url+"/export").Problem(401, "sign-in-needed")
	s.As(authz.Coordinator, "07").Get("/v1/people/"+uuid.NewString()+"/export").Problem(404, "not-found")
}

// normalised is a person of an export as a read shows it: jsonb writes times another way.
func normalised(t *testing.T, v any) object {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	var out object
	require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(string(raw), "+00:00", "Z")), &out))
	return out
}

// canary is somebody whose traces are found easily.
var canary = map[string]string{"name": "Kanarialintu \"Zyx\" & Öbå", "email": "kanarialintu.zyx@canary.example", "phone": "+358505557391"}

// stored lists the tables that hold a text in any column, written in any of the ways in which it might be.
func stored(s *testkit.Service, text string) (tables []string) {
	s.T.Helper()
	inJSON, err := json.Marshal(text)
	require.NoError(s.T, err)
	plain := string(store.AppendString(nil, []byte(text)))
	for _, form := range []string{text, string(inJSON[1 : len(inJSON)-1]), plain[1 : len(plain)-1]} {
		var found []string
		s.Scan(`select coalesce(array_agg(table_name::text), '{}') from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
			and query_to_xml(format('select 1 from %I t where position(lower(%L) in lower(t::text)) > 0 or position(lower(%L) in lower(t::text)) > 0 or position(%L in t::text) > 0', table_name,
				$1::text, replace(replace($1::text, '\', '\\'), '"', '""'), $2::text), true, true, '')::text <> ''`, []any{form, hex.EncodeToString([]byte(form))}, &found)
		tables = append(tables, found...)
	}
	slices.Sort(tables)
	return slices.Compact(tables)
}

// lists are the addresses of all lists that anybody may read.
func lists(t *testing.T, organisation string) (out []string) {
	t.Helper()
	c, err := contract.Load()
	require.NoError(t, err)
	for _, op := range c.Operations {
		path := op.Path
		if op.Method != http.MethodGet || !slices.Contains(op.Permissions, authz.Public) || !strings.HasPrefix(path, "/v1/") {
			continue
		}
		if path = strings.Replace(path, "/v1/organisations/{id}", "/v1/organisations/"+organisation, 1); path == "/v1/search" {
			out = append(out, "/v1/search?q="+url.QueryEscape(canary["name"]))
		} else if !strings.Contains(path, "{") {
			out = append(out, path)
		}
	}
	return append(out, "/v1/organisations?include=contacts", "/v1/organisations/"+organisation+"?include=contacts")
}

// TestErasedWithoutTrace erases a person who was everywhere, and looks for the person in every column of every table, in
// every public list and in the log. The same search finds the person before, so that it can be believed.
func TestErasedWithoutTrace(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	coordinator := s.As(authz.Coordinator, "05")
	org, c := organisation(s, "Lintu ry", "109"), council(s, "05")
	key := func(v string) testkit.Header { return testkit.Header{Name: "Idempotency-Key", Value: v} }
	p := coordinator.Post("/v1/people", object{"name": canary["name"], "email": canary["email"], "phone": canary["phone"], "consents": []object{
		{"fields": []string{"name", "email", "phone"}, "given": true, "ground": "Lomakkeella, allekirjoitti " + canary["name"]},
	}}, key("1")).Want(201)
	url, id := p.Header.Get("Location"), p.ID()
	coordinator.Post(url+"/consents", object{"fields": []string{"phone"}, "given": true, "ground": canary["email"]}, key("2")).Want(201)
	coordinator.Post("/v1/organisations/"+org+"/contacts", object{"personId": id, "role": "chair", "title": fi("Puheenjohtaja " + canary["name"])}, asItStands, key("3")).Want(201)
	coordinator.Patch(url, object{"phone": canary["phone"]}, asItStands).Want(200)
	coordinator.Get("/v1/people?q=zyx").Want(200)
	coordinator.Get(url + "/export").Want(200)
	coordinator.Post("/v1/people", object{"name": canary["name"], "email": canary["email"] + "@"}).Problem(422, "invalid-data")
	held := seat(s, c, id)
	nomination(s, c, id, org)
	holder(s, "05", "109", id)
	coordinator.Patch("/v1/seats/"+held.String(), object{"title": fi("Edustaja " + canary["name"]), "email": canary["email"], "phone": canary["phone"]}, asItStands).Want(200)
	meeting := coordinator.Post("/v1/councils/"+c.String()+"/meetings", object{"status": "held", "date": "2026-01-13", "description": fi(canary["name"] + " kutsui koolle")}).Want(201).Header.Get("Location")
	coordinator.Post(meeting+"/agenda", object{"title": fi("Puheenvuoro: " + canary["name"])}, asItStands).Want(201)
	coordinator.Post(meeting+"/decisions", object{"text": fi("Kiitettiin: " + canary["name"] + ".")}, asItStands).Want(201)
	coordinator.Do("PUT", meeting+"/attendance", object{"items": []object{{"seatId": held, "presence": "present", "note": canary["name"] + " lähti kesken"}}}, asItStands).Want(200)
	coordinator.Do("PUT", meeting+"/memo", object{"text": fi("Avauksen piti " + canary["name"] + ".")}).Want(201)
	coordinator.Post(meeting+"/memo/transitions", object{"to": "approved"}, asItStands).Want(200)
	coordinator.Post(meeting+"/memo/transitions", object{"to": "published"}, asItStands).Want(200)
	other := coordinator.Post("/v1/people", object{"name": "Joku Muu"}, key("4")).Want(201).ID()

	for name, tables := range map[string][]string{
		"name":  {"idempotency_keys", "meeting_agenda_items", "meeting_attendances", "meeting_decisions", "meetings", "memos", "organisation_contacts", "people", "person_consents", "seats"},
		"email": {"idempotency_keys", "people", "person_consents", "seats"}, "phone": {"idempotency_keys", "people", "seats"},
	} {
		assert.Equal(t, tables, stored(s, canary[name]), "before: the search finds the %s", name)
	}
	public := func() (found []string) {
		for _, path := range lists(t, org) {
			body := string(s.Anonymous().Get(path).Want(200).Body)
			if strings.Contains(body, "anarialintu") || strings.Contains(body, canary["phone"]) || strings.Contains(body, id) {
				found = append(found, path)
			}
		}
		return found
	}
	assert.GreaterOrEqual(t, len(public()), 6, "before: the public lists show it")

	var erased person.Erased
	s.People.Register(nil, func(_ context.Context, _ *store.Tx, e person.Erased) error { erased = e; return nil })
	for _, reason := range []string{"Kanarialintusen pyyntö", "pyyntö: " + canary["email"], "soitti " + canary["phone"], "pyyntö, zyx"} {
		assert.Equal(t, []string{"invalid /reason"}, coordinator.Post(url+"/erase", object{"reason": reason}, asItStands).Problem(422, "invalid-data"), reason)
	}
	coordinator.Post(url+"/erase", object{"reason": "x"}).Problem(428, "precondition-required")
	coordinator.Post(url+"/erase", object{"reason": "x"}, testkit.IfMatch(`"1-x"`)).Problem(412, "stale")
	coordinator.Post(url+"/erase", object{"reason": ""}, asItStands).Problem(400, "validation")
	version := coordinator.Get("/v1/organisations/" + org).JSON()["version"].(float64)
	once := key("5")
	coordinator.Post(url+"/erase", object{"reason": "Oma pyyntö"}, asItStands, once).Want(204)
	assert.Equal(t, person.Erased{ID: uuid.MustParse(id), Names: []string{canary["name"]}}, erased, "the other families are told whom")
	replayed := coordinator.Post(url+"/erase", object{"reason": "Oma pyyntö"}, asItStands, once).Want(204)
	assert.Equal(t, "true", replayed.Header.Get("Idempotency-Replayed"))

	for name, v := range canary {
		assert.Empty(t, stored(s, v), "after: the %s", name)
	}
	assert.Empty(t, stored(s, "anarialin"), "no part of it either")
	assert.Empty(t, public(), "after: the public lists")
	log := testkit.Log.String()
	require.Contains(t, log, "operation=erasePerson")
	for name, v := range canary {
		assert.NotContains(t, log, v, name)
		assert.NotContains(t, log, "anarialin", name)
	}

	// facts and counts stay
	assert.Contains(t, string(s.Anonymous().Get(meeting+"/memo").Want(200).Body), "Avauksen piti [")
	assert.EqualValues(t, 1, s.Anonymous().Get(meeting).Want(200).JSON()["quorum"].(object)["present"])
	contacts := s.Anonymous().Get("/v1/organisations/" + org + "/contacts").Want(200).Items()
	require.Len(t, contacts, 1)
	assert.Equal(t, object{"id": nil, "name": nil, "withheld": false, "erased": true}, contacts[0]["person"])
	assert.Nil(t, contacts[0]["title"])
	assert.Equal(t, contacts[0]["person"], coordinator.Get("/v1/organisations/" + org + "/contacts").Items()[0]["person"])
	assert.Equal(t, version+1, coordinator.Get("/v1/organisations/" + org).JSON()["version"], "its title has changed")
	var seats, consents, kept int
	var reason string
	s.Scan("select (select count(*) from seats where id = $1 and person_id = $2), (select count(*) from person_consents where person_id = $2), (select count(*) from idempotency_keys)", []any{held, id}, &seats, &consents, &kept)
	assert.Equal(t, []int{1, 4, 2}, []int{seats, consents, kept}, "answers about others, and that of the erasure itself, are kept")
	s.Scan("select note from transitions where resource_type = 'person' and resource_id = $1 and to_status = 'erased'", []any{id}, &reason)
	assert.Equal(t, "Oma pyyntö", reason)
	assert.Len(t, coordinator.Get("/v1/audit-events?action=erased&resourceId="+id).Want(200).Items(), 1)
	coordinator.Get("/v1/people/" + other).Want(200)

	// gone for those who could read it, as if it never was for others
	for _, a := range []*testkit.Answer{
		coordinator.Get(url), coordinator.Get(url + "/consents"), coordinator.Get(url + "/export"), coordinator.Patch(url, object{}, asItStands),
		coordinator.Post(url+"/erase", object{"reason": "x"}, asItStands), coordinator.Post(url+"/consents", object{"fields": []string{"name"}, "given": false}), s.As(authz.Officer, "109").Get(url),
	} {
		a.Problem(410, "gone")
		assert.NotNil(t, a.JSON()["deletedAt"])
	}
	s.Anonymous().Get(url).Problem(404, "not-found")
	s.As(authz.Coordinator, "07").Get(url).Problem(404, "not-found")
	assert.NotContains(t, names(coordinator.Get("/v1/people")), "")
	assert.Equal(t, []string{"unknown-reference /personId"}, coordinator.Post("/v1/organisations/"+org+"/contacts", object{"personId": id, "role": "chair"}, asItStands).Problem(422, "invalid-data"))
}

// TestErasureIsWhole: where a family cannot erase, nothing is erased.
func TestErasureIsWhole(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	coordinator := s.As(authz.Coordinator, "05")
	p := coordinator.Post("/v1/people", object{"name": "Aino Avoin", "consents": everything}).Want(201)
	s.People.Register(nil, func(context.Context, *store.Tx, person.Erased) error { return errors.New("broken") })
	err := s.People.Erase(authz.With(context.Background(), authz.SystemActor()), uuid.MustParse(p.ID()), ptr("*"), "Oma pyyntö")
	require.ErrorContains(t, err, "broken")
	assert.Equal(t, p.JSON(), coordinator.Get(p.Header.Get("Location")).Want(200).JSON())
}

func ptr(s string) *string { return &s }

// TestFormerNames: a name that was replaced is kept, shown in the export only, and found when the person is erased.
func TestFormerNames(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	coordinator, c := s.As(authz.Coordinator, "05"), council(s, "05")
	p := coordinator.Post("/v1/people", object{"name": "Kanaria Zyx", "consents": everything}, testkit.Header{Name: "Idempotency-Key", Value: "former"}).Want(201)
	url, id := p.Header.Get("Location"), p.ID()
	seat(s, c, id)
	meeting := coordinator.Post("/v1/councils/"+c.String()+"/meetings", object{"status": "held", "date": "2026-01-13"}).Want(201).Header.Get("Location")
	coordinator.Do("PUT", meeting+"/memo", object{"text": fi("Avasi Kanaria Zyx, päätti Kanaria Zyx Öbå, kiitti Kanaria Zyxinen.")}).Want(201)
	assert.Empty(t, coordinator.Get(url + "/export").Want(200).JSON()["formerNames"])

	for _, name := range []string{"Kanaria Zyx Öbå", " Kanaria  Zyx Öbå ", "Kanaria Öbå"} {
		coordinator.Patch(url, object{"name": name}, asItStands).Want(200)
	}
	coordinator.Patch(url, object{"email": "k@example.org"}, asItStands).Want(200)
	assert.Equal(t, []any{"Kanaria Zyx", "Kanaria Zyx Öbå"}, coordinator.Get(url + "/export").Want(200).JSON()["formerNames"])
	assert.NotContains(t, string(coordinator.Get(url).Want(200).Body), "Zyx")
	assert.Empty(t, names(coordinator.Get("/v1/people?q=zyx")))
	assert.Equal(t, []string{"idempotency_keys", "memos", "people"}, stored(s, "Kanaria Zyx"))

	assert.Equal(t, []string{"invalid /reason"}, coordinator.Post(url+"/erase", object{"reason": "Zyx pyysi"}, asItStands).Problem(422, "invalid-data"))
	coordinator.Post(url+"/erase", object{"reason": "Oma pyyntö"}, asItStands).Want(204)
	assert.Equal(t, fi("Avasi […], päätti […], kiitti Kanaria Zyxinen."), coordinator.Get(meeting + "/memo").Want(200).JSON()["text"])
	assert.Equal(t, []string{"memos"}, stored(s, "Kanaria Zyx"), "of somebody else only")
	assert.Empty(t, stored(s, "Kanaria Öbå"))
	var kept bool
	s.Scan("select former_names is not null from people where id = $1", []any{id}, &kept)
	assert.False(t, kept)
}
