package seat_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func fi(s string) object { return object{"fi": s} }

// world is a service with rows of the other families, written by SQL.
type world struct {
	*testkit.Service
	council string
	staff   *testkit.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Service: testkit.New(t)}
	w.council = w.newCouncil("Kanta-Hämeen järjestöneuvottelukunta", "05")
	w.staff = w.As(authz.Secretary, w.council)
	return w
}

func (w *world) newCouncil(name, region string) string {
	id := store.NewID().String()
	w.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, path, sort_name)
		values ($1, 1, now(), now(), 'advisory_council', jsonb_build_object('fi', $2::text), $3, '{}', $2)`, id, name, region)
	return id
}

func (w *world) newNetwork(name string, parent any) string {
	id := store.NewID().String()
	w.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, region, parent_id, path, sort_name)
		values ($1, 1, now(), now(), 'thematic', 'active', jsonb_build_object('fi', $2::text), '05', $3, '{}', $2)`, id, name, parent)
	return id
}

func (w *world) newTerm(council, from, to string) string {
	id := store.NewID().String()
	w.Exec("insert into council_terms (id, council_id, created_at, valid_from, valid_to) values ($1, $2, now(), $3, $4)", id, council, from, to)
	return id
}

// newPerson is somebody recorded for the region.
func (w *world) newPerson(name string, consent bool) string {
	id := store.NewID().String()
	w.Exec("insert into people (id, version, created_at, updated_at, name, sort_name, consent_name, region) values ($1, 1, now(), now(), $2, $2, $3, '05')", id, name, consent)
	return id
}

// known makes the people such that the council's secretary may read: they were nominated once.
func (w *world) known(council string, people ...string) {
	for _, p := range people {
		w.Exec(`insert into nominations (id, version, created_at, updated_at, council_id, status, role, person_id, nominating_council_id)
			values ($1, 1, now(), now(), $2, 'proposed', 'member', $3, $2)`, store.NewID(), council, p)
	}
}

func (w *world) newOrganisation(name, municipality string) string {
	return w.As(authz.Admin, "").Post("/v1/organisations", object{"kind": "association", "name": fi(name), "municipality": municipality}).Want(201).ID()
}

func (w *world) member(network, organisation string) string {
	id := store.NewID().String()
	w.Exec(`insert into memberships (id, version, created_at, updated_at, network_id, organisation_id, status, valid_from) values ($1, 1, now(), now(), $2, $3, 'active', '2020-01-01')`, id, network, organisation)
	return id
}

func (w *world) join(council, network string) {
	w.Exec(`insert into council_networks (id, version, created_at, updated_at, council_id, network_id, status, valid_from) values ($1, 1, now(), now(), $2, $3, 'joined', '2020-01-01')`, store.NewID(), council, network)
}

func (w *world) seats() string { return "/v1/councils/" + w.council + "/seats" }

func of(more ...object) object {
	o := object{"role": "member", "from": "2024-01-01"}
	for _, m := range more {
		for k, v := range m {
			o[k] = v
		}
	}
	return o
}

func TestEveryMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person, network, organisation, term := w.newPerson("Sanna Sihteeri", true), w.newNetwork("Nuorisoverkosto", nil), w.newOrganisation("Kotijärjestö ry", "109"), w.newTerm(w.council, "2024-01-01", "2028-01-01")
	staff := w.As(authz.Coordinator, "05")
	principal := staff.Post(w.seats(), of()).Want(201)
	assert.Equal(t, true, principal.JSON()["vacant"], "nobody is named: nobody holds it")
	whole := object{
		"role": "deputy", "roleName": fi("varaedustaja"), "personId": person, "title": fi("toiminnanjohtaja"), "organisationId": organisation, "nominatingNetworkId": network,
		"termId": term, "deputyFor": principal.ID(), "email": "sanna@EXAMPLE.org", "phone": "050 555 0101", "from": "2024-02-01", "to": "2027-01-01",
	}
	made := staff.Post(w.seats(), whole).Want(201)
	assert.Equal(t, "/v1/seats/"+made.ID(), made.Header.Get("Location"))
	got := w.Anonymous().Get("/v1/seats/" + made.ID()).Want(200).JSON()
	assert.Equal(t, made.JSON(), got, "the person consents: everyone sees the same")
	for member, want := range (object{
		"councilId": w.council, "role": "deputy", "roleName": fi("varaedustaja"), "vacant": false, "title": fi("toiminnanjohtaja"), "organisationId": organisation,
		"person": object{"id": person, "name": "Sanna Sihteeri", "withheld": false, "erased": false}, "nominatingOrganisationId": nil, "nominatingNetworkId": network, "nominatingCouncilId": nil,
		"termId": term, "deputyFor": principal.ID(), "predecessorId": nil, "email": "sanna@example.org", "phone": "+358505550101", "from": "2024-02-01", "to": "2027-01-01", "version": 1.0,
	}) {
		assert.Equal(t, want, got[member], member)
	}
	assert.Len(t, got, 21)

	known := staff.Post(w.seats(), of(object{"role": "expert", "vacant": false})).Want(201).JSON()
	assert.Equal(t, false, known["vacant"], "somebody holds it, nobody knows who")
	assert.Nil(t, known["person"])

	url := "/v1/seats/" + made.ID()
	changed := staff.Patch(url, object{"title": nil, "roleName": object{"sv": "suppleant"}, "phone": nil, "to": "2026-06-01"}, testkit.IfMatch(made.ETag())).Want(200)
	got = changed.JSON()
	assert.Equal(t, []any{nil, object{"fi": "varaedustaja", "sv": "suppleant"}, nil, "2026-06-01", 2.0}, []any{got["title"], got["roleName"], got["phone"], got["to"], got["version"]})
	again := staff.Patch(url, object{"to": "2026-06-01"}, testkit.IfMatch(changed.ETag())).Want(200)
	assert.Equal(t, 2.0, again.JSON()["version"], "nothing changed, nothing is written")
	assert.Equal(t, changed.ETag(), again.ETag())
	w.Anonymous().Get(url, testkit.Header{Name: "If-None-Match", Value: w.Anonymous().Get(url).ETag()}).Want(304)
	staff.Patch(url, object{"to": "2026-06-02"}).Problem(428, "precondition-required")
	staff.Patch(url, object{"to": "2026-06-02"}, testkit.IfMatch(made.ETag())).Problem(412, "stale")
	for _, fixed := range []string{"personId", "role", "nominatingNetworkId", "councilId", "predecessorId", "id"} {
		assert.Equal(t, []string{"unknown /" + fixed}, staff.Patch(url, object{fixed: person}, testkit.IfMatch("*")).Problem(400, "validation"))
	}
	assert.Equal(t, []string{"contradiction /vacant"}, staff.Patch(url, object{"vacant": true}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"required /deputyFor"}, staff.Patch(url, object{"deputyFor": nil}, testkit.IfMatch("*")).Problem(422, "invalid-data"))

	var members []byte
	w.Scan("select jsonb_agg(changed order by version) from changes where resource_id = $1", []any{made.ID()}, &members)
	var all [][]string
	require.NoError(t, json.Unmarshal(members, &all))
	assert.ElementsMatch(t, []string{"title", "roleName", "phone", "to"}, all[1])
}

func TestDataThatCannotBeRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere := w.newCouncil("Päijät-Häme", "07")
	other := w.As(authz.Coordinator, "07").Post("/v1/councils/"+elsewhere+"/seats", of()).Want(201).ID()
	term, foreign := w.newTerm(w.council, "2024-01-01", "2025-01-01"), w.newTerm(elsewhere, "2024-01-01", "2025-01-01")
	nothing := store.NewID().String()
	stranger := w.newPerson("Salla Salattu", false) // of the region: the secretary of one council does not know her
	draft := w.As(authz.Admin, "").Post("/v1/organisations", object{"kind": "association", "name": fi("Luonnos ry"), "municipality": "109", "status": "draft"}).Want(201).ID()
	assert.ElementsMatch(t, []string{
		"unknown-reference /personId", "contradiction /vacant", "unknown-reference /organisationId", "unknown-reference /nominatingOrganisationId", "unknown-reference /nominatingNetworkId",
		"contradiction /nominatingOrganisationId", "contradiction /nominatingNetworkId", "contradiction /nominatingCouncilId", "unknown-reference /nominatingCouncilId",
		"unknown-reference /termId", "unknown-reference /deputyFor", "unknown-reference /succeeds", "order /to", "invalid /email", "invalid /phone",
	}, w.staff.Post(w.seats(), object{
		"role": "deputy", "personId": stranger, "vacant": true, "organisationId": draft, "nominatingOrganisationId": nothing, "nominatingNetworkId": nothing, "nominatingCouncilId": nothing,
		"termId": foreign, "deputyFor": other, "succeeds": other, "from": "2024-02-01", "to": "2024-02-01", "email": "x", "phone": "y",
	}).Problem(422, "invalid-data"), "all faults at once")

	for name, tt := range map[string]struct {
		body object
		want []string
	}{
		"no role":                 {object{}, []string{"required /role"}},
		"a deputy of nobody":      {of(object{"role": "deputy"}), []string{"required /deputyFor"}},
		"a member for somebody":   {of(object{"deputyFor": nothing}), []string{"contradiction /deputyFor", "unknown-reference /deputyFor"}},
		"before the term":         {of(object{"termId": term, "from": "2023-12-31"}), []string{"outside-term /from"}},
		"after the term":          {of(object{"termId": term, "to": "2025-01-02"}), []string{"outside-term /to"}},
		"wholly after the term":   {of(object{"termId": term, "from": "2025-01-01", "to": "2026-01-01"}), []string{"outside-term /from", "outside-term /to"}},
		"a nominator in two ways": {of(object{"nominatingCouncilId": w.council, "nominatingNetworkId": nothing}), []string{"contradiction /nominatingCouncilId", "contradiction /nominatingNetworkId", "unknown-reference /nominatingNetworkId"}},
	} {
		assert.ElementsMatch(t, tt.want, w.staff.Post(w.seats(), tt.body).Problem(422, "invalid-data"), name)
	}
	assert.ElementsMatch(t, []string{"enum /role", "unknown /status"}, w.staff.Post(w.seats(), object{"role": "king", "status": "x"}).Problem(400, "validation"))

	principal := w.staff.Post(w.seats(), of(object{"termId": term, "to": "2025-01-01"})).Want(201)
	deputy := w.staff.Post(w.seats(), of(object{"role": "deputy", "deputyFor": principal.ID()})).Want(201)
	assert.Equal(t, []string{"invalid /deputyFor"}, w.staff.Post(w.seats(), of(object{"role": "deputy", "deputyFor": deputy.ID()})).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"invalid /deputyFor"}, w.staff.Patch("/v1/seats/"+deputy.ID(), object{"deputyFor": deputy.ID()}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"outside-term /to"}, w.staff.Patch("/v1/seats/"+principal.ID(), object{"to": "2025-06-01"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
}

// TestRules: each rule refuses a second seat at the same time, names the first, and lets it be before and after.
func TestRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	network, person := w.newNetwork("Nuorisoverkosto", nil), w.newPerson("Pertti Perusjäsen", true)
	principal := w.staff.Post(w.seats(), of(object{"role": "secretary"})).Want(201).ID()
	w.known(w.council, person)
	for name, tt := range map[string]struct {
		first, second object
		pointer       string
	}{
		"two chairs":                   {object{"role": "chair"}, object{"role": "chair"}, "/role"},
		"two members of a network":     {object{"nominatingNetworkId": network}, object{"nominatingNetworkId": network, "role": "vice_chair"}, "/nominatingNetworkId"},
		"two deputies of a network":    {object{"nominatingNetworkId": network, "role": "deputy", "deputyFor": principal}, object{"nominatingNetworkId": network, "role": "deputy", "deputyFor": principal}, "/nominatingNetworkId"},
		"one person in two seats":      {object{"personId": person}, object{"personId": person, "role": "expert"}, "/personId"},
		"one person as its own deputy": {object{"personId": person}, object{"personId": person, "role": "deputy", "deputyFor": principal}, "/personId"},
	} {
		first := w.staff.Post(w.seats(), of(tt.first, object{"from": "2024-01-01", "to": "2025-01-01"})).Want(201)
		for _, period := range []object{{"from": "2024-06-01", "to": nil}, {"from": nil, "to": "2024-01-02"}, {"from": nil, "to": nil}, {"from": "2024-12-31"}} {
			a := w.staff.Post(w.seats(), of(tt.second, period))
			assert.Equal(t, []string{"overlap " + tt.pointer}, a.Problem(409, "overlap"), name)
			assert.Equal(t, first.ID(), a.JSON()["conflictsWith"], name)
		}
		after := w.staff.Post(w.seats(), of(tt.second, object{"from": "2025-01-01", "to": "2026-01-01"})).Want(201)
		before := w.staff.Post(w.seats(), of(tt.second, object{"from": nil, "to": "2024-01-01"})).Want(201)
		a := w.staff.Patch("/v1/seats/"+first.ID(), object{"to": "2025-01-02"}, testkit.IfMatch(first.ETag()))
		assert.Equal(t, []string{"overlap " + tt.pointer}, a.Problem(409, "overlap"), name)
		assert.Equal(t, after.ID(), a.JSON()["conflictsWith"], name)
		for _, id := range []string{first.ID(), before.ID(), after.ID()} {
			w.staff.Do("DELETE", "/v1/seats/"+id, nil, testkit.IfMatch("*")).Want(204)
		}
		w.staff.Post(w.seats(), of(tt.first, object{"from": "2024-01-01", "to": "2024-01-02"})).Want(201) // what was deleted stands in nobody's way
		w.Exec("delete from seats where council_id = $1 and id <> $2 and valid_from >= '2000-01-01'", w.council, principal)
	}
	// of one network: a member, a deputy, an expert; other councils do not matter
	for _, body := range []object{{"nominatingNetworkId": network}, {"nominatingNetworkId": network, "role": "deputy", "deputyFor": principal}, {"nominatingNetworkId": network, "role": "expert"}, {"role": "chair"}} {
		w.staff.Post(w.seats(), of(body)).Want(201)
	}
	// all that stands in the way is told at once
	a := w.staff.Post(w.seats(), of(object{"role": "chair", "nominatingNetworkId": network, "personId": person}))
	assert.ElementsMatch(t, []string{"overlap /role", "overlap /nominatingNetworkId"}, a.Problem(409, "overlap"))
	coordinator := w.As(authz.Coordinator, "07")
	coordinator.Post("/v1/councils/"+w.newCouncil("Toinen", "07")+"/seats", of(object{"role": "chair", "nominatingNetworkId": network})).Want(201)
}

