package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
)

// CreateUser makes a user with a first grant, if a role is named: both or neither.
func (a *App) CreateUser(ctx context.Context, u account.NewUser, role authz.Role, scope string) (id uuid.UUID, err error) {
	err = a.DB.Write(ctx, func(ctx context.Context, _ *store.Tx) error {
		if id, err = a.Accounts.CreateUser(ctx, u); err != nil || role == "" {
			return err
		}
		_, err = a.Accounts.CreateGrant(ctx, account.NewGrant{UserID: &id, Role: role, Scope: scope})
		return err
	})
	return id, err
}

// GrantByEmail gives the user with the address a role in a scope.
func (a *App) GrantByEmail(ctx context.Context, email string, role authz.Role, scope string) (uuid.UUID, error) {
	u, err := a.Accounts.UserByEmail(ctx, email)
	if err != nil {
		return uuid.Nil, err
	}
	return a.Accounts.CreateGrant(ctx, account.NewGrant{UserID: &u.ID, Role: role, Scope: scope})
}

// RosterRow is a user with the grants, as people read them.
type RosterRow struct {
	Email    string
	Disabled bool
	Grants   []string
}

// Roster lists all users with their grants, for commands.
func (a *App) Roster(ctx context.Context) ([]RosterRow, error) {
	users, err := a.Accounts.ListUsers(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]RosterRow, len(users))
	for i, u := range users {
		out[i] = RosterRow{Email: u.Address(), Disabled: u.Disabled}
		if u.Issuer != nil {
			out[i].Email += " (" + *u.Issuer + ")" // no address that other commands take
		}
		grants, err := a.Tokens.GrantsOf(ctx, u.ID)
		if err != nil {
			return nil, err
		}
		for _, g := range grants {
			text := string(g.Role)
			if g.Scope != "" {
				text += " " + g.Scope
			}
			out[i].Grants = append(out[i].Grants, text)
		}
	}
	return out, nil
}

// ActorByEmail is the user with the address as an actor: a command acts with the user's rights. NotAllowed if disabled.
func (a *App) ActorByEmail(ctx context.Context, email string) (authz.Actor, error) {
	u, err := a.Accounts.UserByEmail(ctx, email)
	if err != nil {
		return authz.Actor{}, err
	}
	if u.Disabled {
		return authz.Actor{}, errs.New(errs.NotAllowed, "the user is disabled")
	}
	grants, err := a.Tokens.GrantsOf(ctx, u.ID)
	return authz.Actor{ID: u.ID, Type: authz.User, Grants: grants}, err
}
