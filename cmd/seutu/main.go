// Command seutu is the open data service of regional association cooperation, and its tools.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/seutu/seutu/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
