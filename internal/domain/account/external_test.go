package account_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

const officers = "seutu-officers"

// external starts a service that accepts the tokens of an issuer.
func external(t *testing.T) (*testkit.Service, *testkit.Issuer) {
	t.Helper()
	i := testkit.NewIssuer(t)
	return testkit.On(t, testkit.DSN(t), testkit.Issuers(t, i.Config(nil))), i
}

func count(s *testkit.Service, from string, args ...any) (n int) {
	s.T.Helper()
	s.Scan("select count(*) from "+from, args, &n)
	return n
}

// TestFirstSight: who comes with a good token is known from then on, with the grants that the claims give.
func TestFirstSight(t *testing.T) {
	t.Parallel()
	s, i := external(t)
	expires := time.Now().Add(time.Hour).Unix()
	token := i.Token(object{"sub": "k1", "groups": []string{"x", officers}, "name": "Kaisa Kaupunki", "email": "Kaisa@City.example", "email_verified": true, "exp": expires})
	c := with(s, token)
	me := c.Get("/v1/me").Want(200).JSON()
	assert.Equal(t, []any{object{"role": "municipal_officer", "scopeType": "municipality", "scope": "109", "permissions": []any{}, "systems": []any{}}}, me["grants"])
	assert.Equal(t, []any{"user", i.URL, "Kaisa Kaupunki", "kaisa@city.example"}, []any{me["type"], me["issuer"], me["displayName"], me["email"]})
	ends, err := time.Parse(time.RFC3339, me["expiresAt"].(string))
	require.NoError(t, err)
	assert.Equal(t, expires, ends.Unix())
	made := c.Post("/v1/organisations", object{"kind": "association", "name": object{"fi": "Kaupungin ry"}, "municipality": "109"}).Want(201).ID()
	c.Post("/v1/organisations", object{"kind": "association", "name": object{"fi": "Naapurin ry"}, "municipality": "165"}).Problem(403, "forbidden")
	assert.Zero(t, count(s, "grants"), "grants of claims are stored nowhere")

	again := with(s, i.Token(object{"sub": "k1"})).Get("/v1/me").Want(200).JSON()
	assert.Equal(t, me["id"], again["id"])
	assert.Empty(t, again["grants"], "they are those of the token")
	assert.Equal(t, "Kaisa Kaupunki", again["displayName"], "what a token is silent about stays")
	assert.NotEqual(t, me["id"], with(s, i.Token(object{"sub": "K1"})).Get("/v1/me").JSON()["id"], "subjects are compared letter by letter")
	c.Get("/v1/organisations/" + made).Want(200)

	admin := s.As(authz.Admin, "")
	own := me["id"].(string)
	assert.Equal(t, 1, count(s, "audit_events where action = 'created' and resource_type = 'user' and resource_id = $1 and actor_id = $1 and ip is not null", own))
	assert.Equal(t, 1, count(s, "audit_events where action = 'signed_in' and resource_id = $1 and actor_id = $1", own), "tokens of one quarter of an hour are one sign-in")
	list := admin.Get("/v1/users?email=kaisa@city.example").Want(200).Items()
	require.Len(t, list, 1)
	assert.Equal(t, []any{own, i.URL, "kaisa@city.example"}, []any{list[0]["id"], list[0]["issuer"], list[0]["email"]})
	assert.NotNil(t, list[0]["lastSignedInAt"])

	s.Exec("update users set last_signed_in_at = now() - interval '20 minutes' where id = $1", own)
	with(s, i.Token(object{"sub": "k1", "x": 1})).Get("/v1/me").Want(200)
	assert.Equal(t, 2, count(s, "audit_events where action = 'signed_in' and resource_id = $1", own))
}

