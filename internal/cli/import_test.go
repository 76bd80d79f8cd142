package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/store"
)

// sample copies a file of testdata to where the test may write beside it.
func sample(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return write(t, name, b)
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

// load imports a file, and more flags.
func load(t *testing.T, dir, file, mapping string, flags ...string) result {
	t.Helper()
	return run(t, append([]string{"import", "organisations", file, "--mapping", mapping, "--data", dir}, flags...)...)
}

const registerMapping = "testdata/register.mapping.json"

// state is all that an import that changes nothing must leave as it is.
func state(t *testing.T, db *store.DB) string {
	t.Helper()
	return value[string](t, db, `select concat_ws(' ', (select count(*) from changes), (select count(*) from audit_events), count(*), max(version),
		max(updated_at), md5(string_agg(o::text, ',' order by id))) from organisations o`)
}

// A register as municipalities have them: Latin-1, semicolons, Finnish headers, and a few slips.
func TestImport(t *testing.T) {
	t.Parallel()
	dir, file := dataDir(t), sample(t, "register.csv")
	db := database(t, dir)

	r := load(t, dir, file, registerMapping).exits(3)
	assert.Equal(t, []string{
		"line 5: rejected; /businessId: it is no business id, or its check digit is wrong",
		"line 6: repeated, and differs from the first row with its key",
		"6 rows: 4 created, 0 updated, 0 unchanged, 1 repeated, 1 rejected",
		"rejected rows, to be corrected and imported again: " + file + ".rejected",
		"",
	}, strings.Split(r.out, "\n"))
	assert.Empty(t, r.err)
	stored := `select string_agg(concat_ws('|', external_ids -> 0 ->> 'system', external_ids -> 0 ->> 'id', name ->> 'fi', municipality, region, status, kind, business_id,
		founded ->> 'from', address ->> 'postalCode', languages), E'\n' order by external_ids -> 0 ->> 'id') from organisations`
	assert.Equal(t, strings.Join([]string{
		`kuntarekisteri|1001|Hämeenlinnan Äänekäs Kuoro ry|109|05|published|association|3100001-1|1921-05-02|13100|["fi"]`,
		`kuntarekisteri|1002|Tikkurilan Pyöräilijät; Vanda Cyklister ry|092|01|published|association|3100003-8|1998-01-01|01300|["fi", "sv"]`,
		`kuntarekisteri|1003|Nastolan Nuorisoseura ry|398|07|published|association|1905-01-01|15560|["fi"]`,
		`kuntarekisteri|1005|Rengon Kyläyhdistys ry|109|05|published|association|14300|["fi"]`,
	}, "\n"), value[string](t, db, stored))
	assert.EqualValues(t, 4, value[int64](t, db, "select count(*) from audit_events where resource_type = 'organisation' and actor_type = 'system' and operation = 'command'"))

	rejected, err := os.ReadFile(file + ".rejected")
	require.NoError(t, err)
	assert.Contains(t, string(rejected), "V\xe4\xe4r\xe4n Tunnuksen Kerho ry", "it keeps the encoding of its file")
	assert.Equal(t, 2, bytes.Count(rejected, []byte("\n")), "the header and the row")
	corrected := write(t, "corrected.csv", bytes.Replace(rejected, []byte("3100004-7"), []byte("3100004-6"), 1))
	r = load(t, dir, corrected, registerMapping).exits(0)
	assert.Equal(t, "1 rows: 1 created, 0 updated, 0 unchanged, 0 repeated, 0 rejected\n", r.out)
	assert.NoFileExists(t, corrected+".rejected")

	before := state(t, db)
	assert.Contains(t, load(t, dir, file, registerMapping).exits(3).out, "6 rows: 0 created, 0 updated, 4 unchanged, 1 repeated, 1 rejected\n")
	assert.Contains(t, load(t, dir, corrected, registerMapping).exits(0).out, "1 rows: 0 created, 0 updated, 1 unchanged, 0 repeated, 0 rejected\n")
	assert.Equal(t, before, state(t, db), "the second import writes nothing")

	rejected = bytes.Replace(rejected, []byte("3100004-7"), []byte("31000046"), 1)
	moved := write(t, "moved.csv", bytes.Replace(rejected, []byte("13720;;;kerho@"), []byte("13720;;;uusi.kerho@"), 1))
	r = load(t, dir, moved, registerMapping, "--verbose").exits(0)
	assert.Equal(t, "line 2: updated\n1 rows: 0 created, 1 updated, 0 unchanged, 0 repeated, 0 rejected\n", r.out)
	assert.Equal(t, "uusi.kerho@example.org 2", value[string](t, db, "select email || ' ' || version from organisations where business_id = '3100004-6'"))
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		require.NoError(t, err)
		return v
	}
}

