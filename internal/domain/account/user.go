package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// resetLife is how long a reset token is good for.
const resetLife = 24 * time.Hour

// NewUser is what a user is made of. Without a password one is set with a reset token.
type NewUser struct {
	Email       string
	DisplayName *string
	Password    *string
}

// CreateUser makes a user without any grant. For those who may invite users. InvalidData, Duplicate when the address is taken.
func (s *Service) CreateUser(ctx context.Context, in NewUser) (uuid.UUID, error) {
	u, f := &User{Email: lowerEmail(in.Email), DisplayName: in.DisplayName, CreatedBy: creator(ctx)}, errs.Faults{}
	checkEmail(&f, u)
	if in.Password != nil {
		checkPassword(&f, "/password", *in.Password, u.Email)
	}
	if err := f.Err(); err != nil {
		return u.ID, err
	}
	if in.Password != nil {
		hash, err := s.passwords.Hash(ctx, *in.Password)
		if err != nil {
			return u.ID, err
		}
		u.PasswordHash = &hash
	}
	err := s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.refuseTaken(ctx, u.Email); err != nil {
			return err
		}
		return s.repo.users.Insert(ctx, tx, u)
	})
	return u.ID, err
}

func checkEmail(f *errs.Faults, u *User) {
	var ok bool
	if u.Email, ok = parseEmail(u.Email); !ok {
		f.Add("/email", "invalid", "it is not an e-mail address")
	}
}

// refuseTaken is a Duplicate when a user has the address. It names the user to those who may manage that one.
func (s *Service) refuseTaken(ctx context.Context, email string) error {
	id, found, err := s.repo.userID(ctx, email)
	if err != nil || !found {
		return err
	}
	e := errs.New(errs.Duplicate, "another user has the same address")
	e.Faults = errs.Faults{{In: "body", Pointer: "/email", Code: "duplicate", Detail: errs.Msg("another user has it already")}}
	if err := s.repo.mayManage(ctx, users, id); err == nil {
		e.Members = map[string]any{"conflictsWith": id}
	} else if !errs.Is(err, errs.Missing) {
		return err
	}
	return e
}

// UpdateUser changes a user over the version that the caller read; a disabled one is signed out everywhere. For those who
// may manage the user. Missing, InvalidData (nobody disables oneself), Duplicate, InUse for the last admin.
func (s *Service) UpdateUser(ctx context.Context, id uuid.UUID, ifMatch *string, change func(*User)) error {
	return s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.repo.user(ctx, id)
		if err != nil {
			return err
		}
		if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
			return err
		}
		u, f := *was, errs.Faults{}
		change(&u)
		if u.Email = lowerEmail(u.Email); u.Email != was.Email {
			checkEmail(&f, &u)
		}
		refuseNames(&f, was, &u)
		disabled := u.Disabled && !was.Disabled
		if disabled && authz.From(ctx).ID == id {
			f.Add("/disabled", "oneself", "nobody can disable oneself")
		}
		if err := f.Err(); err != nil {
			return err
		}
		if len(store.ChangedMembers(was, &u)) == 0 {
			return nil
		}
		if u.Email != was.Email {
			if err := s.refuseTaken(ctx, u.Email); err != nil {
				return err
			}
		}
		if disabled {
			if err := s.keepAnAdmin(ctx, id); err != nil {
				return err
			}
		}
		if err := s.repo.users.Update(ctx, tx, was, &u); err != nil {
			return err
		}
		if disabled {
			return s.signOut(ctx, tx, id, uuid.Nil)
		}
		return nil
	})
}

// refuseNames finds changes of what the issuer of those who sign in elsewhere tells at each sign-in.
func refuseNames(f *errs.Faults, was, u *User) {
	if was.Issuer == nil {
		return
	}
	for _, member := range store.ChangedMembers(was, u) {
		if member == "email" || member == "displayName" {
			f.Add("/"+member, "unexpected", "it comes from the issuer that the user signs in with")
		}
	}
}

// keepAnAdmin is InUse when the user is the last one who is an admin.
func (s *Service) keepAnAdmin(ctx context.Context, id uuid.UUID) error {
	last, err := s.repo.lastAdmin(ctx, id)
	if err == nil && last {
		err = errs.New(errs.InUse, "the last admin has to stay")
	}
	return err
}

// signOut ends all of a user's sessions but one, and all reset tokens.
func (s *Service) signOut(ctx context.Context, tx *store.Tx, id, keep uuid.UUID) error {
	tx.AfterCommit(func() { s.tokens.Forget(id) })
	return s.repo.endSessions(ctx, tx, id, keep)
}

