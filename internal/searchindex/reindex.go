package searchindex

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
)

const (
	// batch is how many rows are made anew in one transaction. Their writers wait meanwhile.
	batch = 200
	// maxPasses bounds how often is looked again for rows that somebody was just writing.
	maxPasses = 5
	pause     = time.Second
)

// State is how search reads words, and how much of it is still to be read anew.
type State struct {
	Dictionary bool
	Analyser   string
	Pending    int64
}

// State is known without asking the database.
func (x *Index) State() State {
	return State{x.dictionary, x.version(), x.pending.Load()}
}

// Work makes documents anew that are missing or of another analyser, until there are none or the context ends.
func (x *Index) Work(ctx context.Context) {
	for {
		n, err := x.Reindex(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			if n > 0 {
				slog.InfoContext(ctx, "search index is up to date", "rows", n)
			}
			return
		}
		slog.ErrorContext(ctx, "search index is not up to date", "error", store.Loggable(err))
		if clock.Sleep(ctx, time.Minute) != nil {
			return
		}
	}
}

// Reindex makes the documents anew of rows that have none, or one of another analyser, or one that stands elsewhere than
// its row. It tells how many; what was done stays done when it is broken off. Several processes may do it at once: one
// does, the others wait.
func (x *Index) Reindex(ctx context.Context) (done int64, err error) {
	for pass := range maxPasses {
		n, err := x.repo.stale(ctx, x.sources, x.version())
		if x.pending.Store(n); err != nil || n == 0 {
			return done, err
		}
		if pass == 0 {
			slog.InfoContext(ctx, "search reads rows anew", "rows", n, "analyser", x.version())
		} else if err := clock.Sleep(ctx, pause); err != nil {
			return done, err
		}
		for _, s := range x.sources {
			n, err := x.pass(ctx, s, false, nil)
			if done += n; err != nil {
				return done, err
			}
		}
	}
	n, err := x.repo.stale(ctx, x.sources, x.version())
	if x.pending.Store(n); err == nil && n > 0 {
		err = fmt.Errorf("%d rows were being written, or another process has another analyser", n)
	}
	return done, err
}

// Rebuild makes all documents and terms anew.
func (x *Index) Rebuild(ctx context.Context) (done int64, err error) {
	before, err := x.repo.terms(ctx)
	if err != nil {
		return 0, err
	}
	seen := map[string]bool{}
	for _, s := range x.sources {
		n, err := x.pass(ctx, s, true, seen)
		if done += n; err != nil {
			return done, err
		}
	}
	// What was added meanwhile stays. A name that was written meanwhile of words that nobody else has lacks its terms until
	// it is written again: slips in them are not corrected.
	var gone []string
	for _, t := range before {
		if !seen[t] {
			gone = append(gone, t)
		}
	}
	if err := x.repo.forget(ctx, gone); err != nil {
		return done, err
	}
	n, err := x.Reindex(ctx) // those that somebody was just writing
	return done + n, err
}

// pass goes once through the rows of a source, by id: all of them, or those that need it. It adds their terms to seen.
func (x *Index) pass(ctx context.Context, s Source, all bool, seen map[string]bool) (done int64, err error) {
	var after uuid.UUID
	for {
		var ids []uuid.UUID
		free := false
		err := x.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			if free, err = x.repo.lockPass(ctx); err != nil || !free {
				return err
			}
			// first the locks, then the reading: what is read is then what the last writer wrote
			if ids, err = x.repo.lockStale(ctx, s, x.version(), after, all); err != nil || len(ids) == 0 {
				return err
			}
			return x.index(ctx, tx, s, ids, seen)
		})
		switch {
		case err != nil:
			return done, err
		case !free:
			if err := clock.Sleep(ctx, pause); err != nil {
				return done, err
			}
			continue
		case len(ids) == 0:
			return done, nil
		}
		after = ids[len(ids)-1]
		done += int64(len(ids))
		x.pending.Add(-min(x.pending.Load(), int64(len(ids))))
		x.repo.Changed([]string{s.Type})
	}
}
