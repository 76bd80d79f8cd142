package person

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Handler answers the operations of people.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

// ListPeople is open to everyone; the list holds whom the caller may see.
func (h *Handler) ListPeople(ctx context.Context, r api.ListPeopleRequestObject) (api.ListPeopleResponseObject, error) {
	p := r.Params
	f := Filter{
		Regions: p.Region, Municipalities: p.Municipality, Organisations: p.Organisation, Councils: p.Council, Networks: p.Network, IDs: p.ID,
		Count: p.Count != nil && *p.Count,
	}
	for _, s := range p.Sort {
		f.Sort = append(f.Sort, string(s))
	}
	if p.Q != nil {
		f.Q = *p.Q
	}
	if faults := store.CheckWords(f.Q); len(faults) > 0 {
		return nil, errs.Broken(faults...)
	}
	l, err := h.svc.List(ctx, f, page.New(p.Limit, p.Cursor, p))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, render.CachePersonal)
	return api.Answer{Answer: a}, err
}

// GetPerson is open to everyone for those whom the caller may see.
func (h *Handler) GetPerson(ctx context.Context, r api.GetPersonRequestObject) (api.GetPersonResponseObject, error) {
	row, err := h.svc.Get(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	a := row.Shown(ctx)
	a.Cache = render.CachePersonal
	return api.Answer{Answer: a}, nil
}

// CreatePerson is for those who may write people in the scope of the record.
func (h *Handler) CreatePerson(ctx context.Context, r api.CreatePersonRequestObject) (api.CreatePersonResponseObject, error) {
	p := &Person{Name: &r.Body.Name}
	patch.Set(&p.Email, r.Body.Email)
	patch.Set(&p.Phone, r.Body.Phone)
	var asked *RecordedFor
	if in, err := r.Body.RecordedFor.Get(); err == nil {
		asked = &RecordedFor{}
		patch.Set(&asked.Region, in.Region)
		patch.Set(&asked.Municipality, in.Municipality)
		patch.Set(&asked.OrganisationID, in.OrganisationID)
		patch.Set(&asked.CouncilID, in.CouncilID)
		patch.Set(&asked.NetworkID, in.NetworkID)
	}
	var consents []NewConsent
	if in, err := r.Body.Consents.Get(); err == nil {
		for _, c := range in {
			consents = append(consents, newConsent(c))
		}
	}
	if err := h.svc.Create(ctx, p, asked, consents); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, p.ID)
	return api.Answer{Answer: row.Created(ctx, url(p.ID))}, err
}

// UpdatePerson is for those who may write people where the person is known.
func (h *Handler) UpdatePerson(ctx context.Context, r api.UpdatePersonRequestObject) (api.UpdatePersonResponseObject, error) {
	if err := h.svc.Update(ctx, r.ID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.Get(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

func url(id uuid.UUID) string { return "/v1/people/" + id.String() }

func newConsent(in api.ConsentCreate) NewConsent {
	c := NewConsent{Given: in.Given}
	for _, f := range in.Fields {
		c.Fields = append(c.Fields, string(f))
	}
	patch.Set(&c.Ground, in.Ground)
	if on, err := in.GivenOn.Get(); err == nil {
		d := clock.Date(on.String())
		c.GivenOn = &d
	}
	return c
}

// ListPersonConsents is for those who may read people where the person is known.
func (h *Handler) ListPersonConsents(ctx context.Context, r api.ListPersonConsentsRequestObject) (api.ListPersonConsentsResponseObject, error) {
	l, err := h.svc.Consents(ctx, r.ID, page.New(r.Params.Limit, r.Params.Cursor, r.ID))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}

// CreatePersonConsents is for those who may write people where the person is known.
func (h *Handler) CreatePersonConsents(ctx context.Context, r api.CreatePersonConsentsRequestObject) (api.CreatePersonConsentsResponseObject, error) {
	rows, version, err := h.svc.Consent(ctx, r.ID, newConsent(*r.Body))
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{"items": rows})
	return api.Answer{Answer: render.Answer{Status: 201, ETag: render.ETag(ctx, version), Location: url(r.ID) + "/consents", Body: body}}, err
}

// ExportPerson is for those who may export people where the person is known.
func (h *Handler) ExportPerson(ctx context.Context, r api.ExportPersonRequestObject) (api.ExportPersonResponseObject, error) {
	doc, err := h.svc.Export(ctx, r.ID)
	return api.Answer{Answer: render.Answer{Status: 200, Body: doc}}, err
}

// ErasePerson is for those who may erase people where the person is known.
func (h *Handler) ErasePerson(ctx context.Context, r api.ErasePersonRequestObject) (api.ErasePersonResponseObject, error) {
	return api.Answer{Answer: render.Answer{Status: 204}}, h.svc.Erase(ctx, r.ID, r.Params.IfMatch, r.Body.Reason)
}
