package meeting

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
)

// parts shows all of one kind of parts of a meeting.
func (h *Handler) parts(ctx context.Context, id uuid.UUID, name string) (api.Answer, error) {
	row, err := h.svc.Parts(ctx, id, name)
	return shown(ctx, row, err)
}

// partsWritten shows them to the caller who has just written them.
func (h *Handler) partsWritten(ctx context.Context, id uuid.UUID, name string, err error) (api.Answer, error) {
	if err != nil {
		return api.Answer{}, err
	}
	row, err := h.svc.Parts(ctx, id, name)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// removed is the answer to the deletion of a part, with the tag of its meeting.
func removed(ctx context.Context, version int64, err error) (api.Answer, error) {
	return api.Answer{Answer: render.Answer{Status: 204, ETag: render.ETag(ctx, version)}}, err
}

// ListAgendaItems is open to everyone.
func (h *Handler) ListAgendaItems(ctx context.Context, r api.ListAgendaItemsRequestObject) (api.ListAgendaItemsResponseObject, error) {
	return h.parts(ctx, r.ID, "agenda")
}

// GetAgendaItem is open to everyone.
func (h *Handler) GetAgendaItem(ctx context.Context, r api.GetAgendaItemRequestObject) (api.GetAgendaItemResponseObject, error) {
	row, err := h.svc.AgendaItem(ctx, r.ID, r.PartID)
	return shown(ctx, row, err)
}

// CreateAgendaItem is for those who may write the meeting.
func (h *Handler) CreateAgendaItem(ctx context.Context, r api.CreateAgendaItemRequestObject) (api.CreateAgendaItemResponseObject, error) {
	part, err := h.svc.CreateAgendaItem(ctx, r.ID, r.Params.IfMatch, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.AgendaItem(ctx, r.ID, part)
	return api.Answer{Answer: row.Created(ctx, meetingURL(r.ID)+"/agenda/"+part.String())}, err
}

// UpdateAgendaItem is for those who may write the meeting.
func (h *Handler) UpdateAgendaItem(ctx context.Context, r api.UpdateAgendaItemRequestObject) (api.UpdateAgendaItemResponseObject, error) {
	if err := h.svc.UpdateAgendaItem(ctx, r.ID, r.PartID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.AgendaItem(ctx, r.ID, r.PartID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteAgendaItem is for those who may write the meeting.
func (h *Handler) DeleteAgendaItem(ctx context.Context, r api.DeleteAgendaItemRequestObject) (api.DeleteAgendaItemResponseObject, error) {
	version, err := h.svc.DeleteAgendaItem(ctx, r.ID, r.PartID, r.Params.IfMatch)
	return removed(ctx, version, err)
}

// OrderMeetingAgenda is for those who may write the meeting.
func (h *Handler) OrderMeetingAgenda(ctx context.Context, r api.OrderMeetingAgendaRequestObject) (api.OrderMeetingAgendaResponseObject, error) {
	return h.partsWritten(ctx, r.ID, "agenda", h.svc.OrderAgenda(ctx, r.ID, r.Params.IfMatch, r.Body.Ids))
}

// ListDecisions is open to everyone; outsiders see them once they are published.
func (h *Handler) ListDecisions(ctx context.Context, r api.ListDecisionsRequestObject) (api.ListDecisionsResponseObject, error) {
	return h.parts(ctx, r.ID, "decisions")
}

// GetDecision is open to everyone; outsiders see it once it is published.
func (h *Handler) GetDecision(ctx context.Context, r api.GetDecisionRequestObject) (api.GetDecisionResponseObject, error) {
	row, err := h.svc.Decision(ctx, r.ID, r.PartID)
	return shown(ctx, row, err)
}

// CreateDecision is for those who may write the meeting.
func (h *Handler) CreateDecision(ctx context.Context, r api.CreateDecisionRequestObject) (api.CreateDecisionResponseObject, error) {
	part, err := h.svc.CreateDecision(ctx, r.ID, r.Params.IfMatch, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Decision(ctx, r.ID, part)
	return api.Answer{Answer: row.Created(ctx, meetingURL(r.ID)+"/decisions/"+part.String())}, err
}

// UpdateDecision is for those who may write the meeting.
func (h *Handler) UpdateDecision(ctx context.Context, r api.UpdateDecisionRequestObject) (api.UpdateDecisionResponseObject, error) {
	if err := h.svc.UpdateDecision(ctx, r.ID, r.PartID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.Decision(ctx, r.ID, r.PartID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteDecision is for those who may write the meeting.
func (h *Handler) DeleteDecision(ctx context.Context, r api.DeleteDecisionRequestObject) (api.DeleteDecisionResponseObject, error) {
	version, err := h.svc.DeleteDecision(ctx, r.ID, r.PartID, r.Params.IfMatch)
	return removed(ctx, version, err)
}

// GetAttendance is open to everyone; outsiders see it once the meeting is held.
func (h *Handler) GetAttendance(ctx context.Context, r api.GetAttendanceRequestObject) (api.GetAttendanceResponseObject, error) {
	return h.parts(ctx, r.ID, "attendance")
}

// PutAttendance is for those who may write the meeting.
func (h *Handler) PutAttendance(ctx context.Context, r api.PutAttendanceRequestObject) (api.PutAttendanceResponseObject, error) {
	return h.partsWritten(ctx, r.ID, "attendance", h.svc.PutAttendance(ctx, r.ID, r.Params.IfMatch, r.Body))
}

// GetMemo is open to everyone for published editions.
func (h *Handler) GetMemo(ctx context.Context, r api.GetMemoRequestObject) (api.GetMemoResponseObject, error) {
	row, err := h.svc.Memo(ctx, r.ID, r.Params.Edition)
	return shown(ctx, row, err)
}

// ListMemos is open to everyone for published editions.
func (h *Handler) ListMemos(ctx context.Context, r api.ListMemosRequestObject) (api.ListMemosResponseObject, error) {
	return h.parts(ctx, r.ID, "memos")
}

// PutMemo is for those who may write the meeting.
func (h *Handler) PutMemo(ctx context.Context, r api.PutMemoRequestObject) (api.PutMemoResponseObject, error) {
	created, err := h.svc.PutMemo(ctx, r.ID, r.Params.IfMatch, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Memo(ctx, r.ID, nil)
	if created {
		return api.Answer{Answer: row.Created(ctx, meetingURL(r.ID)+"/memo")}, err
	}
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteMemo is for those who may write the meeting.
func (h *Handler) DeleteMemo(ctx context.Context, r api.DeleteMemoRequestObject) (api.DeleteMemoResponseObject, error) {
	return api.DeleteMemo204Response{}, h.svc.DeleteMemo(ctx, r.ID, r.Params.IfMatch)
}

// TransitionMemo asks for the right that the step takes.
func (h *Handler) TransitionMemo(ctx context.Context, r api.TransitionMemoRequestObject) (api.TransitionMemoResponseObject, error) {
	var note *string
	patch.Set(&note, r.Body.Note)
	var on *clock.Date
	if d, err := r.Body.On.Get(); err == nil {
		on = clock.DateOf(&d)
	}
	if err := h.svc.TransitionMemo(ctx, r.ID, r.Params.IfMatch, MemoStatus(r.Body.To), on, note); err != nil {
		return nil, err
	}
	row, err := h.svc.Memo(ctx, r.ID, nil)
	return api.Answer{Answer: row.Updated(ctx)}, err
}
