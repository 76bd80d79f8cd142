package nomination

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Decision is what is told along with a step of a nomination.
type Decision struct {
	To               Status
	Note             *string
	On               *clock.Date // the day of the decision; today if nil
	MeetingID        *uuid.UUID
	SeatFrom, SeatTo *clock.Date // the period of the seat, where it is not the one proposed
}

// Transition confirms or declines a nomination, for those who decide, or withdraws it, for those who propose. To confirm opens
// the seat in the same transaction. Missing, Forbidden, Stale, InvalidData, WrongTransition; Overlap where a seat stands in the way.
func (s *Service) Transition(ctx context.Context, id uuid.UUID, ifMatch *string, d Decision) error {
	was, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	a, needed := authz.From(ctx), life.Permissions(d.To)
	if !slices.ContainsFunc(needed, func(p authz.Permission) bool { return a.May(p, was.side(p)) }) {
		return a.Require(needed[0], was.side(needed[0]))
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	step, err := life.Find(was.Status, d.To, d.Note)
	if err != nil && !errs.Is(err, errs.InvalidData) {
		return err
	}
	f := faultsOf(err)
	if err := s.checkDecision(ctx, was.CouncilID, &d, &f); err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	now := *was.Nomination
	now.Status = step.To
	if d.To != StatusWithdrawn {
		now.DecidedOn, now.MeetingID = d.On, d.MeetingID
	}
	if d.To == StatusDeclined {
		now.Reason = d.Note
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if d.To == StatusConfirmed {
			from, err := s.begins(ctx, was.Nomination, d)
			if err != nil {
				return err
			}
			seat, err := s.seats.Open(ctx, tx, was.CouncilID, was.seat(from, opt.First(d.SeatTo, was.ValidTo)))
			if err != nil {
				// a person is known by open nominations: one that was withdrawn meanwhile is told as that
				if latest, again := s.repo.GetAny(ctx, id); again == nil {
					if stale := render.MatchVersion(ctx, ifMatch, latest.Version); stale != nil {
						return stale
					}
					if _, gone := life.Find(latest.Status, d.To, d.Note); gone != nil {
						return gone
					}
				}
				return inDecision(err)
			}
			now.SeatID = &seat
		}
		if err := s.repo.Update(ctx, tx, was.Nomination, &now); err != nil {
			return err
		}
		// once more, and held: it may have gone since. After the nomination, as whoever erases a person locks them
		if err := s.checkMeeting(ctx, was.CouncilID, now.MeetingID, &f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		return tx.Step(ctx, now.Resource(), id, store.Step{From: string(was.Status), To: string(d.To), On: d.On, Note: d.Note})
	})
}

// begins is the day on which the seat of a confirmed nomination begins: the one told, the one proposed, or that of the
// decision, but not before its term.
func (s *Service) begins(ctx context.Context, n *Nomination, d Decision) (*clock.Date, error) {
	if told := opt.First(d.SeatFrom, n.ValidFrom); told != nil || n.TermID == nil {
		return opt.First(told, d.On), nil
	}
	start, err := s.repo.termStart(ctx, *n.TermID)
	if err != nil || *d.On >= start {
		return d.On, err
	}
	return &start, nil
}

// checkDecision notes members that do not go with the step, and sets the day.
func (s *Service) checkDecision(ctx context.Context, council uuid.UUID, d *Decision, f *errs.Faults) error {
	if d.To == StatusWithdrawn && d.MeetingID != nil {
		f.Add("/meetingId", "contradiction", "it does not go with this step")
	}
	if d.To != StatusConfirmed && d.SeatFrom != nil {
		f.Add("/seatFrom", "contradiction", "it does not go with this step")
	}
	if d.To != StatusConfirmed && d.SeatTo != nil {
		f.Add("/seatTo", "contradiction", "it does not go with this step")
	}
	today := clock.Today()
	if d.On == nil {
		d.On = &today
	} else if *d.On > today {
		f.Add("/on", "future", "it lies in the future")
	}
	if d.To == StatusWithdrawn {
		return nil
	}
	return s.checkMeeting(ctx, council, d.MeetingID, f)
}

// checkMeeting notes a meeting that is none of the council. Inside a transaction it holds the one that is.
func (s *Service) checkMeeting(ctx context.Context, council uuid.UUID, meeting *uuid.UUID, f *errs.Faults) error {
	if meeting == nil {
		return nil
	}
	ok, err := s.repo.meets(ctx, council, *meeting)
	if err == nil && !ok {
		f.Add("/meetingId", "unknown-reference", "the council has no such meeting")
	}
	return err
}

func faultsOf(err error) errs.Faults {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Faults
	}
	return nil
}

// inDecision names the members of the decision where the seat's own period is at fault.
func inDecision(err error) error {
	for i, f := range faultsOf(err) {
		if name := map[string]string{"/from": "/seatFrom", "/to": "/seatTo"}[f.Pointer]; name != "" {
			faultsOf(err)[i].Pointer = name
		}
	}
	return err
}
