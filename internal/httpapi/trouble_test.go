package httpapi_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/testkit"
)

// Too much at once: what is accepted is answered well, the rest is told to come back.
func TestLoadIsShed(t *testing.T) {
	t.Parallel()
	s := testkit.On(t, testkit.DSN(t), config.Service{Issuer: "x", MaxInFlight: 4})
	c := s.Anonymous()
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 400 {
		wg.Go(func() {
			a := c.Get("/v1/organisations?count=true&facets=kind,field,language")
			if a.Status == 503 {
				a.Problem(503, "unavailable")
				assert.NotEmpty(t, a.Header.Get("Retry-After"))
			}
			mu.Lock()
			defer mu.Unlock()
			statuses[a.Status]++
		})
	}
	wg.Wait()
	assert.Equal(t, 400, statuses[200]+statuses[503], "%v", statuses)
	assert.Positive(t, statuses[200])
	assert.Positive(t, statuses[503])
	c.Get("/v1/organisations").Want(200)
}

// Without its database the service says so, lives on, and leaks nothing.
func TestDatabaseIsGone(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	c.Get("/v1/me").Want(200)
	testkit.Drop(t, s.DSN)
	a := s.Anonymous()
	a.Get("/healthz").Want(200)
	a.Get("/v1/regions").Want(200)
	a.Get("/readyz").Problem(503, "unavailable")
	a.Get("/v1/organisations").Problem(503, "unavailable")
	c.Post("/v1/organisations", association("Kadonnut ry", "109")).Problem(503, "unavailable")
	a.Form("/v1/oauth/token", "grant_type=password&username=a@example.org&password=x").Problem(503, "unavailable")
}

// Told to stop, the service reports itself not ready, finishes what is under way, and ends.
func TestGracefulStop(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Server.Serve(ctx, l, 300*time.Millisecond) }()
	get := func(path string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+path, http.NoBody)
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	require.Equal(t, 200, get("/readyz"))
	stop()
	require.Eventually(t, func() bool { return get("/readyz") == 503 }, time.Second, time.Millisecond)
	assert.Equal(t, 200, get("/v1/organisations"), "what comes meanwhile is answered")
	require.NoError(t, <-done)
	assert.Zero(t, get("/healthz"))
}
