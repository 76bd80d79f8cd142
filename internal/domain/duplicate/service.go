package duplicate

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Organisations is what has to be known of organisations.
type Organisations interface {
	// Visible is nil when the actor may see the organisation, else Missing, WasDeleted or WasMerged.
	Visible(ctx context.Context, id uuid.UUID) error
}

// Geography is what has to be known of the country.
type Geography interface {
	// Around lists a municipality and those around it.
	Around(municipality string) []string
}

// Service holds the rules of pairs: how they are found, who sees them, who decides.
type Service struct {
	repo          Repository
	geo           Geography
	organisations Organisations
}

// NewService makes the service.
func NewService(repo Repository, geo Geography, organisations Organisations) *Service {
	return &Service{repo, geo, organisations}
}

// Likeness is an organisation that may be the same as another.
type Likeness struct {
	Organisation json.RawMessage `json:"organisation"`
	Score        float64         `json:"score"`
	Reasons      []Reason        `json:"reasons"`
	Pair         *stored         `json:"pair"`

	id uuid.UUID
}

// maxLikely bounds how many are told of one organisation.
const maxLikely = 20

// Of looks for organisations that may be the same as one, among those that the actor may see: the likeliest first. For those
// who may write it. Missing, WasDeleted, WasMerged, NotAllowed.
func (s *Service) Of(ctx context.Context, id uuid.UUID) ([]Likeness, error) {
	if err := s.organisations.Visible(ctx, id); err != nil {
		return nil, err
	}
	o, err := s.repo.load(ctx, id)
	if err != nil {
		return nil, err
	}
	a := authz.From(ctx)
	if err := a.Require(authz.WriteOrganisation, o.Target); err != nil {
		return nil, err
	}
	all, err := s.look(ctx, o, func(l *store.List) string { return visible(a, l, "o") }, true)
	if err != nil {
		return nil, err
	}
	pairs, err := s.repo.stored(ctx, id)
	for i := range all {
		if p, ok := pairs[all[i].id]; ok {
			all[i].Pair = &p
		}
	}
	return all[:min(len(all), maxLikely)], err
}

// look finds what is likely the same as o, of what a condition lets through, the likeliest first. fresh counts in those that
// nobody has looked at yet.
func (s *Service) look(ctx context.Context, o row, visible func(*store.List) string, fresh bool) ([]Likeness, error) {
	near := []string{}
	if o.Municipality != "" {
		near = s.geo.Around(o.Municipality)
	}
	candidates, err := s.repo.candidates(ctx, o, near, visible, fresh)
	if err != nil {
		return nil, err
	}
	out := []Likeness{}
	for _, c := range candidates {
		score, reasons := Score(o.Body, c.Body, place(o.Municipality, c.Municipality, near))
		if score >= Likely {
			out = append(out, Likeness{Organisation: c.JSON, Score: score, Reasons: reasons, id: c.ID})
		}
	}
	slices.SortFunc(out, func(x, y Likeness) int {
		return cmp.Or(cmp.Compare(y.Score, x.Score), cmp.Compare(x.id.String(), y.id.String()))
	})
	return out, nil
}

// place tells how far two homes are from each other; near are those around the first.
func place(a, b string, near []string) Place {
	switch {
	case a == b:
		return Same
	case a == "" || b == "" || slices.Contains(near, b):
		return Near
	}
	return Elsewhere
}

// A look at everything goes in steps: so many organisations in one transaction, of a list of so many.
const (
	lookBatch = 50
	lookList  = 5000
	lookEvery = 10 * time.Minute
	lookRest  = 4 // times as long as a step takes
)

// Work looks now and then, until the context ends. While much was written it goes on, and rests after each step, so that
// requests have most of the time.
func (s *Service) Work(ctx context.Context) {
	for {
		err := s.lookAtAll(ctx, func(step time.Duration) { _ = clock.Sleep(ctx, lookRest*step) })
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "the look for duplicates failed", "error", store.Loggable(err))
		}
		if clock.Sleep(ctx, lookEvery) != nil {
			return
		}
	}
}

// Look looks at the organisations that were written since it looked last, and keeps the pairs that it finds. Several processes
// may call it, one looks.
func (s *Service) Look(ctx context.Context) error {
	return s.lookAtAll(ctx, func(time.Duration) {})
}

// lookAtAll looks at what is new, and tells after each step how long it took.
func (s *Service) lookAtAll(ctx context.Context, rest func(step time.Duration)) error {
	for ctx.Err() == nil {
		ids, err := s.repo.changed(ctx, lookList)
		if err != nil || len(ids) == 0 {
			return err
		}
		for some := range slices.Chunk(ids, lookBatch) {
			start := time.Now()
			free, err := s.lookAt(ctx, some)
			if err != nil || !free {
				return err
			}
			rest(time.Since(start))
		}
	}
	return ctx.Err()
}

// lookAt looks at some organisations; free is false when another process looks.
func (s *Service) lookAt(ctx context.Context, ids []uuid.UUID) (free bool, err error) {
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if free, err = s.repo.lockLook(ctx, tx); err != nil || !free {
			return err
		}
		looked, err := s.repo.loadAll(ctx, ids)
		if err != nil {
			return err
		}
		if err := s.repo.note(ctx, tx, looked); err != nil { // first: two of one batch find each other
			return err
		}
		var all []found
		seen := map[[2]uuid.UUID]bool{}
		for _, o := range looked {
			if !o.Live {
				continue
			}
			likely, err := s.look(ctx, o, nil, false)
			if err != nil {
				return err
			}
			for _, x := range likely {
				pair := ordered(o.ID, x.id)
				if !seen[pair] {
					seen[pair] = true
					all = append(all, found{pair[0], pair[1], x.Score, x.Reasons})
				}
			}
		}
		return s.repo.keep(ctx, tx, looked, all)
	})
	return free, err
}

// ordered is a pair with the smaller id first.
func ordered(a, b uuid.UUID) [2]uuid.UUID {
	if slices.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return [2]uuid.UUID{a, b}
}

// Get is one pair as JSON. For those who see both sides and approve one. Missing.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.one(ctx, id)
}

// List is a page of the pairs of which the actor sees both sides and approves one, the likeliest first.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	return s.repo.list(ctx, f, req)
}

// Transition dismisses a pair, or takes that back. For those who see both sides and approve one. Missing, NeedsIfMatch,
// Changed, WrongTransition.
func (s *Service) Transition(ctx context.Context, id uuid.UUID, ifMatch *string, to Status, note *string) error {
	was, err := s.repo.find(ctx, id)
	if err != nil {
		return err
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	if _, err := life.Find(was.Status, to, note); err != nil {
		return err
	}
	p := *was
	p.Status, p.Note, p.DecidedAt, p.DecidedBy = to, note, nil, nil
	if to == StatusDismissed {
		now := clock.Now()
		p.DecidedAt, p.DecidedBy = &now, store.OriginFrom(ctx).ActorID
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.Update(ctx, tx, was, &p); err != nil {
			return err
		}
		return tx.Step(ctx, p.Resource(), p.ID, store.Step{From: string(was.Status), To: string(to), Note: note})
	})
}
