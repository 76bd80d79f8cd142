package issuer

import (
	"context"
	"crypto"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/seutu/seutu/internal/errs"
)

// How long keys are good. A key that the issuer withdraws works for keysFresh longer, and while the issuer is down those of
// before work for keysStale.
const (
	keysFresh = 10 * time.Minute
	keysStale = 8 * time.Hour
	// An unknown key id may be that of a new key. A few looks at once are free, so that a rotation right after another look
	// signs nobody out; after those it is one a minute, whatever tokens come.
	lookEvery = time.Minute
	looksFree = 3
	// retryWait is how long an issuer that did not answer is left alone.
	retryWait = 5 * time.Second
	// fetchTime bounds a fetch, discovery included.
	fetchTime = 3 * time.Second
)

// keySet holds the keys of one issuer, and fetches them anew when they age or when a token names one that is not there. One
// fetch runs at a time, apart from the requests that wait for it.
type keySet struct {
	issuer string
	fetch  func(context.Context) ([]publicKey, error)

	mu      sync.Mutex
	keys    []publicKey
	fetched time.Time     // when the keys came
	failed  time.Time     // when the last fetch failed; zero if it did not
	running chan struct{} // closed when the fetch under way ends
	looks   *rate.Limiter
}

func newKeySet(issuer string, fetch func(context.Context) ([]publicKey, error)) *keySet {
	return &keySet{issuer: issuer, fetch: fetch, looks: rate.NewLimiter(rate.Every(lookEvery), looksFree)}
}

var errUnknownKey = errors.New("unknown key")

// find is the key with the id for signatures of the algorithm. Overloaded when it cannot be told whether there is one.
func (s *keySet) find(ctx context.Context, kid, alg string) (crypto.PublicKey, error) {
	s.mu.Lock()
	key := s.pick(kid, alg)
	if key != nil && time.Since(s.fetched) < keysFresh {
		s.mu.Unlock()
		return key, nil
	}
	done, failed := s.start(), !s.failed.IsZero()
	s.mu.Unlock()
	switch {
	case key != nil: // the fetch goes on behind
		return key, nil
	case done == nil && failed:
		return nil, unreachable()
	case done == nil:
		return nil, errUnknownKey
	}
	select {
	case <-done:
	case <-ctx.Done():
		return nil, unreachable()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch key = s.pick(kid, alg); {
	case key != nil:
		return key, nil
	case !s.failed.IsZero():
		return nil, unreachable()
	}
	return nil, errUnknownKey
}

func unreachable() error {
	return &errs.Error{Type: errs.Overloaded, Detail: errs.Msg("the issuer of the access token does not answer; its keys cannot be had"), RetryAfter: retryWait}
}

// pick finds the one key that the token can mean. Without an id the set must have a single key.
func (s *keySet) pick(kid, alg string) (found crypto.PublicKey) {
	if time.Since(s.fetched) > keysStale || kid == "" && len(s.keys) != 1 {
		return nil
	}
	for _, k := range s.keys {
		if kid != "" && k.kid != kid || !k.fits(alg) {
			continue
		}
		if found != nil {
			return nil
		}
		found = k.key
	}
	return found
}

// start begins a fetch, or joins the one under way; nil when it is too early for another.
func (s *keySet) start() chan struct{} {
	if s.running != nil {
		return s.running
	}
	if !s.failed.IsZero() {
		if time.Since(s.failed) < retryWait {
			return nil
		}
	} else if !s.looks.Allow() {
		return nil
	}
	done := make(chan struct{})
	s.running = done
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), fetchTime)
		defer cancel()
		keys, err := s.fetch(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		was := s.failed
		if s.running = nil; err != nil {
			s.failed = time.Now()
		} else {
			s.keys, s.fetched, s.failed = keys, time.Now(), time.Time{}
		}
		close(done)
		switch { // once for each time that it goes down, not for each attempt
		case err != nil && was.IsZero():
			slog.Warn("the keys of an external issuer cannot be had", "issuer", s.issuer, "error", err)
		case err == nil && !was.IsZero():
			slog.Info("the keys of an external issuer can be had again", "issuer", s.issuer)
		}
	}()
	return done
}

// renew fetches the keys anew, and waits for them.
func (s *keySet) renew(ctx context.Context) {
	s.mu.Lock()
	done := s.start()
	s.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
}
