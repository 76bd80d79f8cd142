package account

import (
	"context"
	"encoding/json"

	"github.com/oapi-codegen/nullable"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/render"
)

// cacheKeys is how long the public keys may be kept: shorter than a new key waits before it signs.
const cacheKeys = "public, max-age=30"

// CreateToken is for everyone.
func (h *Handler) CreateToken(ctx context.Context, r api.CreateTokenRequestObject) (api.CreateTokenResponseObject, error) {
	var out Issued
	var err error
	var f errs.Faults
	member := func(at string, v *string) string {
		if v == nil || *v == "" {
			f.Add(at, "required", "it is missing")
			return ""
		}
		return *v
	}
	switch r.Body.GrantType {
	case api.TokenRequestGrantTypePassword:
		email, password := member("/username", r.Body.Username), member("/password", r.Body.Password)
		if f == nil {
			out, err = h.svc.SignIn(ctx, email, password)
		}
	case api.TokenRequestGrantTypeRefreshToken:
		token := member("/refresh_token", r.Body.RefreshToken)
		if f == nil {
			out, err = h.svc.Refresh(ctx, token)
		}
	case api.TokenRequestGrantTypeClientCredentials:
		id, secret := r.Body.ClientID, r.Body.ClientSecret
		if basicID, basicSecret := authn.ClientFrom(ctx); secret == nil && basicSecret != "" {
			id, secret = &basicID, &basicSecret
		}
		clientID, clientSecret := member("/client_id", id), member("/client_secret", secret)
		if f == nil {
			out, err = h.svc.ClientToken(ctx, clientID, clientSecret)
		}
	}
	if f != nil {
		return nil, oauth("invalid_request", errs.Broken(f...))
	}
	return api.CreateToken200JSONResponse{
		AccessToken: out.AccessToken, TokenType: api.TokenTokenTypeBearer, ExpiresIn: int(authn.AccessTokenLife.Seconds()), RefreshToken: out.RefreshToken,
	}, err
}

// RevokeToken is for everyone who has the token.
func (h *Handler) RevokeToken(ctx context.Context, r api.RevokeTokenRequestObject) (api.RevokeTokenResponseObject, error) {
	return api.RevokeToken204Response{}, h.svc.Revoke(ctx, r.Body.Token)
}

// GetKeys is open to everyone.
func (h *Handler) GetKeys(ctx context.Context, _ api.GetKeysRequestObject) (api.GetKeysResponseObject, error) {
	keys, err := h.svc.tokens.PublicKeys(ctx)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{"keys": keys})
	return api.Answer{Answer: render.Answer{Status: 200, ETag: render.BodyETag(ctx, body), Cache: cacheKeys, Body: body}}, err
}

// ListIssuers is open to everyone.
func (h *Handler) ListIssuers(ctx context.Context, _ api.ListIssuersRequestObject) (api.ListIssuersResponseObject, error) {
	a, err := render.JSON(ctx, map[string]any{"items": h.svc.tokens.Issuers()}, cacheKeys)
	return api.Answer{Answer: a}, err
}

// GetMe is for everyone who is signed in.
func (h *Handler) GetMe(ctx context.Context, _ api.GetMeRequestObject) (api.GetMeResponseObject, error) {
	a := authz.From(ctx)
	email, name, err := h.svc.Names(ctx)
	if err != nil {
		return nil, err
	}
	out := api.GetMe200JSONResponse{
		ID: a.ID, Type: api.ActorType(a.Type), Email: orNull(email), DisplayName: orNull(name), Grants: []api.MyGrant{}, Permissions: opt.Texts(a.Permissions()),
		Issuer: orNull(opt.NonEmpty(a.Issuer)), ExpiresAt: a.Expires,
	}
	for _, g := range a.Grants {
		scope := &g.Scope
		if g.ScopeType == authz.Everywhere {
			scope = nil
		}
		out.Grants = append(out.Grants, api.MyGrant{
			Role: api.Role(g.Role), ScopeType: api.ScopeType(g.ScopeType), Scope: orNull(scope), Permissions: opt.Texts(g.Permissions), Systems: opt.Texts(g.Systems),
		})
	}
	return out, nil
}

func orNull(s *string) nullable.Nullable[string] {
	if s == nil {
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(*s)
}
