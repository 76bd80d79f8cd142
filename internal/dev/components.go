package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// components fails if openapi.yaml defines a component that nothing uses.
func (d *dev) components(context.Context) error {
	src, err := os.ReadFile(d.path("openapi.yaml"))
	if err != nil {
		return err
	}
	unused, err := unusedComponents(src)
	if err != nil {
		return fmt.Errorf("openapi.yaml: %w", err)
	}
	if len(unused) > 0 {
		return fmt.Errorf("openapi.yaml: nothing uses\n  %s", strings.Join(unused, "\n  "))
	}
	return nil
}

// A component is used by a reference, or as the Go type of a schema that is
// written out because it may also be null.
var (
	reference = regexp.MustCompile(`#/components/([A-Za-z]+/[A-Za-z0-9._-]+)`)
	goType    = regexp.MustCompile(`x-go-type: *['"]?[*\[\]]*([A-Za-z0-9_]+)`)
)

// unusedComponents lists the components that a contract defines and does not use.
func unusedComponents(src []byte) ([]string, error) {
	spec, err := openapi3.NewLoader().LoadFromData(src)
	if err != nil || spec.Components == nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, match := range reference.FindAllSubmatch(src, -1) {
		used[string(match[1])] = true
	}
	for _, match := range goType.FindAllSubmatch(src, -1) {
		used["schemas/"+string(match[1])] = true
	}
	c := spec.Components
	var unused []string
	for kind, names := range map[string][]string{
		"schemas":       slices.Collect(maps.Keys(c.Schemas)),
		"parameters":    slices.Collect(maps.Keys(c.Parameters)),
		"headers":       slices.Collect(maps.Keys(c.Headers)),
		"requestBodies": slices.Collect(maps.Keys(c.RequestBodies)),
		"responses":     slices.Collect(maps.Keys(c.Responses)),
		"examples":      slices.Collect(maps.Keys(c.Examples)),
	} {
		for _, name := range names {
			if !used[kind+"/"+name] {
				unused = append(unused, kind+"/"+name)
			}
		}
	}
	slices.Sort(unused)
	return unused, nil
}
