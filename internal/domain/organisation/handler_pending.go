package organisation

import (
	"context"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
)

// ListOrganisationPendingChanges is for those who may write the organisation.
func (h *Handler) ListOrganisationPendingChanges(ctx context.Context, r api.ListOrganisationPendingChangesRequestObject) (api.ListOrganisationPendingChangesResponseObject, error) {
	p := r.Params
	found, err := h.svc.PendingChanges(ctx, r.ID, opt.Texts(p.Status), p.Count != nil && *p.Count, page.New(p.Limit, p.Cursor, []any{r.ID, p}))
	if err != nil {
		return nil, err
	}
	a, err := found.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}

// GetPendingChange is for those who may write its organisation.
func (h *Handler) GetPendingChange(ctx context.Context, r api.GetPendingChangeRequestObject) (api.GetPendingChangeResponseObject, error) {
	row, err := h.svc.PendingChange(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// TransitionPendingChange asks for the right that the step takes.
func (h *Handler) TransitionPendingChange(ctx context.Context, r api.TransitionPendingChangeRequestObject) (api.TransitionPendingChangeResponseObject, error) {
	if err := h.svc.DecideChange(ctx, r.ID, r.Params.IfMatch, ChangeStatus(r.Body.To), opt.From(r.Body.Note)); err != nil {
		return nil, err
	}
	row, err := h.svc.PendingChange(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}
