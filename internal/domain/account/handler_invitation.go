package account

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
)

func (h *Handler) invitation(ctx context.Context, id uuid.UUID) (api.Answer, error) {
	r, err := h.svc.Invitation(ctx, id)
	return answer(ctx, 200, r, ""), err
}

// ListInvitations lists the invitations to grants that the caller could give.
func (h *Handler) ListInvitations(ctx context.Context, r api.ListInvitationsRequestObject) (api.ListInvitationsResponseObject, error) {
	p := r.Params
	f := InvitationFilter{Status: opt.Texts(p.Status), Organisation: p.OrganisationID, Email: p.Email, Count: p.Count != nil && *p.Count}
	l, err := h.svc.Invitations(ctx, f, page.New(p.Limit, p.Cursor, []any{"invitations", p}))
	if err != nil {
		return nil, err
	}
	a, err := l.Answer(ctx, "")
	return api.Answer{Answer: a}, err
}

// CreateInvitation is for those who could give the grant. The token is shown this once.
func (h *Handler) CreateInvitation(ctx context.Context, r api.CreateInvitationRequestObject) (api.CreateInvitationResponseObject, error) {
	in := NewInvitation{
		Email: r.Body.Email, DisplayName: opt.From(r.Body.DisplayName), Message: opt.From(r.Body.Message), Role: authz.Editor,
		Scope: opt.Value(opt.From(r.Body.Scope)), ExpiresAt: opt.From(r.Body.ExpiresAt),
	}
	if role := opt.From(r.Body.Role); role != nil {
		in.Role = authz.Role(*role)
	}
	id, token, err := h.svc.Invite(ctx, in)
	if err != nil {
		return nil, err
	}
	row, err := h.svc.Invitation(ctx, id)
	if err == nil {
		row.JSON = append(append(append(row.JSON[:len(row.JSON)-1], `,"token":"`...), token...), `"}`...)
	}
	return answer(ctx, 201, row, "/v1/invitations/"+id.String()), err
}

// GetInvitation is for those who could give the grant.
func (h *Handler) GetInvitation(ctx context.Context, r api.GetInvitationRequestObject) (api.GetInvitationResponseObject, error) {
	return h.invitation(ctx, r.ID)
}

// TransitionInvitation is for those who could give the grant: it revokes.
func (h *Handler) TransitionInvitation(ctx context.Context, r api.TransitionInvitationRequestObject) (api.TransitionInvitationResponseObject, error) {
	if err := h.svc.RevokeInvitation(ctx, r.ID, r.Params.IfMatch); err != nil {
		return nil, err
	}
	return h.invitation(ctx, r.ID)
}

// AcceptInvitation is for whoever has the token.
func (h *Handler) AcceptInvitation(ctx context.Context, r api.AcceptInvitationRequestObject) (api.AcceptInvitationResponseObject, error) {
	i, err := h.svc.Accept(ctx, Acceptance{Token: r.Body.Token, Password: opt.From(r.Body.Password), DisplayName: opt.From(r.Body.DisplayName)})
	if err != nil {
		return nil, err
	}
	return api.AcceptInvitation200JSONResponse{
		Email: *i.Email, GrantID: *i.GrantID, Role: api.Role(i.Role), ScopeType: api.ScopeType(i.ScopeType), Scope: orNull(unlessEmpty(i.ScopeID)),
	}, nil
}
