package render

import (
	"context"
	"net/url"
)

// NextURL is the path and query of the request with another cursor: where the next page is. "" without one.
func NextURL(ctx context.Context, cursor string) string {
	if cursor == "" {
		return ""
	}
	r := From(ctx)
	q := url.Values{}
	for k, v := range r.Query {
		q[k] = v
	}
	q.Set("cursor", cursor)
	return r.Path + "?" + q.Encode()
}
