package main

import (
	"context"
	"os"
)

// check runs what the pipeline runs, but for the acceptance tests.
func check(ctx context.Context, d *dev, args []string) error {
	if len(args) > 0 {
		return errUsage
	}
	seen, err := os.CreateTemp("", "seutu-operations-")
	if err != nil {
		return err
	}
	defer os.Remove(seen.Name())
	if err := seen.Close(); err != nil {
		return err
	}
	return d.steps(ctx,
		step{"generate", func(ctx context.Context) error { return generate(ctx, d, []string{"--check"}) }},
		step{"lint", func(ctx context.Context) error { return lint(ctx, d, nil) }},
		step{"contract", func(ctx context.Context) error { return contract(ctx, d, nil) }},
		step{"test", func(ctx context.Context) error {
			return d.command(ctx, []string{operationsFile + "=" + seen.Name()}, d.path("deploy/test"), "-race").Run()
		}},
		step{"browser", func(ctx context.Context) error { return browser(ctx, d, nil) }},
		step{"operations", func(ctx context.Context) error { return operations(ctx, d, []string{seen.Name()}) }},
	)
}
