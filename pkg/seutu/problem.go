package seutu

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Problem is an answer that is no success (RFC 9457). errors.Is compares it with ErrNotFound and its like.
type Problem struct {
	Type      string  `json:"type"` // a page of the service explains it: /problems/validation
	Title     string  `json:"title"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail"`
	Instance  string  `json:"instance"` // the path that was asked for
	RequestID string  `json:"requestId"`
	Errors    []Fault `json:"errors"` // all that is wrong with the request

	ConflictsWith uuid.UUID `json:"conflictsWith"` // of ErrConflict: what stands in the way, if the caller may see it
	Allowed       []string  `json:"allowed"`       // of ErrTransitionNotAllowed: the states that may follow
	DeletedAt     time.Time `json:"deletedAt"`     // of ErrGone
	Version       int64     `json:"version"`       // of ErrGone: the last one

	Operation  string          `json:"-"` // that failed: an operationId of the contract
	ETag       string          `json:"-"` // of ErrStale and ErrPreconditionRequired: the present one
	RetryAfter time.Duration   `json:"-"` // how long to wait before asking again, 0 if the service did not say
	Body       json.RawMessage `json:"-"` // the whole document, nil if the answer was none
}

// Fault is one thing that is wrong with a request.
type Fault struct {
	In      string `json:"in"`      // body, query, path or header
	Pointer string `json:"pointer"` // JSON pointer into the body, or the name of a parameter
	Code    string `json:"code"`
	Detail  string `json:"detail"`
}

// Error tells what was asked for, what went wrong, and where.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seutu: %s: %d %s", p.Operation, p.Status, p.Title)
	if p.Detail != "" {
		fmt.Fprintf(&b, ": %s", p.Detail)
	}
	for i, f := range p.Errors {
		if i == 5 {
			fmt.Fprintf(&b, "; and %d more", len(p.Errors)-i)
			break
		}
		fmt.Fprintf(&b, "; %s: %s", f.Pointer, f.Detail)
	}
	if p.RequestID != "" {
		fmt.Fprintf(&b, " (request %s)", p.RequestID)
	}
	return b.String()
}

// kind is a group of problems: those with a status, or those of a type.
type kind struct {
	status int
	name   string
}

func (k kind) Error() string {
	if k.name != "" {
		return "seutu: " + k.name
	}
	return "seutu: " + strings.ToLower(http.StatusText(k.status))
}

// What a Problem can be; compare with errors.Is.
var (
	ErrInvalidRequest       error = kind{status: http.StatusBadRequest}         // breaks the contract; see Errors
	ErrUnauthenticated      error = kind{status: http.StatusUnauthorized}       // sign in, or sign in again
	ErrForbidden            error = kind{status: http.StatusForbidden}          // not for this caller
	ErrNotFound             error = kind{status: http.StatusNotFound}           // there is none that the caller may see
	ErrConflict             error = kind{status: http.StatusConflict}           // with the present state; see ConflictsWith
	ErrGone                 error = kind{status: http.StatusGone}               // was public once; see DeletedAt
	ErrStale                error = kind{status: http.StatusPreconditionFailed} // changed meanwhile; see ETag
	ErrTooLarge             error = kind{status: http.StatusRequestEntityTooLarge}
	ErrInvalid              error = kind{status: http.StatusUnprocessableEntity}  // the data cannot be right; see Errors
	ErrPreconditionRequired error = kind{status: http.StatusPreconditionRequired} // a write without the version that was read
	ErrTooManyRequests      error = kind{status: http.StatusTooManyRequests}      // see RetryAfter
	ErrUnavailable          error = kind{status: http.StatusServiceUnavailable}   // see RetryAfter

	ErrDuplicate            error = kind{name: "duplicate"}              // a conflict: there is one already
	ErrOverlap              error = kind{name: "overlap"}                // a conflict: at the same time there is another
	ErrTransitionNotAllowed error = kind{name: "transition-not-allowed"} // a conflict: see Allowed
	ErrInUse                error = kind{name: "in-use"}                 // a conflict: something else depends on it
	ErrAlreadyDone          error = kind{name: "already-done"}           // a conflict: a repeat of what shows its secret only once
	ErrInvalidGrant         error = kind{name: "invalid-grant"}          // wrong password, or a session that has ended
)

// ErrNotModified answers a read with [IfChanged]: it is as you hold it.
var ErrNotModified = errors.New("seutu: not modified")

// typePrefix is where the service explains its problem types.
const typePrefix = "/problems/"

// Is reports whether the problem is of a kind.
func (p *Problem) Is(target error) bool {
	k, ok := target.(kind)
	return ok && (k.status == p.Status || k.name != "" && p.Type == typePrefix+k.name)
}

const (
	maxProblem = 1 << 20
	maxSnippet = 200
)

// problemOf reads an answer that is no success. One that is no problem document, say of a proxy, is described by its status.
func problemOf(operation string, a *http.Response) *Problem {
	p := &Problem{}
	raw, err := io.ReadAll(io.LimitReader(a.Body, maxProblem))
	media, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err == nil && media == "application/problem+json" && json.Unmarshal(raw, p) == nil {
		p.Body = raw
	} else {
		p = &Problem{Type: "about:blank", Title: http.StatusText(a.StatusCode), RequestID: a.Header.Get("X-Request-Id")}
		if media != "" {
			p.Detail = "the answer is " + media + ", not of Seutu"
		}
		if media == "text/plain" {
			p.Detail = strings.TrimSpace(strings.ToValidUTF8(string(raw[:min(len(raw), maxSnippet)]), ""))
		}
	}
	p.Operation, p.Status, p.ETag, p.RetryAfter = operation, a.StatusCode, a.Header.Get("ETag"), retryAfter(a.Header)
	return p
}

// retryAfter reads the header of that name: seconds, or a time.
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.Atoi(v); err == nil && n >= 0 {
		return time.Duration(min(n, 1<<30)) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}
