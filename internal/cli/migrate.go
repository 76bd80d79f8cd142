package cli

import (
	"context"
	"fmt"

	"github.com/pressly/goose/v3"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/store"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply all migrations."`
	Down   migrateDownCmd   `cmd:"" help:"Take the newest migration back. Its data are lost."`
	Status migrateStatusCmd `cmd:"" help:"List the migrations."`
}

type migrateUpCmd struct{ config.Database }

// Run applies all migrations.
func (c *migrateUpCmd) Run(ctx context.Context) error {
	dsn, stop, err := app.Database(ctx, c.Database, false)
	if err != nil {
		return err
	}
	defer stop()
	return app.Migrate(ctx, dsn)
}

type migrateDownCmd struct {
	config.Database

	Yes bool `help:"Do not ask." short:"y"`
}

// Run takes the newest migration back.
func (c *migrateDownCmd) Run(ctx context.Context, t *terminal) error {
	if !c.Yes {
		return fmt.Errorf("this loses data; say --yes")
	}
	if err := existing(c.Database); err != nil {
		return err
	}
	dsn, stop, err := app.Database(ctx, c.Database, false)
	if err != nil {
		return err
	}
	defer stop()
	return store.Migrations(ctx, dsn, func(p *goose.Provider) error {
		r, err := p.Down(ctx)
		if err == nil {
			fmt.Fprintln(t.out, "took back", r.Source.Path)
		}
		return err
	})
}

type migrateStatusCmd struct{ config.Database }

// Run lists the migrations.
func (c *migrateStatusCmd) Run(ctx context.Context, t *terminal) error {
	if err := existing(c.Database); err != nil {
		return err
	}
	dsn, stop, err := app.Database(ctx, c.Database, false)
	if err != nil {
		return err
	}
	defer stop()
	return store.Migrations(ctx, dsn, func(p *goose.Provider) error {
		all, err := p.Status(ctx)
		for _, s := range all {
			when := "pending"
			if s.State == goose.StateApplied {
				when = s.AppliedAt.UTC().Format("2006-01-02 15:04:05")
			}
			fmt.Fprintf(t.out, "%-20s %s\n", when, s.Source.Path)
		}
		return err
	})
}

type keysCmd struct {
	Rotate keysRotateCmd `cmd:"" help:"Make a new signing key; it signs from a minute on. Nobody is signed out."`
}

type keysRotateCmd struct{ config.Database }

// Run makes a new signing key.
func (c *keysRotateCmd) Run(ctx context.Context, t *terminal) error {
	return onExisting(ctx, c.Database, func(ctx context.Context, a *app.App) error {
		if err := a.Tokens.Rotate(ctx, 0); err != nil {
			return err
		}
		_, err := fmt.Fprintln(t.out, "a new key signs from a minute on")
		return err
	})
}
