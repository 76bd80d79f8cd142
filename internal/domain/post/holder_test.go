package post_test

import (
	"context"
	"fmt"
	"sync"
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

func TestHolders(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	post := "/v1/posts/" + c.Post("/v1/posts", officer("109", object{"phone": "0505550101"})).Want(201).ID()
	first := c.Post(post+"/holders", object{"personId": person(s, "Aino Aho", "109", true), "to": "2018-01-01"}).Want(201)
	url := "/v1/post-holders/" + first.ID()
	assert.Equal(t, url, first.Header.Get("Location"))
	got := s.Anonymous().Get(url).Want(200)
	assert.Equal(t, first.JSON(), got.JSON())
	assert.Equal(t, post, "/v1/posts/"+got.JSON()["postId"].(string))
	assert.Equal(t, []any{nil, "2018-01-01"}, []any{got.JSON()["from"], got.JSON()["to"]})
	assert.Equal(t, "Aino Aho", got.JSON()["person"].(object)["name"])
	second := c.Post(post+"/holders", object{"personId": person(s, "Eero Elo", "109", true), "from": "2018-01-01"}).Want(201)

	// the phone stays when the holder changes
	held := func(query string) (phone, name any) {
		j := s.Anonymous().Get(post + query).Want(200).JSON()
		if h, ok := j["holder"].(object); ok {
			name = h["person"].(object)["name"]
		}
		return j["phone"], name
	}
	for query, want := range map[string]any{"?on=2017-12-31": "Aino Aho", "?on=2018-01-01": "Eero Elo", "": "Eero Elo"} {
		phone, name := held(query)
		assert.Equal(t, []any{"+358505550101", want}, []any{phone, name}, query)
	}
	before := s.Anonymous().Get(post).Want(200).ETag()
	changed := c.Patch("/v1/post-holders/"+second.ID(), object{"to": "2020-01-01"}, testkit.IfMatch(second.ETag())).Want(200)
	assert.Equal(t, 2.0, changed.JSON()["version"])
	assert.Equal(t, "2018-01-01", changed.JSON()["from"])
	after := s.Anonymous().Get(post).Want(200)
	assert.NotEqual(t, before, after.ETag(), "the answer has changed, though the post has not")
	assert.Equal(t, []any{1.0, nil}, []any{after.JSON()["version"], after.JSON()["holder"]})

	names := func(query string) (out []string) {
		for _, h := range s.Anonymous().Get(post + "/holders" + query).Want(200).Items() {
			out = append(out, h["person"].(object)["name"].(string))
		}
		return out
	}
	assert.Equal(t, []string{"Eero Elo", "Aino Aho"}, names(""), "the latest first")
	assert.Equal(t, []string{"Aino Aho"}, names("?activeOn=2017-12-31"))
	assert.Equal(t, []string{"Eero Elo"}, names("?activeOn=2018-01-01"))
	assert.Empty(t, names("?activeOn=2020-01-01"))
	page := s.Anonymous().Get(post + "/holders?limit=1").Want(200)
	assert.Equal(t, second.ID(), page.Items()[0]["id"])
	assert.Equal(t, first.ID(), s.Anonymous().Get(page.JSON()["next"].(string)).Want(200).Items()[0]["id"])
	other := c.Post("/v1/posts", officer("109")).Want(201).ID()
	cursor := page.JSON()["next"].(string)[len(post):]
	s.Anonymous().Get("/v1/posts/"+other+cursor).Problem(400, "bad-cursor")

	c.Patch(url, object{"to": nil}).Problem(428, "precondition-required")
	c.Patch(url, object{"to": nil}, testkit.IfMatch(`"7-x"`)).Problem(412, "stale")
	c.Do("DELETE", url, nil).Problem(428, "precondition-required")
	c.Do("DELETE", url, nil, testkit.IfMatch(`"7-x"`)).Problem(412, "stale")
	c.Patch(url, object{"personId": store.NewID()}, testkit.IfMatch("*")).Problem(400, "validation")
	same := c.Patch(url, object{"to": "2018-01-01"}, testkit.IfMatch("*")).Want(200)
	assert.Equal(t, first.ETag(), same.ETag(), "no change, no version")
}

func TestWhoWritesHolders(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	here := council(s, "05")
	url := "/v1/posts/" + admin.Post("/v1/posts", officer("109", object{"councilId": here})).Want(201).ID()
	body := object{"personId": person(s, "Aino Aho", "109", true)}
	h := "/v1/post-holders/" + admin.Post(url+"/holders", body).Want(201).ID()
	for name, tt := range map[string]struct {
		client *testkit.Client
		want   int
	}{
		"officer next door": {s.As(authz.Officer, "165"), 403}, "coordinator elsewhere": {s.As(authz.Coordinator, "07"), 403}, "secretary": {s.As(authz.Secretary, here), 403},
		"convener": {s.As(authz.Convener, store.NewID().String()), 403}, "editor": {s.As(authz.Editor, store.NewID().String()), 403}, "nobody": {s.Anonymous(), 401},
		"integration without it": {s.As(authz.Integration, "109", "network.write"), 403},
	} {
		assert.Equal(t, tt.want, tt.client.Post(url+"/holders", body).Status, name)
		assert.Equal(t, tt.want, tt.client.Patch(h, object{"to": nil}, testkit.IfMatch("*")).Status, name)
		assert.Equal(t, tt.want, tt.client.Do("DELETE", h, nil, testkit.IfMatch("*")).Status, name)
	}
	for i, c := range []*testkit.Client{s.As(authz.Officer, "109"), s.As(authz.Coordinator, "05"), s.As(authz.Integration, "109", "post.write"), admin} {
		c.Patch(h, object{"from": fmt.Sprintf("200%d-01-01", i)}, testkit.IfMatch("*")).Want(200)
	}
	// whom they may name is another question: an integration may read nobody, an officer those of the municipality
	stranger := person(s, "Outi Outo", "398", true)
	for _, c := range []*testkit.Client{s.As(authz.Integration, "109", "post.write"), s.As(authz.Officer, "109")} {
		assert.Equal(t, []string{"unknown-reference /personId"}, c.Post(url+"/holders", object{"personId": stranger, "to": "1990-01-01"}).Problem(422, "invalid-data"))
	}
	erased := store.NewID()
	s.Exec("insert into people (id, version, created_at, updated_at, municipality, erased_at, deleted_at) values ($1, 1, now(), now(), '109', now(), now())", erased)
	assert.Equal(t, []string{"unknown-reference /personId"}, admin.Post(url+"/holders", object{"personId": erased, "to": "1990-01-01"}).Problem(422, "invalid-data"))
	admin.Post(url+"/holders", object{"personId": stranger, "to": "1990-01-01"}).Want(201)
}

func TestNamesShowByConsent(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	org, board, net := organisation(admin, "published"), council(s, "05"), network(s, "05")
	post := "/v1/posts/" + admin.Post("/v1/posts", officer("109", object{"organisationId": org, "councilId": board, "networkId": net})).Want(201).ID()
	aino := person(s, "Aino Aho", "109", false)
	holder := "/v1/post-holders/" + admin.Post(post+"/holders", object{"personId": aino}).Want(201).ID()
	hidden := object{"id": nil, "name": nil, "withheld": true, "erased": false}
	shown := object{"id": aino, "name": "Aino Aho", "withheld": false, "erased": false}
	seen := func(c *testkit.Client) []any {
		return []any{
			c.Get(holder).Want(200).JSON()["person"], c.Get(post + "/holders").Want(200).Items()[0]["person"],
			c.Get(post).Want(200).JSON()["holder"].(object)["person"], c.Get("/v1/posts").Want(200).Items()[0]["holder"].(object)["person"],
		}
	}
	outsiders := map[string]*testkit.Client{
		"anonymous": s.Anonymous(), "officer next door": s.As(authz.Officer, "165"), "coordinator elsewhere": s.As(authz.Coordinator, "07"),
		"another's secretary": s.As(authz.Secretary, council(s, "05")), "integration": s.As(authz.Integration, "109", "post.write"),
	}
	for name, c := range outsiders {
		assert.Equal(t, []any{hidden, hidden, hidden, hidden}, seen(c), name)
	}
	for name, c := range map[string]*testkit.Client{
		"admin": admin, "officer": s.As(authz.Officer, "109"), "coordinator": s.As(authz.Coordinator, "05"),
		"secretary": s.As(authz.Secretary, board), "convener": s.As(authz.Convener, net), "editor": s.As(authz.Editor, org),
	} {
		assert.Equal(t, []any{shown, shown, shown, shown}, seen(c), name)
	}
	tags := []string{s.Anonymous().Get(post).ETag(), s.Anonymous().Get(holder).ETag()}
	assert.NotEqual(t, tags[0], admin.Get(post).ETag(), "what the reader sees is part of the tag")
	s.Exec("update people set consent_name = true, version = version + 1 where id = $1", uuid.MustParse(aino))
	for name, c := range outsiders {
		assert.Equal(t, []any{shown, shown, shown, shown}, seen(c), name)
	}
	s.Anonymous().Get(post, testkit.Header{Name: "If-None-Match", Value: tags[0]}).Want(200)
	s.Anonymous().Get(holder, testkit.Header{Name: "If-None-Match", Value: tags[1]}).Want(200)
	s.Exec("update people set consent_name = false, name = null, sort_name = '', erased_at = now(), deleted_at = now(), version = version + 1 where id = $1", uuid.MustParse(aino))
	erased := object{"id": nil, "name": nil, "withheld": false, "erased": true}
	assert.Equal(t, []any{erased, erased, erased, erased}, seen(s.Anonymous()))
}

func TestOneHolderAtATime(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	post := "/v1/posts/" + c.Post("/v1/posts", officer("109")).Want(201).ID()
	aino, eero := person(s, "Aino Aho", "109", true), person(s, "Eero Elo", "109", true)
	first := c.Post(post+"/holders", object{"personId": aino, "from": "2015-01-01", "to": "2018-01-01"}).Want(201).ID()
	refused := func(a *testkit.Answer, by string) {
		t.Helper()
		assert.Equal(t, []string{"overlap /from"}, a.Problem(409, "overlap"))
		assert.Equal(t, by, a.JSON()["conflictsWith"])
	}
	for _, period := range []object{{}, {"from": "2017-12-31"}, {"to": "2015-01-02"}, {"from": "2016-01-01", "to": "2016-01-02"}} {
		refused(c.Post(post+"/holders", with(object{"personId": eero}, period)), first)
	}
	second := c.Post(post+"/holders", object{"personId": eero, "from": "2018-01-01"}).Want(201).ID()
	c.Post(post+"/holders", object{"personId": eero, "to": "2015-01-01"}).Want(201)
	refused(c.Patch("/v1/post-holders/"+first, object{"to": "2018-01-02"}, testkit.IfMatch("*")), second)
	c.Patch("/v1/post-holders/"+first, object{"to": "2017-01-01"}, testkit.IfMatch("*")).Want(200)
	// a deleted one is in nobody's way; in another post everybody may be at the same time
	c.Do("DELETE", "/v1/post-holders/"+second, nil, testkit.IfMatch("*")).Want(204)
	c.Post(post+"/holders", object{"personId": eero, "from": "2018-06-01"}).Want(201)
	other := "/v1/posts/" + c.Post("/v1/posts", officer("109")).Want(201).ID()
	c.Post(other+"/holders", object{"personId": eero}).Want(201)
	// the database stands behind it
	_, err := s.DB.Exec(context.Background(), "insert into post_holders (id, version, created_at, updated_at, post_id, person_id, valid_from) values ($1, 1, now(), now(), $2, $3, '2019-01-01')",
		store.NewID(), uuid.MustParse(post[len("/v1/posts/"):]), uuid.MustParse(eero))
	assert.Equal(t, "post_holders_one", store.Violated(err))
}

// TestTwoHoldersAtOnce: whoever comes at the same moment, one wins and the others are told of it.
func TestTwoHoldersAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	clients := []*testkit.Client{s.As(authz.Officer, "109"), s.As(authz.Coordinator, "05")}
	people := []string{person(s, "Aino Aho", "109", true), person(s, "Eero Elo", "109", true)}
	for range 20 {
		post := "/v1/posts/" + clients[0].Post("/v1/posts", officer("109")).Want(201).ID()
		one(t, func(i int) *testkit.Answer {
			return clients[i].Post(post+"/holders", object{"personId": people[i], "from": "2020-01-01"})
		})
		// two successions of the same holder: the second finds the first's
		first := clients[0].Get(post + "/holders").Items()[0]["id"]
		one(t, func(i int) *testkit.Answer {
			return clients[i].Post(post+"/holders", object{"personId": people[i], "from": fmt.Sprintf("2021-0%d-01", i+1), "succeeds": first})
		})
		items := clients[0].Get(post + "/holders").Items()
		require.Len(t, items, 2)
		require.Equal(t, items[0]["from"], items[1]["to"], "one holder after the other")
		// a holder and the deletion of the post: never a holder of nothing
		empty := "/v1/posts/" + clients[0].Post("/v1/posts", officer("109")).Want(201).ID()
		var deleted, created *testkit.Answer
		var wg sync.WaitGroup
		wg.Go(func() { deleted = clients[0].Do("DELETE", empty, nil, testkit.IfMatch("*")) })
		wg.Go(func() { created = clients[1].Post(empty+"/holders", object{"personId": people[1]}) })
		wg.Wait()
		require.Contains(t, [][]int{{204, 410}, {409, 201}}, []int{deleted.Status, created.Status})
	}
}

