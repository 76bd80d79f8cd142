package audit

import (
	"bytes"
	"context"
	"encoding/json"

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
	return pageAnswer(ctx, items, cursor), nil
}

// pageAnswer puts rendered items together.
func pageAnswer(ctx context.Context, items [][]byte, cursor string) api.Answer {
	url := render.NextURL(ctx, cursor)
	next := []byte("null")
	if url != "" {
		next, _ = json.Marshal(url) // a string
	}
	body := append([]byte(`{"items":[`), bytes.Join(items, []byte{','})...)
	body = append(append(append(body, `],"next":`...), next...), '}')
	return api.Answer{Answer: render.Answer{Status: 200, Next: url, Body: body}}
}
