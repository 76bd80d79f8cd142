package account

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// NewGrant is what a grant is made of.
type NewGrant struct {
	UserID, ServiceAccountID *uuid.UUID // one of them
	Role                     authz.Role
	Scope                    string // a code or an id; "" for everywhere
	Permissions, Systems     []string
}

// CreateGrant gives a user or a service account a role. For those who hold a higher role over the whole scope, and to
// those whom they may manage. InvalidData, NotAllowed, Duplicate if there is such a grant or a system is another account's.
func (s *Service) CreateGrant(ctx context.Context, in NewGrant) (uuid.UUID, error) {
	g := &Grant{
		UserID: in.UserID, ServiceAccountID: in.ServiceAccountID, Role: in.Role, ScopeID: in.Scope,
		Permissions: append([]string{}, in.Permissions...), Systems: append([]string{}, in.Systems...), CreatedBy: creator(ctx),
	}
	err := s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		f := errs.Faults{}
		if err := s.checkHolder(ctx, g, &f); err != nil {
			return err
		}
		checkRole(g, &f)
		before := len(f)
		target, err := s.locate(ctx, g, &f)
		if err != nil {
			return err
		}
		if len(f) > before {
			return f.Err() // nobody knows who may give it
		}
		if !authz.From(ctx).MayGrant(g.toAuthz(), target) {
			return errs.New(errs.NotAllowed, "only roles below yours, inside your scope, with what you hold yourself")
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := s.refuseForeignSystems(ctx, g); err != nil {
			return err
		}
		tx.AfterCommit(func() { s.tokens.Forget(g.holder()) })
		return s.repo.grants.Insert(ctx, tx, g)
	})
	return g.ID, err
}

// MakeConvener gives the user who acts the role of convener in a network that the user has just founded: whoever founds a
// network for an association convenes it. Service accounts and the program itself get nothing.
func (s *Service) MakeConvener(ctx context.Context, network uuid.UUID) error {
	t, ok, err := s.places.Network(ctx, network)
	if err != nil || !ok {
		return err
	}
	return s.give(ctx, authz.Convener, authz.NetworkScope, network, unlessEmpty(t.Region), unlessEmpty(t.Municipality))
}

// MakeEditor gives the user who acts the role of editor of an organisation that the user has just made and nobody else answers for yet.
// Service accounts and the program itself get nothing.
func (s *Service) MakeEditor(ctx context.Context, organisation uuid.UUID, region, municipality *string) error {
	return s.give(ctx, authz.Editor, authz.OrganisationScope, organisation, region, municipality)
}

// EndEditors takes away all roles in an organisation that is deleted, in the transaction that deletes it, which has decided who
// may do this.
func (s *Service) EndEditors(ctx context.Context, organisation uuid.UUID) error {
	return s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		all, err := s.repo.grants.Lock(ctx, "scope_type = 'organisation' and scope = ?", organisation.String())
		if err != nil {
			return err
		}
		for _, g := range all {
			if err := s.takeAway(ctx, tx, g); err != nil {
				return err
			}
		}
		return nil
	})
}

// give gives the user who acts a role in what the user has just made.
func (s *Service) give(ctx context.Context, role authz.Role, scopeType authz.ScopeType, scope uuid.UUID, region, municipality *string) error {
	a := authz.From(ctx)
	if a.Type != authz.User {
		return nil
	}
	g := &Grant{
		UserID: &a.ID, Role: role, ScopeType: scopeType, ScopeID: scope.String(), Region: region, Municipality: municipality,
		Permissions: []string{}, Systems: []string{}, CreatedBy: creator(ctx),
	}
	return s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		tx.AfterCommit(func() { s.tokens.Forget(a.ID) })
		return s.repo.grants.Insert(ctx, tx, g)
	})
}

// toAuthz is the grant as the policy knows it.
func (g *Grant) toAuthz() authz.Grant {
	out := authz.Grant{Role: g.Role, ScopeType: g.ScopeType, Scope: g.ScopeID, Systems: g.Systems}
	if g.Region != nil {
		out.Region = *g.Region
	}
	for _, p := range g.Permissions {
		if authz.Listable(authz.Permission(p)) { // others are a fault of their own
			out.Permissions = append(out.Permissions, authz.Permission(p))
		}
	}
	return out
}

// checkHolder finds what is wrong with who shall get the grant. Those whom the actor may not manage do not exist.
func (s *Service) checkHolder(ctx context.Context, g *Grant, f *errs.Faults) error {
	if (g.UserID == nil) == (g.ServiceAccountID == nil) {
		f.Add("/userId", "exclusive", "name either a userId or a serviceAccountId")
		return nil
	}
	h := users
	if g.UserID == nil {
		h = serviceAccounts
	}
	known, err := s.repo.knows(ctx, h, g.holder())
	switch {
	case err != nil || known:
		return err
	case g.UserID != nil:
		f.Add("/userId", "unknown-reference", "there is no such user")
	default:
		f.Add("/serviceAccountId", "unknown-reference", "there is no such service account")
	}
	return nil
}

