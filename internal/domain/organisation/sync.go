package organisation

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"maps"
	"runtime"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
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
	Differs bool        // repeated, and not the same as the first
	Similar []uuid.UUID // created: what has the same name and home municipality, of what the actor may see
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

// A batch starts again when somebody else wrote one of its rows meanwhile, at most maxTries times: each time it finds the
// other's row there. It asks every busyWait whether another process's sync is done. While it waits it holds no connection.
const (
	maxTries = 20
	busyWait = 250 * time.Millisecond
)

// errNothing ends a transaction that is not to write anything, errBusy one that another process's sync has to precede.
var (
	errNothing = errors.New("nothing to write")
	errBusy    = errors.New("another sync is running")
)

// Batch applies rows, a few thousand at a time, in one transaction. Syncs run one after the other; what others write
// meanwhile makes the batch start again. The actor needs organisation.sync where each row belongs. Overloaded when its
// turn does not come in time.
func (y *Sync) Batch(ctx context.Context, rows []SyncRow) ([]SyncResult, error) {
	read := y.read(rows)
	select {
	case y.svc.syncing <- struct{}{}:
		defer func() { <-y.svc.syncing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for try := 1; ; {
		b := batch{Sync: y, rows: rows, read: read, results: make([]SyncResult, len(rows)), added: map[uint64]uint64{}}
		err := y.svc.repo.Write(ctx, b.run)
		switch {
		case errors.Is(err, errBusy):
			if err := clock.Sleep(ctx, busyWait); err != nil {
				return nil, err
			}
			continue
		case errors.Is(err, errNothing):
			err = nil
		case store.Violated(err) != "" || errs.Is(err, errs.Changed):
			if try++; try <= maxTries {
				continue
			}
			err = &errs.Error{Type: errs.Overloaded, Detail: errs.Msg("others write the same rows all the time; repeat it"), Cause: err, RetryAfter: time.Second}
		}
		if err == nil {
			maps.Copy(y.seen, b.added)
		}
		return b.results, err
	}
}

// readRow is a row by itself: applied to nothing, which gives its identifiers and what is wrong with it.
type readRow struct {
	alone        *Organisation
	key, content uint64 // hashes: of a million rows the memory stays small
	faults       errs.Faults
}

func (y *Sync) read(rows []SyncRow) []readRow {
	out := make([]readRow, len(rows))
	onAllCores(len(rows), func(i int) {
		r := rows[i]
		o, f := &Organisation{Country: "FI"}, r.Faults
		if len(f) == 0 {
			r.Change(o, &f)
			o.addKey(r.Key)
			o.derive()
		}
		if len(f) == 0 && r.Key == nil && o.RegisterNumber == nil && o.BusinessID == nil && o.MatchName == "" {
			f.Add("", "no-key", "the row has no key, register number, business id or name")
		}
		if len(f) > 0 {
			out[i].faults = f
			return
		}
		out[i] = readRow{alone: o, key: y.keyOf(o, r.Key), content: maphash.String(y.seed, store.Fingerprint(o))}
	})
	return out
}

// onAllCores calls fn for each of n rows, some at the same time: reading rows costs more than writing them.
func onAllCores(n int, fn func(i int)) {
	var wg sync.WaitGroup
	workers := min(runtime.NumCPU(), n)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				fn(i)
			}
		})
	}
	wg.Wait()
}

func (y *Sync) keyOf(o *Organisation, key *ExternalID) uint64 {
	var parts [3]string
	switch {
	case key != nil:
		parts = [3]string{"external", key.System, key.ID}
	case o.RegisterNumber != nil:
		parts = [3]string{"register", *o.RegisterNumber}
	case o.BusinessID != nil:
		parts = [3]string{"business", *o.BusinessID}
	default:
		parts = [3]string{"name", o.MatchName, opt.Value(o.Municipality)}
	}
	return maphash.Comparable(y.seed, parts)
}

// batch is one try at a batch.
type batch struct {
	*Sync
	rows     []SyncRow
	read     []readRow
	results  []SyncResult
	added    map[uint64]uint64 // keys seen first in this batch, and what their rows say
	index    index             // who has which identifier
	loaded   map[uuid.UUID]*Organisation
	claimed  map[uuid.UUID]bool // organisations that a row of this batch has met
	known    map[uuid.UUID]bool // organisations that affiliations name
	systems  map[string]bool    // by system: may the actor write its keys
	created  []*Organisation
	updated  []*Organisation
	was      []*Organisation
	rejected bool
}

func (b *batch) run(ctx context.Context, tx *store.Tx) error {
	if free, err := b.svc.repo.lockSync(ctx, tx); err != nil || !free {
		return cmp.Or(err, errBusy)
	}
	b.claimed, b.systems = map[uuid.UUID]bool{}, map[string]bool{}
	if err := b.load(ctx); err != nil {
		return err
	}
	for i := range b.rows {
		if err := b.decide(ctx, i); err != nil {
			return err
		}
	}
	if err := b.hint(ctx); err != nil {
		return err
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
	if err := b.svc.repo.copyChanged(ctx, tx, b.was, b.updated); err != nil {
		return err
	}
	var renamed []*Organisation
	for i, o := range b.updated {
		if before, after := b.was[i].identity(), o.identity(); len(store.ChangedMembers(&before, &after)) > 0 {
			renamed = append(renamed, o)
		}
	}
	if len(renamed) == 0 {
		return nil
	}
	return b.svc.overtake(ctx, tx, renamed...)
}

// decide takes one row: rejected, repeated, or applied. The key of a rejected row is free for a better one.
func (b *batch) decide(ctx context.Context, i int) error {
	r := b.read[i]
	if r.alone == nil {
		b.reject(i, r.faults)
		return nil
	}
	first, ok := b.seen[r.key]
	if !ok {
		first, ok = b.added[r.key]
	}
	if ok {
		b.results[i] = SyncResult{Outcome: RowRepeated, Differs: first != r.content}
		return nil
	}
	if err := b.apply(ctx, i); err != nil {
		return err
	}
	if b.results[i].Outcome != RowRejected {
		b.added[r.key] = r.content
	}
	return nil
}

// hint tells of the rows that are created what they may be the same as.
func (b *batch) hint(ctx context.Context) error {
	keys, byID := map[nameKey]bool{}, map[uuid.UUID]nameKey{}
	for _, o := range b.created {
		byID[o.ID] = nameKey{o.MatchName, opt.Value(o.Municipality)}
		keys[byID[o.ID]] = true
	}
	if len(keys) == 0 {
		return nil
	}
	similar, err := b.svc.repo.similar(ctx, keys)
	for i, r := range b.results {
		if r.ID != nil {
			b.results[i].Similar = similar[byID[*r.ID]]
		}
	}
	return err
}

// forgetCreated takes the ids of rows that will not be there out of the results.
func (b *batch) forgetCreated() {
	for i, r := range b.results {
		if r.ID != nil && b.loaded[*r.ID] == nil {
			b.results[i].ID = nil
		}
	}
}

func (b *batch) reject(i int, f errs.Faults) {
	b.rejected = true
	b.results[i] = SyncResult{Outcome: RowRejected, Faults: f}
}

// apply decides one row.
func (b *batch) apply(ctx context.Context, i int) error {
	var f errs.Faults
	ids := b.match(i, b.read[i].alone)
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
	fresh := *b.read[i].alone // a try that fails leaves it as it was
	o := &fresh
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
	checkReferences(was, o, b.known, &f)
	if !opt.Equal(was.Municipality, o.Municipality) && was.Municipality != nil && !authz.From(ctx).May(authz.SyncOrganisation, o.target()) {
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
