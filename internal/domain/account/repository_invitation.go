package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// statusNow is the status of the invitation g, also when nobody has noted yet that its time is over.
const statusNow = "case when g.status = 'pending' and g.expires_at <= now() then 'expired' else g.status end"

// invitationView shows an invitation as if it were the grant g that it offers: who could give that sees it.
var invitationView = store.View{
	Alias: "g", From: "(select i.*, '[]'::jsonb as permissions from invitations i) g" + scopeJoins, Variant: statusNow,
	Columns: []store.Column{
		{Member: "id", SQL: "g.id"}, {Member: "version", SQL: "g.version"}, {Member: "createdAt", SQL: "g.created_at"}, {Member: "updatedAt", SQL: "g.updated_at"},
		{Member: "status", SQL: statusNow}, {Member: "email", SQL: "g.email"}, {Member: "displayName", SQL: "g.display_name"}, {Member: "message", SQL: "g.message"},
		{Member: "role", SQL: "g.role"}, {Member: "scopeType", SQL: "g.scope_type"}, {Member: "scope", SQL: "nullif(g.scope, '')"},
		{Member: "expiresAt", SQL: "g.expires_at"}, {Member: "endedAt", SQL: "g.ended_at"}, {Member: "invitedBy", SQL: "g.created_by"}, {Member: "grantId", SQL: "g.grant_id"},
	},
}

func invitationList(ctx context.Context) store.List {
	l := invitationView.List()
	l.Where = append(l.Where, "g.deleted_at is null", grantable(authz.From(ctx), &l))
	return l
}

func (r *repository) readInvitation(ctx context.Context, id uuid.UUID) (render.Row, error) {
	l := invitationList(ctx)
	l.Filter("g.id = %s", id)
	return r.One(ctx, invitationView, l)
}

func (r *repository) invitationPage(ctx context.Context, f InvitationFilter, req page.Request) (out render.Page, err error) {
	l := invitationList(ctx)
	l.AnyOf(statusNow, f.Status)
	if f.Organisation != nil {
		l.Filter("g.scope = %s and g.scope_type = 'organisation'", f.Organisation.String())
	}
	if f.Email != nil {
		l.Filter("g.email = %s", *f.Email)
	}
	if out, err = r.newest(ctx, invitationView, l, req); err == nil {
		out.Total, err = r.Total(ctx, l, f.Count)
	}
	return out, err
}

// invitation loads an invitation whose grant the actor could give. Missing if there is none.
func (r *repository) invitation(ctx context.Context, id uuid.UUID) (*Invitation, error) {
	if _, err := r.readInvitation(ctx, id); err != nil {
		return nil, err
	}
	return r.invitations.Get(ctx, id)
}

// invited finds the invitation that a token is for.
func (r *repository) invited(ctx context.Context, hash []byte) (i *Invitation, found bool, err error) {
	i = &Invitation{}
	err = r.Gorm(ctx).Where("token_hash = ? and deleted_at is null", hash).Take(i).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, false, nil
	}
	return i, err == nil, store.Err(err)
}

// inviter is the one with the id as an actor, with the stored grants of this moment. Who is disabled or gone is not alive, and
// has none.
func (r *repository) inviter(ctx context.Context, id uuid.UUID) (out authz.Actor, alive bool, err error) {
	out = authz.Actor{ID: id, Type: authz.User}
	err = r.QueryRow(ctx, `select exists (select from users where id = $1 and not disabled and deleted_at is null)
		or exists (select from service_accounts where id = $1 and not disabled and deleted_at is null)`, id).Scan(&alive)
	if err != nil || !alive {
		return out, false, store.Err(err)
	}
	var held []Grant
	err = r.Gorm(ctx).Where("? in (user_id, service_account_id) and deleted_at is null", id).Find(&held).Error
	for _, g := range held {
		out.Grants = append(out.Grants, g.toAuthz())
	}
	return out, true, store.Err(err)
}

// held finds the grant that a user has already, equal to g.
func (r *repository) held(ctx context.Context, user uuid.UUID, g *Grant) (id uuid.UUID, found bool, err error) {
	var same Grant
	err = r.Gorm(ctx).Where("user_id = ? and role = ? and scope = ? and deleted_at is null", user, g.Role, g.ScopeID).Take(&same).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return id, false, nil
	}
	return same.ID, err == nil, store.Err(err)
}

// expiredInvitations loads some that are pending though their time is over.
func (r *repository) expiredInvitations(ctx context.Context, now time.Time, limit int) (out []*Invitation, err error) {
	err = r.Gorm(ctx).Where("status = 'pending' and expires_at <= ? and deleted_at is null", now).Order("expires_at").Limit(limit).Find(&out).Error
	return out, store.Err(err)
}

// oldInvitations loads some that ended before a time and still remember whom they were for.
func (r *repository) oldInvitations(ctx context.Context, before time.Time, limit int) (out []*Invitation, err error) {
	err = r.Gorm(ctx).Where("ended_at <= ? and email is not null and deleted_at is null", before).Order("ended_at").Limit(limit).Find(&out).Error
	return out, store.Err(err)
}
