package account

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// scopeJoins joins to each grant g the organisation, council or network that it is for: its scope lies where that stands now.
const (
	scopeJoins = ` left join organisations o on o.id = case when g.scope_type = 'organisation' then g.scope::uuid end
		left join councils gc on gc.id = case when g.scope_type = 'council' then g.scope::uuid end
		left join networks gn on gn.id = case when g.scope_type = 'network' then g.scope::uuid end`
	grantsFrom        = "grants g" + scopeJoins
	grantRegion       = "case when coalesce(o.id, gc.id, gn.id) is null then g.region else coalesce(o.region, gc.region, gn.region) end"
	grantMunicipality = "case when coalesce(o.id, gc.id, gn.id) is null then g.municipality else coalesce(o.municipality, gc.municipality, gn.municipality) end"
)

// grantable is the condition under which the actor may give, and so take away, the grant g. It is authz.Actor.MayGrant in
// SQL: each of the actor's grants is asked which roles and permissions it can give where it covers.
func grantable(a authz.Actor, l *store.List) string {
	if a.Admin() {
		return "true"
	}
	var ways []string
	for _, mine := range a.Grants {
		alone, here, place := authz.Actor{Grants: []authz.Grant{mine}}, authz.Target{}, ""
		switch mine.ScopeType {
		case authz.RegionScope:
			here.Region, place = mine.Scope, grantRegion
		case authz.MunicipalityScope:
			here.Municipality, place = mine.Scope, grantMunicipality
		default: // nothing else lies inside the other scopes
			continue
		}
		roles, permissions := []string{}, []string{}
		for _, role := range authz.Roles {
			if alone.MayGrant(authz.Grant{Role: role}, here) {
				roles = append(roles, string(role))
			}
		}
		if len(roles) == 0 {
			continue
		}
		for _, p := range authz.AllPermissions() {
			if alone.MayGrant(authz.Grant{Role: authz.Integration, Permissions: []authz.Permission{p}}, here) {
				permissions = append(permissions, string(p))
			}
		}
		ways = append(ways, fmt.Sprintf("g.role = any(%s::text[]) and %s = %s and g.permissions <@ to_jsonb(%s::text[])", l.Arg(roles), place, l.Arg(mine.Scope), l.Arg(permissions)))
	}
	if len(ways) == 0 {
		return "false"
	}
	return "(" + strings.Join(ways, " or ") + ")"
}

// inScope is the condition under which the actor sees the grant g.
func inScope(a authz.Actor, l *store.List) string {
	reach := a.Reach(authz.WriteGrant)
	if reach.Everywhere {
		return "true"
	}
	return fmt.Sprintf("(%s = any(%s::text[]) or %s = any(%s::text[]))", grantRegion, l.Arg(reach.Regions), grantMunicipality, l.Arg(reach.Municipalities))
}

// holder is one of the two kinds that hold grants: its table, and the column of grants that leads to it.
type holder struct{ table, column string }

var (
	users           = holder{"users", "user_id"}
	serviceAccounts = holder{"service_accounts", "service_account_id"}
)

// manageable is the condition under which the actor may manage the holder x: one who has a grant that the actor could
// give, or whom the actor created, and who has no grant that the actor could not give.
func (h holder) manageable(a authz.Actor, l *store.List) string {
	if a.Admin() {
		return "x.deleted_at is null"
	}
	may := grantable(a, l)
	held := fmt.Sprintf("select from %s where g.deleted_at is null and g.%s = x.id", grantsFrom, h.column)
	return fmt.Sprintf("(x.deleted_at is null and (x.created_by = %s or exists (%s and %s)) and not exists (%s and %s is not true))", l.Arg(a.ID), held, may, held, may)
}

// mayManage is Missing unless the actor may manage the one with the id.
func (r *repository) mayManage(ctx context.Context, h holder, id uuid.UUID) error {
	var l store.List
	l.Where = append(l.Where, h.manageable(authz.From(ctx), &l))
	l.Filter("x.id = %s", id)
	yes, err := r.exists(ctx, h, l)
	if err == nil && !yes {
		err = errs.New(errs.Missing, "there is none with this id")
	}
	return err
}

