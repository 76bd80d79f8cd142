package organisation

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/render"
)

// segments are the kinds of parts in addresses.
var segments = map[string]string{"activities": "activities", "registerEvents": "register-events", "contacts": "contacts"}

// shown is the answer to a read of parts of a kind; what holds personal data is asked for anew each time.
func shown(ctx context.Context, r read, tag string, personal bool) api.Answer {
	a := render.Answer{Status: 200, ETag: render.ETag(ctx, r.row.Version, tag, r.variant), Cache: render.CacheRow, Body: r.json}
	if personal {
		a.Cache = render.CachePersonal
	}
	return api.Answer{Answer: a}
}

func createPart[T any, P partOf[T]](ctx context.Context, h *Handler, k parts[T, P], id uuid.UUID, ifMatch *string, p P, body any) (api.Answer, error) {
	partID, err := k.create(ctx, h.svc, id, ifMatch, p, body)
	if err != nil {
		return api.Answer{}, err
	}
	a, err := writtenPart(ctx, h, k, id, partID)
	a.Status, a.Location = 201, "/v1/organisations/"+id.String()+"/"+segments[k.name]+"/"+partID.String()
	return a, err
}

func updatePart[T any, P partOf[T]](ctx context.Context, h *Handler, k parts[T, P], id, partID uuid.UUID, ifMatch *string, body any) (api.Answer, error) {
	if err := k.update(ctx, h.svc, id, partID, ifMatch, body); err != nil {
		return api.Answer{}, err
	}
	return writtenPart(ctx, h, k, id, partID)
}

func writtenPart[T any, P partOf[T]](ctx context.Context, h *Handler, k parts[T, P], id, partID uuid.UUID) (api.Answer, error) {
	r, err := h.svc.part(ctx, id, partID, k.view, true)
	return shown(ctx, r, k.name, false), err
}

func deletePart[T any, P partOf[T]](ctx context.Context, h *Handler, k parts[T, P], id, partID uuid.UUID, ifMatch *string) (api.Answer, error) {
	version, err := k.delete(ctx, h.svc, id, partID, ifMatch)
	return api.Answer{Answer: render.Answer{Status: 204, ETag: render.ETag(ctx, version)}}, err
}

// ListOrganisationActivities is open to whoever may see the organisation.
func (h *Handler) ListOrganisationActivities(ctx context.Context, r api.ListOrganisationActivitiesRequestObject) (api.ListOrganisationActivitiesResponseObject, error) {
	out, err := h.svc.list(ctx, r.ID, viewActivities, nil)
	return shown(ctx, out, "activities list", false), err
}

// GetOrganisationActivity is open to whoever may see the organisation.
func (h *Handler) GetOrganisationActivity(ctx context.Context, r api.GetOrganisationActivityRequestObject) (api.GetOrganisationActivityResponseObject, error) {
	out, err := h.svc.part(ctx, r.ID, r.PartID, viewActivities, false)
	return shown(ctx, out, "activities", false), err
}

// CreateOrganisationActivity is for those who may write the organisation.
func (h *Handler) CreateOrganisationActivity(ctx context.Context, r api.CreateOrganisationActivityRequestObject) (api.CreateOrganisationActivityResponseObject, error) {
	return createPart(ctx, h, h.svc.activities, r.ID, r.Params.IfMatch, &Activity{}, r.Body)
}

// UpdateOrganisationActivity is for those who may write the organisation.
func (h *Handler) UpdateOrganisationActivity(ctx context.Context, r api.UpdateOrganisationActivityRequestObject) (api.UpdateOrganisationActivityResponseObject, error) {
	return updatePart(ctx, h, h.svc.activities, r.ID, r.PartID, r.Params.IfMatch, r.Body)
}

// DeleteOrganisationActivity is for those who may write the organisation.
func (h *Handler) DeleteOrganisationActivity(ctx context.Context, r api.DeleteOrganisationActivityRequestObject) (api.DeleteOrganisationActivityResponseObject, error) {
	return deletePart(ctx, h, h.svc.activities, r.ID, r.PartID, r.Params.IfMatch)
}

