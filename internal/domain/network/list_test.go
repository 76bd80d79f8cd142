package network_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestTree(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	make := func(name string, parent any) string {
		return c.Post("/v1/networks", network(name, object{"region": "05", "parentId": parent})).Want(201).ID()
	}
	a := make("A", nil)
	b := make("B", a)
	d := make("C", b)
	e := make("D", d)
	x := make("X", nil)
	under := func(id string) []string { return names(s.Anonymous().Get("/v1/networks?under=" + id)) }
	assert.Equal(t, []string{"A", "B", "C", "D"}, under(a))
	assert.Equal(t, []string{"B"}, names(s.Anonymous().Get("/v1/networks?parent="+a)))
	for _, parent := range []string{a, b, d, e} {
		assert.Equal(t, []string{"circle /parentId"}, c.Patch("/v1/networks/"+a, object{"parentId": parent}, anyVersion).Problem(409, "circle"))
	}
	deep := s.As(authz.Convener, b)
	c.Patch("/v1/networks/"+b, object{"parentId": x}, anyVersion).Want(200)
	assert.Equal(t, []string{"A"}, under(a))
	assert.Equal(t, []string{"B", "C", "D", "X"}, under(x))
	deep.Patch("/v1/networks/"+e, object{"website": "example.org"}, anyVersion).Want(200)
	s.As(authz.Convener, a).Patch("/v1/networks/"+e, object{"website": nil}, anyVersion).Problem(403, "forbidden") // it moved away
	s.As(authz.Convener, x).Patch("/v1/networks/"+e, object{"website": nil}, anyVersion).Want(200)
	var path []string
	s.Scan("select path::text[] from networks where id = $1::text::uuid", []any{e}, &path)
	assert.Equal(t, []string{x, b, d, e}, path)
	c.Patch("/v1/networks/"+a, object{"parentId": e}, anyVersion).Want(200)
	c.Patch("/v1/networks/"+b, object{"parentId": nil}, anyVersion).Want(200)
	assert.Equal(t, []string{"A", "B", "C", "D"}, under(b))
	assert.Equal(t, []string{"X"}, under(x))
}

func names(a *testkit.Answer) []string {
	a.T.Helper()
	out := []string{}
	for _, i := range a.Want(200).Items() {
		out = append(out, i["name"].(object)["fi"].(string))
	}
	return out
}

func TestLists(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	member := organisation(s, "Jäsen ry", "109")
	ids := map[string]string{}
	for _, n := range []object{
		network("Äänekkäät", object{"region": "07", "kind": "peer", "status": "unknown"}), network("Aulangon verkosto", object{"municipality": "109", "field": "culture-arts", "otherNames": []object{{"name": fi("Vanha nimi")}}}),
		network("Seudun verkosto", object{"subRegion": "051", "status": "forming"}), network("Yhdyshenkilöt", object{"region": "05", "kind": "liaison"}),
	} {
		ids[n["name"].(object)["fi"].(string)] = c.Post("/v1/networks", n).Want(201).ID()
	}
	all := []string{"Aulangon verkosto", "Seudun verkosto", "Yhdyshenkilöt", "Äänekkäät"}
	board := council(s)
	join(s, board, ids[all[1]], "joined")
	join(s, board, ids[all[2]], "applied")
	c.Post("/v1/networks/"+ids[all[0]]+"/memberships", object{"organisationId": member}).Want(201)
	c.Post("/v1/networks/"+ids[all[1]]+"/memberships", object{"organisationId": member, "from": "2001-01-01", "to": "2002-01-01"}).Want(201)
	c.Post("/v1/networks/"+ids[all[2]]+"/memberships", object{"organisationId": member, "from": day(1)}).Want(201)
	anonymous := s.Anonymous()
	for query, want := range map[string][]string{
		"": all, "region=05": all[:3], "region=05&region=07": all, "subRegion=051": all[:2], "municipality=109": all[:1], "field=culture-arts": all[:1], "kind=peer&kind=liaison": all[2:],
		"status=forming": all[1:2], "status=unknown&status=forming": {all[1], all[3]}, "q=verkosto": {all[1], all[0]}, "q=vanha+nimi": all[:1], "q=%25": {}, "sort=-name": {all[3], all[2], all[1], all[0]},
		"organisation=" + member: all[:1], "council=" + board: all[1:2], "id=" + ids[all[3]]: all[3:], "sort=createdAt": {all[3], all[0], all[1], all[2]}, "limit=2": all[:2],
	} {
		assert.Equal(t, want, names(anonymous.Get("/v1/networks?"+query)), query)
	}
	assert.Equal(t, 4.0, anonymous.Get("/v1/networks?count=true&limit=1").JSON()["total"])
	next := anonymous.Get("/v1/networks?limit=3").JSON()["next"].(string)
	assert.Equal(t, all[3:], names(anonymous.Get(next)))
	u, _ := url.Parse(next)
	anonymous.Get("/v1/networks?region=05&cursor="+u.Query().Get("cursor")).Problem(400, "bad-cursor")
	anonymous.Get("/v1/networks?q=a+b+c+d+e+f+g+h+i+j+k").Problem(400, "validation")
	anonymous.Get("/v1/networks?activeOn=2020-01-01").Problem(400, "validation")

	since := "modifiedSince=" + url.QueryEscape(time.Now().UTC().Format(time.RFC3339Nano))
	c.Do("DELETE", "/v1/networks/"+ids[all[3]], nil, anyVersion).Want(204)
	c.Patch("/v1/networks/"+ids[all[1]], object{"website": "example.org"}, anyVersion).Want(200)
	items := anonymous.Get("/v1/networks?" + since).Want(200).Items()
	assert.Len(t, items, 2)
	assert.Equal(t, []any{true, ids[all[3]]}, []any{items[0]["deleted"], items[0]["id"]})
	assert.Len(t, items[0], 4)
	assert.Equal(t, ids[all[1]], items[1]["id"])
	anonymous.Get("/v1/networks?sort=name&"+since).Problem(400, "validation")
}

