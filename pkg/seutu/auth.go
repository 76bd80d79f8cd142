package seutu

import (
	"context"
	"errors"
	"sync"
	"time"
)

// TokenSource gives access tokens. It must be safe for concurrent use.
type TokenSource interface {
	// Token returns the token to send. refused is empty, or the token that the service has just refused: then another one is
	// wanted. A token that comes back unchanged is sent once more.
	Token(ctx context.Context, refused string) (string, error)
}

// TokenFunc is a function as a TokenSource.
type TokenFunc func(ctx context.Context, refused string) (string, error)

// Token calls f.
func (f TokenFunc) Token(ctx context.Context, refused string) (string, error) { return f(ctx, refused) }

// StaticToken is a TokenSource of one token.
func StaticToken(token string) TokenSource {
	return TokenFunc(func(context.Context, string) (string, error) { return token, nil })
}

const (
	renewBefore = time.Minute // the end of a token; a tenth of its life if it lives for less than ten
	longestRun  = time.Minute // of getting one
)

// session is a TokenSource that signs in, and keeps the session alive. Of many who want a new token at once one gets it for
// all: a refresh token that is used twice would end the session.
type session struct {
	client *Client
	first  TokenRequest // how to sign in

	mu      sync.Mutex
	token   string
	refresh string
	renewAt time.Time
	running *run // nil while nobody gets a token
}

// run is the getting of a token.
type run struct {
	done  chan struct{}
	token string
	err   error
}

// Token is the present token, or a new one if that has run out or was refused.
func (s *session) Token(ctx context.Context, refused string) (string, error) {
	s.mu.Lock()
	if s.token != "" && s.token != refused && time.Now().Before(s.renewAt) {
		defer s.mu.Unlock()
		return s.token, nil
	}
	r := s.running
	if r == nil {
		r = &run{done: make(chan struct{})}
		s.running = r
		go s.get(context.WithoutCancel(ctx), r) // whoever asked may go away; a refresh token that was sent is used up
	}
	s.mu.Unlock()
	select {
	case <-r.done:
		return r.token, r.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// get signs in, by the refresh token if there is one.
func (s *session) get(ctx context.Context, r *run) {
	ctx, cancel := context.WithTimeout(ctx, longestRun)
	defer cancel()
	s.mu.Lock()
	refresh := s.refresh
	s.mu.Unlock()
	t, err := s.ask(ctx, refresh)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		life := time.Duration(t.ExpiresIn) * time.Second
		s.token, s.refresh, s.renewAt = t.AccessToken, t.RefreshToken, time.Now().Add(life-min(renewBefore, life/10))
	}
	r.token, r.err = s.token, err
	s.running = nil
	close(r.done)
}

func (s *session) ask(ctx context.Context, refresh string) (*Token, error) {
	if refresh != "" {
		t, err := s.client.OAuth.CreateToken(ctx, TokenRequest{GrantType: TokenRequestGrantTypeRefreshToken, RefreshToken: refresh})
		if err == nil || !errors.Is(err, ErrInvalidRequest) && !errors.Is(err, ErrUnauthenticated) {
			return t, err
		}
	}
	return s.client.OAuth.CreateToken(ctx, s.first)
}

// SignOut ends the session of a client made by [WithPassword]. A later request signs in again.
func (c *Client) SignOut(ctx context.Context) error {
	s, ok := c.tokens.(*session)
	if !ok {
		return nil
	}
	s.mu.Lock()
	refresh := s.refresh
	s.token, s.refresh = "", ""
	s.mu.Unlock()
	if refresh == "" {
		return nil
	}
	return c.OAuth.RevokeToken(ctx, RevokeRequest{Token: refresh})
}
