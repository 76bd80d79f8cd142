package post

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// standing is where a post stands, with s.yes: may the reader see the names of people there?
func standing(ctx context.Context, l *store.List) string {
	shown := l.Within(authz.From(ctx).Reach(authz.ReadPerson), store.Places{
		Region: "p.region", Municipality: "p.municipality", Organisation: "p.organisation_id", Councils: "c.path", Networks: "n.path",
	})
	return " left join councils c on c.id = p.council_id left join networks n on n.id = p.network_id cross join lateral (select " + shown + " as yes) s"
}

// begin begins a query of a view that hangs on arguments.
func begin(v store.View, args []any) store.List {
	l := v.List()
	l.Args = args
	return l
}

// posts is the view of posts as the actor may see them, each with h, its holder on the day, if there is one.
func posts(ctx context.Context, on clock.Date) (store.View, store.List) {
	l := store.List{}
	day := l.Arg(on) + "::date"
	from := "posts p" + standing(ctx, &l) + `
		left join post_holders h on h.post_id = p.id and h.deleted_at is null and h.period @> ` + day + ` and daterange(p.valid_from, p.valid_to) @> ` + day + `
		left join people hp on hp.id = h.person_id`
	v := store.View{Alias: "p", From: from, Variant: "concat_ws('.', h.id, h.version, hp.version, s.yes)", Columns: []store.Column{
		{Member: "id", SQL: "p.id"}, {Member: "version", SQL: "p.version"}, {Member: "createdAt", SQL: "p.created_at"}, {Member: "updatedAt", SQL: "p.updated_at"},
		{Member: "kind", SQL: "p.kind"}, {Member: "title", SQL: "p.title"}, {Member: "organisationId", SQL: "p.organisation_id"},
		{Member: "councilId", SQL: "p.council_id"}, {Member: "networkId", SQL: "p.network_id"}, {Member: "team", SQL: "p.team"},
		{Member: "region", SQL: "p.region"}, {Member: "subRegion", SQL: "p.sub_region"}, {Member: "municipality", SQL: "p.municipality"},
		{Member: "branch", SQL: "p.branch"}, {Member: "email", SQL: "p.email"}, {Member: "phone", SQL: "p.phone"}, {Member: "description", SQL: "p.description"},
		{Member: "from", SQL: "p.valid_from"}, {Member: "to", SQL: "p.valid_to"},
		{Member: "holder", SQL: `case when h.id is not null then
			jsonb_build_object('id', h.id, 'person', seutu_person(hp, s.yes), 'from', h.valid_from, 'to', h.valid_to) end`},
	}}
	return v, begin(v, l.Args)
}

// holders is the view of post holders as the actor may see them.
func holders(ctx context.Context) (store.View, store.List) {
	l := store.List{}
	from := "post_holders h join posts p on p.id = h.post_id" + standing(ctx, &l) + " join people hp on hp.id = h.person_id"
	v := store.View{Alias: "h", From: from, Variant: "concat_ws('.', hp.version, s.yes)", Columns: []store.Column{
		{Member: "id", SQL: "h.id"}, {Member: "version", SQL: "h.version"}, {Member: "createdAt", SQL: "h.created_at"}, {Member: "updatedAt", SQL: "h.updated_at"},
		{Member: "postId", SQL: "h.post_id"}, {Member: "person", SQL: "seutu_person(hp, s.yes)"}, {Member: "from", SQL: "h.valid_from"}, {Member: "to", SQL: "h.valid_to"},
	}}
	return v, begin(v, l.Args)
}

func (r Repository) read(ctx context.Context, id uuid.UUID, on clock.Date) (render.Row, error) {
	v, l := posts(ctx, on)
	l.Filter("p.id = %s", id)
	return r.One(ctx, v, l)
}

func (r Repository) readHolder(ctx context.Context, id uuid.UUID) (render.Row, error) {
	v, l := holders(ctx)
	l.Filter("h.id = %s", id)
	return r.One(ctx, v, l)
}

// Filter says which posts a list holds, and in which order.
type Filter struct {
	IDs, Organisations, Councils, Networks               []uuid.UUID
	Kinds, Regions, SubRegions, Municipalities, Branches []string
	Q                                                    *string
	On                                                   *clock.Date // posts that exist then, with their holders then
	Filled                                               *bool
	ModifiedSince                                        *time.Time
	Sort                                                 []string
	Count                                                bool
}

func (r Repository) list(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	b := store.Browse{
		Since: f.ModifiedSince, Sort: f.Sort, First: "title", Count: f.Count,
		Keys: map[string]store.Key{"title": {SQL: "p.sort_name", Type: `text collate "fi-x-icu"`}},
	}
	return r.words.List(ctx, f.Q, b.Ranked(), req, func(words store.Words, req page.Request) (render.Page, error) {
		return r.page(ctx, f, b, words, req)
	})
}

func (r Repository) page(ctx context.Context, f Filter, b store.Browse, words store.Words, req page.Request) (render.Page, error) {
	on := clock.Today()
	if f.On != nil {
		on = *f.On
	}
	v, l := posts(ctx, on)
	l.Words = words
	for _, c := range []struct {
		column string
		ids    []uuid.UUID
	}{{"id", f.IDs}, {"organisation_id", f.Organisations}, {"council_id", f.Councils}, {"network_id", f.Networks}} {
		if len(c.ids) > 0 {
			l.Filter("p."+c.column+" = any(%s)", c.ids)
		}
	}
	l.AnyOf("p.kind", f.Kinds)
	l.AnyOf("p.region", f.Regions)
	l.AnyOf("p.sub_region", f.SubRegions)
	l.AnyOf("p.municipality", f.Municipalities)
	l.AnyOf("p.branch", f.Branches)
	if f.On != nil {
		l.Filter("daterange(p.valid_from, p.valid_to) @> %s::date", on)
	}
	if f.Filled != nil {
		l.Filter("(h.id is not null) = %s", *f.Filled)
	}
	return r.Browse(ctx, v, l, b, req)
}

func (r Repository) listHolders(ctx context.Context, post uuid.UUID, on *clock.Date, req page.Request) (render.Page, error) {
	_, l := holders(ctx)
	l.Filter("h.post_id = %s and h.deleted_at is null", post)
	if on != nil {
		l.Filter("h.period * daterange(p.valid_from, p.valid_to) @> %s::date", *on)
	}
	l.Keys = []store.Key{{SQL: "coalesce(h.valid_from, '-infinity')", Type: "date", Desc: true}}
	return r.Items(ctx, l, req)
}
