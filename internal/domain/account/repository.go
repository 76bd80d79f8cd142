package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/store"
)

// repository holds the queries of users, service accounts, grants and sessions.
type repository struct {
	*store.DB
	users    store.Repo[User, *User]
	accounts store.Repo[ServiceAccount, *ServiceAccount]
	grants   store.Repo[Grant, *Grant]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		DB: db, users: store.Repo[User, *User]{DB: db}, accounts: store.Repo[ServiceAccount, *ServiceAccount]{DB: db}, grants: store.Repo[Grant, *Grant]{DB: db},
	}
}

// write is Write for all that decides who may do what: one at a time, so that what was checked (whom somebody may manage,
// that an admin remains) still holds when it commits.
func (r *repository) write(ctx context.Context, fn func(context.Context, *store.Tx) error) error {
	return r.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Conn().Exec(ctx, "select pg_advisory_xact_lock(5074614)"); err != nil {
			return store.Err(err)
		}
		return fn(ctx, tx)
	})
}

// read is one row as JSON, with what its headers need.
type read struct {
	json      []byte
	version   int64
	updatedAt time.Time
	variant   string // what can change without a new version: times of use
}

// readOne renders the one row that the list selects from the table with the alias. Missing if there is none.
func (r *repository) readOne(ctx context.Context, alias string, l store.List, variant string) (out read, err error) {
	n := len(l.Columns)
	sql := store.SelectSQL(l.Columns, alias+".version, "+alias+".updated_at, ("+variant+")::text", l.From, l.Conditions())
	found, err := r.OneRow(ctx, sql, l.Args, func(row store.Row) error {
		out.version, out.updatedAt, out.variant = row.Int(n), row.Time(n+1), row.Text(n+2)
		var err error
		out.json, err = row.AppendJSON(nil, n)
		return err
	})
	if err == nil && !found {
		err = errs.New(errs.Missing, "there is none with this id")
	}
	return out, err
}

// newest is a page of the list, newest first.
func (r *repository) newest(ctx context.Context, alias string, l store.List, req page.Request) (items [][]byte, next string, err error) {
	l.ID, l.Keys = alias+".id", []store.Key{{SQL: alias + ".created_at", Type: "timestamptz", Desc: true}}
	next, err = r.Page(ctx, l, req, func(row store.Row) error {
		j, err := row.AppendJSON(nil, len(l.Columns))
		items = append(items, j)
		return err
	})
	return items, next, err
}

var userColumns = []store.Column{
	{Member: "id", SQL: "x.id"}, {Member: "version", SQL: "x.version"}, {Member: "createdAt", SQL: "x.created_at"}, {Member: "updatedAt", SQL: "x.updated_at"},
	{Member: "email", SQL: "x.email"}, {Member: "displayName", SQL: "x.display_name"}, {Member: "disabled", SQL: "x.disabled"},
	{Member: "lastSignedInAt", SQL: "x.last_signed_in_at"},
}

// userList lists the users that the actor may manage.
func userList(ctx context.Context) store.List {
	l := store.List{Columns: userColumns, From: "users x"}
	l.Where = append(l.Where, users.manageable(authz.From(ctx), &l))
	return l
}

func (r *repository) readUser(ctx context.Context, id uuid.UUID) (read, error) {
	l := userList(ctx)
	l.Filter("x.id = %s", id)
	return r.readOne(ctx, "x", l, "x.last_signed_in_at")
}

func (r *repository) userPage(ctx context.Context, email *string, req page.Request) ([][]byte, string, error) {
	l := userList(ctx)
	if email != nil {
		l.Filter("x.email = %s", *email)
	}
	return r.newest(ctx, "x", l, req)
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
	err = r.Gorm(ctx).Where("deleted_at is null").Order("email").Find(&out).Error
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
