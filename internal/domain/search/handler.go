package search

import (
	"context"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/store"
)

// Handler answers the search.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

// Search is open to everyone.
func (h *Handler) Search(ctx context.Context, r api.SearchRequestObject) (api.SearchResponseObject, error) {
	p := r.Params
	if faults := store.CheckWords(p.Q); len(faults) > 0 {
		return nil, errs.Broken(faults...)
	}
	f := Filter{Q: p.Q, Types: opt.Texts(p.Type), Regions: p.Region, SubRegions: p.SubRegion, Municipalities: p.Municipality, Facets: opt.Texts(p.Facets), Count: p.Count != nil && *p.Count}
	found, err := h.svc.Search(ctx, f, page.New(p.Limit, p.Cursor, p))
	if err != nil {
		return nil, err
	}
	a, err := found.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}
