package review

import (
	"context"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/store"
)

// Handler answers the operations of reviews.
type Handler struct{ repo repository }

// NewHandler makes the handler.
func NewHandler(db *store.DB, sources []Source) *Handler { return &Handler{repository{db, sources}} }

// ListReviews is for those who approve organisations; the list holds what waits for the caller.
func (h *Handler) ListReviews(ctx context.Context, r api.ListReviewsRequestObject) (api.ListReviewsResponseObject, error) {
	p := r.Params
	f := Filter{Types: opt.Texts(p.Type), Municipalities: p.Municipality, Regions: p.Region, Count: p.Count != nil && *p.Count, Facets: len(p.Facets) > 0}
	found, err := h.repo.list(ctx, f, page.New(p.Limit, p.Cursor, p))
	if err != nil {
		return nil, err
	}
	a, err := found.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}
