package nomination_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func fi(s string) object { return object{"fi": s} }

func with(o object, more ...object) object {
	out := object{}
	for _, m := range append([]object{o}, more...) {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

// world is a service with a council, a network with a person of its own, and rows of other families, written by SQL.
type world struct {
	*testkit.Service
	council, network, person string
	staff, convener          *testkit.Client // who decides, and who proposes
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Service: testkit.New(t)}
	w.council, w.network = w.newCouncil("Järjestöneuvottelukunta", "05"), w.newNetwork("Nuorisoverkosto")
	w.person = w.newPerson("Nelli Nimetty", false, w.network)
	w.staff, w.convener = w.As(authz.Secretary, w.council), w.As(authz.Convener, w.network)
	return w
}

func (w *world) newCouncil(name, region string) string {
	id := store.NewID().String()
	w.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, path, sort_name)
		values ($1, 1, now(), now(), 'advisory_council', jsonb_build_object('fi', $2::text), $3, '{}', $2)`, id, name, region)
	return id
}

func (w *world) newNetwork(name string) string {
	id := store.NewID().String()
	w.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, region, path, sort_name)
		values ($1, 1, now(), now(), 'thematic', 'active', jsonb_build_object('fi', $2::text), '05', '{}', $2)`, id, name)
	return id
}

// newPerson is somebody recorded for a network.
func (w *world) newPerson(name string, consent bool, network string) string {
	id := store.NewID().String()
	w.Exec("insert into people (id, version, created_at, updated_at, name, sort_name, consent_name, network_id) values ($1, 1, now(), now(), $2, $2, $3, $4)", id, name, consent, network)
	return id
}

func (w *world) newTerm(council string) string {
	id := store.NewID().String()
	w.Exec("insert into council_terms (id, council_id, created_at, valid_from, valid_to) values ($1, $2, now(), '2024-01-01', '2028-01-01')", id, council)
	return id
}

func (w *world) newMeeting(council string) string {
	id := store.NewID().String()
	w.Exec("insert into meetings (id, version, created_at, updated_at, council_id, status) values ($1, 1, now(), now(), $2, 'held')", id, council)
	return id
}

func (w *world) url() string { return "/v1/councils/" + w.council + "/nominations" }

func (w *world) proposal(more ...object) object {
	return with(object{"role": "member", "personId": w.person, "nominatingNetworkId": w.network}, more...)
}

func (w *world) transition(c *testkit.Client, n *testkit.Answer, body object) *testkit.Answer {
	return c.Post("/v1/nominations/"+n.ID()+"/transitions", body, testkit.IfMatch(n.ETag()))
}

