package organisation

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
)

// index finds organisations by what identifies them.
type index struct {
	external map[ExternalID]uuid.UUID
	register map[string]uuid.UUID
	business map[string]uuid.UUID
	named    map[nameKey][]uuid.UUID
}

type nameKey struct{ name, municipality string }

// load finds the organisations that the rows may mean, and reads them.
func (b *batch) load(ctx context.Context) error {
	var keys identifiers
	var named []uuid.UUID
	for i, r := range b.read {
		o := r.alone
		if o == nil {
			continue
		}
		keys.add(o)
		named = append(named, references(&Organisation{}, o)...)
		if b.rows[i].Key == nil && o.RegisterNumber == nil && o.BusinessID == nil {
			keys.names = append(keys.names, o.MatchName)
		}
	}
	var err error
	if b.index, err = b.svc.repo.index(ctx, keys); err != nil {
		return err
	}
	if b.known, err = b.svc.known(ctx, named); err != nil {
		return err
	}
	wanted := map[uuid.UUID]bool{}
	for i, r := range b.read {
		if r.alone != nil {
			for _, id := range b.match(i, r.alone) {
				wanted[id] = true
			}
		}
	}
	b.loaded, err = b.svc.repo.load(ctx, wanted)
	return err
}

// match finds the organisations that a row means: by its key, else its register number, else its business id; a row that
// has none of these by name and home municipality. More than one only by name.
func (b *batch) match(i int, o *Organisation) []uuid.UUID {
	if k := b.rows[i].Key; k != nil {
		if id, ok := b.index.external[*k]; ok {
			return []uuid.UUID{id}
		}
	}
	if o.RegisterNumber != nil {
		if id, ok := b.index.register[*o.RegisterNumber]; ok {
			return []uuid.UUID{id}
		}
	}
	if o.BusinessID != nil && !o.unreviewed() {
		if id, ok := b.index.business[*o.BusinessID]; ok {
			return []uuid.UUID{id}
		}
	}
	if b.rows[i].Key == nil && o.RegisterNumber == nil && o.BusinessID == nil {
		return b.index.named[nameKey{o.MatchName, opt.Value(o.Municipality)}]
	}
	return nil
}

// conflicts finds identifiers of o that another organisation has, one of this batch included.
func (x index) conflicts(o *Organisation, f *errs.Faults) {
	const taken = "another organisation has it already"
	if o.RegisterNumber != nil && !o.unreviewed() {
		if id, ok := x.register[*o.RegisterNumber]; ok && id != o.ID {
			f.Add("/registerNumber", "duplicate", taken)
		}
	}
	if o.BusinessID != nil && !o.unreviewed() {
		if id, ok := x.business[*o.BusinessID]; ok && id != o.ID {
			f.Add("/businessId", "duplicate", taken)
		}
	}
	for _, e := range o.ExternalIDs {
		if id, ok := x.external[e]; ok && id != o.ID {
			f.Add("/externalIds", "duplicate", taken)
		}
	}
}

// claim notes the identifiers of a row of this batch, but what a submission claims, which keeps nobody from it.
func (x index) claim(o *Organisation) {
	if o.RegisterNumber != nil && !o.unreviewed() {
		x.register[*o.RegisterNumber] = o.ID
	}
	if o.BusinessID != nil && !o.unreviewed() {
		x.business[*o.BusinessID] = o.ID
	}
	for _, e := range o.ExternalIDs {
		x.external[e] = o.ID
	}
}

// addKey puts the caller's key among the external ids.
func (o *Organisation) addKey(k *ExternalID) {
	if k != nil && !slices.Contains(o.ExternalIDs, *k) {
		o.ExternalIDs = append(slices.Clip(o.ExternalIDs), *k)
	}
}