func TestSuccession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	network, organisation, term := w.newNetwork("Nuorisoverkosto", nil), w.newOrganisation("Kotijärjestö ry", "109"), w.newTerm(w.council, "2024-01-01", "2028-01-01")
	a, b := w.newPerson("Aino Ensimmäinen", true), w.newPerson("Bertta Toinen", true)
	w.known(w.council, a, b)
	old := w.staff.Post(w.seats(), object{
		"role": "chair", "roleName": fi("puheenjohtaja"), "personId": a, "title": fi("rehtori"), "organisationId": organisation, "nominatingNetworkId": network, "termId": term,
		"from": "2024-01-01", "to": "2028-01-01", "email": "a@example.org",
	}).Want(201)
	deputy := w.staff.Post(w.seats(), of(object{"role": "deputy", "deputyFor": old.ID()})).Want(201)
	succeed := func(more object) *testkit.Answer {
		return w.staff.Post(w.seats(), func() object {
			o := object{"succeeds": old.ID()}
			for k, v := range more {
				o[k] = v
			}
			return o
		}())
	}
	assert.Equal(t, []string{"required /from"}, succeed(object{"personId": b}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"order /from"}, succeed(object{"personId": b, "from": "2024-01-01"}).Problem(422, "invalid-data"))
	next := succeed(object{"personId": b, "from": "2025-03-01"}).Want(201)
	got := next.JSON()
	for member, want := range (object{
		"role": "chair", "roleName": fi("puheenjohtaja"), "title": nil, "organisationId": nil, "nominatingNetworkId": network, "termId": term, "from": "2025-03-01", "to": "2028-01-01",
		"email": "a@example.org", "predecessorId": old.ID(), "vacant": false,
	}) {
		assert.Equal(t, want, got[member], member)
	}
	was := w.Anonymous().Get("/v1/seats/" + old.ID()).Want(200).JSON()
	assert.Equal(t, []any{"2025-03-01", 2.0}, []any{was["to"], was["version"]})
	assert.Equal(t, old.ID(), w.Anonymous().Get("/v1/seats/" + deputy.ID()).JSON()["deputyFor"], "history stays")
	w.staff.Patch("/v1/seats/"+deputy.ID(), object{"deputyFor": next.ID()}, testkit.IfMatch(deputy.ETag())).Want(200)

	again := succeed(object{"role": "expert", "nominatingNetworkId": nil, "from": "2025-04-01"})
	assert.Equal(t, []string{"overlap /succeeds"}, again.Problem(409, "overlap"), "one follows another")
	assert.Equal(t, next.ID(), again.JSON()["conflictsWith"])

	// in another role, by another nominator: neither the name of the role nor the nominator is taken over; vacant ones can follow too
	last := w.staff.Post(w.seats(), object{"succeeds": next.ID(), "from": "2026-01-01", "role": "member", "nominatingOrganisationId": organisation, "termId": nil, "to": nil}).Want(201).JSON()
	assert.Equal(t, []any{"member", nil, nil, organisation, nil, nil, true}, []any{last["role"], last["roleName"], last["nominatingNetworkId"], last["nominatingOrganisationId"], last["termId"], last["to"], last["vacant"]})
	// one that has ended long before is left as it is
	ended := w.staff.Post(w.seats(), of(object{"from": "2020-01-01", "to": "2021-01-01"})).Want(201)
	late := w.staff.Post(w.seats(), object{"succeeds": ended.ID(), "from": "2023-01-01"}).Want(201).JSON()
	assert.Nil(t, late["to"])
	assert.Equal(t, "2021-01-01", w.Anonymous().Get("/v1/seats/" + ended.ID()).JSON()["to"])
	// a conflict leaves nothing done
	w.staff.Post(w.seats(), object{"succeeds": deputy.ID(), "from": "2026-02-01", "personId": b, "role": "chair"}).Want(201)
	w.staff.Post(w.seats(), object{"succeeds": late["id"], "from": "2026-02-01", "role": "chair"}).Problem(409, "overlap")
	assert.Equal(t, 1.0, w.Anonymous().Get("/v1/seats/" + late["id"].(string)).JSON()["version"])
}

func TestWhoMayWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	seat := w.staff.Post(w.seats(), of()).Want(201)
	network := w.newNetwork("Verkosto", nil)
	local := store.NewID().String()
	w.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, municipality, path, sort_name) values ($1, 1, now(), now(), 'working_group', '{"fi": "x"}', '05', '109', '{}', 'x')`, local)
	for _, tt := range []struct {
		who    *testkit.Client
		status int
		local  int // in the council of the municipality
	}{
		{w.As(authz.Admin, ""), 201, 201}, {w.As(authz.Coordinator, "05"), 201, 201}, {w.As(authz.Coordinator, "07"), 403, 403}, {w.As(authz.Officer, "109"), 403, 201}, {w.As(authz.Officer, "165"), 403, 403},
		{w.As(authz.Secretary, w.council), 201, 403}, {w.As(authz.Secretary, store.NewID().String()), 403, 403}, {w.As(authz.Convener, network), 403, 403},
		{w.As(authz.Editor, store.NewID().String()), 403, 403}, {w.As(authz.Integration, "05", "network.write"), 403, 403}, {w.Anonymous(), 401, 401},
	} {
		tt.who.Post(w.seats(), of()).Want(tt.status)
		tt.who.Post("/v1/councils/"+local+"/seats", of()).Want(tt.local)
		if tt.status != 201 {
			tt.who.Patch("/v1/seats/"+seat.ID(), object{"to": "2030-01-01"}, testkit.IfMatch(seat.ETag())).Want(tt.status)
			tt.who.Do("DELETE", "/v1/seats/"+seat.ID(), nil, testkit.IfMatch(seat.ETag())).Want(tt.status)
		}
	}
	// of a committee the secretary of the council above
	committee := store.NewID().String()
	w.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, parent_id, path, sort_name) values ($1, 1, now(), now(), 'committee', '{"fi": "x"}', '05', $2, '{}', 'x')`, committee, w.council)
	w.staff.Post("/v1/councils/"+committee+"/seats", of()).Want(201)
	nothing := store.NewID().String()
	w.staff.Post("/v1/councils/"+nothing+"/seats", of()).Problem(404, "not-found")
	w.staff.Get("/v1/councils/"+nothing+"/seats").Problem(404, "not-found")
	w.staff.Patch("/v1/seats/"+nothing, object{}, testkit.IfMatch("*")).Problem(404, "not-found")
	w.Exec("update councils set deleted_at = now() where id = $1", local)
	w.Anonymous().Get("/v1/councils/"+local+"/seats").Problem(410, "gone")
	w.staff.Post("/v1/councils/"+local+"/seats", of()).Problem(410, "gone")
}

func TestDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	network := w.newNetwork("Verkosto", nil)
	person := w.newPerson("Matti Muistio", true)
	meeting := store.NewID()
	w.Exec("insert into meetings (id, version, created_at, updated_at, council_id, status) values ($1, 1, now(), now(), $2, 'held')", meeting, w.council)
	for name, use := range map[string]func(seat string){
		"a deputy":    func(seat string) { w.staff.Post(w.seats(), of(object{"role": "deputy", "deputyFor": seat})).Want(201) },
		"a successor": func(seat string) { w.staff.Post(w.seats(), object{"succeeds": seat, "from": "2025-01-01"}).Want(201) },
		"attendance": func(seat string) {
			w.Exec("insert into meeting_attendances (id, meeting_id, created_at, seat_id, presence) values ($1, $2, now(), $3, 'absent')", store.NewID(), meeting, seat)
		},
		"a nomination": func(seat string) {
			w.Exec("insert into nominations (id, version, created_at, updated_at, council_id, status, role, person_id, nominating_network_id, seat_id) values ($1, 1, now(), now(), $2, 'confirmed', 'member', $3, $4, $5)", store.NewID(), w.council, person, network, seat)
		},
		"one who is to follow": func(seat string) {
			w.Exec("insert into nominations (id, version, created_at, updated_at, council_id, status, role, person_id, nominating_network_id, succeeds) values ($1, 1, now(), now(), $2, 'proposed', 'member', $3, $4, $5)", store.NewID(), w.council, person, network, seat)
		},
	} {
		seat := w.staff.Post(w.seats(), of()).Want(201)
		use(seat.ID())
		a := w.staff.Do("DELETE", "/v1/seats/"+seat.ID(), nil, testkit.IfMatch("*"))
		assert.Empty(t, a.Problem(409, "in-use"), name)
	}
	seat := w.staff.Post(w.seats(), of()).Want(201)
	url := "/v1/seats/" + seat.ID()
	w.staff.Do("DELETE", url, nil).Problem(428, "precondition-required")
	w.staff.Do("DELETE", url, nil, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	w.staff.Do("DELETE", url, nil, testkit.IfMatch(seat.ETag())).Want(204)
	w.Anonymous().Get(url).Problem(410, "gone")
	w.staff.Patch(url, object{}, testkit.IfMatch("*")).Problem(410, "gone")
	w.staff.Do("DELETE", url, nil, testkit.IfMatch("*")).Problem(410, "gone")
	assert.NotContains(t, fmt.Sprint(w.Anonymous().Get(w.seats()+"?limit=200").Items()), seat.ID())
}
