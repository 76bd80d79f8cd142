package testkit

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/seutu/seutu/internal/config"
)

// Issuer is an OpenID Connect issuer that a test runs: it signs, publishes its keys, rotates them, and goes down.
type Issuer struct {
	T     testing.TB
	URL   string
	Asked atomic.Int64 // how often its keys were fetched

	mu   sync.Mutex
	keys []IssuerKey // those that it publishes, newest first
	say  http.HandlerFunc
}

// IssuerKey is a key of an issuer.
type IssuerKey struct {
	Kid     string
	Method  jwt.SigningMethod
	Private crypto.Signer
}

// NewIssuer starts an issuer with a key for ES256.
func NewIssuer(t testing.TB) *Issuer {
	t.Helper()
	i := &Issuer{T: t}
	s := httptest.NewServer(http.HandlerFunc(i.serve))
	t.Cleanup(s.Close)
	i.URL = s.URL
	i.Publish(NewIssuerKey(t, "first", jwt.SigningMethodES256))
	return i
}

// NewIssuerKey makes a key for a method.
func NewIssuerKey(t testing.TB, kid string, method jwt.SigningMethod) IssuerKey {
	t.Helper()
	var private crypto.Signer
	var err error
	switch m := method.(type) {
	case *jwt.SigningMethodECDSA:
		curve := map[int]elliptic.Curve{256: elliptic.P256(), 384: elliptic.P384(), 521: elliptic.P521()}[m.CurveBits]
		private, err = ecdsa.GenerateKey(curve, rand.Reader)
	case *jwt.SigningMethodEd25519:
		_, private, err = ed25519.GenerateKey(rand.Reader)
	default:
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	return IssuerKey{kid, method, private}
}

// JWK is the public half as the issuer publishes it.
func (k IssuerKey) JWK() map[string]any {
	b64 := base64.RawURLEncoding.EncodeToString
	out := map[string]any{"kid": k.Kid, "use": "sig", "alg": k.Method.Alg()}
	switch p := k.Private.Public().(type) {
	case *ecdsa.PublicKey:
		point, _ := p.Bytes() // 0x04, X, Y
		half := len(point) / 2
		out["kty"], out["crv"], out["x"], out["y"] = "EC", p.Params().Name, b64(point[1:1+half]), b64(point[1+half:])
	case *rsa.PublicKey:
		out["kty"], out["n"], out["e"] = "RSA", b64(p.N.Bytes()), b64(big.NewInt(int64(p.E)).Bytes())
	case ed25519.PublicKey:
		out["kty"], out["crv"], out["x"] = "OKP", "Ed25519", b64(p)
	}
	return out
}

// Publish makes these the issuer's keys; it signs with the first.
func (i *Issuer) Publish(keys ...IssuerKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = keys
}

// Say makes the issuer answer everything so; nil: as an issuer does.
func (i *Issuer) Say(h http.HandlerFunc) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.say = h
}

// Down is an answer that is none: the connection ends.
func Down(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func (i *Issuer) serve(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	keys, say := i.keys, i.say
	i.mu.Unlock()
	if r.URL.Path != "/.well-known/openid-configuration" {
		i.Asked.Add(1)
	}
	if say != nil {
		say(w, r)
		return
	}
	var out any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		out = map[string]any{"issuer": i.URL, "jwks_uri": i.URL + "/keys", "token_endpoint": i.URL + "/token"}
	case "/keys":
		list := []any{map[string]any{"kty": "oct", "kid": "not for us", "k": "AAAA"}}
		for _, k := range keys {
			list = append(list, k.JWK())
		}
		out = map[string]any{"keys": list}
	default:
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(out)
}

// Claims are those of a usual token, with others; nil takes one away.
func (i *Issuer) Claims(others map[string]any) jwt.MapClaims {
	now := time.Now().Unix()
	out := jwt.MapClaims{"iss": i.URL, "aud": "seutu-api", "sub": "someone", "iat": now, "exp": now + 3600}
	maps.Copy(out, others)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == nil })
	return out
}

// Token signs a token with the issuer's newest key.
func (i *Issuer) Token(others map[string]any) string {
	i.T.Helper()
	i.mu.Lock()
	k := i.keys[0]
	i.mu.Unlock()
	return i.TokenOf(k, others, nil)
}

// TokenOf signs a token with a key, with other members of the header; nil takes one away.
func (i *Issuer) TokenOf(k IssuerKey, others, header map[string]any) string {
	i.T.Helper()
	t := jwt.NewWithClaims(k.Method, i.Claims(others))
	t.Header["kid"] = k.Kid
	maps.Copy(t.Header, header)
	maps.DeleteFunc(t.Header, func(_ string, v any) bool { return v == nil })
	text, err := t.SignedString(k.Private)
	if err != nil {
		i.T.Fatal(err)
	}
	return text
}

// Config is what an operator would write about the issuer, with other members; nil takes one away. Its officers are in the
// group seutu-officers, and it is within Hämeenlinna.
func (i *Issuer) Config(others map[string]any) map[string]any {
	out := map[string]any{
		"issuer": i.URL, "name": map[string]any{"fi": "Hämeenlinnan kaupunki"}, "audience": "seutu-api", "within": map[string]any{"municipality": "109"},
		"rules": []any{map[string]any{"claim": "groups", "contains": "seutu-officers", "grant": map[string]any{"role": "municipal_officer", "scope": "109"}}},
	}
	maps.Copy(out, others)
	maps.DeleteFunc(out, func(_ string, v any) bool { return v == nil })
	return out
}

// Issuers writes a file of issuers, and gives the settings of a service that reads it.
func Issuers(t testing.TB, configs ...map[string]any) config.Service {
	t.Helper()
	raw, err := json.Marshal(configs)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "issuers.json")
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return config.Service{Issuer: "https://seutu.test", Memory: 8, Issuers: name}
}
