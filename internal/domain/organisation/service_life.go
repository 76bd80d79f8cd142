package organisation

import (
	"cmp"
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Delete leaves a tombstone, and no editors. For those who may approve, and for the user who submitted it until somebody has
// published it. InUse while memberships, seats, open nominations or posts name it.
func (s *Service) Delete(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	was, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	a := authz.From(ctx)
	if !was.unreviewed() || *was.SubmittedBy != a.ID {
		if err := a.Require(authz.ApproveOrganisation, was.target()); err != nil {
			return err
		}
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	o := *was
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.hold(ctx, tx, id); err != nil {
			return err
		}
		uses, err := s.repo.usedBy(ctx, id)
		if err != nil {
			return err
		}
		if len(uses) > 0 {
			e := errs.New(errs.InUse, "something else names the organisation; archive it instead")
			e.Members = map[string]any{"usedBy": uses}
			return e
		}
		if err := s.repo.Delete(ctx, tx, was, &o); err != nil {
			return err
		}
		if err := s.editors.End(ctx, id); err != nil {
			return err
		}
		return s.overtake(ctx, tx, &o)
	})
}

// Transition moves an organisation to another status. WrongTransition, with those that are allowed, if it cannot go there;
// Duplicate if another one has the register number or business id that it claimed until it is published.
func (s *Service) Transition(ctx context.Context, id uuid.UUID, ifMatch *string, to Status, note *string) error {
	was, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	for _, p := range life.Permissions(to) {
		if err := authz.From(ctx).Require(p, was.target()); err != nil {
			return err
		}
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	if _, err := life.Find(was.Status, to, note); err != nil {
		return err
	}
	o := *was
	if o.Status = to; to == StatusPublished && o.PublishedAt == nil {
		now := clock.Now()
		o.PublishedAt = &now
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.settle(ctx, tx, was, &o); err != nil {
			return err
		}
		if err := s.overtake(ctx, tx, &o); err != nil {
			return err
		}
		return tx.Step(ctx, o.Resource(), o.ID, store.Step{From: string(was.Status), To: string(to), Note: note})
	})
}

// settle writes o's new status. One that is published for the first time may have claimed what another one has.
func (s *Service) settle(ctx context.Context, tx *store.Tx, was, o *Organisation) error {
	if !was.unreviewed() || o.unreviewed() {
		return s.repo.Update(ctx, tx, was, o)
	}
	if err := s.refuseConflicts(ctx, o); err != nil {
		return err
	}
	err := tx.Attempt(ctx, func() (bool, error) { return true, s.repo.Update(ctx, tx, was, o) })
	if store.Violated(err) != "" { // somebody took it at this very moment: who can be told by now
		return cmp.Or(s.refuseConflicts(ctx, o), err)
	}
	return err
}
