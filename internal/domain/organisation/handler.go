package organisation

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/oapi-codegen/runtime/types"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Handler answers the operations of organisations.
type Handler struct {
	svc    *Service
	schema RowSchema
}

// NewHandler makes the handler; schema is the contract's for the rows of a sync.
func NewHandler(s *Service, schema RowSchema) *Handler { return &Handler{s, schema} }

// show renders an organisation that the caller may see.
func (h *Handler) show(ctx context.Context, id uuid.UUID, fields, include []string) (api.Answer, error) {
	r, err := h.svc.Get(ctx, id, fields, include)
	if err != nil {
		return api.Answer{}, err
	}
	tag := render.ETag(ctx, r.row.Version, strings.Join(fields, ","), strings.Join(include, ","), r.variant)
	return api.Answer{Answer: render.Answer{Status: 200, ETag: tag, LastModified: r.row.UpdatedAt, Cache: cache(include), Body: r.json}}, nil
}

// cache tells for how long an answer may be kept: not without asking when it shows people.
func cache(include []string) string {
	if slices.Contains(include, "contacts") {
		return render.CachePersonal
	}
	return render.CacheRow
}

// written renders an organisation that the caller has just written, be it visible or not.
func (h *Handler) written(ctx context.Context, status int, id uuid.UUID) (api.Answer, error) {
	r, err := h.svc.Written(ctx, id)
	if err != nil {
		return api.Answer{}, err
	}
	a := render.Answer{Status: status, ETag: render.ETag(ctx, r.row.Version, r.variant), LastModified: r.row.UpdatedAt, Body: r.json}
	if status == 201 {
		a.Location = "/v1/organisations/" + id.String()
	}
	return api.Answer{Answer: a}, nil
}

// GetOrganisation is open to everyone for published ones.
func (h *Handler) GetOrganisation(ctx context.Context, r api.GetOrganisationRequestObject) (api.GetOrganisationResponseObject, error) {
	return h.show(ctx, r.ID, opt.Texts(r.Params.Fields), opt.Texts(r.Params.Include))
}

// CreateOrganisation is for those who may write in the area of the home municipality.
func (h *Handler) CreateOrganisation(ctx context.Context, r api.CreateOrganisationRequestObject) (api.CreateOrganisationResponseObject, error) {
	id, err := h.svc.Create(ctx, (*Status)(r.Body.Status), change(r.Body))
	if err != nil {
		return nil, err
	}
	return h.written(ctx, 201, id)
}

// UpdateOrganisation is for those who may write it.
func (h *Handler) UpdateOrganisation(ctx context.Context, r api.UpdateOrganisationRequestObject) (api.UpdateOrganisationResponseObject, error) {
	if err := h.svc.Update(ctx, r.ID, r.Params.IfMatch, change(r.Body)); err != nil {
		return nil, err
	}
	return h.written(ctx, 200, r.ID)
}

// DeleteOrganisation is for those who may approve it.
func (h *Handler) DeleteOrganisation(ctx context.Context, r api.DeleteOrganisationRequestObject) (api.DeleteOrganisationResponseObject, error) {
	return api.DeleteOrganisation204Response{}, h.svc.Delete(ctx, r.ID, r.Params.IfMatch)
}

// TransitionOrganisation asks for the right that the target status takes.
func (h *Handler) TransitionOrganisation(ctx context.Context, r api.TransitionOrganisationRequestObject) (api.TransitionOrganisationResponseObject, error) {
	var note *string
	if n, err := r.Body.Note.Get(); err == nil {
		note = &n
	}
	if err := h.svc.Transition(ctx, r.ID, r.Params.IfMatch, Status(r.Body.To), note); err != nil {
		return nil, err
	}
	return h.written(ctx, 200, r.ID)
}

// VerifyOrganisation is for those who may write it.
func (h *Handler) VerifyOrganisation(ctx context.Context, r api.VerifyOrganisationRequestObject) (api.VerifyOrganisationResponseObject, error) {
	if err := h.svc.Verify(ctx, r.ID, r.Params.IfMatch); err != nil {
		return nil, err
	}
	return h.written(ctx, 200, r.ID)
}

