package search_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// FuzzSearch: whatever is searched for, the answer is a page, or tells what is wrong with the request.
func FuzzSearch(f *testing.F) {
	s := testkit.New(f)
	admin := s.As(authz.Admin, "")
	admin.Post("/v1/organisations", association("Kylän 'kuoro' \\ & | ! ( ) :* <-> ry", "109")).Want(201)
	for _, q := range []string{
		"kuoro", "'", `\`, "'' || '", "a'b", "kuoro:*", "!kuoro", "(kuoro", "kuoro & | !", "<->", "\x00", "\xff", "=kuoro", "'=':*", "%", "_", "kuoro%'",
		strings.Repeat("ä", 200), strings.Repeat("a ", 10), strings.Repeat("kylä-", 40), "e\u0301\u0301", "日本", "🎵", "ı İ ß", "$1", "kuoro\n\t", "mieskuoro’s", "~^@+",
	} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		c := s.Anonymous()
		c.T = t
		for _, path := range []string{"/v1/search?count=true&facets=type&q=", "/v1/organisations?q=", "/v1/organisations?sort=name&q="} {
			if a := c.Get(path + url.QueryEscape(q)); a.Status != 200 && a.Status != 400 {
				t.Errorf("%s%q: %d %s", path, q, a.Status, a.Body)
			}
		}
	})
}
