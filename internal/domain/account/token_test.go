package account_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := person(s, "matti@forssa.example")
	a := signIn(s, " Matti@Forssa.example ", password).Want(200)
	assert.Equal(t, "Bearer", a.JSON()["token_type"])
	assert.Equal(t, 900.0, a.JSON()["expires_in"])
	assert.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	me := bearer(s, a).Get("/v1/me").Want(200).JSON()
	assert.Equal(t, object{
		"id": id.String(), "type": "user", "email": "matti@forssa.example", "displayName": nil, "issuer": nil, "expiresAt": me["expiresAt"], "grants": []any{}, "permissions": []any{},
	}, me)
	ends, err := time.Parse(time.RFC3339, me["expiresAt"].(string))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now().Add(15*time.Minute), ends, time.Minute)
	assert.NotNil(t, s.As(authz.Admin, "").Get("/v1/users/" + id.String()).Want(200).JSON()["lastSignedInAt"])
}

func TestFailedSignInsLookAlike(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	person(s, "right@x.example")
	person(s, "disabled@x.example")
	s.Exec("update users set disabled = true where email = 'disabled@x.example'")
	s.As(authz.Admin, "").Post("/v1/users", object{"email": "invited@x.example"}).Want(201)
	seen := func(email, password string) (object, http.Header) {
		a := signIn(s, email, password)
		a.Problem(400, "invalid-grant")
		body := a.JSON()
		delete(body, "requestId")
		a.Header.Del("X-Request-Id")
		return body, a.Header
	}
	body, header := seen("right@x.example", "a wrong password")
	assert.Equal(t, "invalid_grant", body["error"])
	assert.NotEmpty(t, body["error_description"])
	for _, email := range []string{"unknown@x.example", "disabled@x.example", "invited@x.example", "not an address"} {
		b, h := seen(email, password)
		assert.Equal(t, body, b, email)
		assert.Equal(t, header, h, email)
	}
}

func TestBrokenTokenRequests(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.Anonymous()
	for form, faults := range map[string][]string{
		"grant_type=password":                                 {"required /username", "required /password"},
		"grant_type=password&username=a@x.example&password=":  {"required /password"},
		"grant_type=refresh_token":                            {"required /refresh_token"},
		"grant_type=client_credentials":                       {"required /client_id", "required /client_secret"},
		"grant_type=client_credentials&client_id=a":           {"required /client_secret"},
		"grant_type=implicit":                                 {"enum /grant_type"},
		"username=a@x.example&password=b":                     {"required /grant_type"},
		"grant_type=password&username=a&password=b&nope=1":    {"unknown /nope"},
		"grant_type=password&grant_type=refresh_token&nope=1": {"duplicate /grant_type", "unknown /nope"},
		"grant_type=password&username=a%00b&password=b":       {"nul /username"},
	} {
		assert.ElementsMatch(t, faults, c.Form("/v1/oauth/token", form).Problem(400, "validation"), form)
	}
	assert.Equal(t, "invalid_request", c.Form("/v1/oauth/token", "grant_type=password").JSON()["error"])
	c.Post("/v1/oauth/token", object{"grant_type": "password"}).Problem(415, "unsupported-media-type")
	with(s, "nonsense").Form("/v1/oauth/token", "grant_type=password").Problem(401, "invalid-token")
	assert.Equal(t, []string{"required /token"}, c.Form("/v1/oauth/revoke", "token_type_hint=access_token").Problem(400, "validation"))
}

