package seutu

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// script answers the requests of a test one after the other, and keeps what it was asked.
type script struct {
	answers []func(*http.Request) (*http.Response, error)
	asked   []*http.Request
	bodies  []string
	at      []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(raw)
		_ = r.Body.Close()
	}
	n := len(s.asked)
	s.asked, s.bodies, s.at = append(s.asked, r), append(s.bodies, body), append(s.at, time.Now())
	return s.answers[min(n, len(s.answers)-1)](r)
}

// client is one whose requests the answers in turn are given to; the last answers all that come after.
func (s *script) client(t *testing.T, options ...Option) *Client {
	t.Helper()
	c, err := New("https://seutu.test", append(options, WithHTTPClient(&http.Client{Transport: s}))...)
	require.NoError(t, err)
	return c
}

type step = func(*http.Request) (*http.Response, error)

func answers(steps ...step) *script { return &script{answers: steps} }

// says is an answer; the headers are "Name: value".
func says(status int, media, body string, headers ...string) step {
	return func(r *http.Request) (*http.Response, error) {
		h := http.Header{"Content-Type": {media}}
		for _, line := range headers {
			name, value, _ := strings.Cut(line, ": ")
			h.Set(name, value)
		}
		return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	}
}

func ok(body string, headers ...string) step {
	return says(http.StatusOK, "application/json", body, headers...)
}

func problem(status int, name string, headers ...string) step {
	return says(status, "application/problem+json", fmt.Sprintf(`{"type": "/problems/%s", "title": "T", "status": %d, "detail": "D", "requestId": "r1"}`, name, status), headers...)
}

func breaks(err error) step { return func(*http.Request) (*http.Response, error) { return nil, err } }

// torn is an answer whose connection breaks in the middle.
func torn(body string) step {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
			Body: io.NopCloser(io.MultiReader(strings.NewReader(body), failing{}))}, nil
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

var (
	errReset = &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	errDial  = &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	someID   = uuid.MustParse("0193a5c0-0000-7000-8000-000000000001")
	anOrg    = `{"id": "0193a5c0-0000-7000-8000-000000000001", "version": 3, "name": {"fi": "Kuoro ry"}}`
)

// The calls whose retries the tests look at.
var (
	getOne = func(ctx context.Context, c *Client) error {
		_, err := c.Organisations.Get(ctx, someID, nil)
		return err
	}
	create = func(ctx context.Context, c *Client) error {
		_, err := c.Organisations.Create(ctx, OrganisationCreate{Kind: OrganisationKindAssociation, Name: Text{"fi": "Kuoro ry"}})
		return err
	}
	change = func(ctx context.Context, c *Client) error {
		_, err := c.Organisations.Update(ctx, &Organisation{ID: someID, Version: 3}, OrganisationPatch{Phone: Null[string]()})
		return err
	}
	remove = func(ctx context.Context, c *Client) error {
		return c.Organisations.Delete(ctx, &Organisation{ID: someID, Version: 3})
	}
	put = func(ctx context.Context, c *Client) error {
		_, err := c.Organisations.PutByExternalID(ctx, "crm", "A-17", OrganisationCreate{})
		return err
	}
	putOver = func(ctx context.Context, c *Client) error {
		_, err := c.Meetings.PutAttendance(ctx, &Meeting{ID: someID, Version: 3}, AttendanceWrite{})
		return err
	}
	unkeyed = func(ctx context.Context, c *Client) error {
		return c.Me.ChangePassword(ctx, PasswordChange{CurrentPassword: "a", NewPassword: "b"})
	}
	upload = func(ctx context.Context, c *Client) error {
		_, err := c.Sync.Organisations(ctx, nil, func(yield func(OrganisationSyncRow) bool) { yield(OrganisationSyncRow{}) })
		return err
	}
)

