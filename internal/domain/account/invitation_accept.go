package account

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/store"
)

// Acceptance is what somebody who was invited sends. The password is that of the address's user, or the one that a new user gets.
type Acceptance struct {
	Token                 string
	Password, DisplayName *string
}

// invitee is who accepts an invitation: the user of the address, proven, or nobody yet.
type invitee struct {
	id   uuid.UUID
	hash *string // of a new user's password, or the one that the user's password was held against; nil when signed in
	new  bool
}

// Accept uses an invitation's token up and gives the grant to the user of the address, whom it makes where there is none. The
// address's user has to be the one who is signed in, or has to give the password. For everyone who has the token. InvalidData,
// WrongTransition for one that has ended, RateLimited after too many attempts, NotAllowed to another user and when those
// who invited may not give the role any more.
func (s *Service) Accept(ctx context.Context, in Acceptance) (*Invitation, error) {
	budget := addressBudget(ctx)
	if err := s.spend(ctx, budget); err != nil {
		return nil, err
	}
	hash := authn.HashSecret(in.Token)
	i, found, err := s.repo.invited(ctx, hash)
	if err != nil {
		return nil, err
	}
	if !found {
		f := errs.Faults{}
		f.Add("/token", "invalid", "it is unknown, used or too old")
		return nil, f.Err()
	}
	if err := s.giveBack(ctx, budget); err != nil {
		return nil, err
	}
	if _, err := invitationSteps.Find(i.at(clock.Now()), InvitationAccepted, nil); err != nil {
		return nil, err
	}
	who, err := s.prove(ctx, *i.Email, in.Password)
	if err != nil {
		return nil, err
	}
	err = s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, found, err := s.repo.invited(ctx, hash) // again: only now nobody else writes
		if err != nil {
			return err
		}
		if !found || was.Email == nil {
			return errs.New(errs.WrongTransition, "the invitation has ended")
		}
		if _, err := invitationSteps.Find(was.at(clock.Now()), InvitationAccepted, nil); err != nil {
			return err
		}
		i, err = s.admit(ctx, tx, was, who, in.DisplayName)
		return err
	})
	return i, err
}

// prove finds who accepts an invitation that was sent to an address.
func (s *Service) prove(ctx context.Context, email string, password *string) (who invitee, err error) {
	a, f := authz.From(ctx), errs.Faults{}
	if a.Known() {
		u, err := s.repo.users.Get(ctx, a.ID)
		if err != nil && !errs.Is(err, errs.Missing) {
			return who, err
		}
		if err != nil || a.Type != authz.User || u.Address() != email {
			return who, errs.New(errs.NotAllowed, "the invitation is for somebody else; sign out, or sign in as that user")
		}
		return invitee{id: a.ID}, nil
	}
	if password == nil {
		f.Add("/password", "required", "give the password of the invited address's user, or choose one")
		return who, f.Err()
	}
	c, err := s.repo.credentials(ctx, email, network(ctx))
	if err != nil {
		return who, err
	}
	if c.id != nil {
		right, err := s.guess(ctx, email, c, *password)
		if err == nil && !right {
			f.Add("/password", "wrong", "the address has a user, and it is not that user's password")
			err = f.Err()
		}
		return invitee{id: *c.id, hash: c.hash}, err
	}
	if checkPassword(&f, "/password", *password, email); len(f) > 0 {
		return who, f.Err()
	}
	hash, err := s.passwords.Hash(ctx, *password)
	return invitee{hash: &hash, new: true}, err
}

// admit gives the grant of an invitation to who accepts it, whom it makes first if need be, and ends the invitation.
func (s *Service) admit(ctx context.Context, tx *store.Tx, was *Invitation, who invitee, displayName *string) (*Invitation, error) {
	g, err := s.stillOffered(ctx, was)
	if err != nil {
		return nil, err
	}
	u := &User{Email: *was.Email, DisplayName: was.DisplayName, PasswordHash: who.hash, CreatedBy: was.CreatedBy}
	if who.new {
		if displayName != nil {
			u.DisplayName = displayName
		}
		if err := s.refuseTaken(ctx, u.Email); err != nil { // by another invitation, a moment ago
			return nil, err
		}
		if err := s.repo.users.Insert(ctx, tx, u); err != nil {
			return nil, err
		}
	} else if u, err = s.repo.users.Get(ctx, who.id); err != nil {
		return nil, err
	} else if u.Disabled || u.Address() != *was.Email || who.hash != nil && !opt.Equal(u.PasswordHash, who.hash) {
		return nil, errs.New(errs.NotAllowed, "the user was changed meanwhile; try again")
	}
	held, found, err := s.repo.held(ctx, u.ID, g)
	if err != nil {
		return nil, err
	}
	if g.UserID = &u.ID; !found {
		if err := s.repo.grants.Insert(ctx, tx, g); err != nil {
			return nil, err
		}
		held = g.ID
		tx.AfterCommit(func() { s.tokens.Forget(u.ID) })
	}
	now := was.end(InvitationAccepted)
	now.GrantID, now.ScopeType = &held, g.ScopeType
	return now, s.repo.invitations.Update(ctx, tx, was, now)
}

// stillOffered is the grant of an invitation, if those who invited may give it still. Whether claims would still give the right
// nobody can know without the token: then the user has to be there still, and the scope to lie where it did. NotAllowed.
func (s *Service) stillOffered(ctx context.Context, i *Invitation) (*Grant, error) {
	inviter := authz.SystemActor()
	if i.CreatedBy != nil {
		held, alive, err := s.repo.inviter(ctx, *i.CreatedBy)
		if err != nil {
			return nil, err
		}
		if !i.ByClaims || !alive {
			inviter = held
		}
	}
	f := errs.Faults{}
	g, err := s.offered(authz.With(ctx, inviter), i, &f)
	moved := err == nil && i.ByClaims && (!opt.Equal(g.Region, i.Region) || !opt.Equal(g.Municipality, i.Municipality))
	if moved || errs.Is(err, errs.InvalidData) || errs.Is(err, errs.NotAllowed) {
		err = errs.New(errs.NotAllowed, "whoever invited you may not give this role any more; ask for another invitation")
	}
	return g, err
}
