package httpapi_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// outsider holds what somebody may have who would like to be somebody else at an external issuer: its own key here, so that
// what is refused is refused for what it says.
type outsider struct {
	t      *testing.T
	s      *testkit.Service
	issuer *testkit.Issuer
	second *testkit.Issuer // another configured one
	es, rs testkit.IssuerKey
	weak   testkit.IssuerKey // published too, but of 1024 bits
	other  testkit.IssuerKey // of nobody that is known
	token  string
	parts  []string
}

func newOutsider(t *testing.T) *outsider {
	t.Helper()
	o := &outsider{t: t, issuer: testkit.NewIssuer(t), second: testkit.NewIssuer(t)}
	o.es, o.rs = testkit.NewIssuerKey(t, "es", jwt.SigningMethodES256), testkit.NewIssuerKey(t, "rs", jwt.SigningMethodRS256)
	o.other = testkit.NewIssuerKey(t, "es", jwt.SigningMethodES256)
	short, err := rsa.GenerateKey(rand.Reader, 1024) // the weak one that nobody shall take
	require.NoError(t, err)
	o.weak = testkit.IssuerKey{Kid: "weak", Method: jwt.SigningMethodRS256, Private: short}
	o.issuer.Publish(o.es, o.rs, o.weak)
	o.second.Publish(testkit.NewIssuerKey(t, "second", jwt.SigningMethodES256))
	o.s = testkit.On(t, testkit.DSN(t), testkit.Issuers(t, o.issuer.Config(nil), o.second.Config(nil)))
	o.token = o.issuer.Token(map[string]any{"groups": []string{"seutu-officers"}})
	o.parts = strings.Split(o.token, ".")
	return o
}

