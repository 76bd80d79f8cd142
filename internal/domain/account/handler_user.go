package account

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
)

func (h *Handler) user(ctx context.Context, status int, id uuid.UUID) (api.Answer, error) {
	r, err := h.svc.User(ctx, id)
	location := ""
	if status == 201 {
		location = "/v1/users/" + id.String()
	}
	return answer(ctx, status, r, location), err
}

// ListUsers lists the users that the caller may manage.
func (h *Handler) ListUsers(ctx context.Context, r api.ListUsersRequestObject) (api.ListUsersResponseObject, error) {
	l, err := h.svc.UserPage(ctx, r.Params.Email, page.New(r.Params.Limit, r.Params.Cursor, []any{"users", r.Params.Email}))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}

// CreateUser is for those who may invite users.
func (h *Handler) CreateUser(ctx context.Context, r api.CreateUserRequestObject) (api.CreateUserResponseObject, error) {
	in := NewUser{Email: r.Body.Email, Password: r.Body.Password}
	patch.Set(&in.DisplayName, r.Body.DisplayName)
	id, err := h.svc.CreateUser(ctx, in)
	if err != nil {
		return nil, err
	}
	return h.user(ctx, 201, id)
}

// GetUser is for those who may manage the user.
func (h *Handler) GetUser(ctx context.Context, r api.GetUserRequestObject) (api.GetUserResponseObject, error) {
	return h.user(ctx, 200, r.ID)
}

// UpdateUser is for those who may manage the user.
func (h *Handler) UpdateUser(ctx context.Context, r api.UpdateUserRequestObject) (api.UpdateUserResponseObject, error) {
	err := h.svc.UpdateUser(ctx, r.ID, r.Params.IfMatch, func(u *User) {
		patch.Value(&u.Email, r.Body.Email)
		patch.Set(&u.DisplayName, r.Body.DisplayName)
		patch.Value(&u.Disabled, r.Body.Disabled)
	})
	if err != nil {
		return nil, err
	}
	return h.user(ctx, 200, r.ID)
}

// CreateResetToken is for those who may manage the user.
func (h *Handler) CreateResetToken(ctx context.Context, r api.CreateResetTokenRequestObject) (api.CreateResetTokenResponseObject, error) {
	token, expires, err := h.svc.CreateResetToken(ctx, r.ID)
	return api.CreateResetToken201JSONResponse{Token: token, ExpiresAt: expires}, err
}

// ResetPassword is for whoever has a reset token.
func (h *Handler) ResetPassword(ctx context.Context, r api.ResetPasswordRequestObject) (api.ResetPasswordResponseObject, error) {
	return api.ResetPassword204Response{}, h.svc.ResetPassword(ctx, r.Body.Token, r.Body.NewPassword)
}

// ChangePassword is for users, about themselves.
func (h *Handler) ChangePassword(ctx context.Context, r api.ChangePasswordRequestObject) (api.ChangePasswordResponseObject, error) {
	return api.ChangePassword204Response{}, h.svc.ChangePassword(ctx, r.Body.CurrentPassword, r.Body.NewPassword)
}
