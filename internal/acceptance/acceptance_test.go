//go:build acceptance

// Package acceptance runs the program on real registers, which are not part of the project: SEUTU_SHARED names the folder
// that holds them. Without it the tests fail: they are run where the data are.
package acceptance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/cli"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

func file(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("SEUTU_SHARED")
	require.NotEmpty(t, root, "SEUTU_SHARED must name the folder of the real data")
	path := filepath.Join(root, "data", "real", filepath.FromSlash(name))
	_, err := os.Stat(path)
	require.NoError(t, err)
	return path
}

type counts struct{ rows, created, updated, unchanged, repeated, rejected int }

var summary = regexp.MustCompile(`(\d+) rows: (\d+) created, (\d+) updated, (\d+) unchanged, (\d+) repeated, (\d+) rejected`)

// load imports a file and returns the summary's counts.
func load(t *testing.T, dsn, path, preset string) counts {
	t.Helper()
	var out, errOut bytes.Buffer
	code := cli.Run(t.Context(), []string{"import", "organisations", path, "--mapping", preset, "--database-url", dsn, "--rejected", filepath.Join(t.TempDir(), "rejected")}, nil, &out, &errOut)
	m := summary.FindStringSubmatch(out.String())
	require.NotNil(t, m, "%s%s", out.String(), errOut.String())
	n := make([]int, 6)
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1])
	}
	c := counts{n[0], n[1], n[2], n[3], n[4], n[5]}
	assert.Equal(t, c.rows, c.created+c.updated+c.unchanged+c.repeated+c.rejected, "every row is accounted for")
	want := 0
	if c.rejected > 0 {
		want = 3
	}
	assert.Equal(t, want, code, out.String())
	return c
}

func TestRegisters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, path, preset string
		first, second      counts
	}{
		// one name stands twice: its second row has another business id, and is another organisation
		{"Finnish transparency register", "fi_transparency_register/companies.json", "fi-transparency-register", counts{rows: 1243, created: 1243}, counts{rows: 1243, unchanged: 1243}},
		{"British grants", "uk_trafford_grants/trafford_council_voluntary_sector_grants.csv", "uk-360giving-grants", counts{rows: 555, created: 323, repeated: 232}, counts{rows: 555, unchanged: 323, repeated: 232}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dsn := testkit.DSN(t)
			s := testkit.On(t, dsn, config.Service{Issuer: "x"})
			assert.Equal(t, tt.first, load(t, dsn, file(t, tt.path), tt.preset))
			var changes, versions int64
			s.Scan("select count(*) from changes", nil, &changes)
			assert.Equal(t, tt.second, load(t, dsn, file(t, tt.path), tt.preset))
			var after int64
			s.Scan("select count(*) from changes", nil, &after)
			s.Scan("select max(version) from organisations", nil, &versions)
			assert.Equal(t, changes, after, "the second import writes nothing")
			assert.EqualValues(t, 1, versions)
			got := s.Anonymous().Get("/v1/organisations?count=true&facets=kind&limit=200").Want(200).JSON()
			assert.EqualValues(t, tt.first.created, got["total"])
			t.Log(fmt.Sprint(got["facets"]))
		})
	}
}
