package testkit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/contract"
)

func init() { //nolint:gochecknoinits // the library's registry is global
	// calendars, pages and what these use have no structure that a schema could tell
	for _, mediaType := range []string{"text/calendar", "text/html", "text/css", "text/javascript", "image/svg+xml"} {
		openapi3filter.RegisterBodyDecoder(mediaType, openapi3filter.FileBodyDecoder)
	}
}

// Client sends requests to the service and fails the test when an answer breaks the contract.
type Client struct {
	s     *Service
	T     testing.TB
	Token string
	ID    uuid.UUID // of the user
}

// Answer is what came back.
type Answer struct {
	T      testing.TB
	Status int
	Header http.Header
	Body   []byte
}

// Header is a request header.
type Header struct{ Name, Value string }

// IfMatch makes the header of the same name.
func IfMatch(etag string) Header { return Header{"If-Match", etag} }

// Get reads.
func (c *Client) Get(path string, headers ...Header) *Answer {
	c.T.Helper()
	return c.Do("GET", path, nil, headers...)
}

// Post creates.
func (c *Client) Post(path string, body any, headers ...Header) *Answer {
	c.T.Helper()
	return c.Do("POST", path, body, headers...)
}

// Patch changes, with a merge patch.
func (c *Client) Patch(path string, body any, headers ...Header) *Answer {
	c.T.Helper()
	return c.Do("PATCH", path, body, headers...)
}

// Form posts a form.
func (c *Client) Form(path, form string, headers ...Header) *Answer {
	c.T.Helper()
	return c.Do("POST", path, []byte(form), append([]Header{{"Content-Type", "application/x-www-form-urlencoded"}}, headers...)...)
}

// Do sends a request. A body of bytes or a string goes out as it is, anything else as JSON.
func (c *Client) Do(method, path string, body any, headers ...Header) *Answer {
	c.T.Helper()
	return c.Send(c.Request(method, path, body, headers...))
}

// Send sends a request that Request made.
func (c *Client) Send(r *http.Request) *Answer {
	c.T.Helper()
	w := httptest.NewRecorder()
	c.s.Server.ServeHTTP(w, r)
	a := &Answer{c.T, w.Code, w.Header(), w.Body.Bytes()}
	c.check(r, a)
	return a
}

// Request makes the request that Do sends.
func (c *Client) Request(method, path string, body any, headers ...Header) *http.Request {
	c.T.Helper()
	var raw []byte
	switch b := body.(type) {
	case nil:
	case []byte:
		raw = b
	case string:
		raw = []byte(b)
	default:
		var err error
		if raw, err = json.Marshal(body); err != nil {
			c.T.Fatal(err)
		}
	}
	r := httptest.NewRequestWithContext(context.Background(), method, path, bytes.NewReader(raw))
	if body == nil {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
		if method == http.MethodPatch {
			r.Header.Set("Content-Type", "application/merge-patch+json")
		}
	}
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for _, h := range headers {
		r.Header.Set(h.Name, h.Value)
	}
	return r
}

// route finds the operation of a request, as the contract's paths tell it.
func route(r *http.Request) (*routers.Route, map[string]string) {
	doc, err := contract.Document()
	if err != nil {
		panic(err)
	}
	have := strings.Split(r.URL.EscapedPath(), "/")
	for path, item := range doc.Paths.Map() {
		want := strings.Split(path, "/")
		op := item.GetOperation(r.Method)
		if len(want) != len(have) || op == nil {
			continue
		}
		params, match := map[string]string{}, true
		for i, w := range want {
			if strings.HasPrefix(w, "{") {
				params[strings.Trim(w, "{}")] = have[i]
			} else {
				match = match && w == have[i]
			}
		}
		if match {
			return &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: op}, params
		}
	}
	return nil, nil
}

// check holds the answer against the contract: a documented status, the headers, the body.
func (c *Client) check(r *http.Request, a *Answer) {
	c.T.Helper()
	plain := r.Clone(context.Background())
	if plain.Method == http.MethodHead {
		plain.Method = http.MethodGet
	}
	route, params := route(plain)
	if route == nil {
		if a.Status < 400 && r.Method != http.MethodOptions {
			c.T.Errorf("%s %s: answered %d, but is no operation", r.Method, r.URL, a.Status)
		}
		return
	}
	documented := route.Operation.Responses.Value(fmt.Sprint(a.Status))
	if documented == nil {
		c.T.Errorf("%s %s: status %d is not in the contract\n%s", r.Method, r.URL, a.Status, a.Body)
		return
	}
	if a.Header.Get("Content-Encoding") != "" || r.Method == http.MethodHead {
		return
	}
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: plain, PathParams: params, Route: route},
		Status:                 a.Status, Header: a.Header, Body: io.NopCloser(bytes.NewReader(a.Body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true, ExcludeResponseBody: strings.Contains(a.Header.Get("Content-Type"), "yaml")},
	})
	if err != nil {
		c.T.Errorf("%s %s: the answer breaks the contract: %v\n%s", r.Method, r.URL, err, a.Body)
	}
}

// Want fails the test unless the status is the wanted one.
func (a *Answer) Want(status int) *Answer {
	a.T.Helper()
	if a.Status != status {
		a.T.Fatalf("status %d, not %d: %s", a.Status, status, a.Body)
	}
	return a
}

// Problem fails the test unless the answer is a problem of the type, and returns its faults as "code pointer".
func (a *Answer) Problem(status int, name string) []string {
	a.T.Helper()
	a.Want(status)
	var p struct {
		Type   string
		Errors []struct{ Code, Pointer, Detail string }
	}
	a.Into(&p)
	if p.Type != "/problems/"+name || a.Header.Get("Content-Type") != "application/problem+json" {
		a.T.Fatalf("problem %q, not %q: %s", p.Type, name, a.Body)
	}
	out := []string{}
	for _, e := range p.Errors {
		out = append(out, e.Code+" "+e.Pointer)
	}
	return out
}

// Into decodes the body.
func (a *Answer) Into(v any) {
	a.T.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		a.T.Fatalf("%v: %s", err, a.Body)
	}
}

// JSON is the body as an object.
func (a *Answer) JSON() map[string]any {
	a.T.Helper()
	var v map[string]any
	a.Into(&v)
	return v
}

// ID is the id of the body.
func (a *Answer) ID() string {
	a.T.Helper()
	id, _ := a.JSON()["id"].(string)
	if id == "" {
		a.T.Fatalf("no id in %s", a.Body)
	}
	return id
}

// ETag is the answer's tag.
func (a *Answer) ETag() string { return a.Header.Get("ETag") }

// Items are the items of a list.
func (a *Answer) Items() []map[string]any {
	a.T.Helper()
	var v struct{ Items []map[string]any }
	a.Into(&v)
	return v.Items
}
