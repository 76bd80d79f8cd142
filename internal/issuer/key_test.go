package issuer

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type members = map[string]any

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func rsaJWK(bits int, e int64) members {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return members{"kty": "RSA", "n": b64(n.Add(n, big.NewInt(12345)).Bytes()), "e": b64(big.NewInt(e).Bytes())}
}

// TestParseKeys takes the keys that are for signatures and strong enough, and leaves the others out.
func TestParseKeys(t *testing.T) {
	t.Parallel()
	strong, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	good := members{"kty": "RSA", "kid": "r", "n": b64(strong.N.Bytes()), "e": "AQAB"}
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	require.NoError(t, err)
	point, err := ec.PublicKey.Bytes()
	require.NoError(t, err)
	curve := members{"kty": "EC", "kid": "e", "crv": "P-384", "x": b64(point[1:49]), "y": b64(point[49:]), "x5c": []string{"kept by others"}}
	edwards := members{"kty": "OKP", "kid": "o", "crv": "Ed25519", "x": b64(make([]byte, ed25519.PublicKeySize))}
	but := func(o members, name string, v any) members {
		out := members{}
		for k, x := range o {
			out[k] = x
		}
		out[name] = v
		return out
	}
	swapped := but(but(curve, "x", curve["y"]), "y", curve["x"])
	raw, err := json.Marshal(members{"keys": []any{
		good, curve, edwards, but(good, "use", "sig"), but(good, "key_ops", []string{"verify"}),
		rsaJWK(1024, 65537), rsaJWK(2047, 65537), rsaJWK(16384, 65537), rsaJWK(2048, 1), rsaJWK(2048, 4), rsaJWK(2048, 1<<33+1), but(good, "n", "!"), but(good, "e", ""), but(good, "use", "enc"), but(good, "key_ops", []string{"sign"}),
		but(curve, "crv", "P-256"), but(curve, "crv", "secp256k1"), but(curve, "y", ""), but(curve, "x", curve["x"].(string)+"AA"), swapped,
		but(edwards, "crv", "X25519"), but(edwards, "x", "AA"), members{"kty": "oct", "k": "AAAA"}, members{}, "a string", 5, nil, but(good, "kid", 5),
	}})
	require.NoError(t, err)
	keys, err := parseKeys(raw)
	require.NoError(t, err)
	var kids []string
	for _, k := range keys {
		kids = append(kids, k.kid)
	}
	assert.Equal(t, []string{"r", "e", "o", "r", "r"}, kids)
	for alg, want := range map[string][]bool{"RS256": {true, false, false}, "PS512": {true, false, false}, "ES384": {false, true, false}, "ES256": {false, false, false}, "EdDSA": {false, false, true}, "HS256": {false, false, false}, "none": {false, false, false}, "": {false, false, false}} {
		for n, k := range keys[:3] {
			assert.Equal(t, want[n], k.fits(alg), "%s %s", k.kid, alg)
		}
	}
	assert.False(t, publicKey{alg: "RS512", key: keys[0].key}.fits("RS256"), "a key may be for one algorithm only")

	for _, broken := range []string{"", "null", "{}", "[]", `{"keys": {}}`, `{"keys": "x"}`, "<html>"} {
		_, err := parseKeys([]byte(broken))
		assert.Error(t, err, broken)
	}
	none, err := parseKeys([]byte(`{"keys": []}`))
	require.NoError(t, err)
	assert.Empty(t, none)
}
