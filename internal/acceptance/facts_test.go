//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/testkit"
)

type object = map[string]any

// facts are the leaves of a source file. Each has to be read back from the service, or to be left aside with a reason: what
// nobody asked for fails the test.
type facts struct {
	t      *testing.T
	name   string
	root   object
	leaves map[string]any
	seen   map[string]bool
}

func readFacts(t *testing.T, name string) *facts {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(os.Getenv("SEUTU_SHARED"), "data", "seeds", name))
	require.NoError(t, err, "SEUTU_SHARED must name the folder of the real data")
	f := &facts{t: t, name: name, leaves: map[string]any{}, seen: map[string]bool{}}
	require.NoError(t, json.Unmarshal(raw, &f.root))
	flatten(f.leaves, "", f.root)
	return f
}

func flatten(out map[string]any, path string, v any) {
	switch v := v.(type) {
	case object:
		for k, x := range v {
			flatten(out, strings.TrimPrefix(path+"."+k, "."), x)
		}
	case []any:
		for i, x := range v {
			flatten(out, fmt.Sprintf("%s.%d", path, i), x)
		}
	default:
		out[path] = v
	}
}

// is holds one fact against what the service tells.
func (f *facts) is(path string, got any) {
	f.t.Helper()
	want, ok := f.leaves[path]
	if !ok {
		f.t.Errorf("%s has no %s", f.name, path)
		return
	}
	f.seen[path] = true
	assert.EqualValues(f.t, want, got, "%s: %s", f.name, path)
}

// apart leaves aside all facts whose path matches, where * stands for one step; why is for the reader.
func (f *facts) apart(pattern, _ string) {
	f.t.Helper()
	n := 0
	for path := range f.leaves {
		if matches(strings.Split(pattern, "."), strings.Split(path, ".")) {
			f.seen[path] = true
			n++
		}
	}
	assert.NotZero(f.t, n, "%s: nothing is apart by %s", f.name, pattern)
}

// matches lets a pattern that is shorter than the path match all below it.
func matches(pattern, path []string) bool {
	if len(pattern) > len(path) {
		return false
	}
	for i, p := range pattern {
		if p != "*" && p != path[i] {
			return false
		}
	}
	return true
}

// done fails for every fact that was neither read back nor left aside.
func (f *facts) done() {
	f.t.Helper()
	var missed []string
	for path := range f.leaves {
		if !f.seen[path] {
			missed = append(missed, path)
		}
	}
	sort.Strings(missed)
	assert.Empty(f.t, missed, "%s: facts without a place", f.name)
	assert.Greater(f.t, len(f.leaves), 20)
}

// list is a list in the source.
func list(v any) []object {
	var out []object
	items, _ := v.([]any)
	for _, x := range items {
		out = append(out, x.(object))
	}
	return out
}

func fi(text any) object { return object{"fi": text} }

func texts(v any) []any {
	out := []any{}
	items, _ := v.([]any)
	for _, x := range items {
		out = append(out, fi(x))
	}
	return out
}

// at walks into an answer: "a.0.b".
func at(v any, path string) any {
	for _, step := range strings.Split(path, ".") {
		switch x := v.(type) {
		case object:
			v = x[step]
		case []any:
			i := 0
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// nextDay turns an inclusive end into the exclusive one of the API; before turns it back.
func nextDay(day any) string { return shift(day, 1) }

func before(day any) any {
	if day == nil {
		return nil
	}
	return shift(day, -1)
}

func shift(day any, days int) string {
	d, _ := time.Parse(time.DateOnly, fmt.Sprint(day))
	return d.AddDate(0, 0, days).Format(time.DateOnly)
}

// historic turns a date of the source into one of the API.
func historic(v any) any {
	switch d := v.(type) {
	case nil:
		return nil
	case string:
		return object{"precision": "day", "from": d}
	case object:
		out := object{"precision": d["precision"]}
		if text, ok := d["text"]; ok {
			out["text"] = text
		}
		if d["from"] != nil {
			out["from"], out["to"] = d["from"], nextDay(d["to"])
		} else if d["precision"] == "year" {
			out["from"] = fmt.Sprint(d["text"]) + "-01-01"
		}
		return out
	}
	panic(fmt.Sprintf("no date: %v", v))
}

// all walks a list to its end.
func all(c *testkit.Client, path string) (items []object) {
	for path != "" {
		a := c.Get(path).Want(200)
		items = append(items, a.Items()...)
		path, _ = a.JSON()["next"].(string)
	}
	return items
}
