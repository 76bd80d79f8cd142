package pgembed

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGuestUsesTheOwnersServer(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	p := run(t, dir)
	pid := serverPid(dir)
	began := time.Now()
	guest := start(t, dir)
	assert.Less(t, time.Since(began), 2*time.Second)
	assert.True(t, guest.Guest)
	assert.False(t, guest.Owner())
	assert.Equal(t, 1, query[int](t, guest, "SELECT 1"))
	stop(t, guest)
	assert.True(t, alive(pid), "a guest must not stop the server")
	p.interrupt(t)
	p.expect(t, "stopped")
	assert.False(t, alive(pid))
}

func TestGuestTakesOverFromAKilledOwner(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]string{"server dies too": envOrphan + "=", "server lives on": envOrphan + "=1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := databaseDir(t)
			p := run(t, dir, env)
			guest := start(t, dir)
			require.True(t, guest.Guest)
			dsn := guest.DSN
			exec1(t, guest, "CREATE TABLE kept AS SELECT 7 AS n")
			pid := serverPid(dir)
			p.kill()
			eventually(t, func() bool { return guest.Restarts() == 1 }, "the takeover")
			assert.True(t, guest.Owner())
			assert.Equal(t, dsn, guest.DSN)
			assert.NotEqual(t, pid, serverPid(dir))
			assert.Equal(t, 7, query[int](t, guest, "SELECT n FROM kept"))

			// The former guest is an owner like any other: it restarts, and has guests.
			require.NoError(t, syscall.Kill(serverPid(dir), syscall.SIGKILL))
			eventually(t, func() bool { return guest.Restarts() == 2 }, "a restart")
			again := launchProgram(t, exec.Command(os.Args[0]), dir)
			assert.Equal(t, "true", again.expect(t, "up guest:"))
		})
	}
}

func TestOneOfManyGuestsTakesOver(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	owner := start(t, dir)
	var guests []*Instance
	for range 3 {
		guests = append(guests, start(t, dir))
	}
	stop(t, owner)
	owners := func() (n int) {
		for _, g := range guests {
			if g.Owner() && g.Restarts() == 1 {
				n++
			}
		}
		return n
	}
	eventually(t, func() bool { return owners() == 1 }, "a new owner")
	for _, g := range guests {
		assert.Equal(t, 1, query[int](t, g, "SELECT 1"))
	}
	assert.Equal(t, 1, owners())
}

func TestGuestOfAStuckOwnerWaitsNoLongerThanItsContext(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	lock, err := takeLock(filepath.Join(dir, "owner.lock"))
	require.NoError(t, err)
	defer lock.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	_, err = Start(ctx, Options{Dir: dir})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "another process")
}

func TestStopInTheMiddleOfARestart(t *testing.T) {
	t.Parallel()
	dir := databaseDir(t)
	in := start(t, dir)
	require.NoError(t, syscall.Kill(serverPid(dir), syscall.SIGKILL))
	time.Sleep(30 * time.Millisecond)
	require.NoError(t, in.Stop(testContext(t)))
	lock, err := takeLock(filepath.Join(dir, "owner.lock"))
	require.NoError(t, err)
	require.NoError(t, lock.Close())
	if pid := serverPid(dir); pid > 0 {
		assert.False(t, alive(pid))
	}
}
