package account

import (
	"context"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
)

// This file holds what commands ask for: they know users by their addresses. The rules are those of the operations.

// UserByEmail finds a user that the actor may manage by the address. Missing if there is none.
func (s *Service) UserByEmail(ctx context.Context, email string) (*User, error) {
	id, found, err := s.repo.userID(ctx, lowerEmail(email))
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, errs.New(errs.Missing, "there is no user with this address")
	}
	return s.repo.user(ctx, id)
}

// DisableUser disables the user with the address and ends all sessions. Missing, InUse for the last admin.
func (s *Service) DisableUser(ctx context.Context, email string) error {
	u, err := s.UserByEmail(ctx, email)
	if err != nil {
		return err
	}
	anyVersion := "*"
	return s.UpdateUser(ctx, u.ID, &anyVersion, func(u *User) { u.Disabled = true })
}

// ListUsers lists all users by address. For admins and the program itself; NotAllowed to others.
func (s *Service) ListUsers(ctx context.Context) ([]User, error) {
	if !authz.From(ctx).Admin() {
		return nil, errs.New(errs.NotAllowed, "only admins may list all users")
	}
	return s.repo.allUsers(ctx)
}

// HasUsers tells whether there is any user yet.
func (s *Service) HasUsers(ctx context.Context) (bool, error) { return s.repo.hasUsers(ctx) }
