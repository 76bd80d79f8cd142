package importfile

import (
	"errors"
	"fmt"
	"strings"
)

// The codes of faults. Those of the first group are found while reading, those of the second while mapping a row,
// those of the third in the mapping document or between it and the file.
const (
	CodeMalformed = "malformed" // a stray quote, or a JSON syntax error
	CodeRagged    = "ragged"    // another number of cells than the header has
	CodeTooLong   = "too-long"  // over MaxRecord bytes
	CodeTooDeep   = "too-deep"  // JSON nested over MaxDepth
	CodeEncoding  = "encoding"  // bytes that are no text in the file's encoding
	CodeNUL       = "nul"       // a NUL character
	CodeNotObject = "not-object"

	CodeInvalidType         = "invalid-type"
	CodeInvalidDate         = "invalid-date"
	CodeInvalidNumber       = "invalid-number"
	CodeInvalidCountry      = "invalid-country"
	CodeInvalidPoint        = "invalid-point"
	CodeInvalidExternalID   = "invalid-external-id"
	CodeUnknownKind         = "unknown-kind"
	CodeMissingKind         = "missing-kind"
	CodeUnknownStatus       = "unknown-status"
	CodeUnknownLanguage     = "unknown-language"
	CodeUnknownMunicipality = "unknown-municipality"

	CodeMapping       = "mapping"        // the mapping document is wrong in itself
	CodeUnknownMember = "unknown-member" // no such target, or no such member of a mapping document
	CodeUnknownColumn = "unknown-column" // the file has no such column
	CodeDoubledColumn = "doubled-column" // the file has the column twice
)

// Fault is one thing that is wrong with a row, or with a mapping. Member is the path of the target ("name.fi"), the
// column, or empty when the whole row is meant.
type Fault struct {
	Member string `json:"member,omitempty"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Error is the fault as one line of text.
func (f Fault) Error() string {
	if f.Member == "" {
		return f.Detail
	}
	return f.Member + ": " + f.Detail
}

// MappingError lists all that is wrong with a mapping, or between a mapping and a file, at once.
type MappingError struct {
	Faults []Fault
}

// Error joins the faults.
func (e *MappingError) Error() string {
	texts := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		texts[i] = f.Error()
	}
	return "mapping: " + strings.Join(texts, "; ")
}

// Reason joins the faults of a row to the text that Rejects.Write takes.
func Reason(faults []Fault) string {
	texts := make([]string, len(faults))
	for i, f := range faults {
		texts[i] = f.Error()
	}
	return strings.Join(texts, "; ")
}

func faultf(code, format string, args ...any) Fault {
	return Fault{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// asFault takes the Fault out of an error that this package or a Resolver made.
func asFault(err error, member, code string) Fault {
	var f Fault
	if !errors.As(err, &f) {
		f = Fault{Code: code, Detail: err.Error()}
	}
	if f.Member == "" {
		f.Member = member
	}
	return f
}
