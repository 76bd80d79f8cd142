package network

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// sides are the targets of a membership: rights over its network, or over its organisation.
type sides struct{ network, organisation authz.Target }

// of is the target that a permission asks for.
func (s sides) of(p authz.Permission) authz.Target {
	if p == authz.ApplyNetwork {
		return s.organisation
	}
	return s.network
}

// inside tells whether the actor decides in the network or acts for the organisation.
func (s sides) inside(a authz.Actor) bool {
	return a.May(authz.WriteNetwork, s.network) || a.May(authz.ApplyNetwork, s.organisation)
}

// findMembership loads a membership that the actor may see. Missing, or WasDeleted.
func (s *Service) findMembership(ctx context.Context, id uuid.UUID) (*Membership, sides, error) {
	m, err := s.repo.memberships.GetAny(ctx, id)
	if err != nil {
		return nil, sides{}, err
	}
	at, _, err := s.repo.place(ctx, m.NetworkID)
	if err != nil {
		return nil, sides{}, err
	}
	o, _, err := s.repo.organisation(ctx, m.OrganisationID)
	if err != nil {
		return nil, sides{}, err
	}
	m.Region, m.Municipality = at.Region, at.Municipality
	both := sides{at.target, o.target()}
	switch {
	case !m.counts() && !both.inside(authz.From(ctx)):
		return nil, both, errs.New(errs.Missing, "there is none with this id")
	case m.DeletedAt != nil:
		return nil, both, store.Gone(*m.DeletedAt, m.Version)
	}
	return m, both, nil
}

// CreateMembership makes an organisation a member, for those who may write the network; else it is an application, for those
// who may apply for the organisation. sinceToday: the request did not tell since when. InvalidData, Duplicate, Overlap, and
// WrongTransition where the network is closed.
func (s *Service) CreateMembership(ctx context.Context, network uuid.UUID, body any, sinceToday bool) (uuid.UUID, error) {
	n, at, err := s.find(ctx, network)
	if err != nil {
		return uuid.Nil, err
	}
	m, a, f := &Membership{NetworkID: network, Status: Applied, Region: n.Region, Municipality: n.Municipality}, authz.From(ctx), errs.Faults{}
	if err := patch.Merge(m, body); err != nil {
		return m.ID, err
	}
	o, found, err := s.repo.organisation(ctx, m.OrganisationID)
	if err != nil {
		return m.ID, err
	}
	if a.May(authz.WriteNetwork, at.target) {
		m.admit(sinceToday, &f)
	} else {
		if err := a.Require(authz.ApplyNetwork, o.target()); err != nil {
			return m.ID, err
		}
		m.apply(&f)
	}
	// the name of a member is shown to everyone
	if !found || !o.once || !o.visible(a) || m.Status == Applied && !o.published {
		f.Add("/organisationId", "unknown-reference", "there is no such organisation")
	}
	if err := f.Err(); err != nil {
		return m.ID, err
	}
	return m.ID, s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.admissible(ctx, m); err != nil {
			return err
		}
		if err := s.holdOrganisation(ctx, m.OrganisationID, "/organisationId"); err != nil {
			return err
		}
		return clash(s.repo.memberships.Insert(ctx, tx, m))
	})
}

// holdOrganisation makes sure, for the rest of the transaction, that an organisation is not deleted.
func (s *Service) holdOrganisation(ctx context.Context, id uuid.UUID, pointer string) error {
	f := errs.Faults{}
	live, err := s.repo.holdOrganisation(ctx, id)
	if err == nil && !live {
		f.Add(pointer, "unknown-reference", "there is no such organisation")
	}
	if err != nil {
		return err
	}
	return f.Err()
}