func TestFromProposalToSeat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	term, meeting := w.newTerm(w.council), w.newMeeting(w.council)
	made := w.convener.Post(w.url(), w.proposal(object{"title": fi(" sihteeri "), "termId": term, "from": "2025-01-01", "to": "2027-01-01", "message": "Hän on hyvä"})).Want(201)
	url := "/v1/nominations/" + made.ID()
	assert.Equal(t, url, made.Header.Get("Location"))
	got := made.JSON()
	for member, want := range (object{
		"councilId": w.council, "callId": nil, "status": "proposed", "role": "member", "title": fi("sihteeri"), "organisationId": nil, "nominatingNetworkId": w.network, "nominatingOrganisationId": nil,
		"nominatingCouncilId": nil, "termId": term, "deputyFor": nil, "succeeds": nil, "from": "2025-01-01", "to": "2027-01-01", "message": "Hän on hyvä", "reason": nil, "decidedOn": nil, "meetingId": nil, "seatId": nil,
		"person": object{"id": w.person, "name": "Nelli Nimetty", "withheld": false, "erased": false}, "version": 1.0,
	}) {
		assert.Equal(t, want, got[member], member)
	}
	assert.Len(t, got, 24)
	outsiders := []*testkit.Client{w.Anonymous(), w.As(authz.Officer, "109"), w.As(authz.Coordinator, "07"), w.As(authz.Convener, w.newNetwork("Muu")), w.As(authz.Editor, store.NewID().String())}
	for _, c := range outsiders {
		c.Get(url).Problem(404, "not-found")
		assert.Empty(t, c.Get(w.url()).Want(200).Items())
	}
	assert.Equal(t, got, w.staff.Get(url).Want(200).JSON(), "those who decide see the person too")

	changed := w.convener.Patch(url, object{"title": nil, "message": "Hän on paras", "role": "vice_chair"}, testkit.IfMatch(made.ETag())).Want(200)
	assert.Equal(t, []any{nil, "Hän on paras", "vice_chair", 2.0}, []any{changed.JSON()["title"], changed.JSON()["message"], changed.JSON()["role"], changed.JSON()["version"]})
	assert.Equal(t, 2.0, w.convener.Patch(url, object{"role": "vice_chair"}, testkit.IfMatch("*")).Want(200).JSON()["version"], "nothing changed, nothing is written")
	w.convener.Patch(url, object{"message": nil}).Problem(428, "precondition-required")
	w.convener.Patch(url, object{"message": nil}, testkit.IfMatch(made.ETag())).Problem(412, "stale")
	w.staff.Patch(url, object{"message": nil}, testkit.IfMatch("*")).Problem(403, "forbidden")
	assert.Equal(t, []string{"unknown /personId"}, w.convener.Patch(url, object{"personId": w.person}, testkit.IfMatch("*")).Problem(400, "validation"))
	assert.ElementsMatch(t, []string{"required /deputyFor", "unknown-reference /succeeds", "order /to"},
		w.convener.Patch(url, object{"role": "deputy", "succeeds": store.NewID(), "to": "2024-12-01"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))

	done := w.transition(w.staff, changed, object{"to": "confirmed", "on": "2024-12-12", "meetingId": meeting, "seatTo": "2026-01-01", "note": "yksimielisesti"}).Want(200)
	got = done.JSON()
	assert.Equal(t, []any{"confirmed", "2024-12-12", meeting, 3.0}, []any{got["status"], got["decidedOn"], got["meetingId"], got["version"]})
	seat := w.Anonymous().Get("/v1/seats/" + got["seatId"].(string)).Want(200).JSON()
	assert.Equal(t, []any{"vice_chair", w.network, term, "2025-01-01", "2026-01-01", false, w.council}, []any{seat["role"], seat["nominatingNetworkId"], seat["termId"], seat["from"], seat["to"], seat["vacant"], seat["councilId"]})
	assert.Equal(t, object{"id": nil, "name": nil, "withheld": true, "erased": false}, seat["person"], "without consent no name")

	for _, c := range outsiders {
		got := c.Get(url).Want(200).JSON()
		assert.Equal(t, []any{"confirmed", nil, nil}, []any{got["status"], got["message"], got["reason"]})
		assert.Equal(t, true, got["person"].(object)["withheld"])
		assert.Len(t, c.Get(w.url()).Items(), 1)
	}
	before := w.Anonymous().Get(url).ETag()
	w.Exec("update people set consent_name = true, version = version + 1 where id = $1", w.person)
	after := w.Anonymous().Get(url, testkit.Header{Name: "If-None-Match", Value: before}).Want(200)
	assert.Equal(t, "Nelli Nimetty", after.JSON()["person"].(object)["name"], "consent changes the answer and its tag")
	assert.NotEqual(t, after.ETag(), w.staff.Get(url).ETag(), "insiders see more")

	w.convener.Patch(url, object{"message": nil}, testkit.IfMatch("*")).Problem(409, "frozen")
	a := w.transition(w.convener, done, object{"to": "withdrawn"})
	a.Problem(409, "transition-not-allowed")
	assert.Equal(t, []any{}, a.JSON()["allowed"])
	steps := w.staff.Get(url + "/transitions").Want(200).Items()
	require.Len(t, steps, 1)
	assert.Equal(t, []any{"proposed", "confirmed", "2024-12-12", "yksimielisesti", w.staff.ID.String()}, []any{steps[0]["from"], steps[0]["to"], steps[0]["on"], steps[0]["note"], steps[0]["actorId"]})
	assert.Nil(t, w.convener.Get(url + "/transitions").Want(200).Items()[0]["actorId"])
	outsiders[3].Get(url+"/transitions").Problem(403, "forbidden")
	w.Anonymous().Get(url+"/transitions").Problem(401, "sign-in-needed")
}

