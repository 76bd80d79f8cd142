package council

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Handler answers the operations of councils, their parts and joined networks.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

func yes(b *bool) bool { return b != nil && *b }

// ListCouncils is open to everyone.
func (h *Handler) ListCouncils(ctx context.Context, r api.ListCouncilsRequestObject) (api.ListCouncilsResponseObject, error) {
	p := r.Params
	f := Filter{
		IDs: p.ID, Parents: p.Parent, Networks: p.Network, Regions: p.Region, SubRegions: p.SubRegion, Municipalities: p.Municipality, Kinds: opt.Texts(p.Kind),
		Under: p.Under, Q: p.Q, ModifiedSince: p.ModifiedSince, Count: yes(p.Count),
	}
	if p.Sort != nil {
		f.Sort = opt.Texts(p.Sort)
	}
	if f.Q != nil {
		if faults := store.CheckWords(*f.Q); len(faults) > 0 {
			return nil, errs.Broken(faults...)
		}
	}
	l, err := h.svc.List(ctx, f, page.New(p.Limit, p.Cursor, p))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, render.CacheRow)
	return api.Answer{Answer: a}, err
}

// GetCouncil is open to everyone.
func (h *Handler) GetCouncil(ctx context.Context, r api.GetCouncilRequestObject) (api.GetCouncilResponseObject, error) {
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Shown(ctx)}, err
}

// CreateCouncil is for those who may write councils where it stands.
func (h *Handler) CreateCouncil(ctx context.Context, r api.CreateCouncilRequestObject) (api.CreateCouncilResponseObject, error) {
	id, err := h.svc.Create(ctx, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, id)
	return api.Answer{Answer: row.Created(ctx, "/v1/councils/"+id.String())}, err
}

// UpdateCouncil is for those who may write the council.
func (h *Handler) UpdateCouncil(ctx context.Context, r api.UpdateCouncilRequestObject) (api.UpdateCouncilResponseObject, error) {
	if err := h.svc.Update(ctx, r.ID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteCouncil is for those who may write the council.
func (h *Handler) DeleteCouncil(ctx context.Context, r api.DeleteCouncilRequestObject) (api.DeleteCouncilResponseObject, error) {
	return api.DeleteCouncil204Response{}, h.svc.Delete(ctx, r.ID, r.Params.IfMatch)
}

// removed is the answer to the request that took a part away: without a body, under the council's tag.
func (h *Handler) removed(ctx context.Context, id uuid.UUID, err error) (api.Answer, error) {
	if err != nil {
		return api.Answer{}, err
	}
	version, err := h.svc.Version(ctx, id)
	return api.Answer{Answer: render.Answer{Status: 204, ETag: render.ETag(ctx, version)}}, err
}