func TestImportDryRun(t *testing.T) {
	t.Parallel()
	dir, file := dataDir(t), sample(t, "register.csv")
	db := database(t, dir)
	before := state(t, db)
	r := load(t, dir, file, registerMapping, "--dry-run").exits(3)
	assert.Contains(t, r.out, "line 5: rejected; /businessId: ")
	assert.Contains(t, r.out, "6 rows: 4 created, 0 updated, 0 unchanged, 1 repeated, 1 rejected (dry run: nothing was written)\n")
	assert.Equal(t, before, state(t, db))
	assert.NoFileExists(t, file+".rejected")
}

// An import with --as has the rights of its user, row by row.
func TestImportAs(t *testing.T) {
	t.Parallel()
	dir, file := dataDir(t), sample(t, "register.csv")
	db := database(t, dir)
	for email, grant := range map[string][]string{"officer@example.org": {"--role", "municipal_officer", "--scope", "109"}, "nobody@example.org": nil} {
		feed(t, password, append([]string{"user", "create", "--data", dir, "--email", email, "--password-stdin"}, grant...)...).exits(0)
	}
	r := load(t, dir, file, registerMapping, "--as", "officer@example.org").exits(3)
	for _, line := range []int{3, 4} {
		assert.Contains(t, r.out, fmt.Sprintf("line %d: rejected; /municipality: it lies outside your area\n", line))
	}
	assert.Contains(t, r.out, "6 rows: 2 created, 0 updated, 0 unchanged, 1 repeated, 3 rejected\n")
	assert.Equal(t, "109 2", value[string](t, db, "select string_agg(distinct municipality, ',') || ' ' || count(*) from organisations"))
	assert.EqualValues(t, 2, value[int64](t, db, `select count(*) from audit_events a join users u on u.id = a.actor_id
		where a.resource_type = 'organisation' and a.actor_type = 'user' and u.email = 'officer@example.org'`))

	before := state(t, db)
	load(t, dir, file, registerMapping, "--as", "nobody@example.org").exits(1, "seutu: ")
	load(t, dir, file, registerMapping, "--as", "stranger@example.org").exits(1, "there is no user with this address")
	run(t, "user", "disable", "--data", dir, "--email", "officer@example.org").exits(0)
	load(t, dir, file, registerMapping, "--as", "officer@example.org").exits(1, "the user is disabled")
	assert.NotEqual(t, before, state(t, db), "the user was disabled")
	assert.EqualValues(t, 2, value[int64](t, db, "select count(*) from organisations"))
}

// Each register has its own keys: importing one does not drop those of another.
func TestImportOfTwoRegisters(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	db := database(t, dir)
	var files, mappings []string
	for _, system := range []string{"first", "second"} {
		files = append(files, write(t, system+".csv", []byte("Id,Name,BusinessId\n"+system+"-7,Yhteinen yhdistys ry,3100001-1\n")))
		mappings = append(mappings, write(t, system+".json", []byte(`{"columns": {"Name": "name.fi", "BusinessId": "businessId"}, "key": {"column": "Id", "system": "`+system+`"}, "kindFromName": true}`)))
	}
	for i, want := range []string{"1 created, 0 updated, 0 unchanged", "0 created, 1 updated, 0 unchanged", "0 created, 0 updated, 1 unchanged", "0 created, 0 updated, 1 unchanged"} {
		assert.Contains(t, load(t, dir, files[i%2], mappings[i%2]).exits(0).out, want)
	}
	assert.Equal(t, "first-7,second-7", value[string](t, db, "select string_agg(external_id, ',' order by external_id) from organisation_external_ids"))
}