// TestMemberNow: whoever has left belongs until the day on which that holds, by the count and by the filters alike.
func TestMemberNow(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	other := organisation(s.Service, "Muu ry", "109")
	id := s.add(s.two)
	s.add(s.one, object{"from": day(-9)})
	assert.Equal(t, day(1), step(s.decider, id, object{"to": "left"}).Want(200).JSON()["to"])
	assert.Equal(t, 2.0, s.outsider.Get("/v1/networks/" + s.network).JSON()["memberCount"])
	board := council(s.Service)
	join(s.Service, board, s.network, "left")
	for query, want := range map[string]int{
		"organisation=" + s.two: 1, "organisation=" + other: 0, "organisation=" + other + "&organisation=" + s.one: 1, "council=" + board: 1, "council=" + other: 0, "council=" + other + "&council=" + board: 1,
	} {
		assert.Len(t, s.outsider.Get("/v1/networks?"+query).Want(200).Items(), want, query)
	}
	for query, want := range map[string]int{"organisation=" + s.two: 1, "organisation=" + s.two + "&organisation=" + s.one: 2, "organisation=" + other: 0} {
		assert.Len(t, s.outsider.Get(s.members()+"?"+query).Want(200).Items(), want, query)
	}
	assert.Len(t, s.outsider.Get("/v1/organisations/"+s.one+"/memberships?network="+other+"&network="+s.network).Want(200).Items(), 1)
	assert.Empty(t, s.outsider.Get("/v1/organisations/"+s.one+"/memberships?network="+other).Want(200).Items())
	assert.Equal(t, id, s.outsider.Get(s.members() + "?sort=-updatedAt").Want(200).Items()[0]["id"])
	assert.Len(t, s.outsider.Get("/v1/organisations/"+s.one+"/memberships?sort=updatedAt").Want(200).Items(), 1)
}

func TestStatements(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	id := c.Post("/v1/networks", network("Laskettu", object{"region": "05"})).Want(201).ID()
	var m, o string
	for range 3 {
		o = organisation(s, "Jäsen ry", "109")
		m = c.Post("/v1/networks/"+id+"/memberships", object{"organisationId": o}).Want(201).ID()
	}
	c.Get("/v1/me").Want(200)
	for path, want := range map[string]int64{
		"/v1/networks/" + id: 1, "/v1/networks": 1, "/v1/networks?count=true&under=" + id + "&organisation=" + o: 2, "/v1/networks/" + id + "/memberships": 1, "/v1/networks/" + id + "/memberships?count=true": 2,
		"/v1/memberships/" + m: 1, "/v1/organisations/" + o + "/memberships?count=true": 2,
	} {
		r := c.Request("GET", path, nil)
		ctx, n := store.CountStatements(r.Context())
		c.Send(r.WithContext(ctx)).Want(200)
		assert.Equal(t, want, n.Load(), path)
	}
}
