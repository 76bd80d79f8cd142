package pgembed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopOrphan stops a server of this directory whose owner was killed, and removes a pid file that
// PostgreSQL would misread. The caller holds the lock, so a live server here has no owner.
func (c *cluster) stopOrphan(ctx context.Context) error {
	pid := readPid(c.pidPath())
	if pid <= 0 { // no file, or one torn by a full disk or a power cut
		return c.removePidFile()
	}
	// Found before it is looked at: on Linux the handle never comes to mean a later process.
	process, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	defer func() { _ = process.Release() }()
	if !c.servedBy(pid) {
		return c.dropPidFile(pid)
	}
	c.log.Warn("stopping a database server that has lost its owner", "dir", c.dir, "pid", pid)
	for _, step := range []struct {
		signal syscall.Signal
		grace  time.Duration
	}{{syscall.SIGINT, 2 * quitGrace}, {syscall.SIGQUIT, quitGrace}, {syscall.SIGKILL, quitGrace}} {
		if err := process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop the old database server (pid %d): %w", pid, err)
		}
		for end := time.Now().Add(step.grace); time.Now().Before(end); {
			if !c.servedBy(pid) {
				return nil
			}
			if err := pause(ctx, pollEvery); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("the old database server (pid %d) in %s does not stop", pid, c.data)
}

// dropPidFile removes the pid file when its number now belongs to an unrelated process, for then
// PostgreSQL would refuse to start. The file of a dead process is left alone: PostgreSQL reads
// from it whether children of that server still run.
func (c *cluster) dropPidFile(pid int) error {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return nil
	}
	return c.removePidFile()
}

func (c *cluster) removePidFile() error {
	if err := os.Remove(c.pidPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func readPid(path string) int {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(line)) // 0, meaning none, when it is no number
	return pid
}

// servedBy tells whether the process is a live server of just this database. The number in a pid
// file may by now be any program's, another database's server, or a zombie (no command line).
func (c *cluster) servedBy(pid int) bool {
	if runtime.GOOS != "linux" {
		out, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
		return err == nil && strings.Contains(string(out), "postgres -D "+c.data+" ")
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return false
	}
	args := strings.Split(string(b), "\x00")
	if name := filepath.Base(args[0]); name != "postgres" {
		return false
	}
	for i, arg := range args[1:] {
		if arg == "-D" && i+2 < len(args) {
			return sameFile(args[i+2], c.data)
		}
	}
	return false
}

// sameFile compares what the paths lead to: somebody may have started the server by another name.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
