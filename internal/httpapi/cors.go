package httpapi

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
)

// corsPolicy lets pages of any origin read what is public, and pages of the configured origins do everything.
// Echo's middleware knows one policy for all methods, hence our own.
type corsPolicy struct{ writers []string }

func newCORS(origins []string) corsPolicy { return corsPolicy{origins} }

const (
	exposed = "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotency-Replayed, Last-Modified"
	asked   = "Authorization, Content-Type, Accept, Accept-Language, If-Match, If-None-Match, Idempotency-Key, X-Request-Id"
)

// apply sets the CORS headers; done tells that the request was a preflight and is answered.
func (p corsPolicy) apply(c echo.Context) (done bool) {
	r, h := c.Request(), c.Response().Header()
	origin := r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	writer := slices.Contains(p.writers, origin)
	method := r.Header.Get("Access-Control-Request-Method")
	preflight := r.Method == http.MethodOptions && method != ""
	if !preflight {
		method = r.Method
	}
	read := method == http.MethodGet || method == http.MethodHead
	switch {
	case writer:
		h.Set("Access-Control-Allow-Origin", origin)
	case read:
		h.Set("Access-Control-Allow-Origin", "*")
	default:
		return preflight
	}
	h.Set("Access-Control-Expose-Headers", exposed)
	if preflight {
		h.Set("Access-Control-Allow-Methods", "GET, HEAD")
		if writer {
			h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
		}
		h.Set("Access-Control-Allow-Headers", asked)
		h.Set("Access-Control-Max-Age", "86400")
	}
	return preflight
}