// raw signs header and claims, as they are, with the issuer's ES256 key.
func (o *outsider) raw(header, claims string) string {
	o.t.Helper()
	text := b64(header) + "." + b64(claims)
	sum := sha256.Sum256([]byte(text))
	key, ok := o.es.Private.(*ecdsa.PrivateKey)
	require.True(o.t, ok)
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	require.NoError(o.t, err)
	return text + "." + b64(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

func (o *outsider) claims(others map[string]any) string {
	j, _ := json.Marshal(o.issuer.Claims(others))
	return string(j)
}

const plainHeader = `{"alg":"ES256","kid":"es","typ":"JWT"}`

// TestForgedExternalTokens: none of these opens a door that needs a token, nor one that needs none, and none makes a user.
func TestForgedExternalTokens(t *testing.T) {
	t.Parallel()
	o := newOutsider(t)
	anon := o.s.Anonymous()
	status := func(path, token string) (int, string) {
		r := anon.Request("GET", path, nil)
		r.Header["Authorization"] = []string{"Bearer " + token}
		a := anon.Send(r)
		return a.Status, a.Header.Get("WWW-Authenticate")
	}
	for name, token := range map[string]string{ // what is good passes, so that the others fail for their own reason
		"usual": o.token, "raw": o.raw(plainHeader, o.claims(nil)), "RSA": o.issuer.TokenOf(o.rs, nil, nil), "at+jwt": o.issuer.TokenOf(o.es, nil, map[string]any{"typ": "at+jwt"}), "no typ": o.issuer.TokenOf(o.es, nil, map[string]any{"typ": nil}),
		"of several audiences": o.issuer.Token(map[string]any{"aud": []string{"other", "seutu-api"}}), "an ID token": o.issuer.Token(map[string]any{"nonce": "x", "at_hash": "y", "azp": "seutu-api"}),
	} {
		got, _ := status("/v1/me", token)
		require.Equal(t, 200, got, name)
	}
	users := func() (n int) { o.s.Scan("select count(*) from users where issuer is not null", nil, &n); return n }
	before := users()
	cases := map[string]string{}
	o.signatures(cases)
	o.keys(cases)
	o.headers(cases)
	o.saying(cases)
	o.crossing(cases)
	require.GreaterOrEqual(t, len(cases), 60)
	t.Logf("%d forged or misused external tokens", len(cases))
	for name, token := range cases {
		for _, path := range []string{"/v1/me", "/v1/organisations"} {
			if got, challenge := status(path, token); got != 401 || !strings.Contains(challenge, "invalid_token") {
				t.Errorf("%s: GET %s answered %d, %q", name, path, got, challenge)
			}
		}
	}
	if n := users(); n != before {
		t.Errorf("%d users were made", n-before)
	}
	if n := o.issuer.Asked.Load(); n > 3 {
		t.Errorf("the issuer was asked for its keys %d times", n)
	}
}

// signatures: right claims, wrong signature.
func (o *outsider) signatures(cases map[string]string) {
	claims := o.issuer.Claims(nil)
	for _, k := range []testkit.IssuerKey{o.es, o.rs} {
		der, err := x509.MarshalPKIXPublicKey(k.Private.Public())
		require.NoError(o.t, err)
		published, err := json.Marshal(k.JWK())
		require.NoError(o.t, err)
		for name, secret := range map[string][]byte{"PEM": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "DER": der, "JWK": published, "kid": []byte(k.Kid), "nothing": {}} {
			for _, m := range []jwt.SigningMethod{jwt.SigningMethodHS256, jwt.SigningMethodHS512} {
				tk := jwt.NewWithClaims(m, claims)
				tk.Header["kid"] = k.Kid
				cases[fmt.Sprintf("%s with the %s of key %s", m.Alg(), name, k.Kid)], err = tk.SignedString(secret)
				require.NoError(o.t, err)
			}
		}
	}
	for _, alg := range []string{"none", "None", "NONE", "", "HS256", "ES384", "ES512", "RS256", "RS512", "PS256", "EdDSA", "es256", "ES256K"} {
		text := b64(`{"alg":"`+alg+`","kid":"es"}`) + "." + o.parts[1] + "."
		cases["alg "+alg+" without signature"], cases["alg "+alg+" with the old signature"] = text, text+o.parts[2]
	}
	sig, err := base64.RawURLEncoding.DecodeString(o.parts[2])
	require.NoError(o.t, err)
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])})
	require.NoError(o.t, err)
	for name, s := range map[string][]byte{
		"zeros": make([]byte, 64), "r = 0": append(make([]byte, 32), sig[32:]...), "s = 0": append(append([]byte{}, sig[:32]...), make([]byte, 32)...), "empty": {}, "DER": der, "cut": sig[:63], "longer": append(append([]byte{}, sig...), 0),
		"one bit": append([]byte{sig[0] ^ 1}, sig[1:]...), "swapped": append(append([]byte{}, sig[32:]...), sig[:32]...),
	} {
		cases["signature "+name] = o.parts[0] + "." + o.parts[1] + "." + b64(s)
	}
	cases["signature stripped"] = o.parts[0] + "." + o.parts[1] + "."
	cases["no third part"] = o.parts[0] + "." + o.parts[1]
	cases["other claims, old signature"] = o.parts[0] + "." + b64(o.claims(map[string]any{"sub": "another"})) + "." + o.parts[2]
	cases["other header, old signature"] = b64(`{"alg":"ES256","kid":"es","x":1}`) + "." + o.parts[1] + "." + o.parts[2]
	cases["padded"] = o.token + "=="
	cases["four parts"] = o.token + "." + o.parts[2]
	cases["five parts"] = o.token + "." + o.parts[1] + "." + o.parts[2]
}

