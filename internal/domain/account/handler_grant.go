package account

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
)

func (h *Handler) grant(ctx context.Context, status int, id uuid.UUID) (api.Answer, error) {
	r, err := h.svc.Grant(ctx, id)
	location := ""
	if status == 201 {
		location = "/v1/grants/" + id.String()
	}
	return answer(ctx, status, r, location), err
}

// ListGrants lists the grants inside the caller's scope.
func (h *Handler) ListGrants(ctx context.Context, r api.ListGrantsRequestObject) (api.ListGrantsResponseObject, error) {
	p := r.Params
	l, err := h.svc.GrantPage(ctx, p.UserID, p.ServiceAccountID, page.New(p.Limit, p.Cursor, []any{"grants", p.UserID, p.ServiceAccountID}))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}

// CreateGrant is for those who hold a higher role over the whole scope.
func (h *Handler) CreateGrant(ctx context.Context, r api.CreateGrantRequestObject) (api.CreateGrantResponseObject, error) {
	in := NewGrant{
		UserID: r.Body.UserID, ServiceAccountID: r.Body.ServiceAccountID, Role: authz.Role(r.Body.Role),
		Permissions: r.Body.Permissions, Systems: r.Body.Systems,
	}
	patch.SetTo(&in.Scope, r.Body.Scope)
	id, err := h.svc.CreateGrant(ctx, in)
	if err != nil {
		return nil, err
	}
	return h.grant(ctx, 201, id)
}

// GetGrant is for those in whose scope it lies.
func (h *Handler) GetGrant(ctx context.Context, r api.GetGrantRequestObject) (api.GetGrantResponseObject, error) {
	return h.grant(ctx, 200, r.ID)
}

// DeleteGrant is for those who could give it.
func (h *Handler) DeleteGrant(ctx context.Context, r api.DeleteGrantRequestObject) (api.DeleteGrantResponseObject, error) {
	return api.DeleteGrant204Response{}, h.svc.DeleteGrant(ctx, r.ID, r.Params.IfMatch)
}
