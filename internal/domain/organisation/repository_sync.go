package organisation

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
)

// identifiers is what the rows of a batch are found by.
type identifiers struct {
	systems, externalIDs, registers, businesses, names []string
}

func (k *identifiers) add(o *Organisation) {
	for _, e := range o.ExternalIDs {
		k.systems, k.externalIDs = append(k.systems, e.System), append(k.externalIDs, e.ID)
	}
	if o.RegisterNumber != nil {
		k.registers = append(k.registers, *o.RegisterNumber)
	}
	if o.BusinessID != nil {
		k.businesses = append(k.businesses, *o.BusinessID)
	}
}

// lockSync lets one sync write at a time, in all processes; free is false while another one does.
func (r Repository) lockSync(ctx context.Context, tx *store.Tx) (free bool, err error) {
	err = tx.Conn().QueryRow(ctx, "select pg_try_advisory_xact_lock($1)", store.LockSync).Scan(&free)
	return free, store.Err(err)
}

// index finds who has the identifiers, in one round trip.
func (r Repository) index(ctx context.Context, k identifiers) (x index, err error) {
	x = index{map[ExternalID]uuid.UUID{}, map[string]uuid.UUID{}, map[string]uuid.UUID{}, map[nameKey][]uuid.UUID{}}
	rows, err := r.Query(ctx, `
		select 'external', e.system, e.external_id, e.organisation_id from organisation_external_ids e
			join unnest($1::text[], $2::text[]) k(system, id) on e.system = k.system and e.external_id = k.id
		union all select 'register', register_number, '', id from organisations where register_number = any($3) and deleted_at is null and `+settled+`
		union all select 'business', business_id, '', id from organisations where business_id = any($4) and deleted_at is null and `+settled+`
		union all select 'name', match_name, coalesce(municipality, ''), id from organisations where match_name = any($5) and deleted_at is null and `+settled,
		k.systems, k.externalIDs, k.registers, k.businesses, k.names)
	if err != nil {
		return x, err
	}
	defer rows.Close()
	for rows.Next() {
		var kind, a, b string
		var id uuid.UUID
		if err := rows.Scan(&kind, &a, &b, &id); err != nil {
			return x, store.Err(err)
		}
		switch kind {
		case "external":
			x.external[ExternalID{a, b}] = id
		case "register":
			x.register[a] = id
		case "business":
			x.business[a] = id
		case "name":
			x.named[nameKey{a, b}] = append(x.named[nameKey{a, b}], id)
		}
	}
	return x, store.Err(rows.Err())
}

// maxSimilar is how many organisations are told of each new one.
const maxSimilar = 5

// similar finds those that have the names and home municipalities of new organisations, some of each, of those that the actor
// may see.
func (r Repository) similar(ctx context.Context, fresh map[nameKey]bool) (map[nameKey][]uuid.UUID, error) {
	var names, homes []string
	for k := range fresh {
		names, homes = append(names, k.name), append(homes, k.municipality)
	}
	l := store.List{Args: []any{names, homes}}
	seen := visible(authz.From(ctx), &l)
	//nolint:rowserrcheck // ForEachRow tells
	rows, err := r.Query(ctx, fmt.Sprintf(`select k.name, k.home, o.id from unnest($1::text[], $2::text[]) k(name, home)
		cross join lateral (select o.id from organisations o where o.match_name = k.name and coalesce(o.municipality, '') = k.home and %s order by o.id limit %d) o
		where k.name <> ''`, seen, maxSimilar), l.Args...)
	if err != nil {
		return nil, err
	}
	out := map[nameKey][]uuid.UUID{}
	var k nameKey
	var id uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&k.name, &k.municipality, &id}, func() error {
		out[k] = append(out[k], id)
		return nil
	})
	return out, store.Err(err)
}

