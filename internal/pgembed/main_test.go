package pgembed

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// The tests that kill the program run this test binary again as that program.
const (
	envDir     = "PGEMBED_TEST_DIR"
	envOrphan  = "PGEMBED_TEST_ORPHAN" // the server outlives the program
	envWriting = "PGEMBED_TEST_WRITING"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(envDir); dir != "" {
		dieWithProgram = os.Getenv(envOrphan) == ""
		if err := program(dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if madeTemplate != "" {
			_ = os.RemoveAll(madeTemplate)
		}
		os.Exit(code)
	}))
}

var madeTemplate string // set by template

// template is a data directory with a fresh database, made once: copying is faster than initdb.
var template = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp(testRoot(), "pgembed-")
	if err != nil {
		return "", err
	}
	madeTemplate = dir
	if err := os.Chmod(dir, 0o755); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	in, err := Start(ctx, Options{Dir: dir, Settings: quick()})
	if err != nil {
		return "", err
	}
	return dir, in.Stop(ctx)
})

// databaseDir is a testDir that holds a fresh database.
func databaseDir(t *testing.T) string {
	t.Helper()
	from, err := template()
	require.NoError(t, err)
	dir := testDir(t)
	out, err := exec.Command("cp", "-pR", filepath.Join(from, "pg"), dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir
}

// program is a small `seutu serve`: it starts the database, maybe writes, and ends on SIGINT.
func program(dir string) error {
	go func() { // ends with the test
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(2)
	}()
	interrupted, forget := signal.NotifyContext(context.Background(), os.Interrupt)
	defer forget()
	in, err := Start(interrupted, Options{Dir: dir, Settings: quick()})
	if err != nil {
		return err
	}
	fmt.Println("up guest:", in.Guest)
	if os.Getenv(envWriting) != "" {
		if err := write(interrupted, in.DSN); err != nil {
			return err
		}
	}
	<-interrupted.Done()
	if err := in.Stop(context.Background()); err != nil {
		return err
	}
	fmt.Println("stopped")
	return nil
}

// write inserts numbers, each in a slow transaction, until interrupted; the one in flight is ended.
func write(interrupted context.Context, dsn string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "CREATE TABLE written (n int)"); err != nil {
		return err
	}
	for n := 1; interrupted.Err() == nil; n++ {
		fmt.Println("begin", n)
		if _, err := conn.Exec(ctx, "INSERT INTO written SELECT $1 FROM pg_sleep(0.2)", n); err != nil {
			return err
		}
		fmt.Println("written", n)
	}
	return nil
}

// quick spares the disk. Commits stay synchronous, so a killed server keeps what it acknowledged.
func quick() map[string]string {
	return map[string]string{"fsync": "off", "full_page_writes": "off", "shared_buffers": "16MB"}
}

// testDir is a directory that the account of the server can reach, which t.TempDir is not for root.
func testDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp(testRoot(), "pgembed-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	dir, err = filepath.EvalSymlinks(dir)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// testRoot is in memory where there is room (a container may give it 64 MB): twice as fast.
func testRoot() string {
	const memory, room = "/dev/shm", 4 << 30
	var fs syscall.Statfs_t
	if syscall.Statfs(memory, &fs) == nil && fs.Bavail*uint64(fs.Bsize) > room {
		return memory
	}
	return "/tmp"
}

func testContext(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func start(t *testing.T, dir string) *Instance {
	t.Helper()
	log := slog.New(slog.NewTextHandler(testWriter{t}, nil))
	in, err := Start(testContext(t), Options{Dir: dir, Settings: quick(), Log: log})
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, in) })
	return in
}

func stop(t *testing.T, in *Instance) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	assert.NoError(t, in.Stop(ctx))
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

func exec1(t *testing.T, in *Instance, sql string, args ...any) {
	t.Helper()
	require.NoError(t, tryExec(testContext(t), in.DSN, sql, args...))
}

func tryExec(ctx context.Context, dsn, sql string, args ...any) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql, args...)
	return err
}

func query[T any](t *testing.T, in *Instance, sql string, args ...any) T {
	t.Helper()
	ctx := testContext(t)
	conn, err := pgx.Connect(ctx, in.DSN)
	require.NoError(t, err)
	defer conn.Close(ctx)
	var v T
	require.NoError(t, conn.QueryRow(ctx, sql, args...).Scan(&v))
	return v
}

// eventually waits for another process to notice something.
func eventually(t *testing.T, ok func() bool, what string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "waited in vain: %s", what)
	}
}

func serverPid(dir string) int { return readPid(filepath.Join(dir, "pg", "postmaster.pid")) }

func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil && os.IsNotExist(err) && !isLinux()
	}
	return !strings.Contains(string(b), ") Z ")
}

func isLinux() bool { _, err := os.Stat("/proc/self/stat"); return err == nil }

// running is a program started by a test.
type running struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func run(t *testing.T, dir string, env ...string) *running {
	t.Helper()
	p := launchProgram(t, exec.Command(os.Args[0]), dir, env...)
	p.expect(t, "up guest:")
	return p
}

func launchProgram(t *testing.T, cmd *exec.Cmd, dir string, env ...string) *running {
	t.Helper()
	cmd.Env = append(os.Environ(), append(env, envDir+"="+dir)...)
	cmd.Stderr = os.Stderr
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true // like a shell's job
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	_, err = cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	p := &running{cmd: cmd, lines: bufio.NewScanner(out)}
	t.Cleanup(func() { p.kill() })
	return p
}

// expect reads lines up to the one that begins so, and returns the rest of that.
func (p *running) expect(t *testing.T, prefix string) string {
	t.Helper()
	var seen []string
	for p.lines.Scan() {
		if rest, ok := strings.CutPrefix(p.lines.Text(), prefix); ok {
			return strings.TrimSpace(rest)
		}
		seen = append(seen, p.lines.Text())
	}
	require.Fail(t, "the program ended early", "wanted %q, it said %q", prefix, seen)
	return ""
}

func (p *running) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// interrupt is Ctrl-C: the signal goes to the whole process group.
func (p *running) interrupt(t *testing.T) {
	t.Helper()
	require.NoError(t, syscall.Kill(-p.cmd.Process.Pid, syscall.SIGINT))
}

// rest is everything else that the program says.
func (p *running) rest() (lines []string) {
	for p.lines.Scan() {
		lines = append(lines, p.lines.Text())
	}
	return lines
}
