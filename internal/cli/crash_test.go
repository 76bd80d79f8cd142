package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKill kills the program, its PostgreSQL, or both, while clients write: whatever was acknowledged is there afterwards.
func TestKill(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]func(s *service){
		"the program": func(s *service) { s.signal(syscall.SIGKILL) },
		"both": func(s *service) {
			pid := postmaster(s.dir)
			s.signal(syscall.SIGKILL)
			_ = syscall.Kill(pid, syscall.SIGKILL)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, dataDir(t))
			s.admin()
			w := s.keepWriting(4)
			poll(t, "200 rows are written", patience, func() bool { return w.count() >= 200 })
			kill(s)
			<-s.ended
			w.stop()
			again := serve(t, s.dir)
			again.signIn("admin@example.org", password)
			again.has(w.acknowledged)
			again.want(http.StatusCreated, "POST", "/v1/organisations", association("Uusi"))
		})
	}
}

// When PostgreSQL is killed the service starts it again by itself; until then it answers, if only that it cannot.
func TestKillPostgreSQL(t *testing.T) {
	t.Parallel()
	s := serve(t, dataDir(t))
	s.admin()
	w := s.keepWriting(4)
	poll(t, "50 rows are written", patience, func() bool { return w.count() >= 50 })
	for range 2 {
		pid, before := postmaster(s.dir), w.count()
		require.NotZero(t, pid)
		require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
		poll(t, "reads come back", 10*time.Second, func() bool {
			now := postmaster(s.dir)
			return now != 0 && now != pid && s.status("/v1/organisations?limit=5") == http.StatusOK && s.status("/v1/me") == http.StatusOK
		})
		poll(t, "writes come back", 10*time.Second, func() bool { return w.count() >= before+50 })
	}
	w.stop()
	assert.Equal(t, http.StatusOK, s.status("/readyz"))
	assert.Empty(t, w.failed, "every request had an answer")
	for status, what := range w.answers {
		assert.Contains(t, []int{http.StatusOK, http.StatusCreated, http.StatusServiceUnavailable}, status, what)
	}
	s.has(w.acknowledged)
	s.signal(syscall.SIGTERM)
	s.wait().exits(0)
	assert.Zero(t, postmaster(s.dir))
}

// writing is clients that write, and read, one request after the other.
type writing struct {
	cancel       context.CancelFunc
	clients      sync.WaitGroup
	mu           sync.Mutex
	acknowledged []string       // ids
	answers      map[int]string // by status: one of them
	failed       []error        // requests without an answer
}

func (s *service) keepWriting(clients int) *writing {
	ctx, cancel := context.WithCancel(s.t.Context())
	w := &writing{cancel: cancel, answers: map[int]string{}}
	for c := range clients {
		w.clients.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				w.note(s.send(ctx, "POST", "/v1/organisations", association(fmt.Sprintf("Seura %d %d", c, n))))
				w.note(s.send(ctx, "GET", "/v1/organisations?limit=1", nil))
				select {
				case <-s.ended:
					return
				default:
				}
			}
		})
	}
	s.t.Cleanup(w.stop)
	return w
}

func (w *writing) stop() {
	w.cancel()
	w.clients.Wait()
}

func (w *writing) note(status int, answer []byte, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var created struct{ ID string }
	switch {
	case err != nil:
		if !isCancelled(err) {
			w.failed = append(w.failed, err)
		}
		return
	case status == http.StatusCreated && json.Unmarshal(answer, &created) == nil:
		w.acknowledged = append(w.acknowledged, created.ID)
	}
	w.answers[status] = string(answer)
}

func (w *writing) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.acknowledged)
}

// has fails the test unless every row is there.
func (s *service) has(ids []string) {
	s.t.Helper()
	require.NotEmpty(s.t, ids)
	for _, id := range ids {
		require.Equal(s.t, http.StatusOK, s.status("/v1/organisations/"+id), "an acknowledged row is lost")
	}
}

func association(name string) map[string]any {
	return map[string]any{"kind": "association", "name": map[string]any{"fi": name + " ry"}, "municipality": "109"}
}

// writeRows writes rows of a sync, and closes.
func writeRows(t *testing.T, out io.WriteCloser, n int) {
	t.Helper()
	e := json.NewEncoder(out)
	for i := range n {
		row := association(fmt.Sprintf("Rivi %d", i))
		row["key"] = map[string]any{"system": "test", "id": fmt.Sprint(i)}
		require.NoError(t, e.Encode(row))
	}
	require.NoError(t, out.Close())
}
