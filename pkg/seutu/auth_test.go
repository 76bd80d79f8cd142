package seutu

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

// issuer is a service that knows one user and rotates refresh tokens as the real one does: whoever uses one twice is out.
type issuer struct {
	mu        sync.Mutex
	life      int // seconds
	signedIn  int
	refreshed int
	serial    int
	refresh   string
	valid     map[string]bool
	used      map[string]bool
	slow      time.Duration
}

func newIssuer(life int) *issuer {
	return &issuer{life: life, valid: map[string]bool{}, used: map[string]bool{}}
}

func (i *issuer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/v1/oauth/token" {
		return i.serve(r)
	}
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	f, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, err
	}
	if i.slow > 0 {
		select {
		case <-time.After(i.slow):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	switch f.Get("grant_type") {
	case "password":
		if f.Get("username") != "matti@example.org" || f.Get("password") != "salasana ja enemmän" {
			return problem(400, "invalid-grant")(r)
		}
		i.signedIn++
	case "client_credentials":
		if f.Get("client_id") != "id" || f.Get("client_secret") != "secret" {
			return problem(401, "invalid-client")(r)
		}
		i.signedIn++
	case "refresh_token":
		t := f.Get("refresh_token")
		if t != i.refresh || i.used[t] {
			i.refresh = "" // the family ends
			return problem(400, "invalid-grant")(r)
		}
		i.used[t] = true
		i.refreshed++
	}
	i.serial++
	access := fmt.Sprint("access-", i.serial)
	i.valid[access] = true
	refresh := ""
	if f.Get("grant_type") != "client_credentials" {
		i.refresh = fmt.Sprint("refresh-", i.serial)
		refresh = fmt.Sprintf(`, "refresh_token": %q`, i.refresh)
	}
	return ok(fmt.Sprintf(`{"access_token": %q, "token_type": "Bearer", "expires_in": %d%s}`, access, i.life, refresh))(r)
}

func (i *issuer) serve(r *http.Request) (*http.Response, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if r.URL.Path == "/v1/oauth/revoke" {
		i.refresh = ""
		return says(204, "", "")(r)
	}
	if !i.valid[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")] {
		return problem(401, "invalid-token")(r)
	}
	return ok(anOrg)(r)
}

// forget makes all access tokens worthless, as when the keys are changed.
func (i *issuer) forget() {
	i.mu.Lock()
	defer i.mu.Unlock()
	clear(i.valid)
}

func (i *issuer) client(t *testing.T, options ...Option) *Client {
	t.Helper()
	c, err := New("https://seutu.test", append(options, WithHTTPClient(&http.Client{Transport: i}))...)
	require.NoError(t, err)
	return c
}

var matti = WithPassword("matti@example.org", "salasana ja enemmän")

func TestSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(900)
		c := i.client(t, matti)
		assert.Zero(t, i.signedIn, "nothing is sent before it is needed")
		require.NoError(t, getOne(t.Context(), c))
		require.NoError(t, getOne(t.Context(), c))
		assert.Equal(t, 1, i.signedIn)
		time.Sleep(14*time.Minute + time.Second) // less than a minute is left
		require.NoError(t, getOne(t.Context(), c))
		assert.Equal(t, 1, i.refreshed, "before the token ran out")
		i.forget()
		require.NoError(t, create(t.Context(), c), "a token that is refused is replaced")
		assert.Equal(t, 2, i.refreshed)
		assert.Equal(t, 1, i.signedIn)

		i.refresh = "" // the session has been ended
		i.forget()
		require.NoError(t, change(t.Context(), c))
		assert.Equal(t, 2, i.signedIn, "the password helps")

		require.NoError(t, c.SignOut(t.Context()))
		assert.Empty(t, i.refresh)
		require.NoError(t, getOne(t.Context(), c))
		assert.Equal(t, 3, i.signedIn)
	})
}

func TestShortTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(20)
		c := i.client(t, WithClientCredentials("id", "secret"))
		for range 3 {
			require.NoError(t, getOne(t.Context(), c))
			time.Sleep(17 * time.Second)
			require.NoError(t, getOne(t.Context(), c))
			time.Sleep(2 * time.Second)
		}
		assert.Equal(t, 3, i.signedIn)
		assert.Zero(t, i.refreshed, "service accounts have no refresh tokens")
		require.NoError(t, c.SignOut(t.Context()))
	})
}

// TestOneRefresh: fifty that find their token worn out get one new token between them.
func TestOneRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(900)
		i.slow = time.Second
		c := i.client(t, matti)
		for round := range 3 {
			var failed atomic.Int32
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					if getOne(t.Context(), c) != nil {
						failed.Add(1)
					}
				})
			}
			all.Wait()
			assert.Zero(t, failed.Load())
			assert.Equal(t, 1, i.signedIn)
			assert.Equal(t, round, i.refreshed)
			i.forget()
		}
	})
}

