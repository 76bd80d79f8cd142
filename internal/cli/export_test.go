package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is exported imports again unchanged, where it came from and anywhere else.
func TestExport(t *testing.T) {
	t.Parallel()
	dir, _ := demoDir(t)
	file := filepath.Join(t.TempDir(), "organisations.ndjson")
	from := database(t, dir)
	r := run(t, "export", "organisations", "--data", dir, "--output", file).exits(0)
	assert.Empty(t, r.out+r.err)
	exported := must(os.ReadFile(file))(t)
	assert.Equal(t, demoRows, bytes.Count(exported, []byte("\n")))

	before := state(t, from)
	rows := strconv.Itoa(demoRows)
	unchanged := rows + " rows: 0 created, 0 updated, " + rows + " unchanged, 0 repeated, 0 rejected\n"
	assert.Equal(t, unchanged, load(t, dir, file, "seutu").exits(0).out)
	assert.Equal(t, before, state(t, from))

	empty := dataDir(t)
	to := database(t, empty)
	assert.Equal(t, rows+" rows: "+rows+" created, 0 updated, 0 unchanged, 0 repeated, 0 rejected\n", load(t, empty, file, "seutu").exits(0).out)
	before = state(t, to)
	assert.Equal(t, unchanged, load(t, empty, file, "seutu").exits(0).out)
	assert.Equal(t, before, state(t, to))
	assert.Equal(t, sorted(exported), sorted([]byte(run(t, "export", "organisations", "--data", empty).exits(0).out)), "all members came along")
}

func sorted(ndjson []byte) []string {
	lines := strings.Split(strings.TrimSuffix(string(ndjson), "\n"), "\n")
	slices.Sort(lines)
	return lines
}

func TestExportOfAPlace(t *testing.T) {
	t.Parallel()
	dir, file := dataDir(t), sample(t, "register.csv")
	database(t, dir) // for speed
	load(t, dir, file, registerMapping).exits(3)
	for flags, want := range map[string]int{"": 4, "--region 05": 2, "--region 01,05": 3, "--municipality 092 --municipality 398": 2, "--region 05 --municipality 092": 0} {
		r := run(t, append([]string{"export", "organisations", "--data", dir}, strings.Fields(flags)...)...).exits(0)
		lines := strings.Split(r.out, "\n")
		assert.Len(t, lines, want+1, flags)
		for _, line := range lines[:want] {
			require.True(t, json.Valid([]byte(line)), line)
		}
	}
	run(t, "export", "organisations", "--data", dir, "--output", filepath.Join(t.TempDir(), "no", "folder")).exits(1, "no such file or directory")
	run(t, "export", "organisations", "--data", dir, "--output", "/dev/full").exits(1, "no space left")
}
