package network

import (
	"context"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
)

// ListNetworkMemberships is open to everyone; applications are told to those who decide and to the applicant.
func (h *Handler) ListNetworkMemberships(ctx context.Context, r api.ListNetworkMembershipsRequestObject) (api.ListNetworkMembershipsResponseObject, error) {
	p := r.Params
	f := MembershipFilter{Organisations: p.Organisation, Statuses: opt.Texts(p.Status), Roles: opt.Texts(p.Role), ActiveOn: clock.DateOf(p.ActiveOn), Browse: browse(nil, opt.Texts(p.Sort), p.Count)}
	return answer(ctx)(h.svc.NetworkMemberships(ctx, r.ID, f, page.New(p.Limit, p.Cursor, []any{"network", r.ID, p})))
}

// ListOrganisationMemberships is open to whoever sees the organisation; applications are told to those who decide and to the
// applicant.
func (h *Handler) ListOrganisationMemberships(ctx context.Context, r api.ListOrganisationMembershipsRequestObject) (api.ListOrganisationMembershipsResponseObject, error) {
	p := r.Params
	f := MembershipFilter{Networks: p.Network, Statuses: opt.Texts(p.Status), Roles: opt.Texts(p.Role), ActiveOn: clock.DateOf(p.ActiveOn), Browse: browse(nil, opt.Texts(p.Sort), p.Count)}
	return answer(ctx)(h.svc.OrganisationMemberships(ctx, r.ID, f, page.New(p.Limit, p.Cursor, []any{"organisation", r.ID, p})))
}

// CreateMembership is for those who may write the network, and for those who may apply for the organisation.
func (h *Handler) CreateMembership(ctx context.Context, r api.CreateMembershipRequestObject) (api.CreateMembershipResponseObject, error) {
	id, err := h.svc.CreateMembership(ctx, r.ID, r.Body, !r.Body.From.IsSpecified())
	if err != nil {
		return nil, err
	}
	row, err := h.svc.GetMembership(ctx, id)
	return api.Answer{Answer: row.Created(ctx, "/v1/memberships/"+id.String())}, err
}

// GetMembership is open to everyone, but for applications and what became of them.
func (h *Handler) GetMembership(ctx context.Context, r api.GetMembershipRequestObject) (api.GetMembershipResponseObject, error) {
	row, err := h.svc.GetMembership(ctx, r.ID)
	return api.Answer{Answer: row.Shown(ctx)}, err
}

// UpdateMembership is for those who may write the network.
func (h *Handler) UpdateMembership(ctx context.Context, r api.UpdateMembershipRequestObject) (api.UpdateMembershipResponseObject, error) {
	if err := h.svc.UpdateMembership(ctx, r.ID, r.Params.IfMatch, r.Body); err != nil {
		return nil, err
	}
	row, err := h.svc.GetMembership(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// DeleteMembership is for those who may write the network.
func (h *Handler) DeleteMembership(ctx context.Context, r api.DeleteMembershipRequestObject) (api.DeleteMembershipResponseObject, error) {
	return api.DeleteMembership204Response{}, h.svc.DeleteMembership(ctx, r.ID, r.Params.IfMatch)
}

// TransitionMembership is for those who may write the network or apply for the organisation, as the step takes.
func (h *Handler) TransitionMembership(ctx context.Context, r api.TransitionMembershipRequestObject) (api.TransitionMembershipResponseObject, error) {
	if err := h.svc.TransitionMembership(ctx, r.ID, r.Params.IfMatch, MembershipStatus(r.Body.To), clock.DateOf(opt.From(r.Body.On)), opt.From(r.Body.Note)); err != nil {
		return nil, err
	}
	row, err := h.svc.GetMembership(ctx, r.ID)
	return api.Answer{Answer: row.Updated(ctx)}, err
}

// ListMembershipTransitions is for those who may write the network or apply for the organisation.
func (h *Handler) ListMembershipTransitions(ctx context.Context, r api.ListMembershipTransitionsRequestObject) (api.ListMembershipTransitionsResponseObject, error) {
	return answer(ctx)(h.svc.MembershipTransitions(ctx, r.ID, page.New(r.Params.Limit, r.Params.Cursor, r.ID)))
}
