package council_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func day(days int) string {
	return clock.Today().Time().AddDate(0, 0, days).Format(time.DateOnly)
}

func TestJoin(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id, n := made(s, group("Neuvottelukunta")), network(s, "Verkosto", "05", "")
	c, url := s.As(authz.Secretary, id), "/v1/councils/"+id+"/networks"
	a := c.Post(url, object{"networkId": n}).Want(201)
	one := "/v1/council-networks/" + a.ID()
	assert.Equal(t, one, a.Header.Get("Location"))
	got := s.Anonymous().Get(one).Want(200).JSON()
	for member, want := range (object{"status": "joined", "from": day(0), "to": nil, "message": nil, "reason": nil, "council": object{"id": id, "name": fi("Neuvottelukunta")},
		"network": object{"id": n, "name": fi("Verkosto"), "status": "active"}}) {
		assert.Equal(t, want, got[member], member)
	}
	assert.Equal(t, 1.0, s.Anonymous().Get("/v1/councils/" + id).JSON()["networkCount"])
	dup := c.Post(url, object{"networkId": n, "from": "2010-01-01"})
	assert.Equal(t, []string{"duplicate /networkId"}, dup.Problem(409, "duplicate"))
	assert.Equal(t, a.ID(), dup.JSON()["conflictsWith"])
	past := c.Post(url, object{"networkId": n, "from": "2015-01-01", "to": "2016-01-01"}).Want(201)
	assert.Equal(t, "left", past.JSON()["status"])
	assert.Equal(t, []string{"overlap /from"}, c.Post(url, object{"networkId": n, "to": "2015-02-01"}).Problem(409, "overlap"))
	long := c.Post(url, object{"networkId": n, "to": "2015-01-01"}).Want(201).JSON()
	assert.Nil(t, long["from"], "nobody knows since when")
	unknown := c.Post(url, object{"networkId": network(s, "Ikivanha", "05", ""), "from": nil}).Want(201).JSON()
	assert.Equal(t, object{"from": nil, "status": "joined"}, object{"from": unknown["from"], "status": unknown["status"]})
	assert.ElementsMatch(t, []string{"unexpected /message", "order /to", "unknown-reference /networkId"},
		c.Post(url, object{"networkId": store.NewID().String(), "message": "x", "from": "2020-01-01", "to": "2020-01-01"}).Problem(422, "invalid-data"))
	c.Post(url, object{"networkId": n, "status": "joined"}).Problem(400, "validation")
	c.Post("/v1/councils/"+store.NewID().String()+"/networks", object{"networkId": n}).Problem(404, "not-found")
	s.As(authz.Editor, store.NewID().String()).Post(url, object{"networkId": n}).Problem(403, "forbidden")
	s.As(authz.Convener, store.NewID().String()).Post(url, object{"networkId": n}).Problem(403, "forbidden")
	s.Anonymous().Post(url, object{"networkId": n}).Problem(401, "sign-in-needed")
	assert.Equal(t, "council_networks_period", refused(s, "insert into council_networks (id, version, created_at, updated_at, council_id, network_id, status, valid_from, valid_to) select gen_random_uuid(), 1, now(), now(), $1, $2, 'left', '2015-06-01', '2015-07-01'", id, n))
	assert.Equal(t, "council_networks_live", refused(s, "insert into council_networks (id, version, created_at, updated_at, council_id, network_id, status) select gen_random_uuid(), 1, now(), now(), $1, $2, 'applied'", id, n))
}

