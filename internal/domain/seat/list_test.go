package seat_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// roster is a council with one seat of each role.
func roster(t *testing.T) (w *world, ids map[string]string, network, organisation, open, hidden string) {
	t.Helper()
	w = newWorld(t)
	network, organisation = w.newNetwork("Verkosto", nil), w.newOrganisation("Koti ry", "109")
	open, hidden = w.newPerson("Avoin Anna", true), w.newPerson("Salattu Sauli", false)
	w.known(w.council, open, hidden)
	ids = map[string]string{}
	add := func(name string, body object) { ids[name] = w.staff.Post(w.seats(), of(body)).Want(201).ID() }
	add("expert", object{"role": "expert", "vacant": false, "from": nil})
	add("member", object{"nominatingNetworkId": network, "personId": hidden})
	add("deputy", object{"role": "deputy", "deputyFor": ids["member"], "nominatingNetworkId": network})
	add("secretary", object{"role": "secretary", "from": "2024-02-01"})
	add("earlier", object{"to": "2024-06-01", "from": "2023-01-01", "vacant": true})
	add("chair", object{"role": "chair", "personId": open, "organisationId": organisation})
	return w, ids, network, organisation, open, hidden
}

func TestLists(t *testing.T) {
	t.Parallel()
	w, ids, network, organisation, open, hidden := roster(t)
	other := w.newCouncil("Toinen", "07")
	ids["foreign"] = w.As(authz.Coordinator, "07").Post("/v1/councils/"+other+"/seats", of(object{"role": "chair"})).Want(201).ID()
	names := func(c *testkit.Client, path string) (out []string) {
		for _, i := range c.Get(path).Want(200).Items() {
			for name, id := range ids {
				if id == i["id"] {
					out = append(out, name)
				}
			}
		}
		return out
	}
	for query, want := range map[string][]string{
		"":                                 {"chair", "secretary", "earlier", "member", "expert", "deputy"},
		"?sort=-role,from":                 {"deputy", "expert", "earlier", "member", "secretary", "chair"},
		"?sort=createdAt":                  {"expert", "member", "deputy", "secretary", "earlier", "chair"},
		"?role=chair&role=expert":          {"chair", "expert"},
		"?activeOn=2024-01-15":             {"chair", "earlier", "member", "expert", "deputy"},
		"?activeOn=2022-01-15":             {"expert"},
		"?activeOn=2025-01-15&role=member": {"member"},
		"?vacant=true":                     {"secretary", "earlier", "deputy"},
		"?vacant=false":                    {"chair", "member", "expert"},
		"?network=" + network:              {"member", "deputy"},
		"?network=" + other:                nil,
	} {
		assert.Equal(t, want, names(w.Anonymous(), w.seats()+query), query)
	}
	for query, want := range map[string][]string{
		"?council=" + w.council + "&role=chair": {"chair"}, "?council=" + other: {"foreign"}, "?role=chair&region=07": {"foreign"}, "?role=chair&region=05&region=07&sort=from,createdAt": {"chair", "foreign"},
		"?organisation=" + organisation: {"chair"}, "?network=" + network: {"member", "deputy"}, "?person=" + open: {"chair"}, "?person=" + hidden: nil, "?vacant=true&region=07": {"foreign"}, "?activeOn=2020-01-01": {"expert"},
	} {
		assert.Equal(t, want, names(w.Anonymous(), "/v1/seats"+query), query)
	}
	assert.Equal(t, []string{"member"}, names(w.staff, "/v1/seats?person="+hidden), "those who know the person may ask where it sits")
	assert.Nil(t, names(w.As(authz.Coordinator, "07"), "/v1/seats?person="+hidden))

	for query, want := range map[string]object{
		"?activeOn=2024-03-01":             {"seats": 5.0, "filled": 3.0, "vacant": 2.0, "deputies": 1.0},
		"?activeOn=2024-06-01&limit=1":     {"seats": 4.0, "filled": 3.0, "vacant": 1.0, "deputies": 1.0},
		"?activeOn=2024-03-01&role=deputy": {"seats": 0.0, "filled": 0.0, "vacant": 0.0, "deputies": 1.0},
		"?activeOn=1999-03-01&role=chair":  {"seats": 0.0, "filled": 0.0, "vacant": 0.0, "deputies": 0.0},
	} {
		for _, c := range []*testkit.Client{w.Anonymous(), w.staff, w.As(authz.Coordinator, "05")} {
			assert.Equal(t, want, c.Get(w.seats() + query).Want(200).JSON()["totals"], query)
		}
	}
	p := w.staff.Get(w.seats() + "?count=true&limit=4").Want(200).JSON()
	assert.Equal(t, 6.0, p["total"])
	assert.NotContains(t, p, "totals")
	assert.Equal(t, []string{"expert", "deputy"}, names(w.staff, p["next"].(string)))
	w.staff.Get(p["next"].(string)+"&role=chair").Problem(400, "bad-cursor")
	w.staff.Get("/v1/seats?sort=name").Problem(400, "validation")

	for path, want := range map[string]int64{
		w.seats(): 1, w.seats() + "?activeOn=2024-03-01&count=true": 2, "/v1/seats?count=true&region=05": 2, "/v1/seats/" + ids["chair"]: 1,
		"/v1/councils/" + w.council + "/representation": 1, "/v1/organisations/" + organisation + "/representation": 2,
	} {
		r := w.Anonymous().Request("GET", path, nil)
		ctx, n := store.CountStatements(r.Context())
		w.Anonymous().Send(r.WithContext(ctx)).Want(200)
		assert.Equal(t, want, n.Load(), path)
	}
}

