package cli_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const demoRows = 3253 + 10 // associations and municipalities

// demo is a data directory with the demo in it, and what the program said as it loaded it. The first test that needs it
// makes it; the others get copies.
var demo struct {
	once      sync.Once
	dir, said string
}

func demoDir(t *testing.T) (dir, said string) {
	t.Helper()
	demo.once.Do(func() {
		dir := filepath.Join(built.dir, "demo")
		require.NoError(t, os.Mkdir(dir, 0o755))
		out, err := command("migrate", "up", "--data", dir).CombinedOutput()
		require.NoError(t, err, "%s", out)
		s := serve(t, dir, "--demo")
		assert.Equal(t, demoRows, s.total())
		s.signal(syscall.SIGTERM)
		demo.said = s.wait().exits(0).err
		demo.dir = dir
	})
	require.NotEmpty(t, demo.dir, "the demo could not be loaded")
	return copyOf(t, demo.dir), demo.said
}

var (
	demoPassword = regexp.MustCompile(`(?m)^Demo users, all with the password (\S+)$`)
	demoUser     = regexp.MustCompile(`(?m)^  (\S+@demo\.example) +([a-z_]+)`)
	demoSecret   = regexp.MustCompile(`client_id (\S+)\n +client_secret (\S+)`)
)

func TestDemo(t *testing.T) {
	t.Parallel()
	dir, said := demoDir(t)
	s := serve(t, dir, "--demo")
	assert.Equal(t, demoRows, s.total(), "a second start loads nothing twice")
	assert.NotContains(t, s.err.String(), "Nobody can sign in")
	assert.Equal(t, demoUser.FindAllString(said, -1), demoUser.FindAllString(s.err.String(), -1), "the users are told again")

	word := demoPassword.FindStringSubmatch(s.err.String())
	users := demoUser.FindAllStringSubmatch(said, -1)
	require.NotNil(t, word)
	roles := map[string]bool{}
	for _, u := range users {
		roles[u[2]] = true
		s.signIn(u[1], word[1])
		grants := s.get("/v1/me")["grants"].([]any)
		require.NotEmpty(t, grants)
		for _, g := range grants { // the editor has submitted a second association
			assert.Equal(t, u[2], g.(map[string]any)["role"])
		}
	}
	assert.Len(t, roles, 6, "a user for every role that people have")

	secret := demoSecret.FindStringSubmatch(said)
	require.NotNil(t, secret)
	assert.NotContains(t, s.err.String(), "client_secret", "it is told once")
	s.token = ""
	s.token = s.want(http.StatusOK, "POST", "/v1/oauth/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {secret[1]}, "client_secret": {secret[2]}})["access_token"].(string)
	assert.Equal(t, "service_account", s.get("/v1/me")["type"])

	s.signal(syscall.SIGTERM)
	s.wait().exits(0)
	plain := serve(t, dir)
	assert.Equal(t, demoRows, plain.total(), "an ordinary start has the same data")
	assert.NotContains(t, plain.err.String(), word[1])
	assert.NotContains(t, plain.err.String(), "Nobody can sign in")
	plain.signIn(users[0][1], word[1])
}

// Where there are real users, the demo is neither loaded nor are users told that do not exist.
func TestDemoOverOtherData(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	createUser(t, dir, "real@example.org", "--role", "admin").exits(0)
	s := serve(t, dir, "--demo")
	assert.Zero(t, s.total())
	assert.Contains(t, s.err.String(), "the demo was not loaded")
	assert.NotContains(t, s.err.String(), "@demo.example")
	assert.Equal(t, 1, strings.Count(run(t, "user", "list", "--data", dir).exits(0).out, "@"))
}
