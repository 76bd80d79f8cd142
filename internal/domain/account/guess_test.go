package account_test

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// refused fails the test unless the answer is a 429 that tells how long to wait.
func refused(t *testing.T, a *testkit.Answer) {
	t.Helper()
	a.Problem(429, "too-many-requests")
	seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
	require.NoError(t, err)
	assert.Positive(t, seconds)
	assert.LessOrEqual(t, seconds, 15*60)
}

// guessed makes every counter that has begun one of so many guesses: each real one takes 16 ms of a core.
func guessed(s *testkit.Service, times int) {
	s.T.Helper()
	s.Exec("update sign_in_throttles set failed = $1", times)
}

func TestGuessesOfStrangers(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	person(s, "victim@x.example")
	const home = "192.0.2.50"
	signInFrom(s, home, "victim@x.example", password).Want(200)
	for i := range 10 {
		signInFrom(s, fmt.Sprintf("198.51.100.%d", i), "victim@x.example", "a guess").Problem(400, "invalid-grant")
	}
	refused(t, signInFrom(s, "198.51.100.99", "victim@x.example", "a guess"))
	refused(t, signInFrom(s, "198.51.100.99", "victim@x.example", password)) // or the right guess would show
	signInFrom(s, home, "victim@x.example", password).Want(200)

	// the familiar address has a budget of its own, which a success fills up again
	signInFrom(s, home, "victim@x.example", "forgotten").Problem(400, "invalid-grant")
	guessed(s, 9)
	signInFrom(s, home, "victim@x.example", password).Want(200)
	for range 2 {
		signInFrom(s, home, "victim@x.example", "forgotten").Problem(400, "invalid-grant")
	}
	guessed(s, 9)
	signInFrom(s, home, "victim@x.example", "forgotten").Problem(400, "invalid-grant")
	refused(t, signInFrom(s, home, "victim@x.example", password))

	s.Exec("update sign_in_throttles set since = since - interval '16 minutes'")
	signInFrom(s, "198.51.100.99", "victim@x.example", password).Want(200)
}

func TestGuessesAtUnknownAccounts(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	person(s, "known@x.example")
	body := func(a *testkit.Answer) object {
		v := a.JSON()
		delete(v, "requestId")
		return v
	}
	var seen [2]object
	for i, email := range []string{"known@x.example", "unknown@x.example"} {
		signInFrom(s, "198.51.100.1", email, "a guess").Problem(400, "invalid-grant")
		guessed(s, 9)
		signInFrom(s, "198.51.100.2", email, "a guess").Problem(400, "invalid-grant")
		a := signInFrom(s, "198.51.100.77", email, "a guess")
		refused(t, a)
		seen[i] = body(a)
	}
	assert.Equal(t, seen[0], seen[1])
}

func TestParallelGuesses(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := person(s, "victim@x.example")
	statuses := make([]int, 40)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() {
			statuses[i] = signInFrom(s, fmt.Sprintf("198.51.100.%d", i), "victim@x.example", "a guess").Status
		})
	}
	wg.Wait()
	n := map[int]int{}
	for _, status := range statuses {
		n[status]++
	}
	assert.Equal(t, map[int]int{400: 10, 429: 30}, n)
	assert.Len(t, s.As(authz.Admin, "").Get("/v1/audit-events?limit=200&action=sign_in_failed&resourceId="+id.String()).Want(200).Items(), 10)
}

func TestGuessesFromOneAddress(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	person(s, "matti@x.example")
	token := text(s.As(authz.Admin, "").Post("/v1/users/"+person(s, "maija@x.example").String()+"/reset-tokens", nil).Want(201), "token")
	const network, elsewhere = "[2001:db8:1:2::%x]:4711", "[2001:db8:1:3::1]:4711"
	guess := func(address, email, password string) *testkit.Answer {
		return from(s, address, "/v1/oauth/token", tokenForm("grant_type", "password", "username", email, "password", password))
	}
	guess(fmt.Sprintf(network, 1), "a@x.example", "a guess").Problem(400, "invalid-grant")
	guessed(s, 99)
	guess(fmt.Sprintf(network, 2), "b@x.example", "a guess").Problem(400, "invalid-grant")
	refused(t, guess(fmt.Sprintf(network, 3), "matti@x.example", password)) // one customer has the whole /64
	guess(elsewhere, "matti@x.example", password).Want(200)

	reset := func(address string) *testkit.Answer {
		c := s.Anonymous()
		r := c.Request("POST", "/v1/password-resets", object{"token": token, "newPassword": password})
		r.RemoteAddr = address
		return c.Send(r)
	}
	refused(t, reset(fmt.Sprintf(network, 4)))
	reset(elsewhere).Want(204)
}

func TestGuessesAtSecrets(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	m := newAccount(s.As(authz.Admin, ""), object{"name": "Kone"})
	try := func(ip, secret string) *testkit.Answer {
		return from(s, ip+":1", "/v1/oauth/token", tokenForm("grant_type", "client_credentials", "client_id", m.Account.ID, "client_secret", secret))
	}
	for range 30 {
		try("198.51.100.1", "a guess").Problem(http.StatusUnauthorized, "invalid-client")
	}
	refused(t, try("198.51.100.1", "a guess"))
	refused(t, try("198.51.100.1", m.Secret.ClientSecret))
	for range 31 {
		try("198.51.100.2", m.Secret.ClientSecret).Want(200) // many workers of one system
	}
}
