package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// lint checks the form of the sources.
func lint(ctx context.Context, d *dev, args []string) error {
	if len(args) > 0 {
		return errUsage
	}
	return d.steps(ctx,
		step{"gofmt", d.gofmt},
		step{"shell", d.shell},
		step{"go mod tidy", func(ctx context.Context) error { return d.exec(ctx, "go", "mod", "tidy", "-diff") }},
		step{"go vet", func(ctx context.Context) error { return d.exec(ctx, "go", "vet", "./...") }},
		step{"golangci-lint", func(ctx context.Context) error { return d.tool(ctx, "lint", "golangci-lint", "run") }},
	)
}

// gofmt fails if a source, generated ones included, is not formatted. The
// program is that of the toolchain, which need not be on the PATH.
func (d *dev) gofmt(ctx context.Context) error {
	goroot, err := d.output(ctx, "go", "env", "GOROOT")
	if err != nil {
		return err
	}
	files, err := d.output(ctx, filepath.Join(goroot, "bin", "gofmt"), "-l", ".")
	if err != nil {
		return err
	}
	if files != "" {
		return fmt.Errorf("not formatted:\n%s", files)
	}
	return nil
}

// shell has each script's own shell read it without running it.
func (d *dev) shell(ctx context.Context) error {
	scripts, err := findScripts(d.root)
	if err != nil {
		return err
	}
	var errs []error
	for name, shell := range scripts {
		if err := d.exec(ctx, shell, "-n", name); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// findScripts maps the shell scripts below root to the shell that their first
// line names.
func findScripts(root string) (map[string]string, error) {
	scripts := map[string]string{}
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == ".git" || e.Name() == "node_modules"):
			return fs.SkipDir
		case !e.Type().IsRegular():
			return nil
		}
		shell, err := shellOf(name)
		if shell != "" {
			scripts[name] = shell
		}
		return err
	})
	return scripts, err
}

// shellOf is "sh" or "bash", as the first line of a file says, or else empty.
func shellOf(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	start, err := bufio.NewReaderSize(f, 128).Peek(128)
	if err != nil && len(start) == 0 {
		return "", nil // an empty file
	}
	line, _, _ := strings.Cut(string(start), "\n")
	words := strings.Fields(strings.TrimPrefix(line, "#!"))
	if !strings.HasPrefix(line, "#!") || len(words) == 0 {
		return "", nil
	}
	program := filepath.Base(words[0])
	if program == "env" && len(words) > 1 {
		program = words[1]
	}
	if program == "sh" || program == "bash" {
		return program, nil
	}
	return "", nil
}
