package audit

import (
	"context"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Handler answers the operations of audit events.
type Handler struct{ repo repository }

// NewHandler makes the handler.
func NewHandler(db *store.DB) *Handler { return &Handler{repository{db}} }

// ListAuditEvents is for admins, and for coordinators and officers about their own area.
func (h *Handler) ListAuditEvents(ctx context.Context, r api.ListAuditEventsRequestObject) (api.ListAuditEventsResponseObject, error) {
	p := r.Params
	f := Filter{ActorID: p.ActorID, ResourceType: p.ResourceType, ResourceID: p.ResourceID, From: p.From, To: p.To}
	for _, a := range p.Action {
		f.Actions = append(f.Actions, string(a))
	}
	items, cursor, err := h.repo.list(ctx, f, page.New(p.Limit, p.Cursor, f))
	if err != nil {
		return nil, err
	}
	a, err := render.Page{Items: items, Cursor: cursor}.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}
