package pgembed

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// locale knows letters beyond ASCII: under plain C, lower('Ä') is 'Ä' and Finnish search finds nothing.
func locale() string {
	if runtime.GOOS == "darwin" {
		return "en_US.UTF-8"
	}
	return "C.UTF-8"
}

// initdb makes the database under a name of its own and then renames it, so that it is whole or
// not there at all. The name is never used twice: the initdb of a killed program may still write.
func (c *cluster) initdb(ctx context.Context) error {
	if err := os.Remove(c.data); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("%s holds files but no database: %w", c.data, err)
	}
	unfinished, _ := filepath.Glob(c.data + ".new-*")
	for _, dir := range unfinished {
		_ = os.RemoveAll(dir) // what cannot go now goes next time
	}
	tmp, err := os.MkdirTemp(c.dir, filepath.Base(c.data)+".new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp) // not there any more when all went well
	if err := c.account.own(tmp); err != nil {
		return err
	}
	if err := c.runInitdb(ctx, tmp); err != nil {
		return err
	}
	if err := os.Rename(tmp, c.data); err != nil {
		return err
	}
	return syncDir(c.dir)
}

func (c *cluster) runInitdb(ctx context.Context, dir string) error {
	args := []string{
		"-D", dir, "-U", superuser, "--auth-local=trust", "--auth-host=reject",
		"-E", "UTF8", "--locale=" + locale(), "--data-checksums", "--no-instructions",
	}
	if c.settings["fsync"] == "off" {
		args = append(args, "--no-sync")
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, c.programs.path("initdb"), args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir, cmd.Env = &out, &out, dir, serverEnv()
	cmd.SysProcAttr = childAttr(c.account, syscall.SIGTERM)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // with its children
	cmd.WaitDelay = 5 * time.Second
	ended, err := startPinned(cmd)
	if err == nil {
		err = <-ended
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(out.String()))
	}
	return nil
}

// syncDir makes a rename in the directory survive a power cut.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
