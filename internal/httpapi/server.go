// Package httpapi is the HTTP side: Echo, the gate and the contract in front of every operation, and the one place that
// turns failures into problem documents. Nothing here knows a single resource.
package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/contract"
	"github.com/seutu/seutu/internal/searchindex"
	"github.com/seutu/seutu/internal/site"
	"github.com/seutu/seutu/internal/store"
)

// Config holds the limits that an operator may set.
type Config struct {
	RateLimit      int      // requests a second for one client; 0 = no limit
	MaxInFlight    int      // requests at once before the service sheds load
	AllowedOrigins []string // web origins that may write
	TrustedProxies []string // networks (CIDR) whose X-Forwarded-For is believed
	Memory         int64    // bytes for answers to anonymous reads; 0 = none
}

// Deps is what the server works with.
type Deps struct {
	Contract     *contract.Contract
	DB           *store.DB
	Authenticate func(ctx context.Context, bearer string) (authz.Actor, error)
	Handlers     Handlers
	Metrics      prometheus.Registerer
	Version      string
	Search       func() searchindex.State
	Address      string      // public address of the service
	Kinds        []site.Kind // what the front page counts
}

// Server answers requests.
type Server struct {
	echo       *echo.Echo
	service    *service
	db         *store.DB
	auth       func(ctx context.Context, bearer string) (authz.Actor, error)
	operations map[string]*operation
	byRoute    map[string]*operation // of GETs, by Echo's path
	memory     *memory               // nil without
	limits     *limiter
	metrics    *metrics
	cors       corsPolicy
	inFlight   atomic.Int64
	max        int64
	draining   atomic.Bool
	observe    func(operation string, status int)
}

// New builds the server. It fails when an operation of the contract names no known permission: nothing is open by mistake.
func New(c Config, d Deps) (*Server, error) {
	extract, err := ipExtractor(c.TrustedProxies)
	if err != nil {
		return nil, err
	}
	s := &Server{
		db: d.DB, auth: d.Authenticate, limits: newLimiter(c.RateLimit), metrics: newMetrics(d.Metrics, d.DB),
		cors: newCORS(c.AllowedOrigins), max: int64(c.MaxInFlight), observe: func(string, int) {},
		byRoute: map[string]*operation{},
	}
	if s.operations, err = readOperations(d.Contract); err != nil {
		return nil, err
	}
	if s.memory = newMemory(c.Memory, s.metrics); s.memory != nil {
		d.DB.OnChange(s.memory.changed)
	}
	s.service = &service{server: s, version: d.Version, search: d.Search, address: d.Address, kinds: d.Kinds}
	d.Handlers.service = s.service
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = extract
	e.Binder = binder{}
	e.HTTPErrorHandler = func(err error, c echo.Context) { s.fail(c, err) }
	e.Use(s.front, s.remember, middleware.GzipWithConfig(middleware.GzipConfig{MinLength: 1024, Skipper: isPacked}))
	chains := map[string][]echo.MiddlewareFunc{}
	for id, op := range s.operations {
		chains[id] = []echo.MiddlewareFunc{s.guard(op)}
		if op.method == http.MethodGet {
			s.byRoute[echoPath(op.route)] = op
		}
	}
	api.RegisterHandlersWithOptions(e, api.NewStrictHandler(d.Handlers, []api.StrictMiddlewareFunc{s.idempotent}),
		api.RegisterHandlersOptions{OperationMiddlewares: chains})
	s.echo = e
	return s, nil
}

var pathParameter = regexp.MustCompile(`\{(\w+)\}`)

// echoPath is a path of the contract as Echo writes it.
func echoPath(path string) string { return pathParameter.ReplaceAllString(path, ":$1") }

// isPacked tells whether the answers of a route are packed already.
func isPacked(c echo.Context) bool { return c.Path() == "/docs/:asset" || c.Path() == "/favicon.ico" }

// Heard tells whether what other processes change reaches this one: answers are kept longer then.
func (s *Server) Heard(yes bool) {
	if s.memory != nil {
		s.memory.heard.Store(yes)
	}
}

// ServeHTTP answers one request. HEAD runs as GET; net/http, which knows the original, drops the body.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		get := *r
		get.Method = http.MethodGet
		r = &get
	}
	s.echo.ServeHTTP(w, r)
}

// Observe hands each answer's operation and status to fn; tests record with it what has been tried.
func (s *Server) Observe(fn func(operation string, status int)) { s.observe = fn }

// longestRequest is how long a request under way may still take when the service is told to stop: a sync takes longest.
const longestRequest = 125 * time.Second

// Serve answers on the listener until the context ends; then it reports itself not ready, waits for drain so that load
// balancers notice, and finishes the requests under way.
func (s *Server) Serve(ctx context.Context, l net.Listener, drain time.Duration) error {
	hs := &http.Server{
		Handler: s, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 3 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
	}
	done := make(chan error, 1)
	go func() {
		<-ctx.Done()
		s.draining.Store(true)
		time.Sleep(drain)
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestRequest)
		defer cancel()
		done <- hs.Shutdown(stop)
	}()
	if err := hs.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}

// ipExtractor believes X-Forwarded-For only from the networks that the operator named.
func ipExtractor(trusted []string) (echo.IPExtractor, error) {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect(), nil
	}
	opts := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, t := range trusted {
		_, n, err := net.ParseCIDR(t)
		if err != nil {
			return nil, fmt.Errorf("trusted proxies: %w", err)
		}
		opts = append(opts, echo.TrustIPRange(n))
	}
	return echo.ExtractIPFromXFFHeader(opts...), nil
}
