package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// maxSecrets is how many secrets a service account may have: two, so that one can follow the other.
const maxSecrets = 2

// NewSecret is a secret that was just made; its text is shown this once.
type NewSecret struct {
	ID        uuid.UUID
	CreatedAt time.Time
	Text      string
}

func newSecret() NewSecret { return NewSecret{store.NewID(), clock.Now(), authn.Secret("sa")} }

// CreateServiceAccount makes a service account without any grant, with its first secret. For those who may write service accounts.
func (s *Service) CreateServiceAccount(ctx context.Context, name string, rateLimit *int) (uuid.UUID, NewSecret, error) {
	a, secret := &ServiceAccount{Name: name, RateLimit: rateLimit, CreatedBy: creator(ctx)}, newSecret()
	err := s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.accounts.Insert(ctx, tx, a); err != nil {
			return err
		}
		return s.repo.insertSecret(ctx, tx, a.ID, secret, authn.HashSecret(secret.Text))
	})
	return a.ID, secret, err
}

// writeServiceAccount loads a service account that the actor may manage, holds it against the version that the caller
// read, and lets change write it. Missing, Stale. It returns the new version.
func (s *Service) writeServiceAccount(ctx context.Context, id uuid.UUID, ifMatch *string, change func(ctx context.Context, tx *store.Tx, was, a *ServiceAccount) error) (int64, error) {
	var a ServiceAccount
	err := s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.repo.serviceAccount(ctx, id)
		if err != nil {
			return err
		}
		if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
			return err
		}
		a = *was
		tx.AfterCommit(func() { s.tokens.Forget(id) })
		return change(ctx, tx, was, &a)
	})
	return a.Version, err
}

// UpdateServiceAccount changes a service account over the version that the caller read. For those who may manage it. Missing.
func (s *Service) UpdateServiceAccount(ctx context.Context, id uuid.UUID, ifMatch *string, change func(*ServiceAccount)) error {
	_, err := s.writeServiceAccount(ctx, id, ifMatch, func(ctx context.Context, tx *store.Tx, was, a *ServiceAccount) error {
		if change(a); len(store.ChangedMembers(was, a)) == 0 {
			return nil
		}
		return s.repo.accounts.Update(ctx, tx, was, a)
	})
	return err
}

// DeleteServiceAccount deletes a service account with its secrets and grants. For those who may manage it. Missing.
func (s *Service) DeleteServiceAccount(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	_, err := s.writeServiceAccount(ctx, id, ifMatch, func(ctx context.Context, tx *store.Tx, was, a *ServiceAccount) error {
		grants, err := s.repo.grantsOf(ctx, id)
		if err != nil {
			return err
		}
		for i := range grants {
			if err := s.takeAway(ctx, tx, &grants[i]); err != nil {
				return err
			}
		}
		if _, err := s.repo.deleteSecrets(ctx, tx, id, nil); err != nil {
			return err
		}
		return s.repo.accounts.Delete(ctx, tx, was, a)
	})
	return err
}

// CreateSecret makes a further secret, and raises the account's version. For those who may manage it. Missing,
// LimitReached when two live already.
func (s *Service) CreateSecret(ctx context.Context, id uuid.UUID, ifMatch *string) (secret NewSecret, version int64, err error) {
	secret = newSecret()
	version, err = s.writeServiceAccount(ctx, id, ifMatch, func(ctx context.Context, tx *store.Tx, was, a *ServiceAccount) error {
		n, err := s.repo.countSecrets(ctx, id)
		if err != nil {
			return err
		}
		if n >= maxSecrets {
			return errs.New(errs.LimitReached, "a service account has at most %d secrets; end one first", maxSecrets)
		}
		if err := s.repo.insertSecret(ctx, tx, id, secret, authn.HashSecret(secret.Text)); err != nil {
			return err
		}
		return s.repo.accounts.Touch(ctx, tx, was, a, "secrets")
	})
	return secret, version, err
}

// DeleteSecret ends a secret and all tokens that were issued for it, and raises the account's version. For those who may
// manage it. Missing.
func (s *Service) DeleteSecret(ctx context.Context, id, secretID uuid.UUID, ifMatch *string) (int64, error) {
	if err := s.repo.hasSecret(ctx, id, secretID); err != nil {
		return 0, err
	}
	return s.writeServiceAccount(ctx, id, ifMatch, func(ctx context.Context, tx *store.Tx, was, a *ServiceAccount) error {
		n, err := s.repo.deleteSecrets(ctx, tx, id, &secretID)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Missing, "there is none with this id")
		}
		return s.repo.accounts.Touch(ctx, tx, was, a, "secrets")
	})
}

// ServiceAccount is one service account as JSON. For those who may manage it. Missing.
func (s *Service) ServiceAccount(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.readServiceAccount(ctx, id)
}

// ServiceAccountPage is a page of the service accounts that the actor may manage, newest first.
func (s *Service) ServiceAccountPage(ctx context.Context, req page.Request) (render.Page, error) {
	return s.repo.serviceAccountPage(ctx, req)
}