func TestApplication(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id, n := made(s, group("Neuvottelukunta")), network(s, "Verkosto", "07", "")
	secretary, convener, stranger := s.As(authz.Secretary, id), s.As(authz.Convener, n), s.As(authz.Convener, network(s, "Toinen", "05", ""))
	url := "/v1/councils/" + id + "/networks"
	assert.Equal(t, []string{"unexpected /from"}, convener.Post(url, object{"networkId": n, "from": "2020-01-01"}).Problem(422, "invalid-data"))
	a := convener.Post(url, object{"networkId": n, "message": "Haluamme mukaan"}).Want(201)
	one := "/v1/council-networks/" + a.ID()
	assert.Equal(t, "applied", a.JSON()["status"])
	for _, c := range []*testkit.Client{s.Anonymous(), stranger} {
		c.Get(one).Problem(404, "not-found")
		assert.Empty(t, c.Get(url).Want(200).Items())
		assert.Empty(t, c.Get("/v1/networks/"+n+"/councils?status=applied").Want(200).Items())
		assert.Equal(t, 0.0, c.Get(url + "?count=true").JSON()["total"])
	}
	for _, c := range []*testkit.Client{secretary, convener, s.As(authz.Coordinator, "05"), s.As(authz.Coordinator, "07")} {
		assert.Equal(t, "Haluamme mukaan", c.Get(one).Want(200).JSON()["message"])
		assert.Len(t, c.Get("/v1/networks/"+n+"/councils?status=applied&count=true").Items(), 1)
	}
	stranger.Patch(one, object{"message": "x"}, anyVersion).Problem(404, "not-found")
	stranger.Post(one+"/transitions", object{"to": "withdrawn"}, anyVersion).Problem(404, "not-found")
	convener.Post(url, object{"networkId": n}).Problem(409, "duplicate")
	assert.Equal(t, "Uusi viesti", convener.Patch(one, object{"message": "Uusi viesti"}, testkit.IfMatch(a.ETag())).Want(200).JSON()["message"])
	convener.Patch(one, object{"message": nil}, testkit.IfMatch(a.ETag())).Problem(412, "stale")
	convener.Patch(one, object{"message": nil}).Problem(428, "precondition-required")
	convener.Patch(one, object{"from": "2020-01-01"}, anyVersion).Problem(403, "forbidden")
	secretary.Patch(one, object{"message": "x"}, anyVersion).Problem(403, "forbidden")
	assert.ElementsMatch(t, []string{"unexpected /from", "unexpected /reason"}, secretary.Patch(one, object{"from": "2020-01-01", "reason": "x"}, anyVersion).Problem(422, "invalid-data"))

	convener.Post(one+"/transitions", object{"to": "joined"}, anyVersion).Problem(403, "forbidden")
	convener.Post(one+"/transitions", object{"to": "applied"}, anyVersion).Problem(409, "transition-not-allowed")
	secretary.Post(one+"/transitions", object{"to": "withdrawn"}, anyVersion).Problem(403, "forbidden")
	secretary.Post(one+"/transitions", object{"to": "joined"}).Problem(428, "precondition-required")
	wrong := secretary.Post(one+"/transitions", object{"to": "left"}, anyVersion)
	wrong.Problem(409, "transition-not-allowed")
	assert.Equal(t, []any{"joined", "rejected", "withdrawn"}, wrong.JSON()["allowed"])
	assert.Equal(t, day(-10), secretary.Post(one+"/transitions", object{"to": "joined", "on": day(-10)}, anyVersion).Want(200).JSON()["from"])
	assert.Nil(t, s.Anonymous().Get(one).Want(200).JSON()["message"], "what was written to the council is not everyone's")
	assert.NotEqual(t, s.Anonymous().Get(one).ETag(), convener.Get(one).ETag())
	stranger.Patch(one, object{"reason": "x"}, anyVersion).Problem(403, "forbidden")
	stranger.Get(one+"/transitions").Problem(403, "forbidden")
	stranger.Post(one+"/transitions", object{"to": "left"}, anyVersion).Problem(403, "forbidden")
	assert.Equal(t, []string{"unexpected /message"}, convener.Patch(one, object{"message": "x"}, anyVersion).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"order /on"}, convener.Post(one+"/transitions", object{"to": "left", "on": day(-11)}, anyVersion).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"future /on"}, convener.Post(one+"/transitions", object{"to": "left", "on": day(1)}, anyVersion).Problem(422, "invalid-data"))
	left := convener.Post(one+"/transitions", object{"to": "left", "note": "Toiminta loppui"}, anyVersion).Want(200).JSON()
	assert.Equal(t, object{"status": "left", "to": day(0), "reason": "Toiminta loppui"}, object{"status": left["status"], "to": left["to"], "reason": left["reason"]})
	assert.Nil(t, s.Anonymous().Get(one).JSON()["reason"])
	steps := secretary.Get(one + "/transitions").Want(200).Items()
	assert.Equal(t, []any{"left", "joined"}, []any{steps[0]["to"], steps[1]["to"]})
	assert.Equal(t, "Toiminta loppui", steps[0]["note"])

	again := convener.Post(url, object{"networkId": n}).Want(201).ID()
	assert.ElementsMatch(t, []string{"required /note", "future /on"}, secretary.Post("/v1/council-networks/"+again+"/transitions", object{"to": "rejected", "on": day(1)}, anyVersion).Problem(422, "invalid-data"))
	rejected := secretary.Post("/v1/council-networks/"+again+"/transitions", object{"to": "rejected", "note": "Ei vielä"}, anyVersion).Want(200).JSON()
	assert.Equal(t, "Ei vielä", rejected["reason"])
	s.Anonymous().Get("/v1/council-networks/"+again).Problem(404, "not-found")
	third := convener.Post(url, object{"networkId": n}).Want(201).ID()
	convener.Post("/v1/council-networks/"+third+"/transitions", object{"to": "withdrawn"}, anyVersion).Want(200)
	convener.Do("DELETE", "/v1/council-networks/"+third, nil, anyVersion).Problem(403, "forbidden")
	secretary.Do("DELETE", "/v1/council-networks/"+third, nil).Problem(428, "precondition-required")
	secretary.Do("DELETE", "/v1/council-networks/"+third, nil, anyVersion).Want(204)
	s.Anonymous().Get("/v1/council-networks/"+third).Problem(404, "not-found")
	secretary.Get("/v1/council-networks/"+third).Problem(410, "gone")
	secretary.Do("DELETE", one, nil, anyVersion).Want(204)
	s.Anonymous().Get(one).Problem(410, "gone")
	secretary.Patch(one, object{"reason": nil}, anyVersion).Problem(410, "gone")
}

