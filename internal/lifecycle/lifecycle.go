// Package lifecycle holds the life of resources that have states: which steps there are, who may take them, and which need a reason.
package lifecycle

import (
	"slices"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
)

// Step is one allowed step from a state to another.
type Step[S ~string] struct {
	From, To   S
	Permission authz.Permission // what it takes
	NeedsNote  bool             // a reason has to be given
}

// Machine is all steps of a resource's life.
type Machine[S ~string] []Step[S]

// Find is the step from a state to another. WrongTransition, with the states that it can go to, if there is none;
// InvalidData if the step needs a note that is missing.
func (m Machine[S]) Find(from, to S, note *string) (Step[S], error) {
	allowed := []S{}
	for _, s := range m {
		if s.From != from {
			continue
		}
		if s.To != to {
			if !slices.Contains(allowed, s.To) {
				allowed = append(allowed, s.To)
			}
			continue
		}
		if s.NeedsNote && note == nil {
			f := errs.Faults{}
			f.Add("/note", "required", "this step needs its reason")
			return s, f.Err()
		}
		return s, nil
	}
	e := errs.New(errs.WrongTransition, "it cannot go from %s to %s", string(from), string(to))
	e.Members = map[string]any{"allowed": allowed}
	return Step[S]{}, e
}

// Permissions are what the steps that lead to a state take: a caller who has none of them may not ask for it, wherever the
// row stands now.
func (m Machine[S]) Permissions(to S) (out []authz.Permission) {
	for _, s := range m {
		if s.To == to && !slices.Contains(out, s.Permission) {
			out = append(out, s.Permission)
		}
	}
	return out
}
