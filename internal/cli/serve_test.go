package cli_test

import (
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var firstAdmin = regexp.MustCompile(`(?m)^  (seutu user create .*)$`)

// What the program tells on an empty data directory is all that its operator needs, in any other directory too.
func TestServeOnAnEmptyDirectory(t *testing.T) {
	t.Parallel()
	parent := emptyDir(t)
	cmd := command("serve", "--data", "my data", "--listen", "127.0.0.1:0")
	cmd.Dir = parent
	s := listening(t, filepath.Join(parent, "my data"), cmd)
	assert.Equal(t, "ready", s.get("/readyz")["status"])
	assert.Equal(t, "Seutu", s.get("/")["name"])
	assert.Equal(t, 0, s.total())
	assert.Empty(t, s.out.String())

	told := firstAdmin.FindAllStringSubmatch(s.err.String(), -1)
	require.Len(t, told, 1)
	shell := exec.Command("sh", "-c", told[0][1]+" --password-stdin")
	shell.Env, shell.Dir, shell.Stdin = cmd.Env, "/", strings.NewReader(password+"\n")
	r := start(t, shell).wait().exits(0)
	id, err := uuid.Parse(strings.TrimSuffix(r.out, "\n"))
	require.NoError(t, err, r.out)

	s.signIn("you@example.org", password)
	me := s.get("/v1/me")
	assert.Equal(t, id.String(), me["id"])
	assert.Equal(t, "you@example.org", me["email"])
	assert.Equal(t, "admin", me["grants"].([]any)[0].(map[string]any)["role"])

	s.signal(syscall.SIGTERM)
	s.wait().exits(0)
	assert.Zero(t, postmaster(s.dir))
	assert.NotContains(t, serve(t, s.dir).err.String(), "Nobody can sign in", "there is an administrator now")
}

// Whoever has been told to stop takes no further requests, finishes those under way, and stops PostgreSQL last.
func TestStop(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rows int
		tell func(*service)
	}{
		"SIGTERM":              {5000, func(s *service) { s.signal(syscall.SIGTERM) }},
		"Ctrl-C in a terminal": {500, func(s *service) { require.NoError(s.t, syscall.Kill(-s.cmd.Process.Pid, syscall.SIGINT)) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, dataDir(t))
			s.admin()
			taken, in, answered := s.stream("/v1/sync/organisations")
			<-taken
			tt.tell(s)
			poll(t, "new connections are refused", 10*time.Second, func() bool { return refuses(s.address()) })
			assert.NotZero(t, postmaster(s.dir), "a request is under way")
			writeRows(t, in, tt.rows)
			got := <-answered
			require.NoError(t, got.err)
			assert.Equal(t, http.StatusOK, got.status)
			s.wait().exits(0, `"msg":"stopped"`)
			assert.Zero(t, postmaster(s.dir))

			again := serve(t, s.dir)
			assert.Equal(t, tt.rows, again.total())
			again.signIn("admin@example.org", password)
		})
	}
}

// With --drain load balancers have time to notice.
func TestDrain(t *testing.T) {
	t.Parallel()
	s := serve(t, dataDir(t), "--drain", "2s")
	assert.Equal(t, http.StatusOK, s.status("/readyz"))
	s.signal(syscall.SIGTERM)
	poll(t, "the service is not ready", 2*time.Second, func() bool { return s.status("/readyz") == http.StatusServiceUnavailable })
	assert.Equal(t, http.StatusOK, s.status("/healthz"))
	assert.Equal(t, http.StatusOK, s.status("/v1/organisations"))
	s.wait().exits(0)
}

// In the middle of making its database the program stops just as well, and leaves nothing that the next start trips over.
func TestStopWhileStarting(t *testing.T) {
	t.Parallel()
	for _, until := range []string{"pg.new-*", "run"} {
		dir := emptyDir(t)
		p := start(t, command("serve", "--data", dir, "--listen", "127.0.0.1:0"))
		poll(t, until, patience, func() bool {
			found, err := filepath.Glob(filepath.Join(dir, until))
			return err != nil || len(found) > 0
		})
		p.signal(syscall.SIGTERM)
		p.wait().exits(0, "stopped")
		assert.Zero(t, postmaster(dir))
		assert.Equal(t, http.StatusOK, serve(t, dir).status("/readyz"), until)
	}
}

