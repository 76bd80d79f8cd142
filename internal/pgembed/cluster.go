package pgembed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// superuser is the role that initdb makes, with trust on the private socket.
const superuser = "seutu"

// cluster is one database directory and how its server is run.
type cluster struct {
	dir      string // absolute and without links, so that it is the same text in every process
	data     string // dir/pg
	socket   string // directory of the socket; empty until chosen
	binDir   string // as configured
	settings map[string]string
	log      *slog.Logger

	programs programs // as found by resolve
	account  *account
}

func newCluster(o Options) (*cluster, error) {
	if o.Dir == "" {
		return nil, errors.New("no data directory given")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, data: filepath.Join(dir, "pg"), binDir: o.BinDir, settings: maps.Clone(o.Settings), log: o.Log}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// makeDir makes the data directory for its user alone, or as root such that the server's account
// may pass through it, whatever the umask.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	mode := os.FileMode(0o700)
	if os.Geteuid() == 0 {
		mode = 0o755
	}
	if err := os.MkdirAll(dir, mode); err != nil {
		return err
	}
	return os.Chmod(dir, mode)
}

func (c *cluster) lockPath() string { return filepath.Join(c.dir, "owner.lock") }
func (c *cluster) pidPath() string  { return filepath.Join(c.data, "postmaster.pid") }
func (c *cluster) logPath() string  { return filepath.Join(c.dir, "postgres.log") }

// dsn names everything that PG… variables of the environment could otherwise change.
func (c *cluster) dsn() string {
	return fmt.Sprintf("host=%s port=%s user=%s dbname=postgres sslmode=disable", c.socket, port, superuser)
}

// exists is true in case of doubt: then the start fails and says why.
func (c *cluster) exists() bool { return Exists(c.dir) }

// Exists tells whether there is a database in a data directory.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "pg", "PG_VERSION"))
	return !errors.Is(err, os.ErrNotExist)
}

// create starts the server, after making the database when there is none.
func (c *cluster) create(ctx context.Context, lock *os.File) (*server, error) {
	if !c.exists() {
		if err := c.resolve(ctx); err != nil {
			return nil, err
		}
		if err := c.initdb(ctx); err != nil {
			return nil, err
		}
	}
	return c.start(ctx, lock)
}

// resolve decides with which programs and as whom the server runs. It is repeated at every start:
// packages are upgraded while the program runs.
func (c *cluster) resolve(ctx context.Context) error {
	need, err := c.major()
	if err != nil {
		return err
	}
	if c.programs, err = choosePrograms(ctx, c.binDir, need); err != nil {
		return err
	}
	if c.account, err = serverAccount(c.data); err != nil {
		return err
	}
	if err := c.account.checkReach(c.data); err != nil {
		return err
	}
	return c.account.checkReach(c.programs.path("postgres"))
}

// major is the version of PostgreSQL that made the database, 0 when there is none.
func (c *cluster) major() (int, error) {
	path := filepath.Join(c.data, "PG_VERSION")
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	whole, _, _ := strings.Cut(strings.TrimSpace(string(b)), ".") // up to 9.6 there was a dot
	n, err := strconv.Atoi(whole)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%s holds %q, not a version", path, b)
	}
	return n, nil
}

// start runs the server of an existing database and returns when it takes connections. The caller
// holds the lock, so whatever else serves this directory has lost its owner and is stopped first.
func (c *cluster) start(ctx context.Context, lock *os.File) (*server, error) {
	if err := c.resolve(ctx); err != nil {
		return nil, err
	}
	if c.socket == "" { // otherwise it is in somebody's DSN already
		var err error
		if c.socket, err = chooseSocketDir(c.dir, c.account); err != nil {
			return nil, err
		}
	}
	if err := recordSocket(lock, c.socket); err != nil {
		return nil, err
	}
	for giveUp := time.Now().Add(inUsePatience); ; {
		srv, err := c.startOnce(ctx)
		if err == nil || !errors.Is(err, errInUse) || time.Now().After(giveUp) {
			return srv, err
		}
		// The children of a killed server end when they notice; until then the shared memory is theirs.
		if pause(ctx, 4*pollEvery) != nil {
			return nil, err
		}
	}
}

func (c *cluster) startOnce(ctx context.Context) (*server, error) {
	if err := c.stopOrphan(ctx); err != nil {
		return nil, err
	}
	if err := makeSocketDir(c.socket, c.account); err != nil {
		return nil, err
	}
	if err := clearSocketDir(c.socket); err != nil {
		return nil, err
	}
	log, err := openLog(c.logPath())
	if err != nil {
		return nil, err
	}
	defer log.Close()
	srv, err := c.launch(log)
	if err != nil {
		return nil, err
	}
	if err := c.waitReady(ctx, srv, log); err != nil {
		return nil, err
	}
	return srv, nil
}
