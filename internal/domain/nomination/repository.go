package nomination

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

// Repository holds the queries of nominations and of calls for them.
type Repository struct {
	store.Repo[Nomination, *Nomination]
	calls store.Repo[Call, *Call]
}

// NewRepository makes the repository.
func NewRepository(db *store.DB) Repository {
	return Repository{store.Repo[Nomination, *Nomination]{DB: db}, store.Repo[Call, *Call]{DB: db}}
}

// body is a nominating body: where it stands, whether it is still there, and whether everyone sees it.
type body struct {
	authz.Target
	live, public bool
}

func (r Repository) nominator(ctx context.Context, n *Nomination) (b body, err error) {
	err = r.QueryRow(ctx, `
		select coalesce(o.region, w.region, c.region, ''), coalesce(o.municipality, w.municipality, c.municipality, ''), coalesce(o.id::text, ''),
			coalesce(w.path::text[], '{}'), coalesce(c.path::text[], '{}'),
			num_nonnulls(o.id, w.id, c.id) > 0 and num_nonnulls(o.deleted_at, w.deleted_at, c.deleted_at) = 0,
			coalesce(o.status = 'published', true)
		from (select 1) one left join organisations o on o.id = $1 left join networks w on w.id = $2 left join councils c on c.id = $3`,
		n.NominatingOrganisationID, n.NominatingNetworkID, n.NominatingCouncilID).
		Scan(&b.Region, &b.Municipality, &b.Organisation, &b.Networks, &b.Councils, &b.live, &b.public)
	return b, store.Err(err)
}

// call loads a call of a council and holds it until the end of the transaction: its deadline does not move meanwhile.
func (r Repository) call(ctx context.Context, tx *store.Tx, council, id uuid.UUID) (*Call, error) {
	c := &Call{}
	err := tx.Gorm(ctx).Raw("select * from nomination_calls where council_id = ? and id = ? and deleted_at is null for share", council, id).Take(c).Error
	return c, store.Err(err)
}

// answered holds a call for its deletion and tells whether there are nominations to it.
func (r Repository) answered(ctx context.Context, id uuid.UUID) (used bool, err error) {
	var locked uuid.UUID
	if err := r.QueryRow(ctx, "select id from nomination_calls where id = $1 for update", id).Scan(&locked); err != nil {
		return false, store.Err(err)
	}
	err = r.QueryRow(ctx, "select exists (select from nominations where call_id = $1 and deleted_at is null)", id).Scan(&used)
	return used, store.Err(err)
}

// callRefers tells what a call refers to is there: its term, and which of its networks are not.
func (r Repository) callRefers(ctx context.Context, c *Call) (term bool, unknown []uuid.UUID, err error) {
	err = r.QueryRow(ctx, `select exists (select from council_terms where council_id = $1 and id = $2),
		array(select i from unnest($3::uuid[]) i where not exists (select from networks where id = i and deleted_at is null))`, c.CouncilID, c.TermID, c.NetworkIDs).Scan(&term, &unknown)
	return term, unknown, store.Err(err)
}

// same is another open nomination of the person to the council by the same body, if there is one.
func (r Repository) same(ctx context.Context, n *Nomination) (other *uuid.UUID, err error) {
	err = r.QueryRow(ctx, `select (select id from nominations where council_id = $1 and person_id = $2 and status = 'proposed' and deleted_at is null
		and coalesce(nominating_organisation_id, nominating_network_id, nominating_council_id) = coalesce($3::uuid, $4, $5))`,
		n.CouncilID, n.PersonID, n.NominatingOrganisationID, n.NominatingNetworkID, n.NominatingCouncilID).Scan(&other)
	return other, store.Err(err)
}

