package account_test

import (
	"context"
	"net/url"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

const password = "neljä sanaa riittää"

// person makes a user with a password and without any grant.
func person(s *testkit.Service, email string) uuid.UUID {
	s.T.Helper()
	p := password
	id, err := s.Accounts.CreateUser(authz.With(context.Background(), authz.SystemActor()), account.NewUser{Email: email, Password: &p})
	require.NoError(s.T, err)
	return id
}

// tokenForm is the body of a token request: names and values in turn.
func tokenForm(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

func signIn(s *testkit.Service, email, password string) *testkit.Answer {
	s.T.Helper()
	return s.Anonymous().Form("/v1/oauth/token", tokenForm("grant_type", "password", "username", email, "password", password))
}

func refresh(s *testkit.Service, token string) *testkit.Answer {
	s.T.Helper()
	return s.Anonymous().Form("/v1/oauth/token", tokenForm("grant_type", "refresh_token", "refresh_token", token))
}

func clientToken(s *testkit.Service, id, secret string) *testkit.Answer {
	s.T.Helper()
	return s.Anonymous().Form("/v1/oauth/token", tokenForm("grant_type", "client_credentials", "client_id", id, "client_secret", secret))
}

func revoke(s *testkit.Service, token string) *testkit.Answer {
	s.T.Helper()
	return s.Anonymous().Form("/v1/oauth/revoke", tokenForm("token", token))
}

// from sends a form as if from an address.
func from(s *testkit.Service, ip, path, form string) *testkit.Answer {
	s.T.Helper()
	c := s.Anonymous()
	r := c.Request("POST", path, []byte(form), testkit.Header{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})
	r.RemoteAddr = ip
	return c.Send(r)
}

func signInFrom(s *testkit.Service, ip, email, password string) *testkit.Answer {
	s.T.Helper()
	return from(s, ip+":4711", "/v1/oauth/token", tokenForm("grant_type", "password", "username", email, "password", password))
}

// text is a member of an answer that is a string.
func text(a *testkit.Answer, member string) string {
	a.T.Helper()
	v, ok := a.JSON()[member].(string)
	require.True(a.T, ok, "%s in %s", member, a.Body)
	return v
}

// with is a client of the service with an access token.
func with(s *testkit.Service, token string) *testkit.Client {
	c := s.Anonymous()
	c.Token = token
	return c
}

// bearer is a client with the access token of a sign-in.
func bearer(s *testkit.Service, signedIn *testkit.Answer) *testkit.Client {
	s.T.Helper()
	return with(s, text(signedIn.Want(200), "access_token"))
}

// organisation makes an organisation in a municipality and returns its id.
func organisation(s *testkit.Service, municipality string) string {
	s.T.Helper()
	return s.As(authz.Admin, "").Post("/v1/organisations", object{"kind": "association", "name": object{"fi": "Koti ry"}, "municipality": municipality}).Want(201).ID()
}

// all walks the pages of a list, two rows each, and returns the ids.
func all(c *testkit.Client, path string) []string {
	c.T.Helper()
	ids := []string{}
	for next := path + "?limit=2"; next != ""; {
		a := c.Get(next).Want(200)
		for _, i := range a.Items() {
			ids = append(ids, i["id"].(string))
		}
		next, _ = a.JSON()["next"].(string)
	}
	return ids
}

// remove deletes what has the address, whatever its version.
func remove(c *testkit.Client, path string) *testkit.Answer {
	c.T.Helper()
	return c.Do("DELETE", path, nil, testkit.IfMatch("*"))
}
