package account

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
)

const (
	refreshPrefix = "rt"
	refreshLife   = 30 * 24 * time.Hour
)

// Issued is what a successful sign-in gives; there is no refresh token for service accounts.
type Issued struct {
	AccessToken  string
	RefreshToken *string
}

// credentials are what a password is held against. All members are empty for an unknown address.
type credentials struct {
	id       *uuid.UUID
	hash     *string // nil: nobody can sign in
	familiar bool    // the account has signed in from the present address before
}

// SignIn opens a session with address and password. For everyone. InvalidGrant, and always the same one, if it does not
// succeed; RateLimited after too many attempts.
func (s *Service) SignIn(ctx context.Context, email, password string) (Issued, error) {
	email = lowerEmail(email)
	c, err := s.repo.credentials(ctx, email, network(ctx))
	if err != nil {
		return Issued{}, err
	}
	right, err := s.guess(ctx, email, c, password)
	if err != nil {
		return Issued{}, err
	}
	if !right {
		return Issued{}, oauth("invalid_grant", errs.New(errs.InvalidGrant, "the address or the password is wrong"))
	}
	refresh, family := authn.Secret(refreshPrefix), store.NewID()
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		ok, err := s.repo.openSession(ctx, tx, c, network(ctx), family, authn.HashSecret(refresh), clock.Now())
		if err == nil && !ok { // disabled, or another password was set, while this one was checked
			err = oauth("invalid_grant", errs.New(errs.InvalidGrant, "the address or the password is wrong"))
		}
		tx.Audit(event("signed_in", "user", c.id))
		return err
	})
	if err != nil {
		return Issued{}, err
	}
	return s.issue(ctx, authz.User, *c.id, family, &refresh)
}

func (s *Service) issue(ctx context.Context, t authz.ActorType, id, session uuid.UUID, refresh *string) (Issued, error) {
	access, err := s.tokens.Issue(ctx, t, id, session)
	return Issued{access, refresh}, err
}

// Refresh turns a refresh token into new tokens of the same session. For everyone who has the token. InvalidGrant if it is
// unknown or too old; if it was used before, somebody has a copy, and the session ends.
func (s *Service) Refresh(ctx context.Context, token string) (Issued, error) {
	refresh := authn.Secret(refreshPrefix)
	var r rotation
	err := s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		r, err = s.repo.rotate(ctx, tx, authn.HashSecret(token), authn.HashSecret(refresh), clock.Now())
		if r.reused { // the end of the session is committed although the request fails
			tx.Audit(event("token_reused", "user", &r.user))
			tx.AfterCommit(func() { s.tokens.Forget(r.user) })
		}
		return err
	})
	if err != nil {
		return Issued{}, err
	}
	if !r.ok {
		return Issued{}, oauth("invalid_grant", errs.New(errs.InvalidGrant, "the refresh token is not valid"))
	}
	return s.issue(ctx, authz.User, r.user, r.family, &refresh)
}

// ClientToken gives a service account a token for its id and secret. For everyone who has them. InvalidClient if they are
// wrong, RateLimited after too many failures.
func (s *Service) ClientToken(ctx context.Context, clientID, secret string) (Issued, error) {
	budgets := []budget{addressBudget(ctx), clientBudget(ctx, clientID)}
	for _, b := range budgets { // a secret cannot be guessed: counting afterwards lets many workers of one client sign in at once
		if err := s.within(ctx, b); err != nil {
			return Issued{}, err
		}
	}
	id, _ := uuid.Parse(clientID) // a wrong one is nobody's
	secretID, known, err := s.repo.secret(ctx, id, authn.HashSecret(secret))
	if err != nil {
		return Issued{}, err
	}
	if secretID == uuid.Nil {
		for _, b := range budgets {
			if _, err := s.repo.count(ctx, b, clock.Now()); err != nil {
				return Issued{}, err
			}
		}
		account := &id
		if !known {
			account = nil
		}
		if err := s.repo.Audit(ctx, event("sign_in_failed", "service_account", account)); err != nil {
			return Issued{}, err
		}
		return Issued{}, oauth("invalid_client", errs.New(errs.InvalidClient, "the client id or the secret is wrong"))
	}
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		tx.Audit(event("signed_in", "service_account", &id))
		return s.repo.noteUse(ctx, tx, id, secretID, clock.Now())
	})
	if err != nil {
		return Issued{}, err
	}
	return s.issue(ctx, authz.ServiceAccount, id, secretID, nil)
}

// Revoke ends the session that a refresh token or an access token of a user belongs to. For everyone who has the token.
// Unknown tokens are no failure; those of external issuers are for their issuers to end.
func (s *Service) Revoke(ctx context.Context, token string) error {
	var user, family uuid.UUID
	if strings.Count(token, ".") == 2 {
		a, err := s.tokens.Authenticate(ctx, token)
		if errs.Is(err, errs.InvalidToken) || err == nil && (a.Type != authz.User || a.Issuer != "") {
			return nil
		}
		if err != nil {
			return err
		}
		user, family = a.ID, a.Session
	} else {
		var found bool
		var err error
		if user, family, found, err = s.repo.familyOf(ctx, authn.HashSecret(token)); err != nil || !found {
			return err
		}
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		tx.AfterCommit(func() { s.tokens.Forget(user) })
		ended, err := s.repo.endFamily(ctx, tx, user, family)
		if ended {
			tx.Audit(event("signed_out", "user", &user))
		}
		return err
	})
}

// oauth gives a failure of the token endpoint the members that OAuth 2 asks for.
func oauth(code string, e *errs.Error) error {
	e.Members = map[string]any{"error": code, "error_description": e.Detail.String()}
	return e
}

// Names are the actor's own address and name; a service account has no address.
func (s *Service) Names(ctx context.Context) (email, name *string, err error) {
	a := authz.From(ctx)
	if a.Type == authz.ServiceAccount {
		account, err := s.repo.accounts.Get(ctx, a.ID)
		if err != nil {
			return nil, nil, err
		}
		return nil, &account.Name, nil
	}
	u, err := s.repo.users.Get(ctx, a.ID)
	if err != nil {
		return nil, nil, err
	}
	if email = &u.Email; u.Issuer != nil {
		email = u.ClaimedEmail
	}
	return email, u.DisplayName, nil
}
