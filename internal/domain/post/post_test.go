package post_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func fi(s string) object { return object{"fi": s} }

func with(base object, more ...object) object {
	out := object{}
	for _, m := range append([]object{base}, more...) {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func officer(municipality string, more ...object) object {
	return with(object{"kind": "liaison_officer", "title": fi("Järjestöyhdyshenkilö"), "municipality": municipality}, more...)
}

// person makes a person whose record is the municipality's, and tells the id.
func person(s *testkit.Service, name, municipality string, consents bool) string {
	id := store.NewID()
	s.Exec(`insert into people (id, version, created_at, updated_at, name, sort_name, consent_name, municipality) values ($1, 1, now(), now(), $2, $2, $3, $4)`, id, name, consents, municipality)
	return id.String()
}

// council and network make one in a region, or nowhere.
func council(s *testkit.Service, region any) string {
	return tree(s, "councils", "advisory_council", region)
}

func network(s *testkit.Service, region any) string {
	id := store.NewID()
	s.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, sort_name, region) values ($1, 1, now(), now(), 'area', 'active', '{"fi": "x"}', 'x', $2)`, id, region)
	return id.String()
}

func tree(s *testkit.Service, table, kind string, region any) string {
	id := store.NewID()
	s.Exec(`insert into `+table+` (id, version, created_at, updated_at, kind, name, sort_name, region) values ($1, 1, now(), now(), $2, '{"fi": "x"}', 'x', $3)`, id, kind, region)
	return id.String()
}

func organisation(c *testkit.Client, status string) string {
	return c.Post("/v1/organisations", object{"kind": "municipality", "name": fi("Hämeenlinnan kaupunki"), "municipality": "109", "status": status}).Want(201).ID()
}

func TestEveryMember(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	whole := object{
		"kind": "liaison_officer", "title": object{"fi": "  Järjestö   yhdyshenkilö ", "sv": "Kontaktperson"}, "organisationId": organisation(c, "published"),
		"councilId": council(s, "05"), "networkId": network(s, "05"), "team": fi("Hyvinvointipalvelut"), "municipality": "109", "branch": "wellbeing",
		"email": "Yhdys@EXAMPLE.org", "phone": "050 555 0101", "description": fi("Tukee järjestöjä"), "from": "2015-01-01", "to": "2030-01-01",
	}
	made := c.Post("/v1/posts", whole).Want(201)
	url := "/v1/posts/" + made.ID()
	assert.Equal(t, url, made.Header.Get("Location"))
	read := s.Anonymous().Get(url).Want(200)
	got := read.JSON()
	assert.Equal(t, made.JSON(), got)
	assert.Len(t, got, 20, "every member is present, unset ones as null")
	for member, want := range (object{
		"title": object{"fi": "Järjestö yhdyshenkilö", "sv": "Kontaktperson"}, "region": "05", "subRegion": "051", "email": "Yhdys@example.org", "phone": "+358505550101",
		"holder": nil, "version": 1.0, "from": "2015-01-01", "to": "2030-01-01", "branch": "wellbeing",
	}) {
		assert.Equal(t, want, got[member], member)
	}
	s.Anonymous().Get(url, testkit.Header{Name: "If-None-Match", Value: read.ETag()}).Want(304)
	// what was shown can be sent again, and changes nothing
	same := object{}
	for member := range whole {
		same[member] = got[member]
	}
	assert.Equal(t, got, c.Patch(url, same, testkit.IfMatch(made.ETag())).Want(200).JSON())
	// merge patch: null clears, maps merge, the rest stays
	patched := c.Patch(url, object{"title": object{"sv": nil}, "email": nil, "team": nil, "description": object{"sv": "Stöder"}, "to": nil, "organisationId": nil}, testkit.IfMatch(made.ETag())).Want(200).JSON()
	assert.Equal(t, fi("Järjestö yhdyshenkilö"), patched["title"])
	assert.Equal(t, object{"fi": "Tukee järjestöjä", "sv": "Stöder"}, patched["description"])
	for _, member := range []string{"email", "team", "to", "organisationId"} {
		assert.Nil(t, patched[member], member)
	}
	assert.Equal(t, "+358505550101", patched["phone"])
	assert.Equal(t, 2.0, patched["version"])
	var changed []string
	s.Scan("select changed from changes where resource_id = $1 and version = 2", []any{uuid.MustParse(made.ID())}, &changed)
	assert.ElementsMatch(t, []string{"title", "email", "team", "description", "to", "organisationId"}, changed)
}

func TestDataThatCannotBeRight(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	bad := object{
		"kind": "other", "title": fi("\u00a0x"), "organisationId": organisation(c, "draft"), "councilId": store.NewID(), "networkId": store.NewID(),
		"email": "Info <info@example.org>", "phone": "12x", "from": "2020-01-01", "to": "2020-01-01", "municipality": "532",
	}
	assert.ElementsMatch(t, []string{
		"unknown-reference /organisationId", "unknown-reference /councilId", "unknown-reference /networkId", "invalid /email", "invalid /phone", "order /to", "merged /municipality",
	}, c.Post("/v1/posts", bad).Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"contradiction /region"}, c.Post("/v1/posts", officer("109", object{"region": "07"})).Problem(422, "invalid-data"))
	assert.Empty(t, c.Get("/v1/posts").Items())
	for name, body := range map[string]object{
		"no title": {"kind": "other"}, "blank title": {"kind": "other", "title": fi(" ")}, "no kind": {"title": fi("x")}, "unknown member": officer("109", object{"holder": nil}),
		"unknown kind": {"kind": "boss", "title": fi("x")}, "server's member": officer("109", object{"id": store.NewID()}), "no date": officer("109", object{"from": "2020-02-30"}),
	} {
		a := c.Post("/v1/posts", body)
		assert.Equal(t, 400, a.Status, name)
	}
	a := c.Post("/v1/posts", officer("109")).Want(201)
	url := "/v1/posts/" + a.ID()
	assert.Equal(t, []string{"required /title", "unknown-reference /councilId"},
		c.Patch(url, object{"title": object{"fi": nil}, "councilId": store.NewID()}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	c.Patch(url, object{"kind": nil}, testkit.IfMatch("*")).Problem(400, "validation")
	// a reference that leads nowhere any more does not hinder other changes
	gone := council(s, "05")
	c.Patch(url, object{"councilId": gone}, testkit.IfMatch("*")).Want(200)
	s.Exec("update councils set deleted_at = now() where id = $1", uuid.MustParse(gone))
	c.Patch(url, object{"phone": "0401234567"}, testkit.IfMatch("*")).Want(200)
}

func TestWhoWritesWhere(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officers, coordinator := s.As(authz.Officer, "109"), s.As(authz.Coordinator, "05")
	here, elsewhere := council(s, "05"), network(s, "07")
	homeless := object{"kind": "other", "title": fi("Koditon")}
	for _, tt := range []struct {
		name   string
		client *testkit.Client
		body   object
		want   int
	}{
		{"an officer at home", officers, officer("109"), 201},
		{"an officer next door", officers, officer("165"), 403},
		{"an officer next door, with other faults", officers, officer("165", object{"councilId": store.NewID(), "phone": "12x"}), 403},
		{"nobody knows where", officers, with(homeless, object{"councilId": store.NewID()}), 422},
		{"an officer for the region", officers, with(homeless, object{"region": "05"}), 403},
		{"an officer for the sub-region", officers, with(homeless, object{"subRegion": "051"}), 403},
		{"a coordinator for a municipality", coordinator, officer("165"), 201},
		{"a coordinator for a sub-region", coordinator, with(homeless, object{"subRegion": "051"}), 201},
		{"a coordinator for the region", coordinator, with(homeless, object{"region": "05"}), 201},
		{"a coordinator elsewhere", coordinator, officer("398"), 403},
		{"a coordinator nowhere", coordinator, homeless, 403},
		{"a coordinator for a council", coordinator, with(homeless, object{"councilId": here}), 201},
		{"a coordinator for a network elsewhere", coordinator, with(homeless, object{"networkId": elsewhere}), 403},
		{"a coordinator for a council, which goes first", coordinator, with(homeless, object{"councilId": here, "networkId": elsewhere}), 201},
		{"a coordinator for a council without an area", coordinator, with(homeless, object{"councilId": council(s, nil)}), 403},
		{"an admin nowhere", s.As(authz.Admin, ""), homeless, 201},
		{"an integration that may", s.As(authz.Integration, "109", "post.write"), officer("109"), 201},
		{"an integration that may not", s.As(authz.Integration, "109", "network.write"), officer("109"), 403},
		{"a secretary", s.As(authz.Secretary, here), with(homeless, object{"councilId": here}), 403},
		{"a convener", s.As(authz.Convener, elsewhere), with(homeless, object{"networkId": elsewhere}), 403},
		{"an editor", s.As(authz.Editor, store.NewID().String()), officer("109"), 403},
		{"nobody", s.Anonymous(), officer("109"), 401},
	} {
		assert.Equal(t, tt.want, tt.client.Post("/v1/posts", tt.body).Status, tt.name)
	}
	a := officers.Post("/v1/posts", officer("109")).Want(201)
	url := "/v1/posts/" + a.ID()
	neighbour := s.As(authz.Officer, "165")
	for _, c := range []*testkit.Client{neighbour, s.As(authz.Coordinator, "07")} {
		c.Patch(url, object{"email": nil}, testkit.IfMatch("*")).Problem(403, "forbidden")
		c.Do("DELETE", url, nil, testkit.IfMatch("*")).Problem(403, "forbidden")
	}
	officers.Patch(url, object{"municipality": "165"}, testkit.IfMatch("*")).Problem(403, "forbidden")
	moved := coordinator.Patch(url, object{"municipality": "165"}, testkit.IfMatch("*")).Want(200)
	assert.Equal(t, "165", moved.JSON()["municipality"])
	officers.Patch(url, object{"email": nil}, testkit.IfMatch("*")).Problem(403, "forbidden")
	neighbour.Patch(url, object{"email": "uusi@example.org"}, testkit.IfMatch("*")).Want(200)
	// a post that loses its area takes that of its council
	coordinator.Patch(url, object{"region": nil}, testkit.IfMatch("*")).Problem(403, "forbidden")
	lost := coordinator.Patch(url, object{"region": nil, "councilId": here}, testkit.IfMatch("*")).Want(200).JSON()
	assert.Equal(t, []any{"05", nil, nil}, []any{lost["region"], lost["subRegion"], lost["municipality"]})
}

func TestPreconditionsAndDeletion(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	a := c.Post("/v1/posts", officer("109")).Want(201)
	url := "/v1/posts/" + a.ID()
	c.Patch(url, object{"email": nil}).Problem(428, "precondition-required")
	c.Do("DELETE", url, nil).Problem(428, "precondition-required")
	next := c.Patch(url, object{"email": "a@example.org"}, testkit.IfMatch(a.ETag())).Want(200)
	stale := c.Patch(url, object{"email": "b@example.org"}, testkit.IfMatch(a.ETag()))
	stale.Problem(412, "stale")
	c.Patch(url, object{"email": "a@example.org"}, testkit.IfMatch(stale.ETag())).Want(200)
	c.Do("DELETE", url, nil, testkit.IfMatch(a.ETag())).Problem(412, "stale")
	assert.Equal(t, next.ETag(), c.Patch(url, object{}, testkit.IfMatch(next.ETag())).Want(200).ETag(), "no change, no version")

	h := c.Post(url+"/holders", object{"personId": person(s, "Aino Aho", "109", true), "to": "2010-01-01"}).Want(201)
	c.Do("DELETE", url, nil, testkit.IfMatch(next.ETag())).Problem(409, "in-use")
	c.Do("DELETE", "/v1/post-holders/"+h.ID(), nil, testkit.IfMatch("*")).Want(204)
	c.Do("DELETE", url, nil, testkit.IfMatch(next.ETag())).Want(204)
	for _, path := range []string{url, url + "/holders", "/v1/post-holders/" + h.ID()} {
		gone := c.Get(path)
		gone.Problem(410, "gone")
		assert.NotNil(t, gone.JSON()["deletedAt"])
	}
	c.Patch(url, object{"email": nil}, testkit.IfMatch("*")).Problem(410, "gone")
	c.Do("DELETE", url, nil, testkit.IfMatch("*")).Problem(410, "gone")
	c.Post(url+"/holders", object{"personId": person(s, "Eero Elo", "109", true)}).Problem(410, "gone")
	c.Patch("/v1/post-holders/"+h.ID(), object{"to": nil}, testkit.IfMatch("*")).Problem(410, "gone")
	c.Do("DELETE", "/v1/post-holders/"+h.ID(), nil, testkit.IfMatch("*")).Problem(410, "gone")
	assert.Empty(t, c.Get("/v1/posts").Items())
	none := store.NewID().String()
	for _, path := range []string{"/v1/posts/" + none, "/v1/posts/" + none + "/holders", "/v1/post-holders/" + none} {
		c.Get(path).Problem(404, "not-found")
	}
	for _, path := range []string{"/v1/posts/" + none, "/v1/post-holders/" + none} {
		c.Patch(path, object{"to": nil}, testkit.IfMatch("*")).Problem(404, "not-found")
		c.Do("DELETE", path, nil, testkit.IfMatch("*")).Problem(404, "not-found")
	}
	c.Post("/v1/posts/"+none+"/holders", object{"personId": none}).Problem(404, "not-found")
}

func TestChangesTellWhereAPostStands(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	post := c.Post("/v1/posts", officer("109")).Want(201).ID()
	h := c.Post("/v1/posts/"+post+"/holders", object{"personId": person(s, "Aino Aho", "109", true)}).Want(201).ID()
	for id, kind := range map[string]string{post: "post", h: "post_holder"} {
		var resource, region, municipality string
		var public bool
		s.Scan("select type, region, municipality, public from changes where resource_id = $1", []any{uuid.MustParse(id)}, &resource, &region, &municipality, &public)
		assert.Equal(t, []any{kind, "05", "109", true}, []any{resource, region, municipality, public})
	}
	c.Do("DELETE", "/v1/post-holders/"+h, nil, testkit.IfMatch("*")).Want(204)
	var public bool
	s.Scan("select public from changes where resource_id = $1 and op = 'deleted'", []any{uuid.MustParse(h)}, &public)
	require.False(t, public)
}
