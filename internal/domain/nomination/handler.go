package nomination

import (
	"context"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
)

// Handler answers the operations of nominations and of the calls for them.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

func answer(ctx context.Context, p render.Page, err error, cache string) (api.Answer, error) {
	if err != nil {
		return api.Answer{}, err
	}
	a, err := p.Answer(ctx, cache)
	return api.Answer{Answer: a}, err
}

// ListNominations is open to everyone; the list holds what the caller may see.
func (h *Handler) ListNominations(ctx context.Context, r api.ListNominationsRequestObject) (api.ListNominationsResponseObject, error) {
	p := r.Params
	f := Filter{
		Council: r.ID, Status: opt.Texts(p.Status), Roles: opt.Texts(p.Role), Sort: opt.Texts(p.Sort), Calls: p.Call, Networks: p.Network, Organisations: p.Organisation,
		Person: p.Person, Count: p.Count != nil && *p.Count,
	}
	found, err := h.svc.List(ctx, f, page.New(p.Limit, p.Cursor, []any{r.ID, p}))
	return answer(ctx, found, err, render.CachePersonal)
}

// GetNomination is open to everyone for confirmed ones.
func (h *Handler) GetNomination(ctx context.Context, r api.GetNominationRequestObject) (api.GetNominationResponseObject, error) {
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Shown(ctx)}, err
}

// CreateNomination is for those who may propose for the nominating body.
func (h *Handler) CreateNomination(ctx context.Context, r api.CreateNominationRequestObject) (api.CreateNominationResponseObject, error) {
	id, err := h.svc.Create(ctx, r.ID, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, id)
	return api.Answer{Answer: row.Created(ctx, "/v1/nominations/"+id.String())}, err
}

// UpdateNomination is for those who may propose for the nominating body.
func (h *Handler) UpdateNomination(ctx context.Context, r api.UpdateNominationRequestObject) (api.UpdateNominationResponseObject, error) {
	if err := h.svc.Update(ctx, r.ID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// TransitionNomination asks for the right that the step takes.
func (h *Handler) TransitionNomination(ctx context.Context, r api.TransitionNominationRequestObject) (api.TransitionNominationResponseObject, error) {
	d := Decision{To: Status(r.Body.To), On: clock.DateOf(opt.From(r.Body.On)), SeatFrom: clock.DateOf(opt.From(r.Body.SeatFrom)), SeatTo: clock.DateOf(opt.From(r.Body.SeatTo))}
	patch.Set(&d.Note, r.Body.Note)
	patch.Set(&d.MeetingID, r.Body.MeetingID)
	if err := h.svc.Transition(ctx, r.ID, r.Params.IfMatch, d); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// ListNominationTransitions is for those who decide, or propose for the nominating body.
func (h *Handler) ListNominationTransitions(ctx context.Context, r api.ListNominationTransitionsRequestObject) (api.ListNominationTransitionsResponseObject, error) {
	found, err := h.svc.Transitions(ctx, r.ID, page.New(r.Params.Limit, r.Params.Cursor, r.ID))
	return answer(ctx, found, err, "")
}

// ListNominationCalls is open to everyone.
func (h *Handler) ListNominationCalls(ctx context.Context, r api.ListNominationCallsRequestObject) (api.ListNominationCallsResponseObject, error) {
	p := r.Params
	f := CallFilter{Council: r.ID, Open: p.Open, Sort: opt.Texts(p.Sort), Count: p.Count != nil && *p.Count}
	found, err := h.svc.ListCalls(ctx, f, page.New(p.Limit, p.Cursor, []any{r.ID, p}))
	return answer(ctx, found, err, render.CacheRow)
}

// GetNominationCall is open to everyone.
func (h *Handler) GetNominationCall(ctx context.Context, r api.GetNominationCallRequestObject) (api.GetNominationCallResponseObject, error) {
	row, err := h.svc.GetCall(ctx, r.ID)
	return api.Answer{Answer: row.Shown(ctx)}, err
}

// CreateNominationCall is for those who decide on the council's nominations.
func (h *Handler) CreateNominationCall(ctx context.Context, r api.CreateNominationCallRequestObject) (api.CreateNominationCallResponseObject, error) {
	id, err := h.svc.CreateCall(ctx, r.ID, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.GetCall(ctx, id)
	return api.Answer{Answer: row.Created(ctx, "/v1/nomination-calls/"+id.String())}, err
}

// UpdateNominationCall is for those who decide on the council's nominations.
func (h *Handler) UpdateNominationCall(ctx context.Context, r api.UpdateNominationCallRequestObject) (api.UpdateNominationCallResponseObject, error) {
	if err := h.svc.UpdateCall(ctx, r.ID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.GetCall(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteNominationCall is for those who decide on the council's nominations.
func (h *Handler) DeleteNominationCall(ctx context.Context, r api.DeleteNominationCallRequestObject) (api.DeleteNominationCallResponseObject, error) {
	return api.DeleteNominationCall204Response{}, h.svc.DeleteCall(ctx, r.ID, r.Params.IfMatch)
}