func TestCorrectedPeriods(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id, n := made(s, group("Neuvottelukunta")), network(s, "Verkosto", "05", "")
	c, url := s.As(authz.Officer, "109"), "/v1/councils/"+id+"/networks"
	c.Post(url, object{"networkId": n}).Problem(403, "forbidden")
	c = s.As(authz.Coordinator, "05")
	one := "/v1/council-networks/" + c.Post(url, object{"networkId": n, "from": "2019-01-01"}).Want(201).ID()
	c.Post(url, object{"networkId": n, "from": "2015-01-01", "to": "2016-01-01"}).Want(201)
	c.Patch(one, object{"from": "2015-06-01"}, anyVersion).Problem(409, "overlap")
	assert.Equal(t, []string{"order /to"}, c.Patch(one, object{"to": "2018-01-01"}, anyVersion).Problem(422, "invalid-data"))
	left := c.Patch(one, object{"to": "2024-01-01"}, anyVersion).Want(200).JSON()
	assert.Equal(t, "left", left["status"])
	assert.Equal(t, "x", c.Patch(one, object{"reason": "x"}, anyVersion).Want(200).JSON()["reason"])
	assert.Equal(t, []string{"required /to"}, c.Patch(one, object{"to": nil}, anyVersion).Problem(422, "invalid-data"), "what has left does not come back")
	assert.Equal(t, []string{"future /to"}, c.Patch(one, object{"to": day(30)}, anyVersion).Problem(422, "invalid-data"))
	corrected := c.Patch(one, object{"to": day(1)}, anyVersion).Want(200)
	assert.Equal(t, "left", corrected.JSON()["status"])
	assert.Equal(t, corrected.ETag(), c.Patch(one, object{"to": day(1)}, anyVersion).Want(200).ETag())
	assert.Len(t, c.Get(one+"/transitions").Want(200).Items(), 1)
	assert.Equal(t, 1.0, s.Anonymous().Get("/v1/councils/" + id).JSON()["networkCount"], "until that day it belongs")
	assert.Len(t, s.Anonymous().Get("/v1/networks?council="+id+"&council="+n).Want(200).Items(), 1)
	assert.Len(t, s.Anonymous().Get("/v1/councils?network="+n).Want(200).Items(), 1)
	for query, want := range map[string]int{"": 2, "?activeOn=2015-05-01": 1, "?activeOn=2017-01-01": 0, "?activeOn=" + day(0): 1, "?activeOn=" + day(1): 0, "?status=joined": 0, "?status=left&status=joined": 2, "?network=" + n: 2, "?network=" + id: 0} {
		assert.Len(t, s.Anonymous().Get(url+query).Want(200).Items(), want, query)
	}
	assert.Len(t, s.Anonymous().Get("/v1/networks/"+n+"/councils?activeOn=2015-05-01").Want(200).Items(), 1)
	assert.Len(t, s.Anonymous().Get("/v1/networks/"+n+"/councils?council="+n+"&council="+id).Want(200).Items(), 2)
	assert.Empty(t, s.Anonymous().Get("/v1/networks/"+n+"/councils?council="+n).Want(200).Items())
	page := s.Anonymous().Get(url + "?limit=1&count=true").Want(200).JSON()
	assert.Equal(t, 2.0, page["total"])
	assert.Len(t, s.Anonymous().Get(page["next"].(string)).Want(200).Items(), 1)
	s.Anonymous().Get("/v1/networks/"+n+"/councils?cursor=x").Problem(400, "bad-cursor")
	s.Anonymous().Get("/v1/networks/"+id+"/councils").Problem(404, "not-found")
	s.Anonymous().Get("/v1/councils/"+n+"/networks").Problem(404, "not-found")
	s.Exec("update networks set deleted_at = now() where id = $1", network(s, "Poistettu", "05", ""))
	empty := made(s, group("Tyhjä"))
	assert.Empty(t, s.Anonymous().Get("/v1/councils/"+empty+"/networks").Want(200).Items())
	c.Do("DELETE", "/v1/councils/"+empty, nil, anyVersion).Want(204)
	s.Anonymous().Get("/v1/councils/"+empty+"/networks").Problem(410, "gone")
	c.Post("/v1/councils/"+empty+"/networks", object{"networkId": n}).Problem(410, "gone")
}

