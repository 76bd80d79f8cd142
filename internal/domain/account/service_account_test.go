package account_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/testkit"
)

// machine is a service account as it was created.
type machine struct {
	Account struct{ ID string }
	Secret  struct{ ID, ClientSecret string }
}

func newAccount(c *testkit.Client, body object) (m machine) {
	c.T.Helper()
	c.Post("/v1/service-accounts", body).Want(201).Into(&m)
	return m
}

func (m machine) url() string { return "/v1/service-accounts/" + m.Account.ID }

func basic(s string) testkit.Header {
	return testkit.Header{Name: "Authorization", Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(s))}
}

func TestServiceAccount(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	made := c.Post("/v1/service-accounts", object{"name": "Forssan asiakastiedot", "rateLimit": 5}).Want(201)
	var m machine
	made.Into(&m)
	assert.Equal(t, m.url(), made.Header.Get("Location"))
	got := c.Get(m.url()).Want(200)
	assert.Equal(t, made.ETag(), got.ETag())
	assert.Equal(t, made.JSON()["account"], got.JSON())
	assert.NotContains(t, string(got.Body), m.Secret.ClientSecret, "it is shown once")
	assert.Nil(t, got.JSON()["lastUsedAt"])

	assert.ElementsMatch(t, []string{"too-large /rateLimit", "required /name", "unknown /id"},
		c.Post("/v1/service-accounts", object{"rateLimit": 10001, "id": uuid.NewString()}).Problem(400, "validation"))
	s.As(authz.Editor, uuid.NewString()).Post("/v1/service-accounts", object{"name": "x"}).Problem(403, "forbidden")
	s.Anonymous().Get(m.url()).Problem(401, "sign-in-needed")
	c.Get("/v1/service-accounts/"+uuid.NewString()).Problem(404, "not-found")

	c.Patch(m.url(), object{"name": "Uusi"}).Problem(428, "precondition-required")
	patched := c.Patch(m.url(), object{"name": "Uusi", "rateLimit": nil}, testkit.IfMatch(got.ETag())).Want(200)
	assert.Equal(t, "Uusi", patched.JSON()["name"])
	assert.Nil(t, patched.JSON()["rateLimit"])
	c.Patch(m.url(), object{"name": "Toinen"}, testkit.IfMatch(got.ETag())).Problem(412, "stale")
	assert.Equal(t, patched.ETag(), c.Patch(m.url(), object{"name": "Uusi"}, testkit.IfMatch("*")).Want(200).ETag(), "no change, no version")

	c.Do("DELETE", m.url(), nil).Problem(428, "precondition-required")
	c.Do("DELETE", m.url(), nil, testkit.IfMatch(got.ETag())).Problem(412, "stale")
	c.Do("DELETE", m.url(), nil, testkit.IfMatch(patched.ETag())).Want(204)
	c.Get(m.url()).Problem(404, "not-found")
	remove(c, m.url()).Problem(404, "not-found")
	assert.Empty(t, c.Get("/v1/service-accounts").Want(200).Items())
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	m := newAccount(c, object{"name": "Kone"})
	c.Post("/v1/grants", object{"serviceAccountId": m.Account.ID, "role": "integration", "scope": "109", "permissions": []string{"organisation.write"}, "systems": []string{"crm"}}).Want(201)
	byBody := clientToken(s, m.Account.ID, m.Secret.ClientSecret).Want(200)
	assert.Nil(t, byBody.JSON()["refresh_token"])
	byBasic := s.Anonymous().Form("/v1/oauth/token", "grant_type=client_credentials", basic(m.Account.ID+":"+m.Secret.ClientSecret)).Want(200)
	for _, token := range []*testkit.Answer{byBody, byBasic} {
		me := bearer(s, token).Get("/v1/me").Want(200).JSON()
		assert.Equal(t, object{
			"id": m.Account.ID, "type": "service_account", "email": nil, "displayName": "Kone", "issuer": nil, "expiresAt": me["expiresAt"], "permissions": []any{"organisation.write"},
			"grants": []any{object{"role": "integration", "scopeType": "municipality", "scope": "109", "permissions": []any{"organisation.write"}, "systems": []any{"crm"}}},
		}, me)
	}
	bearer(s, byBody).Post("/v1/me/password", object{"currentPassword": password, "newPassword": "another one of these"}).Problem(403, "forbidden")
	used := c.Get(m.url()).Want(200).JSON()
	assert.NotNil(t, used["lastUsedAt"])
	assert.NotNil(t, used["secrets"].([]any)[0].(object)["lastUsedAt"])

	// whatever is wrong, the answer is one
	refused := clientToken(s, m.Account.ID, "wrong")
	refused.Problem(401, "invalid-client")
	assert.Equal(t, "invalid_client", refused.JSON()["error"])
	assert.Contains(t, refused.Header.Get("WWW-Authenticate"), "Basic")
	for _, id := range []string{uuid.NewString(), "no-id", c.ID.String()} {
		a := clientToken(s, id, m.Secret.ClientSecret)
		a.Problem(401, "invalid-client")
		assert.Equal(t, refused.JSON()["detail"], a.JSON()["detail"])
	}
	s.Anonymous().Form("/v1/oauth/token", "grant_type=client_credentials", basic("no colon")).Problem(401, "invalid-client")
	s.Anonymous().Form("/v1/oauth/token", "grant_type=client_credentials", testkit.Header{Name: "Authorization", Value: "Basic %"}).Problem(401, "invalid-client")
	s.Anonymous().Get("/v1/me", basic(m.Account.ID+":"+m.Secret.ClientSecret)).Problem(401, "invalid-token") // the secret is for the token endpoint only
	signIn(s, m.Account.ID, m.Secret.ClientSecret).Problem(400, "invalid-grant")

	c.Patch(m.url(), object{"disabled": true}, testkit.IfMatch("*")).Want(200)
	bearer(s, byBody).Get("/v1/me").Problem(401, "invalid-token")
	clientToken(s, m.Account.ID, m.Secret.ClientSecret).Problem(401, "invalid-client")
	c.Patch(m.url(), object{"disabled": false}, testkit.IfMatch("*")).Want(200)
	bearer(s, clientToken(s, m.Account.ID, m.Secret.ClientSecret)).Get("/v1/me").Want(200)

	remove(c, m.url()).Want(204)
	bearer(s, byBody).Get("/v1/me").Problem(401, "invalid-token")
	clientToken(s, m.Account.ID, m.Secret.ClientSecret).Problem(401, "invalid-client")
	assert.Empty(t, c.Get("/v1/grants?serviceAccountId="+m.Account.ID).Want(200).Items(), "its grants went with it")
}

