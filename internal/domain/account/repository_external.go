package account

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/issuer"
	"github.com/seutu/seutu/internal/store"
)

// external finds the user of an external issuer, also a deleted one.
func (r *repository) external(ctx context.Context, issuer, subject string) (u externalUser, found bool, err error) {
	err = r.QueryRow(ctx, "select id, disabled or deleted_at is not null, last_signed_in_at, display_name, claimed_email, told_at from users where issuer = $1 and subject = $2", issuer, subject).
		Scan(&u.ID, &u.Disabled, &u.SignedIn, &u.Name, &u.Email, &u.ToldAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return u, false, nil
	}
	return u, err == nil, store.Err(err)
}

// insertExternal makes the user, or finds the one whom another request has made meanwhile.
func (r *repository) insertExternal(ctx context.Context, tx *store.Tx, id uuid.UUID, c issuer.Claims, told externalUser, now time.Time) (externalUser, error) {
	told.ID = id
	tag, err := tx.Conn().Exec(ctx, `insert into users (id, version, created_at, updated_at, display_name, issuer, subject, claimed_email, told_at)
		values ($1, 1, $2, $2, $3, $4, $5, $6, $7) on conflict (issuer, subject) do nothing`, told.ID, now, told.Name, c.Issuer, c.Subject, told.Email, told.ToldAt)
	if err != nil {
		return told, store.Err(err)
	}
	if tag.RowsAffected() == 0 {
		u, _, err := r.external(ctx, c.Issuer, c.Subject)
		return u, err
	}
	tx.Note(store.Change{Type: (*User)(nil).Resource(), ID: told.ID, Op: store.Created, Version: 1, Changed: append([]string{"issuer"}, externalUser{}.news(told)...)})
	return told, nil
}

// retellExternal writes what the issuer says by now, unless a younger token has been heard meanwhile.
func (r *repository) retellExternal(ctx context.Context, tx *store.Tx, u, told externalUser, news []string, now time.Time) error {
	var version int64
	err := tx.Conn().QueryRow(ctx, `update users set display_name = coalesce($2, display_name), claimed_email = coalesce($3, claimed_email), told_at = $4, version = version + 1, updated_at = $5
		where id = $1 and told_at <= $4 and deleted_at is null returning version`, u.ID, told.Name, told.Email, told.ToldAt, now).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil {
		tx.Note(store.Change{Type: (*User)(nil).Resource(), ID: u.ID, Op: store.Updated, Version: version, Changed: news})
	}
	return store.Err(err)
}

// noteExternal notes a sign-in; first is false when one since a time was noted.
func (r *repository) noteExternal(ctx context.Context, tx *store.Tx, id uuid.UUID, now, since time.Time) (first bool, err error) {
	tag, err := tx.Conn().Exec(ctx, "update users set last_signed_in_at = $2 where id = $1 and (last_signed_in_at is null or last_signed_in_at <= $3)", id, now, since)
	return tag.RowsAffected() > 0, store.Err(err)
}
