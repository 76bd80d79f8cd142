package authn_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// TestForgedTokens: what is signed with our own key, but says something else than we do, is refused too.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	user := s.As(authz.Officer, "109")
	parsed, _, err := jwt.NewParser().ParseUnverified(user.Token, jwt.MapClaims{})
	require.NoError(t, err)
	var der []byte
	s.Scan("select private from signing_keys where kid = $1", []any{parsed.Header["kid"]}, &der)
	ours, err := x509.ParsePKCS8PrivateKey(der)
	require.NoError(t, err)
	theirs, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(&ours.(*ecdsa.PrivateKey).PublicKey)
	require.NoError(t, err)

	forge := func(method jwt.SigningMethod, key any, change func(header map[string]any, claims jwt.MapClaims)) string {
		t.Helper()
		token := jwt.New(method)
		claims := jwt.MapClaims{}
		for k, v := range parsed.Claims.(jwt.MapClaims) {
			claims[k] = v
		}
		token.Header["kid"], token.Header["typ"] = parsed.Header["kid"], "at+jwt"
		change(token.Header, claims)
		token.Claims = claims
		text, err := token.SignedString(key)
		require.NoError(t, err)
		return text
	}
	claim := func(name string, value any) string {
		t.Helper()
		return forge(jwt.SigningMethodES256, ours, func(_ map[string]any, claims jwt.MapClaims) {
			if claims[name] = value; value == nil {
				delete(claims, name)
			}
		})
	}
	header := func(name string, value any) string {
		t.Helper()
		return forge(jwt.SigningMethodES256, ours, func(h map[string]any, _ jwt.MapClaims) { h[name] = value })
	}
	same := func(map[string]any, jwt.MapClaims) {}
	require.True(t, works(s, forge(jwt.SigningMethodES256, ours, same)), "a faithful copy works, so what follows fails for its own reason")

	hour, parts := time.Hour.Seconds(), strings.Split(user.Token, ".")
	now := float64(time.Now().Unix())
	for name, token := range map[string]string{
		"expired":           claim("exp", now-60),
		"without end":       claim("exp", nil),
		"of the future":     claim("iat", now+hour),
		"not yet":           claim("nbf", now+hour),
		"without a time":    claim("iat", nil),
		"another issuer":    claim("iss", "https://elsewhere.example"),
		"no issuer":         claim("iss", nil),
		"another audience":  claim("aud", "elsewhere"),
		"another actor":     claim("sub", uuid.NewString()),
		"no actor":          claim("sub", "admin"),
		"the system":        claim("actor_type", "system"),
		"a machine":         claim("actor_type", "service_account"),
		"another session":   claim("sid", uuid.NewString()),
		"no session":        claim("sid", nil),
		"another type":      header("typ", "JWT"),
		"a critical header": header("crit", []string{"b64"}),
		"an unknown key":    header("kid", "unknown"),
		"no key":            header("kid", nil),
		"another's key":     forge(jwt.SigningMethodES256, theirs, same),
		"unsigned":          forge(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, same),
		"public as secret":  forge(jwt.SigningMethodHS256, public, same),
		"no signature":      parts[0] + "." + parts[1] + ".",
		"other claims":      parts[0] + "." + strings.Split(claim("sub", uuid.NewString()), ".")[1] + "." + parts[2],
		"more parts":        user.Token + ".x",
		"empty":             "",
	} {
		s.Tokens.Forget(user.ID) // what is remembered of the actor helps nobody
		c := s.Anonymous()
		a := c.Get("/v1/me", testkit.Header{Name: "Authorization", Value: "Bearer " + token})
		assert.Equal(t, 401, a.Status, name)
		assert.Contains(t, a.Header.Get("WWW-Authenticate"), `error="invalid_token"`, name)
		assert.Equal(t, 401, c.Get("/v1/regions", testkit.Header{Name: "Authorization", Value: "Bearer " + token}).Status, "%s, where no token is needed", name)
	}
	assert.Equal(t, 200, s.Anonymous().Get("/v1/me", testkit.Header{Name: "Authorization", Value: "bearer " + user.Token}).Status)
	for _, scheme := range []string{"", "Basic ", "Token "} {
		s.Anonymous().Get("/v1/me", testkit.Header{Name: "Authorization", Value: scheme + user.Token}).Problem(401, "invalid-token")
	}
}

// TestExpiryIsCheckedEveryTime, also of a token whose signature has been seen before.
func TestExpiryIsCheckedEveryTime(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	user := s.As(authz.Officer, "109")
	parsed, _, err := jwt.NewParser().ParseUnverified(user.Token, jwt.MapClaims{})
	require.NoError(t, err)
	var der []byte
	s.Scan("select private from signing_keys", nil, &der)
	private, err := x509.ParsePKCS8PrivateKey(der)
	require.NoError(t, err)
	token := jwt.NewWithClaims(jwt.SigningMethodES256, parsed.Claims)
	token.Header = parsed.Header
	token.Claims.(jwt.MapClaims)["exp"] = float64(time.Now().Add(-time.Second).Unix()) // within the leeway for clocks
	short, err := token.SignedString(private)
	require.NoError(t, err)
	seen := func() error {
		_, err := s.Tokens.Authenticate(context.Background(), short)
		return err
	}
	require.NoError(t, seen())
	assert.Error(t, seen(), "the leeway is for the first look only")
}
