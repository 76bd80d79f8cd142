package seutu

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestProblem(t *testing.T) {
	t.Parallel()
	document := `{"type": "/problems/duplicate", "title": "There is one already", "status": 409, "detail": "another has this number", "instance": "/v1/organisations",
		"requestId": "r-1", "conflictsWith": "0193a5c0-0000-7000-8000-000000000001", "errors": [{"in": "body", "pointer": "/businessId", "code": "taken", "detail": "it is taken"}], "later": {}}`
	err := create(t.Context(), answers(says(409, "application/problem+json", document, `ETag: "7-x"`)).client(t))
	var p *Problem
	require.ErrorAs(t, err, &p)
	assert.Equal(t, &Problem{
		Type: "/problems/duplicate", Title: "There is one already", Status: 409, Detail: "another has this number", Instance: "/v1/organisations", RequestID: "r-1",
		Errors: []Fault{{In: "body", Pointer: "/businessId", Code: "taken", Detail: "it is taken"}}, ConflictsWith: someID,
		Operation: "createOrganisation", ETag: `"7-x"`, Body: []byte(document),
	}, p)
	assert.EqualError(t, err, "seutu: createOrganisation: 409 There is one already: another has this number; /businessId: it is taken (request r-1)")
	require.ErrorIs(t, err, ErrConflict)
	require.ErrorIs(t, err, ErrDuplicate)
	for _, other := range []error{ErrOverlap, ErrNotFound, ErrNotModified, context.Canceled} {
		require.NotErrorIs(t, err, other)
	}
}

func TestKindsOfProblems(t *testing.T) {
	t.Parallel()
	for status, kind := range map[int]error{
		400: ErrInvalidRequest, 401: ErrUnauthenticated, 403: ErrForbidden, 404: ErrNotFound, 409: ErrConflict, 410: ErrGone, 412: ErrStale, 413: ErrTooLarge,
		422: ErrInvalid, 428: ErrPreconditionRequired, 429: ErrTooManyRequests, 503: ErrUnavailable,
	} {
		require.ErrorIs(t, getOne(t.Context(), answers(problem(status, "x")).client(t, WithRetries(0))), kind)
		assert.NotEmpty(t, kind.Error())
	}
	for name, kind := range map[string]error{
		"overlap": ErrOverlap, "transition-not-allowed": ErrTransitionNotAllowed, "in-use": ErrInUse, "already-done": ErrAlreadyDone, "invalid-grant": ErrInvalidGrant,
	} {
		require.ErrorIs(t, getOne(t.Context(), answers(problem(409, name)).client(t)), kind)
		assert.Equal(t, "seutu: "+name, kind.Error())
	}
}

// TestAnswersOfOthers are those of proxies, and of a service that is newer or broken.
func TestAnswersOfOthers(t *testing.T) {
	t.Parallel()
	many := `{"type": "/problems/validation", "title": "T", "status": 400, "errors": [` + strings.TrimSuffix(strings.Repeat(`{"pointer": "/a", "detail": "d"},`, 8), ",") + `]}`
	for name, c := range map[string]struct {
		answer step
		want   string
	}{
		"HTML of a gateway":          {says(502, "text/html", "<h1>Bad gateway</h1>"), "502 Bad Gateway: the answer is text/html, not of Seutu"},
		"text of a proxy":            {says(403, "text/plain; charset=utf-8", "blocked by policy\n"), "403 Forbidden: blocked by policy"},
		"nothing at all":             {says(500, "", ""), "500 Internal Server Error"},
		"a request id in the header": {says(500, "", "", "X-Request-Id: r9"), "500 Internal Server Error (request r9)"},
		"a problem that is none":     {says(400, "application/problem+json", "{"), "400 Bad Request: the answer is application/problem+json, not of Seutu"},
		"a page of a captive portal": {says(200, "text/html", "<h1>Sign in to the hotel</h1>"), `getOrganisation: the answer is "text/html", not JSON`},
		"truncated JSON":             {ok(`{"id": "0193`), "getOrganisation: unexpected end of JSON input"},
		"JSON of another shape":      {ok(`[]`), "getOrganisation: json: cannot unmarshal array"},
		"many faults":                {says(400, "application/problem+json", many), "400 T; /a: d; /a: d; /a: d; /a: d; /a: d; and 3 more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.ErrorContains(t, getOne(t.Context(), answers(c.answer).client(t, WithRetries(0))), c.want)
		})
	}
}

// TestNewerService: what this version does not know does no harm.
func TestNewerService(t *testing.T) {
	t.Parallel()
	s := answers(ok(`{"id": "0193a5c0-0000-7000-8000-000000000001", "version": 3, "kind": "orchestra", "name": {"se": "Searvi"}, "phone": null, "later": {"a": [1]}}`, `ETag: "3-p"`))
	o, err := s.client(t).Organisations.Get(t.Context(), someID, nil)
	require.NoError(t, err)
	assert.Equal(t, &Organisation{ID: someID, Version: 3, Kind: "orchestra", Name: Text{"se": "Searvi"}, ETag: `"3-p"`}, o)
	assert.False(t, o.Kind.Valid())
}

func TestErrorsHideAddresses(t *testing.T) {
	t.Parallel()
	s := answers(breaks(errReset))
	_, err := s.client(t, WithRetries(0)).Users.List(t.Context(), &ListUsersParams{Email: "matti@example.org"})
	require.ErrorIs(t, err, errReset)
	assert.Contains(t, s.asked[0].URL.RawQuery, "matti")
	assert.NotContains(t, err.Error(), "matti")
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{"": 0, "5": 5 * time.Second, "-5": 0, "soon": 0, "99999999999999999999": 0, "9999999999": 1 << 30 * time.Second,
		"Mon, 02 Jan 2006 15:04:05 GMT": 0} {
		assert.Equal(t, want, retryAfter(http.Header{"Retry-After": {value}}), value)
	}
	assert.True(t, errors.Is(&Problem{Status: 404}, ErrNotFound))
}