// meets tells whether a meeting is one of the council. Inside a transaction it is not deleted before that ends.
func (r Repository) meets(ctx context.Context, council, meeting uuid.UUID) (ok bool, err error) {
	err = r.QueryRow(ctx, "select exists (select from meetings where id = $1 and council_id = $2 and deleted_at is null for share)", meeting, council).Scan(&ok)
	return ok, store.Err(err)
}

// Where a nomination stands: at the council that decides, and at the body that proposes.
var (
	deciding  = store.Places{Region: "c.region", Municipality: "c.municipality", Councils: "c.path"}
	proposing = store.Places{
		Region: "coalesce(o.region, w.region, b.region)", Municipality: "coalesce(o.municipality, w.municipality, b.municipality)",
		Organisation: "x.nominating_organisation_id", Councils: "b.path", Networks: "w.path",
	}
)

// view is a nomination as the actor sees it, with the list that holds its arguments and the condition that it is visible at
// all; shown is the condition under which the actor may read the person.
func view(ctx context.Context) (v store.View, l store.List, shown string) {
	a, args := authz.From(ctx), store.List{}
	within := func(p authz.Permission, places ...store.Places) (sql string) {
		for i, place := range places {
			if i > 0 {
				sql += " or "
			}
			sql += args.Within(a.Reach(p), place)
		}
		return "(" + sql + ")"
	}
	inside := "(" + within(authz.DecideNomination, deciding) + " or " + within(authz.ProposeNomination, proposing) + ")"
	shown = within(authz.ReadPerson, deciding, proposing)
	v = store.View{
		Alias: "x", Variant: fmt.Sprintf("p.version || ' ' || %s || ' ' || %s", shown, inside),
		From: `nominations x join councils c on c.id = x.council_id join people p on p.id = x.person_id left join organisations o on o.id = x.nominating_organisation_id
			left join networks w on w.id = x.nominating_network_id left join councils b on b.id = x.nominating_council_id`,
		Columns: []store.Column{
			{Member: "id", SQL: "x.id"}, {Member: "version", SQL: "x.version"}, {Member: "createdAt", SQL: "x.created_at"}, {Member: "updatedAt", SQL: "x.updated_at"},
			{Member: "councilId", SQL: "x.council_id"}, {Member: "callId", SQL: "x.call_id"}, {Member: "status", SQL: "x.status"}, {Member: "role", SQL: "x.role"},
			{Member: "person", SQL: fmt.Sprintf("seutu_person(p, %s)", shown)}, {Member: "title", SQL: "x.title"}, {Member: "organisationId", SQL: "x.organisation_id"},
			{Member: "nominatingOrganisationId", SQL: "x.nominating_organisation_id"}, {Member: "nominatingNetworkId", SQL: "x.nominating_network_id"},
			{Member: "nominatingCouncilId", SQL: "x.nominating_council_id"}, {Member: "termId", SQL: "x.term_id"}, {Member: "deputyFor", SQL: "x.deputy_for"},
			{Member: "succeeds", SQL: "x.succeeds"}, {Member: "from", SQL: "x.valid_from"}, {Member: "to", SQL: "x.valid_to"},
			{Member: "message", SQL: "case when " + inside + " then x.message end"}, {Member: "reason", SQL: "case when " + inside + " then x.reason end"},
			{Member: "decidedOn", SQL: "x.decided_on"}, {Member: "meetingId", SQL: "x.meeting_id"}, {Member: "seatId", SQL: "x.seat_id"},
		},
	}
	l = v.List()
	l.Args = args.Args
	l.Where = []string{"(x.status = 'confirmed' or " + inside + ")"}
	return v, l, shown
}

func (r Repository) one(ctx context.Context, id uuid.UUID) (render.Row, error) {
	v, l, _ := view(ctx)
	l.Filter("x.id = %s", id)
	return r.One(ctx, v, l)
}

// Filter says which nominations to a council a list holds, and in which order.
type Filter struct {
	Council                        uuid.UUID
	Status, Roles, Sort            []string
	Calls, Networks, Organisations []uuid.UUID
	Person                         *uuid.UUID
	Count                          bool
}

