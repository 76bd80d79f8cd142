package review

import (
	"context"
	"fmt"
	"strings"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

type repository struct {
	*store.DB
	sources []Source
}

var columns = []store.Column{
	{Member: "type", SQL: "i.type"}, {Member: "id", SQL: "i.id"}, {Member: "href", SQL: "i.href"}, {Member: "organisationId", SQL: "i.organisation_id"}, {Member: "name", SQL: "i.name"},
	{Member: "municipality", SQL: "i.municipality"}, {Member: "region", SQL: "i.region"}, {Member: "since", SQL: "i.since"}, {Member: "by", SQL: "i.by_id"}, {Member: "summary", SQL: "i.summary"},
}

// list is a page of what waits for the actor, oldest first.
func (r repository) list(ctx context.Context, f Filter, req page.Request) (out render.Page, err error) {
	l := store.List{Columns: columns, ID: "i.id", Keys: []store.Key{{SQL: "i.since", Type: "timestamptz"}}}
	a, parts := authz.From(ctx), make([]string, len(r.sources))
	for i, s := range r.sources {
		parts[i] = fmt.Sprintf("select '%s'::text as type, '%s' || x.id as href, x.* from (%s and %s) x", s.Type, s.Path, s.SQL, l.Within(a.Reach(s.Permission), s.Places))
	}
	l.From = "(" + strings.Join(parts, " union all ") + ") i"
	l.AnyOf("i.type", f.Types)
	l.AnyOf("i.municipality", f.Municipalities)
	l.AnyOf("i.region", f.Regions)
	if out, err = r.Items(ctx, l, req); err != nil {
		return out, err
	}
	if out.Total, err = r.Total(ctx, l, f.Count); err != nil {
		return out, err
	}
	if f.Facets {
		types, err := r.Facet(ctx, l, "", "i.type")
		if err != nil {
			return out, err
		}
		out.Facets = map[string]any{"type": types}
	}
	return out, nil
}
