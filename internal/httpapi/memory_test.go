package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// statements counts what a request asks of the database.
func statements(c *testkit.Client, path string, headers ...testkit.Header) (*testkit.Answer, int64) {
	ctx, n := store.CountStatements(context.Background())
	a := c.Send(c.Request("GET", path, nil, headers...).WithContext(ctx))
	return a, n.Load()
}

func TestMemory(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer, anonymous := s.As(authz.Officer, "109"), s.Anonymous()
	at := "/v1/organisations/" + officer.Post("/v1/organisations", association("Muistava ry", "109")).Want(201).ID()
	list := "/v1/organisations?municipality=109&count=true"

	for _, path := range []string{at, list} {
		first, n := statements(anonymous, path)
		assert.NotZero(t, n, path)
		again, n := statements(anonymous, path)
		assert.Zero(t, n, "the second time from memory: %s", path)
		assert.Equal(t, first.Body, again.Body)
		assert.Equal(t, first.ETag(), again.ETag())
		assert.Equal(t, first.Header.Get("Cache-Control"), again.Header.Get("Cache-Control"))
		assert.NotEqual(t, first.Header.Get("X-Request-Id"), again.Header.Get("X-Request-Id"), "every request has its own name")
		_, n = statements(officer, path)
		assert.NotZero(t, n, "those who are signed in are never answered from memory: %s", path)
		unchanged, n := statements(anonymous, path, testkit.Header{Name: "If-None-Match", Value: first.ETag()})
		assert.Equal(t, 304, unchanged.Status)
		assert.Zero(t, n)
		assert.Empty(t, unchanged.Body)
		page, n := statements(anonymous, path, testkit.Header{Name: "Origin", Value: "https://portal.example"})
		assert.Zero(t, n)
		assert.Equal(t, "*", page.Header.Get("Access-Control-Allow-Origin"))
	}

	// another form of the same answer is another answer
	zipped := testkit.Header{Name: "Accept-Encoding", Value: "gzip"}
	for range 2 {
		a, _ := statements(anonymous, list, zipped)
		a.Want(200)
		if a.Header.Get("Content-Encoding") == "gzip" {
			r, err := gzip.NewReader(bytes.NewReader(a.Body))
			require.NoError(t, err)
			_, err = io.ReadAll(r)
			require.NoError(t, err)
		}
	}
	map1, _ := statements(anonymous, list, testkit.Header{Name: "Accept", Value: "application/geo+json"})
	assert.Equal(t, "application/geo+json", map1.Header.Get("Content-Type"))

	// a write ends what was kept, before its writer hears of it
	officer.Patch(at, map[string]any{"website": "https://example.org"}, testkit.IfMatch("*")).Want(200)
	changed, n := statements(anonymous, at)
	assert.NotZero(t, n)
	assert.Equal(t, "https://example.org", changed.JSON()["website"])
	officer.Post(at+"/transitions", map[string]any{"to": "archived"}, testkit.IfMatch("*")).Want(200)
	anonymous.Get(at).Problem(410, "gone")
	assert.EqualValues(t, 0, anonymous.Get(list).JSON()["total"])

	// failures are not kept, nor is what the contract refuses let in
	for range 2 {
		anonymous.Get(list+"&nope=1").Problem(400, "validation")
		anonymous.Get(list, testkit.Header{Name: "If-None-Match", Value: string(make([]byte, 1001))}).Problem(400, "validation")
	}
}

// TestMemoryIsNeverStale: whoever has been told that a write is done sees it, whatever readers were under way meanwhile.
func TestMemoryIsNeverStale(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer := s.As(authz.Officer, "109")
	at := "/v1/organisations/" + officer.Post("/v1/organisations", association("Kiireinen ry", "109")).Want(201).ID()
	var done atomic.Int64
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				least := done.Load()
				if got := s.Anonymous().Get(at).JSON()["version"].(float64); int64(got) < least {
					t.Errorf("version %v after %d was acknowledged", got, least)
					return
				}
			}
		})
	}
	for i := range 150 {
		a := officer.Patch(at, map[string]any{"website": fmt.Sprintf("https://example.org/%d", i)}, testkit.IfMatch("*")).Want(200)
		done.Store(int64(a.JSON()["version"].(float64)))
	}
	close(stop)
	wg.Wait()
}

