package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// buffer holds what a process says, and may be read meanwhile.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// program is a command under way.
type program struct {
	t        *testing.T
	cmd      *exec.Cmd
	out, err buffer
	ended    chan struct{}
}

// usual are the lines of the log that tell nothing.
var usual = regexp.MustCompile(`(?m)^.*("msg":"request".*"status":(20\d|503)|"request failed".*"unavailable: ).*\n`)

// patience is for a machine that others use too.
const patience = 2 * time.Minute

// start runs a command in the background; it is stopped when the test ends.
func start(t *testing.T, cmd *exec.Cmd) *program {
	t.Helper()
	p := &program{t: t, cmd: cmd, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.out, &p.err
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // like a shell's job
	require.NoError(t, cmd.Start())
	go func() {
		_ = cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-p.ended:
		case <-time.After(patience):
			_ = cmd.Process.Kill()
			t.Errorf("%v does not end", cmd.Args)
		}
		if t.Failed() {
			said := usual.ReplaceAllString(p.err.String(), "")
			t.Logf("%v\n%.2000s%s", cmd.Args, p.out.String(), said[max(0, len(said)-4000):])
		}
	})
	return p
}

func (p *program) signal(s os.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(s))
}

// wait is the result of a command that ends by itself.
func (p *program) wait() result {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		require.FailNow(p.t, "the program does not end", "%v\n%s", p.cmd.Args, p.err.String())
	}
	return result{p.t, p.cmd.ProcessState.ExitCode(), p.out.String(), p.err.String()}
}

// result is what became of a command.
type result struct {
	t        *testing.T
	code     int
	out, err string
}

// run runs a command to its end.
func run(t *testing.T, args ...string) result {
	t.Helper()
	return start(t, command(args...)).wait()
}

// feed is run with standard input.
func feed(t *testing.T, in string, args ...string) result {
	t.Helper()
	cmd := command(args...)
	cmd.Stdin = strings.NewReader(in)
	return start(t, cmd).wait()
}

// exits fails the test unless the command ended with the code, and said all of this on standard error.
func (r result) exits(code int, says ...string) result {
	r.t.Helper()
	require.Equal(r.t, code, r.code, "%s%s", r.out, r.err)
	for _, s := range says {
		require.Contains(r.t, r.err, s)
	}
	return r
}

// service is `seutu serve` under way, and a client of it.
type service struct {
	*program
	dir, url, token string
	client          *http.Client
}

// serve starts the service and returns once it answers.
func serve(t *testing.T, dir string, args ...string) *service {
	t.Helper()
	return listening(t, dir, command(append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--rate-limit", "0"}, args...)...))
}

// listening starts a command that serves and waits for its line in the log.
func listening(t *testing.T, dir string, cmd *exec.Cmd) *service {
	t.Helper()
	s := &service{program: start(t, cmd), dir: dir, client: &http.Client{Transport: &http.Transport{}, Timeout: patience}}
	t.Cleanup(s.client.CloseIdleConnections)
	poll(t, "the service listens", patience, func() bool {
		select {
		case <-s.ended:
			require.FailNow(t, "the service has ended", "%s", s.err.String())
		default:
		}
		return s.address() != ""
	})
	s.url = "http://" + s.address()
	return s
}

// address is where the log says that the service listens.
func (s *service) address() string {
	for line := range strings.Lines(s.err.String()) {
		var l struct{ Msg, Address string }
		if json.Unmarshal([]byte(line), &l) == nil && l.Msg == "listening" {
			return l.Address
		}
	}
	return ""
}

// send sends a request; a body that is no text goes out as JSON.
func (s *service) send(ctx context.Context, method, path string, body any) (status int, answer []byte, err error) {
	contentType := "application/json"
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case url.Values:
		in, contentType = strings.NewReader(b.Encode()), "application/x-www-form-urlencoded"
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return 0, nil, err
		}
		in = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, in)
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", contentType)
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	w, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer w.Body.Close()
	answer, err = io.ReadAll(w.Body)
	return w.StatusCode, answer, err
}

// status is that of an answer to GET, 0 if there is none.
func (s *service) status(path string) int {
	status, _, _ := s.send(s.t.Context(), "GET", path, nil)
	return status
}

// get is the answer to GET, which must be 200.
func (s *service) get(path string) map[string]any {
	s.t.Helper()
	return s.want(http.StatusOK, "GET", path, nil)
}

// want is the answer to a request, which must have the status.
func (s *service) want(status int, method, path string, body any) map[string]any {
	s.t.Helper()
	got, raw, err := s.send(s.t.Context(), method, path, body)
	require.NoError(s.t, err)
	require.Equal(s.t, status, got, "%s %s: %s", method, path, raw)
	var answer map[string]any
	require.NoError(s.t, json.Unmarshal(raw, &answer), "%s", raw)
	return answer
}

// total is how many organisations everyone sees.
func (s *service) total() int {
	s.t.Helper()
	return int(s.get("/v1/organisations?limit=1&count=true")["total"].(float64))
}

func credentials(email, password string) url.Values {
	return url.Values{"grant_type": {"password"}, "username": {email}, "password": {password}}
}

// signIn makes the client's further requests those of the user.
func (s *service) signIn(email, password string) {
	s.t.Helper()
	s.token = ""
	s.token = s.want(http.StatusOK, "POST", "/v1/oauth/token", credentials(email, password))["access_token"].(string)
}

const password = "kolmetoista lammasta"

// admin makes an administrator and signs in.
func (s *service) admin() {
	s.t.Helper()
	feed(s.t, password+"\n", "user", "create", "--data", s.dir, "--email", "admin@example.org", "--role", "admin", "--password-stdin").exits(0)
	s.signIn("admin@example.org", password)
}

// postmaster is the process of the data directory's PostgreSQL, 0 if there is none.
func postmaster(dir string) int {
	b, err := os.ReadFile(filepath.Join(dir, "pg", "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(line))
	if pid == 0 || syscall.Kill(pid, 0) != nil {
		return 0
	}
	if stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err == nil && strings.Contains(string(stat), ") Z ") {
		return 0 // a zombie
	}
	return pid
}

func isCancelled(err error) bool { return errors.Is(err, context.Canceled) }

// refuses tells whether nobody takes connections at the address any more.
func refuses(address string) bool {
	c, err := net.DialTimeout("tcp", address, time.Second)
	if err == nil {
		_ = c.Close()
	}
	return err != nil
}
