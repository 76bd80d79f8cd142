package geography

import (
	"context"
	"encoding/json"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
)

// Copy brings the database's copy of the reference data in step with the program's: it is there for foreign keys and joins.
// Organisations are told their region and sub-region anew where the country was divided differently since.
func Copy(ctx context.Context, db *store.DB) error {
	today := On(clock.Today().Time())
	type row struct {
		Code      string  `json:"code"`
		Name      Names   `json:"name"`
		Region    string  `json:"region"`
		SubRegion *string `json:"sub_region"`
		Successor *string `json:"successor"`
	}
	var municipalities []row
	seen := map[string]bool{}
	for _, m := range AllMunicipalities() {
		if seen[m.Code] {
			continue // another period of the same municipality
		}
		seen[m.Code] = true
		if now, ok := today.Municipality(m.Code); ok {
			m = now
		}
		municipalities = append(municipalities, row{m.Code, m.Name, m.Region, m.SubRegion, m.Successor})
	}
	ms, err := json.Marshal(municipalities)
	if err != nil {
		return err
	}
	fs, err := json.Marshal(Fields())
	if err != nil {
		return err
	}
	var news bool // it is rare, and to write what stands there would cost a commit at every start
	if err := db.QueryRow(ctx, `select exists (
			select code, name, region, sub_region, successor from jsonb_to_recordset($1) x(code text, name jsonb, region text, sub_region text, successor text)
			except select code, name, region, sub_region, successor from municipalities)
		or exists (select "Code", "Name" from jsonb_to_recordset($2) x("Code" text, "Name" jsonb) except select code, name from fields)`, ms, fs).Scan(&news); err != nil || !news {
		return store.Err(err)
	}
	return db.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		tag, err := tx.Conn().Exec(ctx, `insert into municipalities (code, name, region, sub_region, successor)
			select code, name, region, sub_region, successor from jsonb_to_recordset($1) x(code text, name jsonb, region text, sub_region text, successor text)
			on conflict (code) do update set name = excluded.name, region = excluded.region, sub_region = excluded.sub_region, successor = excluded.successor
			where municipalities is distinct from excluded`, ms)
		if err != nil {
			return store.Err(err)
		}
		if _, err := tx.Conn().Exec(ctx, `insert into fields (code, name) select "Code", "Name" from jsonb_to_recordset($1) x("Code" text, "Name" jsonb)
			on conflict (code) do update set name = excluded.name where fields.name is distinct from excluded.name`, fs); err != nil {
			return store.Err(err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
		return place(ctx, tx)
	})
}

// placed are the tables of what stands in a municipality, with what makes their rows public.
var placed = []struct{ table, resource, public string }{
	{"organisations", "organisation", "x.status = 'published' and x.deleted_at is null"}, {"networks", "network", "x.deleted_at is null"},
	{"councils", "council", "x.deleted_at is null"}, {"posts", "post", "x.deleted_at is null"},
}

// place tells what stands in a municipality its region and sub-region anew: a change like any other. Grants in a municipality
// go to those who manage its new region.
func place(ctx context.Context, tx *store.Tx) error {
	if _, err := tx.Conn().Exec(ctx, `update grants g set region = m.region from municipalities m
		where g.scope_type = 'municipality' and g.scope = m.code and g.region is distinct from m.region`); err != nil {
		return store.Err(err)
	}
	for _, p := range placed {
		rows, err := tx.Conn().Query(ctx, `update `+p.table+` x set region = m.region, sub_region = m.sub_region, version = x.version + 1, updated_at = now() from municipalities m
			where x.municipality = m.code and (x.region, x.sub_region) is distinct from (m.region, m.sub_region)
			returning x.id, x.version, x.region, x.municipality, `+p.public)
		if err != nil {
			return store.Err(err)
		}
		for rows.Next() {
			c := store.Change{Type: p.resource, Op: store.Updated, Changed: []string{"region", "subRegion"}}
			if err := rows.Scan(&c.ID, &c.Version, &c.Scope.Region, &c.Scope.Municipality, &c.Scope.Public); err != nil {
				rows.Close()
				return store.Err(err)
			}
			if c.Scope.WasPublic = c.Scope.Public; p.resource == "organisation" {
				c.Scope.Organisation = &c.ID
			}
			tx.Note(c)
		}
		if err := rows.Err(); err != nil {
			return store.Err(err)
		}
	}
	return nil
}