func TestTwoSecrets(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	m, neighbour := newAccount(c, object{"name": "Kone"}), newAccount(c, object{"name": "Naapuri"})
	before := c.Get(m.url())
	c.Post(m.url()+"/secrets", nil).Problem(428, "precondition-required")
	second := c.Post(m.url()+"/secrets", nil, testkit.IfMatch(before.ETag())).Want(201)
	c.Post(m.url()+"/secrets", nil, testkit.IfMatch(before.ETag())).Problem(412, "stale")
	c.Post(m.url()+"/secrets", nil, testkit.IfMatch(second.ETag())).Problem(409, "limit-reached")
	assert.Equal(t, second.ETag(), c.Get(m.url()).ETag())
	assert.Len(t, c.Get(m.url()).JSON()["secrets"], 2)
	old, fresh := clientToken(s, m.Account.ID, m.Secret.ClientSecret).Want(200), clientToken(s, m.Account.ID, text(second, "clientSecret")).Want(200)
	bearer(s, old).Get("/v1/me").Want(200)

	path := m.url() + "/secrets/" + m.Secret.ID
	c.Do("DELETE", path, nil).Problem(428, "precondition-required")
	remove(c, neighbour.url()+"/secrets/"+m.Secret.ID).Problem(404, "not-found")
	remove(s.As(authz.Officer, "398"), path).Problem(404, "not-found")
	ended := c.Do("DELETE", path, nil, testkit.IfMatch(second.ETag())).Want(204)
	remove(c, path).Problem(404, "not-found")
	bearer(s, old).Get("/v1/me").Problem(401, "invalid-token")
	clientToken(s, m.Account.ID, m.Secret.ClientSecret).Problem(401, "invalid-client")
	bearer(s, fresh).Get("/v1/me").Want(200)
	c.Post(m.url()+"/secrets", nil, testkit.IfMatch(ended.ETag())).Want(201)
	c.Post("/v1/service-accounts/"+uuid.NewString()+"/secrets", nil, testkit.IfMatch("*")).Problem(404, "not-found")
}

