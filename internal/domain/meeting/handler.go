package meeting

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Handler answers the operations of meetings.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

// shown is the answer to a read.
func shown(ctx context.Context, row render.Row, err error) (api.Answer, error) {
	return api.Answer{Answer: row.Shown(ctx)}, err
}

// ListMeetings is open to everyone.
func (h *Handler) ListMeetings(ctx context.Context, r api.ListMeetingsRequestObject) (api.ListMeetingsResponseObject, error) {
	p := r.Params
	f := Filter{
		Councils: p.Council, Under: p.Under, Networks: p.Network, Regions: p.Region, Municipalities: p.Municipality, Status: opt.Texts(p.Status), From: clock.DateOf(p.From), To: clock.DateOf(p.To),
		Browse: store.Browse{Since: p.ModifiedSince, Sort: opt.Texts(p.Sort), Count: opt.Value(p.Count)},
	}
	return paged(ctx, func() (render.Page, error) { return h.svc.List(ctx, f, page.New(p.Limit, p.Cursor, p)) })
}

func paged(ctx context.Context, read func() (render.Page, error)) (api.Answer, error) {
	p, err := read()
	if err != nil {
		return api.Answer{}, err
	}
	a, err := p.Answer(ctx, render.CacheRow)
	return api.Answer{Answer: a}, err
}

// ListCouncilMeetings is open to everyone.
func (h *Handler) ListCouncilMeetings(ctx context.Context, r api.ListCouncilMeetingsRequestObject) (api.ListCouncilMeetingsResponseObject, error) {
	return h.listOf(ctx, &r.ID, nil, r.Params)
}

// ListNetworkMeetings is open to everyone.
func (h *Handler) ListNetworkMeetings(ctx context.Context, r api.ListNetworkMeetingsRequestObject) (api.ListNetworkMeetingsResponseObject, error) {
	p := r.Params
	return h.listOf(ctx, nil, &r.ID, api.ListCouncilMeetingsParams{Status: p.Status, From: p.From, To: p.To, Sort: p.Sort, Count: p.Count, Limit: p.Limit, Cursor: p.Cursor})
}

// listOf lists the meetings of a council or network, whose lists have the same parameters.
func (h *Handler) listOf(ctx context.Context, council, network *uuid.UUID, p api.ListCouncilMeetingsParams) (api.Answer, error) {
	f := Filter{Status: opt.Texts(p.Status), From: clock.DateOf(p.From), To: clock.DateOf(p.To), Browse: store.Browse{Sort: opt.Texts(p.Sort), Count: opt.Value(p.Count)}}
	return paged(ctx, func() (render.Page, error) {
		return h.svc.ListOf(ctx, council, network, f, page.New(p.Limit, p.Cursor, []any{council, network, p}))
	})
}

// CreateCouncilMeeting is for those who may write the council's meetings.
func (h *Handler) CreateCouncilMeeting(ctx context.Context, r api.CreateCouncilMeetingRequestObject) (api.CreateCouncilMeetingResponseObject, error) {
	id, err := h.svc.Create(ctx, &r.ID, nil, r.Body)
	return h.created(ctx, id, err)
}

// CreateNetworkMeeting is for those who may write the network's meetings.
func (h *Handler) CreateNetworkMeeting(ctx context.Context, r api.CreateNetworkMeetingRequestObject) (api.CreateNetworkMeetingResponseObject, error) {
	id, err := h.svc.Create(ctx, nil, &r.ID, r.Body)
	return h.created(ctx, id, err)
}

func (h *Handler) created(ctx context.Context, id uuid.UUID, err error) (api.Answer, error) {
	if err != nil {
		return api.Answer{}, err
	}
	row, err := h.svc.Get(ctx, id, nil)
	return api.Answer{Answer: row.Created(ctx, meetingURL(id))}, err
}

func meetingURL(id uuid.UUID) string { return "/v1/meetings/" + id.String() }

