package council_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func names(a *testkit.Answer) []string {
	a.T.Helper()
	out := []string{}
	for _, i := range a.Want(200).Items() {
		out = append(out, i["name"].(object)["fi"].(string))
	}
	return out
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	a := made(s, group("Aluefoorumi", object{"kind": "association_forum", "otherNames": []object{{"name": fi("Vanha neuvottelukunta")}}}))
	made(s, group("Öljymäen ryhmä", object{"municipality": "109"}))
	z := made(s, group("Zetan ryhmä", object{"region": "07", "abbreviations": []object{{"abbreviation": "LAPE", "text": fi("lapset ja perheet")}}}))
	made(s, object{"kind": "committee", "name": fi("Työvaliokunta"), "parentId": a})
	n := network(s, "Verkosto", "05", "")
	c.Post("/v1/councils/"+a+"/networks", object{"networkId": n}).Want(201)
	c.Post("/v1/councils/"+z+"/networks", object{"networkId": n, "from": "2019-01-01", "to": "2020-01-01"}).Want(201)
	for query, want := range map[string][]string{
		"":                                   {"Aluefoorumi", "Työvaliokunta", "Zetan ryhmä", "Öljymäen ryhmä"},
		"sort=-name":                         {"Öljymäen ryhmä", "Zetan ryhmä", "Työvaliokunta", "Aluefoorumi"},
		"sort=-createdAt":                    {"Työvaliokunta", "Zetan ryhmä", "Öljymäen ryhmä", "Aluefoorumi"},
		"region=07":                          {"Zetan ryhmä"},
		"region=07&region=05&kind=committee": {"Työvaliokunta"},
		"subRegion=051":                      {"Öljymäen ryhmä"},
		"municipality=109":                   {"Öljymäen ryhmä"},
		"kind=association_forum":             {"Aluefoorumi"},
		"parent=" + a:                        {"Työvaliokunta"},
		"under=" + a:                         {"Työvaliokunta"},
		"network=" + n:                       {"Aluefoorumi"},
		"id=" + a + "&id=" + z:               {"Aluefoorumi", "Zetan ryhmä"},
		"q=vanh neuv":                        {"Aluefoorumi"},
		"q=lape":                             {"Zetan ryhmä"},
		"q=ryhmä&region=05":                  {"Öljymäen ryhmä"},
	} {
		q, _ := url.ParseQuery(query)
		assert.Equal(t, want, names(s.Anonymous().Get("/v1/councils?"+q.Encode())), query)
	}
	var walked []string
	for next := "/v1/councils?limit=3&count=true"; next != ""; {
		p := s.Anonymous().Get(next).Want(200)
		walked = append(walked, names(p)...)
		assert.Equal(t, 4.0, p.JSON()["total"])
		next, _ = p.JSON()["next"].(string)
	}
	assert.Len(t, walked, 4)
	s.Anonymous().Get("/v1/councils?q=a+b+c+d+e+f+g+h+i+j+k").Problem(400, "validation")
	s.Anonymous().Get("/v1/councils?cursor=zzz").Problem(400, "bad-cursor")
	s.Anonymous().Get("/v1/councils?colour=red").Problem(400, "validation")
}

func TestModifiedSince(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	made(s, group("Ennen"))
	since := url.QueryEscape(time.Now().UTC().Format(time.RFC3339Nano))
	kept, gone := made(s, group("Jää")), made(s, group("Poistuu"))
	c.Do("DELETE", "/v1/councils/"+gone, nil, anyVersion).Want(204)
	items := s.Anonymous().Get("/v1/councils?region=07&region=05&modifiedSince=" + since).Want(200).Items()
	assert.Len(t, items, 2)
	assert.Equal(t, kept, items[0]["id"])
	assert.Equal(t, object{"id": gone, "deleted": true, "version": 2.0, "updatedAt": items[1]["updatedAt"]}, items[1])
	s.Anonymous().Get("/v1/councils?sort=name&modifiedSince="+since).Problem(400, "validation")
	assert.Len(t, s.Anonymous().Get("/v1/councils").Items(), 2)
}

// TestStatements: no N+1, no forgotten query.
func TestStatements(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	id, n := made(s, group("Laskettu")), network(s, "Verkosto", "05", "")
	j := c.Post("/v1/councils/"+id+"/networks", object{"networkId": n}).Want(201).ID()
	for _, name := range []string{"A", "B", "C"} {
		made(s, object{"kind": "committee", "name": fi(name), "parentId": id})
		c.Post("/v1/councils/"+id+"/duties", object{"kind": "event", "name": fi(name), "frequency": "yearly"}, anyVersion).Want(201)
		c.Post("/v1/councils/"+id+"/networks", object{"networkId": network(s, name, "05", "")}).Want(201)
	}
	c.Post("/v1/councils/"+id+"/terms", object{"from": "2025-01-01"}, anyVersion).Want(201)
	c.Get("/v1/me").Want(200)
	for path, want := range map[string]int64{
		"/v1/councils/" + id: 1, "/v1/councils?count=true": 2, "/v1/councils": 1, "/v1/councils/" + id + "/terms": 1, "/v1/councils/" + id + "/duties?year=2025": 1,
		"/v1/councils/" + id + "/networks?count=true": 2, "/v1/networks/" + n + "/councils?count=true": 2, "/v1/council-networks/" + j: 1,
	} {
		r := c.Request("GET", path, nil)
		ctx, n := store.CountStatements(r.Context())
		assert.Equal(t, 200, c.Send(r.WithContext(ctx)).Status, path)
		assert.Equal(t, want, n.Load(), path)
	}
}
