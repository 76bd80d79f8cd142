package duplicate

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/store"
)

// Repository holds the queries of pairs, and of what they are found by.
type Repository struct {
	store.Repo[Pair, *Pair]
}

// NewRepository makes the repository.
func NewRepository(db *store.DB) Repository { return Repository{store.Repo[Pair, *Pair]{DB: db}} }

// row is an organisation as the search for duplicates knows it.
type row struct {
	ID      uuid.UUID
	Version int64
	Live    bool
	Target  authz.Target
	JSON    []byte
	Body
}

// bodyColumns are read into a row, in this order.
const bodyColumns = `o.id, o.version, o.deleted_at is null, coalesce(o.region, ''), coalesce(o.municipality, ''), o.kind, o.name, o.other_names, coalesce(o.register_number, ''), coalesce(o.business_id, ''),
	o.external_ids, coalesce(o.email, ''), coalesce(o.phone, ''), coalesce(o.website, ''), coalesce(o.address ->> 'street', ''), coalesce(o.address ->> 'postalCode', '')`

func scanRow(r pgx.CollectableRow, more ...any) (o row, err error) {
	var others []struct{ Name i18n.Text }
	err = r.Scan(append([]any{&o.ID, &o.Version, &o.Live, &o.Target.Region, &o.Municipality, &o.Kind, &o.Name, &others, &o.RegisterNumber, &o.BusinessID,
		&o.ExternalIDs, &o.Email, &o.Phone, &o.Website, &o.Street, &o.PostalCode}, more...)...)
	o.Target.Municipality, o.Target.Organisation = o.Municipality, o.ID.String()
	for _, n := range others {
		o.OtherNames = append(o.OtherNames, n.Name)
	}
	o.names = namesOf(o.Body)
	return o, err
}

// load reads one organisation. Missing if there is none.
func (r Repository) load(ctx context.Context, id uuid.UUID) (row, error) {
	all, err := r.loadAll(ctx, []uuid.UUID{id})
	if err == nil && len(all) == 0 {
		err = errs.New(errs.Missing, "there is none with this id")
	}
	if err != nil {
		return row{}, err
	}
	return all[0], nil
}

// loadAll reads organisations, be they deleted.
func (r Repository) loadAll(ctx context.Context, ids []uuid.UUID) ([]row, error) {
	rows, err := r.Query(ctx, "select "+bodyColumns+" from organisations o where o.id = any($1) order by o.id", ids)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, func(c pgx.CollectableRow) (row, error) { return scanRow(c) })
	return all, store.Err(err)
}

// maxAlike bounds how many organisations are compared for each thing that two have in common.
const maxAlike = "30"

// Of those whose names have a key in common this many are compared, and of those that were written just now, which nobody has
// looked at yet.
const (
	maxNamed = "100"
	maxFresh = "300"
)

// candidates are the organisations that have something in common with one: a similar name near its home, an address, a number.
// near lists the municipalities around it; without a home everything is near. Each way is a look into an index. visible is a
// condition on the organisation o; fresh adds those that were written just now, and what is shown of each.
func (r Repository) candidates(ctx context.Context, o row, near []string, visible func(l *store.List) string, fresh bool) ([]row, error) {
	l := store.List{}
	l.Arg(o.ID)
	l.Arg(Keys(o.Body))
	l.Arg(near)
	for _, v := range []string{o.Email, domain(o.Email), o.Phone, o.Website, o.Street, o.PostalCode, o.RegisterNumber, o.BusinessID} {
		l.Arg(v)
	}
	keys := []string{}
	for _, e := range o.ExternalIDs {
		keys = append(keys, e.ID)
	}
	l.Arg(keys)
	l.Arg(fresh)
	seen := "true"
	if visible != nil {
		seen = visible(&l)
	}
	around := "(cardinality($3::text[]) = 0 or c.municipality = any($3) or c.municipality is null)"
	rows, err := r.Query(ctx, `
		select `+bodyColumns+`, case when $13 then `+shown("o")+` end from organisations o where o.id <> $1 and o.deleted_at is null and `+seen+` and o.id in (
			(select c.id from duplicate_looks k join organisations c on c.id = k.organisation_id where k.keys && $2::int[] and c.deleted_at is null and `+around+`
				order by (select count(*) from unnest(k.keys) x where x = any($2)) desc limit `+maxNamed+`)
			union all (select c.id from (select id, municipality from organisations n where $13 and updated_at > now() - interval '20 minutes' and deleted_at is null
				and not exists (select from duplicate_looks k where k.organisation_id = n.id and k.version = n.version) order by updated_at desc limit `+maxFresh+`) c where `+around+`)
			union all (select c.id from organisations c where c.deleted_at is null and lower(c.email) = lower($4) and $4 <> '' limit `+maxAlike+`)
			union all (select c.id from organisations c where c.deleted_at is null and split_part(lower(c.email), '@', 2) = $5 and $5 <> '' and `+around+` limit `+maxAlike+`)
			union all (select c.id from organisations c where c.deleted_at is null and c.phone = $6 and $6 <> '' limit `+maxAlike+`)
			union all (select c.id from organisations c where c.deleted_at is null and seutu_host(c.website) = seutu_host($7) and `+around+` limit `+maxAlike+`)
			union all (select c.id from organisations c where c.deleted_at is null and lower(c.address ->> 'street') = lower($8) and c.address ->> 'postalCode' = $9 and $8 <> '' limit `+maxAlike+`)
			union all (select c.id from organisations c where c.deleted_at is null and (c.register_number = $10 and $10 <> '' or c.business_id = $11 and $11 <> '' or c.register_number = any($12) or c.business_id = any($12)))
			union all (select e.organisation_id from organisation_external_ids e where e.external_id in ($10, $11) and e.external_id <> '')
			union all (select d.b from duplicate_pairs d where d.a = $1 and d.deleted_at is null)
			union all (select d.a from duplicate_pairs d where d.b = $1 and d.deleted_at is null)
		)`, l.Args...)
	if err != nil {
		return nil, err
	}
	out, err := pgx.CollectRows(rows, func(c pgx.CollectableRow) (o row, err error) {
		var j []byte
		o, err = scanRow(c, &j)
		o.JSON = j
		return o, err
	})
	return out, store.Err(err)
}

