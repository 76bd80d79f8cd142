package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// server is one of the servers that are compared, in a process of its own.
type server struct {
	name  string
	index int    // tells the writers of two servers apart: each writes its own rows
	addr  string // host:port
	token string // of an administrator; Seutu only
	cmd   *exec.Cmd
	stdin io.WriteCloser
}

// maker starts servers: Seutu as the program that operators run, L1 and L2 as children of this program.
type maker struct {
	seutu string // the built program
	dsn   string
	pool  int
	log   io.Writer
}

// The two ways in which the program runs: as by itself, and so that it does everything anew each time.
const (
	seutu     = "Seutu"
	forgetful = "Seutu without answers in memory"
)

func (m maker) start(ctx context.Context, name string) (*server, error) {
	s := &server{name: name, addr: "127.0.0.1:0"}
	switch name {
	case seutu:
		return s, m.startSeutu(ctx, s)
	case forgetful:
		return s, m.startSeutu(ctx, s, "--memory", "0")
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s.index = 1
	s.cmd = exec.CommandContext(ctx, self, "-child", name, "-dsn", m.dsn, "-pool", strconv.Itoa(m.pool))
	s.cmd.Stderr = m.log
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	s.addr = strings.TrimSpace(line)
	return s, nil
}

// startSeutu starts `seutu serve` on a port that was free a moment ago, and waits until it answers.
func (m maker) startSeutu(ctx context.Context, s *server, args ...string) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.addr)
	if err != nil {
		return err
	}
	s.addr = l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	args = append([]string{"serve", "--listen", s.addr, "--rate-limit", "0", "--log-level", "warn", "--db-connections", strconv.Itoa(m.pool)}, args...)
	s.cmd = exec.CommandContext(ctx, m.seutu, args...)
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.WaitDelay = 10 * time.Second
	s.cmd.Env = append(os.Environ(), "DATABASE_URL="+m.dsn)
	s.cmd.Stdout, s.cmd.Stderr = m.log, m.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		if w, err := newWorker(ctx, s, 0); err == nil {
			_, _, err := w.do(request{method: "GET", path: "/healthz", status: http.StatusOK}, false)
			_ = w.conn.Close()
			return err
		}
		if ctx.Err() != nil || time.Now().After(until) {
			s.stop()
			return errors.New("seutu serve does not answer")
		}
	}
}

// stop ends the process: Seutu by its signal, the others by the end of their standard input.
func (s *server) stop() {
	if s.stdin != nil {
		_ = s.stdin.Close()
	} else {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
	}
	_ = s.cmd.Wait()
}

// Child serves as L1 or L2 until standard input ends, and prints its address.
func Child(ctx context.Context, name, dsn string, connections int, in io.Reader, out io.Writer) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	hs := &http.Server{ReadHeaderTimeout: time.Minute}
	switch name {
	case "L1":
		hs.Handler = L1()
	case "L2":
		c, err := pgxpool.ParseConfig(dsn)
		if err != nil {
			return err
		}
		c.MaxConns = int32(connections)
		pool, err := pgxpool.NewWithConfig(ctx, c)
		if err != nil {
			return err
		}
		defer pool.Close()
		hs.Handler = L2(pool)
	default:
		return fmt.Errorf("no server %q", name)
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = hs.Close()
	}()
	fmt.Fprintln(out, l.Addr())
	if err := hs.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// build makes the program that operators run.
func build(ctx context.Context, root, dir string, log io.Writer) (string, error) {
	bin := filepath.Join(dir, "seutu")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", bin, "./cmd/seutu")
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, log, log
	return bin, cmd.Run()
}

// cpu is the processor time that the server has used; 0 where the system does not tell.
func (s *server) cpu() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:])) // the name before may hold spaces
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // a clock tick, on every Linux there is
}

// memory is the server's resident memory now and at its highest, in MB; 0 where the system does not tell.
func (s *server) memory() (now, peak int) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		kB, _ := strconv.Atoi(f[1])
		switch f[0] {
		case "VmRSS:":
			now = kB / 1024
		case "VmHWM:":
			peak = kB / 1024
		}
	}
	return now, peak
}

// defaultPool is what the service takes by itself: two for each core.
func defaultPool() int { return max(4, 2*runtime.NumCPU()) }