// checkRole finds members that do not go with the role.
func checkRole(g *Grant, f *errs.Faults) {
	if g.Role != authz.Integration {
		if len(g.Permissions) > 0 {
			f.Add("/permissions", "unexpected", "it goes with the role %s only", string(authz.Integration))
		}
		if len(g.Systems) > 0 {
			f.Add("/systems", "unexpected", "it goes with the role %s only", string(authz.Integration))
		}
		return
	}
	if g.UserID != nil {
		f.Add("/role", "unexpected", "only a service account can be an integration")
	}
	for i, p := range g.Permissions {
		if !authz.Listable(authz.Permission(p)) {
			f.Add("/permissions/"+strconv.Itoa(i), "unknown-code", "there is no permission %s that an integration can have", p)
		}
	}
}

// locate finds the type of the grant's scope, and where it lies.
func (s *Service) locate(ctx context.Context, g *Grant, f *errs.Faults) (t authz.Target, err error) {
	types := authz.ScopeOf(g.Role)
	if len(types) == 0 {
		f.Add("/role", "unknown-code", "there is no role %s", string(g.Role))
		return t, nil
	}
	if g.ScopeType = types[0]; len(g.ScopeID) == 3 && slices.Contains(types, authz.MunicipalityScope) { // a code of two digits is a region's
		g.ScopeType = authz.MunicipalityScope
	}
	switch {
	case g.ScopeType == authz.Everywhere && g.ScopeID != "":
		f.Add("/scope", "unexpected", "the role %s has no scope", string(g.Role))
		return t, nil
	case g.ScopeType != authz.Everywhere && g.ScopeID == "":
		f.Add("/scope", "required", "it is missing")
		return t, nil
	}
	switch g.ScopeType {
	case authz.Everywhere:
	case authz.RegionScope:
		if t.Region = g.ScopeID; !s.places.Region(g.ScopeID) {
			f.Add("/scope", "unknown-code", "there is no region with the code %s", g.ScopeID)
		}
	case authz.MunicipalityScope:
		var ok bool
		t.Municipality = g.ScopeID
		if t.Region, ok = s.places.Municipality(g.ScopeID); !ok {
			f.Add("/scope", "unknown-code", "there is no municipality with the code %s", g.ScopeID)
		}
	default:
		err = s.locateID(ctx, g, &t, f)
	}
	g.Region, g.Municipality = unlessEmpty(t.Region), unlessEmpty(t.Municipality)
	return t, err
}

// locateID is locate for scopes that are named by an id.
func (s *Service) locateID(ctx context.Context, g *Grant, t *authz.Target, f *errs.Faults) error {
	id, err := uuid.Parse(g.ScopeID)
	if err != nil {
		f.Add("/scope", "invalid", "it is not an id")
		return nil
	}
	g.ScopeID = id.String()
	var ok bool
	switch g.ScopeType {
	case authz.CouncilScope:
		if *t, ok, err = s.places.Council(ctx, id); err == nil && !ok {
			f.Add("/scope", "unknown-reference", "there is no such council")
		}
	case authz.NetworkScope:
		if *t, ok, err = s.places.Network(ctx, id); err == nil && !ok {
			f.Add("/scope", "unknown-reference", "there is no such network")
		}
	case authz.OrganisationScope:
		t.Organisation = g.ScopeID
		if t.Region, t.Municipality, ok, err = s.places.Organisation(ctx, id); err == nil && !ok {
			f.Add("/scope", "unknown-reference", "there is no such organisation")
		}
	}
	return err
}

func unlessEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// refuseForeignSystems is a Duplicate where a grant of another account lists one of the systems, but for admins.
func (s *Service) refuseForeignSystems(ctx context.Context, g *Grant) error {
	if len(g.Systems) == 0 || authz.From(ctx).Admin() {
		return nil
	}
	taken, err := s.repo.foreignSystems(ctx, g.holder(), g.Systems)
	if err != nil || len(taken) == 0 {
		return err
	}
	e := errs.New(errs.Duplicate, "another service account has the system already")
	for i, name := range g.Systems {
		if slices.Contains(taken, name) {
			e.Faults = append(e.Faults, errs.Fault{In: "body", Pointer: "/systems/" + strconv.Itoa(i), Code: "duplicate", Detail: errs.Msg("another service account has it already")})
		}
	}
	return e
}

// DeleteGrant takes a grant away. For those who could give it. Missing outside the actor's scope, NotAllowed, InUse for
// the last admin's.
func (s *Service) DeleteGrant(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	return s.repo.write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, mine, err := s.repo.grant(ctx, id)
		if err != nil {
			return err
		}
		if !mine {
			return errs.New(errs.NotAllowed, "only those who could give the grant can take it away")
		}
		if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
			return err
		}
		if was.Role == authz.Admin && was.UserID != nil {
			if err := s.keepAnAdmin(ctx, *was.UserID); err != nil {
				return err
			}
		}
		return s.takeAway(ctx, tx, was)
	})
}

func (s *Service) takeAway(ctx context.Context, tx *store.Tx, was *Grant) error {
	g := *was
	tx.AfterCommit(func() { s.tokens.Forget(g.holder()) })
	return s.repo.grants.Delete(ctx, tx, was, &g)
}

// Grant is one grant as JSON. For those in whose scope it lies. Missing.
func (s *Service) Grant(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.readGrant(ctx, id)
}

// GrantPage is a page of the grants inside the actor's scope, newest first; of one holder if an id is given.
func (s *Service) GrantPage(ctx context.Context, user, serviceAccount *uuid.UUID, req page.Request) (render.Page, error) {
	return s.repo.grantPage(ctx, user, serviceAccount, req)
}
