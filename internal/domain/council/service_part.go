package council

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// writePart lets change write a part of a council, and raises the council's version if it did. Writers of one council queue,
// so that each sees what the one before it did.
func (s *Service) writePart(ctx context.Context, id uuid.UUID, ifMatch *string, member string, change func(context.Context, *store.Tx) (bool, error)) error {
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.lock(ctx, id); err != nil {
			return err
		}
		was, at, err := s.find(ctx, id)
		if err != nil {
			return err
		}
		if err := authz.From(ctx).Require(authz.WriteCouncil, at.target()); err != nil {
			return err
		}
		if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
			return err
		}
		changed, err := change(ctx, tx)
		if err != nil || !changed {
			return err
		}
		c := *was
		return s.repo.Touch(ctx, tx, was, &c, member)
	})
}

// Version is the present version of a council; for the tag of an answer without a body.
func (s *Service) Version(ctx context.Context, id uuid.UUID) (int64, error) {
	c, err := s.repo.GetAny(ctx, id)
	if err != nil {
		return 0, err
	}
	return c.Version, nil
}

// Terms are a council's terms as JSON, for everyone; those that hold on a day, where one is given.
func (s *Service) Terms(ctx context.Context, id uuid.UUID, activeOn *clock.Date) (render.Row, error) {
	return s.repo.listTerms(ctx, id, activeOn)
}

// Term is one term as JSON, for everyone.
func (s *Service) Term(ctx context.Context, id, partID uuid.UUID) (render.Row, error) {
	return s.repo.part(ctx, id, partID, "council_terms", termColumns)
}

// CreateTerm adds a term. For those who may write the council. Overlap with another term.
func (s *Service) CreateTerm(ctx context.Context, id uuid.UUID, ifMatch *string, body any) (uuid.UUID, error) {
	t := &Term{}
	err := s.writePart(ctx, id, ifMatch, "terms", func(ctx context.Context, tx *store.Tx) (bool, error) {
		if err := patch.Merge(t, body); err != nil {
			return false, err
		}
		t.CouncilID = id
		if err := s.checkTerm(ctx, t, nil); err != nil {
			return false, err
		}
		return true, overlap(s.repo.terms.Insert(ctx, tx, t), nil)
	})
	return t.ID, err
}

// UpdateTerm changes a term. For those who may write the council. Overlap with another term; InvalidData where one of its seats
// or nominations would lie outside it.
func (s *Service) UpdateTerm(ctx context.Context, id, partID uuid.UUID, ifMatch *string, body any) error {
	return s.writePart(ctx, id, ifMatch, "terms", func(ctx context.Context, tx *store.Tx) (bool, error) {
		was, err := s.repo.terms.Load(ctx, id, partID)
		if err != nil {
			return false, err
		}
		t := *was
		if err := patch.Merge(&t, body); err != nil {
			return false, err
		}
		f := errs.Faults{}
		if err := s.checkSeats(ctx, was, &t, &f); err != nil {
			return false, err
		}
		if err := s.checkTerm(ctx, &t, f); err != nil || len(store.ChangedMembers(was, &t)) == 0 {
			return false, err
		}
		return true, overlap(s.repo.terms.Update(ctx, tx, &t), nil)
	})
}

// checkSeats notes a period of a term that would leave a seat outside it, or a nomination. The council is locked: nobody comes
// between. What the term held outside it before is not held against the caller.
func (s *Service) checkSeats(ctx context.Context, was, t *Term, f *errs.Faults) error {
	early, late, err := s.repo.outside(ctx, t)
	if early && !opt.Equal(was.ValidFrom, t.ValidFrom) {
		f.Add("/from", "seat-outside", "a seat or a nomination of the term lies before that day")
	}
	if late && !opt.Equal(was.ValidTo, t.ValidTo) {
		f.Add("/to", "seat-outside", "a seat or a nomination of the term lies after that day")
	}
	return err
}

// checkTerm finds what is wrong with a term, beside the faults that were found before.
func (s *Service) checkTerm(ctx context.Context, t *Term, f errs.Faults) error {
	i18n.Tidy(t.Name)
	if clock.CheckPeriod(t.ValidFrom, t.ValidTo, "", &f); len(f) > 0 {
		return f.Err()
	}
	other, taken, err := s.repo.overlapping(ctx, t)
	if err == nil && taken {
		return overlap(nil, &other)
	}
	return err
}

// overlap is the error of two terms in the same time: told by a look at the others, or by the constraint behind it.
func overlap(err error, other *uuid.UUID) error {
	if other == nil && store.Violated(err) != "council_terms_overlap" {
		return err
	}
	e := errs.New(errs.Overlap, "the council has another term in this time")
	e.Faults = []errs.Fault{{In: "body", Pointer: "/from", Code: "overlap", Detail: errs.Msg("another one overlaps it")}}
	if other != nil {
		e.Members = map[string]any{"conflictsWith": *other}
	}
	return e
}