// admit makes a new membership one at once, and one whose last day has passed one that has left.
func (m *Membership) admit(sinceToday bool, f *errs.Faults) {
	day := clock.Today()
	if m.Status = Active; sinceToday {
		m.ValidFrom = &day
		if m.ValidTo != nil && *m.ValidTo <= day { // it began nobody knows when
			m.ValidFrom = nil
		}
	}
	m.leave()
	m.checkPeriods(f)
	if m.Message != nil {
		f.Add("/message", "unexpected", "a message goes with an application")
	}
}

// leave makes an active one whose last day has passed one that has left.
func (m *Membership) leave() {
	if m.Status == Active && m.ValidTo != nil && *m.ValidTo <= clock.Today() {
		m.Status = Left
	}
}

// apply holds an application to what an applicant may say.
func (m *Membership) apply(f *errs.Faults) {
	if m.ValidFrom != nil {
		f.Add("/from", "unexpected", "whoever accepts the application tells this")
	}
	if m.ValidTo != nil {
		f.Add("/to", "unexpected", "whoever accepts the application tells this")
	}
	if len(m.Roles) > 0 {
		f.Add("/roles", "unexpected", "whoever accepts the application tells this")
	}
}

// UpdateMembership changes period, roles and reason, for those who may write the network. InvalidData, Overlap.
func (s *Service) UpdateMembership(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
	was, both, err := s.findMembership(ctx, id)
	if err != nil {
		return err
	}
	if err := authz.From(ctx).Require(authz.WriteNetwork, both.network); err != nil {
		return err
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	m, f := *was, errs.Faults{}
	if err := patch.Merge(&m, body); err != nil {
		return err
	}
	changed := store.ChangedMembers(was, &m)
	if len(changed) == 0 {
		return nil
	}
	if m.leave(); m.counts() {
		m.checkPeriods(&f)
	}
	m.checkChange(changed, &f)
	if err := f.Err(); err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if m.counts() {
			if err := s.admissible(ctx, &m); err != nil {
				return err
			}
		}
		if err := clash(s.repo.memberships.Update(ctx, tx, was, &m)); err != nil || m.Status == was.Status {
			return err
		}
		return tx.Step(ctx, m.Resource(), m.ID, store.Step{From: string(was.Status), To: string(m.Status), On: m.ValidTo, Note: m.Reason})
	})
}

// checkChange holds the changed members against the status.
func (m *Membership) checkChange(changed []string, f *errs.Faults) {
	for _, member := range changed {
		switch {
		case member == "reason":
			if m.Reason != nil && m.Status != Left && m.Status != Rejected {
				f.Add("/reason", "unexpected", "a reason goes with one that was rejected or has left")
			}
		case m.Status == Applied:
			f.Add("/"+member, "unexpected", "whoever accepts the application tells this")
		case !m.counts():
			f.Add("/"+member, "unexpected", "it never was a membership")
		case member == "to" && m.Status == Left && m.ValidTo == nil:
			f.Add("/to", "required", "one that has left has an end")
		case member == "to" && m.Status == Left && *m.ValidTo > clock.Today().Next():
			f.Add("/to", "future", "it cannot have happened yet")
		}
	}
}

// TransitionMembership accepts, rejects, withdraws or ends a membership: for those who may write the network, apply for the
// organisation, or either, as the step takes. WrongTransition, InvalidData, Overlap.
func (s *Service) TransitionMembership(ctx context.Context, id uuid.UUID, ifMatch *string, to MembershipStatus, on *clock.Date, note *string) error {
	was, both, err := s.findMembership(ctx, id)
	if err != nil {
		return err
	}
	a, any := authz.From(ctx), membershipLife.Permissions(to)
	if !slices.ContainsFunc(any, func(p authz.Permission) bool { return a.May(p, both.of(p)) }) {
		return a.Require(any[0], both.of(any[0]))
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	m, f := *was, errs.Faults{}
	_, err = membershipLife.Find(was.Status, to, note)
	if err == nil || errs.Is(err, errs.InvalidData) {
		on = m.step(to, on, note, &f)
	}
	if err := join(f, err); err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if m.counts() {
			if err := s.admissible(ctx, &m); err != nil {
				return err
			}
		}
		if err := clash(s.repo.memberships.Update(ctx, tx, was, &m)); err != nil {
			return err
		}
		return tx.Step(ctx, m.Resource(), m.ID, store.Step{From: string(was.Status), To: string(to), On: on, Note: note})
	})
}

