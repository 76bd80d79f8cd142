package pgembed

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	port = "5432" // part of the socket's name only: nothing listens on TCP

	// maxSocketPath is the shortest limit of the systems we know: macOS 103 bytes, Linux 107.
	maxSocketPath = 103
)

func socketPath(dir string) string { return filepath.Join(dir, ".s.PGSQL."+port) }

// chooseSocketDir is the data directory's run/ where a socket can be there, otherwise a directory
// of the same name for every process under the system's temporary directory.
func chooseSocketDir(dir string, a *account) (string, error) {
	if run := filepath.Join(dir, "run"); fitsSocket(run) {
		return run, nil
	}
	name := fmt.Sprintf("seutu-%x", sha256.Sum256([]byte(dir)))[:22]
	for _, tmp := range []string{os.TempDir(), "/tmp"} {
		if run := filepath.Join(tmp, name); filepath.IsAbs(run) && fitsSocket(run) && a.checkReach(run) == nil {
			return run, nil
		}
	}
	return "", fmt.Errorf("%s is too long for a Unix socket, and so is %s", dir, os.TempDir())
}

// fitsSocket also keeps to paths that mean themselves in unix_socket_directories and in a DSN.
func fitsSocket(dir string) bool {
	return len(socketPath(dir)) <= maxSocketPath && !strings.ContainsAny(dir, " \t\r\n,'\"\\")
}

// makeSocketDir makes or checks the directory: whoever can enter it is let into the database, and
// under /tmp somebody else may have put something of that name there first.
func makeSocketDir(dir string, a *account) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	owner := info.Sys().(*syscall.Stat_t).Uid
	ours := owner == uint32(os.Geteuid()) || a != nil && owner == a.uid
	if !info.IsDir() || !ours {
		return fmt.Errorf("%s, meant for the database's socket, is not a directory of ours; remove it", dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	return a.own(dir)
}

// clearSocketDir removes what a killed server left. PostgreSQL would refuse to start when the
// process number in the socket's lock file has since been given to another process.
func clearSocketDir(dir string) error {
	for _, path := range []string{socketPath(dir), socketPath(dir) + ".lock"} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}
