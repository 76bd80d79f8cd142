// Package account holds those who act: users and service accounts, the grants that give them roles, and how they sign in.
package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/issuer"
	"github.com/seutu/seutu/internal/store"
)

// User is a person who signs in. The JSON names are the members that are set; changes are reported by them.
type User struct {
	store.Base
	Email          string     `json:"email"` // lower case; to sign in with
	DisplayName    *string    `json:"displayName"`
	PasswordHash   *string    `json:"password"` // nil: none is set yet
	Disabled       bool       `json:"disabled"`
	CreatedBy      *uuid.UUID `json:"-"`
	LastSignedInAt *time.Time `json:"-" gorm:"->"` // written by sign-ins only

	// Of those who sign in elsewhere; they have neither Email nor password here.
	Issuer       *string `json:"-" gorm:"->"`
	ClaimedEmail *string `json:"-" gorm:"->"` // what the issuer says; no way to sign in
}

// Address is the e-mail address to show for the user, "" if none is known.
func (u *User) Address() string {
	if u.ClaimedEmail != nil {
		return *u.ClaimedEmail
	}
	return u.Email
}

// Resource is its name in audit events and the change feed.
func (*User) Resource() string { return "user" }

// Scope is empty: a user stands nowhere, only grants do.
func (*User) Scope() store.Scope { return store.Scope{} }

// ServiceAccount is a script or a municipal system that signs in with a secret.
type ServiceAccount struct {
	store.Base
	Name       string     `json:"name"`
	Disabled   bool       `json:"disabled"`
	RateLimit  *int       `json:"rateLimit"` // requests a second; nil: the service's own limit
	CreatedBy  *uuid.UUID `json:"-"`
	LastUsedAt *time.Time `json:"-" gorm:"->"` // written by sign-ins only
}

// Resource is its name in audit events and the change feed.
func (*ServiceAccount) Resource() string { return "service_account" }

// Scope is empty: a service account stands nowhere, only grants do.
func (*ServiceAccount) Scope() store.Scope { return store.Scope{} }

// Grant is a role in a scope, held by a user or a service account. It is given and taken away, never changed.
type Grant struct {
	store.Base
	UserID           *uuid.UUID      `json:"userId"`
	ServiceAccountID *uuid.UUID      `json:"serviceAccountId"`
	Role             authz.Role      `json:"role"`
	ScopeType        authz.ScopeType `json:"scopeType"`
	ScopeID          string          `json:"scope" gorm:"column:scope"` // "" everywhere
	Region           *string         `json:"-"`                         // where the scope lies
	Municipality     *string         `json:"-"`
	Permissions      []string        `json:"permissions" gorm:"serializer:json"`
	Systems          []string        `json:"systems" gorm:"serializer:json"`
	CreatedBy        *uuid.UUID      `json:"-"`
}

// Resource is its name in audit events and the change feed.
func (*Grant) Resource() string { return "grant" }

// Scope is where its scope lies, for the readers of audit events and of the change feed.
func (g *Grant) Scope() store.Scope {
	return store.Scope{Region: g.Region, Municipality: g.Municipality}
}

// holder is the id of who holds the grant.
func (g *Grant) holder() uuid.UUID {
	if g.UserID != nil {
		return *g.UserID
	}
	return *g.ServiceAccountID
}

// Places tells where the scopes of grants lie.
type Places = issuer.Places

// Service holds the rules of accounts: who may manage whom, who may give what, and who gets a token.
type Service struct {
	repo      *repository
	tokens    *authn.Tokens
	passwords *authn.Passwords
	places    Places
}

// NewService makes the service.
func NewService(db *store.DB, tokens *authn.Tokens, passwords *authn.Passwords, places Places) *Service {
	return &Service{newRepository(db), tokens, passwords, places}
}

// Sweep deletes what has run out: sessions, reset tokens, counters of guesses, and addresses not seen for half a year. It notes
// which invitations have expired, and forgets whom the ended ones were for. For scheduled work.
func (s *Service) Sweep(ctx context.Context) error {
	if err := s.repo.sweep(ctx, clock.Now()); err != nil {
		return err
	}
	return s.sweepInvitations(ctx)
}

// creator is who makes a row, nil for the program itself.
func creator(ctx context.Context) *uuid.UUID {
	if a := authz.From(ctx); a.Known() && a.Type != authz.System {
		return &a.ID
	}
	return nil
}
