package seat

import (
	"context"

	"github.com/oapi-codegen/runtime/types"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
)

// Handler answers the operations of seats and of representation.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

// ListCouncilSeats is open to everyone.
func (h *Handler) ListCouncilSeats(ctx context.Context, r api.ListCouncilSeatsRequestObject) (api.ListCouncilSeatsResponseObject, error) {
	p := r.Params
	f := Filter{Council: &r.ID, Networks: p.Network, Roles: opt.Texts(p.Role), ActiveOn: clock.DateOf(p.ActiveOn), Vacant: p.Vacant, Sort: opt.Texts(p.Sort), Count: p.Count != nil && *p.Count}
	return h.list(ctx, f, page.New(p.Limit, p.Cursor, []any{r.ID, p}))
}

// ListSeats is open to everyone.
func (h *Handler) ListSeats(ctx context.Context, r api.ListSeatsRequestObject) (api.ListSeatsResponseObject, error) {
	p := r.Params
	f := Filter{
		Councils: p.Council, Person: p.Person, Organisations: p.Organisation, Networks: p.Network, Regions: p.Region, Roles: opt.Texts(p.Role),
		ActiveOn: clock.DateOf(p.ActiveOn), Vacant: p.Vacant, Sort: opt.Texts(p.Sort), Count: p.Count != nil && *p.Count,
	}
	return h.list(ctx, f, page.New(p.Limit, p.Cursor, p))
}

func (h *Handler) list(ctx context.Context, f Filter, req page.Request) (api.Answer, error) {
	p, err := h.svc.List(ctx, f, req)
	if err != nil {
		return api.Answer{}, err
	}
	a, err := p.Answer(ctx, render.CachePersonal)
	return api.Answer{Answer: a}, err
}

// GetSeat is open to everyone.
func (h *Handler) GetSeat(ctx context.Context, r api.GetSeatRequestObject) (api.GetSeatResponseObject, error) {
	row, err := h.svc.Get(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return api.Answer{Answer: row.Shown(ctx)}, nil
}

// CreateSeat is for those who may write the council's seats.
func (h *Handler) CreateSeat(ctx context.Context, r api.CreateSeatRequestObject) (api.CreateSeatResponseObject, error) {
	id, err := h.svc.Create(ctx, r.ID, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, id)
	return api.Answer{Answer: row.Created(ctx, "/v1/seats/"+id.String())}, err
}

// UpdateSeat is for those who may write the council's seats.
func (h *Handler) UpdateSeat(ctx context.Context, r api.UpdateSeatRequestObject) (api.UpdateSeatResponseObject, error) {
	if err := h.svc.Update(ctx, r.ID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteSeat is for those who may write the council's seats.
func (h *Handler) DeleteSeat(ctx context.Context, r api.DeleteSeatRequestObject) (api.DeleteSeatResponseObject, error) {
	return api.DeleteSeat204Response{}, h.svc.Delete(ctx, r.ID, r.Params.IfMatch)
}

// GetOrganisationRepresentation is open to whoever may see the organisation.
func (h *Handler) GetOrganisationRepresentation(ctx context.Context, r api.GetOrganisationRepresentationRequestObject) (api.GetOrganisationRepresentationResponseObject, error) {
	body, err := h.svc.OfOrganisation(ctx, r.ID, onDay(r.Params.On))
	return whole(ctx, body), err
}

// GetCouncilRepresentation is open to everyone.
func (h *Handler) GetCouncilRepresentation(ctx context.Context, r api.GetCouncilRepresentationRequestObject) (api.GetCouncilRepresentationResponseObject, error) {
	body, err := h.svc.InCouncil(ctx, r.ID, onDay(r.Params.On))
	return whole(ctx, body), err
}

// ListOrganisationsWithoutVoice is open to everyone.
func (h *Handler) ListOrganisationsWithoutVoice(ctx context.Context, r api.ListOrganisationsWithoutVoiceRequestObject) (api.ListOrganisationsWithoutVoiceResponseObject, error) {
	p := r.Params
	count := p.Count != nil && *p.Count
	found, err := h.svc.WithoutVoice(ctx, r.ID, onDay(r.Params.On), p.Municipality, count, page.New(p.Limit, p.Cursor, []any{r.ID, p}))
	if err != nil {
		return nil, err
	}
	a, err := found.Answer(ctx, render.CachePersonal)
	return api.Answer{Answer: a}, err
}

// whole is the answer to a read of something that has no version.
func whole(ctx context.Context, body []byte) api.Answer {
	return api.Answer{Answer: render.Answer{Status: 200, ETag: render.BodyETag(ctx, body), Cache: render.CachePersonal, Body: body}}
}

func onDay(d *types.Date) clock.Date {
	if on := clock.DateOf(d); on != nil {
		return *on
	}
	return clock.Today()
}
