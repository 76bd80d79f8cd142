package httpapi_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

func key(k string) testkit.Header { return testkit.Header{Name: "Idempotency-Key", Value: k} }

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	first := c.Post("/v1/organisations", association("Kerran ry", "109"), key("k1")).Want(201)
	again := c.Post("/v1/organisations", `{ "municipality":"109", "name":{"fi":"Kerran ry"},"kind":"association"}`, key("k1")).Want(201)
	assert.Equal(t, first.Body, again.Body)
	assert.Equal(t, first.Header.Get("Location"), again.Header.Get("Location"))
	assert.Equal(t, "true", again.Header.Get("Idempotency-Replayed"))
	assert.Empty(t, first.Header.Get("Idempotency-Replayed"))
	c.Post("/v1/organisations", association("Toinen ry", "109"), key("k1")).Problem(422, "idempotency-key-reused")
	s.As(authz.Admin, "").Post("/v1/organisations", association("Toisen oma ry", "109"), key("k1")).Want(201)

	bad := association("Virhe ry", "109")
	bad["field"] = "no-such-field"
	c.Post("/v1/organisations", bad, key("k2")).Problem(422, "invalid-data")
	c.Post("/v1/organisations", association("Korjattu ry", "109"), key("k2")).Want(201) // a failure leaves the key free

	c.Post("/v1/service-accounts", map[string]any{"name": "Salainen"}, key("k3")).Want(201)
	c.Post("/v1/service-accounts", map[string]any{"name": "Salainen"}, key("k3")).Problem(409, "already-done")
	var body *string
	s.Scan("select encode(body, 'escape') from idempotency_keys where key = 'k3'", nil, &body)
	assert.Nil(t, body, "a secret is not stored")
}

func TestIdempotencyKeyHasOneEffect(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 100 {
		wg.Go(func() {
			a := c.Post("/v1/organisations", association("Sadasti ry", "109"), key("hundred"))
			mu.Lock()
			defer mu.Unlock()
			statuses[a.Status]++
		})
	}
	wg.Wait()
	assert.Equal(t, 100, statuses[201]+statuses[409], "%v", statuses)
	assert.Positive(t, statuses[201])
	assert.Len(t, c.Get("/v1/organisations?q=sadasti").Want(200).Items(), 1)
}
