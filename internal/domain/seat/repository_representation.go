package seat

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// maxChains bounds an answer: councils that nominate each other in all ways have more chains than anybody reads. The walk goes
// breadth first, so that the shortest are kept.
const maxChains = 1000

// maxSpokenFor bounds how many organisations are named for one seat; all are counted.
const maxSpokenFor = 1000

// What holds on the day ($2), of memberships m, of seats x and of joined networks j.
const (
	memberOn = "m.deleted_at is null and m.status in ('active', 'left') and m.period @> $2::date"
	seatOn   = "x.deleted_at is null and x.period @> $2::date"
	joinedOn = "j.deleted_at is null and j.status in ('joined', 'left') and j.period @> $2::date"
)

// chains is the answer for an organisation ($1). reach holds the networks of which it is a member and those above them, each
// with the steps that lead there; chain goes from them, or from the organisation itself, to seats, and from council to council,
// never to the same one twice.
func (r Repository) chains(ctx context.Context, id uuid.UUID, on clock.Date) (body []byte, err error) {
	l := store.List{Args: []any{id, on}}
	seat := strings.NewReplacer("SHOWN", l.Within(authz.From(ctx).Reach(authz.ReadPerson), council)).Replace(`jsonb_build_object('type', 'seat', 'seatId', x.id, 'councilId', c.id,
		'councilName', c.name, 'councilKind', c.kind, 'role', x.role, 'person', seutu_person(p, SHOWN), 'vacant', x.vacant, 'from', x.valid_from, 'to', x.valid_to)`)
	const joins = "join councils c on c.id = x.council_id and c.deleted_at is null left join people p on p.id = x.person_id"
	sql := strings.NewReplacer("SEAT", seat, "JOINS", joins, "MEMBER", memberOn, "HOLDS", seatOn).Replace(`
		with recursive reach as (
			select above.id as network_id, (
				select jsonb_agg(jsonb_build_object('type', 'network', 'networkId', w.id, 'name', w.name, 'membershipId', case when w.id = n.id then m.id end,
					'from', case when w.id = n.id then m.valid_from end, 'to', case when w.id = n.id then m.valid_to end) order by cardinality(w.path) desc)
				from networks w where w.id = any(n.path) and cardinality(w.path) >= cardinality(above.path)) as steps
			from memberships m join networks n on n.id = m.network_id and n.deleted_at is null join networks above on above.id = any(n.path) and above.deleted_at is null
			where m.organisation_id = $1 and MEMBER
		), chain as (
			(select x.council_id, array[x.council_id] as councils, r.steps || SEAT as steps
				from reach r join seats x on x.nominating_network_id = r.network_id JOINS where HOLDS
			union all
			select x.council_id, array[x.council_id], jsonb_build_array(SEAT) from seats x JOINS where x.nominating_organisation_id = $1 and HOLDS)
			union all
			select x.council_id, f.councils || x.council_id, f.steps || SEAT
			from chain f join seats x on x.nominating_council_id = f.council_id JOINS
			where HOLDS and x.council_id <> all(f.councils)
		)
		select $1::uuid as "organisationId", $2::date as "on", coalesce((
			select jsonb_agg(jsonb_build_object('steps', k.steps) order by jsonb_array_length(k.steps), k.steps -> -1 -> 'councilName' ->> 'fi', k.steps)
			from (select steps from chain limit ` + fmt.Sprint(maxChains) + `) k), '[]') as chains`)
	_, err = r.OneRow(ctx, sql, store.Fresh(l.Args), func(row store.Row) error { body, err = row.AppendJSON(make([]byte, 0, 4096), 3); return err })
	return body, err
}

// The networks that belong to a council ($1) because they, or networks above them, have joined it; and those for which somebody
// sits in it, again with what lies below them.
const (
	belonging = "select distinct n.id, n.name, n.sort_name from council_networks j join networks n on n.path @> array[j.network_id] and n.deleted_at is null where j.council_id = $1 and " + joinedOn
	heard     = "select n.id from seats x join networks n on n.path @> array[x.nominating_network_id] where x.council_id = $1 and not x.vacant and " + seatOn
)

// membersOf are the organisations in a network on the day, found by the network however many networks there are.
func membersOf(network string) string {
	return "lateral (select m.organisation_id from memberships m where m.network_id = " + network + " and " + memberOn + " offset 0) m"
}