// updated renders a meeting that the caller has just written.
func (h *Handler) updated(ctx context.Context, id uuid.UUID, err error) (api.Answer, error) {
	if err != nil {
		return api.Answer{}, err
	}
	row, err := h.svc.Get(ctx, id, nil)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// GetMeeting is open to everyone.
func (h *Handler) GetMeeting(ctx context.Context, r api.GetMeetingRequestObject) (api.GetMeetingResponseObject, error) {
	row, err := h.svc.Get(ctx, r.ID, opt.Texts(r.Params.Include))
	return shown(ctx, row, err)
}

// UpdateMeeting is for those who may write it.
func (h *Handler) UpdateMeeting(ctx context.Context, r api.UpdateMeetingRequestObject) (api.UpdateMeetingResponseObject, error) {
	return h.updated(ctx, r.ID, h.svc.Update(ctx, r.ID, r.Params.IfMatch, r.Body))
}

// DeleteMeeting is for those who may write it.
func (h *Handler) DeleteMeeting(ctx context.Context, r api.DeleteMeetingRequestObject) (api.DeleteMeetingResponseObject, error) {
	return api.DeleteMeeting204Response{}, h.svc.Delete(ctx, r.ID, r.Params.IfMatch)
}

// TransitionMeeting is for those who may write it.
func (h *Handler) TransitionMeeting(ctx context.Context, r api.TransitionMeetingRequestObject) (api.TransitionMeetingResponseObject, error) {
	var note *string
	patch.Set(&note, r.Body.Note)
	var c Cancelling
	if err := patch.Merge(&c, r.Body); err != nil {
		return nil, err
	}
	return h.updated(ctx, r.ID, h.svc.Transition(ctx, r.ID, r.Params.IfMatch, Status(r.Body.To), note, c))
}

// ListMeetingTransitions is open to everyone.
func (h *Handler) ListMeetingTransitions(ctx context.Context, r api.ListMeetingTransitionsRequestObject) (api.ListMeetingTransitionsResponseObject, error) {
	return paged(ctx, func() (render.Page, error) {
		return h.svc.Transitions(ctx, r.ID, page.New(r.Params.Limit, r.Params.Cursor, []any{"meeting transitions", r.ID}))
	})
}

// calendar is the answer that holds an iCalendar, in the reader's language.
func calendar(ctx context.Context, body []byte, err error) (api.Answer, error) {
	return api.Answer{Answer: render.Answer{
		Status: 200, ETag: render.BodyETag(ctx, body), Cache: render.CacheRow, Vary: "Accept-Language", MediaType: "text/calendar; charset=utf-8", Body: body,
	}}, err
}

// GetMeetingCalendar is open to everyone.
func (h *Handler) GetMeetingCalendar(ctx context.Context, r api.GetMeetingCalendarRequestObject) (api.GetMeetingCalendarResponseObject, error) {
	p := r.Params
	body, err := h.svc.Calendar(ctx, Filter{Councils: p.Council, Networks: p.Network, Regions: p.Region, Municipalities: p.Municipality}, opt.Value(p.AcceptLanguage))
	return calendar(ctx, body, err)
}

// GetCouncilCalendar is open to everyone.
func (h *Handler) GetCouncilCalendar(ctx context.Context, r api.GetCouncilCalendarRequestObject) (api.GetCouncilCalendarResponseObject, error) {
	body, err := h.svc.CalendarOf(ctx, &r.ID, nil, opt.Value(r.Params.AcceptLanguage))
	return calendar(ctx, body, err)
}

// GetNetworkCalendar is open to everyone.
func (h *Handler) GetNetworkCalendar(ctx context.Context, r api.GetNetworkCalendarRequestObject) (api.GetNetworkCalendarResponseObject, error) {
	body, err := h.svc.CalendarOf(ctx, nil, &r.ID, opt.Value(r.Params.AcceptLanguage))
	return calendar(ctx, body, err)
}