// keys: of others, too weak, of another kind, or found by an id that leads elsewhere.
func (o *outsider) keys(cases map[string]string) {
	token := o.issuer.TokenOf
	cases["a foreign key"] = token(o.other, nil, nil)
	cases["a weak key"] = token(o.weak, nil, nil)
	for _, m := range []jwt.SigningMethod{jwt.SigningMethodRS512, jwt.SigningMethodPS256} { // the key says RS256, the configuration ES256 and RS256
		k := o.rs
		k.Method = m
		cases["the RSA key with "+m.Alg()] = token(k, nil, nil)
	}
	cases["ES256 with the id of the RSA key"] = token(o.es, nil, map[string]any{"kid": "rs"})
	cases["RS256 with the id of the EC key"] = token(o.rs, nil, map[string]any{"kid": "es"})
	cases["ES384 of one's own"] = token(testkit.NewIssuerKey(o.t, "es", jwt.SigningMethodES384), nil, nil)
	cases["EdDSA of one's own"] = token(testkit.NewIssuerKey(o.t, "es", jwt.SigningMethodEdDSA), nil, nil)
	for name, kid := range map[string]any{
		"none": nil, "empty": "", "a number": 0, "a list": []string{"es"}, "an object": map[string]any{"kid": "es"}, "a path": "../../../../dev/null", "SQL": "x' union select 'es", "an address": "https://evil.example/keys", "another case": "ES",
		"longer": "es ", "a wildcard": "*", "a shared secret's": "not for us", "huge": strings.Repeat("k", 5000), "null": json.RawMessage("null"), "a control character": "es\x01",
	} {
		cases["foreign key, kid "+name] = token(o.other, nil, map[string]any{"kid": kid})
	}
	cases["own key, no kid among several keys"] = token(o.es, nil, map[string]any{"kid": nil})
	own := o.other.JWK()
	for name, header := range map[string]map[string]any{
		"jwk": {"jwk": own}, "jwk, id of its own": {"jwk": own, "kid": "mine"}, "jku": {"jku": "https://evil.example/keys", "kid": "mine"}, "jku at the issuer": {"jku": o.issuer.URL + "/keys"}, "x5u": {"x5u": "https://evil.example/x.pem"}, "x5c": {"x5c": []string{"MIIB"}},
	} {
		cases["foreign key, "+name] = token(o.other, nil, header)
	}
}

// headers: signed by the issuer, but no token for bearers.
func (o *outsider) headers(cases map[string]string) {
	for name, header := range map[string]map[string]any{
		"crit": {"crit": []string{"exp"}}, "crit b64": {"crit": []string{"b64"}, "b64": false}, "jwk": {"jwk": o.es.JWK()}, "jku": {"jku": o.issuer.URL + "/keys"}, "x5u": {"x5u": o.issuer.URL}, "nested": {"cty": "JWT"}, "packed": {"zip": "DEF"}, "encrypted": {"enc": "A128GCM"},
		"typ of a log-out": {"typ": "logout+jwt"}, "typ of an event": {"typ": "secevent+jwt"}, "typ of a proof": {"typ": "dpop+jwt"}, "typ empty": {"typ": ""}, "typ a number": {"typ": 5}, "alg none": {"alg": "none"}, "alg a list": {"alg": []string{"ES256"}},
	} {
		cases["own key, "+name] = o.issuer.TokenOf(o.es, nil, header)
	}
	claims := o.claims(nil)
	for name, header := range map[string]string{
		"alg twice": `{"alg":"none","alg":"ES256","kid":"es"}`, "alg in two cases": `{"Alg":"none","alg":"ES256","kid":"es"}`, "kid twice": `{"alg":"ES256","kid":"rs","kid":"es"}`, "a list": `["ES256"]`, "null": `null`, "no JSON": `{`, "more": plainHeader + "{}", "no alg": `{"kid":"es"}`,
	} {
		cases["own key, header "+name] = o.raw(header, claims)
	}
}

