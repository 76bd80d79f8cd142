package seat

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
)

// Repository holds the queries of seats and of representation.
type Repository struct {
	store.Repo[Seat, *Seat]
}

// NewRepository makes the repository.
func NewRepository(db *store.DB) Repository { return Repository{store.Repo[Seat, *Seat]{DB: db}} }

// council tells where a council stands: Missing, or WasDeleted, if it is not there. Under lock the writers of one council queue.
func (r Repository) council(ctx context.Context, id uuid.UUID, lock bool) (t authz.Target, err error) {
	sql := "select coalesce(region, ''), coalesce(municipality, ''), path::text[], deleted_at, version from councils where id = $1"
	if lock {
		sql += " for no key update"
	}
	var deleted *time.Time
	var version int64
	if err = r.QueryRow(ctx, sql, id).Scan(&t.Region, &t.Municipality, &t.Councils, &deleted, &version); err != nil {
		return t, store.Err(err)
	}
	if deleted != nil {
		return t, store.Gone(*deleted, version)
	}
	return t, nil
}

// known is what a draft refers to: what was not asked for is false.
type known struct {
	organisation, nominatingOrganisation, nominatingNetwork, nominatingCouncil, term, predecessor bool

	erased bool // the person that is asked for

	principal Role // of the seat for which a deputy stands in
	termFrom  clock.Date
	termTo    *clock.Date
}

// known looks up what d refers to beside a person, as far as the actor may refer to it: organisations that the actor may see and
// everyone once could, and whether the person has been erased. What is found is locked as a reference will lock it.
func (r Repository) known(ctx context.Context, d *draft, person *uuid.UUID) (k known, err error) {
	a, l := authz.From(ctx), store.List{}
	unpublished := l.Within(a.Reach(authz.ReadUnpublished), store.Places{Region: "o.region", Municipality: "o.municipality", Organisation: "o.id"})
	organisation := func(id *uuid.UUID) string {
		return fmt.Sprintf("exists (select from organisations o where o.id = %s and o.deleted_at is null and o.published_at is not null and (o.status = 'published' or %s) for key share)", l.Arg(id), unpublished)
	}
	council := l.Arg(d.CouncilID)
	sql := fmt.Sprintf(`select %s, %s,
			exists (select from networks where id = %s and deleted_at is null for key share),
			exists (select from councils where id = %s and deleted_at is null for key share),
			exists (select from seats where council_id = %s and id = %s and deleted_at is null for key share),
			coalesce((select role from seats where council_id = %s and id = %s and deleted_at is null for key share), ''),
			t.id is not null, coalesce(t.valid_from, '1970-01-01'), t.valid_to, exists (select from people where id = %s and deleted_at is not null)
		from (select 1) one left join lateral (select * from council_terms where council_id = %s and id = %s for key share) t on true`,
		organisation(d.OrganisationID), organisation(d.NominatingOrganisationID), l.Arg(d.NominatingNetworkID), l.Arg(d.NominatingCouncilID),
		council, l.Arg(d.Succeeds), council, l.Arg(d.DeputyFor), l.Arg(person), council, l.Arg(d.TermID))
	err = r.QueryRow(ctx, sql, l.Args...).Scan(&k.organisation, &k.nominatingOrganisation, &k.nominatingNetwork, &k.nominatingCouncil,
		&k.predecessor, &k.principal, &k.term, &k.termFrom, &k.termTo, &k.erased)
	return k, store.Err(err)
}

// conflict is another seat that stands where a seat wants to stand.
type conflict struct {
	id      uuid.UUID
	pointer string // the member that both have
}

// conflicts finds the other seats of the council whose period overlaps and whose chair, nominating network or person is the same: the first for each of the three.
func (r Repository) conflicts(ctx context.Context, s *Seat) (out []conflict, err error) {
	rows, err := r.Query(ctx, `
		select distinct on (w.pointer) x.id, w.pointer from seats x cross join lateral (values
				('/role', x.role = 'chair' and $4 = 'chair'),
				('/nominatingNetworkId', x.nominating_network_id = $5 and (x.role in ('chair', 'vice_chair', 'member') and $4 in ('chair', 'vice_chair', 'member') or x.role = 'deputy' and $4 = 'deputy')),
				('/personId', x.person_id = $6)
			) w(pointer, same)
		where x.council_id = $1 and x.id <> $2 and x.deleted_at is null and x.period && daterange($3::date, $7::date) and w.same
		order by w.pointer desc, x.valid_from nulls first, x.id`, s.CouncilID, s.ID, s.ValidFrom, string(s.Role), s.NominatingNetworkID, s.PersonID, s.ValidTo)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c conflict
		if err := rows.Scan(&c.id, &c.pointer); err != nil {
			return nil, store.Err(err)
		}
		out = append(out, c)
	}
	return out, store.Err(rows.Err())
}

// successor is the seat that follows another one, if there is one.
func (r Repository) successor(ctx context.Context, id uuid.UUID) (next *uuid.UUID, err error) {
	err = r.QueryRow(ctx, "select (select id from seats where predecessor_id = $1 and deleted_at is null)", id).Scan(&next)
	return next, store.Err(err)
}

// inUse tells whether attendance, a deputy, a successor or a nomination refers to a seat.
func (r Repository) inUse(ctx context.Context, id uuid.UUID) (used bool, err error) {
	err = r.QueryRow(ctx, `
		select exists (select from seats where deputy_for = $1 and deleted_at is null) or exists (select from seats where predecessor_id = $1 and deleted_at is null)
			or exists (select from meeting_attendances where seat_id = $1) or exists (select from meeting_attendances where stands_in_for = $1)
			or exists (select from nominations where seat_id = $1 or status = 'proposed' and deleted_at is null and (deputy_for = $1 or succeeds = $1))`, id).Scan(&used)
	return used, store.Err(err)
}

// PersonRecords is what seats hold of a person, for the person's export: SQL with $1 = the person's id that yields one jsonb
// array.
const PersonRecords = `select jsonb_agg(jsonb_build_object('councilId', c.id, 'council', c.name, 'role', s.role, 'title', s.title, 'email', s.email, 'phone', s.phone, 'from', s.valid_from, 'to', s.valid_to)
		order by s.created_at, s.id) from seats s join councils c on c.id = s.council_id where s.person_id = $1 and s.deleted_at is null`
