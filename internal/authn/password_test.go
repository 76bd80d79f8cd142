package authn_test

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"github.com/seutu/seutu/internal/authn"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	p, ctx := authn.NewPasswords(), context.Background()
	hash, err := p.Hash(ctx, "neljä sanaa riittää")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"), hash)
	again, err := p.Hash(ctx, "neljä sanaa riittää")
	require.NoError(t, err)
	assert.NotEqual(t, hash, again, "each has its own salt")
	for password, want := range map[string]bool{"neljä sanaa riittää": true, "neljä sanaa riittää ": false, "": false} {
		ok, err := p.Check(ctx, password, &hash)
		require.NoError(t, err)
		assert.Equal(t, want, ok, "%q", password)
		ok, err = p.Check(ctx, password, nil)
		require.NoError(t, err)
		assert.False(t, ok, "where there is none, none is right")
	}
	salt, b64 := []byte("salt and pepper"), base64.RawStdEncoding.EncodeToString
	start := "$argon2id$v=19$m=1024,t=1,p=1$" + b64(salt) + "$"
	elder, empty := start+b64(argon2.IDKey([]byte("x"), salt, 1, 1024, 1, 32)), start
	ok, err := p.Check(ctx, "x", &elder)
	require.NoError(t, err)
	assert.True(t, ok, "what a hash costs is read from it")
	ok, err = p.Check(ctx, "x", &empty)
	require.NoError(t, err)
	assert.False(t, ok)
	for _, damaged := range []string{"", "plain", "$argon2id$v=19$m=19456,t=2,p=1$%$%", "$argon2id$v=x$m=1,t=1,p=1$AAAA$AAAA"} {
		_, err := p.Check(ctx, "", &damaged)
		assert.Error(t, err, damaged)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	for range 50 { // with all cores free either may come first
		if _, err = p.Hash(gone, "x"); err != nil {
			break
		}
	}
	assert.ErrorIs(t, err, context.Canceled)
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	a, b := authn.Secret("sa"), authn.Secret("sa")
	assert.Regexp(t, `^seutu_sa_[A-Z2-7]{32}$`, a)
	assert.NotEqual(t, a, b)
	assert.NotEqual(t, authn.HashSecret(a), authn.HashSecret(b))
	assert.Len(t, authn.HashSecret(a), 32)
}