// step takes m to a status that it can go to. It returns the day from which that holds.
func (m *Membership) step(to MembershipStatus, on *clock.Date, note *string, f *errs.Faults) *clock.Date {
	day := clock.Today()
	if on != nil && *on > day && to != Active {
		f.Add("/on", "future", "it cannot have happened yet")
	}
	switch to {
	case Active:
		if on != nil {
			day = *on
		}
		if day > lastStart {
			f.Add("/on", "invalid", "the year is too far away")
		}
		m.ValidFrom = &day
	case Left:
		switch {
		case on != nil:
			day = *on
		case clock.Before(m.ValidTo, &day):
			day = *m.ValidTo
		}
		if on != nil && clock.Before(on, m.ValidFrom) {
			f.Add("/on", "order", "the end must come after the start")
		}
		m.end(day)
		m.Reason = note
		return m.ValidTo
	case Rejected:
		m.Reason = note
	}
	m.Status = to
	if on != nil {
		day = *on
	}
	return &day
}

// EndDue makes memberships left whose end has come, a batch in each transaction; scheduled work.
func (s *Service) EndDue(ctx context.Context) error {
	for ended := 1; ended > 0; {
		if err := s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			ended, err = s.repo.endDue(ctx, tx)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// DeleteMembership leaves a tombstone, for those who may write the network.
func (s *Service) DeleteMembership(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	was, both, err := s.findMembership(ctx, id)
	if err != nil {
		return err
	}
	if err := authz.From(ctx).Require(authz.WriteNetwork, both.network); err != nil {
		return err
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	m := *was
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return s.repo.memberships.Delete(ctx, tx, was, &m)
	})
}

// GetMembership is one membership as JSON, as the actor may see it. Missing, or WasDeleted.
func (s *Service) GetMembership(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.readMembership(ctx, id)
}

// NetworkMemberships is a page of a network's memberships, those that the actor may see. Missing, or WasDeleted.
func (s *Service) NetworkMemberships(ctx context.Context, network uuid.UUID, f MembershipFilter, req page.Request) (render.Page, error) {
	f.Networks = []uuid.UUID{network}
	p, err := s.repo.listMemberships(ctx, f, req)
	if err == nil && len(p.Items) == 0 { // perhaps there is no such network
		_, _, err = s.find(ctx, network)
	}
	return p, err
}

// OrganisationMemberships is a page of an organisation's memberships, those that the actor may see. Missing, WasDeleted or WasMerged
// where the organisation is not the actor's to see.
func (s *Service) OrganisationMemberships(ctx context.Context, organisation uuid.UUID, f MembershipFilter, req page.Request) (render.Page, error) {
	f.Organisations, f.ofOrganisation = []uuid.UUID{organisation}, true
	p, err := s.repo.listMemberships(ctx, f, req)
	if err != nil || len(p.Items) > 0 {
		return p, err
	}
	return p, s.organisations.Visible(ctx, organisation)
}

// MembershipTransitions lists the steps of a membership, newest first, for those who decide in the network, with who made them,
// and for those who act for the organisation. NotAllowed.
func (s *Service) MembershipTransitions(ctx context.Context, id uuid.UUID, req page.Request) (render.Page, error) {
	m, both, err := s.findMembership(ctx, id)
	if err != nil {
		return render.Page{}, err
	}
	a := authz.From(ctx)
	if !both.inside(a) {
		return render.Page{}, a.Require(authz.WriteNetwork, both.network)
	}
	return s.repo.Steps(ctx, m.Resource(), id, a.May(authz.WriteNetwork, both.network), req)
}
