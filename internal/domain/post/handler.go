package post

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Handler answers the operations of posts, their holders and coverage.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

// ListPosts is open to everyone.
func (h *Handler) ListPosts(ctx context.Context, r api.ListPostsRequestObject) (api.ListPostsResponseObject, error) {
	p := r.Params
	f := Filter{
		IDs: p.ID, Organisations: p.Organisation, Councils: p.Council, Networks: p.Network,
		Kinds: opt.Texts(p.Kind), Regions: p.Region, SubRegions: p.SubRegion, Municipalities: p.Municipality, Branches: opt.Texts(p.Branch),
		Q: p.Q, On: clock.DateOf(p.On), Filled: p.Filled, ModifiedSince: p.ModifiedSince, Sort: opt.Texts(p.Sort), Count: p.Count != nil && *p.Count,
	}
	if p.Q != nil {
		if faults := store.CheckWords(*p.Q); len(faults) > 0 {
			return nil, errs.Broken(faults...)
		}
	}
	l, err := h.svc.List(ctx, f, page.New(p.Limit, p.Cursor, p))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, render.CachePersonal)
	return api.Answer{Answer: a}, err
}

// CreatePost is for those who may write posts in its area.
func (h *Handler) CreatePost(ctx context.Context, r api.CreatePostRequestObject) (api.CreatePostResponseObject, error) {
	id, err := h.svc.Create(ctx, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, id, clock.Today())
	return api.Answer{Answer: row.Created(ctx, "/v1/posts/"+id.String())}, err
}

// GetPost is open to everyone.
func (h *Handler) GetPost(ctx context.Context, r api.GetPostRequestObject) (api.GetPostResponseObject, error) {
	on := clock.Today()
	if d := clock.DateOf(r.Params.On); d != nil {
		on = *d
	}
	row, err := h.svc.Get(ctx, r.ID, on)
	return api.Answer{Answer: row.Shown(ctx)}, err
}

// UpdatePost is for those who may write it.
func (h *Handler) UpdatePost(ctx context.Context, r api.UpdatePostRequestObject) (api.UpdatePostResponseObject, error) {
	if err := h.svc.Update(ctx, r.ID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, r.ID, clock.Today())
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeletePost is for those who may write it.
func (h *Handler) DeletePost(ctx context.Context, r api.DeletePostRequestObject) (api.DeletePostResponseObject, error) {
	return api.DeletePost204Response{}, h.svc.Delete(ctx, r.ID, r.Params.IfMatch)
}

// ListPostHolders is open to everyone.
func (h *Handler) ListPostHolders(ctx context.Context, r api.ListPostHoldersRequestObject) (api.ListPostHoldersResponseObject, error) {
	on := clock.DateOf(r.Params.ActiveOn)
	l, err := h.svc.ListHolders(ctx, r.ID, on, page.New(r.Params.Limit, r.Params.Cursor, []any{r.ID, on}))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, render.CachePersonal)
	return api.Answer{Answer: a}, err
}

// CreatePostHolder is for those who may write the post.
func (h *Handler) CreatePostHolder(ctx context.Context, r api.CreatePostHolderRequestObject) (api.CreatePostHolderResponseObject, error) {
	var succeeds *uuid.UUID
	if id, err := r.Body.Succeeds.Get(); err == nil {
		succeeds = &id
	}
	id, err := h.svc.CreateHolder(ctx, r.ID, succeeds, r.Body)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.GetHolder(ctx, id)
	return api.Answer{Answer: row.Created(ctx, "/v1/post-holders/"+id.String())}, err
}

// GetPostHolder is open to everyone.
func (h *Handler) GetPostHolder(ctx context.Context, r api.GetPostHolderRequestObject) (api.GetPostHolderResponseObject, error) {
	row, err := h.svc.GetHolder(ctx, r.ID)
	return api.Answer{Answer: row.Shown(ctx)}, err
}

// UpdatePostHolder is for those who may write the post.
func (h *Handler) UpdatePostHolder(ctx context.Context, r api.UpdatePostHolderRequestObject) (api.UpdatePostHolderResponseObject, error) {
	if err := h.svc.UpdateHolder(ctx, r.ID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.GetHolder(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeletePostHolder is for those who may write the post.
func (h *Handler) DeletePostHolder(ctx context.Context, r api.DeletePostHolderRequestObject) (api.DeletePostHolderResponseObject, error) {
	return api.DeletePostHolder204Response{}, h.svc.DeleteHolder(ctx, r.ID, r.Params.IfMatch)
}

// GetCoverage is open to everyone.
func (h *Handler) GetCoverage(ctx context.Context, r api.GetCoverageRequestObject) (api.GetCoverageResponseObject, error) {
	kind := LiaisonOfficer
	if r.Params.Kind != nil {
		kind = Kind(*r.Params.Kind)
	}
	c, err := h.svc.Coverage(ctx, kind, r.Params.Region, r.Params.From, r.Params.To)
	if err != nil {
		return nil, err
	}
	a, err := render.JSON(ctx, c, render.CacheRow)
	return api.Answer{Answer: a}, err
}
