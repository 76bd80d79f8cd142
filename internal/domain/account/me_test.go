package account_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMe(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Officer, "109")
	s.Grant(c.ID, authz.Coordinator, "05")
	me := c.Get("/v1/me").Want(200)
	assert.Equal(t, []any{
		object{"role": "municipal_officer", "scopeType": "municipality", "scope": "109", "permissions": []any{}, "systems": []any{}},
		object{"role": "regional_coordinator", "scopeType": "region", "scope": "05", "permissions": []any{}, "systems": []any{}},
	}, me.JSON()["grants"])
	assert.Contains(t, me.JSON()["permissions"], "organisation.merge")
	assert.NotContains(t, s.As(authz.Officer, "109").Get("/v1/me").JSON()["permissions"], "organisation.merge")
	assert.Equal(t, []any{object{"role": "admin", "scopeType": "everywhere", "scope": nil, "permissions": []any{}, "systems": []any{}}}, s.As(authz.Admin, "").Get("/v1/me").JSON()["grants"])
	a := s.Anonymous().Get("/v1/me")
	a.Problem(401, "sign-in-needed")
	assert.Contains(t, a.Header.Get("WWW-Authenticate"), "Bearer")
	with(s, "x.y.z").Get("/v1/me").Problem(401, "invalid-token")
}

func change(old, fresh string) object { return object{"currentPassword": old, "newPassword": fresh} }

func TestChangePassword(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	person(s, "matti@x.example")
	const next = "another one of these"
	here, elsewhere := signIn(s, "matti@x.example", password), signIn(s, "matti@x.example", password)
	c := bearer(s, here)
	assert.Equal(t, []string{"wrong /currentPassword", "too-common /newPassword"}, c.Post("/v1/me/password", change("wrong", "password1234")).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"contains-email /newPassword"}, c.Post("/v1/me/password", change(password, "this is Matti's")).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"too-short /newPassword"}, c.Post("/v1/me/password", change(password, "short")).Problem(400, "validation"))
	s.Anonymous().Post("/v1/me/password", change(password, next)).Problem(401, "sign-in-needed")

	c.Post("/v1/me/password", change(password, next)).Want(204)
	c.Get("/v1/me").Want(200)
	refresh(s, text(here, "refresh_token")).Want(200)
	bearer(s, elsewhere).Get("/v1/me").Problem(401, "invalid-token")
	refresh(s, text(elsewhere, "refresh_token")).Problem(400, "invalid-grant")
	signIn(s, "matti@x.example", password).Problem(400, "invalid-grant")
	signIn(s, "matti@x.example", next).Want(200)

	// whoever has stolen an access token cannot guess on and on
	c.Post("/v1/me/password", change("a guess", next)).Problem(422, "invalid-data")
	guessed(s, 9)
	c.Post("/v1/me/password", change("a guess", next)).Problem(422, "invalid-data")
	assert.NotEmpty(t, c.Post("/v1/me/password", change(next, password)).Want(429).Header.Get("Retry-After"))
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	coordinator := s.As(authz.Coordinator, "05")
	id := coordinator.Post("/v1/users", object{"email": "matti@x.example"}).Want(201).ID()
	path := "/v1/users/" + id + "/reset-tokens"
	reset := func(token, fresh string) *testkit.Answer {
		return s.Anonymous().Post("/v1/password-resets", object{"token": token, "newPassword": fresh})
	}
	unusable := func(token string) {
		t.Helper()
		assert.Equal(t, []string{"invalid /token"}, reset(token, password).Problem(422, "invalid-data"))
	}
	s.As(authz.Coordinator, "07").Post(path, nil).Problem(404, "not-found")
	s.As(authz.Editor, uuid.NewString()).Post(path, nil).Problem(403, "forbidden")
	coordinator.Post("/v1/users/"+coordinator.ID.String()+"/reset-tokens", nil).Problem(404, "not-found") // nobody manages a peer, nor oneself

	first := text(coordinator.Post(path, nil).Want(201), "token")
	token := text(coordinator.Post(path, nil).Want(201), "token")
	unusable(first) // a newer one has taken its place
	unusable("seutu_reset_unknown")
	assert.Equal(t, []string{"too-common /newPassword"}, reset(token, "salasana1234").Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"required /token", "too-short /newPassword"}, s.Anonymous().Post("/v1/password-resets", object{"newPassword": "short"}).Problem(400, "validation"))
	session := s.Session(uuid.MustParse(id))
	session.Get("/v1/me").Want(200)
	reset(token, password).Want(204)
	unusable(token)
	session.Get("/v1/me").Problem(401, "invalid-token")
	signIn(s, "matti@x.example", password).Want(200)

	expired := text(coordinator.Post(path, nil).Want(201), "token")
	s.Exec("update reset_tokens set expires_at = now()")
	unusable(expired)
	blocked := text(coordinator.Post(path, nil).Want(201), "token")
	coordinator.Patch("/v1/users/"+id, object{"disabled": true}, testkit.IfMatch("*")).Want(200)
	unusable(blocked)
	coordinator.Patch("/v1/users/"+id, object{"disabled": false}, testkit.IfMatch("*")).Want(200)
	unusable(blocked)

	// many at once: one sets the password
	token = text(coordinator.Post(path, nil).Want(201), "token")
	answers := make([]*testkit.Answer, 8)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = reset(token, "one of these eight") })
	}
	wg.Wait()
	n := map[int]int{}
	for _, a := range answers {
		n[a.Status]++
	}
	assert.Equal(t, map[int]int{204: 1, 422: 7}, n)
}
