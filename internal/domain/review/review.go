// Package review is the list of what waits for a decision of the caller. It holds nothing itself: the families whose
// resources wait register a query each.
package review

import (
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
)

// Source is one kind of item that waits.
type Source struct {
	Type       string           // of its items, as the contract names it
	Path       string           // of its items, up to the id
	Permission authz.Permission // whoever holds it where an item stands decides on it
	Places     store.Places     // where an item stands, in the words of SQL
	// SQL selects the items that wait: id, organisation_id, name (jsonb), municipality, region, since (timestamptz), by_id and
	// summary (text). It ends in a condition, to which others are added.
	SQL string
}

// Filter says which items a list holds.
type Filter struct {
	Types, Municipalities, Regions []string
	Count, Facets                  bool
}
