package httpapi

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/maypok86/otter/v2"
)

const (
	// longestKept is how long an answer is kept: as long as Cache-Control lets any cache keep it. Answers that hang on the
	// present day change by themselves, too.
	longestKept = 10 * time.Second
	// keptUnheard is how long while other processes on the database cannot be heard.
	keptUnheard = time.Second
	// largestKept bounds one answer, in bytes.
	largestKept = 1 << 20
)

// memory keeps answers to anonymous reads. An answer is good until a resource of a type that it may show is changed: by this
// process, which tells before the writer gets its own answer, or by another one, which tells soon after.
type memory struct {
	answers *otter.Cache[string, *kept]
	metrics *metrics
	heard   atomic.Bool

	mu    sync.RWMutex
	all   uint64            // changes of any type
	lost  uint64            // times when nobody knew what had changed
	types map[string]uint64 // changes by type
}

// kept is an answer as it went out, compression included.
type kept struct {
	header http.Header
	body   []byte
	at     time.Time
	state  uint64 // of the changes that it hangs on, before it was made
}

// newMemory makes a memory of at most size bytes; nil if size is 0.
func newMemory(size int64, m *metrics) *memory {
	if size <= 0 {
		return nil
	}
	return &memory{
		types: map[string]uint64{}, metrics: m,
		answers: otter.Must(&otter.Options[string, *kept]{
			MaximumWeight: uint64(size),
			Weigher:       func(key string, k *kept) uint32 { return uint32(len(key) + len(k.body) + 1024) }, // headers and bookkeeping
		}),
	}
}

// changed makes the answers that may show a resource of the types invalid; nil means all answers.
func (m *memory) changed(types []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all++
	if types == nil {
		m.lost++
	}
	for _, t := range types {
		m.types[t]++
	}
}

// forgotten are the tags of operations whose answers hang on more than resources: keys, sign-ins, audit events.
var forgotten = map[string]bool{"access": true, "audit": true}

// shows lists, by an operation's tag, the types of resources that its answers may show. Answers of other tags may show any.
var shows = map[string][]string{
	"service": {}, "geography": {}, "organisations": {"organisation", "person"},
}

// counting are operations that show how much there is of every type, whatever their tag.
var counting = map[string]bool{"getService": true}

// state counts the changes that the answer to a request hangs on: it only rises. What the words of a search may mean hangs on
// the names of all types.
func (m *memory) state(op *operation, r *http.Request) uint64 {
	hangsOnAll := !op.showsSome || r.URL.RawQuery != "" && r.URL.Query().Has("q")
	m.mu.RLock()
	defer m.mu.RUnlock()
	if hangsOnAll {
		return m.all
	}
	n := m.lost
	for _, t := range op.shows {
		n += m.types[t]
	}
	return n
}

// remember answers anonymous reads from memory, and keeps their answers.
func (s *Server) remember(next echo.HandlerFunc) echo.HandlerFunc {
	if s.memory == nil {
		return next
	}
	return func(c echo.Context) error {
		r, op := c.Request(), s.byRoute[c.Path()]
		// a tag longer than the contract allows is the contract's to refuse
		if r.Method != http.MethodGet || op == nil || op.forgotten || len(r.Header["Authorization"]) > 0 || inside(r.Context()) || len(r.Header["If-None-Match"]) > 1 || len(r.Header.Get("If-None-Match")) > 1000 {
			return next(c)
		}
		key := memoryKey(r)
		state := s.memory.state(op, r)
		if k, ok := s.memory.answers.GetIfPresent(key); ok && k.state == state && s.memory.fresh(k) {
			s.metrics.hits.Inc()
			return s.recall(c, op, k)
		}
		s.metrics.misses.Inc()
		w := &keeper{ResponseWriter: c.Response().Writer}
		c.Response().Writer = w
		err := next(c)
		c.Response().Writer = w.ResponseWriter
		if err == nil && w.header != nil && w.body.Len() <= largestKept {
			w.header["Content-Length"] = []string{strconv.Itoa(w.body.Len())} // net/http need not find it out, nor cut the body into chunks
			s.memory.answers.Set(key, &kept{w.header, w.body.Bytes(), time.Now(), state})
		}
		return err
	}
}

func (m *memory) fresh(k *kept) bool {
	if m.heard.Load() {
		return time.Since(k.at) < longestKept
	}
	return time.Since(k.at) < keptUnheard
}

// memoryKey is all that an anonymous answer hangs on.
func memoryKey(r *http.Request) string {
	key := r.URL.RequestURI() + "\x00" + strings.Join(r.Header["Accept"], ",") + "\x00" + r.Header.Get("Accept-Language")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		key += "\x00gzip"
	}
	return key
}

// recall sends a kept answer; it counts against the client's limit like any other.
func (s *Server) recall(c echo.Context, op *operation, k *kept) error {
	in := infoOf(c)
	in.op = op
	if err := s.limit(c, in); err != nil {
		return err
	}
	h := c.Response().Header()
	for name, values := range k.header {
		h[name] = values
	}
	c.Response().WriteHeader(http.StatusOK)
	_, err := c.Response().Write(k.body)
	return err
}

// keeper sees an answer on its way out and keeps a copy, if it is one that everyone may have.
type keeper struct {
	http.ResponseWriter
	header http.Header
	body   bytes.Buffer
}

// perRequest are the headers that no two answers share.
var perRequest = []string{"X-Request-Id", "Ratelimit", "Ratelimit-Policy", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"}

func (w *keeper) WriteHeader(status int) {
	h := w.Header()
	if status == http.StatusOK && h.Get("ETag") != "" && !strings.Contains(h.Get("Cache-Control"), "no-store") {
		w.header = h.Clone()
		for _, name := range perRequest {
			delete(w.header, name)
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *keeper) Write(b []byte) (int, error) {
	if w.header != nil && w.body.Len() <= largestKept {
		w.body.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *keeper) Unwrap() http.ResponseWriter { return w.ResponseWriter }
