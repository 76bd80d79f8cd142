package account

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/render"
)

// Handler answers the operations of users, service accounts, grants and tokens.
type Handler struct{ svc *Service }

// NewHandler makes the handler.
func NewHandler(s *Service) *Handler { return &Handler{s} }

// answer is a rendered row with its headers; location only of a new one.
func answer(ctx context.Context, status int, r read, location string) api.Answer {
	return api.Answer{Answer: render.Answer{
		Status: status, ETag: render.ETag(ctx, r.version, r.variant), Location: location, LastModified: r.updatedAt, Body: r.json,
	}}
}

// pageAnswer puts rendered items together.
func pageAnswer(ctx context.Context, items [][]byte, cursor string) api.Answer {
	url := render.NextURL(ctx, cursor)
	next := []byte("null")
	if url != "" {
		next, _ = json.Marshal(url) // a string
	}
	body := append([]byte(`{"items":[`), bytes.Join(items, []byte{','})...)
	body = append(append(append(body, `],"next":`...), next...), '}')
	return api.Answer{Answer: render.Answer{Status: 200, Next: url, Body: body}}
}
