package httpapi_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/site"
	"github.com/seutu/seutu/internal/testkit"
)

// browser is what a browser accepts when it opens a page.
var browser = testkit.Header{Name: "Accept", Value: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}

func TestPages(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.Anonymous()
	for _, path := range []string{"/", "/docs", "/problems", "/problems/validation"} {
		page := c.Get(path, browser).Want(200)
		assert.Equal(t, "text/html; charset=utf-8", page.Header.Get("Content-Type"), path)
		assert.Contains(t, string(page.Body), `<html lang="`, path)
		assert.NotContains(t, string(page.Body), "style=", "no style within the page: its policy refuses that")
		for _, want := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
			assert.Contains(t, page.Header.Get("Content-Security-Policy"), want, path)
		}
		assert.NotContains(t, page.Header.Get("Content-Security-Policy"), "unsafe", path)
		assert.Equal(t, path == "/docs", strings.Contains(page.Header.Get("Content-Security-Policy"), "script-src 'self'"), path)
		assert.Equal(t, "DENY", page.Header.Get("X-Frame-Options"))
		assert.Equal(t, "no-referrer", page.Header.Get("Referrer-Policy"))
		assert.Contains(t, page.Header.Values("Vary")[0], "Accept")

		same := testkit.Header{Name: "If-None-Match", Value: page.ETag()}
		c.Get(path, browser, same).Want(304)
		head := c.Do("HEAD", path, nil, browser).Want(200)
		assert.Equal(t, page.ETag(), head.ETag(), path)
		if path != "/docs" {
			machine := c.Get(path).Want(200)
			assert.Equal(t, "application/json", machine.Header.Get("Content-Type"), "for whoever asks for nothing: %s", path)
			assert.NotEqual(t, page.ETag(), machine.ETag(), path)
			c.Get(path, same).Want(200)
			c.Get(path, testkit.Header{Name: "Accept", Value: "text/csv"}).Problem(406, "not-acceptable")
		}
	}
	c.Get("/docs", testkit.Header{Name: "Accept", Value: "application/json"}).Problem(406, "not-acceptable")
	c.Get("/problems/nothing", browser).Problem(404, "not-found")
	assert.Equal(t, "default-src 'none'; frame-ancestors 'none'", c.Get("/v1/regions").Header.Get("Content-Security-Policy"))
}