func TestLeaving(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := made(s, group("Neuvottelukunta"))
	c, url := s.As(authz.Secretary, id), "/v1/councils/"+id+"/networks"
	add := func(more object) string {
		t.Helper()
		return "/v1/council-networks/" + c.Post(url, with(object{"networkId": network(s, "Verkosto", "05", "")}, more)).Want(201).ID()
	}
	leave := func(one string, more object) any {
		t.Helper()
		return c.Post(one+"/transitions", with(object{"to": "left"}, more), anyVersion).Want(200).JSON()["to"]
	}
	assert.Equal(t, day(1), leave(add(object{}), object{}), "a day at least")
	assert.Equal(t, day(1), leave(add(object{}), object{"on": day(0)}))
	assert.Equal(t, day(0), leave(add(object{"from": nil, "to": day(9)}), object{}))
	assert.Equal(t, day(-3), leave(add(object{"from": day(-9)}), object{"on": day(-3)}))
	planned := add(object{"from": day(-9), "to": day(9)})
	s.Exec("update council_networks set valid_to = $1::text::date where id = $2::text::uuid", day(-2), planned[len("/v1/council-networks/"):])
	assert.Equal(t, day(-2), leave(planned, object{}), "its end was known before")
	assert.Equal(t, []string{"invalid /from"}, c.Post(url, object{"networkId": network(s, "Kaukainen", "05", ""), "from": "9999-12-31"}).Problem(422, "invalid-data"))
	one := add(object{"from": day(-9)})
	assert.Equal(t, []string{"invalid /from"}, c.Patch(one, object{"from": "9999-12-31"}, anyVersion).Problem(422, "invalid-data"))
	ended := c.Patch(one, object{"to": day(-1), "reason": "Hiipui"}, anyVersion).Want(200).JSON()
	assert.Equal(t, []any{"left", "Hiipui"}, []any{ended["status"], ended["reason"]})
	assert.Equal(t, "Hiipui", c.Get(one + "/transitions").Want(200).Items()[0]["note"])
}

