package cli_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	r := run(t, "version").exits(0)
	assert.Regexp(t, `^seutu \S+\n$`, r.out)
	assert.Empty(t, r.err)
}

var listed = regexp.MustCompile(`(?m)^  ((?:[a-z]+ )*[a-z]+)  `)

// Every command that a help text names has one of its own; nothing needs a database for it.
func TestHelp(t *testing.T) {
	t.Parallel()
	var seen []string
	var ask func(command string)
	ask = func(command string) {
		seen = append(seen, command)
		r := run(t, append(strings.Fields(command), "--help")...).exits(0)
		require.Contains(t, r.out, strings.TrimSpace("Usage: seutu "+command))
		assert.Empty(t, r.err)
		_, commands, found := strings.Cut(r.out, "\nCommands:\n")
		if !found {
			return
		}
		for _, m := range listed.FindAllStringSubmatch(commands, -1) {
			ask(m[1])
		}
	}
	ask("")
	assert.ElementsMatch(t, []string{
		"", "serve", "migrate", "migrate up", "migrate down", "migrate status", "user", "user create", "user grant", "user list", "user disable",
		"keys", "keys rotate", "import", "import organisations", "export", "export organisations", "search", "search reindex", "version",
	}, seen)
}

// TestNoDatabase: a mistyped folder is an error, not a new database.
func TestNoDatabase(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "none")
	for _, args := range []string{"search reindex", "export organisations", "user list", "user disable --email a@example.org", "keys rotate", "migrate status", "migrate down --yes"} {
		run(t, append(strings.Fields(args), "--data", dir)...).exits(1, "there is no database in "+dir)
	}
	assert.NoDirExists(t, dir)
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	for args, says := range map[string]string{
		"":                                 "expected one of",
		"nonsense":                         "unexpected argument nonsense",
		"user nonsense":                    "unexpected argument nonsense",
		"serve --nonsense":                 "unknown flag --nonsense",
		"serve --drain soon":               "--drain",
		"serve --log loud":                 "--log",
		"user":                             "expected one of",
		"user create":                      "--email",
		"import organisations":             "<file>",
		"import organisations a.csv b.csv": "unexpected argument b.csv",
		"version please":                   "unexpected argument please",
	} {
		r := run(t, strings.Fields(args)...).exits(2, says, "See: seutu --help\n")
		assert.Empty(t, r.out, args)
	}
}
