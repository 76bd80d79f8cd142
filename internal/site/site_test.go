package site_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/site"
)

// TestVendored: the files of others are those that the README names.
func TestVendored(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("swagger-ui/README.md")
	require.NoError(t, err)
	all, err := site.Assets()
	require.NoError(t, err)
	sums := regexp.MustCompile(`([0-9a-f]{64})  (\S+)`).FindAllStringSubmatch(string(readme), -1)
	require.Len(t, sums, 2)
	for _, m := range sums {
		plain, err := all[m[2]].Plain()
		require.NoError(t, err)
		sum := sha256.Sum256(plain)
		assert.Equal(t, m[1], hex.EncodeToString(sum[:]), m[2])
	}
}

// TestFrontWords: every text of the front page is there in each of its languages, and none is empty.
func TestFrontWords(t *testing.T) {
	t.Parallel()
	template, err := os.ReadFile("templates/front.html")
	require.NoError(t, err)
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`\.T "(\w+)"`).FindAllStringSubmatch(string(template), -1) {
		used[m[1]] = true
	}
	require.Greater(t, len(used), 15)
	for _, lang := range []string{"fi", "sv", "en"} {
		f := site.Front{Lang: lang}
		for name := range used {
			assert.NotEmpty(t, f.T(name), "%s in %s", name, lang)
		}
	}
}

// TestFrontCounts: numbers are grouped as in the language, and what comes from elsewhere is escaped.
func TestFrontCounts(t *testing.T) {
	t.Parallel()
	kinds := []site.Kind{{Name: "a", Label: i18n.Text{"fi": "<b>", "sv": "<b>", "en": "<b>"}, Path: "/v1/a?from={today}"}}
	for lang, want := range map[string]string{"fi": "12\u00a0345", "sv": "12\u00a0345", "en": "12,345"} {
		page, err := site.Front{Lang: lang, Address: "https://a.example/'<x>", Kinds: kinds, Counts: []int64{12345}}.Page()
		require.NoError(t, err)
		text := string(page)
		assert.Contains(t, text, "<strong>"+want+"</strong> <span>&lt;b&gt;</span>", lang)
		assert.NotContains(t, text, "<x>")
		assert.NotContains(t, text, "{today}")
	}
}

// TestProblemPage: what stands between backticks is code, and all else is text.
func TestProblemPage(t *testing.T) {
	t.Parallel()
	page, err := site.ProblemPage(site.Problem{Name: "x", Status: 400, Title: i18n.Text{"fi": "Otsikko", "en": "Title"}, Description: i18n.Text{"fi": "`a<b`", "en": "1 < 2 `c`"}})
	require.NoError(t, err)
	for _, want := range []string{"<code>a&lt;b</code>", "1 &lt; 2 <code>c</code>", "Otsikko", "Title"} {
		assert.Contains(t, string(page), want)
	}
	assert.Equal(t, 1, strings.Count(string(page), "<h1>"))
}