func TestDeclineAndWithdraw(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.convener.Post(w.url(), w.proposal()).Want(201)
	w.transition(w.convener, n, object{"to": "confirmed"}).Problem(403, "forbidden")
	w.transition(w.staff, n, object{"to": "withdrawn"}).Problem(403, "forbidden")
	w.transition(w.As(authz.Officer, "109"), n, object{"to": "declined", "note": "x"}).Problem(404, "not-found")
	w.staff.Post("/v1/nominations/"+n.ID()+"/transitions", object{"to": "declined", "note": "x"}).Problem(428, "precondition-required")
	w.staff.Post("/v1/nominations/"+n.ID()+"/transitions", object{"to": "declined", "note": "x"}, testkit.IfMatch(`"7-x"`)).Problem(412, "stale")
	assert.ElementsMatch(t, []string{"required /note", "contradiction /seatFrom", "contradiction /seatTo", "future /on", "unknown-reference /meetingId"}, w.transition(w.staff, n, object{
		"to": "declined", "on": "2999-01-01", "seatFrom": "2025-01-01", "seatTo": "2026-01-01", "meetingId": w.newMeeting(w.newCouncil("Muu", "07")),
	}).Problem(422, "invalid-data"))
	got := w.transition(w.staff, n, object{"to": "declined", "note": "paikka on täynnä"}).Want(200).JSON()
	assert.Equal(t, []any{"declined", "paikka on täynnä", string(clock.Today()), nil}, []any{got["status"], got["reason"], got["decidedOn"], got["seatId"]})
	assert.Equal(t, got["reason"], w.convener.Get("/v1/nominations/" + n.ID()).Want(200).JSON()["reason"], "the proposers learn why")
	w.Anonymous().Get("/v1/nominations/"+n.ID()).Problem(404, "not-found")

	again := w.convener.Post(w.url(), w.proposal()).Want(201)
	assert.Equal(t, []string{"contradiction /meetingId"}, w.transition(w.convener, again, object{"to": "withdrawn", "meetingId": w.newMeeting(w.council)}).Problem(422, "invalid-data"))
	gone := w.transition(w.convener, again, object{"to": "withdrawn", "note": "hän ei ehdi"}).Want(200)
	assert.Equal(t, []any{"withdrawn", nil, nil}, []any{gone.JSON()["status"], gone.JSON()["reason"], gone.JSON()["decidedOn"]})
	w.transition(w.staff, gone, object{"to": "confirmed"}).Problem(409, "transition-not-allowed")
	third := w.convener.Post(w.url(), w.proposal()).Want(201)
	got = w.transition(w.staff, third, object{"to": "confirmed"}).Want(200).JSON()
	seat := w.Anonymous().Get("/v1/seats/" + got["seatId"].(string)).JSON()
	assert.Equal(t, []any{string(clock.Today()), nil}, []any{seat["from"], seat["to"]}, "from the day of the decision")
}