func TestRetries(t *testing.T) {
	t.Parallel()
	limited, busy, running := problem(429, "too-many-requests", "Retry-After: 7"), problem(503, "unavailable"), problem(409, "idempotency-key-running", "Retry-After: 1")
	html := says(502, "text/html", "<html>bad gateway</html>")
	for name, c := range map[string]struct {
		call  func(context.Context, *Client) error
		first step
		again bool
	}{
		"get, too many":             {getOne, limited, true},
		"get, unavailable":          {getOne, busy, true},
		"get, reset":                {getOne, breaks(errReset), true},
		"get, torn":                 {getOne, torn(`{"id": "01`), true},
		"get, bad gateway":          {getOne, html, true},
		"get, not found":            {getOne, problem(404, "not-found"), false},
		"get, broken inside":        {getOne, problem(500, "internal"), false},
		"get, truncated JSON":       {getOne, ok(`{"id": "0193`), false},
		"create, too many":          {create, limited, true},
		"create, unavailable":       {create, busy, true},
		"create, reset":             {create, breaks(errReset), true},
		"create, torn":              {create, torn(`{`), true},
		"create, key is running":    {create, running, true},
		"create, duplicate":         {create, problem(409, "duplicate"), false},
		"change, too many":          {change, limited, true},
		"change, unavailable":       {change, busy, true},
		"change, refused":           {change, breaks(errDial), true},
		"change, reset":             {change, breaks(errReset), false},
		"change, bad gateway":       {change, html, false},
		"change, stale":             {change, problem(412, "stale"), false},
		"delete, reset":             {remove, breaks(errReset), true},
		"put by key, reset":         {put, breaks(errReset), true},
		"put over a version, reset": {putOver, breaks(errReset), false},
		"no key, too many":          {unkeyed, limited, true},
		"no key, unavailable":       {unkeyed, busy, false},
		"no key, reset":             {unkeyed, breaks(errReset), false},
		"stream, too many":          {upload, limited, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := answers(c.first, ok(anOrg))
				err := c.call(t.Context(), s.client(t))
				if !c.again {
					require.Error(t, err)
					assert.Len(t, s.asked, 1)
					return
				}
				require.NoError(t, err)
				require.Len(t, s.asked, 2)
				assert.Equal(t, s.bodies[0], s.bodies[1])
				assert.Equal(t, s.asked[0].Header, s.asked[1].Header, "the same Idempotency-Key too")
			})
		})
	}
}

// TestWaits tells that Retry-After is kept, and what is waited for without it.
func TestWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := answers(problem(429, "too-many-requests", "Retry-After: 7"), problem(503, "unavailable", "Retry-After: "+time.Now().Add(27*time.Second).UTC().Format(http.TimeFormat)),
			problem(503, "unavailable"), breaks(errReset), ok(anOrg))
		require.NoError(t, getOne(t.Context(), s.client(t)))
		require.Len(t, s.at, 5)
		assert.Equal(t, 7*time.Second, s.at[1].Sub(s.at[0]))
		assert.Equal(t, 20*time.Second, s.at[2].Sub(s.at[1]))
		for i, most := range map[int]time.Duration{3: firstWait << 2, 4: firstWait << 3} {
			assert.GreaterOrEqual(t, s.at[i].Sub(s.at[i-1]), most/2)
			assert.LessOrEqual(t, s.at[i].Sub(s.at[i-1]), most)
		}
	})
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	limited := problem(429, "too-many-requests", "Retry-After: 7")
	t.Run("after so many", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := answers(limited)
			require.ErrorIs(t, getOne(t.Context(), s.client(t, WithRetries(2))), ErrTooManyRequests)
			assert.Len(t, s.asked, 3)
		})
	})
	t.Run("before they begin", func(t *testing.T) {
		t.Parallel()
		s := answers(limited)
		require.ErrorIs(t, getOne(t.Context(), s.client(t, WithRetries(0))), ErrTooManyRequests)
		assert.Len(t, s.asked, 1)
	})
	t.Run("where the wait would outlast the context", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			start := time.Now()
			var p *Problem
			require.ErrorAs(t, getOne(ctx, answers(limited).client(t)), &p)
			assert.Equal(t, 7*time.Second, p.RetryAfter)
			assert.Zero(t, time.Since(start), "there is nothing to wait for")
		})
	})
	t.Run("where the service wants too long", func(t *testing.T) {
		t.Parallel()
		s := answers(problem(503, "unavailable", "Retry-After: 3600"))
		require.ErrorIs(t, getOne(t.Context(), s.client(t)), ErrUnavailable)
		assert.Len(t, s.asked, 1)
	})
	t.Run("when the caller goes away", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(3*time.Second, cancel)
			s := answers(limited)
			err := getOne(ctx, s.client(t))
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorIs(t, err, ErrTooManyRequests, "and why it was not done by then")
			assert.Len(t, s.asked, 1)
		})
	})
}