// found is a pair that a look found likely.
type found struct {
	A, B    uuid.UUID
	Score   float64
	Reasons []Reason
}

// lockLook lets one process look at a time; free is false while another one does.
func (r Repository) lockLook(ctx context.Context, tx *store.Tx) (free bool, err error) {
	err = tx.Conn().QueryRow(ctx, "select pg_try_advisory_xact_lock($1)", store.LockDuplicates).Scan(&free)
	return free, store.Err(err)
}

// changed are organisations that were written since they were looked at, the oldest first: of those that are gone, what was
// looked at, and what a look has paired that did not know yet.
func (r Repository) changed(ctx context.Context, limit int) ([]uuid.UUID, error) {
	return r.IDs(ctx, `select o.id from organisations o left join duplicate_looks k on k.organisation_id = o.id where k.version is distinct from o.version
		and (o.deleted_at is null or k.version is not null or o.id in (select unnest(array[a, b]) from duplicate_pairs where deleted_at is null)) order by o.updated_at, o.id limit $1`, limit)
}

// note keeps that organisations are being looked at, as they are, and by what they are found.
func (r Repository) note(ctx context.Context, tx *store.Tx, looked []row) error {
	b := &pgx.Batch{}
	for _, o := range looked {
		b.Queue(`insert into duplicate_looks (organisation_id, version, keys) values ($1, $2, $3) on conflict (organisation_id) do update set version = excluded.version, keys = excluded.keys`, o.ID, o.Version, Keys(o.Body))
	}
	return store.Err(tx.Conn().SendBatch(ctx, b).Close())
}

// keep writes what was found of the organisations that were looked at. What is open and was not found again ends, and so does
// every pair of one that is gone.
func (r Repository) keep(ctx context.Context, tx *store.Tx, looked []row, all []found) error {
	now, b := clock.Now(), &pgx.Batch{}
	var ids, gone, as, bs []uuid.UUID
	for _, o := range looked {
		if ids = append(ids, o.ID); !o.Live {
			gone = append(gone, o.ID)
		}
	}
	for _, f := range all {
		as, bs = append(as, f.A), append(bs, f.B)
		b.Queue(`insert into duplicate_pairs as p (id, version, created_at, updated_at, a, b, status, score, reasons) values ($1, 1, $2, $2, $3, $4, 'open', $5, $6)
			on conflict (a, b) where deleted_at is null do update set version = p.version + 1, updated_at = excluded.updated_at, score = excluded.score, reasons = excluded.reasons
			where p.status = 'open' and (p.score <> excluded.score or p.reasons <> excluded.reasons)`, store.NewID(), now, f.A, f.B, f.Score, f.Reasons)
	}
	b.Queue(`update duplicate_pairs p set version = version + 1, updated_at = $1, deleted_at = $1 where deleted_at is null and (a = any($2) or b = any($2))
		and (a = any($3) or b = any($3) or status = 'open' and not exists (select from unnest($4::uuid[], $5::uuid[]) f(a, b) where f.a = p.a and f.b = p.b))`, now, ids, gone, as, bs)
	return store.Err(tx.Conn().SendBatch(ctx, b).Close())
}

// stored are the pairs of an organisation that are kept, by the other one.
func (r Repository) stored(ctx context.Context, id uuid.UUID) (map[uuid.UUID]stored, error) {
	rows, err := r.Query(ctx, "select case when a = $1 then b else a end, id, status from duplicate_pairs where $1 in (a, b) and deleted_at is null", id) //nolint:rowserrcheck // ForEachRow tells
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]stored{}
	var other uuid.UUID
	var s stored
	_, err = pgx.ForEachRow(rows, []any{&other, &s.ID, &s.Status}, func() error { out[other] = s; return nil })
	return out, store.Err(err)
}

// stored is a pair that is kept.
type stored struct {
	ID     uuid.UUID `json:"id"`
	Status Status    `json:"status"`
}
