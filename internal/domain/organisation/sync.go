package organisation

import (
	"context"
	"errors"
	"hash/maphash"

	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
)

// Outcome tells what a sync did with a row.
type Outcome string

// The outcomes.
const (
	RowCreated   Outcome = "created"
	RowUpdated   Outcome = "updated"
	RowUnchanged Outcome = "unchanged"
	RowRepeated  Outcome = "repeated" // its key stood in the same file before
	RowRejected  Outcome = "rejected"
)

// SyncRow is one row of a sync: a change, and the key by which the caller knows the organisation.
type SyncRow struct {
	Key    *ExternalID
	Status *Status
	Change Change
	Faults errs.Faults // found when it was read
}

// SyncResult is what became of a row.
type SyncResult struct {
	Outcome Outcome
	ID      *uuid.UUID
	Differs bool // repeated, and not the same as the first
	Faults  errs.Faults
}

// Sync upserts organisations in bulk. One Sync goes through one file: it remembers the keys that it has seen.
type Sync struct {
	svc    *Service
	DryRun bool
	Atomic bool // nothing is written when a row is rejected
	seen   map[uint64]uint64
	seed   maphash.Seed
}

// NewSync starts a sync.
func (s *Service) NewSync() *Sync {
	return &Sync{svc: s, seen: map[uint64]uint64{}, seed: maphash.MakeSeed()}
}

// maxTries bounds how often a batch starts again because somebody else wrote one of its rows meanwhile.
const maxTries = 5

// Batch applies rows, a few thousand at a time, in one transaction. Syncs run one after the other; what others write
// meanwhile makes the batch start again. The actor needs organisation.sync where each row belongs.
func (y *Sync) Batch(ctx context.Context, rows []SyncRow) ([]SyncResult, error) {
	before := make(map[uint64]uint64, len(rows))
	for try := 1; ; try++ {
		var b batch
		err := y.svc.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			b = batch{Sync: y, rows: rows, results: make([]SyncResult, len(rows)), added: before}
			clear(before)
			return b.run(ctx, tx)
		})
		switch {
		case errors.Is(err, errNothing):
			err = nil
		case try < maxTries && (store.Violated(err) != "" || errs.Is(err, errs.Changed)):
			continue
		}
		if err == nil {
			for k, v := range before {
				y.seen[k] = v
			}
		}
		return b.results, err
	}
}

// errNothing ends a transaction that is not to write anything.
var errNothing = errors.New("nothing to write")

// batch is one try at a batch.
type batch struct {
	*Sync
	rows     []SyncRow
	results  []SyncResult
	added    map[uint64]uint64 // keys seen first in this batch
	fresh    []*Organisation   // by row: the row alone, for its identifiers
	index    index             // who has which identifier
	loaded   map[uuid.UUID]*Organisation
	claimed  map[uuid.UUID]bool // organisations that a row of this batch has met
	systems  map[string]bool    // by system: may the actor write its keys
	created  []*Organisation
	updated  []*Organisation
	was      []*Organisation
	rejected bool
}

// index finds organisations by what identifies them.
type index struct {
	external map[ExternalID]uuid.UUID
	register map[string]uuid.UUID
	business map[string]uuid.UUID
	named    map[nameKey][]uuid.UUID
}

type nameKey struct{ name, municipality string }

func (b *batch) run(ctx context.Context, tx *store.Tx) error {
	if err := b.svc.repo.lockSync(ctx, tx); err != nil {
		return err
	}
	b.claimed, b.systems = map[uuid.UUID]bool{}, map[string]bool{}
	b.readRows()
	if err := b.load(ctx); err != nil {
		return err
	}
	for i := range b.rows {
		if b.results[i].Outcome == "" {
			if err := b.apply(ctx, i); err != nil {
				return err
			}
		}
		b.rejected = b.rejected || b.results[i].Outcome == RowRejected
	}
	if b.DryRun {
		b.forgetCreated()
	}
	if b.DryRun || b.Atomic && b.rejected {
		return errNothing
	}
	if err := b.svc.repo.copyNew(ctx, tx, b.created); err != nil {
		return err
	}
	return b.svc.repo.copyChanged(ctx, tx, b.was, b.updated)
}

