package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const contractOfTwo = `openapi: 3.0.3
info: {title: T, version: "1"}
paths:
  /things:
    get:
      operationId: listThings
      responses: {"200": {description: ok}}
    post:
      operationId: createThing
      responses: {"201": {description: ok}}
`

func TestOperations(t *testing.T) {
	for name, c := range map[string]struct {
		seen string
		want []string // parts of the message; none: passes
	}{
		"all":              {"listThings 200\nlistThings 400\ncreateThing 422\ncreateThing 201\n", nil},
		"redirects count":  {"listThings 304\nlistThings 404\ncreateThing 308\ncreateThing 409\n", nil},
		"nothing":          {"", []string{"2 operations, 4 gaps", "createThing: no tested success", "listThings: no tested failure"}},
		"no success":       {"listThings 400\ncreateThing 201\ncreateThing 401\n", []string{"1 gaps", "listThings: no tested success"}},
		"no failure":       {"listThings 200\nlistThings 400\ncreateThing 201\n", []string{"1 gaps", "createThing: no tested failure"}},
		"5xx is neither":   {"listThings 200\nlistThings 503\ncreateThing 201\ncreateThing 400\n", []string{"listThings: no tested failure"}},
		"not in contract":  {"listThings 200\nlistThings 400\ncreateThing 422\ncreateThing 201\ngone 200\n", []string{"gone: not an operation"}},
		"a malformed line": {"listThings\n", []string{"line 1 is not"}},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for file, content := range map[string]string{"openapi.yaml": contractOfTwo, "seen": c.seen} {
				if err := os.WriteFile(filepath.Join(root, file), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			var out bytes.Buffer
			d := &dev{root: root, out: &out, err: &out}
			err := operations(t.Context(), d, []string{d.path("seen")})
			if (err == nil) != (c.want == nil) {
				t.Fatalf("got error %v", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
		})
	}
}

func TestOperationsWithoutFile(t *testing.T) {
	t.Setenv(operationsFile, "")
	if err := operations(t.Context(), &dev{root: t.TempDir()}, nil); !errors.Is(err, errUsage) {
		t.Errorf("got %v, want %v", err, errUsage)
	}
}
