package actionplan

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
)

// Handler answers the operations of action plans and their items.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

func itemURL(id, partID uuid.UUID) string {
	return "/v1/action-plans/" + id.String() + "/items/" + partID.String()
}

// ListCouncilActionPlans is open to everyone; drafts are for those who may write the council.
func (h *Handler) ListCouncilActionPlans(ctx context.Context, r api.ListCouncilActionPlansRequestObject) (api.ListCouncilActionPlansResponseObject, error) {
	p := r.Params
	f := Filter{Council: r.ID, Years: p.Year, Items: len(p.Include) > 0, Count: p.Count != nil && *p.Count}
	for _, s := range p.Status {
		f.Status = append(f.Status, string(s))
	}
	l, err := h.svc.List(ctx, f, page.New(p.Limit, p.Cursor, []any{r.ID, p}))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, render.CacheRow)
	return api.Answer{Answer: a}, err
}

// CreateActionPlan is for those who may write the council.
func (h *Handler) CreateActionPlan(ctx context.Context, r api.CreateActionPlanRequestObject) (api.CreateActionPlanResponseObject, error) {
	id, err := h.svc.Create(ctx, r.ID, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, id, false)
	return api.Answer{Answer: row.Created(ctx, "/v1/action-plans/"+id.String())}, err
}

// GetActionPlan is open to everyone for approved ones.
func (h *Handler) GetActionPlan(ctx context.Context, r api.GetActionPlanRequestObject) (api.GetActionPlanResponseObject, error) {
	items, variant := len(r.Params.Include) > 0, ""
	if items {
		variant = "items"
	}
	row, err := h.svc.Get(ctx, r.ID, items)
	return api.Answer{Answer: row.Shown(ctx, variant)}, err
}

// UpdateActionPlan is for those who may write the council.
func (h *Handler) UpdateActionPlan(ctx context.Context, r api.UpdateActionPlanRequestObject) (api.UpdateActionPlanResponseObject, error) {
	return h.written(ctx, r.ID, h.svc.Update(ctx, r.ID, r.Params.IfMatch, r.Body))
}

// TransitionActionPlan is for those who may write the council.
func (h *Handler) TransitionActionPlan(ctx context.Context, r api.TransitionActionPlanRequestObject) (api.TransitionActionPlanResponseObject, error) {
	by := Approval{DayUnsaid: !r.Body.On.IsSpecified(), MeetingID: opt.From(r.Body.MeetingID)}
	if d := opt.From(r.Body.On); d != nil {
		day := clock.Date(d.String())
		by.On = &day
	}
	return h.written(ctx, r.ID, h.svc.Transition(ctx, r.ID, r.Params.IfMatch, Status(r.Body.To), by, opt.From(r.Body.Note)))
}

func (h *Handler) written(ctx context.Context, id uuid.UUID, err error) (api.Answer, error) {
	if err != nil {
		return api.Answer{}, err
	}
	row, err := h.svc.Get(ctx, id, false)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteActionPlan is for those who may write the council.
func (h *Handler) DeleteActionPlan(ctx context.Context, r api.DeleteActionPlanRequestObject) (api.DeleteActionPlanResponseObject, error) {
	return api.DeleteActionPlan204Response{}, h.svc.Delete(ctx, r.ID, r.Params.IfMatch)
}

// ListActionPlanTransitions is for those who may write the council.
func (h *Handler) ListActionPlanTransitions(ctx context.Context, r api.ListActionPlanTransitionsRequestObject) (api.ListActionPlanTransitionsResponseObject, error) {
	p, err := h.svc.Transitions(ctx, r.ID, page.New(r.Params.Limit, r.Params.Cursor, r.ID))
	if err != nil {
		return nil, err
	}
	a, err := p.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}

// ListActionPlanItems is open to whoever may see the plan.
func (h *Handler) ListActionPlanItems(ctx context.Context, r api.ListActionPlanItemsRequestObject) (api.ListActionPlanItemsResponseObject, error) {
	row, err := h.svc.Items(ctx, r.ID)
	return api.Answer{Answer: row.Shown(ctx, "list of items")}, err
}

// GetActionPlanItem is open to whoever may see the plan.
func (h *Handler) GetActionPlanItem(ctx context.Context, r api.GetActionPlanItemRequestObject) (api.GetActionPlanItemResponseObject, error) {
	row, err := h.svc.Item(ctx, r.ID, r.PartID)
	return api.Answer{Answer: row.Shown(ctx, "item")}, err
}

// CreateActionPlanItem is for those who may write the council.
func (h *Handler) CreateActionPlanItem(ctx context.Context, r api.CreateActionPlanItemRequestObject) (api.CreateActionPlanItemResponseObject, error) {
	id, err := h.svc.CreateItem(ctx, r.ID, r.Params.IfMatch, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Item(ctx, r.ID, id)
	return api.Answer{Answer: row.Created(ctx, itemURL(r.ID, id))}, err
}

// UpdateActionPlanItem is for those who may write the council.
func (h *Handler) UpdateActionPlanItem(ctx context.Context, r api.UpdateActionPlanItemRequestObject) (api.UpdateActionPlanItemResponseObject, error) {
	if err := h.svc.UpdateItem(ctx, r.ID, r.PartID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.Item(ctx, r.ID, r.PartID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteActionPlanItem is for those who may write the council.
func (h *Handler) DeleteActionPlanItem(ctx context.Context, r api.DeleteActionPlanItemRequestObject) (api.DeleteActionPlanItemResponseObject, error) {
	if err := h.svc.DeleteItem(ctx, r.ID, r.PartID, r.Params.IfMatch); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, r.ID, false)
	return api.Answer{Answer: render.Answer{Status: 204, ETag: render.ETag(ctx, row.Version)}}, err
}