// TestDeletedMeanwhile: a DELETE whose first answer was lost finds nothing any more, which is what it was for.
func TestDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, gone := range []step{problem(404, "not-found"), problem(410, "gone")} {
			require.NoError(t, remove(t.Context(), answers(breaks(errReset), gone).client(t)))
			require.NoError(t, remove(t.Context(), answers(breaks(errReset), problem(503, "unavailable"), gone).client(t)))
			require.Error(t, remove(t.Context(), answers(problem(503, "unavailable"), gone).client(t)), "it was never carried out")
			require.Error(t, remove(t.Context(), answers(gone).client(t)))
		}
	})
}

func TestSlowAnswers(t *testing.T) {
	t.Parallel()
	hangs := func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }
	t.Run("are given up and asked for again", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := answers(hangs, ok(anOrg))
			require.NoError(t, getOne(t.Context(), s.client(t, WithTimeout(3*time.Second))))
			assert.GreaterOrEqual(t, s.at[1].Sub(s.at[0]), 3*time.Second)
		})
	})
	t.Run("are told as such", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			err := change(t.Context(), answers(hangs).client(t))
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.EqualError(t, err, "seutu: updateOrganisation: no answer in time: context deadline exceeded")
		})
	})
	t.Run("in the middle too", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			slow := func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r, Body: io.NopCloser(waiting{r.Context()})}, nil
			}
			require.ErrorIs(t, getOne(t.Context(), answers(slow).client(t, WithRetries(0))), context.DeadlineExceeded)
		})
	})
	t.Run("of a sync have the time that it needs", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			require.ErrorIs(t, upload(t.Context(), answers(hangs).client(t)), context.DeadlineExceeded)
			assert.Equal(t, 2*time.Minute, time.Since(start))
		})
	})
	t.Run("of a stream are not bounded once it flows", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			s := answers(says(200, "text/calendar", "BEGIN:VCALENDAR"))
			body, err := s.client(t).Meetings.GetCalendar(t.Context(), nil)
			require.NoError(t, err)
			time.Sleep(time.Hour)
			require.NoError(t, s.asked[0].Context().Err())
			raw, err := io.ReadAll(body)
			require.NoError(t, err)
			assert.Equal(t, "BEGIN:VCALENDAR", string(raw))
			require.NoError(t, body.Close())
			require.Error(t, s.asked[0].Context().Err(), "nothing of it is left")
		})
	})
}

type waiting struct{ context.Context }

func (w waiting) Read([]byte) (int, error) { <-w.Done(); return 0, w.Err() }

func TestHugeAnswer(t *testing.T) {
	t.Parallel()
	huge := func(r *http.Request) (*http.Response, error) {
		spaces := io.LimitReader(repeat{}, maxAnswer+10)
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r, Body: io.NopCloser(spaces)}, nil
	}
	require.ErrorContains(t, getOne(t.Context(), answers(huge).client(t)), "larger than 64 MiB")
	s := answers(says(500, "application/problem+json", strings.Repeat(" ", 3*maxProblem)))
	require.ErrorContains(t, getOne(t.Context(), s.client(t)), "500 Internal Server Error")
}

type repeat struct{}

func (repeat) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte(" "), len(p))), nil }
