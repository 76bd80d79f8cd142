// Package page holds what lists have in common: a limit, and a cursor that carries the place to go on from.
package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/seutu/seutu/internal/errs"
)

// DefaultLimit and MaxLimit bound a page of rows.
const (
	DefaultLimit = 20
	MaxLimit     = 200
)

// Request asks for a page. List stands for the list, its filters and its sort: a cursor is good only where it came from.
type Request struct {
	Limit  int
	Cursor string
	List   string
}

// New makes a request of the parameters that every list has; list is any value that stands for filters and sort, such as the
// operation's parameters: what does not make another list of them, like the limit, is left out.
func New(limit *int, cursor *string, list any) Request {
	r := Request{Limit: DefaultLimit}
	if limit != nil {
		r.Limit = *limit
	}
	if cursor != nil {
		r.Cursor = *cursor
	}
	j, _ := json.Marshal(list) // parameters of a request: always marshals
	var parts any
	if json.Unmarshal(j, &parts) == nil && forget(parts) {
		j, _ = json.Marshal(parts)
	}
	h := sha256.Sum256(j)
	r.List = base64.RawURLEncoding.EncodeToString(h[:9])
	return r
}

// forget takes out the parameters with which a list stays the same; it tells whether there were any.
func forget(v any) (some bool) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			some = forget(x) || some
		}
	case map[string]any:
		for _, name := range []string{"limit", "cursor", "count", "facets", "If-None-Match"} {
			if _, ok := v[name]; ok {
				some = true
				delete(v, name)
			}
		}
	}
	return some
}

// Place is where a page ended: the sort keys of its last row, or for ranked lists the number of rows so far.
type Place struct {
	Keys   []string `json:"k,omitempty"`
	Offset int      `json:"o,omitempty"`
}

type cursor struct {
	List string `json:"l"`
	Place
}

const checkLength = 6

// Encode makes the cursor of the page that follows.
func (r Request) Encode(p Place) string {
	j, _ := json.Marshal(cursor{r.List, p})
	sum := sha256.Sum256(j)
	return base64.RawURLEncoding.EncodeToString(append(sum[:checkLength:checkLength], j...))
}

// Place reads the request's cursor; nil without one. A changed or foreign cursor is a BadCursor error.
func (r Request) Place() (*Place, error) {
	if r.Cursor == "" {
		return nil, nil
	}
	bad := errs.New(errs.BadCursor, "the cursor is damaged or comes from another list")
	raw, err := base64.RawURLEncoding.DecodeString(r.Cursor)
	if err != nil || len(raw) < checkLength {
		return nil, bad
	}
	var c cursor
	sum := sha256.Sum256(raw[checkLength:])
	if !bytes.Equal(raw[:checkLength], sum[:checkLength]) || json.Unmarshal(raw[checkLength:], &c) != nil || c.List != r.List {
		return nil, bad
	}
	return &c.Place, nil
}