// User is one user as JSON. For those who may manage the user. Missing.
func (s *Service) User(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.readUser(ctx, id)
}

// UserPage is a page of the users that the actor may manage, newest first; with email only that one.
func (s *Service) UserPage(ctx context.Context, email *string, req page.Request) (render.Page, error) {
	if email != nil {
		lower := lowerEmail(*email)
		email = &lower
	}
	return s.repo.userPage(ctx, email, req)
}

// CreateResetToken issues a one-time token with which the user sets a new password; elder ones end. For those who may
// manage the user. Missing; NotAllowed for those who sign in elsewhere.
func (s *Service) CreateResetToken(ctx context.Context, id uuid.UUID) (token string, expires time.Time, err error) {
	now := clock.Now()
	token, expires = authn.Secret("reset"), now.Add(resetLife)
	err = s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.repo.user(ctx, id)
		if err != nil {
			return err
		}
		if was.Issuer != nil {
			return errs.New(errs.NotAllowed, "the user signs in with another issuer and has no password here")
		}
		if err := s.repo.replaceReset(ctx, tx, id, authn.HashSecret(token), now, expires); err != nil {
			return err
		}
		u := *was
		return s.repo.users.Touch(ctx, tx, was, &u, "resetToken")
	})
	return token, expires, err
}

// ResetPassword sets a password with a reset token and ends every session of the user. For everyone who has the token.
// InvalidData if it is not valid or the password too easy, RateLimited after too many attempts from one address.
func (s *Service) ResetPassword(ctx context.Context, token, password string) error {
	budget := addressBudget(ctx)
	if err := s.spend(ctx, budget); err != nil {
		return err
	}
	hash, f := authn.HashSecret(token), errs.Faults{}
	id, email, ok, err := s.repo.resetOf(ctx, hash)
	if err != nil {
		return err
	}
	if !ok {
		f.Add("/token", "invalid", "it is unknown, used or too old")
	}
	checkPassword(&f, "/newPassword", password, email)
	if ok {
		err = s.giveBack(ctx, budget)
	}
	if err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	return s.setPassword(ctx, id, uuid.Nil, password, func(ctx context.Context, tx *store.Tx, _ *User, f *errs.Faults) error {
		used, err := s.repo.useReset(ctx, tx, hash)
		if err == nil && !used {
			f.Add("/token", "invalid", "it is unknown, used or too old")
		}
		return err
	})
}

// ChangePassword sets the actor's own password and ends every other session of the actor. For users. NotAllowed to
// service accounts, InvalidData if the current password is wrong or the new one too easy, RateLimited after too many guesses.
func (s *Service) ChangePassword(ctx context.Context, current, password string) error {
	a := authz.From(ctx)
	if a.Type != authz.User || a.Issuer != "" {
		return errs.New(errs.NotAllowed, "only users who sign in with Seutu have a password")
	}
	u, err := s.repo.users.Get(ctx, a.ID)
	if err != nil {
		return err
	}
	c, err := s.repo.credentials(ctx, u.Email, network(ctx))
	if err != nil {
		return err
	}
	right, err := s.guess(ctx, u.Email, c, current)
	if err != nil {
		return err
	}
	f := errs.Faults{}
	if !right {
		f.Add("/currentPassword", "wrong", "it is not the present password")
	}
	checkPassword(&f, "/newPassword", password, u.Email)
	if err := f.Err(); err != nil {
		return err
	}
	return s.setPassword(ctx, a.ID, a.Session, password, func(_ context.Context, _ *store.Tx, now *User, f *errs.Faults) error {
		if now.PasswordHash == nil || *now.PasswordHash != *c.hash { // somebody has set another one meanwhile
			f.Add("/currentPassword", "wrong", "it is not the present password")
		}
		return nil
	})
}

// setPassword sets a password and ends all sessions but one, if check, inside the transaction, finds no fault.
func (s *Service) setPassword(ctx context.Context, id, keep uuid.UUID, password string, check func(context.Context, *store.Tx, *User, *errs.Faults) error) error {
	hash, err := s.passwords.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.repo.users.Get(ctx, id)
		if err != nil {
			return err
		}
		f := errs.Faults{}
		if err := check(ctx, tx, was, &f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		u := *was
		u.PasswordHash = &hash
		if err := s.repo.users.Update(ctx, tx, was, &u); err != nil {
			return err
		}
		return s.signOut(ctx, tx, id, keep)
	})
}
