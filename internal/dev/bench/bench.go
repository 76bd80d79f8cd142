// Package bench compares the speed of Seutu with what is possible on the same machine in the same minutes. Absolute times
// mean little on a machine that others use; ratios do.
//
// It starts one private PostgreSQL with its default, durable settings, fills it with organisations, and then three servers
// in processes of their own, with database pools of the same size:
//
//	L1     Echo with fixed bytes
//	L2     Echo with one hand-written pgx query for each kind of request: no authentication, validation, audit or feed
//	Seutu  the program as operators run it, with no rate limit; for works that are about the database it keeps no answers
//	       in memory
//
// For each kind of work Seutu and its base take turns, a second each, over kept-alive connections, with the same requests.
package bench

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/config"
)

// Options says what to compare.
type Options struct {
	Root        string   // top of the checkout
	Rows        int      // organisations to fill a new database with
	Connections int      // of the client, to each server
	Seconds     int      // of each work, for each server
	Pool        int      // database connections of each server
	Works       []string // all if empty
	Data        string   // keep the database in this folder for the next time; a temporary one if empty
}

// Defaults are the options of a plain `go tool dev bench`.
func Defaults() Options {
	return Options{Rows: 110_000, Connections: 16, Seconds: 3, Pool: defaultPool()}
}

// bench is one comparison under way.
type bench struct {
	o      Options
	out    io.Writer
	maker  maker
	seutu  *server
	bases  map[string]*server
	sample *sample
}

// Run compares and prints a table; what the servers log goes to log.
func Run(ctx context.Context, o Options, out, log io.Writer) error {
	chosen, err := choose(o.Works)
	if err != nil {
		return err
	}
	if o.Connections < 1 || o.Connections > writers || o.Seconds < 1 {
		return fmt.Errorf("1 to %d connections, and at least a second", writers)
	}
	dir, err := os.MkdirTemp("", "seutu-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL may run as another user
		return err
	}
	data := o.Data
	if data == "" {
		data = filepath.Join(dir, "data")
	}
	b := &bench{o: o, out: out, bases: map[string]*server{}, maker: maker{pool: o.Pool, log: log}}
	if b.maker.seutu, err = build(ctx, o.Root, dir, log); err != nil {
		return fmt.Errorf("build seutu: %w", err)
	}
	dsn, stop, err := app.Database(ctx, config.Database{Data: data}, false)
	if err != nil {
		return err
	}
	defer stop()
	b.maker.dsn = dsn
	fmt.Fprintf(out, "%d rows unless the database was there, %d connections, %d s each, pools of %d\n", o.Rows, o.Connections, o.Seconds, o.Pool)
	if err := prepare(ctx, dsn, o.Rows); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	return b.run(ctx, chosen)
}

func (b *bench) run(ctx context.Context, chosen []work) (err error) {
	if b.seutu, err = b.maker.start(ctx, seutu); err != nil {
		return err
	}
	defer func() {
		b.seutu.stop()
		for _, s := range b.bases {
			s.stop()
		}
	}()
	if b.sample, err = take(ctx, b.maker.dsn, b.seutu); err != nil {
		return fmt.Errorf("choose what to ask for: %w", err)
	}
	fmt.Fprint(b.out, head)
	for _, w := range chosen {
		if err := signIn(ctx, b.seutu); err != nil { // anew: the token lives for minutes only
			return err
		}
		do := w.run
		if do == nil {
			do = compare
		}
		if err := do(ctx, b, &w); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

// server is a base, started when it is first needed.
func (b *bench) server(ctx context.Context, name string) (*server, error) {
	if s := b.bases[name]; s != nil {
		return s, nil
	}
	s, err := b.maker.start(ctx, name)
	if err == nil {
		b.bases[name] = s
	}
	return s, err
}
