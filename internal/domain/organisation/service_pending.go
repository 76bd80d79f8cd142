package organisation

import (
	"context"
	"reflect"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/redact"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// waiting lists the members that turn was into o and that somebody else has to approve.
func waiting(ctx context.Context, was, o *Organisation) []string {
	a := authz.From(ctx)
	if was.Status != StatusPublished || a.May(authz.ApproveOrganisation, was.target()) || a.May(authz.SyncOrganisation, was.target()) {
		return nil
	}
	before, after := was.identity(), o.identity()
	members := store.ChangedMembers(&before, &after)
	slices.Sort(members)
	return members
}

// propose lets the members of after wait for approval. What an elder change that still waits asks beside them is carried
// over, and that one is superseded. The transaction holds o.
func (s *Service) propose(ctx context.Context, tx *store.Tx, o *Organisation, members []string, after Identity) error {
	by := authz.From(ctx).ID
	c := &PendingChange{
		OrganisationID: o.ID, Status: ChangePending, Members: members, Before: o.identity(), After: after, ProposedBy: &by, Region: o.Region, Municipality: o.Municipality,
	}
	open, err := s.repo.openChanges(ctx, o.ID)
	if err != nil {
		return err
	}
	for _, older := range open {
		if c.carry(older); reflect.DeepEqual(c.Members, older.Members) && reflect.DeepEqual(c.After, older.After) {
			return nil // asked for already
		}
		if err := s.endChange(ctx, tx, older, o, ChangeSuperseded, nil); err != nil {
			return err
		}
	}
	return s.repo.changes.Insert(ctx, tx, c)
}

// overtake ends the pending changes of organisations that were written otherwise: of those that are no longer published, and
// where the change's own members were written. The transaction holds the organisations.
func (s *Service) overtake(ctx context.Context, tx *store.Tx, written ...*Organisation) error {
	byID, ids := map[uuid.UUID]*Organisation{}, make([]uuid.UUID, len(written))
	for i, o := range written {
		byID[o.ID], ids[i] = o, o.ID
	}
	open, err := s.repo.openChanges(ctx, ids...)
	if err != nil {
		return err
	}
	for _, c := range open {
		o := byID[c.OrganisationID]
		if o.Public() && len(c.overtaken(o)) == 0 {
			continue
		}
		if err := s.endChange(ctx, tx, c, o, ChangeSuperseded, nil); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) endChange(ctx context.Context, tx *store.Tx, was *PendingChange, o *Organisation, to ChangeStatus, reason *string) error {
	was.Region, was.Municipality = o.Region, o.Municipality
	c, now := *was, clock.Now()
	c.Status, c.DecidedAt, c.Reason = to, &now, reason
	if a := authz.From(ctx); a.Known() {
		c.DecidedBy = &a.ID
	}
	return s.repo.changes.Update(ctx, tx, was, &c)
}

// PendingChanges is a page of an organisation's pending changes, newest first; for those who may write it. Missing, WasDeleted, NotAllowed.
func (s *Service) PendingChanges(ctx context.Context, organisation uuid.UUID, status []string, count bool, req page.Request) (render.Page, error) {
	o, err := s.find(ctx, organisation)
	if err != nil {
		return render.Page{}, err
	}
	if err := authz.From(ctx).Require(authz.WriteOrganisation, o.target()); err != nil {
		return render.Page{}, err
	}
	return s.repo.listChanges(ctx, organisation, status, count, req)
}

// PendingChange is one pending change as JSON, for those who may write its organisation. Missing to all others.
func (s *Service) PendingChange(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.readChange(ctx, id)
}

// DecideChange approves or rejects a pending change, for those who may approve its organisation, or withdraws it, for those who
// may write that. To approve it applies it by the rules of every change: InvalidData, Duplicate, and NotAllowed where it would
// go into an area that is not the actor's. Missing, Changed, WrongTransition.
func (s *Service) DecideChange(ctx context.Context, id uuid.UUID, ifMatch *string, to ChangeStatus, note *string) error {
	was, o, err := s.change(ctx, id)
	if err != nil {
		return err
	}
	if err := mayDecide(ctx, o, to); err != nil {
		return err
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	if _, err := changeLife.Find(was.Status, to, note); err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.hold(ctx, tx, o.ID); err != nil {
			return err
		}
		o, err := s.repo.GetAny(ctx, o.ID)
		if err != nil {
			return err
		}
		if err := mayDecide(ctx, o, to); err != nil { // it may stand elsewhere by now
			return err
		}
		if err := s.endChange(ctx, tx, was, o, to, note); err != nil || to != ChangeApproved {
			return err
		}
		return s.apply(ctx, tx, was, o)
	})
}

// mayDecide is nil when the actor may take a change of o to a status.
func mayDecide(ctx context.Context, o *Organisation, to ChangeStatus) error {
	for _, p := range changeLife.Permissions(to) {
		if err := authz.From(ctx).Require(p, o.target()); err != nil {
			return err
		}
	}
	return nil
}

// change loads a pending change with its organisation. Missing unless the actor may write that.
func (s *Service) change(ctx context.Context, id uuid.UUID) (*PendingChange, *Organisation, error) {
	c, err := s.repo.changes.Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	o, err := s.repo.GetAny(ctx, c.OrganisationID)
	if err == nil && !authz.From(ctx).May(authz.WriteOrganisation, o.target()) {
		err = errs.New(errs.Missing, "there is none with this id")
	}
	return c, o, err
}

// apply changes an organisation, which the transaction holds, as a pending change asks.
func (s *Service) apply(ctx context.Context, tx *store.Tx, c *PendingChange, was *Organisation) error {
	if gone := c.overtaken(was); len(gone) > 0 {
		e := errs.New(errs.WrongTransition, "the organisation was changed meanwhile in the same members")
		e.Members = map[string]any{"allowed": []ChangeStatus{ChangeRejected, ChangeWithdrawn}, "overtaken": gone}
		return e
	}
	o, f, after := *was, errs.Faults{}, was.identity()
	after.copyMembers(c.After, c.Members)
	o.become(after)
	if s.check(was, &o, &f); nowhere(f) {
		return f.Err()
	}
	if err := mayMove(ctx, was, &o); err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	if err := s.refuseConflicts(ctx, &o); err != nil {
		return err
	}
	o.derive()
	return s.repo.Update(ctx, tx, was, &o)
}

// eraseFromChanges takes the name of a person who is being erased out of the pending changes of the organisations that the
// person stood for. One that would give an organisation the name waits no longer.
func (s *Service) eraseFromChanges(ctx context.Context, tx *store.Tx, person uuid.UUID, e redact.Eraser) error {
	all, err := s.repo.changesBeside(ctx, tx, person)
	if err != nil {
		return err
	}
	for _, was := range all {
		c := *was
		e.Texts(&c.Before.Name, &c.After.Name)
		e.Strings(&c.Reason)
		changed := store.ChangedMembers(was, &c)
		if len(changed) == 0 {
			continue
		}
		if c.Status == ChangePending {
			now := clock.Now()
			c.Status, c.DecidedAt = ChangeSuperseded, &now
		}
		if err := s.repo.changes.Update(ctx, tx, was, &c); err != nil {
			return err
		}
	}
	return nil
}