// one sends two requests at once: one creates, the other overlaps.
func one(t *testing.T, send func(i int) *testkit.Answer) {
	t.Helper()
	var wg sync.WaitGroup
	answers := make([]*testkit.Answer, 2)
	for i := range answers {
		wg.Go(func() { answers[i] = send(i) })
	}
	wg.Wait()
	if answers[0].Status != 201 {
		answers[0], answers[1] = answers[1], answers[0]
	}
	answers[0].Want(201)
	answers[1].Problem(409, "overlap")
	require.Equal(t, answers[0].ID(), answers[1].JSON()["conflictsWith"])
}

// TestHolderBesideTheService: a second holder that the service could not see yet is refused by the constraint, in the same words.
func TestHolderBesideTheService(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	id := c.Post("/v1/posts", officer("109")).Want(201).ID()
	aino := person(s, "Aino Aho", "109", true)
	answer := make(chan *testkit.Answer, 1)
	err := s.DB.Write(context.Background(), func(ctx context.Context, _ *store.Tx) error {
		_, err := s.DB.Exec(ctx, "insert into post_holders (id, version, created_at, updated_at, post_id, person_id) values ($1, 1, now(), now(), $2, $3)", store.NewID(), uuid.MustParse(id), uuid.MustParse(aino))
		require.NoError(t, err)
		go func() { answer <- c.Post("/v1/posts/"+id+"/holders", object{"personId": aino}) }()
		require.Eventually(t, func() bool {
			var waiting bool
			s.Scan("select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')", nil, &waiting)
			return waiting
		}, 4*time.Second, 5*time.Millisecond)
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"overlap /from"}, (<-answer).Problem(409, "overlap"))
}

