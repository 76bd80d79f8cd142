package network

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

const (
	organisationName = "case when o.status = 'published' and o.deleted_at is null then o.name end"
	organisationSort = "case when o.status = 'published' and o.deleted_at is null then o.sort_name else '' end"
	networkName      = "case when n.deleted_at is null then n.name end"
)

// membershipView is a membership as the actor may see it. Applications, what became of them, and what was said about one are
// for those who decide in the network and for those who act for the organisation.
func membershipView(ctx context.Context) (store.View, store.List) {
	l, a := store.List{From: "memberships m join networks n on n.id = m.network_id join organisations o on o.id = m.organisation_id", ID: "m.id"}, authz.From(ctx)
	inside := "(" + l.Within(a.Reach(authz.WriteNetwork), store.Places{Region: "n.region", Municipality: "n.municipality", Networks: "n.path"}) +
		" or " + l.Within(a.Reach(authz.ApplyNetwork), store.Places{Region: "o.region", Municipality: "o.municipality", Organisation: "o.id"}) + ")"
	l.Where = append(l.Where, "(m.status in ('active', 'left') or "+inside+")")
	l.Columns = []store.Column{
		{Member: "id", SQL: "m.id"}, {Member: "version", SQL: "m.version"}, {Member: "createdAt", SQL: "m.created_at"}, {Member: "updatedAt", SQL: "m.updated_at"},
		{Member: "networkId", SQL: "m.network_id"}, {Member: "organisationId", SQL: "m.organisation_id"},
		{Member: "network", SQL: "jsonb_build_object('id', n.id, 'name', " + networkName + ")"},
		{Member: "organisation", SQL: "jsonb_build_object('id', o.id, 'name', " + organisationName + ")"},
		{Member: "status", SQL: "m.status"}, {Member: "from", SQL: "m.valid_from"}, {Member: "to", SQL: "m.valid_to"}, {Member: "roles", SQL: "m.roles"},
		{Member: "message", SQL: "case when " + inside + " then m.message end"}, {Member: "reason", SQL: "case when " + inside + " then m.reason end"},
	}
	return store.View{Columns: l.Columns, Alias: "m", From: l.From, Variant: "concat(n.version, '/', o.version, '/', " + inside + ")"}, l
}

func (r Repository) readMembership(ctx context.Context, id uuid.UUID) (render.Row, error) {
	v, l := membershipView(ctx)
	l.Filter("m.id = %s", id)
	return r.One(ctx, v, l)
}

// MembershipFilter says which memberships a list holds, and in which order. By names it sorts of the side that is not asked for.
type MembershipFilter struct {
	Networks, Organisations []uuid.UUID
	ofOrganisation          bool // the list of one organisation, not of one network
	Statuses, Roles         []string
	ActiveOn                *clock.Date
	store.Browse
}

func (r Repository) listMemberships(ctx context.Context, f MembershipFilter, req page.Request) (render.Page, error) {
	v, l := membershipView(ctx)
	name := organisationSort
	if f.ofOrganisation {
		name = "n.sort_name"
		seen := l.Within(authz.From(ctx).Reach(authz.ReadUnpublished), store.Places{Region: "o.region", Municipality: "o.municipality", Organisation: "o.id"})
		l.Where = append(l.Where, "o.deleted_at is null and (o.status = 'published' or "+seen+")")
	} else {
		l.Where = append(l.Where, "n.deleted_at is null")
	}
	if len(f.Networks) > 0 {
		l.Filter("m.network_id = any(%s)", f.Networks)
	}
	if len(f.Organisations) > 0 {
		l.Filter("m.organisation_id = any(%s)", f.Organisations)
	}
	l.AnyOf("m.status", f.Statuses)
	if f.ActiveOn != nil {
		l.Filter("m.status in ('active', 'left') and m.period @> %s::date", *f.ActiveOn)
	}
	if len(f.Roles) > 0 {
		l.Filter("exists (select from membership_roles r where r.membership_id = m.id and r.role = any(%s) and (%s::date is null or r.period @> %s::date))", f.Roles, f.ActiveOn, f.ActiveOn)
	}
	f.First, f.Keys = "name", map[string]store.Key{"name": {SQL: name, Type: `text collate "fi-x-icu"`}}
	return r.Browse(ctx, v, l, f.Browse, req)
}

// live finds the other application or active membership of the same pair.
func (r Repository) live(ctx context.Context, m *Membership) (uuid.UUID, bool, error) {
	return r.other(ctx, `select id from memberships where network_id = $1 and organisation_id = $2 and id <> $3 and status in ('applied', 'active') and deleted_at is null`,
		m.NetworkID, m.OrganisationID, m.ID)
}

// overlapping finds another membership of the same pair in an overlapping period.
func (r Repository) overlapping(ctx context.Context, m *Membership) (uuid.UUID, bool, error) {
	return r.other(ctx, `select id from memberships where network_id = $1 and organisation_id = $2 and id <> $3 and status in ('active', 'left') and deleted_at is null
		and period && daterange($4, $5) order by period limit 1`, m.NetworkID, m.OrganisationID, m.ID, m.ValidFrom, m.ValidTo)
}