// TestNames: who sees whom, and that the tag tells when that changes.
func TestNames(t *testing.T) {
	t.Parallel()
	w, ids, network, _, _, hidden := roster(t)
	url := "/v1/seats/" + ids["member"]
	withheld, shown := object{"id": nil, "name": nil, "withheld": true, "erased": false}, object{"id": hidden, "name": "Salattu Sauli", "withheld": false, "erased": false}
	for _, tt := range []struct {
		who  *testkit.Client
		want object
	}{
		{w.Anonymous(), withheld}, {w.As(authz.Admin, ""), shown}, {w.As(authz.Coordinator, "05"), shown}, {w.As(authz.Coordinator, "07"), withheld}, {w.As(authz.Officer, "109"), withheld},
		{w.staff, shown}, {w.As(authz.Secretary, store.NewID().String()), withheld}, {w.As(authz.Convener, network), withheld}, {w.As(authz.Editor, store.NewID().String()), withheld},
	} {
		assert.Equal(t, tt.want, tt.who.Get(url).Want(200).JSON()["person"])
		assert.Equal(t, tt.want, tt.who.Get(w.seats() + "?role=member&activeOn=2025-01-01").Items()[0]["person"])
	}
	secret := w.Anonymous().Get(url)
	assert.NotEqual(t, secret.ETag(), w.staff.Get(url).ETag())
	w.Exec("update people set consent_name = true, version = version + 1 where id = $1", hidden)
	public := w.Anonymous().Get(url, testkit.Header{Name: "If-None-Match", Value: secret.ETag()}).Want(200)
	assert.Equal(t, shown, public.JSON()["person"])
	w.Exec("update people set consent_name = false, name = null, sort_name = '', erased_at = now(), deleted_at = now(), version = version + 1 where id = $1", hidden)
	erased := w.Anonymous().Get(url, testkit.Header{Name: "If-None-Match", Value: public.ETag()}).Want(200)
	assert.Equal(t, object{"id": nil, "name": nil, "withheld": false, "erased": true}, erased.JSON()["person"])
	assert.Equal(t, []string{"unknown-reference /personId"}, w.staff.Post(w.seats(), of(object{"personId": hidden, "from": "2030-01-01"})).Problem(422, "invalid-data"))
}