func TestEndThatHasCome(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id, n := made(s, group("Neuvottelukunta")), network(s, "Verkosto", "05", "")
	c, url := s.As(authz.Secretary, id), "/v1/councils/"+id+"/networks"
	due := c.Post(url, object{"networkId": n, "from": day(-5), "to": day(1)}).Want(201).ID()
	staying := c.Post(url, object{"networkId": network(s, "Toinen", "05", ""), "from": day(-5), "to": day(1)}).Want(201).ID()
	require.NoError(t, s.Councils.EndDue(context.Background()))
	s.Exec("update council_networks set valid_to = $1::text::date where id = $2::text::uuid", day(0), due) // tomorrow came
	c.Post(url, object{"networkId": n}).Problem(409, "duplicate")
	require.NoError(t, s.Councils.EndDue(context.Background()))
	require.NoError(t, s.Councils.EndDue(context.Background()))
	got := s.Anonymous().Get("/v1/council-networks/" + due).Want(200).JSON()
	assert.Equal(t, []any{"left", 2.0, day(0)}, []any{got["status"], got["version"], got["to"]})
	got = s.Anonymous().Get("/v1/council-networks/" + staying).Want(200).JSON()
	assert.Equal(t, []any{"joined", 1.0}, []any{got["status"], got["version"]})
	steps := c.Get("/v1/council-networks/" + due + "/transitions").Want(200).Items()
	assert.Len(t, steps, 1)
	assert.Equal(t, []any{"joined", "left", day(0), nil, nil}, []any{steps[0]["from"], steps[0]["to"], steps[0]["on"], steps[0]["note"], steps[0]["actorId"]})
	var changes int
	s.Scan("select count(*) from changes where type = 'council_network' and op = 'updated' and version = 2 and region = '05'", nil, &changes)
	assert.Equal(t, 1, changes)
	c.Post(url, object{"networkId": n}).Want(201) // again
}

func TestJoinsAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := made(s, group("Neuvottelukunta"))
	a, b := s.As(authz.Coordinator, "05"), s.As(authz.Secretary, id)
	for range 8 {
		n := network(s, "Verkosto", "05", "")
		join := func(c *testkit.Client) func() *testkit.Answer {
			return func() *testkit.Answer {
				return c.Post("/v1/councils/"+id+"/networks", object{"networkId": n})
			}
		}
		oneWins(t, atOnce(join(a), join(b)), 201, "duplicate")
		n = network(s, "Entinen", "05", "")
		was := func(c *testkit.Client) func() *testkit.Answer {
			return func() *testkit.Answer {
				return c.Post("/v1/councils/"+id+"/networks", object{"networkId": n, "from": "2019-01-01", "to": "2020-01-01"})
			}
		}
		oneWins(t, atOnce(was(a), was(b)), 201, "overlap")
	}
}

// TestAsk: a network's founder asks a council to take it in, in the transaction that makes the network.
func TestAsk(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id, n := made(s, group("Neuvottelukunta")), network(s, "Uusi", "05", "")
	message, ctx := "Ottakaa mukaan", authz.With(context.Background(), authz.SystemActor())
	ask := func(council string) error {
		return s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			return s.Councils.Ask(ctx, tx, uuid.MustParse(council), uuid.MustParse(n), &message)
		})
	}
	require.NoError(t, ask(id))
	items := s.As(authz.Secretary, id).Get("/v1/councils/" + id + "/networks?status=applied").Items()
	require.Len(t, items, 1)
	assert.Equal(t, message, items[0]["message"])
	assert.True(t, errs.Is(ask(id), errs.Duplicate))
	err := ask(store.NewID().String())
	require.True(t, errs.Is(err, errs.InvalidData))
	var e *errs.Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, "/councilId", e.Faults[0].Pointer)

	part := made(s, object{"kind": "committee", "name": fi("Osa"), "parentId": id})
	at, ok, err := s.Councils.Place(ctx, uuid.MustParse(part))
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, authz.Target{Region: "05", Councils: []string{id, part}}, at)
	found, err := s.Councils.Exists(ctx, []uuid.UUID{uuid.MustParse(id), uuid.MustParse(n)})
	require.NoError(t, err)
	assert.Equal(t, map[uuid.UUID]bool{uuid.MustParse(id): true}, found)
}
