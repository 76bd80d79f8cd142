package store_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/pgembed"
	"github.com/seutu/seutu/internal/store"
)

// follower reads the feed as a consumer does, and notes what it saw.
type follower struct {
	db   *store.DB
	at   store.Position
	seen map[uuid.UUID]int64 // by resource: the highest version
	rows int
}

func (f *follower) catchUp(t *testing.T) {
	t.Helper()
	for {
		rows, err := f.db.Changes(t.Context(), f.at, 100)
		require.NoError(t, err)
		for _, r := range rows {
			f.rows++
			f.at = r.Position
			f.seen[r.ID] = max(f.seen[r.ID], r.Version)
		}
		if len(rows) == 0 {
			return
		}
	}
}

// own starts a PostgreSQL of the test's own: the feed's horizon reaches over all databases of a cluster, so that other tests
// would hold it back.
func own(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "seutu-feed-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755)) // PostgreSQL may run as another user
	in, err := pgembed.Start(t.Context(), pgembed.Options{Dir: filepath.Join(dir, "data"), Settings: map[string]string{"fsync": "off", "synchronous_commit": "off"}})
	require.NoError(t, err)
	t.Cleanup(func() {
		assert.NoError(t, in.Stop(context.Background()))
		_ = os.RemoveAll(dir)
	})
	return in.DSN
}

// Sixteen writers, rollbacks, long transactions, and a reader all the while: nothing is missed. Then the database is
// dumped and restored on another server, where transaction ids start low again: the reader goes on and misses nothing.
func TestFeedNeverSkips(t *testing.T) {
	t.Parallel()
	first, second := own(t), own(t)
	require.NoError(t, app.Migrate(t.Context(), first))
	db := open(t, first, false)
	f := &follower{db: db, seen: map[uuid.UUID]int64{}}
	f.catchUp(t)
	committed := write(t, db, f)
	f.catchUp(t)
	compare(t, committed, f.seen)

	restore(t, first, second)
	db = open(t, second, false)
	f.db = db
	more := write(t, db, f)
	f.catchUp(t)
	for id, v := range more {
		committed[id] = v
	}
	compare(t, committed, f.seen)
	assert.EqualValues(t, 2, number(t, db, "select count(*) from feed_epochs"))
}

func compare(t *testing.T, want, got map[uuid.UUID]int64) {
	t.Helper()
	missing := 0
	for id, v := range want {
		if got[id] != v {
			missing++
		}
	}
	require.Zero(t, missing, "of %d", len(want))
	require.Len(t, got, len(want), "and nothing that was rolled back")
}

// write lets sixteen writers write while the follower reads, and returns what they committed.
func write(t *testing.T, db *store.DB, f *follower) map[uuid.UUID]int64 {
	t.Helper()
	committed := map[uuid.UUID]int64{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	undo := errors.New("undo")
	for w := range 16 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(w), 1))
			for range 60 {
				changes := []store.Change{note(), note()}
				changes[1].Version = 1 + random.Int64N(5)
				err := db.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
					_, err := tx.Conn().Exec(ctx, "select pg_current_xact_id()") // the transaction gets its id now, and commits late
					if err != nil {
						return err
					}
					switch random.IntN(20) {
					case 0:
						return undo
					case 1:
						time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
					default:
						time.Sleep(time.Duration(random.IntN(2000)) * time.Microsecond)
					}
					tx.Note(changes...)
					return nil
				})
				if errors.Is(err, undo) {
					continue
				}
				if !assert.NoError(t, err) {
					return
				}
				mu.Lock()
				for _, c := range changes {
					committed[c.ID] = c.Version
				}
				mu.Unlock()
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	for {
		select {
		case <-done:
			return committed
		default:
			f.catchUp(t)
		}
	}
}

func restore(t *testing.T, from, to string) {
	t.Helper()
	bin, err := pgembed.BinDir()
	require.NoError(t, err)
	dump, err := exec.CommandContext(t.Context(), filepath.Join(bin, "pg_dump"), "--dbname="+from).Output()
	require.NoError(t, err)
	// the role that serves is not in a dump of one database
	create := exec.CommandContext(t.Context(), filepath.Join(bin, "psql"), "--dbname="+to, "-v", "ON_ERROR_STOP=1", "-qc", "create role "+store.ServiceRole)
	out, err := create.CombinedOutput()
	require.NoError(t, err, string(out))
	load := exec.CommandContext(t.Context(), filepath.Join(bin, "psql"), "--dbname="+to, "-v", "ON_ERROR_STOP=1", "-q")
	load.Stdin = strings.NewReader(string(dump))
	out, err = load.CombinedOutput()
	require.NoError(t, err, string(out))
}
