// Package authz decides who may do what: actors with grants, and one table of roles and permissions.
package authz

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/errs"
)

// ActorType tells what kind of actor acts.
type ActorType string

// The actor types.
const (
	Anonymous      ActorType = "anonymous"
	User           ActorType = "user"
	ServiceAccount ActorType = "service_account"
	System         ActorType = "system" // the program itself: commands and scheduled work
)

// ScopeType tells what a grant's scope is.
type ScopeType string

// The scope types.
const (
	Everywhere        ScopeType = "everywhere"
	RegionScope       ScopeType = "region"
	MunicipalityScope ScopeType = "municipality"
	CouncilScope      ScopeType = "council"
	NetworkScope      ScopeType = "network"
	OrganisationScope ScopeType = "organisation"
)

// Grant is a role in a scope. Permissions and Systems belong to the integration role only.
type Grant struct {
	Role        Role
	ScopeType   ScopeType
	Scope       string // code of a region or municipality, else an id
	Region      string // the region that a municipality's scope lies in, for delegation
	Permissions []Permission
	Systems     []string // names of external-id systems that are its own
}

// Actor is who a request comes from.
type Actor struct {
	ID        uuid.UUID
	Type      ActorType
	Session   uuid.UUID // the sign-in, or the secret, that the token came from
	Grants    []Grant
	RateLimit int       // requests a second; 0 = the service's own limit
	Issuer    string    // of the token, where it is an external one's
	Expires   time.Time // when the token ends
}

// Target is where a row stands: what a grant's scope is compared with. Empty members are in nobody's scope.
type Target struct {
	Region, Municipality, Organisation string
	Councils, Networks                 []string // itself and those above it: a scope holds what lies below
}

type actorKey struct{}

// With puts the actor into the context.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// From is the actor of the context, anonymous if there is none.
func From(ctx context.Context) Actor {
	if a, ok := ctx.Value(actorKey{}).(Actor); ok {
		return a
	}
	return Actor{Type: Anonymous}
}

// SystemActor is the program itself; it may do everything.
func SystemActor() Actor {
	return Actor{Type: System, Grants: []Grant{{Role: Admin, ScopeType: Everywhere}}}
}

// Known tells whether somebody is signed in.
func (a Actor) Known() bool { return a.Type != Anonymous && a.Type != "" }

// Admin tells whether the actor may do everything everywhere.
func (a Actor) Admin() bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == Admin })
}

// gives tells whether the grant gives the permission at all, and whether everywhere.
func (g Grant) gives(p Permission) Reach {
	r := policy[p][g.Role]
	if r == listed {
		if slices.Contains(g.Permissions, p) {
			return own
		}
		return none
	}
	return r
}

// covers tells whether the target lies in the grant's scope.
func (g Grant) covers(t Target) bool {
	switch g.ScopeType {
	case Everywhere:
		return true
	case RegionScope:
		return g.Scope == t.Region
	case MunicipalityScope:
		return g.Scope == t.Municipality
	case OrganisationScope:
		return g.Scope == t.Organisation
	case CouncilScope:
		return slices.Contains(t.Councils, g.Scope)
	case NetworkScope:
		return slices.Contains(t.Networks, g.Scope)
	}
	return false
}

// Holds tells whether some grant gives the permission somewhere.
func (a Actor) Holds(p Permission) bool {
	if p == Public {
		return true
	}
	if p == Authenticated {
		return a.Known()
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.gives(p) != none })
}

// May tells whether the actor has the permission for the target.
func (a Actor) May(p Permission, t Target) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		r := g.gives(p)
		return r == everywhere || r == own && g.covers(t)
	})
}

// Gate is the first check of every operation: may the actor ever do this, by one of the permissions? Unauthenticated or
// Forbidden if not.
func (a Actor) Gate(any ...Permission) error {
	if slices.ContainsFunc(any, a.Holds) {
		return nil
	}
	if !a.Known() {
		return errs.New(errs.SignInNeeded, "this operation needs an access token")
	}
	return errs.New(errs.NotAllowed, "none of your grants gives %s", string(any[0]))
}

// Require is the check of a row that the actor may see. Forbidden if the permission does not reach it.
func (a Actor) Require(p Permission, t Target) error {
	if a.May(p, t) {
		return nil
	}
	if !a.Known() {
		return errs.New(errs.SignInNeeded, "this operation needs an access token")
	}
	return errs.New(errs.NotAllowed, "none of your grants gives %s here", string(p))
}

// Reached lists the scopes in which the actor has the permission, for list queries.
type Reached struct {
	Everywhere                                                 bool
	Regions, Municipalities, Organisations, Councils, Networks []string
}

// Reach collects the scopes in which the actor has the permission.
func (a Actor) Reach(p Permission) Reached {
	var out Reached
	for _, g := range a.Grants {
		r := g.gives(p)
		if r == none {
			continue
		}
		if r == everywhere || g.ScopeType == Everywhere {
			out.Everywhere = true
			continue
		}
		switch g.ScopeType {
		case RegionScope:
			out.Regions = append(out.Regions, g.Scope)
		case MunicipalityScope:
			out.Municipalities = append(out.Municipalities, g.Scope)
		case OrganisationScope:
			out.Organisations = append(out.Organisations, g.Scope)
		case CouncilScope:
			out.Councils = append(out.Councils, g.Scope)
		case NetworkScope:
			out.Networks = append(out.Networks, g.Scope)
		}
	}
	return out
}

// Permissions lists all that some grant gives, somewhere, in the order of the table.
func (a Actor) Permissions() []Permission {
	var out []Permission
	for _, p := range AllPermissions() {
		if a.Holds(p) {
			out = append(out, p)
		}
	}
	return out
}

// OwnsSystem tells whether one of the actor's grants lists the external-id system.
func (a Actor) OwnsSystem(system string) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return slices.Contains(g.Systems, system) })
}
