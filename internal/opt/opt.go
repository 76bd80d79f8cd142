// Package opt holds what is done again and again with values that may be absent.
package opt

import "github.com/oapi-codegen/nullable"

// Equal tells whether two values are the same, or both absent.
func Equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// Value is what p leads to, else the zero value.
func Value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// NonEmpty leads to s, unless that is empty.
func NonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// First is the first that is not nil.
func First[T any](ps ...*T) *T {
	for _, p := range ps {
		if p != nil {
			return p
		}
	}
	return nil
}

// From is the value of a member of a request; nil where it is absent or null.
func From[T any](n nullable.Nullable[T]) *T {
	if v, err := n.Get(); err == nil {
		return &v
	}
	return nil
}

// Texts are the values of an enumeration as plain text.
func Texts[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, v := range in {
		out[i] = string(v)
	}
	return out
}
