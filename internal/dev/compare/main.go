// Command compare runs the comparison of package bench, or one of its servers: `go tool dev bench` starts it. It stands apart
// from the developers' tool, which must build while the program does not.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/seutu/seutu/internal/dev/bench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case err == nil:
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "dev bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	o := bench.Defaults()
	o.Root = "."
	var works, child, dsn string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.IntVar(&o.Rows, "rows", o.Rows, "organisations to fill a new database with")
	f.IntVar(&o.Connections, "connections", o.Connections, "of the client, to each server")
	f.IntVar(&o.Seconds, "seconds", o.Seconds, "of each work, for each server")
	f.IntVar(&o.Pool, "pool", o.Pool, "database connections of each server")
	f.StringVar(&works, "work", "", "works to compare, by commas, search for all that begin with search-; all by default")
	f.StringVar(&o.Data, "data", "", "folder to keep the filled database in")
	f.StringVar(&child, "child", "", "the server to be; the program starts its own servers with this")
	f.StringVar(&dsn, "dsn", "", "the database of such a server")
	if err := f.Parse(args); err != nil {
		return flag.ErrHelp
	}
	if child != "" {
		return bench.Child(ctx, child, dsn, o.Pool, os.Stdin, os.Stdout)
	}
	if works != "" {
		o.Works = strings.Split(works, ",")
	}
	return bench.Run(ctx, o, os.Stdout, os.Stderr)
}
