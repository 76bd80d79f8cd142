package authn

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
)

type repository struct{ db *store.DB }

// keys reads the signing keys that are not retired, newest first.
func (r *repository) keys(ctx context.Context) ([]key, error) {
	rows, err := r.db.Query(ctx, "select kid, private, created_at from signing_keys where retired_at is null or retired_at > $1 order by created_at desc, kid", clock.Now())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []key
	for rows.Next() {
		var k key
		var der []byte
		if err := rows.Scan(&k.kid, &der, &k.created); err != nil {
			return nil, store.Err(err)
		}
		parsed, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			return nil, fmt.Errorf("signing key %s: %w", k.kid, err)
		}
		var ok bool
		if k.private, ok = parsed.(*ecdsa.PrivateKey); !ok {
			return nil, fmt.Errorf("signing key %s is no ECDSA key", k.kid)
		}
		out = append(out, k)
	}
	return out, store.Err(rows.Err())
}

// addKey stores a key unless one younger than age is there; the elder ones retire after the overlap.
func (r *repository) addKey(ctx context.Context, kid string, der []byte, now time.Time, age time.Duration) error {
	return r.db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Conn().Exec(ctx, "select pg_advisory_xact_lock($1)", store.LockSigningKeys); err != nil { // two processes make one key
			return store.Err(err)
		}
		tag, err := tx.Conn().Exec(ctx, "insert into signing_keys (kid, private, created_at) select $1, $2, $3 where not exists (select from signing_keys where retired_at is null and created_at > $4)",
			kid, der, now, now.Add(-age))
		if err != nil || tag.RowsAffected() == 0 {
			return store.Err(err)
		}
		_, err = tx.Conn().Exec(ctx, "update signing_keys set retired_at = $1 where retired_at is null and kid <> $2", now.Add(keyOverlap), kid)
		return store.Err(err)
	})
}

// asJSON gathers the grants of an account.
const asJSON = `coalesce(jsonb_agg(jsonb_build_object('role', g.role, 'scopeType', g.scope_type, 'scope', g.scope, 'region', coalesce(g.region, ''), 'permissions', g.permissions, 'systems', g.systems)
	order by g.created_at, g.id) filter (where g.id is not null), '[]')`

const loadUser = `
select ` + asJSON + `, 0
from users u left join grants g on g.user_id = u.id and g.deleted_at is null
where u.id = $1 and not u.disabled and u.deleted_at is null and exists (select from refresh_tokens t where t.family = $2 and t.user_id = u.id)
group by u.id`

// Those who sign in elsewhere have no session here: their token is all there is.
const loadExternal = `
select ` + asJSON + `, 0
from users u left join grants g on g.user_id = u.id and g.deleted_at is null
where u.id = $1 and u.issuer = $2 and not u.disabled and u.deleted_at is null
group by u.id`

const loadServiceAccount = `
select ` + asJSON + `, coalesce(max(a.rate_limit), 0)
from service_accounts a left join grants g on g.service_account_id = a.id and g.deleted_at is null
where a.id = $1 and not a.disabled and a.deleted_at is null and exists (select from service_account_secrets s where s.id = $2 and s.service_account_id = a.id)
group by a.id`

// actor loads the present grants behind a token; ok is false when the account, or the session that the token came from, is no more.
func (r *repository) actor(ctx context.Context, c claims) (a authz.Actor, ok bool, err error) {
	a = authz.Actor{ID: c.subject, Type: c.actorType, Session: c.session}
	var row pgx.Row
	switch {
	case c.external != nil:
		row = r.db.QueryRow(ctx, loadExternal, c.subject, c.external.Issuer)
	case c.actorType == authz.User:
		row = r.db.QueryRow(ctx, loadUser, c.subject, c.session)
	default:
		row = r.db.QueryRow(ctx, loadServiceAccount, c.subject, c.session)
	}
	var grants grantList
	err = row.Scan(&grants, &a.RateLimit)
	if errors.Is(err, pgx.ErrNoRows) {
		return a, false, nil
	}
	a.Grants = grants.toAuthz()
	return a, err == nil, store.Err(err)
}

// grantList is what asJSON gives.
type grantList []struct {
	Role        authz.Role
	ScopeType   authz.ScopeType
	Scope       string
	Region      string
	Permissions []authz.Permission
	Systems     []string
}

func (l grantList) toAuthz() []authz.Grant {
	out := make([]authz.Grant, len(l))
	for i, g := range l {
		out[i] = authz.Grant(g)
	}
	return out
}

// grantsOf loads the present grants of a user.
func (r *repository) grantsOf(ctx context.Context, user uuid.UUID) ([]authz.Grant, error) {
	var grants grantList
	err := r.db.QueryRow(ctx, "select "+asJSON+" from grants g where g.user_id = $1 and g.deleted_at is null", user).Scan(&grants)
	return grants.toAuthz(), store.Err(err)
}