func (r Repository) list(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	v, l, shown := view(ctx)
	l.Filter("x.council_id = %s and c.deleted_at is null", f.Council)
	l.AnyOf("x.status", f.Status)
	l.AnyOf("x.role", f.Roles)
	for _, c := range []struct {
		column string
		ids    []uuid.UUID
	}{{"x.call_id", f.Calls}, {"x.nominating_network_id", f.Networks}, {"x.nominating_organisation_id", f.Organisations}} {
		if len(c.ids) > 0 {
			l.Filter(c.column+" = any(%s)", c.ids)
		}
	}
	if f.Person != nil { // to ask for somebody is to ask who it is
		l.Filter("x.person_id = %s and (p.consent_name or "+shown+")", *f.Person)
	}
	if len(f.Sort) == 0 {
		f.Sort = []string{"-createdAt"}
	}
	return r.Browse(ctx, v, l, store.Browse{Sort: f.Sort, Count: f.Count}, req)
}

// begun is the condition under which a call takes nominations.
const begun = "(coalesce(x.opens_at, '-infinity') <= now() and x.deadline > now())"

var callView = store.View{
	Alias: "x", From: "nomination_calls x join councils c on c.id = x.council_id", Variant: begun,
	Columns: []store.Column{
		{Member: "id", SQL: "x.id"}, {Member: "version", SQL: "x.version"}, {Member: "createdAt", SQL: "x.created_at"}, {Member: "updatedAt", SQL: "x.updated_at"},
		{Member: "councilId", SQL: "x.council_id"}, {Member: "title", SQL: "x.title"}, {Member: "description", SQL: "x.description"}, {Member: "termId", SQL: "x.term_id"},
		{Member: "opensAt", SQL: "x.opens_at"}, {Member: "deadline", SQL: "x.deadline"}, {Member: "seats", SQL: "x.seats"}, {Member: "roles", SQL: "x.roles"},
		{Member: "networkIds", SQL: "x.network_ids"}, {Member: "open", SQL: begun},
	},
}

func (r Repository) oneCall(ctx context.Context, id uuid.UUID) (render.Row, error) {
	l := callView.List()
	l.Filter("x.id = %s", id)
	return r.One(ctx, callView, l)
}

// CallFilter says which calls of a council a list holds, and in which order.
type CallFilter struct {
	Council uuid.UUID
	Open    *bool
	Sort    []string
	Count   bool
}

func (r Repository) listCalls(ctx context.Context, f CallFilter, req page.Request) (render.Page, error) {
	l := callView.List()
	l.Filter("x.council_id = %s and c.deleted_at is null", f.Council)
	if f.Open != nil {
		l.Filter(begun+" = %s", *f.Open)
	}
	if len(f.Sort) == 0 {
		f.Sort = []string{"-deadline"}
	}
	return r.Browse(ctx, callView, l, store.Browse{Sort: f.Sort, Count: f.Count, Keys: map[string]store.Key{"deadline": {SQL: "x.deadline", Type: "timestamptz"}}}, req)
}

// termStart is the first day of a term.
func (r Repository) termStart(ctx context.Context, term uuid.UUID) (day clock.Date, err error) {
	err = r.QueryRow(ctx, "select valid_from from council_terms where id = $1", term).Scan(&day)
	return day, store.Err(err)
}

// PersonRecords is what nominations hold of a person, for the person's export: SQL with $1 = the person's id that yields one jsonb
// array.
const PersonRecords = `select jsonb_agg(jsonb_build_object('councilId', c.id, 'council', c.name, 'status', n.status, 'role', n.role, 'title', n.title, 'from', n.valid_from, 'to', n.valid_to,
		'message', n.message, 'reason', n.reason) order by n.created_at, n.id) from nominations n join councils c on c.id = n.council_id where n.person_id = $1 and n.deleted_at is null`
