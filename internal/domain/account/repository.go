package account

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// repository holds the queries of users, service accounts, grants and sessions.
type repository struct {
	*store.DB
	users       store.Repo[User, *User]
	accounts    store.Repo[ServiceAccount, *ServiceAccount]
	grants      store.Repo[Grant, *Grant]
	invitations store.Repo[Invitation, *Invitation]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		DB: db, users: store.Repo[User, *User]{DB: db}, accounts: store.Repo[ServiceAccount, *ServiceAccount]{DB: db}, grants: store.Repo[Grant, *Grant]{DB: db},
		invitations: store.Repo[Invitation, *Invitation]{DB: db},
	}
}

// write is Write for all that decides who may do what: one at a time, so that what was checked (whom somebody may manage,
// that an admin remains) still holds when it commits.
func (r *repository) write(ctx context.Context, fn func(context.Context, *store.Tx) error) error {
	return r.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := r.queue(ctx, tx); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

// queue lets the transactions that decide who may do what go one after the other.
func (r *repository) queue(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Conn().Exec(ctx, "select pg_advisory_xact_lock($1)", store.LockGrants)
	return store.Err(err)
}

// newest is a page of the list, newest first.
func (r *repository) newest(ctx context.Context, v store.View, l store.List, req page.Request) (render.Page, error) {
	l.ID, l.Keys = v.Alias+".id", []store.Key{{SQL: v.Alias + ".created_at", Type: "timestamptz", Desc: true}}
	return r.Items(ctx, l, req)
}

// userView shows also a time of use, which changes without a new version.
var userView = store.View{Alias: "x", From: "users x", Variant: "x.last_signed_in_at", Columns: []store.Column{
	{Member: "id", SQL: "x.id"}, {Member: "version", SQL: "x.version"}, {Member: "createdAt", SQL: "x.created_at"}, {Member: "updatedAt", SQL: "x.updated_at"},
	{Member: "email", SQL: "coalesce(x.email, x.claimed_email)"}, {Member: "displayName", SQL: "x.display_name"}, {Member: "disabled", SQL: "x.disabled"},
	{Member: "lastSignedInAt", SQL: "x.last_signed_in_at"}, {Member: "issuer", SQL: "x.issuer"},
}}

// userList lists the users that the actor may manage.
func userList(ctx context.Context) store.List {
	l := userView.List()
	l.Where = append(l.Where, users.manageable(authz.From(ctx), &l))
	return l
}

func (r *repository) readUser(ctx context.Context, id uuid.UUID) (render.Row, error) {
	l := userList(ctx)
	l.Filter("x.id = %s", id)
	return r.One(ctx, userView, l)
}

func (r *repository) userPage(ctx context.Context, email *string, req page.Request) (render.Page, error) {
	l := userList(ctx)
	if email != nil {
		l.Filter("(x.email = %s or x.claimed_email = %s)", *email, *email)
	}
	return r.newest(ctx, userView, l, req)
}

// user loads a user that the actor may manage. Missing if there is none.
func (r *repository) user(ctx context.Context, id uuid.UUID) (*User, error) {
	if err := r.mayManage(ctx, users, id); err != nil {
		return nil, err
	}
	return r.users.Get(ctx, id)
}

func (r *repository) userID(ctx context.Context, email string) (id uuid.UUID, found bool, err error) {
	err = r.QueryRow(ctx, "select id from users where email = $1 and deleted_at is null", email).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, false, nil
	}
	return id, err == nil, store.Err(err)
}

func (r *repository) allUsers(ctx context.Context) (out []User, err error) {
	err = r.Gorm(ctx).Where("deleted_at is null").Order("coalesce(email, claimed_email), id").Find(&out).Error
	return out, store.Err(err)
}

func (r *repository) hasUsers(ctx context.Context) (yes bool, err error) {
	err = r.QueryRow(ctx, "select exists (select from users where deleted_at is null)").Scan(&yes)
	return yes, store.Err(err)
}

// lastAdmin tells whether the user is an admin, enabled, and the only such one.
func (r *repository) lastAdmin(ctx context.Context, id uuid.UUID) (yes bool, err error) {
	err = r.QueryRow(ctx, `select coalesce(bool_or(u.id = $1) and count(*) = 1, false) from grants g join users u on u.id = g.user_id
		where g.role = $2 and g.deleted_at is null and not u.disabled and u.deleted_at is null`, id, string(authz.Admin)).Scan(&yes)
	return yes, store.Err(err)
}
