// Package cli_test runs the commands as people do: the program itself, built once, in processes of its own, each test on a
// data directory of its own.
package cli_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/store"
)

// built is where the program and all data directories are.
var built struct{ dir, program string }

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp(memory(), "seutu-cli-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = os.Chmod(dir, 0o755) // PostgreSQL may run as another user
	}
	if err == nil {
		built.dir, built.program = dir, filepath.Join(dir, "seutu")
		err = build()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("4") // they mostly wait for each other's processes
	}
	return m.Run()
}

// memory is where a database is fastest: nothing of it need outlive the test.
func memory() string {
	if f, err := os.CreateTemp("/dev/shm", "seutu"); err == nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		return "/dev/shm"
	}
	return os.TempDir()
}

// build makes the program as people have it, without the race detector: other tests look for races.
func build() error {
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", built.program, "github.com/seutu/seutu/cmd/seutu").CombinedOutput()
	if err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}

// emptyDir is a data directory with nothing in it.
func emptyDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(built.dir, "data-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// dataDir is a data directory whose database has all migrations and nothing else. Copying one is faster than making it.
func dataDir(t *testing.T) string {
	t.Helper()
	return copyOf(t, migrated())
}

// migrated is made by the first test that needs it.
var migrated = sync.OnceValue(func() string {
	dir := filepath.Join(built.dir, "migrated")
	if out, err := command("migrate", "up", "--data", dir).CombinedOutput(); err != nil {
		panic(fmt.Sprintf("%v: %s", err, out))
	}
	return dir
})

func copyOf(t *testing.T, from string) string {
	t.Helper()
	dir := emptyDir(t)
	out, err := exec.Command("cp", "-pR", filepath.Join(from, "pg"), dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir
}

// command runs the program without what the environment of the tests says about databases.
func command(args ...string) *exec.Cmd {
	cmd := exec.Command(built.program, args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "SEUTU_") || strings.HasPrefix(v, "PG") || strings.HasPrefix(v, "DATABASE_URL=")
	})
	cmd.Env = append(cmd.Env, "PATH="+built.dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return cmd
}

// database opens the database of a data directory from the test's own process, which runs PostgreSQL if nothing else does.
func database(t *testing.T, dir string) *store.DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dsn, stop, err := app.Database(ctx, config.Database{Data: dir}, false)
	require.NoError(t, err)
	t.Cleanup(stop)
	db, err := store.Open(ctx, store.Config{DSN: dsn, Connections: 2, Owner: true})
	require.NoError(t, err)
	t.Cleanup(db.Close)
	return db
}

// value is the one value that a query gives.
func value[T any](t *testing.T, db *store.DB, sql string, args ...any) (v T) {
	t.Helper()
	require.NoError(t, db.QueryRow(context.Background(), sql, args...).Scan(&v), sql)
	return v
}

// poll waits until ok is.
func poll(t *testing.T, what string, within time.Duration, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			require.FailNow(t, "waited in vain", "%s, for %s", what, within)
		}
	}
}
