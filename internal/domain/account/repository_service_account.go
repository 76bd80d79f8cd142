package account

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// secretsJSON are the secrets of the service account x; times within JSON look as those of columns do.
const secretsJSON = `(select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'createdAt', to_char(s.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
	'lastUsedAt', to_char(s.last_used_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) order by s.created_at, s.id), '[]')
	from service_account_secrets s where s.service_account_id = x.id)`

// serviceAccountView shows also times of use, which change without a new version.
var serviceAccountView = store.View{
	Alias: "x", From: "service_accounts x",
	Variant: "select string_agg(s.last_used_at::text, ' ' order by s.created_at, s.id) from service_account_secrets s where s.service_account_id = x.id",
	Columns: []store.Column{
		{Member: "id", SQL: "x.id"}, {Member: "version", SQL: "x.version"}, {Member: "createdAt", SQL: "x.created_at"}, {Member: "updatedAt", SQL: "x.updated_at"},
		{Member: "name", SQL: "x.name"}, {Member: "disabled", SQL: "x.disabled"}, {Member: "rateLimit", SQL: "x.rate_limit"},
		{Member: "lastUsedAt", SQL: "x.last_used_at"}, {Member: "secrets", SQL: secretsJSON},
	},
}

// serviceAccountList lists the service accounts that the actor may manage.
func serviceAccountList(ctx context.Context) store.List {
	l := serviceAccountView.List()
	l.Where = append(l.Where, serviceAccounts.manageable(authz.From(ctx), &l))
	return l
}

func (r *repository) readServiceAccount(ctx context.Context, id uuid.UUID) (render.Row, error) {
	l := serviceAccountList(ctx)
	l.Filter("x.id = %s", id)
	return r.One(ctx, serviceAccountView, l)
}

func (r *repository) serviceAccountPage(ctx context.Context, req page.Request) (render.Page, error) {
	return r.newest(ctx, serviceAccountView, serviceAccountList(ctx), req)
}

// serviceAccount loads a service account that the actor may manage. Missing if there is none.
func (r *repository) serviceAccount(ctx context.Context, id uuid.UUID) (*ServiceAccount, error) {
	if err := r.mayManage(ctx, serviceAccounts, id); err != nil {
		return nil, err
	}
	return r.accounts.Get(ctx, id)
}

func (r *repository) insertSecret(ctx context.Context, tx *store.Tx, account uuid.UUID, s NewSecret, hash []byte) error {
	_, err := tx.Conn().Exec(ctx, "insert into service_account_secrets (id, service_account_id, created_at, hash) values ($1, $2, $3, $4)", s.ID, account, s.CreatedAt, hash)
	return store.Err(err)
}

func (r *repository) countSecrets(ctx context.Context, account uuid.UUID) (n int, err error) {
	err = r.QueryRow(ctx, "select count(*) from service_account_secrets where service_account_id = $1", account).Scan(&n)
	return n, store.Err(err)
}

// hasSecret is Missing unless the service account has the secret.
func (r *repository) hasSecret(ctx context.Context, account, id uuid.UUID) error {
	var yes bool
	err := r.QueryRow(ctx, "select exists (select from service_account_secrets where service_account_id = $1 and id = $2)", account, id).Scan(&yes)
	if err == nil && !yes {
		return errs.New(errs.Missing, "there is none with this id")
	}
	return store.Err(err)
}

// deleteSecrets deletes one secret of a service account, or all.
func (r *repository) deleteSecrets(ctx context.Context, tx *store.Tx, account uuid.UUID, id *uuid.UUID) (int64, error) {
	tag, err := tx.Conn().Exec(ctx, "delete from service_account_secrets where service_account_id = $1 and ($2::uuid is null or id = $2)", account, id)
	return tag.RowsAffected(), store.Err(err)
}

// secret finds the secret of an enabled service account; known tells whether there is such an account at all.
func (r *repository) secret(ctx context.Context, account uuid.UUID, hash []byte) (id uuid.UUID, known bool, err error) {
	var found *uuid.UUID
	err = r.QueryRow(ctx, `select (select s.id from service_account_secrets s join service_accounts a on a.id = s.service_account_id
			where a.id = $1 and a.deleted_at is null and not a.disabled and s.hash = $2),
		exists (select from service_accounts where id = $1)`, account, hash).Scan(&found, &known)
	if found != nil {
		id = *found
	}
	return id, known, store.Err(err)
}

// noteUse notes when a service account, and its secret, was last used.
func (r *repository) noteUse(ctx context.Context, tx *store.Tx, account, secret uuid.UUID, now time.Time) error {
	_, err := tx.Conn().Exec(ctx, `with s as (update service_account_secrets set last_used_at = $3 where id = $2)
		update service_accounts set last_used_at = $3 where id = $1`, account, secret, now)
	return store.Err(err)
}