// TestNamesFollowTheIssuer: the youngest token tells, others write nothing.
func TestNamesFollowTheIssuer(t *testing.T) {
	t.Parallel()
	s, i := external(t)
	now := time.Now().Unix()
	claims := func(age int64, name, email string, verified any) *testkit.Client {
		return with(s, i.Token(object{"sub": "n", "iat": now - age, "name": name, "email": email, "email_verified": verified}))
	}
	seen := func(c *testkit.Client) []any {
		t.Helper()
		me := c.Get("/v1/me").Want(200).JSON()
		return []any{me["displayName"], me["email"]}
	}
	assert.Equal(t, []any{"Anna", nil}, seen(claims(60, "Anna", "anna@city.example", false)), "an address that nobody has verified")
	assert.Equal(t, []any{"Anna", nil}, seen(claims(59, "Anna", "anna@city.example", "true")))
	assert.Equal(t, []any{"Anna", "anna@city.example"}, seen(claims(50, "Anna", "anna@city.example", true)))
	assert.Equal(t, []any{"Anna Uusi", "uusi@city.example"}, seen(claims(10, "Anna Uusi", "uusi@city.example", true)))
	var version, changes int
	s.Scan("select version, (select count(*) from changes where type = 'user') from users", nil, &version, &changes)
	assert.Equal(t, []int{3, 3}, []int{version, changes})
	assert.Equal(t, []any{"Anna Uusi", "uusi@city.example"}, seen(claims(40, "Anna", "anna@city.example", true)), "an elder token than the last one heard")
	assert.Equal(t, []any{"Anna Uusi", "uusi@city.example"}, seen(claims(5, "Anna\nUusi", "no address", true)))
	s.Scan("select version from users", nil, &version)
	assert.Equal(t, 3, version, "nothing new, nothing written")
	assert.NotContains(t, testkit.Log.String(), "Anna")
	assert.NotContains(t, testkit.Log.String(), "@city.example")
	assert.Zero(t, count(s, "audit_events a where a::text like '%Anna%' or a::text like '%@city%'"))
}

