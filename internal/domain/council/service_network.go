package council

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Joined is a joined network as JSON, if the actor may see it: else Missing, or WasDeleted if it was public.
func (s *Service) Joined(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.readJoined(ctx, id)
}

// ListJoined is a page of the networks of a council, or of the councils of a network, that the actor may see. Missing or
// WasDeleted as the council or network is.
func (s *Service) ListJoined(ctx context.Context, f JoinedFilter, req page.Request) (render.Page, error) {
	out, err := s.repo.listJoined(ctx, f, req)
	if err != nil || len(out.Items) > 0 { // what has rows is not deleted
		return out, err
	}
	if f.Network != nil {
		return out, s.repo.needNetwork(ctx, *f.Network)
	}
	_, err = s.repo.read(ctx, *f.Council)
	return out, err
}

// findJoined loads a joined network that the actor may see, and where its sides stand.
func (s *Service) findJoined(ctx context.Context, id uuid.UUID) (*Joined, sides, error) {
	j, err := s.repo.joined.GetAny(ctx, id)
	if err != nil {
		return nil, sides{}, err
	}
	at, err := s.repo.sides(ctx, j)
	switch {
	case err != nil:
		return nil, at, err
	case !j.public() && !at.either(authz.From(ctx)):
		return nil, at, errs.New(errs.Missing, "there is none with this id")
	case j.DeletedAt != nil:
		return nil, at, store.Gone(*j.DeletedAt, j.Version)
	}
	return j, at, nil
}

// Join takes a network into a council, for those who may write the council; for those who may write only the network it
// applies. sinceUnsaid: the request is silent on since when. NotAllowed, InvalidData, Duplicate, Overlap.
func (s *Service) Join(ctx context.Context, council uuid.UUID, sinceUnsaid bool, body any) (uuid.UUID, error) {
	_, place, err := s.find(ctx, council)
	if err != nil {
		return uuid.Nil, err
	}
	j := &Joined{CouncilID: council, Place: place.Area}
	if err := patch.Merge(j, body); err != nil {
		return uuid.Nil, err
	}
	network, known, err := s.repo.network(ctx, j.NetworkID)
	if err != nil {
		return uuid.Nil, err
	}
	a, f := authz.From(ctx), errs.Faults{}
	switch {
	case a.May(authz.WriteCouncil, place.target()):
		j.begin(sinceUnsaid, &f)
	case known:
		if err := a.Require(authz.WriteNetwork, network); err != nil {
			return uuid.Nil, err
		}
		j.Status = StatusApplied
		if j.ValidFrom != nil || j.ValidTo != nil {
			f.Add("/from", "unexpected", "the council tells since when it has joined")
		}
	}
	if !known {
		f.Add("/networkId", "unknown-reference", "there is no such network")
	}
	if err := f.Err(); err != nil {
		return uuid.Nil, err
	}
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.insertJoined(ctx, tx, j) })
	return j.ID, err
}

// begin sets what a council that takes a network in has left unsaid.
func (j *Joined) begin(sinceUnsaid bool, f *errs.Faults) {
	j.Status = StatusJoined
	if j.leave(); sinceUnsaid && j.Status == StatusJoined { // else it began nobody knows when
		today := clock.Today()
		j.ValidFrom = &today
	}
	if j.Message != nil {
		f.Add("/message", "unexpected", "the message is an applicant's")
	}
	j.checkPeriod(f)
}

// leave makes one that has joined, and whose last day has passed, one that has left.
func (j *Joined) leave() {
	if j.Status == StatusJoined && j.ValidTo != nil && *j.ValidTo <= clock.Today() {
		j.Status = StatusLeft
	}
}

func (j *Joined) checkPeriod(f *errs.Faults) {
	clock.CheckPeriod(j.ValidFrom, j.ValidTo, "", f)
	if j.ValidFrom != nil && *j.ValidFrom > lastStart {
		f.Add("/from", "invalid", "the year is too far away")
	}
}

// lastStart is the last day on which one can begin: a day must be left on which it can end.
const lastStart = clock.Date("9999-12-30")

// Ask lets a network apply to a council, in the transaction of the network's family. InvalidData if there is no such council.
func (s *Service) Ask(ctx context.Context, tx *store.Tx, council, network uuid.UUID, message *string) error {
	p, ok, err := s.repo.place(ctx, council)
	if err != nil {
		return err
	}
	if !ok {
		return noCouncil()
	}
	err = s.insertJoined(ctx, tx, &Joined{CouncilID: council, NetworkID: network, Status: StatusApplied, Message: message, Place: p.Area})
	if errs.Is(err, errs.WasDeleted) { // just now
		return noCouncil()
	}
	return err
}

func noCouncil() error {
	f := errs.Faults{}
	f.Add("/councilId", "unknown-reference", "there is no such council")
	return f.Err()
}

// insertJoined writes a new row, once its council is locked and still there, and its network is.
func (s *Service) insertJoined(ctx context.Context, tx *store.Tx, j *Joined) error {
	if err := s.repo.lock(ctx, j.CouncilID); err != nil {
		return err
	}
	c, err := s.repo.GetAny(ctx, j.CouncilID)
	if err != nil {
		return err
	}
	if c.DeletedAt != nil {
		return store.Gone(*c.DeletedAt, c.Version)
	}
	if _, known, err := s.repo.network(ctx, j.NetworkID); err != nil || !known {
		f := errs.Faults{}
		f.Add("/networkId", "unknown-reference", "there is no such network")
		if err != nil {
			return err
		}
		return f.Err()
	}
	if err := s.refuseConflict(ctx, j); err != nil {
		return err
	}
	return conflicting(s.repo.joined.Insert(ctx, tx, j))
}