func TestWhoMayPropose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.As(authz.Admin, "")
	organisation := admin.Post("/v1/organisations", object{"kind": "association", "name": fi("Ehdottajat ry"), "municipality": "109"}).Want(201).ID()
	hidden := admin.Post("/v1/organisations", object{"kind": "association", "name": fi("Luonnos ry"), "municipality": "109", "status": "draft"}).Want(201).ID()
	sub := store.NewID().String()
	w.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, region, municipality, parent_id, path, sort_name)
		values ($1, 1, now(), now(), 'thematic', 'active', '{"fi": "x"}', '05', '109', $2, '{}', '')`, sub, w.network)
	bodies := map[string]object{
		"organisation": {"nominatingOrganisationId": organisation}, "network": {"nominatingNetworkId": w.network}, "sub-network": {"nominatingNetworkId": sub}, "council": {"nominatingCouncilId": w.council},
	}
	for _, tt := range []struct {
		who     *testkit.Client
		allowed string
	}{
		{w.As(authz.Admin, ""), "organisation network sub-network council"}, {w.As(authz.Coordinator, "05"), "organisation network sub-network council"}, {w.As(authz.Coordinator, "07"), ""},
		{w.As(authz.Officer, "109"), "organisation sub-network"}, {w.As(authz.Officer, "165"), ""}, {w.staff, "council"}, {w.As(authz.Secretary, store.NewID().String()), ""},
		{w.convener, "network sub-network"}, {w.As(authz.Convener, sub), "sub-network"}, {w.As(authz.Editor, organisation), "organisation"}, {w.As(authz.Editor, hidden), ""},
	} {
		for name, nominator := range bodies {
			a := tt.who.Post(w.url(), with(object{"role": "expert", "personId": store.NewID()}, nominator))
			if slices.Contains(strings.Fields(tt.allowed), name) {
				assert.Equal(t, []string{"unknown-reference /personId"}, a.Problem(422, "invalid-data"), name) // the right was there
			} else {
				a.Problem(403, "forbidden")
			}
		}
	}
	w.Anonymous().Post(w.url(), w.proposal()).Problem(401, "sign-in-needed")
	w.As(authz.Integration, "05", "network.write").Post(w.url(), w.proposal()).Problem(403, "forbidden")

	nothing := store.NewID().String()
	for name, tt := range map[string]struct {
		who  *testkit.Client
		body object
		want []string
	}{
		"nobody nominates":        {w.convener, object{"role": "member", "personId": w.person}, []string{"required /nominatingOrganisationId"}},
		"two nominate":            {w.convener, w.proposal(object{"nominatingCouncilId": w.council}), []string{"contradiction /nominatingNetworkId", "contradiction /nominatingCouncilId"}},
		"no such network":         {w.convener, object{"role": "member", "personId": w.person, "nominatingNetworkId": nothing}, []string{"unknown-reference /nominatingNetworkId"}},
		"no such council":         {w.convener, object{"role": "member", "personId": w.person, "nominatingCouncilId": nothing}, []string{"unknown-reference /nominatingCouncilId"}},
		"a draft of others":       {w.convener, object{"role": "member", "personId": w.person, "nominatingOrganisationId": hidden}, []string{"unknown-reference /nominatingOrganisationId"}},
		"a draft of one's own":    {w.As(authz.Editor, hidden), object{"role": "member", "personId": w.person, "nominatingOrganisationId": hidden}, []string{"unknown-reference /nominatingOrganisationId", "unknown-reference /personId"}},
		"everything at once":      {w.convener, w.proposal(object{"personId": nothing, "organisationId": nothing, "termId": nothing, "deputyFor": nothing, "succeeds": nothing, "callId": nothing, "from": "2025-01-01", "to": "2025-01-01"}), []string{"unknown-reference /callId", "unknown-reference /personId", "unknown-reference /organisationId", "unknown-reference /termId", "unknown-reference /deputyFor", "contradiction /deputyFor", "unknown-reference /succeeds", "order /to"}},
		"a deputy without a seat": {w.convener, w.proposal(object{"role": "deputy"}), []string{"required /deputyFor"}},
	} {
		assert.ElementsMatch(t, tt.want, tt.who.Post(w.url(), tt.body).Problem(422, "invalid-data"), name)
	}
	w.convener.Post("/v1/councils/"+nothing+"/nominations", w.proposal()).Problem(404, "not-found")
	w.Anonymous().Get("/v1/councils/"+nothing+"/nominations").Problem(404, "not-found")
	first := w.convener.Post(w.url(), w.proposal()).Want(201)
	a := w.convener.Post(w.url(), w.proposal(object{"role": "expert"}))
	assert.Equal(t, []string{"duplicate /personId"}, a.Problem(409, "duplicate"))
	assert.Equal(t, first.ID(), a.JSON()["conflictsWith"])
}

func TestCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	term, url := w.newTerm(w.council), "/v1/councils/"+w.council+"/nomination-calls"
	at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(time.RFC3339Nano) }
	made := w.staff.Post(url, object{
		"title": fi(" Nimetkää  jäsenet "), "description": fi("Kuvaus"), "termId": term, "opensAt": at(-time.Hour), "deadline": at(time.Hour), "seats": 5, "roles": []string{"member", "chair"}, "networkIds": []string{w.network},
	}).Want(201)
	got := w.Anonymous().Get("/v1/nomination-calls/" + made.ID()).Want(200).JSON()
	assert.Equal(t, made.JSON(), got)
	assert.Equal(t, []any{fi("Nimetkää jäsenet"), term, 5.0, []any{"member", "chair"}, []any{w.network}, true, w.council}, []any{got["title"], got["termId"], got["seats"], got["roles"], got["networkIds"], got["open"], got["councilId"]})
	assert.Len(t, got, 14)
	call := "/v1/nomination-calls/" + made.ID()

	to := func(more ...object) object { return w.proposal(append([]object{{"callId": made.ID()}}, more...)...) }
	other := w.newNetwork("Muu verkosto")
	assert.ElementsMatch(t, []string{"not-called-for /role", "contradiction /termId"}, w.convener.Post(w.url(), to(object{"role": "expert", "termId": func() string {
		id := store.NewID().String()
		w.Exec("insert into council_terms (id, council_id, created_at, valid_from) values ($1, $2, now(), '2028-01-01')", id, w.council)
		return id
	}()})).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"not-called-for /nominatingNetworkId"}, w.As(authz.Coordinator, "05").Post(w.url(), to(object{"nominatingNetworkId": other})).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"not-called-for /nominatingNetworkId"}, w.As(authz.Coordinator, "05").Post(w.url(), to(object{"nominatingNetworkId": nil, "nominatingCouncilId": w.council})).Problem(422, "invalid-data"))
	n := w.convener.Post(w.url(), to()).Want(201).JSON()
	assert.Equal(t, []any{made.ID(), term}, []any{n["callId"], n["termId"]}, "for the term of the call")
	w.staff.Do("DELETE", call, nil, testkit.IfMatch("*")).Problem(409, "in-use")

	closed := w.staff.Patch(call, object{"deadline": at(-time.Minute), "networkIds": nil, "roles": []string{}}, testkit.IfMatch(made.ETag())).Want(200)
	assert.Equal(t, []any{false, []any{}, []any{}}, []any{closed.JSON()["open"], closed.JSON()["networkIds"], closed.JSON()["roles"]})
	second := w.newPerson("Myöhäinen", false, w.network)
	w.convener.Post(w.url(), to(object{"personId": second})).Problem(409, "deadline-passed")
	early := w.staff.Post(url, object{"title": fi("Ensi vuonna"), "opensAt": at(time.Hour), "deadline": at(2 * time.Hour)}).Want(201)
	w.convener.Post(w.url(), w.proposal(object{"personId": second, "callId": early.ID()})).Problem(409, "deadline-passed")
	always := w.staff.Post(url, object{"title": fi("Aina"), "deadline": at(3 * time.Hour), "opensAt": nil, "seats": nil}).Want(201)
	w.convener.Post(w.url(), w.proposal(object{"personId": second, "callId": always.ID()})).Want(201)
	ids := func(query string) (out []string) {
		for _, i := range w.Anonymous().Get(url + query).Want(200).Items() {
			out = append(out, i["id"].(string))
		}
		return out
	}
	assert.Equal(t, []string{always.ID(), early.ID(), made.ID()}, ids(""))
	assert.Equal(t, []string{made.ID(), early.ID(), always.ID()}, ids("?sort=deadline"))
	assert.Equal(t, []string{always.ID()}, ids("?open=true"))
	assert.Equal(t, []string{early.ID(), made.ID()}, ids("?open=false"))
	assert.Equal(t, 2.0, w.Anonymous().Get(url + "?open=false&count=true&limit=1").JSON()["total"])

	nothing := store.NewID().String()
	assert.ElementsMatch(t, []string{"order /deadline", "unknown-reference /termId", "unknown-reference /networkIds/1"},
		w.staff.Post(url, object{"title": fi("x"), "opensAt": at(0), "deadline": at(-time.Hour), "termId": nothing, "networkIds": []string{w.network, nothing}}).Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"required /title", "required /deadline"}, w.staff.Post(url, object{}).Problem(400, "validation"))
	assert.Equal(t, []string{"required /title"}, w.staff.Patch(call, object{"title": object{"fi": nil}}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	w.staff.Patch(call, object{"seats": 1}).Problem(428, "precondition-required")
	w.staff.Patch(call, object{"seats": 1}, testkit.IfMatch(made.ETag())).Problem(412, "stale")
	assert.Equal(t, closed.JSON()["version"], w.staff.Patch(call, object{"seats": 5}, testkit.IfMatch(closed.ETag())).Want(200).JSON()["version"])
	for _, c := range []*testkit.Client{w.convener, w.As(authz.Officer, "109"), w.As(authz.Coordinator, "07")} {
		c.Post(url, object{"title": fi("x"), "deadline": at(time.Hour)}).Problem(403, "forbidden")
		c.Patch(call, object{"seats": 1}, testkit.IfMatch("*")).Problem(403, "forbidden")
		c.Do("DELETE", call, nil, testkit.IfMatch("*")).Problem(403, "forbidden")
	}
	w.staff.Do("DELETE", "/v1/nomination-calls/"+early.ID(), nil, testkit.IfMatch(early.ETag())).Want(204)
	w.Anonymous().Get("/v1/nomination-calls/"+early.ID()).Problem(410, "gone")
	w.staff.Patch("/v1/nomination-calls/"+early.ID(), object{"seats": 1}, testkit.IfMatch("*")).Problem(410, "gone")
	assert.Equal(t, []string{"unknown-reference /callId"}, w.convener.Post(w.url(), w.proposal(object{"personId": w.newPerson("Kolmas", false, w.network), "callId": early.ID()})).Problem(422, "invalid-data"))
	w.Anonymous().Get("/v1/nomination-calls/"+nothing).Problem(404, "not-found")
	w.Anonymous().Get("/v1/councils/"+nothing+"/nomination-calls").Problem(404, "not-found")
	w.staff.Post("/v1/councils/"+nothing+"/nomination-calls", object{"title": fi("x"), "deadline": at(time.Hour)}).Problem(404, "not-found")
}

func TestListsAndStatements(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	open, decided := w.newPerson("Avoin", true, w.network), w.newPerson("Salattu", false, w.network)
	a := w.convener.Post(w.url(), w.proposal(object{"personId": open})).Want(201)
	b := w.convener.Post(w.url(), w.proposal(object{"personId": decided, "role": "expert"})).Want(201)
	w.transition(w.staff, a, object{"to": "confirmed"}).Want(200)
	w.transition(w.staff, b, object{"to": "confirmed"}).Want(200)
	w.convener.Post(w.url(), w.proposal()).Want(201)
	for query, want := range map[string][2]int{ // seen by everyone, by those inside
		"": {2, 3}, "?status=confirmed": {2, 2}, "?status=proposed&status=declined": {0, 1}, "?role=expert": {1, 1}, "?network=" + w.network: {2, 3}, "?network=" + w.council: {0, 0},
		"?organisation=" + w.council: {0, 0}, "?call=" + w.council: {0, 0}, "?person=" + open: {1, 1}, "?person=" + decided: {0, 1},
	} {
		assert.Len(t, w.Anonymous().Get(w.url()+query).Want(200).Items(), want[0], query)
		assert.Len(t, w.staff.Get(w.url()+query).Want(200).Items(), want[1], query)
		assert.Len(t, w.convener.Get(w.url()+query).Want(200).Items(), want[1], query)
	}
	p := w.staff.Get(w.url() + "?limit=2&count=true").Want(200).JSON()
	assert.Equal(t, 3.0, p["total"])
	rest := w.staff.Get(p["next"].(string)).Want(200)
	assert.Len(t, rest.Items(), 1)
	assert.Equal(t, a.ID(), rest.Items()[0]["id"], "the oldest last")
	w.staff.Get(p["next"].(string)+"&status=proposed").Problem(400, "bad-cursor")
	for path, want := range map[string]int64{
		w.url(): 1, w.url() + "?count=true": 2, "/v1/nominations/" + a.ID(): 1,
	} {
		w.DB.Changed(nil) // nothing from memory
		r := w.Anonymous().Request("GET", path, nil)
		ctx, n := store.CountStatements(r.Context())
		w.Anonymous().Send(r.WithContext(ctx)).Want(200)
		assert.Equal(t, want, n.Load(), path)
	}
}

// TestErase: what nominations say of a person goes, in notes of their steps and in others' texts too; the facts stay.
func TestErase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := `Nelli "Nimetty" \ O'Aho`
	n := w.convener.Post(w.url(), w.proposal(object{"title": fi("kanarialintu"), "message": "kanarialintu laulaa"})).Want(201)
	w.transition(w.staff, n, object{"to": "declined", "note": "kanarialintu ei laula"}).Want(200)
	other := w.convener.Post(w.url(), w.proposal(object{"personId": w.newPerson("Toinen", false, w.network), "title": fi("NELLI \"nimetty\"  \\ o'aho: jäsen"), "message": "Ei " + name + ", vaan " + name + "la"})).Want(201)
	bystander := w.convener.Post(w.url(), w.proposal(object{"personId": w.newPerson("Kolmas", false, w.network), "message": "koskematon"})).Want(201)
	other = w.transition(w.staff, other, object{"to": "declined", "note": "Kuten " + name}).Want(200)
	find := func(what string) (hits int) {
		w.Scan(`select (select count(*) from nominations x where x::text like '%' || $1 || '%') + (select count(*) from transitions t where t::text like '%' || $1 || '%')`, []any{what}, &hits)
		return hits
	}
	require.Equal(t, 2, find("kanarialintu"))
	person := uuid.MustParse(w.person)
	require.NoError(t, w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error { return w.Nominations.Erase(ctx, tx, person, name) }))
	assert.Equal(t, 0, find("kanarialintu"))
	got := w.staff.Get("/v1/nominations/" + n.ID()).Want(200).JSON()
	assert.Equal(t, []any{"declined", nil, nil, nil, 3.0}, []any{got["status"], got["title"], got["message"], got["reason"], got["version"]})
	got = w.staff.Get("/v1/nominations/" + other.ID()).JSON()
	assert.Equal(t, []any{fi("[…]: jäsen"), "Ei […], vaan " + name + "la", "Kuten […]", 3.0}, []any{got["title"], got["message"], got["reason"], got["version"]})
	steps := w.staff.Get("/v1/nominations/" + other.ID() + "/transitions").Want(200).Items()
	assert.Equal(t, "Kuten […]", steps[0]["note"])
	assert.Equal(t, bystander.ETag(), w.convener.Get("/v1/nominations/"+bystander.ID()).ETag())
	var noted int
	w.Scan("select count(*) from changes where resource_id = $1 and version = 3", []any{n.ID()}, &noted)
	assert.Equal(t, 1, noted)
}

