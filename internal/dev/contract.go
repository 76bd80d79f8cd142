package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// contractTool holds the linter of openapi.yaml: an npm package, pinned.
const contractTool = "internal/dev/tools/contract"

// contract checks openapi.yaml: its form, and that clients of the last release
// go on working.
func contract(ctx context.Context, d *dev, args []string) error {
	if len(args) > 0 {
		return errUsage
	}
	return d.steps(ctx,
		step{"redocly", d.redocly},
		step{"components", d.components},
		step{"oasdiff", d.oasdiff},
	)
}

// redocly lints openapi.yaml. It needs Node.js: a developer without it is told
// so and goes on, the pipeline (CI is set) fails.
func (d *dev) redocly(ctx context.Context) error {
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			return fmt.Errorf("%s is not installed", program)
		}
		fmt.Fprintf(d.out, "%s is not installed: openapi.yaml was NOT linted\n", program)
		return nil
	}
	if err := d.installRedocly(ctx); err != nil {
		return err
	}
	lint := d.command(ctx, []string{"REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true"}, "node",
		contractTool+"/node_modules/@redocly/cli/bin/cli.js", "lint", "--config", contractTool+"/redocly.yaml", "openapi.yaml")
	lint.Stdout, lint.Stderr = nil, nil
	out, err := lint.CombinedOutput()
	if err != nil { // else it only talks of itself
		fmt.Fprintf(d.out, "%s", out)
		return fmt.Errorf("redocly: %w", err)
	}
	return nil
}

// installRedocly runs npm unless what it installed is as new as the lock file.
func (d *dev) installRedocly(ctx context.Context) error {
	lock, err := os.Stat(d.path(contractTool + "/package-lock.json"))
	if err != nil {
		return err
	}
	installed, err := os.Stat(d.path(contractTool + "/node_modules/.package-lock.json"))
	if err == nil && !installed.ModTime().Before(lock.ModTime()) {
		return nil
	}
	return d.exec(ctx, "npm", "ci", "--prefix", contractTool, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
}

// oasdiff compares openapi.yaml with that of the newest release. A warning fails
// too: the removal of a query parameter is no more than that to oasdiff.
func (d *dev) oasdiff(ctx context.Context) error {
	release, err := d.lastRelease(ctx)
	if err != nil {
		return err
	}
	if release == "" {
		fmt.Fprintln(d.out, "no release yet: nothing that openapi.yaml could break")
		return nil
	}
	fmt.Fprintln(d.out, "openapi.yaml against that of", release)
	return d.tool(ctx, "contractdiff", "oasdiff", "breaking", "--fail-on", "WARN", release+":openapi.yaml", "openapi.yaml")
}

// lastRelease is the tag v* with the highest version, v1.0.0-rc.1 being lower
// than v1.0.0, or empty.
func (d *dev) lastRelease(ctx context.Context) (string, error) {
	tags, err := d.output(ctx, "git", "-c", "versionsort.suffix=-", "tag", "--list", "v[0-9]*", "--sort=-version:refname")
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("git is not installed: the last release is unknown")
	}
	newest, _, _ := strings.Cut(tags, "\n")
	return newest, err
}