// TestRefreshOutlivesItsCaller: the refresh token is used up once it is sent, so the answer must not be thrown away.
func TestRefreshOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(900)
		c := i.client(t, matti)
		require.NoError(t, getOne(t.Context(), c))
		i.forget()
		i.slow = time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, getOne(ctx, c), context.DeadlineExceeded)
		require.NoError(t, getOne(t.Context(), c))
		assert.Equal(t, 1, i.refreshed)
		assert.Equal(t, 1, i.signedIn)
	})
}

func TestSignInFails(t *testing.T) {
	t.Parallel()
	i := newIssuer(900)
	err := getOne(t.Context(), i.client(t, WithPassword("matti@example.org", "wrong")))
	require.ErrorIs(t, err, ErrInvalidGrant)
	require.ErrorContains(t, err, "seutu: getOrganisation: sign in: seutu: createToken: 400")
	require.NotContains(t, err.Error(), "wrong")
	require.ErrorIs(t, getOne(t.Context(), i.client(t, WithClientCredentials("id", "wrong"))), ErrUnauthenticated)
	assert.Zero(t, i.signedIn)

	synctest.Test(t, func(t *testing.T) {
		s := answers(problem(429, "too-many-requests", "Retry-After: 2"))
		require.ErrorIs(t, getOne(t.Context(), s.client(t, matti, WithRetries(3))), ErrTooManyRequests)
		assert.Len(t, s.asked, 4, "signing in is repeated, the call that waits for it is not")
	})
}

func TestTokenSources(t *testing.T) {
	t.Parallel()
	s := answers(problem(401, "invalid-token"))
	require.ErrorIs(t, getOne(t.Context(), s.client(t, WithToken(StaticToken("a")))), ErrUnauthenticated)
	assert.Len(t, s.asked, 2)
	assert.Equal(t, "Bearer a", s.asked[0].Header.Get("Authorization"))

	var refused []string
	s = answers(problem(401, "invalid-token"), ok(anOrg))
	require.NoError(t, getOne(t.Context(), s.client(t, WithToken(TokenFunc(func(_ context.Context, r string) (string, error) {
		refused = append(refused, r)
		return fmt.Sprint("t", len(refused)), nil
	})))))
	assert.Equal(t, []string{"", "t1"}, refused)
	assert.Equal(t, "Bearer t2", s.asked[1].Header.Get("Authorization"))

	none := errors.New("the vault is closed")
	err := getOne(t.Context(), s.client(t, WithToken(TokenFunc(func(context.Context, string) (string, error) { return "", none }))))
	require.ErrorIs(t, err, none)

	s = answers(problem(401, "sign-in-needed"))
	require.ErrorIs(t, getOne(t.Context(), s.client(t)), ErrUnauthenticated)
	assert.Len(t, s.asked, 1, "without a source of tokens there is no other token")
	s = answers(says(204, "", ""))
	require.NoError(t, s.client(t, WithToken(StaticToken("a"))).PasswordResets.ResetPassword(t.Context(), PasswordReset{Token: "x", NewPassword: "y"}))
	assert.Empty(t, s.asked[0].Header.Get("Authorization"), "it needs none")
}

// TestRedirects are those of a real connection.
func TestRedirects(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	var loops atomic.Int32
	var stranger atomic.Pointer[http.Request]
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stranger.Store(r)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, anOrg)
	}))
	defer other.Close()
	elsewhere := strings.Replace(other.URL, "127.0.0.1", "localhost", 1) + "/v1/x"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		body, _ := io.ReadAll(r.Body)
		switch {
		case strings.HasSuffix(r.URL.Path, "/round"):
			loops.Add(1)
			http.Redirect(w, r, r.URL.Path, http.StatusPermanentRedirect)
		case strings.HasSuffix(r.URL.Path, "/away"):
			http.Redirect(w, r, elsewhere, http.StatusPermanentRedirect)
		case r.URL.Path == "/v1/organisations":
			http.Redirect(w, r, "/moved", http.StatusPermanentRedirect)
		case r.Method == http.MethodPost && strings.Contains(string(body), "Kuoro") && r.Header.Get("Idempotency-Key") != "":
			fmt.Fprint(w, anOrg)
		default:
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	defer s.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c, err := New(s.URL, WithHTTPClient(&http.Client{Transport: transport}), WithToken(StaticToken("secret")))
	require.NoError(t, err)
	require.NoError(t, create(t.Context(), c), "method, body and key are kept")

	_, err = c.Organisations.GetByExternalID(t.Context(), "crm", "round", nil)
	require.ErrorContains(t, err, "stopped after 10 redirects")
	assert.EqualValues(t, 10, loops.Load(), "once only")

	_, err = c.Organisations.GetByExternalID(t.Context(), "crm", "away", nil)
	require.ErrorContains(t, err, "redirects to another")
	assert.Nil(t, stranger.Load(), "what is sent stays with its service")
}