func TestSuccession(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	post := "/v1/posts/" + c.Post("/v1/posts", officer("109")).Want(201).ID()
	aino, eero := person(s, "Aino Aho", "109", true), person(s, "Eero Elo", "109", true)
	first := c.Post(post+"/holders", object{"personId": aino, "from": "2015-01-01"}).Want(201).ID()
	succeed := func(from any, more ...object) *testkit.Answer {
		return c.Post(post+"/holders", with(object{"personId": eero, "from": from, "succeeds": first}, more...))
	}
	assert.Equal(t, []string{"required /from"}, succeed(nil).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"order /from"}, succeed("2015-01-01").Problem(422, "invalid-data"))
	assert.Equal(t, []string{"order /to", "unknown-reference /personId", "unknown-reference /succeeds"},
		succeed("2018-01-01", object{"to": "2017-01-01", "personId": store.NewID(), "succeeds": store.NewID()}).Problem(422, "invalid-data"))
	other := "/v1/posts/" + c.Post("/v1/posts", officer("109")).Want(201).ID()
	elsewhere := c.Post(other+"/holders", object{"personId": aino}).Want(201).ID()
	assert.Equal(t, []string{"unknown-reference /succeeds"}, succeed("2018-01-01", object{"succeeds": elsewhere}).Problem(422, "invalid-data"))

	second := succeed("2018-01-01").Want(201).ID()
	ended := c.Get("/v1/post-holders/" + first).Want(200).JSON()
	assert.Equal(t, []any{"2018-01-01", 2.0}, []any{ended["to"], ended["version"]})
	// nothing is ended when the succession is refused
	refused := succeed("2017-01-01")
	refused.Problem(409, "overlap")
	assert.Equal(t, second, refused.JSON()["conflictsWith"])
	assert.Equal(t, 2.0, c.Get("/v1/post-holders/" + first).Want(200).JSON()["version"])
	// one who has ended before is left as is
	c.Do("DELETE", "/v1/post-holders/"+second, nil, testkit.IfMatch("*")).Want(204)
	succeed("2019-01-01").Want(201)
	assert.Equal(t, "2018-01-01", c.Get("/v1/post-holders/" + first).Want(200).JSON()["to"])
}

