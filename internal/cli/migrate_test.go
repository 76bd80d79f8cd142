package cli_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestMigrate(t *testing.T) {
	t.Parallel()
	dir := emptyDir(t)
	db := database(t, dir)
	pending := func() (pending, applied int) {
		r := run(t, "migrate", "status", "--data", dir).exits(0)
		pending = strings.Count(r.out, "pending  ")
		return pending, strings.Count(r.out, ".sql\n") - pending
	}
	all, applied := pending()
	assert.Zero(t, applied)
	assert.GreaterOrEqual(t, all, 4)
	assert.Zero(t, value[int](t, db, "select count(*) from pg_tables where tablename = 'organisations'"), "to ask changes nothing")

	run(t, "migrate", "up", "--data", dir).exits(0)
	left, applied := pending()
	assert.Equal(t, []int{0, all}, []int{left, applied})
	assert.Equal(t, 1, value[int](t, db, "select count(*) from pg_tables where tablename = 'organisations'"))
	assert.Greater(t, value[int](t, db, "select count(*) from municipalities"), 300)
	run(t, "migrate", "up", "--data", dir).exits(0)

	run(t, "migrate", "down", "--data", dir).exits(1, "--yes")
	left, _ = pending()
	assert.Zero(t, left)

	for range all {
		assert.Contains(t, run(t, "migrate", "down", "--yes", "--data", dir).exits(0).out, ".sql\n")
	}
	left, _ = pending()
	assert.Equal(t, all, left)
	run(t, "migrate", "down", "--yes", "--data", dir).exits(1, "seutu: ")
	assert.Equal(t, http.StatusOK, serve(t, dir).status("/readyz"))
}

// A service whose database is too old says that it is not ready; the next start brings it up to date.
func TestServeMigrates(t *testing.T) {
	t.Parallel()
	s := serve(t, dataDir(t))
	run(t, "migrate", "down", "--yes", "--data", s.dir).exits(0)
	assert.Equal(t, http.StatusServiceUnavailable, s.status("/readyz"))
	assert.Equal(t, http.StatusOK, s.status("/healthz"))
	again := serve(t, s.dir) // beside the first, as when a new version takes over
	assert.Equal(t, http.StatusOK, again.status("/readyz"))
	assert.Equal(t, http.StatusOK, s.status("/readyz"))
	assert.Zero(t, again.total())
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	s := serve(t, dataDir(t))
	s.admin()
	kids := func() (out []string) {
		for _, k := range s.get("/.well-known/jwks.json")["keys"].([]any) {
			out = append(out, k.(map[string]any)["kid"].(string))
		}
		return out
	}
	before := kids()
	assert.Len(t, before, 1)
	r := run(t, "keys", "rotate", "--data", s.dir).exits(0)
	assert.NotEmpty(t, r.out)
	poll(t, "the new key is published", 15*time.Second, func() bool { return len(kids()) == 2 })
	assert.Equal(t, before[0], kids()[1], "newest first")
	assert.Equal(t, "admin@example.org", s.get("/v1/me")["email"], "nobody is signed out")
	s.signIn("admin@example.org", password)
	s.get("/v1/me")

	again := serve(t, s.dir)
	again.token = s.token
	assert.Len(t, again.get("/.well-known/jwks.json")["keys"], 2)
	again.get("/v1/me")
}
