package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What cannot be imported at all is refused with everything that is wrong, and nothing is written.
func TestImportRefuses(t *testing.T) {
	t.Parallel()
	dir, file := dataDir(t), sample(t, "register.csv")
	db := database(t, dir)
	before := state(t, db)
	for name, tt := range map[string]struct {
		file, mapping string
		says          []string
	}{
		"no such file":         {file + ".nowhere", registerMapping, []string{"register.csv.nowhere", "no such file"}},
		"a folder":             {t.TempDir(), registerMapping, []string{"is a directory"}},
		"an empty file":        {write(t, "empty.csv", nil), registerMapping, []string{"seutu: "}},
		"no such mapping":      {file, "testdata/none.json", []string{"no such file", "presets: fi-transparency-register, seutu, uk-360giving-grants"}},
		"no JSON":              {file, file, []string{"no JSON object"}},
		"faults of a mapping":  {file, "testdata/faulty.mapping.json", []string{"colums: ", "columns.Nimi: ", "nimi.fi", "delimiter: ", "constants.colour: "}},
		"a mapping of another": {file, "testdata/foreign.mapping.json", []string{"Kunta: the file has no such column", "Puhelin: the file has no such column", "constants.kind: "}},
		"no mapping":           {file, "seutu", []string{"Tunnus: ", "Nimi: ", "Kotikunta: "}},
	} {
		r := load(t, dir, tt.file, tt.mapping).exits(1, tt.says...)
		assert.Empty(t, r.out, name)
		assert.NoFileExists(t, tt.file+".rejected", name)
	}
	assert.Equal(t, before, state(t, db))
}

// The rejected rows of an import cannot overwrite the file that is being read.
func TestRejectedIntoItself(t *testing.T) {
	t.Parallel()
	dir, file := dataDir(t), sample(t, "register.csv")
	was := must(os.ReadFile(file))(t)
	load(t, dir, file, registerMapping, "--rejected", file).exits(1, "--rejected")
	assert.Equal(t, was, must(os.ReadFile(file))(t))
	link := filepath.Join(t.TempDir(), "link.csv")
	require.NoError(t, os.Symlink(file, link))
	load(t, dir, file, registerMapping, "--rejected", link).exits(1, "--rejected")
	assert.Equal(t, was, must(os.ReadFile(file))(t))
}

// A file is also read from standard input; its rejected rows go where they can be found.
func TestImportFromStandardInput(t *testing.T) {
	t.Parallel()
	dir, folder := dataDir(t), t.TempDir()
	mapping := must(filepath.Abs(registerMapping))(t)
	for _, flags := range [][]string{nil, {"--rejected", "mine.csv"}} {
		cmd := command(append([]string{"import", "organisations", "-", "--mapping", mapping, "--data", dir}, flags...)...)
		cmd.Stdin, cmd.Dir = strings.NewReader(string(must(os.ReadFile("testdata/register.csv"))(t))), folder
		assert.Contains(t, start(t, cmd).wait().exits(3).out, "6 rows: ")
	}
	assert.FileExists(t, filepath.Join(folder, "stdin.rejected"))
	assert.FileExists(t, filepath.Join(folder, "mine.csv"))
}

// An import that breaks off says so, although rows were rejected before.
func TestImportBreaksOff(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	db := database(t, dir)
	var b strings.Builder
	b.WriteString(`[{"kind": "association", "name": {"fi": "Huono ry"}, "businessId": "1-1"}`)
	for i := range 5000 { // more than a batch
		fmt.Fprintf(&b, `,{"kind": "association", "name": {"fi": "Hyvä %d ry"}}`, i)
	}
	file := write(t, "cut.json", []byte(b.String()))
	r := load(t, dir, file, "seutu").exits(1, "seutu: ")
	assert.Contains(t, r.out, "line 1: rejected; /businessId")
	assert.Contains(t, r.out, "5000 rows: 4999 created, 0 updated, 0 unchanged, 0 repeated, 1 rejected\n", "what was done before stays, and is told")
	assert.EqualValues(t, 4999, value[int64](t, db, "select count(*) from organisations"))
	assert.FileExists(t, file+".rejected")

	load(t, dir, sample(t, "register.csv"), registerMapping, "--rejected", filepath.Join(t.TempDir(), "no", "such", "folder")).exits(1, "no such file or directory")
}
