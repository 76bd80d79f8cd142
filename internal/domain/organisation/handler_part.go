package organisation

import (
	"context"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"
	"github.com/oapi-codegen/runtime/types"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
)

func partURL(id uuid.UUID, kind string, partID uuid.UUID) string {
	return "/v1/organisations/" + id.String() + "/" + kind + "/" + partID.String()
}

func activityToAPI(a Activity) api.Activity {
	return api.Activity{ID: a.ID, Heading: api.ActivityHeading(a.Heading), TargetGroups: a.TargetGroups, Description: a.Description}
}

// ListOrganisationActivities is open to whoever may see the organisation.
func (h *Handler) ListOrganisationActivities(ctx context.Context, r api.ListOrganisationActivitiesRequestObject) (api.ListOrganisationActivitiesResponseObject, error) {
	items, o, err := parts[Activity](ctx, h.svc, r.ID)
	if err != nil {
		return nil, err
	}
	tag := render.ETag(ctx, o.Version, "activities")
	return api.ListOrganisationActivities200JSONResponse{
		Body:    api.ActivityList{Items: each(items, activityToAPI)},
		Headers: api.ListOrganisationActivities200ResponseHeaders{ETag: &tag},
	}, nil
}

// GetOrganisationActivity is open to whoever may see the organisation.
func (h *Handler) GetOrganisationActivity(ctx context.Context, r api.GetOrganisationActivityRequestObject) (api.GetOrganisationActivityResponseObject, error) {
	a, o, err := part[Activity](ctx, h.svc, r.ID, r.PartID)
	if err != nil {
		return nil, err
	}
	tag := render.ETag(ctx, o.Version, "activity")
	return api.GetOrganisationActivity200JSONResponse{Body: activityToAPI(a), Headers: api.GetOrganisationActivity200ResponseHeaders{ETag: &tag}}, nil
}

// CreateOrganisationActivity is for those who may write the organisation.
func (h *Handler) CreateOrganisationActivity(ctx context.Context, r api.CreateOrganisationActivityRequestObject) (api.CreateOrganisationActivityResponseObject, error) {
	a := Activity{Heading: string(r.Body.Heading), TargetGroups: r.Body.TargetGroups, Description: r.Body.Description}
	fill(&a.TargetGroups)
	version, err := h.svc.CreateActivity(ctx, r.ID, r.Params.IfMatch, &a)
	if err != nil {
		return nil, err
	}
	tag, url := render.ETag(ctx, version, "activity"), partURL(r.ID, "activities", a.ID)
	return api.CreateOrganisationActivity201JSONResponse{Body: activityToAPI(a), Headers: api.CreateOrganisationActivity201ResponseHeaders{ETag: &tag, Location: &url}}, nil
}

// UpdateOrganisationActivity is for those who may write the organisation.
func (h *Handler) UpdateOrganisationActivity(ctx context.Context, r api.UpdateOrganisationActivityRequestObject) (api.UpdateOrganisationActivityResponseObject, error) {
	a, version, err := h.svc.UpdateActivity(ctx, r.ID, r.PartID, r.Params.IfMatch, func(a *Activity, f *errs.Faults) {
		if r.Body.Heading != nil {
			a.Heading = string(*r.Body.Heading)
		}
		patch.SetTo(&a.TargetGroups, r.Body.TargetGroups)
		fill(&a.TargetGroups)
		if r.Body.Description != nil {
			if a.Description = patch.Map(a.Description, *r.Body.Description); a.Description == nil {
				f.Add("/description", "required", "a text in one language must remain")
			}
		}
	})
	if err != nil {
		return nil, err
	}
	tag := render.ETag(ctx, version, "activity")
	return api.UpdateOrganisationActivity200JSONResponse{Body: activityToAPI(a), Headers: api.UpdateOrganisationActivity200ResponseHeaders{ETag: &tag}}, nil
}

// DeleteOrganisationActivity is for those who may write the organisation.
func (h *Handler) DeleteOrganisationActivity(ctx context.Context, r api.DeleteOrganisationActivityRequestObject) (api.DeleteOrganisationActivityResponseObject, error) {
	version, err := deletePart[Activity](ctx, h.svc, r.ID, r.PartID, r.Params.IfMatch, "activities")
	if err != nil {
		return nil, err
	}
	tag := render.ETag(ctx, version)
	return api.DeleteOrganisationActivity204Response{Headers: api.DeleteOrganisationActivity204ResponseHeaders{ETag: &tag}}, nil
}

func registerEventToAPI(e RegisterEvent) api.RegisterEvent {
	return api.RegisterEvent{
		ID: e.ID, Type: api.RegisterEventType(e.Type), Date: historicToAPI(e.Date), Name: orNull(e.Name, e.Name == nil), Municipality: pointer(e.Municipality),
		OrganisationID: pointer(e.OtherOrganisationID), Note: pointer(e.Note),
	}
}

