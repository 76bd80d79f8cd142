package httpapi_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// forger holds what an attacker could dream of: a real token, its parts, and (for misuse of claims) the service's own key.
type forger struct {
	t       *testing.T
	s       *testkit.Service
	key     *ecdsa.PrivateKey
	kid     string
	token   string
	parts   []string
	claims  map[string]any
	foreign *ecdsa.PrivateKey
}

func b64(v any) string {
	switch v := v.(type) {
	case []byte:
		return base64.RawURLEncoding.EncodeToString(v)
	case string:
		return base64.RawURLEncoding.EncodeToString([]byte(v))
	}
	j, _ := json.Marshal(v)
	return base64.RawURLEncoding.EncodeToString(j)
}

// sign signs header and claims, as they are, with ES256.
func (f *forger) sign(key *ecdsa.PrivateKey, header, claims string) string {
	f.t.Helper()
	text := b64(header) + "." + b64(claims)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	require.NoError(f.t, err)
	return text + "." + b64(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

func (f *forger) header(change map[string]any) string {
	return changed(map[string]any{"alg": "ES256", "kid": f.kid, "typ": "at+jwt"}, change)
}
func (f *forger) body(change map[string]any) string { return changed(f.claims, change) }

// changed is the JSON of a map with other members; nil takes one away.
func changed(m, change map[string]any) string {
	m = maps.Clone(m)
	for k, v := range change {
		if m[k] = v; v == nil {
			delete(m, k)
		}
	}
	j, _ := json.Marshal(m)
	return string(j)
}

type anyMap = map[string]any

func newForger(t *testing.T, s *testkit.Service, c *testkit.Client) *forger {
	t.Helper()
	f := &forger{t: t, s: s, token: c.Token, parts: strings.Split(c.Token, ".")}
	var der []byte
	s.Scan("select kid, private from signing_keys order by created_at desc limit 1", nil, &f.kid, &der)
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	require.NoError(t, err)
	f.key = parsed.(*ecdsa.PrivateKey)
	raw, err := base64.RawURLEncoding.DecodeString(f.parts[1])
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &f.claims))
	f.foreign, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return f
}

// TestForgedTokens: none of these opens a door that needs a token, nor one that needs none.
func TestForgedTokens(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	f := newForger(t, s, c)
	own := f.sign(f.key, f.header(nil), f.body(nil))
	bearer := func(token string) testkit.Header {
		return testkit.Header{Name: "Authorization", Value: "Bearer " + token}
	}
	anon := s.Anonymous()
	anon.Get("/v1/me", bearer(own)).Want(200) // what the forger signs is right when nothing is changed

	cases := map[string]string{}
	f.signatures(cases)
	f.headers(cases)
	f.misused(cases)
	f.shapes(cases)
	f.secrets(cases, c)
	require.GreaterOrEqual(t, len(cases), 60)
	t.Logf("%d forged or misused tokens", len(cases))
	for name, token := range cases {
		for _, path := range []string{"/v1/me", "/v1/organisations", "/healthz"} {
			r := anon.Request("GET", path, nil)
			r.Header["Authorization"] = []string{"Bearer " + token}
			a := anon.Send(r)
			if a.Status != 401 {
				t.Errorf("%s: GET %s answered %d", name, path, a.Status)
			} else if got := a.Header.Get("WWW-Authenticate"); !strings.Contains(got, "invalid_token") {
				t.Errorf("%s: WWW-Authenticate %q", name, got)
			}
		}
	}
	for name, values := range map[string][]string{
		"two headers": {"Bearer " + own, "Bearer " + own}, "a list": {"Bearer " + own + ", Bearer " + own}, "no scheme": {own}, "Basic": {"Basic " + b64("x:"+own)},
		"Token": {"Token " + own}, "empty": {""}, "only the scheme": {"Bearer"}, "DPoP": {"DPoP " + own}, "scheme with colon": {"Bearer: " + own}, "tab": {"Bearer\t" + own},
	} {
		r := anon.Request("GET", "/v1/me", nil)
		r.Header["Authorization"] = values
		if a := anon.Send(r); a.Status != 401 {
			t.Errorf("header, %s: %d", name, a.Status)
		}
	}
	if a := anon.Get("/v1/me?access_token=" + url.QueryEscape(own)); a.Status != 401 {
		t.Errorf("a token in the query: %d", a.Status)
	}
	f.ended()
}