// TestUpdateUnderCall: a change stays what the call asks for, and in time.
func TestUpdateUnderCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	term, other, another := w.newTerm(w.council), store.NewID().String(), w.newNetwork("Toinen")
	w.Exec("insert into council_terms (id, council_id, created_at, valid_from, valid_to) values ($1, $2, now(), '2028-01-01', '2030-01-01')", other, w.council)
	at := func(d time.Duration) time.Time { return clock.Now().Add(d) }
	call := w.staff.Post("/v1/councils/"+w.council+"/nomination-calls", object{"title": fi("Haku"), "termId": term, "deadline": at(time.Hour), "roles": []string{"member"}, "networkIds": []string{w.network}}).Want(201)
	n := w.convener.Post(w.url(), w.proposal(object{"callId": call.ID()})).Want(201)
	url, asItStands := "/v1/nominations/"+n.ID(), testkit.IfMatch("*")
	assert.ElementsMatch(t, []string{"not-called-for /role", "contradiction /termId"},
		w.convener.Patch(url, object{"role": "chair", "termId": other}, asItStands).Problem(422, "invalid-data"))
	got := w.convener.Patch(url, object{"termId": nil, "message": "Hyvä"}, asItStands).Want(200).JSON()
	assert.Equal(t, []any{term, "Hyvä", 2.0}, []any{got["termId"], got["message"], got["version"]}, "the call's term, as when it was made")

	narrowed := w.staff.Patch("/v1/nomination-calls/"+call.ID(), object{"networkIds": []string{another}}, testkit.IfMatch(call.ETag())).Want(200)
	assert.Equal(t, []string{"not-called-for /nominatingNetworkId"}, w.convener.Patch(url, object{"message": "Parempi"}, asItStands).Problem(422, "invalid-data"))
	w.staff.Patch("/v1/nomination-calls/"+call.ID(), object{"networkIds": nil, "deadline": at(-time.Minute)}, testkit.IfMatch(narrowed.ETag())).Want(200)
	w.convener.Patch(url, object{"message": "Parempi"}, asItStands).Problem(409, "deadline-passed")
	w.convener.Patch(url, object{"role": "chair"}, asItStands).Problem(422, "invalid-data")
	assert.Equal(t, 2.0, w.convener.Patch(url, object{"message": "Hyvä"}, asItStands).Want(200).JSON()["version"], "nothing changes: nothing is late")
}