// ListOrganisationRegisterEvents is open to whoever may see the organisation.
func (h *Handler) ListOrganisationRegisterEvents(ctx context.Context, r api.ListOrganisationRegisterEventsRequestObject) (api.ListOrganisationRegisterEventsResponseObject, error) {
	out, err := h.svc.list(ctx, r.ID, viewRegisterEvents, nil)
	return shown(ctx, out, "registerEvents list", false), err
}

// GetOrganisationRegisterEvent is open to whoever may see the organisation.
func (h *Handler) GetOrganisationRegisterEvent(ctx context.Context, r api.GetOrganisationRegisterEventRequestObject) (api.GetOrganisationRegisterEventResponseObject, error) {
	out, err := h.svc.part(ctx, r.ID, r.PartID, viewRegisterEvents, false)
	return shown(ctx, out, "registerEvents", false), err
}

// CreateOrganisationRegisterEvent is for those who may write the organisation.
func (h *Handler) CreateOrganisationRegisterEvent(ctx context.Context, r api.CreateOrganisationRegisterEventRequestObject) (api.CreateOrganisationRegisterEventResponseObject, error) {
	return createPart(ctx, h, h.svc.registerEvents, r.ID, r.Params.IfMatch, &RegisterEvent{}, r.Body)
}

// UpdateOrganisationRegisterEvent is for those who may write the organisation.
func (h *Handler) UpdateOrganisationRegisterEvent(ctx context.Context, r api.UpdateOrganisationRegisterEventRequestObject) (api.UpdateOrganisationRegisterEventResponseObject, error) {
	return updatePart(ctx, h, h.svc.registerEvents, r.ID, r.PartID, r.Params.IfMatch, r.Body)
}

// DeleteOrganisationRegisterEvent is for those who may write the organisation.
func (h *Handler) DeleteOrganisationRegisterEvent(ctx context.Context, r api.DeleteOrganisationRegisterEventRequestObject) (api.DeleteOrganisationRegisterEventResponseObject, error) {
	return deletePart(ctx, h, h.svc.registerEvents, r.ID, r.PartID, r.Params.IfMatch)
}

// ListOrganisationContacts is open to whoever may see the organisation; people are shown by consent.
func (h *Handler) ListOrganisationContacts(ctx context.Context, r api.ListOrganisationContactsRequestObject) (api.ListOrganisationContactsResponseObject, error) {
	var on *clock.Date
	tag := "contacts list"
	if r.Params.ActiveOn != nil {
		d := clock.Date(r.Params.ActiveOn.String())
		on, tag = &d, tag+r.Params.ActiveOn.String()
	}
	out, err := h.svc.list(ctx, r.ID, viewContacts, on)
	return shown(ctx, out, tag, true), err
}

// GetOrganisationContact is open to whoever may see the organisation; the person is shown by consent.
func (h *Handler) GetOrganisationContact(ctx context.Context, r api.GetOrganisationContactRequestObject) (api.GetOrganisationContactResponseObject, error) {
	out, err := h.svc.part(ctx, r.ID, r.PartID, viewContacts, false)
	return shown(ctx, out, "contacts", true), err
}

// CreateOrganisationContact is for those who may write the organisation and read the person.
func (h *Handler) CreateOrganisationContact(ctx context.Context, r api.CreateOrganisationContactRequestObject) (api.CreateOrganisationContactResponseObject, error) {
	return createPart(ctx, h, h.svc.contacts, r.ID, r.Params.IfMatch, newContact(), r.Body)
}

// UpdateOrganisationContact is for those who may write the organisation.
func (h *Handler) UpdateOrganisationContact(ctx context.Context, r api.UpdateOrganisationContactRequestObject) (api.UpdateOrganisationContactResponseObject, error) {
	return updatePart(ctx, h, h.svc.contacts, r.ID, r.PartID, r.Params.IfMatch, r.Body)
}

// DeleteOrganisationContact is for those who may write the organisation.
func (h *Handler) DeleteOrganisationContact(ctx context.Context, r api.DeleteOrganisationContactRequestObject) (api.DeleteOrganisationContactResponseObject, error) {
	return deletePart(ctx, h, h.svc.contacts, r.ID, r.PartID, r.Params.IfMatch)
}
