package main

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestUsage(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
	}{
		"no verb":       {nil, 2},
		"unknown verb":  {[]string{"frobnicate"}, 2},
		"help":          {[]string{"help"}, 0},
		"bad arguments": {[]string{"lint", "everything"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			t.Chdir(root)
			for _, file := range []string{"go.mod", "openapi.yaml"} {
				if err := os.WriteFile(file, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var out bytes.Buffer
			if code := run(t.Context(), c.args, &out, &out); code != c.code {
				t.Errorf("got status %d, want %d", code, c.code)
			}
			if !strings.Contains(out.String(), "usage: go tool dev") {
				t.Errorf("no usage in %q", out.String())
			}
		})
	}
}

func TestFindRoot(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	nested := filepath.Join(root, "a", "b")
	if err := os.MkdirAll(nested, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(nested)
	if got, err := findRoot(); err == nil {
		t.Errorf("outside a checkout: got %q", got)
	}
	for _, name := range []string{"go.mod", "openapi.yaml", "a/go.mod"} { // a nested module is not the top
		if err := os.WriteFile(filepath.Join(root, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := findRoot(); err != nil || got != root {
		t.Errorf("got %q, %v, want %q", got, err, root)
	}
}

func TestSteps(t *testing.T) {
	var out bytes.Buffer
	d := &dev{out: &out, err: &out}
	broken := errors.New("broken")
	ran := ""
	note := func(name string, err error) step {
		return step{name, func(context.Context) error { ran += name; return err }}
	}
	if err := d.steps(t.Context(), note("a", nil), note("b", broken), note("c", nil)); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	if ran != "ab" {
		t.Errorf("ran %q, want it to stop at the first failure", ran)
	}
	if got := out.String(); !strings.Contains(got, "ok    a") || !strings.Contains(got, "FAIL  b") {
		t.Errorf("printed %q", got)
	}
}

func TestFindScripts(t *testing.T) {
	root := t.TempDir()
	for name, content := range map[string]string{
		"posix":             "#!/bin/sh\necho",
		"run.sh":            "#!/usr/bin/env bash\necho",
		"script.py":         "#!/usr/bin/env python3\n",
		"short":             "#!",
		"empty":             "",
		"text":              "sh\n",
		"node_modules/tool": "#!/bin/sh\n",
	} {
		name = filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(content), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := findScripts(root)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{filepath.Join(root, "posix"): "sh", filepath.Join(root, "run.sh"): "bash"}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
