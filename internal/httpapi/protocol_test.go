package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/testkit"
)

func TestRouting(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.Anonymous()

	c.Get("/nowhere").Problem(404, "not-found")
	a := c.Do("PUT", "/v1/organisations", nil)
	a.Problem(405, "method-not-allowed")
	for _, m := range []string{"GET", "HEAD", "POST"} {
		assert.Contains(t, a.Header.Get("Allow"), m)
	}
	a = c.Do("OPTIONS", "/v1/organisations", nil).Want(204)
	assert.Contains(t, a.Header.Get("Allow"), "POST")
	assert.Contains(t, a.Header.Get("Allow"), "HEAD")

	get, head := c.Get("/v1/regions").Want(200), c.Do("HEAD", "/v1/regions", nil).Want(200)
	assert.Equal(t, get.ETag(), head.ETag())
	assert.Equal(t, get.Header.Get("Content-Length"), head.Header.Get("Content-Length"))

	assert.Equal(t, "from-me.1", c.Get("/healthz", testkit.Header{Name: "X-Request-Id", Value: "from-me.1"}).Header.Get("X-Request-Id"))
	assert.NotContains(t, c.Get("/healthz", testkit.Header{Name: "X-Request-Id", Value: "bad id\n"}).Header.Get("X-Request-Id"), "bad")
}

// HEAD over a real connection: the body must not follow.
func TestHeadOnTheWire(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	hs := httptest.NewServer(s.Server)
	defer hs.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, hs.URL+"/v1/regions", nil)
	require.NoError(t, err)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	assert.Empty(t, body)
	assert.Equal(t, 200, res.StatusCode)
	assert.NotEmpty(t, res.Header.Get("Content-Length"))
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	for name, tt := range map[string]struct {
		body   string
		faults []string
	}{
		"syntax":            {`{"kind":`, []string{"syntax "}},
		"trailing":          {`{} {}`, []string{"syntax "}},
		"all faults":        {`{"kind":"club","name":{},"phone":5,"nope":1}`, []string{"enum /kind", "too-few /name", "type /phone", "unknown /nope"}},
		"missing":           {`{}`, []string{"required /kind", "required /name"}},
		"doubled":           {`{"kind":"association","kind":"parish","name":{"fi":"A"}}`, []string{"duplicate /kind"}},
		"differs by case":   {`{"kind":"association","Kind":"parish","name":{"fi":"A"}}`, []string{"duplicate /Kind", "unknown /Kind"}},
		"nested unknown":    {`{"kind":"association","name":{"fi":"A","de":"B"}}`, []string{"unknown /name/de"}},
		"read-only":         {`{"kind":"association","name":{"fi":"A"},"id":"x","version":3}`, []string{"unknown /id", "unknown /version"}},
		"NUL":               {`{"kind":"association","name":{"fi":"A\u0000B"}}`, []string{"nul /name/fi"}},
		"UTF-8":             {"{\"kind\":\"association\",\"name\":{\"fi\":\"A\xffB\"}}", []string{"utf8 "}},
		"too deep":          {strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40), []string{"depth "}},
		"date":              {`{"kind":"association","name":{"fi":"A"},"registeredOn":"2020-02-30"}`, []string{"format /registeredOn"}},
		"not an object":     {`[]`, []string{"type "}},
		"null":              {`null`, []string{"null "}},
		"uuid":              {`{"kind":"association","name":{"fi":"A"},"affiliations":[{"organisationId":"{018f0000-0000-7000-8000-00000000000}"}]}`, []string{"format /affiliations/0/organisationId"}},
		"integer too large": {`{"kind":"association","name":{"fi":"A"},"memberCount":{"value":99999999999999999999}}`, []string{"too-large /memberCount/value"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.ElementsMatch(t, tt.faults, c.Post("/v1/organisations", tt.body).Problem(400, "validation"))
		})
	}
	for path, faults := range map[string][]string{
		"/v1/organisations?nope=1&limit=0&kind=club":         {"unknown nope", "too-small limit", "enum kind"},
		"/v1/organisations?limit=x":                          {"type limit"},
		"/v1/organisations?limit=5&limit=6":                  {"duplicate limit"},
		"/v1/organisations?q=%00":                            {"nul q"},
		"/v1/organisations?q=%ff":                            {"utf8 q"},
		"/v1/organisations?q=%zz":                            {"syntax "},
		"/v1/organisations?limit=500":                        {"too-large limit"},
		"/v1/organisations?radius=5":                         {"incomplete radius"},
		"/v1/organisations?near=95.0,24.0":                   {"invalid near"},
		"/v1/organisations?bbox=25,60,24,61":                 {"invalid bbox"},
		"/v1/organisations?sort=distance":                    {"incomplete sort"},
		"/v1/organisations?modifiedSince=yesterday":          {"format modifiedSince"},
		"/v1/organisations/xx":                               {"format id"},
		"/v1/organisations/018f000000007000800000000000000a": {"format id"},
		"/v1/regions?on=2021-13-01":                          {"format on"},
	} {
		assert.ElementsMatch(t, faults, c.Get(path).Problem(400, "validation"), path)
	}
	c.Get("/v1/organisations?cursor=abc").Problem(400, "bad-cursor")
	c.Post("/v1/organisations", `{}`, testkit.Header{Name: "Content-Type", Value: "text/plain"}).Problem(415, "unsupported-media-type")
	c.Post("/v1/organisations", `{}`, testkit.Header{Name: "Content-Encoding", Value: "gzip"}).Problem(415, "unsupported-media-type")
	c.Get("/v1/organisations", testkit.Header{Name: "Accept", Value: "text/csv"}).Problem(406, "not-acceptable")
	c.Get("/v1/organisations", testkit.Header{Name: "Accept", Value: "text/html, */*;q=0.1"}).Want(200)
	c.Post("/v1/organisations", bytes.Repeat([]byte(" "), 1<<20+1)).Problem(413, "content-too-large")
}

