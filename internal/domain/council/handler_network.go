package council

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
)

// ListCouncilNetworks is open to everyone; applications are for those who may write one of the sides.
func (h *Handler) ListCouncilNetworks(ctx context.Context, r api.ListCouncilNetworksRequestObject) (api.ListCouncilNetworksResponseObject, error) {
	p := r.Params
	f := JoinedFilter{Council: &r.ID, Networks: p.Network, Status: opt.Texts(p.Status), ActiveOn: clock.DateOf(p.ActiveOn), Count: yes(p.Count)}
	return h.joinedPage(ctx, f, page.New(p.Limit, p.Cursor, []any{r.ID, p}))
}

// ListNetworkCouncils is open to everyone; applications are for those who may write one of the sides.
func (h *Handler) ListNetworkCouncils(ctx context.Context, r api.ListNetworkCouncilsRequestObject) (api.ListNetworkCouncilsResponseObject, error) {
	p := r.Params
	f := JoinedFilter{Network: &r.ID, Councils: p.Council, Status: opt.Texts(p.Status), ActiveOn: clock.DateOf(p.ActiveOn), Count: yes(p.Count)}
	return h.joinedPage(ctx, f, page.New(p.Limit, p.Cursor, []any{r.ID, p}))
}

func (h *Handler) joinedPage(ctx context.Context, f JoinedFilter, req page.Request) (api.Answer, error) {
	l, err := h.svc.ListJoined(ctx, f, req)
	if err != nil {
		return api.Answer{}, err
	}
	a, err := l.Answer(ctx, render.CacheRow)
	return api.Answer{Answer: a}, err
}

// GetCouncilNetwork is open to everyone once it has joined.
func (h *Handler) GetCouncilNetwork(ctx context.Context, r api.GetCouncilNetworkRequestObject) (api.GetCouncilNetworkResponseObject, error) {
	row, err := h.svc.Joined(ctx, r.ID)
	return api.Answer{Answer: row.Shown(ctx)}, err
}

// CreateCouncilNetwork is for those who may write the council, or the network.
func (h *Handler) CreateCouncilNetwork(ctx context.Context, r api.CreateCouncilNetworkRequestObject) (api.CreateCouncilNetworkResponseObject, error) {
	id, err := h.svc.Join(ctx, r.ID, !r.Body.From.IsSpecified(), r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Joined(ctx, id)
	return api.Answer{Answer: row.Created(ctx, "/v1/council-networks/"+id.String())}, err
}

// UpdateCouncilNetwork is for those who may write the council, or the network.
func (h *Handler) UpdateCouncilNetwork(ctx context.Context, r api.UpdateCouncilNetworkRequestObject) (api.UpdateCouncilNetworkResponseObject, error) {
	return h.joinedWritten(ctx, r.ID, h.svc.UpdateJoined(ctx, r.ID, r.Params.IfMatch, r.Body))
}

// TransitionCouncilNetwork is for those who may take the step.
func (h *Handler) TransitionCouncilNetwork(ctx context.Context, r api.TransitionCouncilNetworkRequestObject) (api.TransitionCouncilNetworkResponseObject, error) {
	return h.joinedWritten(ctx, r.ID, h.svc.Transition(ctx, r.ID, r.Params.IfMatch, Status(r.Body.To), clock.DateOf(opt.From(r.Body.On)), opt.From(r.Body.Note)))
}

func (h *Handler) joinedWritten(ctx context.Context, id uuid.UUID, err error) (api.Answer, error) {
	if err != nil {
		return api.Answer{}, err
	}
	row, err := h.svc.Joined(ctx, id)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// ListCouncilNetworkTransitions is for those who may write the council, or the network.
func (h *Handler) ListCouncilNetworkTransitions(ctx context.Context, r api.ListCouncilNetworkTransitionsRequestObject) (api.ListCouncilNetworkTransitionsResponseObject, error) {
	p, err := h.svc.Transitions(ctx, r.ID, page.New(r.Params.Limit, r.Params.Cursor, r.ID))
	if err != nil {
		return nil, err
	}
	a, err := p.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}

// DeleteCouncilNetwork is for those who may write the council.
func (h *Handler) DeleteCouncilNetwork(ctx context.Context, r api.DeleteCouncilNetworkRequestObject) (api.DeleteCouncilNetworkResponseObject, error) {
	return api.DeleteCouncilNetwork204Response{}, h.svc.DeleteJoined(ctx, r.ID, r.Params.IfMatch)
}
