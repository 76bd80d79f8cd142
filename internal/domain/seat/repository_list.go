package seat

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Filter says which seats a list holds, and in which order.
type Filter struct {
	Council                           *uuid.UUID // the list under a council
	Councils, Organisations, Networks []uuid.UUID
	Person                            *uuid.UUID
	Regions, Roles, Sort              []string
	ActiveOn                          *clock.Date
	Vacant                            *bool
	Count                             bool
}

// sortKeys are the orders that a list may have beside the times of writing.
var sortKeys = map[string]store.Key{
	"role": {SQL: "array_position(array['chair', 'vice_chair', 'secretary', 'member', 'expert', 'deputy'], x.role)", Type: "integer"},
	"from": {SQL: "coalesce(x.valid_from, '-infinity')", Type: "date"},
}

// council is where a seat stands: whoever may read people there sees who holds it.
var council = store.Places{Region: "c.region", Municipality: "c.municipality", Councils: "c.path"}

// view is a seat as the actor sees it, with the list that holds its arguments; shown is the condition under which the actor
// may read the person.
func view(ctx context.Context) (v store.View, l store.List, shown string) {
	args := store.List{}
	shown = args.Within(authz.From(ctx).Reach(authz.ReadPerson), council)
	v = store.View{
		Alias: "x", From: "seats x join councils c on c.id = x.council_id left join people p on p.id = x.person_id",
		Variant: fmt.Sprintf("p.version || ' ' || (%s)", shown),
		Columns: []store.Column{
			{Member: "id", SQL: "x.id"}, {Member: "version", SQL: "x.version"}, {Member: "createdAt", SQL: "x.created_at"}, {Member: "updatedAt", SQL: "x.updated_at"},
			{Member: "councilId", SQL: "x.council_id"}, {Member: "role", SQL: "x.role"}, {Member: "roleName", SQL: "x.role_name"},
			{Member: "person", SQL: fmt.Sprintf("seutu_person(p, %s)", shown)}, {Member: "vacant", SQL: "x.vacant"}, {Member: "title", SQL: "x.title"},
			{Member: "organisationId", SQL: "x.organisation_id"}, {Member: "nominatingOrganisationId", SQL: "x.nominating_organisation_id"},
			{Member: "nominatingNetworkId", SQL: "x.nominating_network_id"}, {Member: "nominatingCouncilId", SQL: "x.nominating_council_id"},
			{Member: "termId", SQL: "x.term_id"}, {Member: "deputyFor", SQL: "x.deputy_for"}, {Member: "predecessorId", SQL: "x.predecessor_id"},
			{Member: "email", SQL: "x.email"}, {Member: "phone", SQL: "x.phone"}, {Member: "from", SQL: "x.valid_from"}, {Member: "to", SQL: "x.valid_to"},
		},
	}
	l = v.List()
	l.Args = args.Args
	return v, l, shown
}

func (r Repository) one(ctx context.Context, id uuid.UUID) (render.Row, error) {
	v, l, _ := view(ctx)
	l.Filter("x.id = %s", id)
	return r.One(ctx, v, l)
}

// totals is what a council's seats add up to.
type totals struct {
	Seats    int64 `json:"seats"`
	Filled   int64 `json:"filled"`
	Vacant   int64 `json:"vacant"`
	Deputies int64 `json:"deputies"`
}

func (r Repository) list(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	v, l, shown := view(ctx)
	f.conditions(&l, shown)
	b := store.Browse{Sort: f.Sort, Keys: sortKeys}
	if len(b.Sort) == 0 {
		b.Sort = []string{"role", "from"}
	}
	p, err := r.Browse(ctx, v, l, b, req)
	summed := f.Council != nil && f.ActiveOn != nil
	if err != nil || !f.Count && !summed {
		return p, err
	}
	var n int64
	var t totals
	rows := store.SelectSQL(l.Columns, "null", l.From, "x.deleted_at is null and "+l.Conditions())
	err = r.QueryRow(ctx, `select count(*), count(*) filter (where role <> 'deputy'), count(*) filter (where role <> 'deputy' and not vacant),
		count(*) filter (where role <> 'deputy' and vacant), count(*) filter (where role = 'deputy') from (`+rows+") s", l.Args...).Scan(&n, &t.Seats, &t.Filled, &t.Vacant, &t.Deputies)
	if f.Count {
		p.Total = &n
	}
	if summed {
		p.Totals = t
	}
	return p, store.Err(err)
}

func (f Filter) conditions(l *store.List, shown string) {
	if f.Council != nil {
		l.Filter("x.council_id = %s and c.deleted_at is null", *f.Council)
	}
	for _, c := range []struct {
		column string
		ids    []uuid.UUID
	}{{"x.council_id", f.Councils}, {"x.organisation_id", f.Organisations}, {"x.nominating_network_id", f.Networks}} {
		if len(c.ids) > 0 {
			l.Filter(c.column+" = any(%s)", c.ids)
		}
	}
	if f.Person != nil { // to ask for somebody is to ask who it is
		l.Filter("x.person_id = %s and (p.consent_name or "+shown+")", *f.Person)
	}
	l.AnyOf("c.region", f.Regions)
	l.AnyOf("x.role", f.Roles)
	if f.ActiveOn != nil {
		l.Filter("x.period @> %s::date", *f.ActiveOn)
	}
	if f.Vacant != nil {
		l.Filter("x.vacant = %s", *f.Vacant)
	}
}
