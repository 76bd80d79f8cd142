package main

import (
	"context"
	"fmt"
	"time"
)

// step is one named part of a verb.
type step struct {
	name string
	run  func(context.Context) error
}

// steps runs one step after the other, tells how long each took, and stops at
// the first that fails.
func (d *dev) steps(ctx context.Context, all ...step) error {
	for _, s := range all {
		start := time.Now()
		err := s.run(ctx)
		took := time.Since(start).Seconds()
		if err != nil {
			fmt.Fprintf(d.out, "FAIL  %-16s %6.1f s\n", s.name, took)
			return err
		}
		fmt.Fprintf(d.out, "ok    %-16s %6.1f s\n", s.name, took)
	}
	return nil
}
