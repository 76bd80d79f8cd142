package pgembed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrGone is what Instance.Err returns when the database's files have been removed under it.
var ErrGone = errors.New("the database's files have gone")

const (
	pollEvery     = 25 * time.Millisecond
	lockEvery     = 500 * time.Millisecond
	firstBackoff  = 250 * time.Millisecond
	longestPause  = 5 * time.Second
	patience      = 5 * time.Second // silence is long enough for a word in the log
	stopGrace     = time.Minute     // for the last checkpoint of a clean stop
	quitGrace     = 5 * time.Second
	inUsePatience = time.Minute // for the children of a killed server
)

// keep looks after the database until Stop: as a guest it waits to become the owner, as the owner
// it starts the server again whenever that dies.
func (in *Instance) keep() {
	defer close(in.done)
	defer in.stop()
	if in.lock == nil && !in.takeOver() {
		return
	}
	// Closed last, so that a waiting guest starts its server after ours has ended.
	defer func() {
		in.owner.Store(false)
		_ = in.lock.Close()
	}()
	for in.server != nil || in.revive() {
		select {
		case <-in.stopping.Done():
			in.err = in.server.shutdown(in.hurry)
			return
		case <-in.server.exited:
			if in.stopping.Err() == nil {
				in.cluster.log.Warn("the database server died, starting it again",
					"dir", in.cluster.dir, "exit", in.server.err)
			}
			in.server = nil
		}
	}
}

// takeOver waits as a guest for the owner to go. It returns false when stopped or when the directory has gone.
func (in *Instance) takeOver() bool {
	for {
		if pause(in.stopping, lockEvery) != nil {
			return false
		}
		lock, err := takeLock(in.cluster.lockPath())
		if err == nil {
			in.lock = lock
			in.owner.Store(true)
			in.cluster.log.Info("the database's owner has gone, taking over", "dir", in.cluster.dir)
			return true
		}
		if errors.Is(err, os.ErrNotExist) {
			in.err = fmt.Errorf("%w: %s", ErrGone, in.cluster.dir)
			return false
		}
	}
}

// revive starts the server, however often that takes. It returns false when stopped or when there
// is nothing left to start.
func (in *Instance) revive() bool {
	for wait := firstBackoff; ; wait = min(2*wait, longestPause) {
		if in.stopping.Err() != nil {
			return false
		}
		if !in.cluster.exists() {
			in.err = fmt.Errorf("%w: %s", ErrGone, in.cluster.data)
			in.cluster.log.Error("cannot start the database server again", "error", in.err)
			return false
		}
		srv, err := in.cluster.start(in.stopping, in.lock)
		if err == nil {
			in.server = srv
			in.restarts.Add(1)
			return true
		}
		if pause(in.stopping, wait) != nil {
			return false
		}
		in.cluster.log.Error("cannot start the database server, trying again", "dir", in.cluster.dir, "error", err)
	}
}

// pause waits, and returns the context's error when that ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
