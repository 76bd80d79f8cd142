// Package errs is the closed set of failures that Seutu reports. It knows nothing of HTTP: package httpapi alone turns a Kind into a status.
package errs

import (
	"errors"
	"fmt"
	"time"
)

// Kind groups failures by what the caller can do about them.
type Kind uint8

// The kinds. Internal is what every error that is not an *Error counts as.
const (
	Internal Kind = iota
	BadRequest
	Unauthenticated
	Forbidden
	NotFound
	MethodNotAllowed
	NotAcceptable
	Conflict
	Gone
	Stale
	TooLarge
	UnsupportedMedia
	Unprocessable
	PreconditionRequired
	TooMany
	Unavailable
	Moved
)

// Message is an English sentence with its arguments; package i18n holds its translations, keyed by Format.
type Message struct {
	Format string
	Args   []any
}

// Msg makes a Message.
func Msg(format string, args ...any) Message { return Message{format, args} }

func (m Message) String() string { return fmt.Sprintf(m.Format, m.Args...) }

// Fault is one thing wrong with a request: where (body, query, path or header), which member, and what about it.
type Fault struct {
	In      string
	Pointer string
	Code    string
	Detail  Message
}

// Error is a failure that the caller may hear of.
type Error struct {
	Type    *Type
	Detail  Message
	Faults  []Fault
	Members map[string]any // further members of the problem document

	MovedFrom  string        // of Moved: the id that was asked for
	MovedTo    string        // and the one that stands for it now
	ETag       string        // the current one, of a stale write
	RetryAfter time.Duration // of TooMany and Unavailable
	Cause      error         // for the log only
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Type.Name + ": " + e.Detail.String() + ": " + e.Cause.Error()
	}
	return e.Type.Name + ": " + e.Detail.String()
}

func (e *Error) Unwrap() error { return e.Cause }

// New makes an error of a type; detail is an English format that package i18n translates.
func New(t *Type, detail string, args ...any) *Error {
	return &Error{Type: t, Detail: Message{detail, args}}
}

// Is reports whether err is, or wraps, an error of the type.
func Is(err error, t *Type) bool {
	var e *Error
	return errors.As(err, &e) && e.Type == t
}

// Faults collects everything that is wrong with a request body, so that it is all reported at once.
type Faults []Fault

// MaxFaults bounds how many faults are told: a small request shall not have a huge answer.
const MaxFaults = 200

// Add notes that the member at pointer is wrong.
func (f *Faults) Add(pointer, code, detail string, args ...any) {
	if len(*f) < MaxFaults {
		*f = append(*f, Fault{In: "body", Pointer: pointer, Code: code, Detail: Message{detail, args}})
	}
}

// Err is nil when nothing is wrong, else an InvalidData error with all faults.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Type: InvalidData, Detail: Msg("the data cannot be right; see errors"), Faults: f}
}

// Broken is a Validation error: the request breaks the contract in these ways.
func Broken(faults ...Fault) *Error {
	return &Error{Type: Validation, Detail: Msg("the request breaks the contract; see errors"), Faults: faults}
}
