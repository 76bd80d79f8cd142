package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// How long an invitation is good for, and how long it remembers the address once it has ended.
const (
	invitationLife    = 14 * 24 * time.Hour
	maxInvitationLife = 60 * 24 * time.Hour
	invitationMemory  = 30 * 24 * time.Hour
)

// InvitationStatus is where an invitation stands.
type InvitationStatus string

// The statuses of invitations. Expired is what a pending one is after its time, whether that has been noted yet or not.
const (
	InvitationPending  InvitationStatus = "pending"
	InvitationAccepted InvitationStatus = "accepted"
	InvitationRevoked  InvitationStatus = "revoked"
	InvitationExpired  InvitationStatus = "expired"
)

// Invitation offers a role in a scope to whoever proves to have the address. Of its token only the hash is kept.
type Invitation struct {
	store.Base
	Email        *string          `json:"email"` // nil once it is forgotten
	DisplayName  *string          `json:"displayName"`
	Message      *string          `json:"message"`
	Role         authz.Role       `json:"role"`
	ScopeType    authz.ScopeType  `json:"scopeType"`
	ScopeID      string           `json:"scope" gorm:"column:scope"` // "" everywhere
	Region       *string          `json:"-"`
	Municipality *string          `json:"-"`
	Status       InvitationStatus `json:"status"`
	TokenHash    []byte           `json:"-"`
	ExpiresAt    time.Time        `json:"expiresAt"`
	EndedAt      *time.Time       `json:"-"`
	GrantID      *uuid.UUID       `json:"grantId"`
	CreatedBy    *uuid.UUID       `json:"-"`
	ByClaims     bool             `json:"-"` // the right to invite came with an external issuer's token, and is known by it only
}

// Resource is its name in audit events and the change feed.
func (*Invitation) Resource() string { return "invitation" }

// Scope is where the scope of its grant lies.
func (i *Invitation) Scope() store.Scope {
	return store.Scope{Region: i.Region, Municipality: i.Municipality}
}

// at is the status at a time.
func (i *Invitation) at(now time.Time) InvitationStatus {
	if i.Status == InvitationPending && !now.Before(i.ExpiresAt) {
		return InvitationExpired
	}
	return i.Status
}

// end is the invitation as it is once it has ended.
func (i *Invitation) end(to InvitationStatus) *Invitation {
	out, now := *i, clock.Now()
	out.Status, out.EndedAt = to, &now
	return &out
}

// invitationSteps is the machine of invitations. Who accepts one needs its token, not a permission.
var invitationSteps = lifecycle.Machine[InvitationStatus]{
	{From: InvitationPending, To: InvitationAccepted, Permission: authz.Public},
	{From: InvitationPending, To: InvitationRevoked, Permission: authz.InviteUser},
}

// NewInvitation is what an invitation is made of.
type NewInvitation struct {
	Email                string
	DisplayName, Message *string
	Role                 authz.Role
	Scope                string     // a code or an id; "" for everywhere
	ExpiresAt            *time.Time // two weeks from now if nil
}

