package council

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Transition accepts, rejects, withdraws or ends. NotAllowed, Changed, WrongTransition, InvalidData, Overlap.
func (s *Service) Transition(ctx context.Context, id uuid.UUID, ifMatch *string, to Status, on *clock.Date, note *string) error {
	was, at, err := s.findJoined(ctx, id)
	if err != nil {
		return err
	}
	a, may := authz.From(ctx), false
	permissions := life.Permissions(to)
	for _, p := range permissions {
		may = may || at.may(a, p)
	}
	if !may && (len(permissions) > 0 || !at.either(a)) {
		return errs.New(errs.NotAllowed, "none of your grants lets you do this here")
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	j, f := *was, errs.Faults{}
	_, err = life.Find(was.Status, to, note)
	if err == nil || errs.Is(err, errs.InvalidData) {
		on = j.step(to, on, note, &f)
	}
	if err := join(f, err); err != nil {
		return err
	}
	return s.writeJoined(ctx, was, &j, store.Step{From: string(was.Status), To: string(to), On: on, Note: note})
}

// join puts the faults of err, if it is of their kind, beside f. Another error goes first.
func join(f errs.Faults, err error) error {
	var e *errs.Error
	if errors.As(err, &e) && e.Type == errs.InvalidData {
		return append(f, e.Faults...).Err()
	}
	if err != nil {
		return err
	}
	return f.Err()
}

// step takes j to a status that it can go to. It returns the day from which that holds.
func (j *Joined) step(to Status, on *clock.Date, note *string, f *errs.Faults) *clock.Date {
	day := clock.Today()
	if on != nil && *on > day && to != StatusJoined {
		f.Add("/on", "future", "it cannot have happened yet")
	}
	j.Status = to
	switch {
	case on != nil:
		day = *on
	case to == StatusLeft && j.ValidTo != nil && *j.ValidTo < day: // its end was known before
		day = *j.ValidTo
	}
	switch to {
	case StatusJoined:
		if day > lastStart {
			f.Add("/on", "invalid", "the year is too far away")
		}
		j.ValidFrom = &day
	case StatusLeft:
		if j.ValidFrom != nil && on != nil && *on < *j.ValidFrom {
			f.Add("/on", "order", "the end must come after the start")
		}
		if j.ValidFrom != nil && day <= *j.ValidFrom { // a day at least
			day = j.ValidFrom.Next()
		}
		j.ValidTo, j.Reason = &day, note
	case StatusRejected:
		j.Reason = note
	}
	return &day
}

// Leave takes a network that is being closed out of every council, in the transaction that closes it: what it had joined it
// leaves on the day, and where it has applied it is rejected. reason says why.
func (s *Service) Leave(ctx context.Context, tx *store.Tx, network uuid.UUID, on clock.Date, reason string) error {
	live, err := s.repo.liveOf(ctx, network)
	if err != nil {
		return err
	}
	for _, was := range live {
		j, to := *was, StatusLeft
		if was.Status == StatusApplied {
			to = StatusRejected
		}
		day := j.step(to, &on, &reason, &errs.Faults{}) // the day lies in the past, and is moved where it would end a stay before its start
		if err := s.repo.joined.Update(ctx, tx, was, &j); err != nil {
			return err
		}
		if err := tx.Step(ctx, j.Resource(), j.ID, store.Step{From: string(was.Status), To: string(to), On: day, Note: &reason}); err != nil {
			return err
		}
	}
	return nil
}

// EndDue makes what has joined left whose end has come, a batch in each transaction; scheduled work.
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
