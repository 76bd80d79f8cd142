package pgembed

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStartMakesADatabaseFitForFinnish(t *testing.T) {
	t.Parallel()
	in := start(t, testDir(t))
	assert.False(t, in.Guest)
	assert.True(t, in.Owner())
	assert.Equal(t, "ä", query[string](t, in, "SELECT lower('Ä')"))
	assert.True(t, query[bool](t, in, `SELECT 'äiti' COLLATE "fi-x-icu" > 'zorro' COLLATE "fi-x-icu"`))
	for name, want := range map[string]string{
		"server_encoding": "UTF8", "data_checksums": "on", "listen_addresses": "", "max_connections": "100",
		"idle_in_transaction_session_timeout": "30s", "fsync": "off", "unix_socket_permissions": "0700",
	} {
		assert.Equal(t, want, query[string](t, in, "SELECT current_setting($1)", name), name)
	}
	exec1(t, in, "CREATE EXTENSION pg_trgm")
}

func TestSecondStartFindsWhatTheFirstWrote(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	first := start(t, dir)
	exec1(t, first, "CREATE TABLE kept AS SELECT 7 AS n")
	pid := serverPid(dir)
	stop(t, first)
	<-first.Done()
	require.NoError(t, first.Err())
	assert.False(t, alive(pid), "the server outlived Stop")
	assert.NoFileExists(t, filepath.Join(dir, "pg", "postmaster.pid"))

	second := start(t, dir)
	assert.Equal(t, 7, query[int](t, second, "SELECT n FROM kept"))
	assert.Equal(t, first.DSN, second.DSN)
}

func TestStopWithSpentContextStopsAtOnce(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	in, err := Start(testContext(t), Options{Dir: dir, Settings: quick()})
	require.NoError(t, err)
	pid := serverPid(dir)
	spent, cancel := context.WithCancel(context.Background())
	cancel()
	began := time.Now()
	// The clean stop may win the race: what counts is that the server has ended.
	if err := in.Stop(spent); err != nil {
		assert.ErrorIs(t, err, context.Canceled)
	}
	assert.Less(t, time.Since(began), 10*time.Second)
	assert.False(t, alive(pid))
	again, err := Start(testContext(t), Options{Dir: dir, Settings: quick()})
	require.NoError(t, err)
	stop(t, again)
}

func TestBadSettingIsReportedWithTheServersWords(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	began := time.Now()
	_, err := Start(testContext(t), Options{Dir: dir, Settings: map[string]string{"fsync": "off", "no_such_setting": "1"}})
	require.ErrorContains(t, err, "no_such_setting")
	require.ErrorContains(t, err, filepath.Join(dir, "postgres.log"))
	assert.Less(t, time.Since(began), 20*time.Second, "a lasting fault was retried")
	lock, err := takeLock(filepath.Join(dir, "owner.lock"))
	require.NoError(t, err, "the lock is still held")
	require.NoError(t, lock.Close())
}

func TestStartGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	for range 3 {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		_, err := Start(ctx, Options{Dir: dir, Settings: quick()})
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	unfinished, err := filepath.Glob(filepath.Join(dir, "pg*"))
	require.NoError(t, err)
	assert.Empty(t, unfinished)
	start(t, dir)
}

func TestLongAndOddPathsPutTheSocketElsewhere(t *testing.T) {
	t.Parallel()
	for name, leaf := range map[string]string{"long": strings.Repeat("x", 150), "odd": "a b, 'c' \"d\" ä"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := start(t, filepath.Join(testDir(t), leaf))
			assert.Equal(t, 1, query[int](t, in, "SELECT 1"))
			cfg, err := pgx.ParseConfig(in.DSN)
			require.NoError(t, err)
			t.Cleanup(func() { _ = os.RemoveAll(cfg.Host) })
			info, err := os.Stat(cfg.Host)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
		})
	}
}

func TestSocketDirMustBeOurs(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("/tmp", link))
	require.ErrorContains(t, makeSocketDir(link, nil), "not a directory of ours")
	if os.Geteuid() == 0 { // only root can play another user
		foreign := filepath.Join(dir, "foreign")
		require.NoError(t, os.Mkdir(foreign, 0o777))
		require.NoError(t, os.Chown(foreign, 12345, 12345))
		require.ErrorContains(t, makeSocketDir(foreign, nil), "not a directory of ours")
	}
	open := filepath.Join(dir, "open")
	require.NoError(t, os.Mkdir(open, 0o777))
	require.NoError(t, makeSocketDir(open, nil))
	info, err := os.Stat(open)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestClosedParentDirectory(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(testDir(t), "closed")
	require.NoError(t, os.Mkdir(closed, 0o700))
	want := ErrUnreachable
	if os.Geteuid() != 0 { // then it is closed to us as well
		require.NoError(t, os.Chmod(closed, 0))
		t.Cleanup(func() { _ = os.Chmod(closed, 0o700) })
		want = os.ErrPermission
	}
	_, err := Start(testContext(t), Options{Dir: filepath.Join(closed, "data"), Settings: quick()})
	require.ErrorIs(t, err, want)
	require.ErrorContains(t, err, closed)
}

func TestForeignFilesAreNotOverwritten(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	mine := filepath.Join(dir, "pg", "mine.txt")
	require.NoError(t, os.Mkdir(filepath.Dir(mine), 0o700))
	require.NoError(t, os.WriteFile(mine, nil, 0o600))
	_, err := Start(testContext(t), Options{Dir: dir, Settings: quick()})
	require.ErrorContains(t, err, "holds files but no database")
	assert.FileExists(t, mine)
}

// An ordinary user, played by nobody when the tests run as root.
func TestOrdinaryUser(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	cmd := exec.Command(os.Args[0])
	if os.Geteuid() == 0 {
		copied := filepath.Join(dir, "program") // go test's own is in a directory closed to others
		copyProgram(t, os.Args[0], copied)
		cmd = exec.Command(copied)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		require.NoError(t, os.Chown(dir, 65534, 65534))
	}
	p := launchProgram(t, cmd, filepath.Join(dir, "data"))
	p.expect(t, "up guest: false")

	if os.Geteuid() == 0 { // root may visit, and take over as the user who owns the files
		in := start(t, filepath.Join(dir, "data"))
		assert.True(t, in.Guest)
		assert.Equal(t, 1, query[int](t, in, "SELECT 1"))
		p.kill()
		eventually(t, func() bool { return in.Restarts() == 1 }, "takeover by root")
		assert.Equal(t, 1, query[int](t, in, "SELECT 1"))
		return
	}
	p.interrupt(t)
	p.expect(t, "stopped")
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	// A fork meanwhile would inherit the open file, and what is open for writing cannot be run.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	src, err := os.Open(from)
	require.NoError(t, err)
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(dst, src)
	require.NoError(t, err)
	require.NoError(t, dst.Close())
}

func TestLongLogIsPutAside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(testDir(t), "postgres.log")
	require.NoError(t, os.WriteFile(path, make([]byte, maxLogSize+1), 0o600))
	log, err := openLog(path)
	require.NoError(t, err)
	defer log.Close()
	assert.FileExists(t, path+".1")
	_, err = fmt.Fprint(log, "x [1] FATAL:  the cause\nx [1] LOG:  shut down\n")
	require.NoError(t, err)
	assert.Equal(t, "the cause", log.lastWords())
}
