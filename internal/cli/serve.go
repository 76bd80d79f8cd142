package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/httpapi"
)

type serveCmd struct {
	config.Database
	config.Service

	Demo bool `help:"Load a demo region and a user for every role, in a database of its own."`
}

// Run serves until the context ends.
func (c *serveCmd) Run(ctx context.Context, t *terminal) error {
	started := time.Now()
	dsn, stop, err := app.Database(ctx, c.Database, c.Demo)
	if err != nil {
		return err
	}
	defer stop()
	if err := app.Migrate(ctx, dsn); err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	a, err := app.New(ctx, app.Options{DSN: dsn, Pool: c.PoolSize(), Service: c.Service, Metrics: registry, Version: version()})
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
	slog.InfoContext(ctx, "listening", "address", l.Addr().String(), "ms", time.Since(started).Milliseconds(), "version", version())
	if isTerminal(t.err) {
		fmt.Fprintf(t.err, "\n  Seutu answers at http://%s/\n\n", l.Addr())
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.Server.Serve(gctx, l, c.Drain) })
	g.Go(func() error { a.Work(gctx); return nil })
	if c.MetricsListen != "" {
		ml, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.MetricsListen)
		if err != nil {
			return err
		}
		g.Go(func() error { return httpapi.ServeMetrics(gctx, ml, registry) })
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
	data := " --data " + c.DataDir(false)
	if c.DatabaseURL != "" {
		data = "" // the command finds it in the environment, as this one did
	}
	fmt.Fprintf(t.err, "\nNobody can sign in yet. Make the first administrator, in another terminal:\n\n  seutu user create%s --email you@example.org --role admin\n\n", data)
	return nil
}

func (c *serveCmd) loadDemo(ctx context.Context, a *app.App, t *terminal) error {
	loaded, secrets, err := a.LoadDemo(asSystem(ctx))
	if err != nil {
		return fmt.Errorf("load demo: %w", err)
	}
	if !loaded {
		fmt.Fprintln(t.err, "The database has data already; the demo was not loaded over it.")
	}
	fmt.Fprint(t.err, app.DemoUsers(), secrets)
	return nil
}
