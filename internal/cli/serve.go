package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/demo"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/httpapi"
)

type serveCmd struct {
	config.Database
	config.Service

	Demo bool `help:"Load a demo region and a user for every role, in a database of its own."`
}

// Run serves until the context ends. To be told to stop is no failure, in the middle of the start neither.
func (c *serveCmd) Run(ctx context.Context, t *terminal) error {
	ready := false
	err := c.serve(ctx, t, func() { ready = true })
	if err != nil && !ready && ctx.Err() != nil {
		slog.Info("stopped before it was ready")
		return nil
	}
	return err
}

func (c *serveCmd) serve(ctx context.Context, t *terminal, ready func()) error {
	started := time.Now()
	app.Prepare(c.Voikko)
	dsn, stop, err := app.Database(ctx, c.Database, c.Demo)
	if err != nil {
		return err
	}
	defer stop()
	if err := app.Migrate(ctx, dsn); err != nil {
		if c.Demo && c.DatabaseURL == "" {
			return fmt.Errorf("%w\nthe demo in %s may be of another version: remove that folder, and it is made anew", err, c.DataDir(true))
		}
		return err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	a, err := app.New(ctx, app.Options{DSN: dsn, Pool: c.PoolSize(), Voikko: c.Voikko, Service: c.Service, Metrics: registry, Version: version()})
	if err != nil {
		return err
	}
	defer a.Close()
	if c.Demo {
		if err := c.loadDemo(ctx, a, t); err != nil {
			return err
		}
	} else if err := c.greet(ctx, a, t); err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return err
	}
	var metrics net.Listener
	if c.MetricsListen != "" {
		if metrics, err = (&net.ListenConfig{}).Listen(ctx, "tcp", c.MetricsListen); err != nil {
			_ = l.Close()
			return err
		}
	}
	ready()
	slog.InfoContext(ctx, "listening", "address", l.Addr().String(), "ms", time.Since(started).Milliseconds(), "version", version())
	if isTerminal(t.err) {
		fmt.Fprintf(t.err, "\n  Seutu answers at http://%s/\n\n", l.Addr())
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.Server.Serve(gctx, l, c.Drain) })
	g.Go(func() error { a.Work(gctx); return nil })
	if metrics != nil {
		g.Go(func() error { return httpapi.ServeMetrics(gctx, metrics, registry) })
	}
	err = g.Wait()
	slog.Info("stopped")
	return err
}

// greet tells how to make the first administrator while there is none.
func (c *serveCmd) greet(ctx context.Context, a *app.App, t *terminal) error {
	has, err := a.Accounts.HasUsers(ctx)
	if err != nil || has {
		return err
	}
	where := "in another terminal, with the same DATABASE_URL"
	data := ""
	if c.DatabaseURL == "" {
		dir, err := filepath.Abs(c.DataDir(false)) // the other terminal may be in another folder
		if err != nil {
			return err
		}
		where, data = "in another terminal", " --data "+quoted(dir)
	}
	fmt.Fprintf(t.err, "\nNobody can sign in yet. Make the first administrator, %s:\n\n  seutu user create%s --email you@example.org --role admin\n\n", where, data)
	return nil
}

var plain = regexp.MustCompile(`^[A-Za-z0-9/._+@%,:=-]+$`)

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func (c *serveCmd) loadDemo(ctx context.Context, a *app.App, t *terminal) error {
	loaded, secrets, err := a.LoadDemo(asSystem(ctx))
	if err != nil {
		return fmt.Errorf("load demo: %w", err)
	}
	if !loaded {
		_, err := a.Accounts.UserByEmail(asSystem(ctx), demo.Users()[0].Email)
		switch {
		case errs.Is(err, errs.Missing):
			fmt.Fprintln(t.err, "\nThe database has other users already; the demo was not loaded over it.")
			return nil
		case err != nil:
			return err
		}
	}
	a.ShowDemo()
	fmt.Fprint(t.err, app.DemoUsers(), secrets)
	return nil
}
