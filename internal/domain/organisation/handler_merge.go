package organisation

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
)

// MergeOrganisation is for those who may merge both organisations.
func (h *Handler) MergeOrganisation(ctx context.Context, r api.MergeOrganisationRequestObject) (api.MergeOrganisationResponseObject, error) {
	in := Merging{
		From: r.Body.From, FromVersion: r.Body.FromVersion, Take: opt.Texts(opt.Value(opt.From(r.Body.Take))),
		On: clock.DateOf(opt.From(r.Body.MergedOn)), DryRun: opt.Value(opt.From(r.Body.DryRun)),
	}
	merged, sum, err := h.svc.Merge(ctx, r.ID, r.Params.IfMatch, in)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(struct {
		Organisation json.RawMessage `json:"organisation"`
		From         uuid.UUID       `json:"from"`
		DryRun       bool            `json:"dryRun"`
		summary
	}{merged.json, in.From, in.DryRun, sum})
	a := render.Answer{Status: 200, Body: body}
	if !in.DryRun {
		a.ETag = render.ETag(ctx, merged.row.Version)
	}
	return api.Answer{Answer: a}, err
}

// ListOrganisationMerges is for those who may approve the organisation.
func (h *Handler) ListOrganisationMerges(ctx context.Context, r api.ListOrganisationMergesRequestObject) (api.ListOrganisationMergesResponseObject, error) {
	p, err := h.svc.Merges(ctx, r.ID, page.New(r.Params.Limit, r.Params.Cursor, r.ID))
	if err != nil {
		return nil, err
	}
	a, err := p.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}
