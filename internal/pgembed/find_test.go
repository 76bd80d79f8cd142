package pgembed

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fakePrograms is a BinDir whose postgres says just its version.
func fakePrograms(t *testing.T, version string) string {
	t.Helper()
	dir := testDir(t)
	script := fmt.Sprintf("#!/bin/sh\necho 'postgres (PostgreSQL) %s'\n", version)
	syscall.ForkLock.RLock() // see copyProgram
	defer syscall.ForkLock.RUnlock()
	for _, name := range []string{"postgres", "initdb"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755))
	}
	return dir
}

func find(t *testing.T, need int, dirs ...string) (string, error) {
	t.Helper()
	p, err := findPrograms(testContext(t), dirs, need)
	return p.dir, err
}

func TestNewestProgramsAreChosen(t *testing.T) {
	t.Parallel()
	v14, v15, v17, v16 := fakePrograms(t, "14.2"), fakePrograms(t, "15.13 (Debian 15.13-0+deb12u1)"), fakePrograms(t, "17beta1"), fakePrograms(t, "16.1")
	got, err := find(t, 0, v14, v15, "/nowhere", v17, v16)
	require.NoError(t, err)
	assert.Equal(t, v17, got)

	got, err = find(t, 15, v14, v15, v17, v16)
	require.NoError(t, err)
	assert.Equal(t, v15, got, "the version of the existing database goes first")

	link := filepath.Join(testDir(t), "postgres")
	require.NoError(t, os.Symlink(filepath.Join(v16, "postgres"), link))
	got, err = find(t, 0, filepath.Dir(link))
	require.NoError(t, err)
	assert.Equal(t, v16, got, "the link of a PATH directory is followed")
}

func TestNoPrograms(t *testing.T) {
	t.Parallel()
	empty := testDir(t)
	_, err := Start(testContext(t), Options{Dir: testDir(t), BinDir: empty})
	require.ErrorIs(t, err, ErrNoPrograms)
	for _, word := range []string{empty, "apt-get install", "dnf install", "brew install", "DATABASE_URL", "SEUTU_PG_BINDIR"} {
		assert.ErrorContains(t, err, word)
	}
	_, err = find(t, 0)
	require.ErrorIs(t, err, ErrNoPrograms)
	_, err = find(t, 16)
	require.ErrorIs(t, err, ErrNoPrograms)
	require.ErrorContains(t, err, "made by PostgreSQL 16")
}

func TestTooOldPrograms(t *testing.T) {
	t.Parallel()
	old := fakePrograms(t, "14.2 (Ubuntu 14.2-1ubuntu1)")
	_, err := FindBinDir(old)
	require.ErrorIs(t, err, ErrNoPrograms)
	require.ErrorContains(t, err, "PostgreSQL 14.2 in "+old+" is too old")
}

func TestUnusablePrograms(t *testing.T) {
	t.Parallel()
	for _, says := range []string{"devel", ""} {
		_, err := find(t, 0, fakePrograms(t, says))
		require.ErrorIs(t, err, ErrNoPrograms)
		require.ErrorContains(t, err, "--version")
	}
}

func TestDatabaseOfAnotherVersion(t *testing.T) {
	t.Parallel()
	dir := testDir(t)
	require.NoError(t, os.Mkdir(filepath.Join(dir, "pg"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pg", "PG_VERSION"), []byte("98\n"), 0o600))
	bin, err := BinDir()
	require.NoError(t, err)
	_, err = Start(testContext(t), Options{Dir: dir, BinDir: bin})
	require.ErrorIs(t, err, ErrWrongVersion)
	require.ErrorContains(t, err, "made by PostgreSQL 98")
	installed, err := inspect(context.Background(), bin)
	require.NoError(t, err)
	_, err = Start(testContext(t), Options{Dir: dir, BinDir: bin})
	require.ErrorContains(t, err, "PostgreSQL "+installed.version)

	require.NoError(t, os.WriteFile(filepath.Join(dir, "pg", "PG_VERSION"), []byte("?"), 0o600))
	_, err = Start(testContext(t), Options{Dir: dir})
	require.ErrorContains(t, err, "not a version")
}
