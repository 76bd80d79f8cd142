package post_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// titles are the titles of a list, all its pages, at most two rows each.
func titles(t *testing.T, c *testkit.Client, query string) (out []string) {
	t.Helper()
	next := "/v1/posts?limit=2&" + query
	for next != "" {
		page := c.Get(next).Want(200)
		for _, i := range page.Items() {
			out = append(out, i["title"].(object)["fi"].(string))
		}
		next, _ = page.JSON()["next"].(string)
	}
	return out
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	org, board, net := organisation(c, "published"), council(s, "05"), network(s, "07")
	ids := map[string]string{}
	for _, p := range []object{
		{"kind": "liaison_officer", "title": fi("Järjestöyhdyshenkilö Hämeenlinna"), "municipality": "109", "organisationId": org, "branch": "wellbeing", "from": "2015-01-01"},
		{"kind": "liaison_officer", "title": fi("Äänekosken yhdyshenkilö"), "municipality": "992", "branch": "leisure", "from": "2010-01-01", "to": "2014-01-01"},
		{"kind": "regional_coordinator", "title": fi("Aluekoordinaattori"), "region": "05", "councilId": board},
		{"kind": "project_manager", "title": fi("Zoomi-hankkeen vetäjä"), "subRegion": "071", "networkId": net},
		{"kind": "other", "title": fi("Avustaja")},
	} {
		ids[p["title"].(object)["fi"].(string)] = c.Post("/v1/posts", p).Want(201).ID()
	}
	hml, aki, coordinator, zoomi, helper := "Järjestöyhdyshenkilö Hämeenlinna", "Äänekosken yhdyshenkilö", "Aluekoordinaattori", "Zoomi-hankkeen vetäjä", "Avustaja"
	aino := person(s, "Aino Aho", "109", true)
	c.Post("/v1/posts/"+ids[hml]+"/holders", object{"personId": aino, "from": "2018-01-01"}).Want(201)
	c.Post("/v1/posts/"+ids[aki]+"/holders", object{"personId": aino}).Want(201)
	for query, want := range map[string][]string{
		"":                     {coordinator, helper, hml, zoomi, aki}, // Finnish order: Z before Ä
		"sort=-title":          {aki, zoomi, hml, helper, coordinator},
		"sort=createdAt":       {hml, aki, coordinator, zoomi, helper},
		"sort=-createdAt":      {helper, zoomi, coordinator, aki, hml},
		"sort=updatedAt,title": {hml, aki, coordinator, zoomi, helper},
		"kind=liaison_officer": {hml, aki}, "kind=other&kind=project_manager": {helper, zoomi},
		"region=05": {coordinator, hml}, "subRegion=071": {zoomi}, "municipality=109&municipality=992": {hml, aki}, "region=99": nil,
		"branch=leisure": {aki}, "organisation=" + org: {hml}, "council=" + board: {coordinator}, "network=" + net: {zoomi}, "network=" + net + "&council=" + board: nil,
		"id=" + ids[helper] + "&id=" + ids[aki]: {helper, aki},
		"q=yhdyshenk":                           {aki}, "q=" + url.QueryEscape("HÄMEENLINNA järj"): {hml}, "q=zoomi+vet": {zoomi}, "q=-": nil,
		"on=2012-06-01": {coordinator, helper, zoomi, aki}, "on=2014-01-01": {coordinator, helper, zoomi}, "on=2020-01-01": {coordinator, helper, hml, zoomi},
		"filled=true": {hml}, "filled=false": {coordinator, helper, zoomi, aki},
		"filled=true&on=2012-06-01": {aki}, "filled=true&on=2016-01-01": nil, "filled=false&on=2016-01-01": {coordinator, helper, hml, zoomi},
	} {
		assert.Equal(t, want, titles(t, s.Anonymous(), query), query)
	}
	then := s.Anonymous().Get("/v1/posts?on=2012-06-01&kind=liaison_officer&count=true").Want(200)
	assert.Equal(t, 1.0, then.JSON()["total"])
	assert.Equal(t, "Aino Aho", then.Items()[0]["holder"].(object)["person"].(object)["name"])
	assert.Equal(t, 5.0, s.As(authz.Officer, "109").Get("/v1/posts?count=true&limit=1").Want(200).JSON()["total"], "a total for a reader with a scope")
	s.Anonymous().Get("/v1/posts", testkit.Header{Name: "If-None-Match", Value: s.Anonymous().Get("/v1/posts").ETag()}).Want(304)
}

