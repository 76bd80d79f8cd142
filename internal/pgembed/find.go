package pgembed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const oldestMajor = 15

// ErrNoPrograms says what to install. Errors that wrap it add what was found instead.
var ErrNoPrograms = errors.New(`no PostgreSQL 15 or newer server programs (postgres, initdb) found; install them:
  Debian, Ubuntu   apt-get install postgresql postgresql-contrib
  Fedora, RHEL     dnf install postgresql-server postgresql-contrib
  macOS            brew install postgresql@17
or set SEUTU_PG_BINDIR to the directory that has them, or DATABASE_URL to a database of your own`)

// ErrWrongVersion tells that the database was made by another major version of PostgreSQL than any installed.
var ErrWrongVersion = errors.New("the database needs another version of PostgreSQL")

// usualPlaces are where packages put the server programs, as globs.
var usualPlaces = []string{
	"/usr/lib/postgresql/*/bin", // Debian, Ubuntu
	"/usr/pgsql-*/bin",          // RPM of postgresql.org
	"/usr/bin",                  // Fedora, RHEL
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
	"/usr/local/pgsql/bin", // built from source
}

// programs is one installation of PostgreSQL.
type programs struct {
	dir     string
	version string // as it says itself, such as 15.13
	major   int
}

func (p programs) path(name string) string { return filepath.Join(p.dir, name) }
func (p programs) String() string          { return fmt.Sprintf("PostgreSQL %s in %s", p.version, p.dir) }

// BinDir finds the newest installed server programs. It returns ErrNoPrograms when there are none.
func BinDir() (string, error) { return FindBinDir("") }

// FindBinDir is the configured directory when it is not empty, otherwise the one with the newest
// programs among the usual places and PATH. Either must hold PostgreSQL 15 or newer, else the error
// is an ErrNoPrograms that also names what is too old.
func FindBinDir(configured string) (string, error) {
	p, err := choosePrograms(context.Background(), configured, 0)
	return p.dir, err
}

func choosePrograms(ctx context.Context, configured string, need int) (programs, error) {
	if configured == "" {
		return findPrograms(ctx, candidates(), need)
	}
	p, err := findPrograms(ctx, []string{configured}, need)
	if errors.Is(err, ErrNoPrograms) {
		err = fmt.Errorf("%w\nlooked in: %s, as configured", err, configured)
	}
	return p, err
}

func candidates() []string {
	var dirs []string
	for _, pattern := range usualPlaces {
		found, _ := filepath.Glob(pattern) // the patterns are well formed
		dirs = append(dirs, found...)
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(p))
	}
	return dirs
}

// findPrograms picks the newest programs in dirs, or when need is not zero (a database exists) those
// of just that major version.
func findPrograms(ctx context.Context, dirs []string, need int) (programs, error) {
	var best programs
	var unfit []string
	seen := map[string]bool{}
	for _, dir := range dirs {
		// PATH and Homebrew hold links; the server finds its own files next to the real program.
		if real, err := filepath.EvalSymlinks(filepath.Join(dir, "postgres")); err == nil {
			dir = filepath.Dir(real)
		}
		if seen[dir] {
			continue
		}
		seen[dir] = true
		p, err := inspect(ctx, dir)
		switch {
		case errors.Is(err, os.ErrNotExist):
		case err != nil:
			unfit = append(unfit, err.Error())
		case p.major < oldestMajor:
			unfit = append(unfit, p.String()+" is too old")
		case need != 0 && p.major != need:
			unfit = append(unfit, p.String()+" is of another version")
		case p.major > best.major:
			best = p
		}
	}
	if ctx.Err() != nil { // then nothing is known about the programs
		return best, ctx.Err()
	}
	switch found := strings.Join(unfit, "; "); {
	case best.major != 0:
		return best, nil
	case need != 0 && found != "":
		return best, fmt.Errorf("%w: it was made by PostgreSQL %d, but %s; install PostgreSQL %d, or move the data with pg_upgrade or pg_dump",
			ErrWrongVersion, need, found, need)
	case need != 0:
		return best, fmt.Errorf("%w\nthe database was made by PostgreSQL %d, install that version", ErrNoPrograms, need)
	case found != "":
		return best, fmt.Errorf("%w\nfound: %s", ErrNoPrograms, found)
	}
	return best, ErrNoPrograms
}

var versionPattern = regexp.MustCompile(`\) ((\d+)\S*)`) // postgres (PostgreSQL) 15.13 (Debian …)

// inspect returns os.ErrNotExist when dir lacks one of the programs.
func inspect(ctx context.Context, dir string) (programs, error) {
	p := programs{dir: dir}
	for _, name := range []string{"postgres", "initdb"} {
		if _, err := os.Stat(p.path(name)); err != nil {
			return p, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.path("postgres"), "--version")
	cmd.Env = serverEnv()
	out, err := cmd.Output()
	if err != nil {
		return p, fmt.Errorf("%s --version: %w", p.path("postgres"), err)
	}
	m := versionPattern.FindSubmatch(out)
	if m == nil {
		return p, fmt.Errorf("%s --version says %q", p.path("postgres"), out)
	}
	p.version = string(m[1])
	p.major, err = strconv.Atoi(string(m[2]))
	return p, err
}
