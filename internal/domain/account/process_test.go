package account_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/testkit"
)

// TestChangesReachEveryProcess: what is taken away works no more, at once where it was taken away and soon everywhere.
func TestChangesReachEveryProcess(t *testing.T) {
	t.Parallel()
	here := testkit.New(t)
	there := testkit.On(t, here.DSN, config.Service{Issuer: "https://seutu.test"})
	admin := here.As(authz.Admin, "")
	type held struct {
		name   string
		here   *testkit.Client
		path   string
		status int // once it is taken away
		take   func()
	}
	var cases []held
	add := func(name string, c *testkit.Client, path string, status int, take func()) {
		cases = append(cases, held{name, c, path, status, take})
	}

	officer := here.As(authz.Officer, "109")
	add("revoked grant", officer, "/v1/users", 403, func() {
		remove(admin, "/v1/grants/"+admin.Get("/v1/grants?userId=" + officer.ID.String()).Items()[0]["id"].(string)).Want(204)
	})
	disabled := here.As(authz.Officer, "109")
	add("disabled user", disabled, "/v1/me", 401, func() {
		admin.Patch("/v1/users/"+disabled.ID.String(), object{"disabled": true}, testkit.IfMatch("*")).Want(200)
	})
	changed := person(here, "changed@x.example")
	add("changed password", here.Session(changed), "/v1/me", 401, func() {
		here.Session(changed).Post("/v1/me/password", change(password, "another one of these")).Want(204)
	})
	reset := here.As(authz.Officer, "109")
	add("reset password", reset, "/v1/me", 401, func() {
		token := text(admin.Post("/v1/users/"+reset.ID.String()+"/reset-tokens", nil).Want(201), "token")
		here.Anonymous().Post("/v1/password-resets", object{"token": token, "newPassword": password}).Want(204)
	})
	person(here, "signed-out@x.example")
	signedIn := signIn(here, "signed-out@x.example", password)
	add("signed out", bearer(here, signedIn), "/v1/me", 401, func() { revoke(here, text(signedIn, "refresh_token")).Want(204) })
	m := newAccount(admin, object{"name": "Kone"})
	add("ended secret", bearer(here, clientToken(here, m.Account.ID, m.Secret.ClientSecret)), "/v1/me", 401, func() { remove(admin, m.url()+"/secrets/"+m.Secret.ID).Want(204) })
	late := here.As(authz.Editor, uuid.NewString())
	add("given grant", late, "/v1/users", 200, func() {
		admin.Post("/v1/grants", object{"userId": late.ID, "role": "municipal_officer", "scope": "109"}).Want(201)
	})

	for _, c := range cases {
		before := map[bool]int{true: 403, false: 200}[c.status == 200]
		c.here.Get(c.path).Want(before) // both remember the actor now
		with(there, c.here.Token).Get(c.path).Want(before)
		c.take()
		assert.Equal(t, c.status, c.here.Get(c.path).Status, "%s, in the same process", c.name)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for _, c := range cases {
		for with(there, c.here.Token).Get(c.path).Status != c.status {
			select {
			case <-ctx.Done():
				t.Fatalf("%s: not in the other process after 5 s", c.name)
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
}

// TestSessionsBelongToNoProcess: a session goes on wherever the next request lands.
func TestSessionsBelongToNoProcess(t *testing.T) {
	t.Parallel()
	here := testkit.New(t)
	there := testkit.On(t, here.DSN, config.Service{Issuer: "https://seutu.test"})
	person(here, "matti@x.example")
	first := signIn(here, "matti@x.example", password)
	bearer(there, first).Get("/v1/me").Want(200)
	second := refresh(there, text(first, "refresh_token"))
	bearer(here, second).Get("/v1/me").Want(200)
	refresh(here, text(second, "refresh_token")).Want(200)
	elsewhere := testkit.On(t, here.DSN, config.Service{Issuer: "https://other.test"})
	bearer(elsewhere, first).Get("/v1/me").Problem(401, "invalid-token") // another issuer is another service
}
