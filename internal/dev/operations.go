package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// operationsFile is the variable that tells the test servers where to note each
// answer: a line "operationId status". Unset, they note nothing.
const operationsFile = "SEUTU_OPERATIONS_FILE"

// operations fails if the tests left an operation of openapi.yaml without a
// success (2xx, 3xx) or without a refusal (4xx).
func operations(_ context.Context, d *dev, args []string) error {
	name := os.Getenv(operationsFile)
	switch {
	case len(args) == 1:
		name = args[0]
	case len(args) > 1 || name == "":
		return errUsage
	}
	spec, err := openapi3.NewLoader().LoadFromFile(d.path("openapi.yaml"))
	if err != nil {
		return fmt.Errorf("openapi.yaml: %w", err)
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	seen, err := readObserved(f)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	ids, err := operationIDs(spec)
	if err != nil {
		return fmt.Errorf("openapi.yaml: %w", err)
	}
	gaps := untested(ids, seen)
	if len(gaps) > 0 {
		return fmt.Errorf("%d operations, %d gaps:\n  %s", len(ids), len(gaps), strings.Join(gaps, "\n  "))
	}
	fmt.Fprintf(d.out, "%d operations, each with a tested success and a tested failure\n", len(ids))
	return nil
}

// observed is what the tests saw of one operation.
type observed struct{ success, failure bool }

// readObserved reads lines "operationId status".
func readObserved(r io.Reader) (map[string]observed, error) {
	seen := map[string]observed{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		id, code, _ := strings.Cut(lines.Text(), " ")
		status, err := strconv.Atoi(code)
		if id == "" || err != nil {
			return nil, fmt.Errorf("line %d is not \"operationId status\": %q", n, lines.Text())
		}
		o := seen[id]
		o.success = o.success || status >= 200 && status < 400
		o.failure = o.failure || status >= 400 && status < 500
		seen[id] = o
	}
	return seen, lines.Err()
}

// operationIDs lists the operations of the contract, in order.
func operationIDs(spec *openapi3.T) ([]string, error) {
	var ids []string
	for path, item := range spec.Paths.Map() {
		for method, op := range item.Operations() {
			if op.OperationID == "" {
				return nil, fmt.Errorf("%s %s has no operationId", method, path)
			}
			ids = append(ids, op.OperationID)
		}
	}
	if len(ids) == 0 {
		return nil, errors.New("no operations")
	}
	slices.Sort(ids)
	return ids, nil
}

// untested lists what the tests did not see, and what they saw that the contract
// does not have.
func untested(ids []string, seen map[string]observed) []string {
	var gaps []string
	for _, id := range ids {
		if !seen[id].success {
			gaps = append(gaps, id+": no tested success (2xx, 3xx)")
		}
		if !seen[id].failure {
			gaps = append(gaps, id+": no tested failure (4xx)")
		}
	}
	var unknown []string
	for id := range seen {
		if !slices.Contains(ids, id) {
			unknown = append(unknown, id+": not an operation of openapi.yaml")
		}
	}
	slices.Sort(unknown)
	return append(gaps, unknown...)
}
