package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/store"
)

// addressOf is the stored form of the address $2 of the user u.
const addressOf = "sha256(convert_to(u.id::text || ' ' || $2::text, 'UTF8'))"

// credentials finds what the password of a user is held against; all empty for an unknown address.
func (r *repository) credentials(ctx context.Context, email, address string) (c credentials, err error) {
	var disabled bool
	err = r.QueryRow(ctx, `select u.id, u.password_hash, u.disabled,
			exists (select from familiar_addresses f where f.user_id = u.id and f.address = `+addressOf+` and f.seen_at > $3)
		from users u where u.email = $1 and u.deleted_at is null`, email, address, time.Now().Add(-familiarLife)).Scan(&c.id, &c.hash, &disabled, &c.familiar)
	if errors.Is(err, pgx.ErrNoRows) {
		return c, nil
	}
	if disabled {
		c.hash = nil
	}
	return c, store.Err(err)
}

// openSession begins a session; ok is false when the user has been disabled or got another password since c was read.
func (r *repository) openSession(ctx context.Context, tx *store.Tx, c credentials, address string, family uuid.UUID, hash []byte, now time.Time) (ok bool, err error) {
	tag, err := tx.Conn().Exec(ctx, "update users set last_signed_in_at = $2 where id = $1 and not disabled and deleted_at is null and password_hash = $3", c.id, now, c.hash)
	if err != nil || tag.RowsAffected() == 0 {
		return false, store.Err(err)
	}
	if err := insertRefresh(ctx, tx, rotation{user: *c.id, family: family}, hash, now); err != nil || address == "" {
		return err == nil, err
	}
	_, err = tx.Conn().Exec(ctx, `insert into familiar_addresses (user_id, address, seen_at) select u.id, `+addressOf+`, $3 from users u where u.id = $1
		on conflict (user_id, address) do update set seen_at = excluded.seen_at`, c.id, address, now)
	return err == nil, store.Err(err)
}

// rotation is what became of a refresh token.
type rotation struct {
	user, family uuid.UUID
	ok           bool
	reused       bool // the family has been ended
}

func insertRefresh(ctx context.Context, tx *store.Tx, r rotation, hash []byte, now time.Time) error {
	_, err := tx.Conn().Exec(ctx, "insert into refresh_tokens (hash, family, user_id, created_at, expires_at) values ($1, $2, $3, $4, $5)",
		hash, r.family, r.user, now, now.Add(refreshLife))
	return store.Err(err)
}

// lockUser holds a user's sessions: all that ends or prolongs one waits here, so that none slips through its end.
func lockUser(ctx context.Context, tx *store.Tx, id uuid.UUID) (enabled bool, err error) {
	err = tx.Conn().QueryRow(ctx, "select not disabled and deleted_at is null from users where id = $1 for no key update", id).Scan(&enabled)
	return enabled, store.Err(err)
}

// rotate uses a refresh token up and puts another in its place. If it was used up before, the family ends.
func (r *repository) rotate(ctx context.Context, tx *store.Tx, hash, next []byte, now time.Time) (out rotation, err error) {
	var found bool
	if out.user, out.family, found, err = r.familyOf(ctx, hash); err != nil || !found {
		return out, err
	}
	enabled, err := lockUser(ctx, tx, out.user)
	if err != nil || !enabled {
		return out, err
	}
	tag, err := tx.Conn().Exec(ctx, "update refresh_tokens set used_at = $2 where hash = $1 and used_at is null and expires_at > $2", hash, now)
	if err != nil {
		return out, store.Err(err)
	}
	if tag.RowsAffected() == 1 {
		out.ok = true
		return out, insertRefresh(ctx, tx, out, next, now)
	}
	tag, err = tx.Conn().Exec(ctx, "delete from refresh_tokens where family = $1 and exists (select from refresh_tokens where hash = $2 and used_at is not null)", out.family, hash)
	out.reused = tag.RowsAffected() > 0
	return out, store.Err(err)
}

// familyOf finds the session that a refresh token belongs to.
func (r *repository) familyOf(ctx context.Context, hash []byte) (user, family uuid.UUID, found bool, err error) {
	err = r.QueryRow(ctx, "select user_id, family from refresh_tokens where hash = $1", hash).Scan(&user, &family)
	if errors.Is(err, pgx.ErrNoRows) {
		return user, family, false, nil
	}
	return user, family, err == nil, store.Err(err)
}

