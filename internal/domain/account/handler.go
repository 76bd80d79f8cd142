package account

import (
	"context"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/render"
)

// Handler answers the operations of users, service accounts, grants and tokens.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

// answer is a rendered row with its headers; location only of a new one.
func answer(ctx context.Context, status int, r render.Row, location string) api.Answer {
	a := r.Updated(ctx)
	a.Status, a.Location = status, location
	return api.Answer{Answer: a}
}