// refuseConflict is a Duplicate when the network has applied or joined already, an Overlap when it had joined in the same time.
func (s *Service) refuseConflict(ctx context.Context, j *Joined) error {
	other, open, ok, err := s.repo.conflict(ctx, j)
	if err != nil || !ok {
		return err
	}
	e := conflictOf(open)
	e.Members = map[string]any{"conflictsWith": other}
	return e
}

func conflictOf(open bool) *errs.Error {
	e := errs.New(errs.Overlap, "the network was in the council in this time already")
	pointer, code := "/from", "overlap"
	if open {
		e = errs.New(errs.Duplicate, "the network has applied or joined already")
		pointer, code = "/networkId", "duplicate"
	}
	e.Faults = []errs.Fault{{In: "body", Pointer: pointer, Code: code, Detail: errs.Msg("there is another one; conflictsWith names it")}}
	return e
}

// conflicting says better what the constraints refuse.
func conflicting(err error) error {
	switch store.Violated(err) {
	case "council_networks_live":
		return conflictOf(true)
	case "council_networks_period":
		return conflictOf(false)
	}
	return err
}

// UpdateJoined corrects the period or the reason, for those who may write the council, or the message of an application, for
// those who may write the network. NotAllowed, Changed, InvalidData, Overlap.
func (s *Service) UpdateJoined(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
	was, at, err := s.findJoined(ctx, id)
	if err != nil {
		return err
	}
	a := authz.From(ctx)
	if !at.either(a) {
		return a.Require(authz.WriteCouncil, at.council)
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	j := *was
	if err := patch.Merge(&j, body); err != nil {
		return err
	}
	if err := j.mayBecome(was, a, at); err != nil {
		return err
	}
	if len(store.ChangedMembers(was, &j)) == 0 {
		return nil
	}
	f := errs.Faults{}
	j.leave()
	j.check(was, &f)
	if err := f.Err(); err != nil {
		return err
	}
	return s.writeJoined(ctx, was, &j, store.Step{From: string(was.Status), To: string(j.Status), On: j.ValidTo, Note: j.Reason})
}

// mayBecome: the period and the reason are the council's to tell, the message the network's.
func (j *Joined) mayBecome(was *Joined, a authz.Actor, at sides) error {
	if !opt.Equal(was.ValidFrom, j.ValidFrom) || !opt.Equal(was.ValidTo, j.ValidTo) || !opt.Equal(was.Reason, j.Reason) {
		if err := a.Require(authz.WriteCouncil, at.council); err != nil {
			return err
		}
	}
	if !opt.Equal(was.Message, j.Message) {
		return a.Require(authz.WriteNetwork, at.network)
	}
	return nil
}

// check finds what goes with another status only.
func (j *Joined) check(was *Joined, f *errs.Faults) {
	if !j.public() && j.ValidFrom != nil {
		f.Add("/from", "unexpected", "only what has joined has a period")
	}
	if !j.public() && j.ValidTo != nil {
		f.Add("/to", "unexpected", "only what has joined has a period")
	}
	if !opt.Equal(was.Message, j.Message) && j.Status != StatusApplied {
		f.Add("/message", "unexpected", "it changes only while it is an application")
	}
	if !opt.Equal(was.Reason, j.Reason) && j.Status != StatusRejected && j.Status != StatusLeft {
		f.Add("/reason", "unexpected", "only what was rejected or has left has a reason")
	}
	if j.public() {
		j.checkPeriod(f)
	}
	switch {
	case j.Status != StatusLeft || opt.Equal(was.ValidTo, j.ValidTo):
	case j.ValidTo == nil:
		f.Add("/to", "required", "one that has left has an end")
	case *j.ValidTo > clock.Today().Next():
		f.Add("/to", "future", "it cannot have happened yet")
	}
}

// writeJoined writes what has become of a joined network, and the step if it took one.
func (s *Service) writeJoined(ctx context.Context, was, j *Joined, step store.Step) error {
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.lock(ctx, j.CouncilID); err != nil {
			return err
		}
		if err := s.refuseConflict(ctx, j); err != nil {
			return err
		}
		if err := s.repo.joined.Update(ctx, tx, was, j); err != nil {
			return conflicting(err)
		}
		if was.Status == j.Status {
			return nil
		}
		return tx.Step(ctx, j.Resource(), j.ID, step)
	})
}

// Transitions lists the steps of a joined network, newest first; for those who may write one of its sides.
func (s *Service) Transitions(ctx context.Context, id uuid.UUID, req page.Request) (render.Page, error) {
	_, at, err := s.findJoined(ctx, id)
	if err != nil {
		return render.Page{}, err
	}
	if a := authz.From(ctx); !at.either(a) {
		return render.Page{}, a.Require(authz.WriteCouncil, at.council)
	}
	return s.repo.Steps(ctx, (*Joined)(nil).Resource(), id, true, req)
}

// DeleteJoined leaves a tombstone of what was recorded by mistake. For those who may write the council.
func (s *Service) DeleteJoined(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	was, at, err := s.findJoined(ctx, id)
	if err != nil {
		return err
	}
	if err := authz.From(ctx).Require(authz.WriteCouncil, at.council); err != nil {
		return err
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	j := *was
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.repo.joined.Delete(ctx, tx, was, &j) })
}
