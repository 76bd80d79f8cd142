package main

import (
	"context"
)

// compareSpeed runs internal/dev/compare, a program of its own: this one must build while the service does not.
func compareSpeed(ctx context.Context, d *dev, args []string) error {
	return d.command(ctx, nil, "go", append([]string{"run", "./internal/dev/compare"}, args...)...).Run()
}
