package pgembed

import (
	"errors"
	"os"
	"strings"
	"syscall"
)

var errLocked = errors.New("another process runs this database")

// takeLock makes the caller the owner of the database until it closes the file or dies. It returns
// errLocked when there is an owner. The descriptor is close-on-exec, so the server, which may
// outlive its owner, never holds the lock.
func takeLock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errLocked
	}
	return nil, &os.PathError{Op: "flock", Path: path, Err: err}
}

// recordSocket tells guests where the socket is: they may have another TMPDIR than the owner.
func recordSocket(lock *os.File, socket string) error {
	if err := lock.Truncate(0); err != nil {
		return err
	}
	_, err := lock.WriteAt([]byte(socket+"\n"), 0)
	return err
}

// recordedSocket is the owner's socket directory, or empty while it has not said.
func recordedSocket(lockPath string) string {
	b, err := os.ReadFile(lockPath)
	if err != nil {
		return ""
	}
	socket, whole := strings.CutSuffix(string(b), "\n")
	if !whole {
		return ""
	}
	return socket
}
