package main

import (
	"context"
	"flag"
	"os"
	"strings"

	"github.com/seutu/seutu/internal/dev/bench"
)

// compareSpeed runs the comparison of package bench, or one of its servers.
func compareSpeed(ctx context.Context, d *dev, args []string) error {
	o := bench.Defaults()
	o.Root = d.root
	var works, child, dsn string
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(d.err)
	f.Usage = func() {}
	f.IntVar(&o.Rows, "rows", o.Rows, "")
	f.IntVar(&o.Connections, "connections", o.Connections, "")
	f.IntVar(&o.Seconds, "seconds", o.Seconds, "")
	f.IntVar(&o.Pool, "pool", o.Pool, "")
	f.StringVar(&works, "work", "", "")
	f.StringVar(&o.Data, "data", "", "")
	f.StringVar(&child, "child", "", "") // the program starts its own servers with these two
	f.StringVar(&dsn, "dsn", "", "")
	if f.Parse(args) != nil || f.NArg() > 0 {
		return errUsage
	}
	if child != "" {
		return bench.Child(ctx, child, dsn, o.Pool, os.Stdin, d.out)
	}
	if works != "" {
		o.Works = strings.Split(works, ",")
	}
	return bench.Run(ctx, o, d.out, d.err)
}
