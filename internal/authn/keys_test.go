package authn_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"sync"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/testkit"
)

// another starts a further process beside the service.
func another(t *testing.T, s *testkit.Service) *testkit.Service {
	t.Helper()
	return testkit.On(t, s.DSN, config.Service{Issuer: "https://seutu.test"})
}

// works tells whether the service accepts the token of a user.
func works(s *testkit.Service, token string) bool {
	s.T.Helper()
	c := s.Anonymous()
	c.Token = token
	return c.Get("/v1/me").Status == 200
}

func keys(s *testkit.Service) map[string]authn.JWK {
	s.T.Helper()
	var set struct{ Keys []authn.JWK }
	s.Anonymous().Get("/.well-known/jwks.json").Want(200).Into(&set)
	out := map[string]authn.JWK{}
	for _, k := range set.Keys {
		out[k.Kid] = k
	}
	return out
}

func kid(t *testing.T, token string) string {
	t.Helper()
	parsed, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	require.NoError(t, err)
	return parsed.Header["kid"].(string)
}

// TestRotation: a new key comes into use without anybody being signed out, and the elder one goes when no token needs it.
func TestRotation(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	old := s.As(authz.Officer, "109")
	require.True(t, works(s, old.Token))
	require.NoError(t, s.Tokens.Rotate(t.Context(), authn.KeyAge))
	require.Len(t, keys(s), 1, "the key is young enough")
	require.NoError(t, s.Tokens.Rotate(t.Context(), 0))
	second := another(t, s)
	for _, process := range []*testkit.Service{s, second} {
		assert.Len(t, keys(process), 2)
		assert.Contains(t, keys(process), kid(t, old.Token))
		assert.True(t, works(process, old.Token))
		assert.Equal(t, kid(t, old.Token), kid(t, process.Session(old.ID).Token), "the new key waits until every reader of the keys knows it")
	}

	s.Exec("update signing_keys set created_at = created_at - interval '2 minutes'")
	third := another(t, s)
	fresh := third.Session(old.ID).Token
	assert.NotEqual(t, kid(t, old.Token), kid(t, fresh))
	for _, process := range []*testkit.Service{s, second, third} {
		assert.True(t, works(process, old.Token))
		assert.True(t, works(process, fresh))
	}

	s.Exec("update signing_keys set retired_at = now() where retired_at is not null") // an hour later
	last := another(t, s)
	assert.Len(t, keys(last), 1)
	assert.Contains(t, keys(last), kid(t, fresh))
	assert.True(t, works(last, fresh))
	assert.False(t, works(last, old.Token))
}

func TestProcessesThatStartAtOnceMakeOneKey(t *testing.T) {
	t.Parallel()
	dsn := testkit.DSN(t)
	services := make([]*testkit.Service, 4)
	var wg sync.WaitGroup
	for i := range services {
		wg.Go(func() { services[i] = testkit.On(t, dsn, config.Service{Issuer: "https://seutu.test"}) })
	}
	wg.Wait()
	token := services[0].As(authz.Officer, "109").Token
	for _, s := range services {
		assert.Len(t, keys(s), 1)
		assert.True(t, works(s, token))
	}
}

// TestPublishedKeys: others can check our tokens with nothing but the published keys.
func TestPublishedKeys(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	a := s.Anonymous().Get("/.well-known/jwks.json").Want(200)
	assert.Equal(t, "public, max-age=30", a.Header.Get("Cache-Control"), "shorter than a new key waits")
	s.Anonymous().Get("/.well-known/jwks.json", testkit.Header{Name: "If-None-Match", Value: a.ETag()}).Want(304)
	s.Anonymous().Get("/.well-known/jwks.json?kid=1").Problem(400, "validation")
	assert.NotContains(t, string(a.Body), `"d"`, "the private half")
	user := s.As(authz.Officer, "109")
	k := keys(s)[kid(t, user.Token)]
	assert.Equal(t, []string{"EC", "P-256", "ES256", "sig"}, []string{k.Kty, k.Crv, k.Alg, k.Use})
	public := func(*jwt.Token) (any, error) {
		x, err1 := base64.RawURLEncoding.DecodeString(k.X)
		y, err2 := base64.RawURLEncoding.DecodeString(k.Y)
		require.NoError(t, err1)
		require.NoError(t, err2)
		return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	}
	parsed, err := jwt.Parse(user.Token, public, jwt.WithValidMethods([]string{k.Alg}), jwt.WithIssuer("https://seutu.test"), jwt.WithAudience("seutu"), jwt.WithExpirationRequired())
	require.NoError(t, err)
	claims := parsed.Claims.(jwt.MapClaims)
	names := []string{}
	for name := range claims {
		names = append(names, name)
	}
	assert.ElementsMatch(t, []string{"iss", "sub", "aud", "exp", "iat", "jti", "actor_type", "sid"}, names, "nothing that can go stale")
	assert.Equal(t, user.ID.String(), claims["sub"])
	assert.InDelta(t, authn.AccessTokenLife.Seconds(), claims["exp"].(float64)-claims["iat"].(float64), 1)
}
