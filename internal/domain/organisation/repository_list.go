package organisation

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/searchindex"
	"github.com/seutu/seutu/internal/store"
)

// Filter says which organisations a list holds, in which order, and what of them.
type Filter struct {
	IDs                                                               []uuid.UUID
	Regions, SubRegions, Municipalities, Fields, Kinds, Status, Langs []string
	Q, RegisterNumber, BusinessID                                     *string
	FoundedFrom, FoundedTo, VerifiedBefore                            *time.Time
	Box                                                               *[4]float64 // minLon, minLat, maxLon, maxLat
	Near                                                              *Point
	Radius                                                            float64 // metres
	ModifiedSince                                                     *time.Time
	Sort, Facets, Members, Include                                    []string
	Count, GeoJSON                                                    bool
}

// sortKeys are the orders that a list may have; "-" before a name turns it.
var sortKeys = map[string]store.Key{
	"name":           {SQL: "o.sort_name", Type: `text collate "fi-x-icu"`},
	"founded":        {SQL: "o.founded_from", Type: "date"},
	"createdAt":      {SQL: "o.created_at", Type: "timestamptz"},
	"updatedAt":      {SQL: "o.updated_at", Type: "timestamptz"},
	"lastVerifiedAt": {SQL: "coalesce(o.last_verified_at, '-infinity')", Type: "timestamptz"},
}

var facets = map[string]struct{ join, expr string }{
	"region": {"", "o.region"}, "subRegion": {"", "o.sub_region"}, "municipality": {"", "o.municipality"}, "field": {"", "o.field"},
	"kind": {"", "o.kind"}, "status": {"", "o.status"},
	"language": {"left join lateral jsonb_array_elements_text(o.languages) l(code) on true", "l.code"},
}

// ranked tells whether a search is in the order of its rank.
func (f Filter) ranked() bool { return store.Browse{Sort: f.Sort, Since: f.ModifiedSince}.Ranked() }

func (r Repository) list(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	return r.words.List(ctx, f.Q, f.ranked(), req, func(words store.Words, req page.Request) (render.Page, error) {
		return r.page(ctx, f, words, req)
	})
}

func (r Repository) page(ctx context.Context, f Filter, words store.Words, req page.Request) (out render.Page, err error) {
	l, distance := f.query(authz.From(ctx), words)
	counted := l // for total: the conditions and their arguments only
	l.Columns, _ = selection(authz.From(ctx), &l, f.Members, f.Include, distance)
	l.Aux = []string{"(" + visible(authz.From(ctx), &l) + ")", "o.id::text", "o.version::text", "o.updated_at", "o.lon::text", "o.lat::text"}
	n := len(l.Columns)
	if f.ModifiedSince != nil {
		l.Aux = append(l.Aux, "(select ',\"mergedInto\":\"' || s.id || '\"' from organisations s where s.id = o.merged_into and s.status = 'published' and s.deleted_at is null)")
	}
	each := func(row store.Row) error {
		var item []byte
		var err error
		switch {
		case !row.Bool(n): // gone for this reader
			item = fmt.Appendf(nil, `{"id":"%s","deleted":true,"version":%s,"updatedAt":"%s"%s}`, row.Text(n+1), row.Text(n+2), row.Time(n+3).Format(time.RFC3339Nano), row.Text(n+6))
		case f.GeoJSON:
			item = fmt.Appendf(make([]byte, 0, 1024), `{"type":"Feature","id":"%s","geometry":{"type":"Point","coordinates":[%s,%s]},"properties":`, row.Text(n+1), row.Text(n+4), row.Text(n+5))
			item, err = row.AppendJSON(item, n)
			item = append(item, '}')
		default:
			item, err = row.AppendJSON(make([]byte, 0, 1536), n)
		}
		out.Items = append(out.Items, item)
		return err
	}
	if words != nil && f.ranked() {
		out.Cursor, err = r.Ranked(ctx, l, req, each)
	} else {
		l.Keys = f.keys(distance)
		out.Cursor, err = r.Page(ctx, l, req, each)
	}
	if err == nil {
		out.Total, err = r.Total(ctx, counted, f.Count)
	}
	if err == nil && len(f.Facets) > 0 {
		counted.Where = append(slices.Clip(counted.Where), visible(authz.From(ctx), &counted))
		out.Facets, err = r.facets(ctx, counted, f.Facets)
	}
	return out, err
}

