package seat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// chains are the ways of an organisation, in words.
func chains(c *testkit.Client, organisation, on string) (out []string) {
	for _, chain := range c.Get("/v1/organisations/" + organisation + "/representation?on=" + on).Want(200).JSON()["chains"].([]any) {
		var steps []string
		for _, s := range chain.(object)["steps"].([]any) {
			step := s.(object)
			if step["type"] == "network" {
				steps = append(steps, step["name"].(object)["fi"].(string)+map[bool]string{true: "", false: " (member)"}[step["membershipId"] == nil])
				continue
			}
			who := "?"
			if p, ok := step["person"].(object); ok && p["name"] != nil {
				who = p["name"].(string)
			} else if step["vacant"] == true {
				who = "vacant"
			}
			steps = append(steps, fmt.Sprintf("%s in %s: %s", step["role"], step["councilName"].(object)["fi"], who))
		}
		out = append(out, strings.Join(steps, " → "))
	}
	return out
}

func TestWhoSpeaksForAnOrganisation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.As(authz.Admin, "")
	organisation, lonely := w.newOrganisation("Jäsen ry", "109"), w.newOrganisation("Yksin ry", "109")
	top := w.newNetwork("Yläverkosto", nil)
	sub := w.newNetwork("Alaverkosto", top)
	membership := w.member(sub, organisation)
	forum, group := w.newCouncil("Turvallisuusfoorumi", "05"), w.newCouncil("Yhteistyöryhmä", "05")
	open, hidden := w.newPerson("Avoin Anna", true), w.newPerson("Salattu Sauli", false)
	post := func(council string, body object) string {
		return admin.Post("/v1/councils/"+council+"/seats", of(body)).Want(201).ID()
	}
	post(w.council, object{"nominatingNetworkId": top, "personId": open, "to": "2025-01-01"})
	post(w.council, object{"nominatingNetworkId": top, "personId": hidden, "from": "2025-01-01"})
	post(w.council, object{"nominatingOrganisationId": organisation, "role": "expert", "vacant": false})
	post(forum, object{"nominatingCouncilId": w.council, "role": "chair", "personId": open})
	post(group, object{"nominatingCouncilId": forum})
	post(w.council, object{"nominatingCouncilId": group, "role": "secretary"}) // a circle: nobody goes round in it
	post(group, object{"nominatingNetworkId": sub, "from": "2026-01-01"})

	staff := w.As(authz.Coordinator, "05")
	want := []string{
		"expert in Kanta-Hämeen järjestöneuvottelukunta: ?",
		"expert in Kanta-Hämeen järjestöneuvottelukunta: ? → chair in Turvallisuusfoorumi: Avoin Anna",
		"Alaverkosto (member) → Yläverkosto → member in Kanta-Hämeen järjestöneuvottelukunta: Avoin Anna",
		"expert in Kanta-Hämeen järjestöneuvottelukunta: ? → chair in Turvallisuusfoorumi: Avoin Anna → member in Yhteistyöryhmä: vacant",
		"Alaverkosto (member) → Yläverkosto → member in Kanta-Hämeen järjestöneuvottelukunta: Avoin Anna → chair in Turvallisuusfoorumi: Avoin Anna",
		"Alaverkosto (member) → Yläverkosto → member in Kanta-Hämeen järjestöneuvottelukunta: Avoin Anna → chair in Turvallisuusfoorumi: Avoin Anna → member in Yhteistyöryhmä: vacant",
	}
	assert.Equal(t, want, chains(staff, organisation, "2024-12-31"))
	later := chains(staff, organisation, "2025-06-01")
	assert.Contains(t, later, "Alaverkosto (member) → Yläverkosto → member in Kanta-Hämeen järjestöneuvottelukunta: Salattu Sauli")
	assert.Contains(t, chains(w.Anonymous(), organisation, "2025-06-01"), "Alaverkosto (member) → Yläverkosto → member in Kanta-Hämeen järjestöneuvottelukunta: ?", "no name without consent")
	assert.Contains(t, chains(staff, organisation, "2026-01-01"), "Alaverkosto (member) → member in Yhteistyöryhmä: vacant")
	assert.Empty(t, chains(staff, organisation, "2019-01-01"))
	assert.Empty(t, chains(staff, lonely, "2024-12-31"))

	step := staff.Get("/v1/organisations/" + organisation + "/representation?on=2024-12-31").JSON()["chains"].([]any)[2].(object)["steps"].([]any)[0].(object)
	assert.Equal(t, []any{sub, membership, "2020-01-01", nil}, []any{step["networkId"], step["membershipId"], step["from"], step["to"]})
	a := w.Anonymous().Get("/v1/organisations/" + organisation + "/representation").Want(200)
	w.Anonymous().Get("/v1/organisations/"+organisation+"/representation", testkit.Header{Name: "If-None-Match", Value: a.ETag()}).Want(304)

	// only what the reader may see has representation
	draft := admin.Post("/v1/organisations", object{"kind": "association", "name": fi("Luonnos ry"), "municipality": "109", "status": "draft"}).Want(201).ID()
	w.Anonymous().Get("/v1/organisations/"+draft+"/representation").Problem(404, "not-found")
	staff.Get("/v1/organisations/" + draft + "/representation").Want(200)
	w.Anonymous().Get("/v1/organisations/"+store.NewID().String()+"/representation").Problem(404, "not-found")
	admin.Do("DELETE", "/v1/organisations/"+lonely, nil, testkit.IfMatch("*")).Want(204)
	w.Anonymous().Get("/v1/organisations/"+lonely+"/representation").Problem(410, "gone")
	w.Anonymous().Get("/v1/organisations/"+draft+"/representation?on=2024-02-30").Problem(400, "validation")
}

