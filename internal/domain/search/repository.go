package search

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/searchindex"
	"github.com/seutu/seutu/internal/store"
)

// Repository holds the query over all kinds.
type Repository struct {
	*store.DB
	index *searchindex.Index
}

// NewRepository makes the repository.
func NewRepository(db *store.DB, index *searchindex.Index) Repository { return Repository{db, index} }

var columns = []string{"d.id::text", "d.type", "d.region", "d.sub_region", "d.municipality"}

var facets = map[string]string{"type": "d.type", "region": "d.region", "municipality": "d.municipality"}

// find gives a page of results, still without names and texts, with counts. Only what everyone may see is there.
func (r Repository) find(ctx context.Context, f Filter, q *searchindex.Query, req page.Request) (hits []Hit, out render.Page, err error) {
	l := store.List{From: searchindex.Documents, ID: "d.id", Words: q, Aux: columns, Labels: searchindex.Labels(f.Types, f.Regions, f.SubRegions, f.Municipalities)}
	out.Cursor, err = r.Ranked(ctx, l, req, func(row store.Row) error {
		hits = append(hits, Hit{ID: uuid.MustParse(row.Text(0)), Type: row.Text(1), Region: row.Optional(2), SubRegion: row.Optional(3), Municipality: row.Optional(4)})
		return nil
	})
	if err == nil {
		out.Total, err = r.Total(ctx, l, f.Count)
	}
	if err == nil && len(f.Facets) > 0 {
		counts := map[string][]store.FacetValue{}
		for _, m := range f.Facets {
			if counts[m], err = r.Facet(ctx, l, "", facets[m]); err != nil {
				return nil, out, err
			}
		}
		out.Facets = counts
	}
	return hits, out, err
}
