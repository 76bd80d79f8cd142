package httpapi

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// guard stands before an operation, in this order: load, token, rate, gate, contract. Only what passes all reaches a handler.
func (s *Server) guard(op *operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r, in := c.Request(), infoOf(c)
			in.op = op
			if !op.probe && !inside(r.Context()) && s.max > 0 && s.inFlight.Load() > s.max {
				return &errs.Error{Type: errs.Overloaded, Detail: errs.Msg("too many requests are under way"), RetryAfter: time.Second}
			}
			ctx, cancel := context.WithTimeout(r.Context(), op.timeout)
			defer cancel()
			ctx, err := s.authenticate(ctx, c, in)
			if lerr := s.limit(c, in); lerr != nil {
				return lerr
			}
			if err != nil {
				return err
			}
			if err := in.actor.Gate(op.permission...); err != nil {
				return err
			}
			rr, err := s.check(c, op, in)
			if err != nil {
				return err
			}
			s.inFlight.Add(1) // from here on, with the body read: who sends slowly keeps nobody out
			defer s.inFlight.Add(-1)
			ctx = render.With(authz.With(ctx, in.actor), rr)
			if op.method != http.MethodGet || in.actor.Known() { // reads of personal data leave an audit event too
				ctx = store.WithOrigin(ctx, origin(c, in))
				if op.timeout > defaultTimeout {
					ctx = store.WithTimeout(ctx, op.timeout)
				}
			}
			c.SetRequest(c.Request().WithContext(ctx))
			return next(c)
		}
	}
}

func origin(c echo.Context, in *info) store.Origin {
	ip := c.RealIP()
	o := store.Origin{ActorType: string(in.actor.Type), IP: &ip, Operation: in.op.id, RequestID: &in.requestID}
	if in.actor.Known() {
		o.ActorID = &in.actor.ID
	}
	return o
}

// authenticate finds the actor. A bad token is refused even where none is needed.
func (s *Server) authenticate(ctx context.Context, c echo.Context, in *info) (context.Context, error) {
	if inside(ctx) {
		in.actor = authz.From(ctx)
		return ctx, nil
	}
	in.actor = authz.Actor{Type: authz.Anonymous}
	values := c.Request().Header["Authorization"]
	if len(values) == 0 {
		return ctx, nil
	}
	scheme, rest, _ := strings.Cut(values[0], " ")
	switch {
	case len(values) > 1:
		return ctx, errs.New(errs.InvalidToken, "there is more than one Authorization header")
	case strings.EqualFold(scheme, "Bearer"):
		actor, err := s.auth(store.WithOrigin(ctx, origin(c, in)), strings.TrimSpace(rest))
		if err == nil {
			in.actor = actor
		}
		return ctx, err
	case strings.EqualFold(scheme, "Basic") && in.op.id == "createToken":
		raw, err := base64.StdEncoding.DecodeString(rest)
		id, secret, ok := strings.Cut(string(raw), ":")
		if err != nil || !ok {
			return ctx, errs.New(errs.InvalidClient, "the Authorization header is not valid")
		}
		return authn.WithClient(ctx, id, secret), nil
	}
	return ctx, errs.New(errs.InvalidToken, "the Authorization header must be: Bearer <token>")
}

// limit counts the request against its client and tells it where it stands.
func (s *Server) limit(c echo.Context, in *info) error {
	if in.op.probe || inside(c.Request().Context()) || s.limits.perSecond <= 0 && in.actor.RateLimit <= 0 {
		return nil
	}
	key, own := in.actor.ID.String(), in.actor.RateLimit
	if !in.actor.Known() {
		key, own = networkOf(c.RealIP()), 0
	}
	ok, policy, state, wait := s.limits.allow(key, own, time.Now())
	h := c.Response().Header()
	h["Ratelimit-Policy"] = []string{policy}
	h["Ratelimit"] = []string{state}
	if ok {
		return nil
	}
	return &errs.Error{Type: errs.RateLimited, Detail: errs.Msg("you send more requests than the limit allows"), RetryAfter: wait}
}