// TestMemoryOfEveryKind: some answers hang on more than the rows that they show.
func TestMemoryOfEveryKind(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer, anonymous := s.As(authz.Officer, "109"), s.Anonymous()
	networks := func() any {
		first, _ := statements(anonymous, "/")
		again, n := statements(anonymous, "/")
		assert.Zero(t, n)
		assert.Equal(t, first.Body, again.Body)
		return first.Want(200).JSON()["counts"].(map[string]any)["networks"]
	}
	assert.EqualValues(t, 0, networks())

	described := association("Kolmas ry", "109")
	described["description"] = map[string]any{"fi": "Mukana talkoorenkaassa"}
	officer.Post("/v1/organisations", described).Want(201)
	const slip = "/v1/organisations?q=talkorengas"
	assert.Empty(t, anonymous.Get(slip).Items(), "no name has a word like it")
	officer.Post("/v1/networks", map[string]any{"kind": "thematic", "name": map[string]any{"fi": "Talkoorengas"}, "municipality": "109"}).Want(201)
	assert.Len(t, anonymous.Get(slip).Items(), 1)
	assert.EqualValues(t, 1, networks())
}

// TestMemoryOfWhatWasMissed: also the answers of a process that has heard of no change yet.
func TestMemoryOfWhatWasMissed(t *testing.T) {
	t.Parallel()
	dsn := testkit.DSN(t)
	c := config.Service{Issuer: "https://seutu.test", Memory: 8}
	one, two := testkit.On(t, dsn, c), testkit.On(t, dsn, c)
	two.Server.Heard(true)
	const list = "/v1/organisations?municipality=109"
	require.Empty(t, two.Anonymous().Get(list).Items())
	one.As(authz.Officer, "109").Post("/v1/organisations", association("Ohi mennyt ry", "109")).Want(201)
	two.DB.Changed(nil) // its line to the others was broken, and is there again
	assert.Len(t, two.Anonymous().Get(list).Items(), 1)
}

// TestMemoryHearsOthers: two processes on one database.
func TestMemoryHearsOthers(t *testing.T) {
	t.Parallel()
	dsn := testkit.DSN(t)
	c := config.Service{Issuer: "https://seutu.test", Memory: 8}
	one, two := testkit.On(t, dsn, c), testkit.On(t, dsn, c)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	heard := make(chan bool, 10)
	go one.DB.Follow(ctx, one.Server.Heard)
	go two.DB.Follow(ctx, func(yes bool) { two.Server.Heard(yes); heard <- yes })
	require.True(t, <-heard)

	officer := one.As(authz.Officer, "109")
	at := "/v1/organisations/" + officer.Post("/v1/organisations", association("Kaukainen ry", "109")).Want(201).ID()
	there := two.Anonymous()
	shows := func(version int) func() bool {
		return func() bool { return there.Get(at).Want(200).JSON()["version"].(float64) == float64(version) }
	}
	require.True(t, shows(1)())
	// once what has been announced so far is through, the answer stays in memory, far longer than while nobody is heard
	require.Eventually(t, func() bool { _, n := statements(there, at); return n == 0 }, 5*time.Second, 20*time.Millisecond)
	for version := 2; version < 8; version++ {
		officer.Patch(at, map[string]any{"website": fmt.Sprintf("https://example.org/%d", version)}, testkit.IfMatch("*")).Want(200)
		assert.Eventually(t, shows(version), 5*time.Second, 10*time.Millisecond)
	}

	// a connection that breaks is made anew, and nothing that was kept meanwhile is trusted
	one.Exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %' or query = '-- ping'")
	officer.Patch(at, map[string]any{"website": "https://example.org/lost"}, testkit.IfMatch("*")).Want(200)
	assert.Eventually(t, shows(8), 10*time.Second, 20*time.Millisecond)
}