// facets counts the list by each of the members.
func (r Repository) facets(ctx context.Context, l store.List, members []string) (out map[string][]store.FacetValue, err error) {
	out = map[string][]store.FacetValue{}
	for _, m := range members {
		expr := facets[m].expr
		if l.Words != nil && l.Labels != nil && (m == "region" || m == "subRegion" || m == "municipality") {
			expr = "d" + strings.TrimPrefix(expr, "o")
		}
		if out[m], err = r.Facet(ctx, l, facets[m].join, expr); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (f Filter) keys(distance string) (keys []store.Key) {
	for _, s := range f.Sort {
		desc := s[0] == '-'
		if desc {
			s = s[1:]
		}
		k := sortKeys[s]
		if s == "distance" {
			k = store.Key{SQL: distance, Type: "double precision"}
		}
		k.Desc = desc
		keys = append(keys, k)
	}
	if len(keys) == 0 && f.ModifiedSince != nil {
		keys = []store.Key{sortKeys["updatedAt"]}
	}
	if len(keys) == 0 && distance != "" {
		keys = []store.Key{{SQL: distance, Type: "double precision"}}
	}
	if len(keys) == 0 {
		keys = []store.Key{sortKeys["name"]}
	}
	return keys
}

// visible is the condition under which the actor sees a row.
func visible(a authz.Actor, l *store.List) string {
	public := "o.status = 'published' and o.deleted_at is null"
	reach := a.Reach(authz.ReadUnpublished)
	switch {
	case reach.Everywhere:
		return "o.deleted_at is null"
	case len(reach.Regions)+len(reach.Municipalities)+len(reach.Organisations) == 0:
		return public
	}
	return fmt.Sprintf("o.deleted_at is null and (o.status = 'published' or o.region = any(%s) or o.municipality = any(%s) or o.id = any(%s::text[]::uuid[]))",
		l.Arg(reach.Regions), l.Arg(reach.Municipalities), l.Arg(reach.Organisations))
}

// once is the condition under which the actor could see the row at some time: its tombstone is no secret then.
func once(a authz.Actor, l *store.List) string {
	reach := a.Reach(authz.ReadUnpublished)
	if reach.Everywhere {
		return "true"
	}
	return fmt.Sprintf("(o.published_at is not null or o.region = any(%s) or o.municipality = any(%s) or o.id = any(%s::text[]::uuid[]))",
		l.Arg(reach.Regions), l.Arg(reach.Municipalities), l.Arg(reach.Organisations))
}

// query builds the conditions; distance is the expression of the distance to Near in metres, if there is one.
func (f Filter) query(a authz.Actor, words store.Words) (l store.List, distance string) {
	l = store.List{From: "organisations o", ID: "o.id"}
	if len(f.IDs) > 0 {
		l.Filter("o.id = any(%s)", f.IDs)
	}
	if f.ModifiedSince != nil {
		l.Filter("o.updated_at >= %s", *f.ModifiedSince)
	}
	if f.ModifiedSince == nil || f.GeoJSON {
		l.Where, l.Words, l.Labels = append(l.Where, visible(a, &l)), words, f.labels(a)
		return l, f.conditions(&l)
	}
	// Rows that are gone for this reader are there whatever the filters say: what they hold now is no longer the reader's to ask.
	common := append(slices.Clip(l.Where), once(a, &l))
	l.Where = []string{visible(a, &l)}
	distance = f.conditions(&l)
	if words != nil {
		l.Where = append(l.Where, words.Match(&l, l.ID))
	}
	l.Where = append(common, "(("+visible(a, &l)+") is not true or "+l.Conditions()+")")
	return l, distance
}

// labels are what the filters ask, if that is all and the actor sees what everyone sees; else nil.
func (f Filter) labels(a authz.Actor) store.Labels {
	reach := a.Reach(authz.ReadUnpublished)
	if reach.Everywhere || len(reach.Regions)+len(reach.Municipalities)+len(reach.Organisations)+len(f.IDs)+len(f.Fields)+len(f.Kinds)+len(f.Status)+len(f.Langs) > 0 ||
		f.RegisterNumber != nil || f.BusinessID != nil || f.FoundedFrom != nil || f.FoundedTo != nil || f.VerifiedBefore != nil || f.Box != nil || f.Near != nil || f.GeoJSON || f.ModifiedSince != nil {
		return nil
	}
	return searchindex.Labels([]string{(*Organisation)(nil).Resource()}, f.Regions, f.SubRegions, f.Municipalities)
}

// conditions adds what the filters ask of a row; the result is the distance's expression, if there is one.
func (f Filter) conditions(l *store.List) (distance string) {
	for _, c := range []struct {
		column string
		values []string
	}{{"region", f.Regions}, {"sub_region", f.SubRegions}, {"municipality", f.Municipalities}, {"field", f.Fields}, {"kind", f.Kinds}, {"status", f.Status}} {
		l.AnyOf("o."+c.column, c.values)
	}
	if f.RegisterNumber != nil {
		l.Filter("o.register_number = %s", *f.RegisterNumber)
	}
	if f.BusinessID != nil {
		l.Filter("o.business_id = %s", *f.BusinessID)
	}
	if len(f.Langs) > 0 {
		l.Filter("o.languages ?| %s", f.Langs)
	}
	if f.FoundedFrom != nil {
		l.Filter("o.founded_from >= %s and o.founded_from < 'infinity'", *f.FoundedFrom)
	}
	if f.FoundedTo != nil {
		l.Filter("o.founded_from < %s", *f.FoundedTo)
	}
	if f.VerifiedBefore != nil {
		l.Filter("coalesce(o.last_verified_at, o.created_at) < %s", *f.VerifiedBefore)
	}
	if f.Box != nil {
		l.Filter("o.lat is not null and point(o.lon, o.lat) <@ box(point(%s, %s), point(%s, %s))", f.Box[0], f.Box[1], f.Box[2], f.Box[3])
	}
	if f.GeoJSON {
		l.Where = append(l.Where, "o.lat is not null")
	}
	if f.Near != nil {
		distance = f.near(l)
	}
	return distance
}

const earthRadius = 6371008.8 // metres, mean

// near keeps what lies within the radius: first by a box that the index knows, then by the great circle.
func (f Filter) near(l *store.List) string {
	lat, lon := l.Arg(f.Near.Lat), l.Arg(f.Near.Lon)
	angle := f.Radius / earthRadius
	dLat, dLon := angle*180/math.Pi, 180.0
	if s := math.Sin(angle) / math.Cos(f.Near.Lat*math.Pi/180); math.Abs(f.Near.Lat)+dLat < 90 && s < 1 {
		dLon = math.Asin(s) * 180 / math.Pi // else the circle holds a pole
	}
	l.Filter("o.lat is not null and point(o.lon, o.lat) <@ box(point(%s, %s), point(%s, %s))", f.Near.Lon-dLon, f.Near.Lat-dLat, f.Near.Lon+dLon, f.Near.Lat+dLat)
	distance := fmt.Sprintf(`round((2 * %.1f * asin(sqrt(least(1, sin(radians(o.lat - %s::float8) / 2) ^ 2 + cos(radians(o.lat)) * cos(radians(%s::float8)) * sin(radians(o.lon - %s::float8) / 2) ^ 2))))::numeric, 1)::float8`,
		earthRadius, lat, lat, lon)
	l.Filter(distance+" <= %s", f.Radius)
	return distance
}

// exported are the members that a sync takes: what is exported imports again unchanged.
var exported = selectionOf("kind", "name", "otherNames", "description", "field", "registerNumber", "businessId", "country", "municipality", "municipalities", "address",
	"postalAddress", "location", "logo", "website", "email", "phone", "socialLinks", "languages", "memberCount", "founded", "dissolved", "registeredOn", "fundingSources", "affiliations", "externalIds")

func selectionOf(members ...string) []store.Column {
	return slices.DeleteFunc(slices.Clone(columns), func(c store.Column) bool { return !slices.Contains(members, c.Member) })
}

// export hands every published organisation to fn as JSON, by id. The line is good until the next call.
func (r Repository) export(ctx context.Context, f Filter, fn func([]byte) error) error {
	l, _ := f.query(authz.Actor{Type: authz.Anonymous}, nil)
	line := make([]byte, 0, 4096)
	return r.EachRow(ctx, store.SelectSQL(exported, "o.id", l.From, l.Conditions()+" order by o.id"), l.Args, func(row store.Row) (err error) {
		if line, err = row.AppendJSON(line[:0], len(exported)); err != nil {
			return err
		}
		return fn(line)
	})
}
