package authn

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/seutu/seutu/internal/clock"
)

// When a key signs and verifies. A new key waits until every process, and every reader of /.well-known/jwks.json, knows it.
const (
	keyWait    = time.Minute
	keyReload  = 10 * time.Second
	keyOverlap = time.Hour // the elder key still verifies; access tokens live a quarter of it
	// KeyAge is how old the newest key may get before the service makes another.
	KeyAge = 90 * 24 * time.Hour
)

// key is a signing key: ECDSA on P-256.
type key struct {
	kid     string
	private *ecdsa.PrivateKey
	created time.Time
}

// JWK is the public half of a key (RFC 7517).
type JWK struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y"`
	Kid string `json:"kid"`
	Use string `json:"use"`
	Alg string `json:"alg"`
}

func (k key) jwk() (JWK, error) {
	raw, err := k.private.PublicKey.Bytes() // 0x04, X, Y
	if err != nil {
		return JWK{}, err
	}
	b64 := base64.RawURLEncoding
	return JWK{Kty: "EC", Crv: "P-256", X: b64.EncodeToString(raw[1:33]), Y: b64.EncodeToString(raw[33:]), Kid: k.kid, Use: "sig", Alg: "ES256"}, nil
}

// thumbprint names a key by its public half (RFC 7638).
func thumbprint(private *ecdsa.PrivateKey) (string, error) {
	j, err := key{private: private}.jwk()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":"P-256","kty":"EC","x":%q,"y":%q}`, j.X, j.Y))
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// ring holds the keys, newest first, and reads them anew now and then: another process may have made one.
type ring struct {
	repo   *repository
	mu     sync.Mutex
	keys   []key
	loaded time.Time
}

func (r *ring) all(ctx context.Context, maxAge time.Duration) ([]key, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keys != nil && time.Since(r.loaded) < maxAge {
		return r.keys, nil
	}
	keys, err := r.repo.keys(ctx)
	switch {
	case err == nil:
		r.keys, r.loaded = keys, time.Now()
	case r.keys != nil: // better the keys of a moment ago than none; and nobody behind waits for the database again
		r.loaded = time.Now()
		return r.keys, nil
	}
	return r.keys, err
}

// signer is the newest key that everybody knows by now.
func (r *ring) signer(ctx context.Context) (key, error) {
	keys, err := r.all(ctx, keyReload)
	if err != nil {
		return key{}, err
	}
	for _, k := range keys {
		if time.Since(k.created) > keyWait {
			return k, nil
		}
	}
	if len(keys) == 0 {
		return key{}, errors.New("there is no signing key")
	}
	return keys[len(keys)-1], nil
}

// verifier finds a key by its id. An unknown id may be that of a new key: then the keys are read again, at most once a second.
func (r *ring) verifier(ctx context.Context, kid string) (*ecdsa.PublicKey, error) {
	for _, age := range []time.Duration{keyReload, time.Second} {
		keys, err := r.all(ctx, age)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			if k.kid == kid {
				return &k.private.PublicKey, nil
			}
		}
	}
	return nil, errUnknownKey
}

var errUnknownKey = errors.New("unknown key")

// public lists the public keys, those that may verify a live token.
func (r *ring) public(ctx context.Context) ([]JWK, error) {
	keys, err := r.all(ctx, keyReload)
	if err != nil {
		return nil, err
	}
	out := make([]JWK, len(keys))
	for i, k := range keys {
		if out[i], err = k.jwk(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rotate makes a new key if the newest is older than age, and lets go of those that no live token was signed with.
func (r *ring) rotate(ctx context.Context, age time.Duration) error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	kid, err := thumbprint(private)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	if err := r.repo.addKey(ctx, kid, der, clock.Now(), age); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = nil
	return nil
}
