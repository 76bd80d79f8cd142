package seutu

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

const (
	firstWait   = 250 * time.Millisecond
	longestWait = 10 * time.Second // where the service does not say how long
	maxWait     = time.Minute      // a service that wants to be left alone for longer is not waited for
)

// do carries a call out, again if that is needed and can do no harm.
func (c *Client) do(ctx context.Context, r *call) (*answer, error) {
	address, err := r.url(c.base)
	if err = errors.Join(err, r.body.err); err != nil {
		return nil, fmt.Errorf("seutu: %s: %w", r.operation, err)
	}
	unsure := false // whether an earlier attempt was carried out
	for attempt := 0; ; attempt++ {
		a, err := c.attempt(ctx, r, address)
		if err == nil {
			return a, nil
		}
		if unsure && r.method == http.MethodDelete && (errors.Is(err, ErrNotFound) || errors.Is(err, ErrGone)) {
			return &answer{}, nil // it was
		}
		wait, again := r.again(err, attempt)
		if !again || attempt >= c.retries || !sleep(ctx, wait) {
			return nil, r.failure(ctx, err)
		}
		unsure = unsure || !errors.Is(err, ErrTooManyRequests) && !errors.Is(err, ErrUnavailable)
	}
}

// failure is what the caller gets to see of an error. A call whose time is over fails with the error of its context too.
func (r *call) failure(ctx context.Context, err error) error {
	if over := ctx.Err(); over != nil && !errors.Is(err, over) {
		err = errors.Join(over, err)
	} else if _, ok := err.(*Problem); ok || errors.Is(err, ErrNotModified) { //nolint:errorlint // one that is not wrapped names the operation itself
		return err
	}
	return fmt.Errorf("seutu: %s: %w", r.operation, err)
}

// again reports whether a call that failed may be repeated, and when.
func (r *call) again(err error, attempt int) (time.Duration, bool) {
	var (
		problem *Problem
		dial    *net.OpError
		wait    = backoff(attempt)
	)
	switch {
	case r.body.once != nil, errors.As(err, new(signingIn)):
		return 0, false
	case errors.As(err, &problem):
		if problem.RetryAfter > 0 {
			wait = problem.RetryAfter
		}
		return wait, wait <= maxWait && r.refused(problem)
	case !errors.As(err, new(broken)), errors.Is(err, errRedirects), errors.Is(err, errElsewhere), errors.As(err, new(*tls.CertificateVerificationError)):
		return 0, false
	case errors.As(err, &dial) && dial.Op == "dial":
		return wait, true
	}
	return wait, r.repeatable()
}

// refused reports whether the service, or what stands before it, only asks to come again.
func (r *call) refused(p *Problem) bool {
	switch p.Status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusServiceUnavailable:
		return r.method != http.MethodPost || r.keyed
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return r.repeatable()
	}
	return p.Type == typePrefix+"idempotency-key-running"
}

// repeatable reports whether a call may be carried out again when it is not known whether it was.
func (r *call) repeatable() bool {
	switch r.method {
	case http.MethodGet, http.MethodDelete:
		return true
	case http.MethodPut:
		return r.header.Get("If-Match") == "" && r.header.Get("If-None-Match") == ""
	case http.MethodPost:
		return r.keyed
	}
	return false
}

// backoff is the wait before another attempt: twice as long each time, and by chance up to a half shorter.
func backoff(attempt int) time.Duration {
	d := min(longestWait, firstWait<<min(attempt, 10))
	return d/2 + rand.N(d/2)
}

// sleep waits, and reports whether the context lasts that long.
func sleep(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