// signatures: right claims, wrong signature.
func (f *forger) signatures(cases map[string]string) {
	pub, err := x509.MarshalPKIXPublicKey(&f.key.PublicKey)
	require.NoError(f.t, err)
	point, err := f.key.PublicKey.Bytes()
	require.NoError(f.t, err)
	secrets := map[string][]byte{
		"PEM":   pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pub}),
		"DER":   pub,
		"point": point,
		"kid":   []byte(f.kid),
		"empty": {},
	}
	for name, secret := range secrets {
		tk := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(f.claims))
		tk.Header["kid"], tk.Header["typ"] = f.kid, "at+jwt"
		cases["HS256 with the public key as "+name], err = tk.SignedString(secret)
		require.NoError(f.t, err)
	}
	for _, alg := range []string{"none", "None", "NONE", "nOnE", "", "HS384", "RS256", "ES384", "ES512", "EdDSA", "es256", "ES256K", "PS256"} {
		text := b64(f.header(anyMap{"alg": alg})) + "." + b64(f.body(nil))
		cases["alg "+alg+" without signature"] = text + "."
		cases["alg "+alg+" with the old signature"] = text + "." + f.parts[2]
	}
	cases["no alg"] = b64(f.header(anyMap{"alg": nil})) + "." + f.parts[1] + "." + f.parts[2]
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(f.t, err)
	rk, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(f.t, err)
	for method, key := range map[jwt.SigningMethod]any{jwt.SigningMethodEdDSA: ed, jwt.SigningMethodRS256: rk, jwt.SigningMethodPS256: rk, jwt.SigningMethodES256: f.foreign} {
		tk := jwt.NewWithClaims(method, jwt.MapClaims(f.claims))
		tk.Header["kid"], tk.Header["typ"] = f.kid, "at+jwt"
		cases["a foreign "+method.Alg()+" key"], err = tk.SignedString(key)
		require.NoError(f.t, err)
	}
	text := f.parts[0] + "." + f.parts[1]
	raw, err := base64.RawURLEncoding.DecodeString(f.parts[2])
	require.NoError(f.t, err)
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])})
	require.NoError(f.t, err)
	n := f.key.Params().N.FillBytes(make([]byte, 32))
	for name, sig := range map[string][]byte{
		"zeros": make([]byte, 64), "r = n, s = n": append(append([]byte{}, n...), n...), "r = 0": append(make([]byte, 32), raw[32:]...), "s = 0": append(append([]byte{}, raw[:32]...), make([]byte, 32)...), "empty": {}, "DER": der, "cut": raw[:63],
		"longer": append(append([]byte{}, raw...), 0), "one bit": append([]byte{raw[0] ^ 1}, raw[1:]...), "swapped": append(append([]byte{}, raw[32:]...), raw[:32]...),
	} {
		cases["signature "+name] = text + "." + b64(sig)
	}
	cases["other claims, old signature"] = f.parts[0] + "." + b64(f.body(anyMap{"sub": uuid.NewString()})) + "." + f.parts[2]
	cases["other header, old signature"] = b64(f.header(anyMap{"x": 1})) + "." + f.parts[1] + "." + f.parts[2]
}

// headers: keys that the attacker brings along, and ids that lead elsewhere.
func (f *forger) headers(cases map[string]string) {
	point, err := f.foreign.PublicKey.Bytes()
	require.NoError(f.t, err)
	jwk := anyMap{"kty": "EC", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:]), "kid": f.kid, "alg": "ES256", "use": "sig"}
	for name, change := range map[string]anyMap{
		"embedded jwk": {"jwk": jwk}, "embedded jwk, own kid": {"jwk": jwk, "kid": "mine"}, "jku": {"jku": "https://evil.example/jwks.json", "kid": "mine"}, "x5u": {"x5u": "https://evil.example/x.pem"},
		"x5c": {"x5c": []string{"MIIB"}}, "no kid": {"kid": nil}, "empty kid": {"kid": ""}, "kid null": {"kid": json.RawMessage("null")}, "kid a path": {"kid": "../../../../dev/null"}, "kid SQL": {"kid": "x' union select 'x"},
		"kid NUL": {"kid": f.kid + "\x00"}, "kid a number": {"kid": 0}, "kid a list": {"kid": []string{f.kid}}, "kid longer": {"kid": f.kid + " "}, "kid huge": {"kid": strings.Repeat("k", 20000)},
	} {
		cases["foreign key, "+name] = f.sign(f.foreign, f.header(change), f.body(nil))
	}
	for name, change := range map[string]anyMap{
		"crit": {"crit": []string{"exp"}}, "crit b64": {"crit": []string{"b64"}, "b64": false}, "typ JWT": {"typ": "JWT"}, "no typ": {"typ": nil}, "typ refresh": {"typ": "rt+jwt"}, "another kid": {"kid": "another"}, "kid in upper case": {"kid": strings.ToUpper(f.kid) + "x"},
		"alg ES384": {"alg": "ES384"}, "alg a list": {"alg": []string{"ES256"}},
	} {
		cases["own key, "+name] = f.sign(f.key, f.header(change), f.body(nil))
	}
	cases["doubled alg"] = f.sign(f.foreign, `{"alg":"none","alg":"ES256","kid":"`+f.kid+`","typ":"at+jwt"}`, f.body(nil))
}

