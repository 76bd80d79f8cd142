package pgembed

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// defaultSettings come before the caller's own.
var defaultSettings = map[string]string{
	"listen_addresses":                    "",
	"port":                                port,
	"unix_socket_permissions":             "0700", // root, who may run the program, passes anyway
	"max_connections":                     "100",
	"idle_in_transaction_session_timeout": "30s",
	"logging_collector":                   "off", // the log is our file
	"log_line_prefix":                     "%m [%p] ",
	"log_timezone":                        "UTC",
	// DETAIL and STATEMENT lines hold the values of rows, which are people's names and addresses.
	"log_error_verbosity":     "terse",
	"log_min_error_statement": "panic",
}

// dieWithProgram is off only in tests that play a system without a death signal, such as macOS.
var dieWithProgram = true

// server is one run of the postgres program.
type server struct {
	process *os.Process
	exited  chan struct{}
	err     error // how it ended; read it after exited only
}

func (c *cluster) launch(log *logFile) (*server, error) {
	settings := maps.Clone(defaultSettings)
	maps.Copy(settings, c.settings)
	args := []string{"-D", c.data, "-k", c.socket}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	cmd := exec.Command(c.programs.path("postgres"), args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir, cmd.Env = log.File, log.File, c.data, serverEnv()
	cmd.SysProcAttr = childAttr(c.account, syscall.SIGINT)
	ended, err := startPinned(cmd)
	if err != nil {
		return nil, err
	}
	srv := &server{process: cmd.Process, exited: make(chan struct{})}
	go func() {
		srv.err = <-ended
		close(srv.exited)
	}()
	return srv, nil
}

// serverEnv leaves out the program's own environment: it may hold secrets, and PG… variables that
// the server programs obey. macOS needs LC_ALL, or the server complains of being multithreaded.
func serverEnv() []string {
	env := []string{"LC_ALL=" + locale(), "TZ=UTC"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// startPinned starts the command on a thread of its own that lives as long as the child: Linux
// sends the death signal when the thread that forked ends, not the process.
func startPinned(cmd *exec.Cmd) (ended <-chan error, err error) {
	started, end := make(chan error, 1), make(chan error, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := cmd.Start()
		started <- err
		if err == nil {
			end <- cmd.Wait()
		}
	}()
	return end, <-started
}

// shutdown stops the server cleanly, or faster when hurried or when that takes too long. Nothing
// acknowledged is lost either way; after the faster ways the next start recovers first.
func (s *server) shutdown(hurry <-chan struct{}) error {
	_ = s.process.Signal(syscall.SIGINT) // an error means that it has ended
	grace := time.NewTimer(stopGrace)
	defer grace.Stop()
	select {
	case <-s.exited:
		return stopError(s.err)
	case <-hurry:
	case <-grace.C:
	}
	_ = s.process.Signal(syscall.SIGQUIT)
	select {
	case <-s.exited:
	case <-time.After(quitGrace):
		_ = s.process.Kill()
		<-s.exited
	}
	return errors.New("the database server did not stop in time and was stopped at once; it recovers at the next start")
}

// stopError lets a server pass that somebody killed as it was to stop: it has ended, as it should.
func stopError(err error) error {
	var exit *exec.ExitError
	killed := errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
	if err == nil || killed {
		return nil
	}
	return fmt.Errorf("stop the database server: %w", err)
}