func TestProblemLanguage(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	a := s.Anonymous().Get("/v1/organisations?nope=1", testkit.Header{Name: "Accept-Language", Value: "sv, fi;q=0.9, en;q=0.8"})
	a.Problem(400, "validation")
	assert.Equal(t, "Pyyntö rikkoo rajapinnan sopimusta", a.JSON()["title"])
	assert.Equal(t, "fi", a.Header.Get("Content-Language"))
	assert.Contains(t, string(a.Body), "tällaista parametria ei ole")
	page := s.Anonymous().Get("/problems/validation").Want(200)
	assert.Contains(t, string(page.Body), "Pyyntö rikkoo")
	s.Anonymous().Get("/problems/nothing").Problem(404, "not-found")
}

func TestCORS(t *testing.T) {
	t.Parallel()
	s := testkit.On(t, testkit.DSN(t), config.Service{Issuer: "x", AllowedOrigins: []string{"https://portal.example"}})
	c := s.Anonymous()
	from := func(o string) testkit.Header { return testkit.Header{Name: "Origin", Value: o} }
	asks := func(m string) testkit.Header { return testkit.Header{Name: "Access-Control-Request-Method", Value: m} }

	assert.Equal(t, "*", c.Get("/v1/regions", from("https://any.example")).Header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "*", c.Do("OPTIONS", "/v1/regions", nil, from("https://any.example"), asks("GET")).Want(204).Header.Get("Access-Control-Allow-Origin"))
	assert.Empty(t, c.Do("OPTIONS", "/v1/organisations", nil, from("https://any.example"), asks("POST")).Want(204).Header.Get("Access-Control-Allow-Origin"))
	a := c.Do("OPTIONS", "/v1/organisations", nil, from("https://portal.example"), asks("POST")).Want(204)
	assert.Equal(t, "https://portal.example", a.Header.Get("Access-Control-Allow-Origin"))
	assert.Contains(t, a.Header.Get("Access-Control-Allow-Methods"), "PATCH")
	assert.Contains(t, c.Get("/v1/regions").Header.Get("Vary"), "Origin")
}

func TestGzip(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.Anonymous()
	plain := c.Get("/v1/municipalities").Want(200)
	packed := c.Get("/v1/municipalities", testkit.Header{Name: "Accept-Encoding", Value: "gzip"}).Want(200)
	require.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
	assert.NotEqual(t, plain.ETag(), packed.ETag(), "one tag stands for one encoding")
	z, err := gzip.NewReader(bytes.NewReader(packed.Body))
	require.NoError(t, err)
	body, err := io.ReadAll(z)
	require.NoError(t, err)
	assert.Equal(t, plain.Body, body)
	c.Get("/v1/municipalities", testkit.Header{Name: "Accept-Encoding", Value: "gzip"}, testkit.Header{Name: "If-None-Match", Value: packed.ETag()}).Want(304)
}

func TestCachingHeaders(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	id := admin.Post("/v1/organisations", association("Välimuisti ry", "109")).Want(201).ID()
	open := s.Anonymous().Get("/v1/organisations/" + id).Want(200)
	assert.Contains(t, open.Header.Get("Cache-Control"), "public")
	assert.NotEmpty(t, open.Header.Get("Last-Modified"))
	assert.Equal(t, "private, no-store", admin.Get("/v1/organisations/"+id).Header.Get("Cache-Control"))
	assert.Equal(t, "no-store", s.Anonymous().Get("/v1/organisations/x").Header.Get("Cache-Control"))
	assert.Contains(t, s.Anonymous().Get("/v1/regions").Header.Get("Cache-Control"), "max-age=86400")

	same := testkit.Header{Name: "If-None-Match", Value: open.ETag()}
	assert.Empty(t, s.Anonymous().Get("/v1/organisations/"+id, same).Want(304).Body)
	s.Anonymous().Get("/v1/organisations/"+id, testkit.Header{Name: "If-None-Match", Value: "W/" + open.ETag()}).Want(304)
	s.Anonymous().Get("/v1/organisations/"+id+"?fields=name", same).Want(200)
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	s := testkit.On(t, testkit.DSN(t), config.Service{Issuer: "x", RateLimit: 2})
	c := s.Anonymous()
	refused := 0
	for range 12 {
		a := c.Get("/v1/regions")
		assert.NotEmpty(t, a.Header.Get("RateLimit"))
		assert.Equal(t, `"default";q=8;w=4`, a.Header.Get("RateLimit-Policy"))
		if a.Status == 429 {
			refused++
			a.Problem(429, "too-many-requests")
			assert.NotEmpty(t, a.Header.Get("Retry-After"))
		}
	}
	assert.GreaterOrEqual(t, refused, 3)
	s.As(authz.Admin, "").Get("/v1/regions").Want(200) // another client
	c.Get("/healthz").Want(200)
}

func TestServiceDescription(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.Anonymous()
	var root struct{ Links map[string]string }
	c.Get("/").Want(200).Into(&root)
	for name, path := range root.Links {
		if name != "token" {
			c.Get(path).Want(200)
		}
	}
	c.Get("/readyz").Want(200)
	var doc map[string]any
	require.NoError(t, json.Unmarshal(c.Get("/openapi.json").Want(200).Body, &doc))
	assert.Equal(t, "3.0.3", doc["openapi"])
	assert.Contains(t, string(c.Get("/openapi.yaml").Want(200).Body), "operationId: listOrganisations")
}
