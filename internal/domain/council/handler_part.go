package council

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/opt"
)

func partURL(id uuid.UUID, kind string, partID uuid.UUID) string {
	return "/v1/councils/" + id.String() + "/" + kind + "/" + partID.String()
}

// ListCouncilTerms is open to everyone.
func (h *Handler) ListCouncilTerms(ctx context.Context, r api.ListCouncilTermsRequestObject) (api.ListCouncilTermsResponseObject, error) {
	row, err := h.svc.Terms(ctx, r.ID, clock.DateOf(r.Params.ActiveOn))
	return api.Answer{Answer: row.Shown(ctx, "terms", opt.Value((*string)(clock.DateOf(r.Params.ActiveOn))))}, err
}

// GetCouncilTerm is open to everyone.
func (h *Handler) GetCouncilTerm(ctx context.Context, r api.GetCouncilTermRequestObject) (api.GetCouncilTermResponseObject, error) {
	row, err := h.svc.Term(ctx, r.ID, r.PartID)
	return api.Answer{Answer: row.Shown(ctx, "term")}, err
}

// CreateCouncilTerm is for those who may write the council.
func (h *Handler) CreateCouncilTerm(ctx context.Context, r api.CreateCouncilTermRequestObject) (api.CreateCouncilTermResponseObject, error) {
	id, err := h.svc.CreateTerm(ctx, r.ID, r.Params.IfMatch, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Term(ctx, r.ID, id)
	return api.Answer{Answer: row.Created(ctx, partURL(r.ID, "terms", id))}, err
}

// UpdateCouncilTerm is for those who may write the council.
func (h *Handler) UpdateCouncilTerm(ctx context.Context, r api.UpdateCouncilTermRequestObject) (api.UpdateCouncilTermResponseObject, error) {
	if err := h.svc.UpdateTerm(ctx, r.ID, r.PartID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.Term(ctx, r.ID, r.PartID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteCouncilTerm is for those who may write the council.
func (h *Handler) DeleteCouncilTerm(ctx context.Context, r api.DeleteCouncilTermRequestObject) (api.DeleteCouncilTermResponseObject, error) {
	return h.removed(ctx, r.ID, h.svc.DeleteTerm(ctx, r.ID, r.PartID, r.Params.IfMatch))
}

// ListCouncilDuties is open to everyone.
func (h *Handler) ListCouncilDuties(ctx context.Context, r api.ListCouncilDutiesRequestObject) (api.ListCouncilDutiesResponseObject, error) {
	row, err := h.svc.Duties(ctx, r.ID, r.Params.Year)
	return api.Answer{Answer: row.Shown(ctx, dutiesVariant(r.Params.Year)...)}, err
}

// GetCouncilDuty is open to everyone.
func (h *Handler) GetCouncilDuty(ctx context.Context, r api.GetCouncilDutyRequestObject) (api.GetCouncilDutyResponseObject, error) {
	row, err := h.svc.Duty(ctx, r.ID, r.PartID)
	return api.Answer{Answer: row.Shown(ctx, "duty")}, err
}

// CreateCouncilDuty is for those who may write the council.
func (h *Handler) CreateCouncilDuty(ctx context.Context, r api.CreateCouncilDutyRequestObject) (api.CreateCouncilDutyResponseObject, error) {
	id, err := h.svc.CreateDuty(ctx, r.ID, r.Params.IfMatch, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Duty(ctx, r.ID, id)
	return api.Answer{Answer: row.Created(ctx, partURL(r.ID, "duties", id))}, err
}

// UpdateCouncilDuty is for those who may write the council.
func (h *Handler) UpdateCouncilDuty(ctx context.Context, r api.UpdateCouncilDutyRequestObject) (api.UpdateCouncilDutyResponseObject, error) {
	if err := h.svc.UpdateDuty(ctx, r.ID, r.PartID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.Duty(ctx, r.ID, r.PartID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteCouncilDuty is for those who may write the council.
func (h *Handler) DeleteCouncilDuty(ctx context.Context, r api.DeleteCouncilDutyRequestObject) (api.DeleteCouncilDutyResponseObject, error) {
	return h.removed(ctx, r.ID, h.svc.DeleteDuty(ctx, r.ID, r.PartID, r.Params.IfMatch))
}

// dutiesVariant: the state of a duty in a year hangs on the present year.
func dutiesVariant(year *int) []string {
	if year == nil {
		return []string{"duties"}
	}
	return []string{"duties", strconv.Itoa(*year), string(clock.Today())[:4]}
}