// Whatever the pages refer to on this service is there, and is what the browser needs it to be.
func TestPagesReferToWhatIsThere(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.Anonymous()
	seen := map[string]bool{}
	for _, path := range []string{"/", "/docs", "/problems", "/problems/validation"} {
		for _, m := range regexp.MustCompile(`(?:href|src)="(/[^"#]*)"`).FindAllStringSubmatch(string(c.Get(path, browser).Want(200).Body), -1) {
			seen[strings.ReplaceAll(m[1], "&amp;", "&")] = true
		}
	}
	require.Greater(t, len(seen), 40)
	for path := range seen {
		c.Get(path, testkit.Header{Name: "Accept", Value: "*/*"}).Want(200)
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.Anonymous()
	zipped := testkit.Header{Name: "Accept-Encoding", Value: "gzip"}
	all, err := site.Assets()
	require.NoError(t, err)
	for name, asset := range all {
		open, packed := c.Get("/docs/"+name).Want(200), c.Get("/docs/"+name, zipped).Want(200)
		assert.Equal(t, asset.MediaType, open.Header.Get("Content-Type"), name)
		assert.Empty(t, open.Header.Get("Content-Encoding"), name)
		assert.Equal(t, []string{"gzip"}, packed.Header.Values("Content-Encoding"), name)
		assert.Equal(t, fmt.Sprint(len(asset.Packed)), packed.Header.Get("Content-Length"), "packed once, and not again: %s", name)
		assert.NotEqual(t, open.ETag(), packed.ETag(), name)
		require.NotEmpty(t, open.Body, name)
		assert.Equal(t, string(open.Body), string(plain(t, packed).Body), name)
	}
	icon := c.Get("/favicon.ico", testkit.Header{Name: "Accept", Value: "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8"}).Want(200)
	assert.Equal(t, "image/svg+xml", icon.Header.Get("Content-Type"))
	c.Get("/docs/passwd").Problem(400, "validation")
	c.Get("/docs/..%2f..%2fgo.mod").Problem(400, "validation")
}

// TestFrontPage: the counts are those of the lists that they lead to, and the language is the reader's.
func TestFrontPage(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, c := s.As(authz.Admin, ""), s.Anonymous()
	name := map[string]any{"fi": "Etusivu"}
	draft := association("Etusivun luonnos ry", "109")
	draft["status"] = "draft"
	admin.Post("/v1/organisations", draft).Want(201)
	for i := range 3 {
		admin.Post("/v1/organisations", association(fmt.Sprintf("Etusivu %d ry", i), "109")).Want(201)
	}
	admin.Post("/v1/networks", map[string]any{"kind": "thematic", "name": name, "municipality": "109"}).Want(201)
	council := admin.Post("/v1/councils", map[string]any{"kind": "cooperation_group", "name": name, "municipality": "109"}).Want(201).ID()
	admin.Post("/v1/posts", map[string]any{"kind": "liaison_officer", "title": name, "municipality": "109"}).Want(201)
	for _, m := range []map[string]any{{"date": "2100-01-13"}, {"date": "2020-01-13"}, {"date": string(clock.Today())}} {
		admin.Post("/v1/councils/"+council+"/meetings", m).Want(201)
	}

	var service struct{ Counts map[string]int64 }
	c.Get("/").Want(200).Into(&service)
	assert.Equal(t, map[string]int64{"organisations": 3, "networks": 1, "councils": 1, "meetingsAhead": 2, "posts": 1}, service.Counts)
	page := c.Get("/?lang=fi", browser).Want(200)
	tiles := regexp.MustCompile(`<a href="(/v1/[^"]*)"><strong>(\d+)</strong> <span>`).FindAllStringSubmatch(string(page.Body), -1)
	require.Len(t, tiles, len(service.Counts))
	for _, m := range tiles {
		path := strings.ReplaceAll(m[1], "&amp;", "&")
		if sep := "?"; strings.Contains(path, sep) {
			path += "&count=true"
		} else {
			path += "?count=true"
		}
		assert.Equal(t, m[2], fmt.Sprint(c.Get(path).Want(200).JSON()["total"]), path)
	}
	_, statements := statements(c, "/?lang=fi", browser)
	assert.Zero(t, statements, "the second time from memory")

	for accept, want := range map[string]string{"fi": "avoin tietopalvelu", "sv-FI, fi;q=0.8": "Öppen datatjänst", "de, en;q=0.5": "open data service", "ja": "open data service"} {
		a := c.Get("/", browser, testkit.Header{Name: "Accept-Language", Value: accept}).Want(200)
		assert.Contains(t, string(a.Body), want, accept)
		assert.Contains(t, strings.Join(a.Header.Values("Vary"), ", "), "Accept-Language")
	}
	assert.Contains(t, string(c.Get("/?lang=sv", browser, testkit.Header{Name: "Accept-Language", Value: "fi"}).Want(200).Body), "Öppen datatjänst")
	c.Get("/?lang=de", browser).Problem(400, "validation")
}

// Without its database the service is described all the same.
func TestFrontPageWithoutDatabase(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	testkit.Drop(t, s.DSN)
	a := s.Anonymous().Get("/", browser).Want(200)
	assert.Contains(t, string(a.Body), "The numbers cannot be had just now")
	assert.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	assert.Empty(t, s.Anonymous().Get("/").Want(200).JSON()["counts"])
}

// The demo's users are offered by a demo only.
func TestDemoUsersOnTheReference(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.Anonymous()
	assert.NotContains(t, string(c.Get("/docs").Want(200).Body), "demo.example")
	other := testkit.New(t)
	other.ShowDemo()
	assert.Contains(t, string(other.Anonymous().Get("/docs").Want(200).Body), "yhdyshenkilo@demo.example")
}
