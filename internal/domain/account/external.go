package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/issuer"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/store"
)

// signInWindow is how long further tokens of an external user count as the same sign-in.
const signInWindow = 15 * time.Minute

// Meet finds the user behind a checked token of an external issuer, makes one at first sight, and keeps name and address as
// the issuer tells them. A user with a password is never met so, whatever the address: only issuer and subject tell who
// somebody is. Whether the user may come in is for the caller to see.
func (s *Service) Meet(ctx context.Context, c issuer.Claims) (uuid.UUID, error) {
	told := externalUser{Name: opt.NonEmpty(c.Name), ToldAt: c.Issued}
	if email, ok := parseEmail(c.Email); ok {
		told.Email = &email
	}
	u, found, err := s.repo.external(ctx, c.Issuer, c.Subject)
	if err != nil || found && u.Disabled {
		return u.ID, err
	}
	if !found {
		u.ID = store.NewID()
	}
	now, by := clock.Now(), store.OriginFrom(ctx)
	by.ActorType, by.ActorID = string(authz.User), &u.ID
	fresh := u.SignedIn != nil && now.Sub(*u.SignedIn) < signInWindow
	if found && fresh && len(u.news(told)) == 0 {
		return u.ID, nil
	}
	err = s.repo.Write(store.WithOrigin(ctx, by), func(ctx context.Context, tx *store.Tx) (err error) {
		if !found {
			if u, err = s.repo.insertExternal(ctx, tx, u.ID, c, told, now); err != nil {
				return err
			}
		}
		if news := u.news(told); len(news) > 0 {
			if err := s.repo.retellExternal(ctx, tx, u, told, news, now); err != nil {
				return err
			}
		}
		first, err := s.repo.noteExternal(ctx, tx, u.ID, now, now.Add(-signInWindow))
		if first {
			tx.Audit(event("signed_in", string(authz.User), &u.ID))
		}
		return err
	})
	return u.ID, err
}

// externalUser is what there is to know of a user who signs in elsewhere.
type externalUser struct {
	ID       uuid.UUID
	Disabled bool
	SignedIn *time.Time
	Name     *string
	Email    *string
	ToldAt   time.Time // when the issuer said so
}

// news names the members in which a token says something else than is known. What it is silent about stays, and an elder
// token than the last one heard changes nothing.
func (u externalUser) news(told externalUser) (out []string) {
	if told.ToldAt.Before(u.ToldAt) {
		return nil
	}
	if told.Email != nil && !opt.Equal(told.Email, u.Email) {
		out = append(out, "email")
	}
	if told.Name != nil && !opt.Equal(told.Name, u.Name) {
		out = append(out, "displayName")
	}
	return out
}
