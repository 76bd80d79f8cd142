package httpapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

func forge(from string, edit func(string) string) string {
	raw, _ := base64.RawURLEncoding.DecodeString(from)
	j := edit(string(raw[6:]))
	sum := sha256.Sum256([]byte(j))
	return base64.RawURLEncoding.EncodeToString(append(sum[:6:6], j...))
}

func TestProbe(t *testing.T) {
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	anon := s.Anonymous()
	show := func(name string, a *testkit.Answer) *testkit.Answer {
		b := string(a.Body)
		if len(b) > 300 {
			b = b[:300]
		}
		fmt.Printf("%-34s %d %s\n", name, a.Status, b)
		return a
	}
	for i := range 5 {
		b := association(fmt.Sprintf("Koe %d ry", i), "109")
		b["location"] = map[string]any{"lat": 60.9 + float64(i)/100, "lon": 24.4}
		c.Post("/v1/organisations", b).Want(201)
	}
	hdr := func(n, v string) testkit.Header { return testkit.Header{Name: n, Value: v} }
	post := func(name, body string, h ...testkit.Header) *testkit.Answer { return show(name, c.Post("/v1/organisations", body, h...)) }
	b := func(extra string) string { return `{"kind":"association","name":{"fi":"Probe ` + fmt.Sprint(time.Now().UnixNano()) + ` ry"}` + extra + `}` }
	post("int 1.0", b(`,"memberCount":{"value":1.0}`))
	post("int 1e2", b(`,"memberCount":{"value":1e2}`))
	post("int -0", b(`,"memberCount":{"value":-0}`))
	post("int 1e400", b(`,"memberCount":{"value":1e400}`))
	post("lat 1e400", b(`,"location":{"lat":1e400,"lon":1}`))
	post("lat 1e-400", b(`,"location":{"lat":1e-400,"lon":1}`))
	post("lat 5e-324", b(`,"location":{"lat":5e-324,"lon":-0}`))
	post("lat 1e-320", b(`,"location":{"lat":1e-320,"lon":1e-310}`))
	post("founded 9999", b(`,"founded":{"from":"9999-12-31","precision":"day"}`))
	post("founded 9999 y", b(`,"founded":{"from":"9999-01-01","precision":"year"}`))
	post("founded 0001", b(`,"founded":{"from":"0001-01-01","precision":"day"}`))
	post("otherName nbsp", b(`,"otherNames":[{"name":{"fi":"\u00a0"}}]`))
	post("name nbsp", `{"kind":"association","name":{"fi":"\u00a0"}}`)
	post("lone surrogate", `{"kind":"association","name":{"fi":"x\ud800y"}}`)
	post("idem bad utf8", b(``), hdr("Idempotency-Key", "\xff\xfe"))
	post("idem nul", b(``), hdr("Idempotency-Key", "a\x00b"))
	post("if-match junk", b(``), hdr("If-Match", "\xff"))
	id := c.Post("/v1/organisations", b("")).Want(201).ID()
	ev := show("event 9999", c.Post("/v1/organisations/"+id+"/register-events", `{"type":"founded","date":{"precision":"year","from":"9999-01-01"}}`, hdr("If-Match", `"1"`)))
	_ = ev
	show("event list", anon.Get("/v1/organisations/"+id+"/register-events"))
	show("include ev", anon.Get("/v1/organisations/"+id+"?include=registerEvents&fields=id"))
	show("sync case ct", c.Do("POST", "/v1/sync/organisations", `[]`, hdr("Content-Type", "Application/JSON")))
	show("sync case ndjson", c.Do("POST", "/v1/sync/organisations", `{}`, hdr("Content-Type", "application/X-ndjson")))
	show("token case ct", c.Do("POST", "/v1/oauth/token", `grant_type=password&username=a@b.fi&password=x`, hdr("Content-Type", "Application/X-WWW-Form-urlencoded")))
	show("org case ct", c.Do("POST", "/v1/organisations", b(""), hdr("Content-Type", "APPLICATION/json ; charset=UTF-8")))
	for _, sort := range []string{"founded", "-createdAt", "name", "distance", "name,-founded"} {
		q := "/v1/organisations?limit=2&sort=" + sort + map[bool]string{true: "&near=60.9,24.4&radius=100000"}[sort == "distance"]
		a := anon.Get(q).Want(200)
		next, _ := a.JSON()["next"].(string)
		u, _ := url.Parse(next)
		cur := u.Query().Get("cursor")
		raw, _ := base64.RawURLEncoding.DecodeString(cur)
		fmt.Println(sort, string(raw[6:]))
		put := func(k string) string {
			return forge(cur, func(j string) string {
				i := strings.Index(j, `,"k":`)
				return j[:i] + `,"k":` + k + `}`
			})
		}
		for _, k := range []string{`["x","y"]`, `["x\u0000","y"]`, `["NaN","00000000-0000-0000-0000-000000000000"]`, `["infinity","00000000-0000-0000-0000-000000000000"]`, `[]`, `["2024-01-01"]`, `["99999-01-01","00000000-0000-0000-0000-000000000000"]`} {
			show(sort+" "+k, anon.Get(q+"&cursor="+put(k)))
		}
	}
	a := anon.Get("/v1/organisations?q=koe&limit=2").Want(200)
	u, _ := url.Parse(a.JSON()["next"].(string))
	cur := u.Query().Get("cursor")
	for _, o := range []string{"-5", "9223372036854775807", "1001", "-9223372036854775808"} {
		show("offset "+o, anon.Get("/v1/organisations?q=koe&limit=2&cursor="+forge(cur, func(j string) string { return strings.Replace(j, `"o":2`, `"o":`+o, 1) })))
	}
	// external id leak
	d := association("Salainen ry", "109")
	d["status"] = "draft"
	d["externalIds"] = []any{map[string]any{"system": "crm", "id": "S1"}}
	hid := c.Post("/v1/organisations", d).Want(201).ID()
	show("ext hidden", anon.Get("/v1/organisations/by-external-id/crm/S1"))
	show("ext missing", anon.Get("/v1/organisations/by-external-id/crm/S2"))
	_ = hid
	// tombstones
	arch := association("Arkistoitu Salaisuus ry", "109")
	arch["field"] = "culture-arts"
	arch["location"] = map[string]any{"lat": 61.0, "lon": 24.5}
	aid := c.Post("/v1/organisations", arch).Want(201).ID()
	c.Post("/v1/organisations/"+aid+"/transitions", `{"to":"archived"}`, hdr("If-Match", `"1"`)).Want(200)
	c.Patch("/v1/organisations/"+aid, `{"name":{"fi":"Aivan Uusi Salanimi ry"}}`, hdr("If-Match", `"2"`)).Want(200)
	show("tomb q", anon.Get("/v1/organisations?modifiedSince=2020-01-01T00:00:00Z&q=salanimi&sort=name&count=true&facets=status,field,municipality"))
	show("tomb status", anon.Get("/v1/organisations?modifiedSince=2020-01-01T00:00:00Z&status=archived&count=true"))
	show("tomb geo", anon.Get("/v1/organisations?modifiedSince=2020-01-01T00:00:00Z&status=archived", hdr("Accept", "application/geo+json")))
	a = anon.Get("/v1/organisations?modifiedSince=2020-01-01T00:00:00Z&limit=1&sort=name").Want(200)
	u, _ = url.Parse(a.JSON()["next"].(string))
	raw, _ := base64.RawURLEncoding.DecodeString(u.Query().Get("cursor"))
	fmt.Println("tomb cursor", string(a.Body), string(raw[6:]))
	// dry run ids
	show("dry repeat", c.Post("/v1/sync/organisations?dryRun=true", `[{"key":{"system":"a","id":"1"},"kind":"association","name":{"fi":"Q"},"businessId":"0201256-6"},{"key":{"system":"a","id":"2"},"kind":"association","name":{"fi":"Q"},"businessId":"0201256-6"},{"businessId":"0201256-6","kind":"association","name":{"fi":"Q"}}]`))
	show("sync 1.0", c.Post("/v1/sync/organisations", `[{"kind":"association","name":{"fi":"Q"},"memberCount":{"value":1.0}}]`))
	show("sa 1.0", c.Post("/v1/service-accounts", `{"name":"x","rateLimit":5.0}`))
	for _, p := range []string{"/v1/organisations/by-external-id/crm/a%2525", "/v1/organisations/by-external-id/crm/a%2500", "/v1/organisations/by-external-id/crm/a%2F%2500", "/v1/organisations/by-external-id/crm/%25ff%2F", "/v1/organisations/by-external-id/crm/..", "/v1/organisations/by-external-id/crm/%2e%2e", "/v1/organisations/by-external-id/crm/%00", "/v1/organisations?limit=%2B5", "/v1/organisations?limit=1e1", "/v1/organisations?limit=5.0", "/v1/organisations?count=T", "/v1/organisations?modifiedSince=2024-01-01T00:00:00,5Z", "/v1/organisations?modifiedSince=0001-01-01T00:00:00Z", "/v1/organisations?modifiedSince=9999-12-31T23:59:59Z", "/v1/organisations?foundedFrom=0001-01-01&foundedTo=9999-12-31", "/v1/organisations?near=90,180&radius=500000", "/v1/organisations?near=-90,-180.0&radius=500000&sort=-name,distance", "/v1/organisations?bbox=-180,-90,180,90&count=true", "/v1/audit-events?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z", "/v1/regions?on=0001-01-01", "/v1/regions?on=9999-12-31",
		"/v1/organisations?fields=id&fields=name", "/v1/organisations?fields=id,id,id&sort=name,name,name", "/v1/organisations?sort=name,-name,distance&near=60,24"} {
		show(p, c.Get(p))
	}
}
