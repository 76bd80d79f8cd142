package seutu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// call is one operation to carry out. The generated methods fill it in.
type call struct {
	operation string // operationId
	method    string
	path      string // empty if a part of it is missing
	query     any    // a …Params, or nil
	value     tagged // what was read and is to be written
	body      body
	accept    string        // of a stream; any if empty
	keyed     bool          // takes an Idempotency-Key
	open      bool          // needs no token
	stream    bool          // the answer is not read as a whole
	timeout   time.Duration // where the service allows itself more than usual

	header   http.Header  // more of them, by CallOptions
	received *http.Header // where to put those of the answer
	cursor   string       // of the page
}

// tagged is a model that may be a whole answer.
type tagged interface{ etag() *string }

// versioned is one that has a version.
type versioned interface{ version() int64 }

// CallOption is a setting of one call.
type CallOption func(*call)

// IfChanged makes a read end in [ErrNotModified] if the ETag is still that of the answer.
func IfChanged(etag string) CallOption {
	return func(r *call) { r.header.Set("If-None-Match", etag) }
}

// IfMatch makes a write go through only at this ETag, whatever the value says that it takes; "*" stands for any.
func IfMatch(etag string) CallOption {
	return func(r *call) { r.header.Set("If-Match", etag) }
}

// IfNone makes a PUT go through only if there is nothing yet; else the error is [ErrStale].
func IfNone() CallOption {
	return func(r *call) { r.header.Set("If-None-Match", "*") }
}

// IdempotencyKey names a request of the caller's own, so that it has one effect even if the program starts anew. Without it
// the client makes a key for each call.
func IdempotencyKey(key string) CallOption {
	return func(r *call) { r.header.Set("Idempotency-Key", key) }
}

// Received puts the header of the answer into h.
func Received(h *http.Header) CallOption {
	return func(r *call) { r.received = h }
}

// with is the call as the options want it.
func (r call) with(options []CallOption) *call {
	r.header = http.Header{}
	if r.value != nil {
		if match := ifMatch(r.value); match != "" {
			r.header.Set("If-Match", match)
		}
	}
	for _, o := range options {
		o(&r)
	}
	if !r.keyed {
		r.header.Del("Idempotency-Key")
	} else if r.header.Get("Idempotency-Key") == "" {
		r.header.Set("Idempotency-Key", uuid.NewString())
	}
	return &r
}

// ifMatch is the ETag of a value, or what its version makes of it: a row of a list has no more.
func ifMatch(v tagged) string {
	if tag := *v.etag(); tag != "" {
		return tag
	}
	if n, ok := v.(versioned); ok && n.version() > 0 {
		return strconv.Quote(strconv.FormatInt(n.version(), 10))
	}
	return ""
}

// route fills the placeholders of a path in. It is empty if one of them is: the path would be that of something else.
func route(template string, values ...any) string {
	path := ""
	for _, v := range values {
		value := fmt.Sprint(v)
		switch {
		case value == "", v == any(uuid.Nil):
			return ""
		case strings.Trim(value, ".") == "": // would climb
			value = strings.ReplaceAll(value, ".", "%2E")
		default:
			value = url.PathEscape(value)
		}
		before, after, _ := strings.Cut(template, "{")
		_, template, _ = strings.Cut(after, "}")
		path += before + value
	}
	return path + template
}

// body is that of a request.
type body struct {
	media string
	data  []byte
	once  func() io.ReadCloser // in place of data
	err   error
}

func encoded(v any) body {
	data, err := json.Marshal(v)
	return body{media: "application/json", data: data, err: err}
}

func patched(v any) body {
	data, err := json.Marshal(v)
	return body{media: "application/merge-patch+json", data: data, err: err}
}

func form(v any) body {
	q, err := values(v)
	return body{media: "application/x-www-form-urlencoded", data: []byte(q.Encode()), err: err}
}

// lines is a body of one JSON document a line, written while it is sent.
func lines[T any](rows iter.Seq[T]) body {
	return body{media: "application/x-ndjson", once: func() io.ReadCloser {
		next, stop := iter.Pull(rows)
		return &lineReader[T]{next: next, stop: stop}
	}}
}

// raw is a body that is sent as it is, once. If it can be closed it is.
func raw(media string, content io.Reader) body {
	return body{media: media, once: func() io.ReadCloser {
		if c, ok := content.(io.ReadCloser); ok {
			return c
		}
		return io.NopCloser(content)
	}}
}

type lineReader[T any] struct {
	next func() (T, bool)
	stop func()
	left bytes.Buffer
}

func (r *lineReader[T]) Read(p []byte) (int, error) {
	for r.left.Len() == 0 {
		row, ok := r.next()
		if !ok {
			return 0, io.EOF
		}
		if err := json.NewEncoder(&r.left).Encode(row); err != nil {
			return 0, err
		}
	}
	return r.left.Read(p)
}

func (r *lineReader[T]) Close() error {
	r.stop()
	return nil
}

// values is a struct as a query or a form: by the names of its JSON, lists as the same name again and again.
func values(v any) (url.Values, error) {
	out := url.Values{}
	if v == nil {
		return out, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var members map[string]any // of JSON null it stays empty
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&members); err != nil {
		return nil, err
	}
	for name, m := range members {
		list, ok := m.([]any)
		if !ok {
			list = []any{m}
		}
		for _, one := range list {
			out.Add(name, fmt.Sprint(one))
		}
	}
	return out, nil
}

var errPath = errors.New("an id or a name is empty")

// url is where the call goes.
func (r *call) url(base string) (string, error) {
	if r.path == "" {
		return "", errPath
	}
	q, err := values(r.query)
	if err != nil {
		return "", err
	}
	if r.cursor != "" {
		if q, err = url.ParseQuery(r.cursor); err != nil {
			return "", err
		}
	}
	if len(q) == 0 {
		return base + r.path, nil
	}
	return base + r.path + "?" + q.Encode(), nil
}
