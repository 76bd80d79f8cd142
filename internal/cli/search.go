package cli

import (
	"context"
	"fmt"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/config"
)

type searchCmd struct {
	Reindex searchReindexCmd `cmd:"" help:"Read the words of all rows anew. serve does it by itself for rows that need it."`
}

type searchReindexCmd struct{ config.Database }

// Run makes the whole search index anew, while the service may run.
func (c *searchReindexCmd) Run(ctx context.Context, t *terminal) error {
	return onExisting(ctx, c.Database, func(ctx context.Context, a *app.App) error {
		n, err := a.Index.Rebuild(ctx)
		state := a.Index.State()
		fmt.Fprintf(t.out, "read %d rows by analyser %s; %d wait\n", n, state.Analyser, state.Pending)
		return err
	})
}