// convening finds another membership whose role as convener overlaps with one of m's.
func (r Repository) convening(ctx context.Context, m *Membership, role Role) (uuid.UUID, bool, error) {
	return r.other(ctx, `select membership_id from membership_roles where network_id = $1 and membership_id <> $2 and role = 'convener'
		and period && (daterange($3, $4) * daterange($5, $6)) order by period limit 1`, m.NetworkID, m.ID, m.ValidFrom, m.ValidTo, role.From, role.To)
}

func (r Repository) other(ctx context.Context, sql string, args ...any) (id uuid.UUID, found bool, err error) {
	err = r.QueryRow(ctx, sql, args...).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, false, nil
	}
	return id, err == nil, store.Err(err)
}

// closed is the reason that the end of a network leaves at its memberships.
const closed = "closed"

// batch is how many memberships are ended in one statement, always in the order of their ids: two who end the same ones queue
// at the first.
const batch = 1000

// endAll ends the active memberships of a network that is closed on a day, each at least a day after it began, and rejects the
// applications, a batch at a time.
func (r Repository) endAll(ctx context.Context, tx *store.Tx, n *Network, on clock.Date) error {
	for {
		ended, err := r.endSome(ctx, tx, n, on)
		if err != nil || ended == 0 {
			return err
		}
	}
}

func (r Repository) endSome(ctx context.Context, tx *store.Tx, n *Network, on clock.Date) (int, error) {
	return r.end(ctx, tx, closed, []string{"status", "reason", "to"}, `
		with was as (
			select id, status, roles, case when status = 'active' then least(valid_to, greatest($1::date, valid_from + 1)) end as ends
			from memberships where network_id = $2 and status in ('applied', 'active') and deleted_at is null order by id limit $5 for update
		)
		update memberships m set version = m.version + 1, updated_at = $3, reason = $4, status = case when was.status = 'active' then 'left' else 'rejected' end, valid_to = was.ends,
			roles = (select coalesce(jsonb_agg(case when r ->> 'to' > to_char(was.ends, 'YYYY-MM-DD') then jsonb_set(r, '{to}', to_jsonb(to_char(was.ends, 'YYYY-MM-DD'))) else r end order by i), '[]')
				from jsonb_array_elements(was.roles) with ordinality x(r, i) where r ->> 'from' is null or r ->> 'from' < to_char(was.ends, 'YYYY-MM-DD'))
		from was, networks n where m.id = was.id and n.id = m.network_id
		returning m.id, m.version, m.organisation_id, n.region, n.municipality, was.status, m.status, coalesce(m.valid_to, $1::date), m.roles <> was.roles`, on, n.ID, clock.Now(), closed, batch)
}

// endDue makes active memberships left whose end has come, a batch of them. It tells how many there were.
func (r Repository) endDue(ctx context.Context, tx *store.Tx) (int, error) {
	return r.end(ctx, tx, "", []string{"status"}, `
		with due as (select id from memberships where status = 'active' and deleted_at is null and valid_to <= $2::date order by id limit $3 for update)
		update memberships m set version = m.version + 1, updated_at = $1, status = 'left'
		from due, networks n where m.id = due.id and n.id = m.network_id
		returning m.id, m.version, m.organisation_id, n.region, n.municipality, 'active', m.status, m.valid_to, false`, clock.Now(), clock.Today(), batch)
}

// end runs a statement that ends memberships, and notes what it did to each. It tells how many there were.
func (r Repository) end(ctx context.Context, tx *store.Tx, note string, members []string, sql string, args ...any) (int, error) {
	rows, err := tx.Conn().Query(ctx, sql, args...)
	if err != nil {
		return 0, store.Err(err)
	}
	type step struct {
		m            Membership
		from         MembershipStatus
		on           clock.Date
		rolesChanged bool
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e step, err error) {
		return e, row.Scan(&e.m.ID, &e.m.Version, &e.m.OrganisationID, &e.m.Region, &e.m.Municipality, &e.from, &e.m.Status, &e.on, &e.rolesChanged)
	})
	if err != nil || len(all) == 0 {
		return 0, store.Err(err)
	}
	steps, ids, from, to, days := []uuid.UUID{}, []uuid.UUID{}, []string{}, []string{}, []clock.Date{}
	for _, e := range all {
		changed := slices.Clone(members)
		if e.m.Status != Left { // an application never had an end
			changed = slices.DeleteFunc(changed, func(m string) bool { return m == "to" })
		}
		if e.rolesChanged {
			changed = append(changed, "roles")
		}
		scope := e.m.Scope()
		scope.WasPublic = e.from == Active
		tx.Note(store.Change{Type: e.m.Resource(), ID: e.m.ID, Op: store.Updated, Version: e.m.Version, Changed: changed, Scope: scope})
		steps, ids, from, to, days = append(steps, store.NewID()), append(ids, e.m.ID), append(from, string(e.from)), append(to, string(e.m.Status)), append(days, e.on)
	}
	_, err = tx.Conn().Exec(ctx, `insert into transitions (id, resource_type, resource_id, at, actor_id, from_status, to_status, on_date, note)
		select s.id, $1, s.resource_id, $2, $3, s.from_status, s.to_status, s.on_date, nullif($4, '')
		from unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::date[]) as s(id, resource_id, from_status, to_status, on_date)`,
		(*Membership)(nil).Resource(), clock.Now(), store.OriginFrom(ctx).ActorID, note, steps, ids, from, to, days)
	return len(all), store.Err(err)
}