// load reads organisations by their ids.
func (r Repository) load(ctx context.Context, ids map[uuid.UUID]bool) (map[uuid.UUID]*Organisation, error) {
	out := make(map[uuid.UUID]*Organisation, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []Organisation
	err := r.Gorm(ctx).Where("id = any(?) and deleted_at is null", uuidArray(slices.Collect(maps.Keys(ids)))).Find(&rows).Error
	for i := range rows {
		out[rows[i].ID] = &rows[i]
	}
	return out, store.Err(err)
}

// uuidArray is a list as one parameter: GORM would spell it out.
func uuidArray(ids []uuid.UUID) string {
	s := make([]string, len(ids))
	for i, id := range ids {
		s[i] = id.String()
	}
	return "{" + strings.Join(s, ",") + "}"
}

// copied are the columns that COPY writes, and where each stands in the struct.
var copied = []struct{ column, field string }{
	{"id", "ID"}, {"version", "Version"}, {"created_at", "CreatedAt"}, {"updated_at", "UpdatedAt"}, {"published_at", "PublishedAt"}, {"status", "Status"}, {"kind", "Kind"},
	{"name", "Name"}, {"other_names", "OtherNames"}, {"description", "Description"}, {"field", "Field"}, {"register_number", "RegisterNumber"}, {"business_id", "BusinessID"},
	{"country", "Country"}, {"municipality", "Municipality"}, {"municipalities", "Municipalities"}, {"region", "Region"}, {"sub_region", "SubRegion"}, {"address", "Address"},
	{"postal_address", "PostalAddress"}, {"location", "Location"}, {"logo", "Logo"}, {"website", "Website"}, {"email", "Email"}, {"phone", "Phone"}, {"social_links", "SocialLinks"},
	{"languages", "Languages"}, {"member_count", "MemberCount"}, {"founded", "Founded"}, {"dissolved", "Dissolved"}, {"registered_on", "RegisteredOn"},
	{"funding_sources", "FundingSources"}, {"affiliations", "Affiliations"}, {"external_ids", "ExternalIDs"}, {"last_verified_at", "LastVerifiedAt"},
	{"sort_name", "SortName"}, {"match_name", "MatchName"},
}

// copyRows streams organisations into a table.
func copyRows(ctx context.Context, tx *store.Tx, table string, os []*Organisation) error {
	columns, fields := make([]string, len(copied)), make([][]int, len(copied))
	for i, c := range copied {
		f, _ := reflect.TypeFor[Organisation]().FieldByName(c.field)
		columns[i], fields[i] = c.column, f.Index
	}
	values := make([]any, len(copied))
	_, err := tx.Conn().CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(len(os), func(i int) ([]any, error) {
		row := reflect.ValueOf(os[i]).Elem()
		for c, index := range fields {
			v := row.FieldByIndex(index)
			values[c] = nil
			if k := v.Kind(); (k != reflect.Pointer && k != reflect.Map) || !v.IsNil() {
				values[c] = v.Interface()
			}
		}
		return values, nil
	}))
	return store.Err(err)
}

// copyNew inserts organisations and notes each.
func (r Repository) copyNew(ctx context.Context, tx *store.Tx, os []*Organisation) error {
	if len(os) == 0 {
		return nil
	}
	if err := copyRows(ctx, tx, "organisations", os); err != nil {
		return err
	}
	for _, o := range os {
		tx.Note(store.Change{Type: o.Resource(), ID: o.ID, Op: store.Created, Version: 1, Changed: store.ChangedMembers(&Organisation{}, o), Scope: o.Scope()})
	}
	return nil
}

// copyChanged updates organisations over the versions that were read, all at once; Changed if one was faster.
func (r Repository) copyChanged(ctx context.Context, tx *store.Tx, was, os []*Organisation) error {
	if len(os) == 0 {
		return nil
	}
	now := clock.Now()
	for i, o := range os {
		o.Version, o.UpdatedAt = was[i].Version+1, now
	}
	if _, err := tx.Conn().Exec(ctx, "create temp table organisations_changed (like organisations) on commit drop"); err != nil {
		return store.Err(err)
	}
	if err := copyRows(ctx, tx, "organisations_changed", os); err != nil {
		return err
	}
	var sets []string
	for _, c := range copied[1:] {
		sets = append(sets, c.column+" = c."+c.column)
	}
	tag, err := tx.Conn().Exec(ctx, "update organisations o set "+strings.Join(sets, ", ")+" from organisations_changed c where o.id = c.id and o.version = c.version - 1 and o.deleted_at is null")
	if err != nil {
		return store.Err(err)
	}
	if int(tag.RowsAffected()) != len(os) {
		return errs.New(errs.Changed, "it was changed meanwhile: read it again, then repeat")
	}
	for i, o := range os {
		scope := o.Scope()
		scope.WasPublic = was[i].Public()
		tx.Note(store.Change{Type: o.Resource(), ID: o.ID, Op: store.Updated, Version: o.Version, Changed: store.ChangedMembers(was[i], o), Scope: scope})
	}
	return nil
}
