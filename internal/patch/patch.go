// Package patch applies members of JSON Merge Patch (RFC 7396): absent leaves, null clears, a value sets.
package patch

import "github.com/oapi-codegen/nullable"

// Set applies a member that is stored as a pointer.
func Set[T any](dst **T, n nullable.Nullable[T]) {
	if n.IsNull() {
		*dst = nil
	} else if v, err := n.Get(); err == nil {
		*dst = &v
	}
}

// SetTo applies a member whose cleared form is the zero value.
func SetTo[T any](dst *T, n nullable.Nullable[T]) {
	if n.IsNull() {
		var zero T
		*dst = zero
	} else if v, err := n.Get(); err == nil {
		*dst = v
	}
}

// Value applies a member that cannot be cleared.
func Value[T any](dst *T, v *T) {
	if v != nil {
		*dst = *v
	}
}

// Map merges a language map: a null takes a language away. The result is nil when nothing is left.
func Map(old map[string]string, p map[string]*string) map[string]string {
	out := map[string]string{}
	for k, v := range old {
		out[k] = v
	}
	for k, v := range p {
		if v == nil {
			delete(out, k)
		} else {
			out[k] = *v
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