// saying: signed by the issuer, but saying what no good token says.
func (o *outsider) saying(cases map[string]string) {
	now := time.Now().Unix()
	for name, others := range map[string]map[string]any{
		"expired": {"exp": now - 60}, "expired long ago": {"exp": 1, "iat": 0.5}, "no exp": {"exp": nil}, "exp 0": {"exp": 0}, "exp negative": {"exp": -1}, "exp in words": {"exp": "tomorrow"}, "exp a number in words": {"exp": fmt.Sprint(now + 60)}, "exp null": {"exp": json.RawMessage("null")},
		"exp in ten years": {"exp": now + 10*365*24*3600}, "exp in milliseconds": {"exp": (now + 60) * 1000}, "exp out of range": {"exp": json.RawMessage("1e400")}, "exp huge": {"exp": json.RawMessage("1e300")}, "exp a list": {"exp": []any{now + 60}},
		"not yet": {"nbf": now + 600}, "nbf in words": {"nbf": "today"}, "nbf out of range": {"nbf": json.RawMessage("1e400")}, "nbf negative": {"nbf": -1}, "issued in the future": {"iat": now + 600}, "no iat": {"iat": nil}, "iat in words": {"iat": "now"}, "iat long ago": {"iat": now - 40*24*3600},
		"no iss": {"iss": nil}, "iss with a slash": {"iss": o.issuer.URL + "/"}, "iss in upper case": {"iss": strings.ToUpper(o.issuer.URL)}, "iss with a space": {"iss": o.issuer.URL + " "}, "iss a list": {"iss": []string{o.issuer.URL}}, "iss of another": {"iss": o.second.URL}, "iss unknown": {"iss": "https://evil.example"},
		"iss below": {"iss": o.issuer.URL + "/evil"}, "iss with a query": {"iss": o.issuer.URL + "?x"}, "iss null": {"iss": json.RawMessage("null")},
		"no aud": {"aud": nil}, "aud of another": {"aud": "other-api"}, "aud of others": {"aud": []string{"other", "seutu-api2"}}, "aud empty": {"aud": []string{}}, "aud an object": {"aud": map[string]any{"seutu-api": 1}}, "aud nested": {"aud": []any{[]string{"seutu-api"}}}, "aud mixed": {"aud": []any{"seutu-api", 5}},
		"aud in upper case": {"aud": "SEUTU-API"}, "aud with a space": {"aud": "seutu-api other"}, "aud of our own tokens": {"aud": "seutu"}, "aud the issuer": {"aud": o.issuer.URL}, "aud null": {"aud": json.RawMessage("null")},
		"no sub": {"sub": nil}, "sub empty": {"sub": ""}, "sub a number": {"sub": 5}, "sub a list": {"sub": []string{"someone"}}, "sub NUL": {"sub": "some\x00one"}, "sub a line break": {"sub": "some\none"}, "sub too long": {"sub": strings.Repeat("s", 256)},
		"a log-out": {"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}, "bound to a key": {"cnf": map[string]any{"jkt": "x"}}, "too long": {"x": strings.Repeat("x", 8<<10)}, "NUL elsewhere": {"name": "a\x00b"},
	} {
		cases["own key, "+name] = o.issuer.TokenOf(o.es, others, nil)
	}
	claims := o.claims(nil)
	for name, text := range map[string]string{
		"a list": `["sub"]`, "null": "null", "no JSON": "{", "twice": claims + claims, "empty": "", "sub twice": strings.Replace(claims, `"sub":`, `"sub":"victim","sub":`, 1), "sub in two cases": strings.Replace(claims, `"sub":`, `"Sub":"victim","sub":`, 1),
		"iss twice": strings.Replace(claims, `"iss":`, `"iss":"`+o.second.URL+`","iss":`, 1), "aud twice": strings.Replace(claims, `"aud":`, `"aud":"other","aud":`, 1), "exp twice": strings.Replace(claims, `"exp":`, `"exp":1,"exp":`, 1), "not UTF-8": strings.Replace(claims, "someone", "some\xff", 1),
		"deep": strings.Replace(claims, `"sub":`, `"x":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`,"sub":`, 1), "groups twice": strings.Replace(claims, `"sub":`, `"groups":[],"groups":["seutu-officers"],"sub":`, 1),
	} {
		cases["own key, claims "+name] = o.raw(plainHeader, text)
	}
}

// crossing: tokens of one issuer in the place of another's, and of this service.
func (o *outsider) crossing(cases map[string]string) {
	cases["the second's key for the first"] = o.second.TokenOf(testkit.NewIssuerKey(o.t, "second", jwt.SigningMethodES256), map[string]any{"iss": o.issuer.URL}, nil)
	cases["the second's own key for the first"] = o.second.Token(map[string]any{"iss": o.issuer.URL})
	cases["the second's own key for the first, with its kid"] = func() string {
		k := testkit.NewIssuerKey(o.t, "second", jwt.SigningMethodES256)
		o.second.Publish(k)
		return o.second.TokenOf(k, map[string]any{"iss": o.issuer.URL}, map[string]any{"kid": "es"})
	}()
	user := o.s.As(authz.Admin, "")
	f := newForger(o.t, o.s, user)
	ours := maps.Clone(f.claims)
	cases["an external key for our own issuer"] = o.issuer.TokenOf(o.es, ours, nil)
	cases["an external key for our own issuer, with our kid"] = o.issuer.TokenOf(o.es, ours, map[string]any{"kid": f.kid, "typ": "at+jwt"})
	cases["our key for an external issuer"] = f.sign(f.key, f.header(map[string]any{"kid": "es"}), o.claims(nil))
	cases["our key for an external issuer, with our kid"] = f.sign(f.key, f.header(nil), o.claims(nil))
	cases["our own user as an external one"] = f.sign(f.key, f.header(nil), f.body(map[string]any{"iss": o.issuer.URL, "aud": "seutu-api"}))
	var external uuid.UUID
	o.s.Scan("select id from users where issuer = $1 limit 1", []any{o.issuer.URL}, &external)
	cases["an external user in a token of ours"] = f.sign(f.key, f.header(nil), f.body(map[string]any{"sub": external.String()}))
	cases["our session in the name of an external user"] = f.sign(f.key, f.header(nil), f.body(map[string]any{"sub": external.String(), "sid": uuid.NewString()}))
}

// TestExternalReplay: a token that was good is none once it has expired, also where it has been seen before, and after its
// issuer has been taken from the configuration.
func TestExternalReplay(t *testing.T) {
	t.Parallel()
	o := newOutsider(t)
	c := o.s.Anonymous()
	c.Token = o.issuer.Token(map[string]any{"exp": time.Now().Unix() - 2}) // within the leeway for clocks
	c.Get("/v1/me").Want(200)
	c.Get("/v1/me").Problem(401, "invalid-token") // the leeway is for the first look only
	without := testkit.On(t, o.s.DSN, testkit.Issuers(t, o.second.Config(nil)))
	c = without.Anonymous()
	c.Token = o.token
	c.Get("/v1/me").Problem(401, "invalid-token")
	if n := o.issuer.Asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestExternalGrantsInTheirPlace: an officer by claims may write at home, and nowhere else; no claim makes an admin.
func TestExternalGrantsInTheirPlace(t *testing.T) {
	t.Parallel()
	o := newOutsider(t)
	c := o.s.Anonymous()
	for name, claims := range map[string]map[string]any{
		"roles":  {"roles": []string{"admin", "municipal_officer"}, "role": "admin", "grants": []any{map[string]any{"role": "admin", "scopeType": "everywhere"}}, "scope": "admin organisation.write", "permissions": []string{"organisation.write"}, "actor_type": "system"},
		"groups": {"groups": []string{"SEUTU-OFFICERS", "seutu-officers2"}},
	} {
		c.Token = o.issuer.Token(claims)
		me := c.Get("/v1/me").Want(200).JSON()
		require.Empty(t, me["grants"], name)
		c.Post("/v1/organisations", association("Ei onnistu ry", "109")).Problem(http.StatusForbidden, "forbidden")
	}
	c.Token = o.token
	c.Post("/v1/organisations", association("Onnistuu ry", "109")).Want(201)
	for _, path := range []string{"/v1/organisations", "/v1/people", "/v1/users", "/v1/audit-events"} {
		require.NotEqual(t, 500, c.Get(path).Status, path)
	}
	c.Post("/v1/organisations", association("Muualla ry", "398")).Problem(http.StatusForbidden, "forbidden")
}
