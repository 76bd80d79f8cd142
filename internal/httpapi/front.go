package httpapi

import (
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// info is what the layers of one request tell each other.
type info struct {
	requestID string
	op        *operation // nil where no operation was found
	actor     authz.Actor
	body      []byte // the JSON that the contract has checked
	status    int
}

const infoKey = "seutu"

func infoOf(c echo.Context) *info {
	i, _ := c.Get(infoKey).(*info)
	if i == nil {
		i = &info{}
		c.Set(infoKey, i)
	}
	return i
}

// Values of headers that every answer has; pages have a Content-Security-Policy of their own.
var (
	nosniff = []string{"nosniff"}
	nothing = []string{"default-src 'none'; frame-ancestors 'none'"}
	vary    = []string{"Authorization, Accept, Accept-Encoding, Origin"}
)

var requestIDs = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// front is around everything: it names the request, sets the headers that every answer has, sheds load, recovers, writes
// the problem document of a failure, and logs. The log holds no query, address, name or body: those may be personal.
func (s *Server) front(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		r, in := c.Request(), &info{}
		if in.requestID = r.Header.Get("X-Request-Id"); !requestIDs.MatchString(in.requestID) {
			in.requestID = store.NewID().String()
		}
		c.Set(infoKey, in)
		h := c.Response().Header()
		h["X-Request-Id"] = []string{in.requestID}
		h["X-Content-Type-Options"], h["Content-Security-Policy"], h["Vary"] = nosniff, nothing, vary
		w := &answerWriter{ResponseWriter: c.Response().Writer, info: in}
		if w.read = r.Method == http.MethodGet; w.read {
			w.ifNoneMatch = r.Header.Get("If-None-Match")
		}
		c.Response().Writer = w
		err := s.recovered(c, next)
		if err != nil {
			s.fail(c, err)
		}
		if allow := h.Get("Allow"); strings.Contains(allow, "GET") && !strings.Contains(allow, "HEAD") {
			h.Set("Allow", allow+", HEAD")
		}
		if inside(r.Context()) {
			return nil
		}
		took, name := time.Since(start), "none"
		if in.op != nil {
			name = in.op.id
			s.observe(name, in.status)
		}
		s.metrics.observe(name, in.status, took)
		if slog.Default().Enabled(r.Context(), slog.LevelInfo) {
			slog.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("operation", name), slog.String("method", r.Method), slog.Int("status", in.status),
				slog.Int64("µs", took.Microseconds()), slog.Int64("bytes", c.Response().Size), slog.String("requestId", in.requestID), slog.Any("actor", actorID(in.actor)))
		}
		return nil
	}
}

func actorID(a authz.Actor) any {
	if a.Known() {
		return a.ID.String()
	}
	return nil
}

// recovered turns a panic into an error, and runs CORS before the route.
func (s *Server) recovered(c echo.Context, next echo.HandlerFunc) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint,err113 // net/http's own signal
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if done := s.cors.apply(c); done {
		return c.NoContent(http.StatusNoContent)
	}
	return next(c)
}

// answerWriter sees the status of every answer: it answers 304 where the reader holds the same ETag, and keeps the
// answers to a token, and failures, out of shared caches.
type answerWriter struct {
	http.ResponseWriter
	info        *info
	read        bool
	ifNoneMatch string
	unchanged   bool
}

func (w *answerWriter) WriteHeader(status int) {
	h := w.Header()
	if status == http.StatusOK && w.ifNoneMatch != "" && matches(w.ifNoneMatch, h.Get("ETag")) {
		w.unchanged, status = true, http.StatusNotModified
		h.Del("Content-Type")
		h.Del("Content-Length")
	}
	switch {
	case w.info.actor.Known():
		h["Cache-Control"] = []string{"private, no-store"}
	case status >= http.StatusBadRequest:
		h["Cache-Control"] = []string{"no-store"}
	case h.Get("Cache-Control") != "":
	case w.read && h.Get("ETag") != "":
		h["Cache-Control"] = []string{render.CacheRow}
	default:
		h["Cache-Control"] = []string{"no-store"}
	}
	w.info.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *answerWriter) Write(b []byte) (int, error) {
	if w.unchanged {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// matches compares an If-None-Match list with a tag, weakly (RFC 9110, 13.1.2).
func matches(list, etag string) bool {
	if etag == "" {
		return false
	}
	for _, t := range strings.Split(list, ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == etag {
			return true
		}
	}
	return false
}
