// Package authn finds out who somebody is: passwords, access tokens and the keys they are signed with, and the actor with
// its present grants.
package authn

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm" // a keyboard may compose ä or not
)

// OWASP's choice for argon2id: 19 MiB, two passes, one lane; about 16 ms.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	argonKey     = 32
	argonSalt    = 16
)

// Passwords hashes and checks passwords, as many at once as there are cores: each takes 19 MiB and a core.
type Passwords struct {
	slots chan struct{}
	dummy func() string // the hash of nothing, made when first needed
}

// NewPasswords makes a hasher.
func NewPasswords() *Passwords {
	p := &Passwords{slots: make(chan struct{}, max(1, runtime.NumCPU()))}
	p.dummy = sync.OnceValue(func() string { h, _ := p.Hash(context.Background(), rand.Text()); return h })
	return p
}

func (p *Passwords) derive(ctx context.Context, password string, salt []byte, time, memory uint32) ([]byte, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
		return argon2.IDKey([]byte(norm.NFC.String(password)), salt, time, memory, argonThreads, argonKey), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Hash makes the string that is stored: "$argon2id$v=19$m=…,t=…,p=1$salt$hash".
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails
	key, err := p.derive(ctx, password, salt, argonTime, argonMemory)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// Check compares a password with a stored hash. Without a hash (no such user, no password) it takes just as long and says no.
func (p *Passwords) Check(ctx context.Context, password string, hash *string) (bool, error) {
	var stored string
	if hash != nil {
		stored = *hash
	} else {
		stored = p.dummy()
	}
	var version, threads int
	var memory, time uint32
	parts := strings.Split(stored, "$")
	if len(parts) != 6 {
		return false, fmt.Errorf("stored password hash is damaged")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &threads); err != nil {
		return false, fmt.Errorf("stored password hash: %w", err)
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil {
		return false, fmt.Errorf("stored password hash is damaged")
	}
	got, err := p.derive(ctx, password, salt, time, memory)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && hash != nil, nil
}

// Secret makes a random secret for a machine: 160 bits with a prefix that scanners of leaked secrets can look for.
func Secret(prefix string) string { return "seutu_" + prefix + "_" + rand.Text() + rand.Text()[:6] }

// HashSecret is what is stored of a secret; it is random enough for a plain hash.
func HashSecret(secret string) []byte {
	h := sha256.Sum256([]byte(secret))
	return h[:]
}

type clientKey struct{}

type client struct{ id, secret string }

// WithClient puts the client id and secret of HTTP Basic into the context.
func WithClient(ctx context.Context, id, secret string) context.Context {
	return context.WithValue(ctx, clientKey{}, client{id, secret})
}

// ClientFrom is the client id and secret that came by HTTP Basic.
func ClientFrom(ctx context.Context) (id, secret string) {
	c, _ := ctx.Value(clientKey{}).(client)
	return c.id, c.secret
}