// misused: signed with the service's own key, but saying what it never says.
func (f *forger) misused(cases map[string]string) {
	now := time.Now().Unix()
	for name, change := range map[string]anyMap{
		"expired": {"exp": now - 10}, "expired long ago": {"exp": 1}, "exp 0": {"exp": 0}, "exp negative": {"exp": -1}, "no exp": {"exp": nil}, "exp no number": {"exp": "tomorrow"}, "exp null": {"exp": json.RawMessage("null")}, "exp out of range": {"exp": json.RawMessage("1e400")},
		"not yet valid": {"nbf": now + 600}, "nbf no number": {"nbf": "today"}, "issued in the future": {"iat": now + 600}, "no iat": {"iat": nil}, "iat a string": {"iat": "x"},
		"no iss": {"iss": nil}, "another iss": {"iss": "https://evil.example"}, "iss with a slash": {"iss": "https://seutu.test/"}, "iss a list": {"iss": []string{"https://seutu.test"}},
		"no aud": {"aud": nil}, "another aud": {"aud": "other"}, "aud of others": {"aud": []string{"other", "seutu2"}}, "aud empty": {"aud": []string{}}, "aud an object": {"aud": anyMap{"seutu": 1}}, "aud in upper case": {"aud": "SEUTU"},
		"no sub": {"sub": nil}, "sub nobody": {"sub": uuid.NewString()}, "sub no id": {"sub": "admin"}, "sub nil id": {"sub": uuid.Nil.String()}, "sub SQL": {"sub": "' or 1=1 --"}, "sub a number": {"sub": 1},
		"no sid": {"sid": nil}, "sid unknown": {"sid": uuid.NewString()}, "sid nil id": {"sid": uuid.Nil.String()}, "sid no id": {"sid": "x"},
		"no actor type": {"actor_type": nil}, "actor system": {"actor_type": "system"}, "actor anonymous": {"actor_type": "anonymous"}, "user as service account": {"actor_type": "service_account"}, "actor type in upper case": {"actor_type": "USER"},
	} {
		cases["own key, "+name] = f.sign(f.key, f.header(nil), f.body(change))
	}
	cases["own key, claims a list"] = f.sign(f.key, f.header(nil), `["sub"]`)
	cases["own key, claims no JSON"] = f.sign(f.key, f.header(nil), `{`)
	cases["own key, claims twice"] = f.sign(f.key, f.header(nil), f.body(nil)+f.body(nil))
	cases["own key, session of another user"] = f.sign(f.key, f.header(nil), f.body(anyMap{"sub": f.s.As(authz.Officer, "109").ID.String()}))
}

// shapes: no tokens at all.
func (f *forger) shapes(cases map[string]string) {
	h, c, s := f.parts[0], f.parts[1], f.parts[2]
	for name, token := range map[string]string{
		"empty": "", "dots": "..", "one part": h, "two parts": h + "." + c, "four parts": f.token + "." + s, "trailing dot": f.token + ".", "leading dot": "." + f.token, "no header": "." + c + "." + s, "no claims": h + ".." + s, "no signature": h + "." + c + ".",
		"padded": h + "." + c + "." + s + "==", "padded claims": h + "." + c + "=." + s, "standard base64": strings.NewReplacer("-", "+", "_", "/").Replace(h+"."+c+".") + "+/" + s[2:], "cut": f.token[:len(f.token)-1], "cut to half": f.token[:len(f.token)/2],
		"space inside": h + " ." + c + "." + s, "NUL": f.token + "\x00", "not UTF-8": f.token + "\xff", "quoted": `"` + f.token + `"`, "percent": strings.ReplaceAll(f.token, ".", "%2E"), "twice": f.token + f.token, "with a comma": f.token + ",", "JWE": h + "." + c + "." + s + "." + c + "." + s,
		"header no JSON": b64("{") + "." + c + "." + s, "header null": b64("null") + "." + c + "." + s, "deep": b64(strings.Repeat("[", 10000)) + "." + c + "." + s, "dots only": strings.Repeat(".", 5000), "long": strings.Repeat("A", 30000), "other case": h + "." + c + "." + swapCase(s),
	} {
		cases["shape, "+name] = token
	}
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 32
		case r >= 'A' && r <= 'Z':
			return r + 32
		}
		return r
	}, s)
}