// Invite offers a role to whoever proves to have the address, and gives the one-time token: it is shown this once. For those
// who could give the grant. It tells nothing about whether the address has a user. InvalidData, NotAllowed.
func (s *Service) Invite(ctx context.Context, in NewInvitation) (id uuid.UUID, token string, err error) {
	now, f := clock.Now(), errs.Faults{}
	i := &Invitation{
		DisplayName: in.DisplayName, Message: in.Message, Role: in.Role, ScopeID: in.Scope, Status: InvitationPending, ExpiresAt: now.Add(invitationLife), CreatedBy: creator(ctx),
	}
	u := &User{Email: in.Email}
	checkEmail(&f, u)
	i.Email = &u.Email
	if in.ExpiresAt != nil {
		i.ExpiresAt = in.ExpiresAt.UTC().Truncate(time.Microsecond)
		if !i.ExpiresAt.After(now) || i.ExpiresAt.After(now.Add(maxInvitationLife)) {
			f.Add("/expiresAt", "range", "an invitation is good for at most %d days from now", int(maxInvitationLife.Hours()/24))
		}
	}
	token = authn.Secret("invite")
	i.TokenHash = authn.HashSecret(token)
	err = s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		g, err := s.offered(ctx, i, &f)
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		i.ScopeType, i.ScopeID, i.Region, i.Municipality = g.ScopeType, g.ScopeID, g.Region, g.Municipality
		if authz.From(ctx).Issuer != "" {
			_, err := s.stillOffered(ctx, i)
			if i.ByClaims = errs.Is(err, errs.NotAllowed); err != nil && !i.ByClaims {
				return err
			}
		}
		return s.repo.invitations.Insert(ctx, tx, i)
	})
	return i.ID, token, err
}

// offered is the grant that an invitation offers, if the actor may give it. What is wrong with its scope is noted, or, where
// nobody can tell then who may give it, told at once. NotAllowed.
func (s *Service) offered(ctx context.Context, i *Invitation, f *errs.Faults) (*Grant, error) {
	g := &Grant{Role: i.Role, ScopeID: i.ScopeID, Permissions: []string{}, Systems: []string{}, CreatedBy: i.CreatedBy}
	before := len(*f)
	target, err := s.locate(ctx, g, f)
	if err != nil {
		return nil, err
	}
	if len(*f) > before {
		return nil, f.Err()
	}
	if !authz.From(ctx).MayGrant(g.toAuthz(), target) {
		return nil, errs.New(errs.NotAllowed, "only roles below yours, inside your scope, with what you hold yourself")
	}
	return g, nil
}

// RevokeInvitation ends an invitation. For those who could give the grant. Missing, Changed, WrongTransition.
func (s *Service) RevokeInvitation(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	return s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.repo.invitation(ctx, id)
		if err != nil {
			return err
		}
		if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
			return err
		}
		if _, err := invitationSteps.Find(was.at(clock.Now()), InvitationRevoked, nil); err != nil {
			return err
		}
		return s.repo.invitations.Update(ctx, tx, was, was.end(InvitationRevoked))
	})
}

// Invitation is one invitation as JSON. For those who could give the grant. Missing.
func (s *Service) Invitation(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.readInvitation(ctx, id)
}

// InvitationFilter says which invitations a list holds.
type InvitationFilter struct {
	Status       []string
	Organisation *uuid.UUID
	Email        *string
	Count        bool
}

// Invitations is a page of the invitations whose grants the actor could give, newest first.
func (s *Service) Invitations(ctx context.Context, f InvitationFilter, req page.Request) (render.Page, error) {
	if f.Email != nil {
		lower := lowerEmail(*f.Email)
		f.Email = &lower
	}
	return s.repo.invitationPage(ctx, f, req)
}

// sweepBatch is how many invitations change in one transaction.
const sweepBatch = 200

// sweepInvitations notes those that have expired, and forgets address, name, message and token of those that ended a month ago.
func (s *Service) sweepInvitations(ctx context.Context) error {
	return s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := clock.Now()
		due, err := s.repo.expiredInvitations(ctx, now, sweepBatch)
		if err != nil {
			return err
		}
		for _, was := range due {
			if err := s.repo.invitations.Update(ctx, tx, was, was.end(InvitationExpired)); err != nil {
				return err
			}
		}
		old, err := s.repo.oldInvitations(ctx, now.Add(-invitationMemory), sweepBatch)
		if err != nil {
			return err
		}
		for _, was := range old {
			i := *was
			i.Email, i.DisplayName, i.Message, i.TokenHash = nil, nil, nil, nil
			if err := s.repo.invitations.Update(ctx, tx, was, &i); err != nil {
				return err
			}
		}
		return nil
	})
}