// ListOrganisationRegisterEvents is open to whoever may see the organisation.
func (h *Handler) ListOrganisationRegisterEvents(ctx context.Context, r api.ListOrganisationRegisterEventsRequestObject) (api.ListOrganisationRegisterEventsResponseObject, error) {
	items, o, err := parts[RegisterEvent](ctx, h.svc, r.ID)
	if err != nil {
		return nil, err
	}
	tag := render.ETag(ctx, o.Version, "registerEvents")
	return api.ListOrganisationRegisterEvents200JSONResponse{
		Body:    api.RegisterEventList{Items: each(items, registerEventToAPI)},
		Headers: api.ListOrganisationRegisterEvents200ResponseHeaders{ETag: &tag},
	}, nil
}

// GetOrganisationRegisterEvent is open to whoever may see the organisation.
func (h *Handler) GetOrganisationRegisterEvent(ctx context.Context, r api.GetOrganisationRegisterEventRequestObject) (api.GetOrganisationRegisterEventResponseObject, error) {
	e, o, err := part[RegisterEvent](ctx, h.svc, r.ID, r.PartID)
	if err != nil {
		return nil, err
	}
	tag := render.ETag(ctx, o.Version, "registerEvent")
	return api.GetOrganisationRegisterEvent200JSONResponse{Body: registerEventToAPI(e), Headers: api.GetOrganisationRegisterEvent200ResponseHeaders{ETag: &tag}}, nil
}

// CreateOrganisationRegisterEvent is for those who may write the organisation.
func (h *Handler) CreateOrganisationRegisterEvent(ctx context.Context, r api.CreateOrganisationRegisterEventRequestObject) (api.CreateOrganisationRegisterEventResponseObject, error) {
	e := RegisterEvent{Type: string(r.Body.Type), Date: historic(r.Body.Date)}
	if n, err := r.Body.Name.Get(); err == nil {
		e.Name = n
	}
	patch.Set(&e.Municipality, r.Body.Municipality)
	patch.Set(&e.OtherOrganisationID, r.Body.OrganisationID)
	patch.Set(&e.Note, r.Body.Note)
	version, err := h.svc.CreateRegisterEvent(ctx, r.ID, r.Params.IfMatch, &e)
	if err != nil {
		return nil, err
	}
	tag, url := render.ETag(ctx, version, "registerEvent"), partURL(r.ID, "register-events", e.ID)
	return api.CreateOrganisationRegisterEvent201JSONResponse{Body: registerEventToAPI(e), Headers: api.CreateOrganisationRegisterEvent201ResponseHeaders{ETag: &tag, Location: &url}}, nil
}

// UpdateOrganisationRegisterEvent is for those who may write the organisation.
func (h *Handler) UpdateOrganisationRegisterEvent(ctx context.Context, r api.UpdateOrganisationRegisterEventRequestObject) (api.UpdateOrganisationRegisterEventResponseObject, error) {
	e, version, err := h.svc.UpdateRegisterEvent(ctx, r.ID, r.PartID, r.Params.IfMatch, func(e *RegisterEvent) {
		if r.Body.Type != nil {
			e.Type = string(*r.Body.Type)
		}
		if r.Body.Date != nil {
			e.Date = historic(*r.Body.Date)
		}
		if r.Body.Name.IsNull() {
			e.Name = nil
		} else if n, err := r.Body.Name.Get(); err == nil {
			e.Name = patch.Map(e.Name, n)
		}
		patch.Set(&e.Municipality, r.Body.Municipality)
		patch.Set(&e.OtherOrganisationID, r.Body.OrganisationID)
		patch.Set(&e.Note, r.Body.Note)
	})
	if err != nil {
		return nil, err
	}
	tag := render.ETag(ctx, version, "registerEvent")
	return api.UpdateOrganisationRegisterEvent200JSONResponse{Body: registerEventToAPI(e), Headers: api.UpdateOrganisationRegisterEvent200ResponseHeaders{ETag: &tag}}, nil
}

// DeleteOrganisationRegisterEvent is for those who may write the organisation.
func (h *Handler) DeleteOrganisationRegisterEvent(ctx context.Context, r api.DeleteOrganisationRegisterEventRequestObject) (api.DeleteOrganisationRegisterEventResponseObject, error) {
	version, err := deletePart[RegisterEvent](ctx, h.svc, r.ID, r.PartID, r.Params.IfMatch, "registerEvents")
	if err != nil {
		return nil, err
	}
	tag := render.ETag(ctx, version)
	return api.DeleteOrganisationRegisterEvent204Response{Headers: api.DeleteOrganisationRegisterEvent204ResponseHeaders{ETag: &tag}}, nil
}

func historicToAPI(h clock.HistoricDate) api.HistoricDate {
	return api.HistoricDate{From: dateToAPI(h.From), To: dateToAPI(h.To), Precision: api.HistoricDatePrecision(h.Precision), MonthDay: pointer(h.MonthDay), Text: pointer(h.Text)}
}

func dateToAPI(d *clock.Date) nullable.Nullable[types.Date] {
	if d == nil {
		return nullable.NewNullNullable[types.Date]()
	}
	return nullable.NewNullableWithValue(types.Date{Time: d.Time()})
}

func pointer[T any](p *T) nullable.Nullable[T] {
	if p == nil {
		return nullable.NewNullNullable[T]()
	}
	return nullable.NewNullableWithValue(*p)
}

func orNull(t i18n.Text, null bool) nullable.Nullable[map[string]string] {
	if null {
		return nullable.NewNullNullable[map[string]string]()
	}
	return nullable.NewNullableWithValue(t)
}

func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}