// knows tells whether the actor may give a grant to the one with the id: one whom the actor may manage or has created.
func (r *repository) knows(ctx context.Context, h holder, id uuid.UUID) (bool, error) {
	a := authz.From(ctx)
	var l store.List
	manageable := h.manageable(a, &l)
	l.Filter("x.id = %s", id)
	l.Filter("x.deleted_at is null and (x.created_by = %s or "+manageable+")", a.ID)
	return r.exists(ctx, h, l)
}

func (r *repository) exists(ctx context.Context, h holder, l store.List) (yes bool, err error) {
	err = r.QueryRow(ctx, "select exists (select from "+h.table+" x where "+l.Conditions()+")", l.Args...).Scan(&yes)
	return yes, store.Err(err)
}

var grantView = store.View{Alias: "g", From: grantsFrom, Columns: []store.Column{
	{Member: "id", SQL: "g.id"}, {Member: "version", SQL: "g.version"}, {Member: "createdAt", SQL: "g.created_at"}, {Member: "updatedAt", SQL: "g.updated_at"},
	{Member: "userId", SQL: "g.user_id"}, {Member: "serviceAccountId", SQL: "g.service_account_id"}, {Member: "role", SQL: "g.role"},
	{Member: "scopeType", SQL: "g.scope_type"}, {Member: "scope", SQL: "nullif(g.scope, '')"}, {Member: "permissions", SQL: "g.permissions"},
	{Member: "systems", SQL: "g.systems"},
}}

// grantList lists the grants inside the actor's scope.
func grantList(ctx context.Context) store.List {
	l := grantView.List()
	l.Where = append(l.Where, "g.deleted_at is null", inScope(authz.From(ctx), &l))
	return l
}

func (r *repository) readGrant(ctx context.Context, id uuid.UUID) (render.Row, error) {
	l := grantList(ctx)
	l.Filter("g.id = %s", id)
	return r.One(ctx, grantView, l)
}

func (r *repository) grantPage(ctx context.Context, user, serviceAccount *uuid.UUID, req page.Request) (render.Page, error) {
	l := grantList(ctx)
	if user != nil {
		l.Filter("g.user_id = %s", *user)
	}
	if serviceAccount != nil {
		l.Filter("g.service_account_id = %s", *serviceAccount)
	}
	return r.newest(ctx, grantView, l, req)
}

// grant loads a grant inside the actor's scope, and tells whether the actor could give it. Missing if there is none.
func (r *repository) grant(ctx context.Context, id uuid.UUID) (g *Grant, mine bool, err error) {
	l := grantList(ctx)
	l.Filter("g.id = %s", id)
	may := grantable(authz.From(ctx), &l)
	err = r.QueryRow(ctx, "select coalesce("+may+", false) from "+l.From+" where "+l.Conditions(), l.Args...).Scan(&mine)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, errs.New(errs.Missing, "there is none with this id")
	}
	if err != nil {
		return nil, false, store.Err(err)
	}
	g, err = r.grants.Get(ctx, id)
	return g, mine, err
}

// grantsOf loads all grants of a service account.
func (r *repository) grantsOf(ctx context.Context, serviceAccount uuid.UUID) (out []Grant, err error) {
	err = r.Gorm(ctx).Where("service_account_id = ? and deleted_at is null", serviceAccount).Order("created_at, id").Find(&out).Error
	return out, store.Err(err)
}

// foreignSystems lists those of the systems that a grant of another account lists.
func (r *repository) foreignSystems(ctx context.Context, holder uuid.UUID, systems []string) (out []string, err error) {
	err = r.QueryRow(ctx, `select coalesce(array_agg(distinct s), '{}') from unnest($1::text[]) s
		where exists (select from grants g where g.deleted_at is null and g.systems ? s and coalesce(g.service_account_id, g.user_id) <> $2)`, systems, holder).Scan(&out)
	return out, store.Err(err)
}
