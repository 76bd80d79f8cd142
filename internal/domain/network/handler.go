package network

import (
	"context"
	"time"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Handler answers the operations of networks and memberships.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

// ListNetworks is open to everyone.
func (h *Handler) ListNetworks(ctx context.Context, r api.ListNetworksRequestObject) (api.ListNetworksResponseObject, error) {
	p := r.Params
	f := Filter{
		IDs: p.ID, Regions: p.Region, SubRegions: p.SubRegion, Municipalities: p.Municipality, Fields: p.Field, Kinds: opt.Texts(p.Kind), Statuses: opt.Texts(p.Status),
		Parent: p.Parent, Under: p.Under, Organisations: p.Organisation, Councils: p.Council, Q: p.Q, Browse: browse(p.ModifiedSince, opt.Texts(p.Sort), p.Count),
	}
	if p.Q != nil {
		if faults := store.CheckWords(*p.Q); len(faults) > 0 {
			return nil, errs.Broken(faults...)
		}
	}
	return answer(ctx)(h.svc.List(ctx, f, page.New(p.Limit, p.Cursor, p)))
}

// CreateNetwork is for those who may write networks where it stands, and for those who may found networks.
func (h *Handler) CreateNetwork(ctx context.Context, r api.CreateNetworkRequestObject) (api.CreateNetworkResponseObject, error) {
	id, err := h.svc.Create(ctx, r.Body, Founding{Founder: opt.From(r.Body.FounderID), Council: opt.From(r.Body.CouncilID), Message: opt.From(r.Body.Message)})
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, id)
	return api.Answer{Answer: row.Created(ctx, "/v1/networks/"+id.String())}, err
}

// GetNetwork is open to everyone.
func (h *Handler) GetNetwork(ctx context.Context, r api.GetNetworkRequestObject) (api.GetNetworkResponseObject, error) {
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Shown(ctx)}, err
}

// UpdateNetwork is for those who may write it.
func (h *Handler) UpdateNetwork(ctx context.Context, r api.UpdateNetworkRequestObject) (api.UpdateNetworkResponseObject, error) {
	if err := h.svc.Update(ctx, r.ID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteNetwork is for those who may write it.
func (h *Handler) DeleteNetwork(ctx context.Context, r api.DeleteNetworkRequestObject) (api.DeleteNetworkResponseObject, error) {
	return api.DeleteNetwork204Response{}, h.svc.Delete(ctx, r.ID, r.Params.IfMatch)
}

// TransitionNetwork is for those who may write it.
func (h *Handler) TransitionNetwork(ctx context.Context, r api.TransitionNetworkRequestObject) (api.TransitionNetworkResponseObject, error) {
	if err := h.svc.Transition(ctx, r.ID, r.Params.IfMatch, Status(r.Body.To), clock.DateOf(opt.From(r.Body.On)), opt.From(r.Body.Note)); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// ListNetworkTransitions is open to everyone; who made them is told to those who may write it.
func (h *Handler) ListNetworkTransitions(ctx context.Context, r api.ListNetworkTransitionsRequestObject) (api.ListNetworkTransitionsResponseObject, error) {
	return answer(ctx)(h.svc.Transitions(ctx, r.ID, page.New(r.Params.Limit, r.Params.Cursor, r.ID)))
}

// answer renders a page.
func answer(ctx context.Context) func(render.Page, error) (api.Answer, error) {
	return func(p render.Page, err error) (api.Answer, error) {
		if err != nil {
			return api.Answer{}, err
		}
		a, err := p.Answer(ctx, render.CacheRow)
		return api.Answer{Answer: a}, err
	}
}

func browse(since *time.Time, sort []string, count *bool) store.Browse {
	return store.Browse{Since: since, Sort: sort, Count: count != nil && *count}
}
