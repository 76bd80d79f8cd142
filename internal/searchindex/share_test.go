package searchindex_test

import (
	"context"
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// TestCommonWords: what is found without the index, because much of it is common, is what the index finds.
func TestCommonWords(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	load(t, s, read[document](t, "documents.ndjson"))
	c, queries := s.Anonymous(), []string{"yhdistys", "yhdistyksen", "yhdis", "yh", "ry", "seura", "kylä yhdistys", "yhdistys kylä"}
	for _, q := range read[question](t, "queries.ndjson") {
		queries = append(queries, q.Q)
	}
	paths := []string{"/v1/search?", "/v1/search?type=network&", "/v1/organisations?", "/v1/organisations?municipality=109&", "/v1/organisations?region=05&count=true&", "/v1/organisations?kind=association&"}
	ask := func() map[string][]string {
		all := map[string][]string{}
		for i, q := range queries {
			path := paths[i%len(paths)] + "q=" + url.QueryEscape(q)
			if i < len(paths) {
				for _, p := range paths {
					all[p+q] = ids(c, p+"q="+url.QueryEscape(q))
				}
			}
			all[path] = ids(c, path)
		}
		return all
	}
	before := ask()
	require.False(t, s.Index.Scans("yhdistys"))
	s.Exec("analyze search_documents")
	require.NoError(t, s.Index.Learn(context.Background()))
	require.False(t, s.Index.Scans("yhdistys"), "of so few the index is quicker")
	s.Index.Pretend(1e9)
	require.True(t, s.Index.Scans("yhdistys"))
	require.False(t, s.Index.Scans("hannukaisen"))
	for path, now := range ask() {
		assert.Equal(t, before[path], now, path)
	}
}

// TestPages: a walk through pages of any size is the whole ranking, though small ones need fewer candidates.
func TestPages(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	load(t, s, read[document](t, "documents.ndjson"))
	admin := s.As(authz.Admin, "")
	for i := range 8 {
		admin.Post("/v1/organisations", association(fmt.Sprintf("Kerho nuoriso %c", 'A'+i))).Want(201)
	}
	admin.Post("/v1/organisations", association("Nuoriso'84")).Want(201) // begins with the query, which is not a word of it
	s.Exec("analyze search_documents")
	require.NoError(t, s.Index.Learn(context.Background()))
	s.Index.Pretend(1e9)
	c := s.Anonymous()
	for _, path := range []string{"/v1/search?q=", "/v1/organisations?q=", "/v1/organisations?kind=association&q="} {
		for _, q := range []string{"yhdistys", "kuoro", "kylä", "nuor", "nuoriso", "kylä yhdistys", "seura"} {
			path := path + url.QueryEscape(q)
			whole, walk := ids(c, path+"&limit=100"), []string{}
			require.Greater(t, len(whole), 3, q)
			next := path + "&limit=3"
			for range len(whole) {
				page := c.Get(next).Want(200)
				for _, x := range page.Items() {
					walk = append(walk, x["id"].(string))
				}
				if next, _ = page.JSON()["next"].(string); next == "" {
					break
				}
			}
			assert.Equal(t, whole, walk[:min(len(walk), len(whole))], path)
			if len(whole) < 100 {
				assert.Len(t, walk, len(whole), path)
			}
		}
	}
}

// ids are those of a page, in order.
func ids(c *testkit.Client, path string) []string {
	c.T.Helper()
	out := []string{}
	for _, x := range c.Get(path).Want(200).Items() {
		out = append(out, x["id"].(string))
	}
	return out
}