// TestDenselyNominated: councils that all nominate each other have millions of chains; the shortest thousand are told.
func TestDenselyNominated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	organisation := w.newOrganisation("Jäsen ry", "109")
	w.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, path, sort_name)
		select gen_random_uuid(), 1, now(), now(), 'working_group', jsonb_build_object('fi', 'Ryhmä ' || i), '05', '{}', 'x' from generate_series(1, 11) i`)
	w.Exec(`insert into seats (id, version, created_at, updated_at, council_id, role, nominating_council_id, vacant)
		select gen_random_uuid(), 1, now(), now(), a.id, 'expert', b.id, true from councils a join councils b on a.id <> b.id`)
	w.Exec(`insert into seats (id, version, created_at, updated_at, council_id, role, nominating_organisation_id, vacant) values (gen_random_uuid(), 1, now(), now(), $1, 'expert', $2, false)`, w.council, organisation)
	found := chains(w.Anonymous(), organisation, "2025-01-01")
	require.Len(t, found, 1000)
	assert.Equal(t, 0, strings.Count(found[0], "→"))
	for i := 1; i < len(found); i++ {
		require.LessOrEqual(t, strings.Count(found[i-1], "→"), strings.Count(found[i], "→"), "the shortest come first")
	}
	short := 0
	for _, f := range found {
		if strings.Count(f, "→") <= 2 {
			short++
		}
	}
	assert.Equal(t, 1+11+11*10, short, "all of up to three steps are there")
}

func TestForWhomACouncilSpeaks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.As(authz.Admin, "")
	top, silent, outside := w.newNetwork("Yläverkosto", nil), w.newNetwork("Hiljainen", nil), w.newNetwork("Ulkopuolinen", nil)
	sub := w.newNetwork("Alaverkosto", top)
	for _, n := range []string{top, silent} {
		w.join(w.council, n)
	}
	a, b, c, d, e, x := w.newOrganisation("A ry", "109"), w.newOrganisation("B ry", "109"), w.newOrganisation("C ry", "165"), w.newOrganisation("D ry", "165"), w.newOrganisation("E ry", "109"), w.newOrganisation("X ry", "109")
	for network, members := range map[string][]string{top: {a}, sub: {a, b}, silent: {b, c, d, e}, outside: {e, x}} {
		for _, m := range members {
			w.member(network, m)
		}
	}
	draft := admin.Post("/v1/organisations", object{"kind": "association", "name": fi("Luonnos ry"), "municipality": "109", "status": "draft"}).Want(201).ID()
	w.member(silent, draft)
	person := w.newPerson("Salattu Sauli", false)
	spoken := admin.Post(w.seats(), of(object{"nominatingNetworkId": top, "personId": person, "roleName": fi("edustaja")})).Want(201).ID()
	vacant := admin.Post(w.seats(), of(object{"nominatingNetworkId": silent})).Want(201).ID()
	admin.Post(w.seats(), of(object{"nominatingOrganisationId": d, "role": "expert", "vacant": false})).Want(201)
	admin.Post(w.seats(), of(object{"nominatingCouncilId": w.council, "role": "chair", "vacant": false, "from": "2026-01-01"})).Want(201)

	url := "/v1/councils/" + w.council + "/representation"
	got := w.staff.Get(url + "?on=2025-01-01").Want(200).JSON()
	assert.Equal(t, []any{w.council, "2025-01-01", 5.0, 2.0}, []any{got["councilId"], got["on"], got["memberOrganisations"], got["withoutVoice"]})
	seats := got["seats"].([]any)
	require.Len(t, seats, 3)
	first := seats[0].(object)
	spokenFor := func(s any) (out []string) {
		for _, o := range s.(object)["speaksFor"].([]any) {
			out = append(out, o.(object)["name"].(object)["fi"].(string))
		}
		return out
	}
	byID := map[string]object{}
	for _, s := range seats {
		byID[s.(object)["seatId"].(string)] = s.(object)
	}
	assert.Equal(t, []string{"A ry", "B ry"}, spokenFor(byID[spoken]), "each once, those of the sub-network too")
	assert.Equal(t, []any{2.0, object{"type": "network", "id": top, "name": fi("Yläverkosto")}, fi("edustaja"), "Salattu Sauli"},
		[]any{byID[spoken]["organisations"], byID[spoken]["nominatedBy"], byID[spoken]["roleName"], byID[spoken]["person"].(object)["name"]})
	assert.Equal(t, []string{"B ry", "C ry", "D ry", "E ry"}, spokenFor(byID[vacant]))
	assert.Equal(t, "member", first["role"])
	last := seats[2].(object)
	assert.Equal(t, []any{"expert", 1.0, "organisation"}, []any{last["role"], last["organisations"], last["nominatedBy"].(object)["type"]})
	anonymous := w.Anonymous().Get(url + "?on=2026-02-01").Want(200).JSON()["seats"].([]any)
	assert.Equal(t, object{"type": "council", "id": w.council, "name": fi("Kanta-Hämeen järjestöneuvottelukunta")}, anonymous[0].(object)["nominatedBy"])
	assert.NotContains(t, fmt.Sprint(anonymous), "Sauli")

	without := func(query string) (out []string) {
		for _, o := range w.Anonymous().Get(url + "/without-voice?on=2025-01-01" + query).Want(200).Items() {
			out = append(out, o["name"].(object)["fi"].(string))
		}
		return out
	}
	assert.Equal(t, []string{"C ry", "E ry"}, without(""))
	assert.Equal(t, []string{"C ry"}, without("&municipality=165"))
	assert.Empty(t, without("&municipality=398"))
	page := w.Anonymous().Get(url + "/without-voice?on=2025-01-01&limit=1&count=true").Want(200).JSON()
	assert.Equal(t, 2.0, page["total"])
	item := page["items"].([]any)[0].(object)
	assert.Equal(t, object{"organisationId": c, "name": fi("C ry"), "municipality": "165", "networks": []any{object{"id": silent, "name": fi("Hiljainen")}}}, item)
	assert.Equal(t, "E ry", w.Anonymous().Get(page["next"].(string)).Items()[0]["name"].(object)["fi"])
	assert.Empty(t, w.Anonymous().Get(url+"/without-voice?on=2019-01-01").Want(200).Items(), "nobody was a member then")
	// the seat is taken: somebody speaks for them
	admin.Patch("/v1/seats/"+vacant, object{"vacant": false}, testkit.IfMatch("*")).Want(200)
	assert.Empty(t, without(""))

	nothing := "/v1/councils/" + store.NewID().String() + "/representation"
	w.Anonymous().Get(nothing).Problem(404, "not-found")
	w.Anonymous().Get(nothing+"/without-voice").Problem(404, "not-found")
	w.Exec("update councils set deleted_at = now() where id = $1", w.council)
	w.Anonymous().Get(url).Problem(410, "gone")
	w.Anonymous().Get(url+"/without-voice").Problem(410, "gone")
}
