package duplicate

import (
	"context"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
)

// Handler answers the operations of pairs that may be one.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

// ListOrganisationDuplicates is for those who may write the organisation.
func (h *Handler) ListOrganisationDuplicates(ctx context.Context, r api.ListOrganisationDuplicatesRequestObject) (api.ListOrganisationDuplicatesResponseObject, error) {
	all, err := h.svc.Of(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	a, err := render.JSON(ctx, map[string]any{"items": all}, "")
	return api.Answer{Answer: a}, err
}

// ListDuplicates is for those who approve organisations: pairs of which they see both sides and approve one.
func (h *Handler) ListDuplicates(ctx context.Context, r api.ListDuplicatesRequestObject) (api.ListDuplicatesResponseObject, error) {
	p := r.Params
	f := Filter{Regions: p.Region, Municipalities: p.Municipality, Status: opt.Texts(p.Status), MinScore: p.MinScore, Count: opt.Value(p.Count)}
	l, err := h.svc.List(ctx, f, page.New(p.Limit, p.Cursor, p))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}

// GetDuplicate is for those who see both sides and approve one.
func (h *Handler) GetDuplicate(ctx context.Context, r api.GetDuplicateRequestObject) (api.GetDuplicateResponseObject, error) {
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Shown(ctx)}, err
}

// TransitionDuplicate is for those who see both sides and approve one.
func (h *Handler) TransitionDuplicate(ctx context.Context, r api.TransitionDuplicateRequestObject) (api.TransitionDuplicateResponseObject, error) {
	if err := h.svc.Transition(ctx, r.ID, r.Params.IfMatch, Status(r.Body.To), opt.From(r.Body.Note)); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}