// forgetCreated takes the ids of rows that will not be there out of the results.
func (b *batch) forgetCreated() {
	for i, r := range b.results {
		if r.ID != nil && slices.ContainsFunc(b.created, func(o *Organisation) bool { return o.ID == *r.ID }) {
			b.results[i].ID = nil
		}
	}
}

func (b *batch) reject(i int, f errs.Faults) {
	b.results[i] = SyncResult{Outcome: RowRejected, Faults: f}
}

// readRows applies each row to nothing: that gives its identifiers, and what is wrong with it by itself. Then it sorts
// out the rows whose key stood before.
func (b *batch) readRows() {
	b.fresh = make([]*Organisation, len(b.rows))
	for i, r := range b.rows {
		if len(r.Faults) > 0 {
			b.reject(i, r.Faults)
			continue
		}
		o, f := &Organisation{Country: "FI"}, errs.Faults{}
		r.Change(o, &f)
		o.addKey(r.Key)
		if o.derive(); len(f) > 0 {
			b.reject(i, f)
			continue
		}
		if r.Key == nil && o.RegisterNumber == nil && o.BusinessID == nil && o.MatchName == "" {
			f.Add("", "no-key", "the row has no key, register number, business id or name")
			b.reject(i, f)
			continue
		}
		key, content := b.hash(o, r.Key), maphash.Comparable(b.seed, contentOf(o))
		first, ok := b.seen[key]
		if !ok {
			first, ok = b.added[key]
		}
		if ok {
			b.results[i] = SyncResult{Outcome: RowRepeated, Differs: first != content}
			continue
		}
		b.added[key], b.fresh[i] = content, o
	}
}

