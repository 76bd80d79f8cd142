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
func answer(ctx context.Context, status int, r read, location string) api.Answer {
	return api.Answer{Answer: render.Answer{
		Status: status, ETag: render.ETag(ctx, r.version, r.variant), Location: location, LastModified: r.updatedAt, Body: r.json,
	}}
}