func TestWithinThePost(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	a := c.Post("/v1/posts", officer("109", object{"from": "2015-01-01", "to": "2020-01-01"})).Want(201)
	post := "/v1/posts/" + a.ID()
	aino := person(s, "Aino Aho", "109", true)
	for _, tt := range []struct {
		from, to any
		faults   []string
	}{
		{"2014-12-31", "2020-01-02", []string{"outside-post /from", "outside-post /to"}},
		{"2020-01-01", nil, []string{"outside-post /from"}},
		{nil, "2015-01-01", []string{"outside-post /to"}},
		{"2018-01-01", "2017-01-01", []string{"order /to"}},
	} {
		assert.Equal(t, tt.faults, c.Post(post+"/holders", object{"personId": aino, "from": tt.from, "to": tt.to}).Problem(422, "invalid-data"))
	}
	h := "/v1/post-holders/" + c.Post(post+"/holders", object{"personId": aino}).Want(201).ID()
	assert.Nil(t, c.Get(post).JSON()["holder"], "nobody holds what is no more")
	assert.NotNil(t, c.Get(post + "?on=2019-12-31").JSON()["holder"])
	assert.Empty(t, c.Get(post+"/holders?activeOn="+string(clock.Today())).Items())
	assert.Len(t, c.Get(post+"/holders?activeOn=2019-12-31").Items(), 1)
	c.Patch(h, object{"from": "2016-01-01", "to": "2019-01-01"}, testkit.IfMatch("*")).Want(200)
	assert.Equal(t, []string{"outside-post /from", "outside-post /to"}, c.Patch(h, object{"from": "2010-01-01", "to": "2021-01-01"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"holder-outside /from", "holder-outside /to"}, c.Patch(post, object{"from": "2016-01-02", "to": "2018-12-31"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"order /to", "holder-outside /from", "holder-outside /to"}, c.Patch(post, object{"from": "2019-01-01", "to": "2016-01-01"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"unknown-reference /networkId", "holder-outside /to"},
		c.Patch(post, object{"to": "2018-12-31", "networkId": store.NewID()}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	c.Patch(post, object{"from": "2016-01-01", "to": "2019-01-01"}, testkit.IfMatch("*")).Want(200)
	c.Patch(post, object{"from": nil, "to": nil}, testkit.IfMatch("*")).Want(200)
}