// hash is the row's key in few bytes: of a million rows the memory stays small.
func (b *batch) hash(o *Organisation, key *ExternalID) uint64 {
	var parts [3]string
	switch {
	case key != nil:
		parts = [3]string{"external", key.System, key.ID}
	case o.RegisterNumber != nil:
		parts = [3]string{"register", *o.RegisterNumber}
	case o.BusinessID != nil:
		parts = [3]string{"business", *o.BusinessID}
	default:
		parts = [3]string{"name", o.MatchName, value(o.Municipality)}
	}
	return maphash.Comparable(b.seed, parts)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// load finds the organisations that the rows may mean, and reads them.
func (b *batch) load(ctx context.Context) error {
	var keys identifiers
	for i, o := range b.fresh {
		if o == nil {
			continue
		}
		keys.add(o)
		if b.rows[i].Key == nil && o.RegisterNumber == nil && o.BusinessID == nil {
			keys.names = append(keys.names, o.MatchName)
		}
	}
	var err error
	if b.index, err = b.svc.repo.index(ctx, keys); err != nil {
		return err
	}
	wanted := map[uuid.UUID]bool{}
	for i, o := range b.fresh {
		if o != nil {
			for _, id := range b.match(i, o) {
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
	if o.BusinessID != nil {
		if id, ok := b.index.business[*o.BusinessID]; ok {
			return []uuid.UUID{id}
		}
	}
	if b.rows[i].Key == nil && o.RegisterNumber == nil && o.BusinessID == nil {
		return b.index.named[nameKey{o.MatchName, value(o.Municipality)}]
	}
	return nil
}

// apply decides one row.
func (b *batch) apply(ctx context.Context, i int) error {
	var f errs.Faults
	ids := b.match(i, b.fresh[i])
	if len(ids) > 1 {
		f.Add("/name", "ambiguous", "several organisations have this name here; give a key")
		b.reject(i, f)
		return nil
	}
	if len(ids) == 0 {
		return b.create(ctx, i)
	}
	was := b.loaded[ids[0]]
	if was == nil || b.claimed[was.ID] {
		b.results[i] = SyncResult{Outcome: RowRepeated, ID: &ids[0], Differs: true}
		return nil
	}
	if a := authz.From(ctx); !a.May(authz.SyncOrganisation, was.target()) {
		f.Add("", "out-of-scope", "it belongs to an organisation outside your area")
		b.reject(i, f)
		return nil
	}
	o := *was
	b.rows[i].Change(&o, &f)
	o.addKey(b.rows[i].Key)
	if ok, err := b.sound(ctx, i, was, &o, f); err != nil || !ok {
		return err
	}
	b.claimed[was.ID] = true
	b.results[i] = SyncResult{Outcome: RowUnchanged, ID: &was.ID}
	if len(store.ChangedMembers(was, &o)) > 0 {
		b.results[i].Outcome = RowUpdated
		b.was, b.updated = append(b.was, was), append(b.updated, &o)
		b.index.claim(&o)
	}
	return nil
}

func (b *batch) create(ctx context.Context, i int) error {
	o := b.fresh[i]
	o.ID, o.Version, o.CreatedAt = store.NewID(), 1, clock.Now()
	o.UpdatedAt, o.Status = o.CreatedAt, StatusDraft
	if ok, err := b.sound(ctx, i, nil, o, nil); err != nil || !ok {
		return err
	}
	if err := b.svc.begin(ctx, o, b.rows[i].Status); err != nil {
		var f errs.Faults
		f.Add("/municipality", "out-of-scope", "it lies outside your area")
		b.reject(i, f)
		return nil //nolint:nilerr // the row is refused, not the sync
	}
	b.results[i] = SyncResult{Outcome: RowCreated, ID: &o.ID}
	b.created = append(b.created, o)
	b.claimed[o.ID] = true
	b.index.claim(o)
	return nil
}

// sound holds the finished row against the rules; a row that breaks one is rejected with all its faults.
func (b *batch) sound(ctx context.Context, i int, was, o *Organisation, f errs.Faults) (bool, error) {
	b.svc.check(was, o, &f)
	if was == nil {
		was = &Organisation{}
	}
	if err := b.svc.checkReferences(ctx, was, o, &f); err != nil {
		return false, err
	}
	if !equal(was.Municipality, o.Municipality) && was.Municipality != nil && !authz.From(ctx).May(authz.SyncOrganisation, o.target()) {
		f.Add("/municipality", "out-of-scope", "it lies outside your area")
	}
	b.index.conflicts(o, &f)
	for _, e := range changedIDs(was.ExternalIDs, o.ExternalIDs) {
		may, known := b.systems[e.System]
		if !known {
			err := b.svc.mayWriteSystems(ctx, nil, []ExternalID{e})
			if err != nil && !errs.Is(err, errs.NotAllowed) {
				return false, err
			}
			may = err == nil
			b.systems[e.System] = may
		}
		if !may {
			f.Add("/externalIds", "out-of-scope", "the keys of system %s are written by that system only", e.System)
		}
	}
	if o.derive(); len(f) > 0 {
		b.reject(i, f)
		return false, nil
	}
	return true, nil
}

// conflicts finds identifiers of o that another organisation has, one of this batch included.
func (x index) conflicts(o *Organisation, f *errs.Faults) {
	const taken = "another organisation has it already"
	if o.RegisterNumber != nil {
		if id, ok := x.register[*o.RegisterNumber]; ok && id != o.ID {
			f.Add("/registerNumber", "duplicate", taken)
		}
	}
	if o.BusinessID != nil {
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

// claim notes the identifiers of a row of this batch.
func (x index) claim(o *Organisation) {
	if o.RegisterNumber != nil {
		x.register[*o.RegisterNumber] = o.ID
	}
	if o.BusinessID != nil {
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

// contentOf is all that a row says, as something that can be hashed.
func contentOf(o *Organisation) string {
	return store.Fingerprint(o)
}
