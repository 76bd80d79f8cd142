package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/store"
)

// statusOf is the one place where kinds of failure become HTTP.
var statusOf = map[errs.Kind]int{
	errs.Internal: 500, errs.BadRequest: 400, errs.Unauthenticated: 401, errs.Forbidden: 403, errs.NotFound: 404, errs.MethodNotAllowed: 405,
	errs.NotAcceptable: 406, errs.Conflict: 409, errs.Gone: 410, errs.Stale: 412, errs.TooLarge: 413, errs.UnsupportedMedia: 415,
	errs.Unprocessable: 422, errs.PreconditionRequired: 428, errs.TooMany: 429, errs.Unavailable: 503, errs.Moved: 308,
}

type problemError struct {
	In      string `json:"in"`
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// fail writes the problem document of a failure. A failure that is no *errs.Error is our own fault: logged, never told.
func (s *Server) fail(c echo.Context, err error) {
	in, h := infoOf(c), c.Response().Header()
	e := asError(err)
	location := ""
	if e.Type == errs.WasMerged {
		var found bool
		if location, found = elsewhere(c.Request().URL, e.MovedFrom, e.MovedTo); !found { // what was merged hangs on what was asked for
			e = errs.New(errs.Missing, "there is none with this id")
		}
	}
	status := statusOf[e.Type.Kind]
	if status == http.StatusInternalServerError || e.Cause != nil && status == http.StatusServiceUnavailable {
		slog.LogAttrs(c.Request().Context(), slog.LevelError, "request failed", slog.String("requestId", in.requestID), slog.String("error", store.Loggable(err)))
	}
	if c.Response().Committed {
		return // the answer has begun: nothing can be mended
	}
	lang := i18n.Negotiate(c.Request().Header.Get("Accept-Language"))
	doc := map[string]any{}
	for k, v := range e.Members {
		doc[k] = v
	}
	if in.op != nil && in.op.id == "createToken" && doc["error"] == nil {
		doc["error"], doc["error_description"] = oauthError(e), e.Detail.String()
	}
	doc["type"], doc["title"], doc["status"] = "/problems/"+e.Type.Name, e.Type.Title[lang], status
	doc["detail"] = i18n.Sentence(lang, e.Detail.Format, e.Detail.Args)
	doc["instance"], doc["requestId"] = c.Request().URL.EscapedPath(), in.requestID
	if len(e.Faults) > 0 {
		list := make([]problemError, len(e.Faults))
		for i, f := range e.Faults {
			list[i] = problemError{f.In, f.Pointer, f.Code, i18n.Sentence(lang, f.Detail.Format, f.Detail.Args)}
		}
		doc["errors"] = list
	}
	if e.ETag != "" {
		h.Set("ETag", e.ETag)
	}
	if e.Type == errs.WasMerged {
		h.Set("Location", location)
	}
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", challenge(e))
	}
	if e.RetryAfter > 0 || status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(e.RetryAfter.Seconds())))))
	}
	body, _ := json.Marshal(doc) // strings, numbers and ids only
	h.Set("Content-Language", lang)
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.Response().WriteHeader(status)
	_, _ = c.Response().Write(body)
}

// elsewhere is an address with another id in the place of the one that was asked for; found is false if the path does not
// hold that.
func elsewhere(u *url.URL, from, to string) (location string, found bool) {
	segments := strings.Split(u.EscapedPath(), "/")
	for i, s := range segments {
		if id, err := uuid.Parse(s); err == nil && id.String() == from {
			segments[i], found = to, true
		}
	}
	location = strings.Join(segments, "/")
	if u.RawQuery != "" {
		location += "?" + u.RawQuery
	}
	return location, found
}

// oauthError is what RFC 6749 calls a failure of the token endpoint that came before its handler.
func oauthError(e *errs.Error) string {
	unknown := func(f errs.Fault) bool { return f.Pointer == "/grant_type" && f.Code == "enum" }
	switch {
	case e.Type == errs.InvalidClient:
		return "invalid_client"
	case slices.ContainsFunc(e.Faults, unknown):
		return "unsupported_grant_type"
	case e.Type.Kind == errs.Unavailable || e.Type.Kind == errs.TooMany:
		return "temporarily_unavailable"
	}
	return "invalid_request"
}

func challenge(e *errs.Error) string {
	switch e.Type {
	case errs.InvalidToken:
		return `Bearer realm="seutu", error="invalid_token"`
	case errs.InvalidClient:
		return `Basic realm="seutu"`
	}
	return `Bearer realm="seutu"`
}

var badParameter = regexp.MustCompile(`^(?:Invalid format for parameter|Expected one value for) ([A-Za-z0-9-]+)`)

// asError makes an *errs.Error of whatever went wrong.
func asError(err error) *errs.Error {
	var e *errs.Error
	var he *echo.HTTPError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return errs.New(errs.ContentTooLarge, "the body may have at most %d bytes", large.Limit)
	case errors.As(err, &e):
		return e
	case errors.As(err, &he):
		return fromEcho(he)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &errs.Error{Type: errs.Overloaded, Detail: errs.Msg("the request took too long"), Cause: err, RetryAfter: time.Second}
	}
	return &errs.Error{Type: errs.Unexpected, Detail: errs.Msg("something broke here; the log knows it by the request's id"), Cause: err}
}

func fromEcho(he *echo.HTTPError) *errs.Error {
	switch he.Code {
	case http.StatusNotFound:
		return errs.New(errs.Missing, "nothing has this address")
	case http.StatusMethodNotAllowed:
		return errs.New(errs.WrongMethod, "the address exists, but not for this method")
	case http.StatusBadRequest:
		f := errs.Fault{In: "query", Code: "invalid", Detail: errs.Msg("it does not fit the contract")}
		if m, ok := he.Message.(string); ok {
			if name := badParameter.FindStringSubmatch(m); name != nil {
				f.Pointer = name[1]
			}
			if strings.HasSuffix(m, "is required") {
				f.Code, f.Detail = "required", errs.Msg("it is missing")
			}
		}
		return &errs.Error{Type: errs.Validation, Detail: errs.Msg("the request breaks the contract; see errors"), Faults: errs.Faults{f}, Cause: he}
	}
	return &errs.Error{Type: errs.Unexpected, Detail: errs.Msg("something broke here; the log knows it by the request's id"), Cause: he}
}
