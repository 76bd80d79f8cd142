package authn

import (
	"context"
	"crypto/sha256"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/issuer"
)

// External is what tokens of external issuers need.
type External struct {
	Issuers *issuer.Set
	// Meet finds the user whom the claims are about, and makes one at first sight.
	Meet func(context.Context, issuer.Claims) (uuid.UUID, error)
}

type digest = [sha256.Size]byte

// verifyExternal is verify for tokens that say they are of an external issuer; is tells whether this one does. The user is
// met once for each token and process, so that requests write nothing.
func (t *Tokens) verifyExternal(ctx context.Context, token string) (c claims, is bool, err error) {
	sum := sha256.Sum256([]byte(token))
	t.mu.Lock()
	c, ok := t.foreign[sum]
	t.mu.Unlock()
	if ok {
		return c, true, c.live()
	}
	from := t.external.Issuers.Of(token)
	if from == nil {
		return c, false, nil
	}
	said, err := from.Verify(ctx, token)
	if err != nil {
		return c, true, err
	}
	user, err := t.external.Meet(ctx, said)
	if err != nil {
		return c, true, err
	}
	c = claims{subject: user, actorType: authz.User, session: uuid.UUID(sum[:16]), expires: said.Expires, external: &said}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.foreign) >= maxRemembered {
		clear(t.foreign)
	}
	t.foreign[sum] = c
	return c, true, nil
}

// complete adds what an external token gives to the actor: grants that are stored nowhere, beside those that Seutu has stored.
func (e External) complete(ctx context.Context, a *authz.Actor, c claims) error {
	grants, err := e.Issuers.Grants(ctx, *c.external)
	a.Issuer, a.Grants = c.external.Issuer, append(a.Grants, grants...)
	return err
}

// RefreshIssuers fetches the keys of the external issuers anew. For scheduled work.
func (t *Tokens) RefreshIssuers(ctx context.Context) error {
	t.external.Issuers.Refresh(ctx)
	return nil
}

// Issuers lists the external issuers.
func (t *Tokens) Issuers() []issuer.Public { return t.external.Issuers.Public() }
