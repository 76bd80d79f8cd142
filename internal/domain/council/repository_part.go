package council

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// partsOf renders all parts of a kind together with their council: with its version, and with what it is when there is none.
func (r Repository) partsOf(ctx context.Context, id uuid.UUID, items func(*store.List) string) (render.Row, error) {
	l := store.List{From: "councils c"}
	l.Filter("c.id = %s", id)
	l.Columns = []store.Column{{Member: "items", SQL: "coalesce((" + items(&l) + "), '[]')"}}
	return r.One(ctx, store.View{Alias: "c"}, l)
}

// part renders one part with the version of its council.
func (r Repository) part(ctx context.Context, id, partID uuid.UUID, table string, columns []store.Column) (render.Row, error) {
	l := store.List{From: "councils c join " + table + " p on p.council_id = c.id", Columns: columns}
	l.Filter("c.id = %s and p.id = %s", id, partID)
	return r.One(ctx, store.View{Alias: "c"}, l)
}

var termColumns = []store.Column{{Member: "id", SQL: "p.id"}, {Member: "name", SQL: "p.name"}, {Member: "from", SQL: "p.valid_from"}, {Member: "to", SQL: "p.valid_to"}}

func (r Repository) listTerms(ctx context.Context, id uuid.UUID, activeOn *clock.Date) (render.Row, error) {
	return r.partsOf(ctx, id, func(l *store.List) string {
		where := ""
		if activeOn != nil {
			where = " and p.period @> " + l.Arg(*activeOn) + "::date"
		}
		return "select jsonb_agg(jsonb_build_object('id', p.id, 'name', p.name, 'from', p.valid_from, 'to', p.valid_to) order by p.valid_from) from council_terms p where p.council_id = c.id" + where
	})
}

// overlapping finds another term of the council in the same time.
func (r Repository) overlapping(ctx context.Context, t *Term) (other uuid.UUID, ok bool, err error) {
	err = r.QueryRow(ctx, "select id from council_terms where council_id = $1 and id <> $2 and period && daterange($3, $4) order by valid_from limit 1", t.CouncilID, t.ID, t.ValidFrom, t.ValidTo).Scan(&other)
	if errors.Is(err, pgx.ErrNoRows) {
		return other, false, nil
	}
	return other, err == nil, store.Err(err)
}

// outside tells whether a seat or an open nomination of t lies before its period, or after it; days that nobody knows are
// neither.
func (r Repository) outside(ctx context.Context, t *Term) (early, late bool, err error) {
	err = r.QueryRow(ctx, `select coalesce(bool_or(valid_from < $2::date or valid_to <= $2::date), false), coalesce(bool_or(valid_to > $3::date or valid_from >= $3::date), false)
		from (select valid_from, valid_to from seats where council_id = $4 and term_id = $1 and deleted_at is null
			union all select valid_from, valid_to from nominations where council_id = $4 and term_id = $1 and status = 'proposed' and deleted_at is null) x`, t.ID, t.ValidFrom, t.ValidTo, t.CouncilID).Scan(&early, &late)
	return early, late, store.Err(err)
}

// termUsedBy names what is of a term. Deleted seats and nominations count: they keep the term in which they were.
func (r Repository) termUsedBy(ctx context.Context, id uuid.UUID) (out []string, err error) {
	err = r.QueryRow(ctx, `select array_remove(array[
		case when exists (select from seats where term_id = $1) then 'seats' end,
		case when exists (select from nominations where term_id = $1) then 'nominations' end,
		case when exists (select from nomination_calls where term_id = $1) then 'nominationCalls' end], null)`, id).Scan(&out)
	return out, store.Err(err)
}

var dutyColumns = []store.Column{
	{Member: "id", SQL: "p.id"}, {Member: "kind", SQL: "p.kind"}, {Member: "name", SQL: "p.name"}, {Member: "description", SQL: "p.description"},
	{Member: "frequency", SQL: "p.frequency"}, {Member: "audience", SQL: "p.audience"}, {Member: "topics", SQL: "p.topics"}, {Member: "coincidesWith", SQL: "p.coincides_with"},
	{Member: "from", SQL: "p.valid_from"}, {Member: "to", SQL: "p.valid_to"}, {Member: "fulfilments", SQL: "p.fulfilments"},
}

// dutyState is where a duty stands in a year, as the contract derives it.
func dutyState(year string) string {
	return `coalesce(
		(select f ->> 'state' from jsonb_array_elements(p.fulfilments) f where (f ->> 'year')::int = ` + year + `
			order by array_position(array['met', 'missed', 'planned'], f ->> 'state') limit 1),
		case when ` + year + ` < extract(year from ` + today + `) and p.frequency in ('monthly', 'quarterly', 'twice_a_year', 'yearly')
			and daterange(p.valid_from, p.valid_to) && daterange(make_date(` + year + `, 1, 1), make_date(` + year + ` + 1, 1, 1)) then 'missed' else 'open' end)`
}

func (r Repository) listDuties(ctx context.Context, id uuid.UUID, year *int) (render.Row, error) {
	return r.partsOf(ctx, id, func(l *store.List) string {
		object := ""
		for _, c := range dutyColumns {
			object += ", '" + c.Member + "', " + c.SQL
		}
		if year != nil {
			object += ", 'state', " + dutyState(l.Arg(*year)+"::int")
		}
		return "select jsonb_agg(jsonb_build_object(" + object[2:] + ") order by p.created_at, p.id) from council_duties p where p.council_id = c.id"
	})
}

// dutyExists tells whether the council has the duty.
func (r Repository) dutyExists(ctx context.Context, council, id uuid.UUID) (bool, error) {
	found, err := r.IDSet(ctx, "select id from council_duties where council_id = $1 and id = $2", council, id)
	return found[id], err
}

// ownMeetings tells which of the ids are meetings of the council or of what stands under it, and keeps them so; for
// transactions.
func (r Repository) ownMeetings(ctx context.Context, council uuid.UUID, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	return r.IDSet(ctx, "select m.id from meetings m join councils c on c.id = m.council_id where m.id = any($2) and m.deleted_at is null and c.path @> array[$1::uuid] order by m.id for share of m", council, ids)
}
