// Package testkit gives tests what is real: a PostgreSQL with a private, migrated database for each test, the whole service
// on it, and a client that holds every answer against the contract.
package testkit

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/pgembed"
)

// cluster is the PostgreSQL of this test process, started by the first test that needs it.
var cluster struct {
	once sync.Once
	err  error
	dir  string
	in   *pgembed.Instance
	next atomic.Int64
}

const template = "seutu_template"

// Main runs a package's tests and stops its PostgreSQL; call it from TestMain.
func Main(m *testing.M) {
	code := m.Run()
	if cluster.in != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := cluster.in.Stop(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
			code = 1
		}
	}
	if cluster.dir != "" {
		_ = os.RemoveAll(cluster.dir)
	}
	os.Exit(code)
}

// memory is where a cluster is fastest: nothing of it need outlive the test.
func memory() string {
	if f, err := os.CreateTemp("/dev/shm", "seutu"); err == nil {
		_ = f.Close()
		_ = os.Remove(f.Name())
		return "/dev/shm"
	}
	return os.TempDir()
}

func start() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp(memory(), "seutu-test-")
	if err != nil {
		return err
	}
	cluster.dir = dir
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL may run as another user
		return err
	}
	cluster.in, err = pgembed.Start(ctx, pgembed.Options{Dir: filepath.Join(dir, "data"), Settings: map[string]string{
		"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "64MB",
	}})
	if err != nil {
		return err
	}
	if err := admin(ctx, "create database "+template); err != nil {
		return err
	}
	return app.Migrate(ctx, cluster.in.DSN+" dbname="+template)
}

func admin(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, cluster.in.DSN)
	if err != nil {
		return err
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing left to do about it
	_, err = conn.Exec(ctx, sql)
	return err
}

// DSN clones the migrated template: a database for this test alone, dropped when it ends.
func DSN(t testing.TB) string {
	t.Helper()
	return clone(t, template)
}

// Drop takes a database away from under those who use it.
func Drop(t testing.TB, dsn string) {
	t.Helper()
	_, name, _ := strings.Cut(dsn, " dbname=seutu_test_")
	if err := admin(context.Background(), "drop database seutu_test_"+name+" with (force)"); err != nil {
		t.Fatal(err)
	}
}

// EmptyDSN is a database without anything in it.
func EmptyDSN(t testing.TB) string {
	t.Helper()
	return clone(t, "template0")
}

func clone(t testing.TB, from string) string {
	t.Helper()
	if cluster.once.Do(func() { cluster.err = start() }); cluster.err != nil {
		t.Fatal(cluster.err)
	}
	name := fmt.Sprintf("seutu_test_%d", cluster.next.Add(1))
	if err := admin(context.Background(), "create database "+name+" template "+from+" strategy file_copy"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(context.Background(), "drop database if exists "+name+" with (force)"); err != nil {
			t.Error(err)
		}
	})
	return cluster.in.DSN + " dbname=" + name
}
