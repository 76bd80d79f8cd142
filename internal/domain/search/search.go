// Package search holds the search over all public kinds. What is searched is kept by package searchindex.
package search

import (
	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/searchindex"
)

// Filter says what is searched for, and among what.
type Filter struct {
	Q                                          string
	Types, Regions, SubRegions, Municipalities []string
	Facets                                     []string
	Count                                      bool
}

// Hit is one result. The JSON names are the members of the contract.
type Hit struct {
	Type         string      `json:"type"`
	ID           uuid.UUID   `json:"id"`
	Href         string      `json:"href"`
	Name         i18n.Text   `json:"name"`
	Region       *string     `json:"region"`
	SubRegion    *string     `json:"subRegion"`
	Municipality *string     `json:"municipality"`
	Highlights   []Highlight `json:"highlights"`
}

// Highlight is a text in which words were found.
type Highlight struct {
	Member    string                 `json:"member"`
	Language  string                 `json:"language"`
	Fragments []searchindex.Fragment `json:"fragments"`
}

// maxHighlights bounds the highlights of one result.
const maxHighlights = 5

// highlight finds the words of a query in the texts of a result.
func (h *Hit) highlight(q *searchindex.Query, texts []searchindex.ShownText) {
	h.Highlights = []Highlight{}
	for _, t := range texts {
		if len(h.Highlights) == maxHighlights {
			return
		}
		if f := q.Highlight(t.Text); f != nil {
			h.Highlights = append(h.Highlights, Highlight{t.Member, t.Language, f})
		}
	}
}