// TestErase: what seats say of a person goes, and the name out of other seats' texts; the facts stay.
func TestErase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	name := `Kanaria "Lintu" Öinen`
	person := w.newPerson(name, true)
	w.known(w.council, person)
	seat := w.staff.Post(w.seats(), of(object{"personId": person, "title": fi("kanarialintu"), "roleName": fi("jäsen"), "email": "kanarialintu@example.org", "phone": "0505550101"})).Want(201)
	deputy := w.staff.Post(w.seats(), of(object{"role": "deputy", "deputyFor": seat.ID(), "title": fi("sihteeri, ent. kanaria \"LINTU\"  öinen"), "roleName": fi(name + ": varajäsen, ei " + name + "-Aho eikä " + name + "lä"), "email": "vara@example.org"})).Want(201)
	other := w.staff.Post(w.seats(), of(object{"role": "expert", "title": fi("tutkija"), "email": "muu@example.org"})).Want(201)
	deleted := w.staff.Post(w.seats(), of(object{"from": "2020-01-01", "to": "2021-01-01", "personId": person, "email": "kanarialintu@example.org"})).Want(201)
	w.staff.Do("DELETE", "/v1/seats/"+deleted.ID(), nil, testkit.IfMatch("*")).Want(204)
	find := func() (hits int) {
		w.Scan("select count(*) from seats x where x::text ilike '%kanarialintu%' or x::text like '%5550101%' or x::text ilike '%öinen:%'", nil, &hits)
		return hits
	}
	require.Equal(t, 3, find())
	require.NoError(t, w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		return w.Seats.Erase(ctx, tx, uuid.MustParse(person), name)
	}))
	assert.Equal(t, 0, find())
	got := w.staff.Get("/v1/seats/" + seat.ID()).Want(200).JSON()
	assert.Equal(t, []any{nil, nil, nil, fi("jäsen"), "2024-01-01", 2.0}, []any{got["title"], got["email"], got["phone"], got["roleName"], got["from"], got["version"]})
	got = w.staff.Get("/v1/seats/" + deputy.ID()).JSON()
	assert.Equal(t, []any{fi("sihteeri, ent. […]"), fi("[…]: varajäsen, ei " + name + "-Aho eikä " + name + "lä"), "vara@example.org", 2.0}, []any{got["title"], got["roleName"], got["email"], got["version"]})
	assert.Equal(t, other.ETag(), w.staff.Get("/v1/seats/"+other.ID()).ETag())
	var noted int
	w.Scan("select count(*) from changes where type = 'seat' and op = 'updated'", nil, &noted)
	assert.Equal(t, 2, noted)
}

// TestAfterErasure: every seat of somebody erased has a new version, and nothing is told of the person any more.
func TestAfterErasure(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	person := w.newPerson("Kanaria Lintunen", true)
	w.known(w.council, person)
	bare := w.staff.Post(w.seats(), of(object{"personId": person})).Want(201)
	named := w.staff.Post(w.seats(), of(object{"personId": person, "from": "2020-01-01", "to": "2021-01-01", "roleName": fi("jäsen")})).Want(201)
	require.NoError(t, w.DB.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Conn().Exec(ctx, "update people set consent_name = false, name = null, sort_name = '', erased_at = now(), deleted_at = now(), version = version + 1 where id = $1", person); err != nil {
			return err
		}
		return w.Seats.Erase(ctx, tx, uuid.MustParse(person), "Kanaria Lintunen")
	}))
	for _, seat := range []*testkit.Answer{bare, named} {
		url := "/v1/seats/" + seat.ID()
		w.staff.Patch(url, object{"title": fi("Kanaria Lintunen")}, testkit.IfMatch(seat.ETag())).Problem(412, "stale")
		var members []byte
		w.Scan("select changed from changes where resource_id = $1 and version = 2", []any{seat.ID()}, &members)
		assert.JSONEq(t, `["personId"]`, string(members))
		told := object{"title": fi("Kanaria"), "email": "kanaria@example.org", "phone": "0505550101", "roleName": fi("puhuja")}
		assert.ElementsMatch(t, []string{"erased /title", "erased /email", "erased /phone", "erased /roleName"}, w.staff.Patch(url, told, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	}
	url := "/v1/seats/" + named.ID()
	assert.Equal(t, 3.0, w.staff.Patch(url, object{"title": nil, "email": nil, "roleName": fi("jäsen"), "to": "2022-01-01"}, testkit.IfMatch("*")).Want(200).JSON()["version"], "the facts can be corrected")
}
