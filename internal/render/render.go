// Package render makes the answers of hot reads: JSON that is bytes already, with the headers that every such answer carries.
package render

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"strconv"
	"time"
)

// Request is what an answer needs to know of its request.
type Request struct {
	Path      string
	Query     map[string][]string
	MediaType string // the one of the operation's media types that Accept chose
	Gzip      bool   // the answer will be compressed
	Language  string // of sentences: en or fi
}

type requestKey struct{}

// With puts the request into the context.
func With(ctx context.Context, r *Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// From is the request of the context; an empty one outside HTTP.
func From(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{MediaType: "application/json", Language: "en"}
}

// GeoJSON is the media type of maps.
const GeoJSON = "application/geo+json"

// How long public answers may be kept.
const (
	CacheRow       = "public, max-age=10, stale-while-revalidate=60"
	CachePersonal  = "public, no-cache" // asked for anew each time: a withdrawn consent hides at once
	CacheReference = "public, max-age=86400, stale-while-revalidate=604800"
)

// Answer is a whole answer. Package api generates, for every operation, the method that makes it one of its answers.
type Answer struct {
	Status       int
	ETag         string
	Location     string
	Next         string // the next page, for the Link header
	LastModified time.Time
	Cache        string
	Vary         string // what more than every answer it depends on
	MediaType    string // application/json if empty
	Encoding     string // of a body that is packed already
	Language     string // of a page
	Policy       string // Content-Security-Policy of a page; any other answer may do nothing
	Body         []byte
}

// Write sends the answer.
func (a Answer) Write(w http.ResponseWriter) error {
	h := w.Header()
	if a.ETag != "" {
		h["Etag"] = []string{a.ETag}
	}
	if a.Location != "" {
		h.Set("Location", a.Location)
	}
	if a.Next != "" {
		h.Set("Link", "<"+a.Next+`>; rel="next"`)
	}
	if !a.LastModified.IsZero() {
		h.Set("Last-Modified", a.LastModified.UTC().Format(http.TimeFormat))
	}
	if a.Cache != "" {
		h.Set("Cache-Control", a.Cache)
	}
	if a.Vary != "" {
		h.Add("Vary", a.Vary)
	}
	if a.Encoding != "" {
		h.Set("Content-Encoding", a.Encoding)
	}
	if a.Language != "" {
		h.Set("Content-Language", a.Language)
	}
	if a.Policy != "" {
		h.Set("Content-Security-Policy", a.Policy)
		h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
		h.Set("Referrer-Policy", "no-referrer")
	}
	if a.Body == nil {
		w.WriteHeader(a.Status)
		return nil
	}
	if a.MediaType == "" {
		a.MediaType = "application/json"
	}
	h.Set("Content-Type", a.MediaType)
	h.Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	_, err := w.Write(a.Body)
	return err
}

// ETag is the strong tag of a version in one variant: of included parts, chosen fields, media type, encoding and what the
// caller may see. If-Match compares the version only.
func ETag(ctx context.Context, version int64, variant ...string) string {
	h := fnv.New32a()
	for _, v := range variant {
		if v != "" {
			_, _ = h.Write([]byte(v + "\x00"))
		}
	}
	r := From(ctx)
	_, _ = h.Write([]byte(r.MediaType))
	if r.Gzip {
		_, _ = h.Write([]byte("gzip"))
	}
	return `"` + strconv.FormatInt(version, 10) + "-" + strconv.FormatUint(uint64(h.Sum32()), 36) + `"`
}

// BodyETag is the strong tag of an answer that has no version, such as a page.
func BodyETag(ctx context.Context, body []byte) string {
	h := fnv.New64a()
	_, _ = h.Write(body)
	if From(ctx).Gzip {
		_, _ = h.Write([]byte("gzip"))
	}
	return `"` + strconv.FormatUint(h.Sum64(), 36) + `"`
}

// JSON is an answer of any value that marshals, with the tag of its bytes.
func JSON(ctx context.Context, v any, cache string) (Answer, error) {
	body, err := json.Marshal(v)
	return Answer{Status: http.StatusOK, ETag: BodyETag(ctx, body), Cache: cache, Body: body}, err
}