// endFamily ends one session; ended is false when it had ended before.
func (r *repository) endFamily(ctx context.Context, tx *store.Tx, user, family uuid.UUID) (ended bool, err error) {
	if _, err := lockUser(ctx, tx, user); err != nil {
		return false, err
	}
	tag, err := tx.Conn().Exec(ctx, "delete from refresh_tokens where user_id = $1 and family = $2", user, family)
	return tag.RowsAffected() > 0, store.Err(err)
}

// endSessions ends all sessions of a user but keep, and the reset tokens.
func (r *repository) endSessions(ctx context.Context, tx *store.Tx, user, keep uuid.UUID) error {
	if _, err := lockUser(ctx, tx, user); err != nil {
		return err
	}
	_, err := tx.Conn().Exec(ctx, `with t as (delete from reset_tokens where user_id = $1) delete from refresh_tokens where user_id = $1 and family <> $2`, user, keep)
	return store.Err(err)
}

// replaceReset stores a reset token in the place of all elder ones.
func (r *repository) replaceReset(ctx context.Context, tx *store.Tx, user uuid.UUID, hash []byte, now, expires time.Time) error {
	_, err := tx.Conn().Exec(ctx, `with t as (delete from reset_tokens where user_id = $2)
		insert into reset_tokens (hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)`, hash, user, now, expires)
	return store.Err(err)
}

// resetOf finds the enabled user whom a live reset token is for.
func (r *repository) resetOf(ctx context.Context, hash []byte) (user uuid.UUID, email string, found bool, err error) {
	err = r.QueryRow(ctx, `select u.id, u.email from reset_tokens t join users u on u.id = t.user_id
		where t.hash = $1 and t.expires_at > $2 and not u.disabled and u.deleted_at is null`, hash, time.Now()).Scan(&user, &email)
	if errors.Is(err, pgx.ErrNoRows) {
		return user, "", false, nil
	}
	return user, email, err == nil, store.Err(err)
}

// useReset uses a reset token up; ok is false when somebody else has, or it was replaced.
func (r *repository) useReset(ctx context.Context, tx *store.Tx, hash []byte) (ok bool, err error) {
	tag, err := tx.Conn().Exec(ctx, "delete from reset_tokens where hash = $1", hash)
	return tag.RowsAffected() == 1, store.Err(err)
}

// count counts an attempt in one statement, so that many at once stay within the limit too; ok is false when it is used up.
func (r *repository) count(ctx context.Context, b budget, now time.Time) (ok bool, err error) {
	n, err := r.Exec(ctx, `insert into sign_in_throttles as t (key, since, failed) values ($1, $2, 1) on conflict (key) do update set
			since = case when $5 or t.since <= $3 then excluded.since else t.since end,
			failed = case when t.since <= $3 then 1 else t.failed + 1 end
		where t.since <= $3 or t.failed < $4`, b.key, now, now.Add(-window), b.limit, b.rolling)
	return n == 1, err
}

// counted tells how many attempts count at the moment, and since when.
func (r *repository) counted(ctx context.Context, key []byte, now time.Time) (n int, since time.Time, err error) {
	err = r.QueryRow(ctx, "select failed, since from sign_in_throttles where key = $1 and since > $2", key, now.Add(-window)).Scan(&n, &since)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, now, nil
	}
	return n, since, store.Err(err)
}

func (r *repository) uncount(ctx context.Context, key []byte) error {
	_, err := r.Exec(ctx, "update sign_in_throttles set failed = failed - 1 where key = $1 and failed > 0", key)
	return err
}

func (r *repository) uncountAll(ctx context.Context, key []byte) error {
	_, err := r.Exec(ctx, "delete from sign_in_throttles where key = $1", key)
	return err
}

func (r *repository) sweep(ctx context.Context, now time.Time) error {
	for _, old := range []struct {
		sql    string
		before time.Time
	}{
		{"delete from refresh_tokens where expires_at <= $1", now},
		{"delete from reset_tokens where expires_at <= $1", now},
		{"delete from sign_in_throttles where since <= $1", now.Add(-window)},
		{"delete from familiar_addresses where seen_at <= $1", now.Add(-familiarLife)},
	} {
		if _, err := r.Exec(ctx, old.sql, old.before); err != nil {
			return err
		}
	}
	return nil
}