func TestBadLists(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.Anonymous()
	for _, query := range []string{"kind=boss", "sort=name", "on=2020-13-01", "filled=perhaps", "region=5", "nope=1", "limit=0", "q=", "organisation=1", "sort=title&modifiedSince=2020-01-01T00:00:00Z",
		"q=" + strings.Repeat("a+", 11)} {
		c.Get("/v1/posts?"+query).Problem(400, "validation")
	}
	admin := s.As(authz.Admin, "")
	for i := range 3 {
		admin.Post("/v1/posts", object{"kind": "other", "title": fi(fmt.Sprint(i))}).Want(201)
	}
	next := c.Get("/v1/posts?limit=1").Want(200).JSON()["next"].(string)
	for _, change := range []string{"&kind=other", "&on=2020-01-01", "&filled=false"} {
		c.Get(next+change).Problem(400, "bad-cursor")
	}
	c.Get("/v1/posts?cursor=x").Problem(400, "bad-cursor")
}

func TestWhatChanged(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	since := clock.Now().Format("2006-01-02T15:04:05.999999Z")
	kept := c.Post("/v1/posts", officer("109")).Want(201).ID()
	gone := c.Post("/v1/posts", officer("109")).Want(201).ID()
	c.Do("DELETE", "/v1/posts/"+gone, nil, testkit.IfMatch("*")).Want(204)
	page := s.Anonymous().Get("/v1/posts?kind=liaison_officer&count=true&modifiedSince=" + since).Want(200)
	items := page.Items()
	assert.Equal(t, []any{kept, gone}, []any{items[0]["id"], items[1]["id"]})
	assert.Nil(t, items[0]["deleted"])
	assert.Equal(t, []any{true, 2.0, 4}, []any{items[1]["deleted"], items[1]["version"], len(items[1])})
	assert.Len(t, s.Anonymous().Get("/v1/posts").Items(), 1)
}

// TestStatements holds the operations to a number of statements: no N+1, no forgotten query.
func TestStatements(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	for range 3 {
		id := c.Post("/v1/posts", officer("109")).Want(201).ID()
		c.Post("/v1/posts/"+id+"/holders", object{"personId": person(s, "Aino Aho", "109", true)}).Want(201)
	}
	id := c.Post("/v1/posts", officer("109")).Want(201).ID()
	aino := person(s, "Aino Aho", "109", true)
	holder := c.Post("/v1/posts/"+id+"/holders", object{"personId": aino, "from": "2020-01-01"}).Want(201).ID()
	c.Get("/v1/me").Want(200) // the actor is remembered from here on
	for _, tt := range []struct {
		name, method, path string
		body               any
		want               int64
	}{
		{"get", "GET", "/v1/posts/" + id, nil, 1},
		{"list", "GET", "/v1/posts?region=05&on=2021-01-01", nil, 1},
		{"list with total", "GET", "/v1/posts?count=true&filled=true", nil, 2},
		{"holder", "GET", "/v1/post-holders/" + holder, nil, 1},
		{"holders", "GET", "/v1/posts/" + id + "/holders", nil, 2},
		{"coverage", "GET", "/v1/statistics/coverage?from=2000", nil, 1},
		{"create", "POST", "/v1/posts", officer("109"), 5},                                                         // begin, insert, texts for search, commit with its rows, read
		{"patch", "PATCH", "/v1/posts/" + id, object{"email": "a@example.org"}, 5},                                 // and the lock
		{"patch period", "PATCH", "/v1/posts/" + id, object{"from": "2001-01-01"}, 6},                              // and the holders
		{"create holder", "POST", "/v1/posts/" + id + "/holders", object{"personId": aino, "to": "2020-01-01"}, 7}, // and the person and the overlap
		{"patch holder", "PATCH", "/v1/post-holders/" + holder, object{"from": "2021-01-01"}, 7},
	} {
		r := c.Request(tt.method, tt.path, tt.body, testkit.IfMatch("*"))
		if tt.method != "PATCH" {
			r.Header.Del("If-Match")
		}
		ctx, n := store.CountStatements(r.Context())
		a := c.Send(r.WithContext(ctx))
		assert.Less(t, a.Status, 300, "%s: %s", tt.name, a.Body)
		assert.Equal(t, tt.want, n.Load(), tt.name)
	}
}