func TestOwnRateLimit(t *testing.T) {
	t.Parallel()
	s := testkit.On(t, testkit.DSN(t), config.Service{Issuer: "https://seutu.test", RateLimit: 1000})
	admin := s.As(authz.Admin, "")
	slow, usual := newAccount(admin, object{"name": "slow", "rateLimit": 1}), newAccount(admin, object{"name": "usual"})
	c := bearer(s, clientToken(s, slow.Account.ID, slow.Secret.ClientSecret))
	statuses := map[int]int{}
	for range 12 {
		a := c.Get("/v1/me")
		assert.Equal(t, `"default";q=4;w=4`, a.Header.Get("RateLimit-Policy"))
		if statuses[a.Status]++; a.Status == 429 {
			a.Problem(429, "too-many-requests")
			assert.Equal(t, "1", a.Header.Get("Retry-After"))
		}
	}
	assert.GreaterOrEqual(t, statuses[429], 4, statuses)
	other := bearer(s, clientToken(s, usual.Account.ID, usual.Secret.ClientSecret)).Get("/v1/me").Want(200)
	assert.Equal(t, `"default";q=4000;w=4`, other.Header.Get("RateLimit-Policy"))
	admin.Patch(slow.url(), object{"rateLimit": 50}, testkit.IfMatch("*")).Want(200)
	assert.Equal(t, `"default";q=200;w=4`, c.Get("/v1/me").Want(200).Header.Get("RateLimit-Policy"), "a change works at once")
}

// The limit of an account holds where the service itself has none.
func TestOwnRateLimitAlone(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	m := newAccount(s.As(authz.Admin, ""), object{"name": "slow", "rateLimit": 1})
	a := bearer(s, clientToken(s, m.Account.ID, m.Secret.ClientSecret)).Get("/v1/me").Want(200)
	assert.Equal(t, `"default";q=4;w=4`, a.Header.Get("RateLimit-Policy"))
}

func TestSystemsHaveOneOwner(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, c := s.As(authz.Admin, ""), s.As(authz.Coordinator, "05")
	first, second := newAccount(c, object{"name": "1"}), newAccount(c, object{"name": "2"})
	grant := func(m machine, scope string, systems ...string) object {
		return object{"serviceAccountId": m.Account.ID, "role": "integration", "scope": scope, "systems": systems}
	}
	c.Post("/v1/grants", grant(first, "109", "crm")).Want(201)
	c.Post("/v1/grants", grant(first, "165", "crm", "other")).Want(201)
	taken := c.Post("/v1/grants", grant(second, "109", "free", "crm"))
	assert.Equal(t, []string{"duplicate /systems/1"}, taken.Problem(409, "duplicate"))
	c.Post("/v1/grants", grant(second, "109", "free")).Want(201)
	admin.Post("/v1/grants", grant(second, "165", "crm")).Want(201)
	assert.Equal(t, []string{"pattern /systems/0"}, c.Post("/v1/grants", grant(second, "061", "No Such")).Problem(400, "validation"))
}

// TestWhoManagesWhichAccount: everybody lists exactly the service accounts that they can read one by one.
func TestWhoManagesWhichAccount(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, coordinator, officer, elsewhere := s.As(authz.Admin, ""), s.As(authz.Coordinator, "05"), s.As(authz.Officer, "109"), s.As(authz.Coordinator, "07")
	grant := func(m machine, scope string) {
		admin.Post("/v1/grants", object{"serviceAccountId": m.Account.ID, "role": "integration", "scope": scope, "permissions": []string{"event.write"}}).Want(201)
	}
	bare, inRegion, abroad, fromOfficer, raised := newAccount(coordinator, object{"name": "1"}), newAccount(admin, object{"name": "2"}), newAccount(admin, object{"name": "3"}),
		newAccount(officer, object{"name": "4"}), newAccount(officer, object{"name": "5"})
	grant(inRegion, "109")
	grant(abroad, "05")
	grant(abroad, "07")
	grant(raised, "109")
	everything := []machine{bare, inRegion, abroad, fromOfficer, raised}
	for who, want := range map[*testkit.Client][]machine{admin: everything, coordinator: {bare, inRegion, raised}, officer: {fromOfficer}, elsewhere: {}} {
		ids := []string{}
		for _, m := range want {
			ids = append(ids, m.Account.ID)
		}
		assert.ElementsMatch(t, ids, all(who, "/v1/service-accounts"))
		for _, m := range everything {
			if !slices.Contains(ids, m.Account.ID) {
				who.Get(m.url()).Problem(404, "not-found")
				who.Patch(m.url(), object{"disabled": true}, testkit.IfMatch("*")).Problem(404, "not-found")
				who.Post(m.url()+"/secrets", nil, testkit.IfMatch("*")).Problem(404, "not-found")
				remove(who, m.url()+"/secrets/"+m.Secret.ID).Problem(404, "not-found")
				remove(who, m.url()).Problem(404, "not-found")
				continue
			}
			who.Get(m.url()).Want(200)
		}
	}
	s.As(authz.Integration, "05", listable()...).Get("/v1/service-accounts").Problem(403, "forbidden")
}