// TestAddressesLinkNobody: an issuer that claims somebody's address does not become that one, nor keeps the address from anybody.
func TestAddressesLinkNobody(t *testing.T) {
	t.Parallel()
	s, i := external(t)
	person(s, "matti@x.example")
	mine := bearer(s, signIn(s, "matti@x.example", password)).Get("/v1/me").Want(200).JSON()["id"]
	outsider := with(s, i.Token(object{"sub": "m", "email": "matti@x.example", "email_verified": true}))
	id := outsider.Get("/v1/me").Want(200).JSON()["id"].(string)
	assert.NotEqual(t, mine, id)
	assert.Equal(t, mine, bearer(s, signIn(s, "matti@x.example", password)).Get("/v1/me").Want(200).JSON()["id"])

	admin := s.As(authz.Admin, "")
	with(s, i.Token(object{"sub": "l", "email": "liisa@x.example", "email_verified": true})).Get("/v1/me").Want(200)
	admin.Post("/v1/users", object{"email": "liisa@x.example", "password": password}).Want(201)
	signIn(s, "liisa@x.example", password).Want(200)

	// there is no other way in for those who sign in elsewhere
	path := "/v1/users/" + id
	admin.Post(path+"/reset-tokens", nil).Problem(403, "forbidden")
	outsider.Post("/v1/me/password", change(password, "another one of these")).Problem(403, "forbidden")
	assert.Equal(t, []string{"unexpected /email"}, admin.Patch(path, object{"email": "m@x.example"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"unexpected /displayName"}, admin.Patch(path, object{"displayName": "M"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	signIn(s, "", "").Want(400)
}

// TestDisabledExternalUser: whoever is disabled is out at once, and no token brings anybody back.
func TestDisabledExternalUser(t *testing.T) {
	t.Parallel()
	s, i := external(t)
	second := testkit.On(t, s.DSN, testkit.Issuers(t, i.Config(nil)))
	token := i.Token(object{"sub": "d", "groups": officers})
	id := with(s, token).Get("/v1/me").Want(200).ID()
	assert.Equal(t, id, with(second, token).Get("/v1/me").Want(200).ID(), "one user in two processes")
	admin := s.As(authz.Admin, "")
	admin.Patch("/v1/users/"+id, object{"disabled": true}, testkit.IfMatch("*")).Want(200)
	disabled := time.Now()
	with(s, token).Get("/v1/me").Problem(401, "invalid-token")
	with(s, i.Token(object{"sub": "d", "name": "Another", "x": 1})).Get("/v1/me").Problem(401, "invalid-token")
	require.Eventually(t, func() bool { return with(second, token).Get("/v1/me").Status == 401 }, 5*time.Second, 50*time.Millisecond)
	assert.Less(t, time.Since(disabled), 5*time.Second)
	var name *string
	s.Scan("select display_name from users where id = $1", []any{id}, &name)
	assert.Nil(t, name, "nothing is written about those who are out")
	admin.Patch("/v1/users/"+id, object{"disabled": false}, testkit.IfMatch("*")).Want(200)
	with(s, token).Get("/v1/me").Want(200)
	s.Exec("update users set deleted_at = now() where id = $1", id)
	s.Tokens.Forget(admin.ID)
	with(s, i.Token(object{"sub": "d", "x": 2})).Get("/v1/me").Problem(401, "invalid-token")
	assert.Equal(t, 1, count(s, "users where subject = 'd'"))
}

// TestFirstSightsAtOnce make one user.
func TestFirstSightsAtOnce(t *testing.T) {
	t.Parallel()
	s, i := external(t)
	second := testkit.On(t, s.DSN, testkit.Issuers(t, i.Config(nil)))
	ids := make([]string, 12)
	var wg sync.WaitGroup
	for n := range ids {
		wg.Go(func() {
			at := []*testkit.Service{s, second}[n%2]
			ids[n], _ = with(at, i.Token(object{"sub": "at once", "name": "Yksi", "n": n})).Get("/v1/me").JSON()["id"].(string)
		})
	}
	wg.Wait()
	for _, id := range ids {
		assert.NotEmpty(t, id)
		assert.Equal(t, ids[0], id)
	}
	assert.Equal(t, 1, count(s, "users where issuer is not null"))
	assert.Equal(t, 1, count(s, "audit_events where action = 'created' and resource_type = 'user'"))
	assert.Equal(t, 1, count(s, "audit_events where action = 'signed_in'"))
}

// TestStoredGrantsCountToo: what Seutu gives to an external user works beside the claims, also above their ceiling.
func TestStoredGrantsCountToo(t *testing.T) {
	t.Parallel()
	s, i := external(t)
	token := i.Token(object{"sub": "g", "groups": officers})
	c := with(s, token)
	id := c.Get("/v1/me").Want(200).ID()
	admin := s.As(authz.Admin, "")
	admin.Post("/v1/grants", object{"userId": id, "role": "regional_coordinator", "scope": "05"}).Want(201)
	assert.Len(t, c.Get("/v1/me").JSON()["grants"], 2)
	c.Post("/v1/organisations", object{"kind": "association", "name": object{"fi": "Naapurin ry"}, "municipality": "165"}).Want(201)
	assert.Len(t, with(s, i.Token(object{"sub": "g", "x": 1})).Get("/v1/me").JSON()["grants"], 1)
	assert.Equal(t, 204, revoke(s, token).Status)
	c.Get("/v1/me").Want(200) // its issuer ends it
}

// TestIssuers: a sign-in page learns which there are.
func TestIssuers(t *testing.T) {
	t.Parallel()
	s, i := external(t)
	a := s.Anonymous().Get("/v1/oauth/issuers").Want(200)
	assert.Equal(t, []any{object{"issuer": i.URL, "name": object{"fi": "Hämeenlinnan kaupunki"}}}, a.JSON()["items"])
	s.Anonymous().Get("/v1/oauth/issuers", testkit.Header{Name: "If-None-Match", Value: a.ETag()}).Want(304)
	assert.Empty(t, testkit.New(t).Anonymous().Get("/v1/oauth/issuers").Want(200).JSON()["items"])
}

// TestIssuerKeysRotate: old and new tokens work while the issuer publishes both keys.
func TestIssuerKeysRotate(t *testing.T) {
	t.Parallel()
	s, i := external(t)
	first, second := testkit.NewIssuerKey(t, "elder", jwt.SigningMethodES256), testkit.NewIssuerKey(t, "younger", jwt.SigningMethodRS256)
	i.Publish(first)
	old := i.Token(nil)
	with(s, old).Get("/v1/me").Want(200)
	i.Publish(second, first)
	with(s, i.Token(nil)).Get("/v1/me").Want(200) // an unknown key makes the keys be fetched anew
	with(s, old).Get("/v1/me").Want(200)
	with(s, i.TokenOf(first, object{"sub": "late"}, nil)).Get("/v1/me").Want(200)
	assert.Equal(t, int64(2), i.Asked.Load())
	for n := range 50 {
		with(s, i.TokenOf(second, nil, object{"kid": string(rune('A' + n))})).Get("/v1/me").Problem(401, "invalid-token")
	}
	assert.LessOrEqual(t, i.Asked.Load(), int64(3), "nonsense does not make the service ask again and again")
}

// TestIssuerDown: known keys go on working; what cannot be told is 503, and touches neither other issuers nor Seutu's own tokens.
func TestIssuerDown(t *testing.T) {
	t.Parallel()
	up, down := testkit.NewIssuer(t), testkit.NewIssuer(t)
	down.Say(testkit.Down)
	s := testkit.On(t, testkit.DSN(t), testkit.Issuers(t, up.Config(nil), down.Config(object{"name": object{"fi": "Alhaalla"}})))
	a := with(s, down.Token(nil)).Get("/v1/me")
	a.Problem(503, "unavailable")
	assert.Equal(t, "5", a.Header.Get("Retry-After"))
	with(s, down.Token(nil)).Get("/v1/regions").Problem(503, "unavailable")
	with(s, down.Token(object{"exp": time.Now().Unix() - 60})).Get("/v1/me").Problem(401, "invalid-token") // no key is needed to see that
	with(s, up.Token(nil)).Get("/v1/me").Want(200)
	s.As(authz.Officer, "109").Get("/v1/me").Want(200)
	assert.Zero(t, down.Asked.Load(), "discovery comes first")

	known := up.Token(object{"sub": "known"})
	up.Say(testkit.Down)
	with(s, known).Get("/v1/me").Want(200)
	require.NoError(t, s.Tokens.RefreshIssuers(t.Context()))
	with(s, up.Token(object{"sub": "another"})).Get("/v1/me").Want(200)
	with(s, up.TokenOf(testkit.NewIssuerKey(t, "new", jwt.SigningMethodES256), nil, nil)).Get("/v1/me").Problem(503, "unavailable")
}

// TestSlowIssuer: who waits for its keys gets an answer in time, and nobody else waits.
func TestSlowIssuer(t *testing.T) {
	t.Parallel()
	slow := testkit.NewIssuer(t)
	gone := make(chan struct{})
	slow.Say(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-gone:
		case <-r.Context().Done():
		}
	})
	t.Cleanup(func() { close(gone) })
	s := testkit.On(t, testkit.DSN(t), testkit.Issuers(t, slow.Config(nil)))
	officer := s.As(authz.Officer, "109")
	waiting := make(chan *testkit.Answer, 1)
	go func() { waiting <- with(s, slow.Token(nil)).Get("/v1/me") }()
	officer.Get("/v1/me").Want(200)
	select {
	case a := <-waiting:
		a.Problem(503, "unavailable")
	case <-time.After(5 * time.Second):
		t.Fatal("no answer within five seconds")
	}
}