// ListOrganisationTransitions is for those who may see unpublished ones in its area.
func (h *Handler) ListOrganisationTransitions(ctx context.Context, r api.ListOrganisationTransitionsRequestObject) (api.ListOrganisationTransitionsResponseObject, error) {
	p, err := h.svc.Transitions(ctx, r.ID, page.New(r.Params.Limit, r.Params.Cursor, r.ID))
	if err != nil {
		return nil, err
	}
	a, err := p.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}

// ListOrganisations is open to everyone; the list holds what the caller may see.
func (h *Handler) ListOrganisations(ctx context.Context, r api.ListOrganisationsRequestObject) (api.ListOrganisationsResponseObject, error) {
	f, req, err := h.filter(ctx, r.Params)
	if err != nil {
		return nil, err
	}
	l, err := h.svc.List(ctx, f, req)
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, cache(f.Include))
	return api.Answer{Answer: a}, err
}

func (h *Handler) filter(ctx context.Context, p api.ListOrganisationsParams) (Filter, page.Request, error) {
	f := Filter{
		IDs: p.ID, Regions: p.Region, SubRegions: p.SubRegion, Municipalities: p.Municipality, Fields: p.Field, Kinds: opt.Texts(p.Kind), Status: opt.Texts(p.Status), Langs: p.Language,
		FoundedFrom: day(p.FoundedFrom), FoundedTo: day(p.FoundedTo), VerifiedBefore: day(p.VerifiedBefore), ModifiedSince: p.ModifiedSince, Q: p.Q, RegisterNumber: p.RegisterNumber, BusinessID: p.BusinessID,
		Sort: opt.Texts(p.Sort), Facets: opt.Texts(p.Facets), Members: opt.Texts(p.Fields), Include: opt.Texts(p.Include),
		GeoJSON: render.From(ctx).MediaType == render.GeoJSON, Radius: 10_000,
	}
	f.Count = p.Count != nil && *p.Count
	var faults errs.Faults
	faults = append(faults, store.CheckWords(opt.Value(p.Q))...)
	fault := func(name, code, detail string) {
		faults = append(faults, errs.Fault{In: "query", Pointer: name, Code: code, Detail: errs.Msg(detail)})
	}
	if p.Bbox != nil {
		n := numbers(*p.Bbox)
		f.Box = (*[4]float64)(n)
		if n[0] > n[2] || n[1] > n[3] || n[0] < -180 || n[2] > 180 || n[1] < -90 || n[3] > 90 {
			fault("bbox", "invalid", "it must be minLon,minLat,maxLon,maxLat within the world")
		}
	}
	if p.Near != nil {
		n := numbers(*p.Near)
		f.Near = &Point{n[0], n[1]}
		if n[0] < -90 || n[0] > 90 || n[1] < -180 || n[1] > 180 {
			fault("near", "invalid", "it must be lat,lon within the world")
		}
	}
	if p.Radius != nil {
		f.Radius = float64(*p.Radius)
		if p.Near == nil {
			fault("radius", "incomplete", "it goes with near")
		}
	}
	if strings.Contains(strings.Join(f.Sort, ","), "distance") && p.Near == nil {
		fault("sort", "incomplete", "distance goes with near")
	}
	if p.ModifiedSince != nil && slices.ContainsFunc(f.Sort, func(s string) bool { s = strings.TrimPrefix(s, "-"); return s != "createdAt" && s != "updatedAt" }) {
		fault("sort", "invalid", "with modifiedSince the order is by createdAt or updatedAt") // a tombstone's name is no longer theirs to know
	}
	if !f.GeoJSON && p.Limit != nil && *p.Limit > page.MaxLimit {
		fault("limit", "too-large", "more than 200 rows only as GeoJSON")
	}
	if len(faults) > 0 {
		return f, page.Request{}, errs.Broken(faults...)
	}
	return f, page.New(p.Limit, p.Cursor, p), nil
}

func day(d *types.Date) *time.Time {
	if d == nil {
		return nil
	}
	return &d.Time
}

// numbers reads a list whose form the contract has checked.
func numbers(s string) []float64 {
	parts := strings.Split(s, ",")
	out := make([]float64, len(parts))
	for i, p := range parts {
		out[i], _ = strconv.ParseFloat(p, 64)
	}
	return out
}
