package pgembed

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKilledProgramTakesTheServerAlong(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	p := run(t, dir, envWriting+"=1")
	p.expect(t, "written 1")
	pid := serverPid(dir)
	p.kill()
	eventually(t, func() bool { return !alive(pid) }, "the server's end")
	in := start(t, dir)
	assert.Contains(t, numbersWritten(t, in), "1")
}

func TestOrphanIsStoppedAndReplaced(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	p := run(t, dir, envOrphan+"=1", envWriting+"=1")
	p.expect(t, "written 1")
	pid := serverPid(dir)
	p.kill()
	time.Sleep(100 * time.Millisecond)
	require.True(t, alive(pid), "there is no orphan to test with")
	in := start(t, dir)
	assert.False(t, in.Guest)
	assert.False(t, alive(pid))
	assert.NotEqual(t, pid, serverPid(dir))
	assert.Contains(t, numbersWritten(t, in), "1")
}

func TestKilledServerIsStartedAgain(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	in := start(t, dir)
	exec1(t, in, "CREATE TABLE kept (n int)")
	for n := range 3 {
		exec1(t, in, "INSERT INTO kept VALUES ($1)", n)
		// A busy session holds the shared memory a little longer.
		busy := make(chan error, 1)
		go func() { busy <- tryExec(t.Context(), in.DSN, "SELECT count(*) FROM generate_series(1, 2000000)") }()
		time.Sleep(20 * time.Millisecond)
		require.NoError(t, syscall.Kill(serverPid(dir), syscall.SIGKILL))
		<-busy
		eventually(t, func() bool { return in.Restarts() == int64(n+1) }, "a restart")
		assert.Equal(t, n+1, query[int](t, in, "SELECT count(*) FROM kept"))
	}
	select {
	case <-in.Done():
		assert.Fail(t, "a restart is not the end")
	default:
	}
	assert.NoError(t, in.Err())
}

func TestRemovedDatabaseIsGivenUp(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	in, err := Start(testContext(t), Options{Dir: dir, Settings: quick()})
	require.NoError(t, err)
	guest, err := Start(testContext(t), Options{Dir: dir})
	require.NoError(t, err)
	pid := serverPid(dir)
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	<-in.Done()
	require.ErrorIs(t, in.Err(), ErrGone)
	require.ErrorIs(t, in.Stop(testContext(t)), ErrGone)
	<-guest.Done()
	require.ErrorIs(t, guest.Err(), ErrGone)
}

func TestProgramAndServerKilledTogether(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	p := run(t, dir, envOrphan+"=1", envWriting+"=1")
	p.expect(t, "written 2")
	pid := serverPid(dir)
	p.kill()
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	in := start(t, dir)
	assert.Subset(t, numbersWritten(t, in), []string{"1", "2"})
}

func TestInterruptLetsTheWriteInFlightEnd(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	p := run(t, dir, envWriting+"=1")
	p.expect(t, "begin 3")
	time.Sleep(50 * time.Millisecond)
	p.interrupt(t)
	said := p.rest()
	require.NoError(t, p.cmd.Wait())
	require.Contains(t, said, "written 3", "the server fell before the program had drained")
	require.Contains(t, said, "stopped")
	in := start(t, dir)
	acknowledged := []string{"1", "2"}
	for _, line := range said {
		if n, ok := strings.CutPrefix(line, "written "); ok {
			acknowledged = append(acknowledged, n)
		}
	}
	assert.ElementsMatch(t, acknowledged, numbersWritten(t, in))
}

func TestKillDuringInitdb(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	for range 6 {
		p := launchProgram(t, exec.Command(os.Args[0]), dir)
		time.Sleep(time.Duration(20+rand.IntN(500)) * time.Millisecond)
		p.kill()
	}
	in := start(t, dir)
	exec1(t, in, "CREATE TABLE whole AS SELECT 1")
	stop(t, in)
	eventually(t, func() bool {
		left, err := filepath.Glob(filepath.Join(dir, "pg.new-*"))
		return err == nil && len(left) == 0
	}, "no half-made databases")
	start(t, dir)
}

func TestMisleadingPidFiles(t *testing.T) {
	t.Parallel()
	// The numbers that a pid file may hold after a power cut or in a new container.
	sleeper := exec.Command("sleep", "60")
	require.NoError(t, sleeper.Start())
	t.Cleanup(func() { _ = sleeper.Process.Kill(); _ = sleeper.Wait() })
	dead := exec.Command("true")
	require.NoError(t, dead.Run())
	other := databaseDir(t)
	start(t, other)

	dir := databaseDir(t)
	stop(t, start(t, dir))
	for name, pid := range map[string]int{
		"this program": os.Getpid(), "another program": sleeper.Process.Pid, "a dead one": dead.Process.Pid,
		"another database's server": serverPid(other),
	} {
		t.Run(name, func(t *testing.T) {
			file := fmt.Sprintf("%d\n%s\n1700000000\n5432\n%s\n\n  1  2\nready\n", pid, filepath.Join(dir, "pg"), filepath.Join(dir, "run"))
			require.NoError(t, os.WriteFile(filepath.Join(dir, "pg", "postmaster.pid"), []byte(file), 0o600))
			socketLock := socketPath(filepath.Join(dir, "run")) + ".lock"
			require.NoError(t, os.WriteFile(socketLock, []byte(strconv.Itoa(pid)+"\n"), 0o600))
			if a, exists := ownerOf(filepath.Join(dir, "pg")); exists && os.Geteuid() == 0 {
				require.NoError(t, a.own(filepath.Join(dir, "pg", "postmaster.pid")))
				require.NoError(t, a.own(socketLock))
			}
			in := start(t, dir)
			assert.False(t, in.Guest)
			assert.Equal(t, 1, query[int](t, in, "SELECT 1"))
			stop(t, in)
		})
	}
	assert.True(t, alive(sleeper.Process.Pid), "an unrelated process was signalled")
	assert.True(t, alive(serverPid(other)), "another database's server was signalled")
}

// An empty pid file, as a full disk leaves it, stops PostgreSQL by itself.
func TestTornPidFile(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	stop(t, start(t, dir))
	path := filepath.Join(dir, "pg", "postmaster.pid")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	if a, exists := ownerOf(filepath.Dir(path)); exists && os.Geteuid() == 0 {
		require.NoError(t, a.own(path))
	}
	assert.Equal(t, 1, query[int](t, start(t, dir), "SELECT 1"))
}

func numbersWritten(t *testing.T, in *Instance) []string {
	t.Helper()
	all := query[*string](t, in, "SELECT string_agg(n::text, ',' ORDER BY n) FROM written")
	if all == nil {
		return nil
	}
	numbers := strings.Split(*all, ",")
	require.Len(t, slices.Compact(slices.Clone(numbers)), len(numbers), "written twice")
	return numbers
}