// memberRows are the published organisations of the belonging networks, and whether somebody speaks for each. Organisations are
// fetched one by one, by their key, and memberships by their network: both tables are far larger than one council's part of them.
var memberRows = `(select o.id, o.name, o.sort_name, o.municipality, o.id in (select m.organisation_id from (` + heard + `) v cross join ` + membersOf("v.id") + `)
			or o.id in (select x.nominating_organisation_id from seats x where x.council_id = $1 and not x.vacant and x.nominating_organisation_id is not null and ` + seatOn + `) as heard
		from (select distinct m.organisation_id as id from (` + belonging + `) b cross join ` + membersOf("b.id") + `) k
			cross join lateral (select * from organisations o where o.id = k.id and o.deleted_at is null and o.status = 'published' offset 0) o)`

// speakers is the answer for a council ($1).
func (r Repository) speakers(ctx context.Context, id uuid.UUID, on clock.Date) (body []byte, err error) {
	l := store.List{Args: []any{id, on}}
	sql := strings.NewReplacer("SHOWN", l.Within(authz.From(ctx).Reach(authz.ReadPerson), council), "OF", membersOf("n.id"), "HOLDS", seatOn, "ROWS", memberRows, "MAX", fmt.Sprint(maxSpokenFor)).Replace(`
		select c.id as "councilId", $2::date as "on", (
			select coalesce(jsonb_agg(jsonb_build_object('seatId', x.id, 'role', x.role, 'roleName', x.role_name, 'person', seutu_person(p, SHOWN), 'vacant', x.vacant,
				'from', x.valid_from, 'to', x.valid_to, 'nominatedBy', coalesce(
					(select jsonb_build_object('type', 'network', 'id', n.id, 'name', n.name) from networks n where n.id = x.nominating_network_id),
					(select jsonb_build_object('type', 'council', 'id', n.id, 'name', n.name) from councils n where n.id = x.nominating_council_id),
					(select jsonb_build_object('type', 'organisation', 'id', n.id, 'name', case when n.status = 'published' and n.deleted_at is null then n.name end)
						from organisations n where n.id = x.nominating_organisation_id)),
				'organisations', s.n, 'speaksFor', s.list)
				order by array_position(array['chair', 'vice_chair', 'secretary', 'member', 'expert', 'deputy'], x.role), x.valid_from nulls first, x.id), '[]')
			from seats x left join people p on p.id = x.person_id cross join lateral (
				select count(*) as n, coalesce(jsonb_agg(jsonb_build_object('organisationId', k.id, 'name', k.name) order by k.sort_name, k.id) filter (where k.place <= MAX), '[]') as list
				from (
					select o.id, o.name, o.sort_name, row_number() over (order by o.sort_name, o.id) as place
					from (
						select m.organisation_id as id
						from (select n.id from networks n where n.path @> array[x.nominating_network_id] and n.deleted_at is null offset 0) n cross join OF
						union select x.nominating_organisation_id where x.nominating_organisation_id is not null
					) f cross join lateral (select * from organisations o where o.id = f.id and o.deleted_at is null and o.status = 'published' offset 0) o
				) k
			) s
			where x.council_id = c.id and HOLDS) as seats,
			t.members as "memberOrganisations", t.silent as "withoutVoice",
			c.deleted_at, c.version
		from councils c cross join lateral (select count(*) as members, count(*) filter (where not w.heard) as silent from ROWS w) t
		where c.id = $1`)
	found, err := r.OneRow(ctx, sql, store.Fresh(l.Args), func(row store.Row) (err error) {
		if !row.Null(5) {
			return store.Gone(row.Time(5), row.Int(6))
		}
		body, err = row.AppendJSON(make([]byte, 0, 4096), 5)
		return err
	})
	if err == nil && !found {
		err = errs.New(errs.Missing, "there is none with this id")
	}
	return body, err
}

func (r Repository) withoutVoice(ctx context.Context, id uuid.UUID, on clock.Date, municipalities []string, count bool, req page.Request) (render.Page, error) {
	l := store.List{
		From: memberRows + " w", ID: "w.id", Fresh: true, Args: []any{id, on}, Keys: []store.Key{{SQL: "w.sort_name", Type: `text collate "fi-x-icu"`}},
		Where: []string{"not w.heard", "exists (select from councils where id = $1 and deleted_at is null)"},
		Columns: []store.Column{{Member: "organisationId", SQL: "w.id"}, {Member: "name", SQL: "w.name"}, {Member: "municipality", SQL: "w.municipality"}, {Member: "networks", SQL: `(
			select jsonb_agg(jsonb_build_object('id', b.id, 'name', b.name) order by b.sort_name, b.id)
			from (` + belonging + `) b join memberships m on m.network_id = b.id and m.organisation_id = w.id where ` + memberOn + `)`}},
	}
	l.AnyOf("w.municipality", municipalities)
	p, err := r.Items(ctx, l, req)
	if err == nil {
		p.Total, err = r.Total(ctx, l, count)
	}
	return p, err
}