// TestAfterErasure: every nomination of somebody erased has a new version, and nothing is told of the person any more.
func TestAfterErasure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	n := w.convener.Post(w.url(), w.proposal()).Want(201)
	url := "/v1/nominations/" + n.ID()
	require.NoError(t, w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Conn().Exec(ctx, "update people set name = null, sort_name = '', erased_at = now(), deleted_at = now(), version = version + 1 where id = $1", w.person); err != nil {
			return err
		}
		return w.Nominations.Erase(ctx, tx, uuid.MustParse(w.person), "Nelli Nimetty")
	}))
	w.convener.Patch(url, object{"message": "Nelli Nimetty"}, testkit.IfMatch(n.ETag())).Problem(412, "stale")
	var members []byte
	w.Scan("select changed from changes where resource_id = $1 and version = 2", []any{n.ID()}, &members)
	assert.JSONEq(t, `["personId"]`, string(members))
	assert.ElementsMatch(t, []string{"erased /title", "erased /message"}, w.convener.Patch(url, object{"title": fi("Nelli"), "message": "Nelli"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	assert.Equal(t, 3.0, w.convener.Patch(url, object{"title": nil, "message": nil, "role": "expert"}, testkit.IfMatch("*")).Want(200).JSON()["version"], "the facts can be corrected")
}