// DeleteTerm removes a term. For those who may write the council. InUse while a seat, a nomination or a call is of it.
func (s *Service) DeleteTerm(ctx context.Context, id, partID uuid.UUID, ifMatch *string) error {
	return s.writePart(ctx, id, ifMatch, "terms", func(ctx context.Context, tx *store.Tx) (bool, error) {
		if _, err := s.repo.terms.Load(ctx, id, partID); err != nil {
			return false, err
		}
		users, err := s.repo.termUsedBy(ctx, partID)
		if err == nil && len(users) > 0 {
			err = inUse(users)
		}
		if err != nil {
			return false, err
		}
		return true, s.repo.terms.Delete(ctx, tx, id, partID)
	})
}

// Duties are a council's duties as JSON, for everyone; with where each stands in a year, if one is given.
func (s *Service) Duties(ctx context.Context, id uuid.UUID, year *int) (render.Row, error) {
	return s.repo.listDuties(ctx, id, year)
}

// Duty is one duty as JSON, for everyone.
func (s *Service) Duty(ctx context.Context, id, partID uuid.UUID) (render.Row, error) {
	return s.repo.part(ctx, id, partID, "council_duties", dutyColumns)
}

// CreateDuty adds a duty. For those who may write the council.
func (s *Service) CreateDuty(ctx context.Context, id uuid.UUID, ifMatch *string, body any) (uuid.UUID, error) {
	d := &Duty{}
	err := s.writePart(ctx, id, ifMatch, "duties", func(ctx context.Context, tx *store.Tx) (bool, error) {
		if err := patch.Merge(d, body); err != nil {
			return false, err
		}
		d.CouncilID = id
		if err := s.checkDuty(ctx, &Duty{}, d); err != nil {
			return false, err
		}
		return true, s.repo.duties.Insert(ctx, tx, d)
	})
	return d.ID, err
}

// UpdateDuty changes a duty, or what fulfilled it. For those who may write the council.
func (s *Service) UpdateDuty(ctx context.Context, id, partID uuid.UUID, ifMatch *string, body any) error {
	return s.writePart(ctx, id, ifMatch, "duties", func(ctx context.Context, tx *store.Tx) (bool, error) {
		was, err := s.repo.duties.Load(ctx, id, partID)
		if err != nil {
			return false, err
		}
		d := *was
		if err := patch.Merge(&d, body); err != nil {
			return false, err
		}
		if err := s.checkDuty(ctx, was, &d); err != nil || len(store.ChangedMembers(was, &d)) == 0 {
			return false, err
		}
		return true, s.repo.duties.Update(ctx, tx, &d)
	})
}

func (s *Service) checkDuty(ctx context.Context, was, d *Duty) error {
	f := errs.Faults{}
	if i18n.Tidy(d.Name); len(d.Name) == 0 {
		f.Add("/name", "required", "a name in one language must remain")
	}
	clock.CheckPeriod(d.ValidFrom, d.ValidTo, "", &f)
	if d.CoincidesWith != nil && !opt.Equal(was.CoincidesWith, d.CoincidesWith) {
		ok, err := s.repo.dutyExists(ctx, d.CouncilID, *d.CoincidesWith)
		if err != nil {
			return err
		}
		if !ok || *d.CoincidesWith == d.ID {
			f.Add("/coincidesWith", "unknown-reference", "the council has no other duty with this id")
		}
	}
	old := was.meetings()
	fresh := slices.DeleteFunc(d.meetings(), func(id uuid.UUID) bool { return slices.Contains(old, id) })
	if len(fresh) == 0 {
		return f.Err()
	}
	found, err := s.repo.ownMeetings(ctx, d.CouncilID, fresh)
	if err != nil {
		return err
	}
	for i, m := range d.Fulfilments {
		if m.MeetingID != nil && slices.Contains(fresh, *m.MeetingID) && !found[*m.MeetingID] {
			f.Add("/fulfilments/"+strconv.Itoa(i)+"/meetingId", "unknown-reference", "neither the council nor what stands under it has such a meeting")
		}
	}
	return f.Err()
}

// DeleteDuty removes a duty. For those who may write the council.
func (s *Service) DeleteDuty(ctx context.Context, id, partID uuid.UUID, ifMatch *string) error {
	return s.writePart(ctx, id, ifMatch, "duties", func(ctx context.Context, tx *store.Tx) (bool, error) {
		return true, s.repo.duties.Delete(ctx, tx, id, partID)
	})
}
