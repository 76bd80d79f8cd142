// Package pgembed runs a private PostgreSQL for whoever has configured none: `seutu serve` without
// DATABASE_URL, and the test suite. It uses the server programs installed on the machine, keeps the
// database in one directory, listens on a Unix socket only, and leaves nothing running behind.
//
// The directory holds
//
//	owner.lock    held (flock) by the process that runs the server; names the socket's directory
//	pg/           the database cluster
//	run/          the socket, unless the path is too long for one
//	postgres.log  what the server says; the previous one is postgres.log.1
//
// Several processes may use one directory: the first runs the server, the others are its guests,
// and one of them takes over when it goes.
package pgembed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Options says where the database lives and how it is run.
type Options struct {
	// Dir is the data directory; it is made when missing.
	Dir string
	// BinDir holds the programs postgres and initdb; empty means the usual places.
	BinDir string
	// Settings are server settings (postgresql.conf) that add to or replace ours.
	Settings map[string]string
	// Log hears of restarts and takeovers; nil means silence.
	Log *slog.Logger
}

// Instance is a running database, looked after until Stop.
type Instance struct {
	// DSN is the connection string in keyword form. It stays the same through restarts and takeovers.
	DSN string
	// Guest tells that at Start another process ran the server; see Owner for the present.
	Guest bool

	cluster *cluster
	lock    *os.File // nil while a guest
	server  *server  // nil while a guest

	stopping context.Context // ended by Stop
	stop     context.CancelFunc
	hurry    chan struct{} // closed when Stop has waited long enough
	hurried  sync.Once
	owner    atomic.Bool
	restarts atomic.Int64

	done chan struct{}
	err  error // why done was closed; read it after done only
}

// Start makes the database when there is none, starts its server and returns when that takes
// connections. When another live process already runs it, Start waits until that one's server
// takes connections and returns a guest. The context bounds the start, not the life of the Instance.
//
// Errors: ErrNoPrograms, ErrWrongVersion, ErrUnreachable, ErrWrongOwner, what initdb or the server
// said when one of them fails, and the context's error.
func Start(ctx context.Context, o Options) (*Instance, error) {
	c, err := newCluster(o)
	if err != nil {
		return nil, err
	}
	for told := time.Now(); ; {
		lock, err := takeLock(c.lockPath())
		if err == nil {
			return startAsOwner(ctx, c, lock)
		}
		if !errors.Is(err, errLocked) {
			return nil, err
		}
		if socket := recordedSocket(c.lockPath()); socket != "" && answers(ctx, socket) {
			c.socket = socket
			return newInstance(c, nil, nil), nil
		}
		if time.Since(told) > patience {
			told = time.Now()
			c.log.Info("waiting for the database of another process", "dir", c.dir)
		}
		if err := pause(ctx, pollEvery); err != nil {
			return nil, fmt.Errorf("another process runs the database in %s, which takes no connections: %w", c.dir, err)
		}
	}
}

func startAsOwner(ctx context.Context, c *cluster, lock *os.File) (*Instance, error) {
	srv, err := c.create(ctx, lock)
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	return newInstance(c, lock, srv), nil
}

func newInstance(c *cluster, lock *os.File, srv *server) *Instance {
	in := &Instance{
		DSN: c.dsn(), Guest: lock == nil,
		cluster: c, lock: lock, server: srv,
		hurry: make(chan struct{}), done: make(chan struct{}),
	}
	in.owner.Store(lock != nil)
	in.stopping, in.stop = context.WithCancel(context.Background())
	go in.keep()
	return in
}

// Stop ends the server cleanly when this process runs it, and returns when it has ended; a guest
// only lets go. When the context ends first, the server is stopped at once (it then recovers at its
// next start, losing nothing) and the context's error is returned. Later calls return the same as
// the first. Give it a fresh context, not the one whose end made the program stop.
func (in *Instance) Stop(ctx context.Context) error {
	in.stop()
	select {
	case <-in.done:
		return in.err
	case <-ctx.Done():
		in.hurried.Do(func() { close(in.hurry) })
		<-in.done
		return errors.Join(ctx.Err(), in.err)
	}
}

// Done is closed when the Instance no longer looks after the database: after Stop, or when the
// database's files have gone. A server that merely dies is started again, see Restarts.
func (in *Instance) Done() <-chan struct{} { return in.done }

// Err tells why Done was closed: nil before that and after a clean Stop, ErrGone when the files
// have gone, otherwise what went wrong in stopping.
func (in *Instance) Err() error {
	select {
	case <-in.done:
		return in.err
	default:
		return nil
	}
}

// Owner tells whether this process runs the server now.
func (in *Instance) Owner() bool { return in.owner.Load() }

// Restarts counts how often the server has been started again after it died or its owner went.
func (in *Instance) Restarts() int64 { return in.restarts.Load() }