// secrets: credentials of other kinds in the place of an access token.
func (f *forger) secrets(cases map[string]string, c *testkit.Client) {
	sa := c.Post("/v1/service-accounts", anyMap{"name": "Kohde"}).Want(201).JSON()
	cases["the id of a service account"] = sa["account"].(anyMap)["id"].(string)
	cases["a secret"] = sa["secret"].(anyMap)["clientSecret"].(string)
	cases["an invented refresh token"] = authn.Secret("rt")
	cases["an id of a user"] = c.ID.String()
	user := c.Post("/v1/users", anyMap{"email": "hostile@example.org", "password": "a quite long password"}).Want(201).ID()
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	f.s.Anonymous().Form("/v1/oauth/token", "grant_type=password&username=hostile@example.org&password=a+quite+long+password").Want(200).Into(&tokens)
	cases["a refresh token"] = tokens.Refresh
	cases["a reset token"] = c.Post("/v1/users/"+user+"/reset-tokens", nil).Want(201).JSON()["token"].(string)
}

// ended: tokens that were right, of accounts, sessions and secrets that are no more. This process knows at once.
func (f *forger) ended() {
	t, s := f.t, f.s
	admin := s.As(authz.Admin, "")
	try := func(name, token string, end func()) {
		t.Helper()
		c := s.Anonymous()
		c.Token = token
		c.Get("/v1/me").Want(200)
		end()
		if a := c.Get("/v1/me"); a.Status != 401 {
			t.Errorf("%s: the token still works: %d", name, a.Status)
		}
	}
	user := func(email string) (id, etag string, access, refresh string) {
		a := admin.Post("/v1/users", anyMap{"email": email, "password": "a quite long password"}).Want(201)
		in := s.Anonymous().Form("/v1/oauth/token", "grant_type=password&username="+email+"&password=a+quite+long+password").Want(200).JSON()
		return a.ID(), a.ETag(), in["access_token"].(string), in["refresh_token"].(string)
	}
	id, etag, access, _ := user("e1@example.org")
	try("disabled user", access, func() {
		admin.Patch("/v1/users/"+id, anyMap{"disabled": true}, testkit.IfMatch(etag)).Want(200)
	})
	_, _, access, refresh := user("e2@example.org")
	try("revoked by refresh token", access, func() { s.Anonymous().Form("/v1/oauth/revoke", "token="+refresh).Want(204) })
	_, _, access, _ = user("e3@example.org")
	try("revoked by itself", access, func() { s.Anonymous().Form("/v1/oauth/revoke", "token="+access).Want(204) })
	_, _, access, refresh = user("e4@example.org")
	try("refresh token used twice", access, func() {
		s.Anonymous().Form("/v1/oauth/token", "grant_type=refresh_token&refresh_token="+refresh).Want(200)
		s.Anonymous().Form("/v1/oauth/token", "grant_type=refresh_token&refresh_token="+refresh).Want(400)
	})
	id, _, access, _ = user("e5@example.org")
	try("password reset", access, func() {
		token := admin.Post("/v1/users/"+id+"/reset-tokens", nil).Want(201).JSON()["token"].(string)
		s.Anonymous().Post("/v1/password-resets", anyMap{"token": token, "newPassword": "another long password"}).Want(204)
	})
	account := func() (id, etag, secret, access string) {
		a := admin.Post("/v1/service-accounts", anyMap{"name": "Loppuva"}).Want(201)
		j := a.JSON()
		id, part := j["account"].(anyMap)["id"].(string), j["secret"].(anyMap)
		in := s.Anonymous().Form("/v1/oauth/token", "grant_type=client_credentials&client_id="+id+"&client_secret="+part["clientSecret"].(string)).Want(200).JSON()
		return id, a.ETag(), part["id"].(string), in["access_token"].(string)
	}
	id, etag, secret, access := account()
	try("removed secret", access, func() {
		admin.Do("DELETE", "/v1/service-accounts/"+id+"/secrets/"+secret, nil, testkit.IfMatch(etag)).Want(204)
	})
	id, etag, _, access = account()
	try("disabled service account", access, func() {
		admin.Patch("/v1/service-accounts/"+id, anyMap{"disabled": true}, testkit.IfMatch(etag)).Want(200)
	})
	id, etag, _, access = account()
	try("deleted service account", access, func() {
		admin.Do("DELETE", "/v1/service-accounts/"+id, nil, testkit.IfMatch(etag)).Want(204)
	})
	gone := s.As(authz.Officer, "109")
	try("deleted user", gone.Token, func() {
		s.Exec("update users set deleted_at = now() where id = $1", gone.ID)
		s.Tokens.Forget(gone.ID)
	})
	gone = s.As(authz.Officer, "109")
	token, err := s.Tokens.Issue(context.Background(), authz.User, gone.ID, uuid.New())
	require.NoError(t, err)
	c := s.Anonymous()
	c.Token = token
	c.Get("/v1/me").Want(401) // a session that never was
}
