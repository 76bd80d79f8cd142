package account

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
)

func (h *Handler) serviceAccount(ctx context.Context, id uuid.UUID) (api.Answer, error) {
	r, err := h.svc.ServiceAccount(ctx, id)
	return answer(ctx, 200, r, ""), err
}

func secretToAPI(s NewSecret) api.ServiceAccountSecretCreated {
	return api.ServiceAccountSecretCreated{ID: s.ID, CreatedAt: s.CreatedAt, ClientSecret: s.Text}
}

// ListServiceAccounts lists the service accounts that the caller may manage.
func (h *Handler) ListServiceAccounts(ctx context.Context, r api.ListServiceAccountsRequestObject) (api.ListServiceAccountsResponseObject, error) {
	l, err := h.svc.ServiceAccountPage(ctx, page.New(r.Params.Limit, r.Params.Cursor, "service accounts"))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}

// CreateServiceAccount is for those who may write service accounts.
func (h *Handler) CreateServiceAccount(ctx context.Context, r api.CreateServiceAccountRequestObject) (api.CreateServiceAccountResponseObject, error) {
	var rateLimit *int
	patch.Set(&rateLimit, r.Body.RateLimit)
	id, secret, err := h.svc.CreateServiceAccount(ctx, r.Body.Name, rateLimit)
	if err != nil {
		return nil, err
	}
	account, err := h.svc.ServiceAccount(ctx, id)
	if err != nil {
		return nil, err
	}
	account.JSON, err = json.Marshal(map[string]any{"account": json.RawMessage(account.JSON), "secret": secretToAPI(secret)})
	return answer(ctx, 201, account, "/v1/service-accounts/"+id.String()), err
}

// GetServiceAccount is for those who may manage it.
func (h *Handler) GetServiceAccount(ctx context.Context, r api.GetServiceAccountRequestObject) (api.GetServiceAccountResponseObject, error) {
	return h.serviceAccount(ctx, r.ID)
}

// UpdateServiceAccount is for those who may manage it.
func (h *Handler) UpdateServiceAccount(ctx context.Context, r api.UpdateServiceAccountRequestObject) (api.UpdateServiceAccountResponseObject, error) {
	err := h.svc.UpdateServiceAccount(ctx, r.ID, r.Params.IfMatch, func(a *ServiceAccount) {
		patch.Value(&a.Name, r.Body.Name)
		patch.Value(&a.Disabled, r.Body.Disabled)
		patch.Set(&a.RateLimit, r.Body.RateLimit)
	})
	if err != nil {
		return nil, err
	}
	return h.serviceAccount(ctx, r.ID)
}

// DeleteServiceAccount is for those who may manage it.
func (h *Handler) DeleteServiceAccount(ctx context.Context, r api.DeleteServiceAccountRequestObject) (api.DeleteServiceAccountResponseObject, error) {
	return api.DeleteServiceAccount204Response{}, h.svc.DeleteServiceAccount(ctx, r.ID, r.Params.IfMatch)
}

// CreateServiceAccountSecret is for those who may manage the service account.
func (h *Handler) CreateServiceAccountSecret(ctx context.Context, r api.CreateServiceAccountSecretRequestObject) (api.CreateServiceAccountSecretResponseObject, error) {
	secret, version, err := h.svc.CreateSecret(ctx, r.ID, r.Params.IfMatch)
	tag := render.ETag(ctx, version)
	return api.CreateServiceAccountSecret201JSONResponse{Body: secretToAPI(secret), Headers: api.CreateServiceAccountSecret201ResponseHeaders{ETag: &tag}}, err
}

// DeleteServiceAccountSecret is for those who may manage the service account.
func (h *Handler) DeleteServiceAccountSecret(ctx context.Context, r api.DeleteServiceAccountSecretRequestObject) (api.DeleteServiceAccountSecretResponseObject, error) {
	version, err := h.svc.DeleteSecret(ctx, r.ID, r.PartID, r.Params.IfMatch)
	tag := render.ETag(ctx, version)
	return api.DeleteServiceAccountSecret204Response{Headers: api.DeleteServiceAccountSecret204ResponseHeaders{ETag: &tag}}, err
}
