package issuer

import (
	"context"
	"crypto/ed25519"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/errs"
)

// source is where a key set of a test comes from.
type source struct {
	asked int
	slow  time.Duration
	err   error
	kids  []string
}

func (s *source) fetch(ctx context.Context) ([]publicKey, error) {
	s.asked++
	select {
	case <-time.After(s.slow):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	var out []publicKey
	for _, kid := range s.kids {
		out = append(out, publicKey{kid: kid, key: make(ed25519.PublicKey, ed25519.PublicKeySize)})
	}
	return out, s.err
}

// looked is how a look for a key ends.
func looked(s *keySet, kid string) string {
	switch _, err := s.find(context.Background(), kid, "EdDSA"); {
	case err == nil:
		return "found"
	case errs.Is(err, errs.Overloaded):
		return "nobody knows"
	case errors.Is(err, errUnknownKey):
		return "unknown"
	default:
		return err.Error()
	}
}

func TestUnknownKeysAreLookedForOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		from := &source{kids: []string{"a"}}
		s := newKeySet("test", from.fetch)
		assert.Equal(t, "found", looked(s, "a"))
		for range 1000 {
			assert.Equal(t, "unknown", looked(s, "x"))
		}
		assert.Equal(t, looksFree, from.asked)
		from.kids = []string{"b", "a"}
		assert.Equal(t, "unknown", looked(s, "b"), "too early")
		time.Sleep(lookEvery)
		assert.Equal(t, "found", looked(s, "b"))
		assert.Equal(t, "found", looked(s, "a"))
		assert.Equal(t, looksFree+1, from.asked)
		for range 600 {
			time.Sleep(time.Second)
			looked(s, "x")
		}
		assert.LessOrEqual(t, from.asked, looksFree+1+10)
	})
}

func TestKeysOutliveTheirIssuer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		from := &source{kids: []string{"a"}}
		s := newKeySet("test", from.fetch)
		assert.Equal(t, "found", looked(s, "a"))
		from.err, from.slow = errors.New("down"), time.Second
		time.Sleep(keysFresh)
		began := time.Now()
		assert.Equal(t, "found", looked(s, "a"))
		assert.Zero(t, time.Since(began), "nobody waits for keys that are known")
		time.Sleep(2 * time.Second)
		assert.Equal(t, "nobody knows", looked(s, "b"))
		asked := from.asked
		for range 100 {
			assert.Equal(t, "nobody knows", looked(s, "b"))
		}
		assert.Equal(t, asked, from.asked, "an issuer that is down is left alone for a while")
		time.Sleep(keysStale - keysFresh - time.Minute)
		assert.Equal(t, "found", looked(s, "a"))
		time.Sleep(time.Hour)
		assert.Equal(t, "nobody knows", looked(s, "a"), "not for ever")
		from.err = nil
		time.Sleep(retryWait)
		assert.Equal(t, "found", looked(s, "a"), "back within seconds")
	})
}

// TestWithdrawnKeys stop within the time that keys are fresh for.
func TestWithdrawnKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		from := &source{kids: []string{"a"}}
		s := newKeySet("test", from.fetch)
		assert.Equal(t, "found", looked(s, "a"))
		from.kids = []string{"b"}
		time.Sleep(keysFresh)
		assert.Equal(t, "found", looked(s, "a"))
		synctest.Wait()
		assert.Equal(t, "unknown", looked(s, "a"))
		from.kids = nil
		s.renew(context.Background())
		assert.Equal(t, "unknown", looked(s, "b"), "an issuer may withdraw all")
	})
}

func TestOneFetchForMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		from := &source{kids: []string{"a"}, slow: time.Second}
		s := newKeySet("test", from.fetch)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { assert.Equal(t, "found", looked(s, "a")) })
		}
		wg.Wait()
		assert.Equal(t, 1, from.asked)

		from.slow, from.kids = time.Hour, []string{"a", "b"}
		began := time.Now()
		assert.Equal(t, "nobody knows", looked(s, "b"))
		assert.Equal(t, fetchTime, time.Since(began))
		time.Sleep(retryWait)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := s.find(ctx, "b", "EdDSA")
		assert.True(t, errs.Is(err, errs.Overloaded), "the request ends before the fetch")
		synctest.Wait()
		time.Sleep(fetchTime)
	})
}

func TestWhichKey(t *testing.T) {
	t.Parallel()
	s := newKeySet("test", (&source{}).fetch)
	s.fetched = time.Now()
	key := make(ed25519.PublicKey, ed25519.PublicKeySize)
	s.keys = []publicKey{{kid: "a", key: key}}
	assert.NotNil(t, s.pick("", "EdDSA"), "the only one there is")
	assert.Nil(t, s.pick("", "ES256"))
	assert.Nil(t, s.pick("b", "EdDSA"))
	s.keys = append(s.keys, publicKey{kid: "b", key: key}, publicKey{kid: "b", key: key}, publicKey{key: key})
	assert.Nil(t, s.pick("", "EdDSA"), "one of several")
	assert.Nil(t, s.pick("b", "EdDSA"), "one of two with the same id")
	assert.NotNil(t, s.pick("a", "EdDSA"))
}