// OAuth clients look for the member error in every failure, and the contract promises it.
func TestEveryFailureNamesAnOAuthError(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	for form, code := range map[string]string{
		"grant_type=password":          "invalid_request",
		"grant_type=implicit":          "unsupported_grant_type",
		"grant_type=password&nope=1":   "invalid_request",
		"username=a&password=b":        "invalid_request",
		"grant_type=password&%zz=nope": "invalid_request",
	} {
		assert.Equal(t, code, s.Anonymous().Form("/v1/oauth/token", form).Want(400).JSON()["error"], form)
	}
	assert.Equal(t, "invalid_client", s.Anonymous().Form("/v1/oauth/token", "grant_type=client_credentials", basic("no colon")).Want(401).JSON()["error"])
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	id := person(s, "matti@x.example")
	first := signIn(s, "matti@x.example", password).Want(200)
	other := signIn(s, "matti@x.example", password).Want(200)
	second := refresh(s, text(first, "refresh_token")).Want(200)
	assert.NotEqual(t, text(first, "refresh_token"), text(second, "refresh_token"))
	bearer(s, first).Get("/v1/me").Want(200)
	bearer(s, second).Get("/v1/me").Want(200)

	// somebody uses the first once more: nobody can tell who is the thief, so the whole family ends
	refresh(s, text(first, "refresh_token")).Problem(400, "invalid-grant")
	bearer(s, first).Get("/v1/me").Problem(401, "invalid-token")
	bearer(s, second).Get("/v1/me").Problem(401, "invalid-token")
	refresh(s, text(second, "refresh_token")).Problem(400, "invalid-grant")
	bearer(s, other).Get("/v1/me").Want(200)

	assert.Equal(t, "invalid_grant", refresh(s, "seutu_rt_unknown").JSON()["error"])
	s.Exec("update refresh_tokens set expires_at = now() where used_at is null")
	refresh(s, text(other, "refresh_token")).Problem(400, "invalid-grant")
	last := signIn(s, "matti@x.example", password).Want(200)
	s.Exec("update users set disabled = true where id = $1", id)
	refresh(s, text(last, "refresh_token")).Problem(400, "invalid-grant")
}

func TestParallelRefreshesEndTheFamily(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	person(s, "matti@x.example")
	signedIn := signIn(s, "matti@x.example", password).Want(200)
	answers := make([]*testkit.Answer, 50)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = refresh(s, text(signedIn, "refresh_token")) })
	}
	wg.Wait()
	won := []*testkit.Answer{}
	for _, a := range answers {
		if a.Status == 200 {
			won = append(won, a)
		} else {
			a.Problem(400, "invalid-grant")
		}
	}
	assert.LessOrEqual(t, len(won), 1)
	for _, a := range append(won, signedIn) {
		bearer(s, a).Get("/v1/me").Problem(401, "invalid-token")
		refresh(s, text(a, "refresh_token")).Problem(400, "invalid-grant")
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	person(s, "matti@x.example")
	for _, kind := range []string{"refresh_token", "access_token"} {
		a, other := signIn(s, "matti@x.example", password), signIn(s, "matti@x.example", password)
		bearer(s, a).Get("/v1/me").Want(200)
		revoke(s, text(a, kind)).Want(204)
		bearer(s, a).Get("/v1/me").Problem(401, "invalid-token")
		refresh(s, text(a, "refresh_token")).Problem(400, "invalid-grant")
		bearer(s, other).Get("/v1/me").Want(200)
		revoke(s, text(a, kind)).Want(204) // again
	}
	for _, nothing := range []string{"seutu_rt_unknown", "a.b.c", "eyJhbGciOiJub25lIn0.e30."} {
		revoke(s, nothing).Want(204)
	}
	// a used up token still names its family
	a := signIn(s, "matti@x.example", password)
	b := refresh(s, text(a, "refresh_token")).Want(200)
	revoke(s, text(a, "refresh_token")).Want(204)
	bearer(s, b).Get("/v1/me").Problem(401, "invalid-token")
	// a service account ends its tokens by ending the secret
	machine := newAccount(s.As(authz.Admin, ""), object{"name": "machine"})
	token := clientToken(s, machine.Account.ID, machine.Secret.ClientSecret)
	revoke(s, text(token, "access_token")).Want(204)
	bearer(s, token).Get("/v1/me").Want(200)
}

func TestSweep(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	person(s, "matti@x.example")
	old, live := signIn(s, "matti@x.example", password), signIn(s, "matti@x.example", password)
	s.Exec("update refresh_tokens set expires_at = now() where hash = sha256(convert_to($1, 'UTF8'))", text(old, "refresh_token"))
	s.Exec("update sign_in_throttles set since = since - interval '1 hour'")
	if err := s.Accounts.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	var tokens, counters int
	s.Scan("select (select count(*) from refresh_tokens), (select count(*) from sign_in_throttles)", nil, &tokens, &counters)
	assert.Equal(t, []int{1, 0}, []int{tokens, counters})
	refresh(s, text(live, "refresh_token")).Want(200)
}
