package cli_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func createUser(t *testing.T, dir, email string, flags ...string) result {
	t.Helper()
	return feed(t, password+"\n", append([]string{"user", "create", "--data", dir, "--email", email, "--password-stdin"}, flags...)...)
}

// Users are managed beside the running service, which knows of it within seconds.
func TestUsers(t *testing.T) {
	t.Parallel()
	s := serve(t, dataDir(t))
	list := func() [][]string {
		var out [][]string
		for line := range strings.Lines(run(t, "user", "list", "--data", s.dir).exits(0).out) {
			out = append(out, strings.Fields(line))
		}
		return out
	}
	assert.Empty(t, list())
	s.admin()
	r := createUser(t, s.dir, "Virve.Virkailija@Example.org", "--name", "Virve Virkailija", "--role", "municipal_officer", "--scope", "109").exits(0)
	id, err := uuid.Parse(strings.TrimSpace(r.out))
	require.NoError(t, err)
	assert.Equal(t, [][]string{{"admin@example.org", "active", "admin"}, {"virve.virkailija@example.org", "active", "municipal_officer", "109"}}, list())

	s.signIn("virve.virkailija@example.org", password)
	me := s.get("/v1/me")
	assert.Equal(t, id.String(), me["id"])
	assert.Equal(t, "Virve Virkailija", me["displayName"])
	assert.Len(t, me["grants"], 1)
	s.want(http.StatusCreated, "POST", "/v1/organisations", association("Oman kunnan seura"))

	r = run(t, "user", "grant", "--data", s.dir, "--email", "virve.virkailija@example.org", "--role", "regional_coordinator", "--scope", "07").exits(0)
	require.NoError(t, uuid.Validate(strings.TrimSpace(r.out)))
	poll(t, "the grant works", 5*time.Second, func() bool { return len(s.get("/v1/me")["grants"].([]any)) == 2 })
	assert.Equal(t, "virve.virkailija@example.org active municipal_officer 109, regional_coordinator 07", strings.Join(list()[1], " "))

	run(t, "user", "disable", "--data", s.dir, "--email", "VIRVE.virkailija@example.org").exits(0)
	poll(t, "the token is refused", 5*time.Second, func() bool { return s.status("/v1/me") == http.StatusUnauthorized })
	assert.Equal(t, "disabled", list()[1][1])
	s.token = ""
	answer := s.want(http.StatusBadRequest, "POST", "/v1/oauth/token", credentials("virve.virkailija@example.org", password))
	assert.Equal(t, "invalid_grant", answer["error"])
	s.signIn("admin@example.org", password)
}

// Bad input is told in words, and nothing is made of it.
func TestBadUsers(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	db := database(t, dir)
	createUser(t, dir, "first@example.org", "--role", "admin").exits(0)
	count := func() string {
		return value[string](t, db, "select concat_ws(' ', (select count(*) from users), (select count(*) from grants), (select count(*) from audit_events), (select count(*) from users where disabled))")
	}
	before := count()
	for name, tt := range map[string]struct {
		in, args string
		says     []string
	}{
		"short password":       {"short\n", "create --email a@example.org --role admin", []string{"at least 12 characters"}},
		"no password":          {"", "create --email a@example.org --role admin", []string{"no password on standard input"}},
		"bad address":          {password, "create --email a.example.org --role admin", []string{"not an e-mail address"}},
		"unknown role":         {password, "create --email a@example.org --role boss", []string{"there is no role boss"}},
		"unknown municipality": {password, "create --email a@example.org --role municipal_officer --scope 999", []string{"no municipality with the code 999"}},
		"no scope":             {password, "create --email a@example.org --role municipal_officer", []string{"/scope: it is missing"}},
		"a scope of no role":   {password, "create --email a@example.org --scope 05", []string{"--role"}},
		"duplicate address":    {password, "create --email FIRST@example.org --role admin", []string{"another user has the same address"}},
		"grant to nobody":      {"", "grant --email a@example.org --role admin", []string{"no user with this address"}},
		"grant of nothing":     {"", "grant --email first@example.org", []string{"--role"}},
		"grant twice":          {"", "grant --email first@example.org --role admin", []string{"the user has this role there already"}},
		"disable nobody":       {"", "disable --email a@example.org", []string{"no user with this address"}},
		"disable the last":     {"", "disable --email first@example.org", []string{"seutu: "}},
	} {
		args := append([]string{"user"}, strings.Fields(tt.args)...)
		r := feed(t, tt.in, append(args, "--data", dir)...).exits(1, tt.says...)
		assert.Empty(t, r.out, name)
		assert.NotContains(t, r.err, "short\n", name)
		assert.Equal(t, before, count(), name)
	}
}