func TestServeOnATakenAddress(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	dir := dataDir(t)
	for _, flags := range [][]string{{"--listen", l.Addr().String()}, {"--listen", "127.0.0.1:0", "--metrics-listen", l.Addr().String()}} {
		r := run(t, append([]string{"serve", "--data", dir}, flags...)...).exits(1, l.Addr().String(), "address already in use")
		assert.NotContains(t, r.err, `"listening"`)
		assert.Zero(t, postmaster(dir))
	}
	run(t, "serve", "--data", dir, "--listen", "nonsense").exits(1, "nonsense")
}

func TestServeWithoutPostgreSQL(t *testing.T) {
	t.Parallel()
	dir, bin := emptyDir(t), emptyDir(t)
	r := run(t, "serve", "--data", dir, "--pg-bindir", bin).exits(1, "apt-get install postgresql", "dnf install postgresql-server", "brew install postgresql", "DATABASE_URL", bin)
	assert.Empty(t, r.out)
	assert.NoDirExists(t, filepath.Join(dir, "pg"))
}

// A file of issuers that is not right keeps the service from starting, and tells all that is wrong with it.
func TestServeWithBadIssuers(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	name := filepath.Join(emptyDir(t), "issuers.json")
	require.NoError(t, os.WriteFile(name, []byte(`[{"issuer": "http://login.example", "within": {"municipality": "999"}, "rules": [{"grant": {"role": "admin"}}]}]`), 0o600))
	r := run(t, "serve", "--data", dir, "--listen", "127.0.0.1:0", "--issuers", name).exits(1, "/0/issuer: it must begin with https", "/0/audience: it is missing", "no municipality with the code 999", "no issuer can give the role admin")
	assert.NotContains(t, r.err, `"listening"`)
	cmd := command("serve", "--data", dir, "--listen", "127.0.0.1:0")
	cmd.Env = append(cmd.Env, "SEUTU_ISSUERS="+name+".none")
	start(t, cmd).wait().exits(1, "no such file")
	assert.Zero(t, postmaster(dir))
}

func TestServeOnAnotherDatabaseURL(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	owner := serve(t, dir) // its PostgreSQL plays somebody else's
	b, err := os.ReadFile(filepath.Join(dir, "owner.lock"))
	require.NoError(t, err)
	url := "host=" + strings.TrimSpace(string(b)) + " port=5432 user=seutu dbname=seutu sslmode=disable"
	cmd := command("serve", "--listen", "127.0.0.1:0")
	cmd.Env = append(cmd.Env, "DATABASE_URL="+url)
	s := listening(t, dir, cmd)
	assert.Contains(t, s.err.String(), "with the same DATABASE_URL:\n\n  seutu user create --email you@example.org --role admin\n")
	s.admin()
	s.want(http.StatusCreated, "POST", "/v1/organisations", map[string]any{"kind": "association", "name": map[string]any{"fi": "Kahden palvelimen seura ry"}})
	assert.Equal(t, 1, owner.total())
	s.signal(syscall.SIGTERM)
	s.wait().exits(0)
	assert.Equal(t, http.StatusOK, owner.status("/readyz"), "the database was not the one to stop")
	run(t, "serve", "--database-url", "postgres://127.0.0.1:1/none?connect_timeout=1", "--listen", "127.0.0.1:0").exits(1, "127.0.0.1")
}

type answered struct {
	status int
	err    error
}

// stream posts NDJSON whose rows are still to come. taken is closed when the service has begun to read them.
func (s *service) stream(path string) (taken chan struct{}, in *os.File, done chan answered) {
	s.t.Helper()
	body, in, err := os.Pipe()
	require.NoError(s.t, err)
	taken, done = make(chan struct{}), make(chan answered, 1)
	ctx := httptrace.WithClientTrace(s.t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(taken) }})
	r, err := http.NewRequestWithContext(ctx, "POST", s.url+path, body)
	require.NoError(s.t, err)
	r.Header = http.Header{"Content-Type": {"application/x-ndjson"}, "Authorization": {"Bearer " + s.token}, "Expect": {"100-continue"}}
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: patience}, Timeout: patience}
	go func() {
		w, err := client.Do(r)
		if err != nil {
			done <- answered{0, err}
			return
		}
		_ = w.Body.Close()
		done <- answered{w.StatusCode, nil}
	}()
	return taken, in, done
}
