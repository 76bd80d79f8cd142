package meeting

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Organisations is what has to be known of organisations.
type Organisations interface {
	// Published tells which of the ids are organisations that the actor may see and that have been public.
	Published(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error)
}

// Service holds the rules of meetings: who may do what, and what a meeting and its memo may become.
type Service struct {
	repo          Repository
	geo           Geography
	organisations Organisations
}

// NewService makes the service.
func NewService(repo Repository, geo Geography, organisations Organisations) *Service {
	return &Service{repo, geo, organisations}
}

// find loads a meeting that is there: Missing or WasDeleted else. Everyone may see meetings.
func (s *Service) find(ctx context.Context, id uuid.UUID) (*Meeting, error) {
	m, err := s.repo.find(ctx, id)
	if err == nil && m.DeletedAt != nil {
		err = store.Gone(*m.DeletedAt, m.Version)
	}
	return m, err
}

// writable loads a meeting that the actor may write, in the version that the caller read.
func (s *Service) writable(ctx context.Context, id uuid.UUID, ifMatch *string) (*Meeting, error) {
	m, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := authz.From(ctx).Require(authz.WriteMeeting, m.Owner.target()); err != nil {
		return nil, err
	}
	return m, render.RequireVersion(ctx, ifMatch, m.Version)
}

// owner loads a council or network that is there: Missing or WasDeleted else.
func (s *Service) owner(ctx context.Context, council, network *uuid.UUID) (Owner, error) {
	o, err := s.repo.owner(ctx, council, network)
	if err == nil && o.DeletedAt != nil {
		err = store.Gone(*o.DeletedAt, o.Version)
	}
	return o, err
}

// Create plans a meeting of a council or network, or records one that was held. For those who may write its meetings.
// InvalidData, Duplicate where its number is taken.
func (s *Service) Create(ctx context.Context, council, network *uuid.UUID, body any) (uuid.UUID, error) {
	o, err := s.owner(ctx, council, network)
	if err != nil {
		return uuid.Nil, err
	}
	if err := authz.From(ctx).Require(authz.WriteMeeting, o.target()); err != nil {
		return uuid.Nil, err
	}
	f := errs.Faults{}
	m, err := s.change(&Meeting{CouncilID: council, NetworkID: network, Status: StatusPlanned, TimeZone: defaultZone, Links: []Link{}, Owner: o}, body, &f)
	if err != nil {
		return uuid.Nil, err
	}
	if err := f.Err(); err != nil {
		return uuid.Nil, err
	}
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.lockOwner(ctx, o); err != nil {
			return err
		}
		if err := s.refuseNumber(ctx, m); err != nil {
			return err
		}
		return s.repo.Insert(ctx, tx, m)
	})
	return m.ID, numberedOnce(err)
}

// refuseNumber is a Duplicate when another meeting of the owner has the number in the year. Call it with the owner locked.
func (s *Service) refuseNumber(ctx context.Context, m *Meeting) error {
	if m.Number == nil {
		return nil
	}
	other, found, err := s.repo.numbered(ctx, m)
	if err != nil || !found {
		return err
	}
	return duplicate("/number", &other)
}

// numberedOnce says of a broken unique index what refuseNumber says: the index stands behind it.
func numberedOnce(err error) error {
	if v := store.Violated(err); v == "meetings_council_number" || v == "meetings_network_number" {
		return duplicate("/number", nil)
	}
	return err
}

func duplicate(pointer string, other *uuid.UUID) error {
	e := errs.New(errs.Duplicate, "another one has the same number")
	e.Faults = []errs.Fault{{In: "body", Pointer: pointer, Code: "duplicate", Detail: errs.Msg("another one has it already")}}
	if other != nil {
		e.Members = map[string]any{"conflictsWith": *other}
	}
	return e
}

// Update changes a meeting over the version that the caller read. For those who may write it. InvalidData, Duplicate.
func (s *Service) Update(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
	was, err := s.writable(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	f := errs.Faults{}
	m, err := s.change(was, body, &f)
	if err != nil {
		return err
	}
	return s.save(ctx, was, m, f, "/replacedByMeetingId", nil)
}

// save writes a changed meeting and, in the same transaction, what after does. reference points at replacedByMeetingId.
func (s *Service) save(ctx context.Context, was, m *Meeting, f errs.Faults, reference string, after func(context.Context, *store.Tx) error) error {
	changed := store.ChangedMembers(was, m)
	if len(changed) == 0 && len(f) == 0 && after == nil {
		return nil
	}
	return numberedOnce(s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.lockOwner(ctx, m.Owner); err != nil {
			return err
		}
		if err := s.repo.lock(ctx, was); err != nil {
			return err
		}
		if r := m.ReplacedByMeetingID; r != nil && (was.ReplacedByMeetingID == nil || *was.ReplacedByMeetingID != *r) {
			found, err := *r != m.ID, error(nil)
			if found {
				found, err = s.repo.standing(ctx, *r)
			}
			if err != nil {
				return err
			}
			if !found {
				f.Add(reference, "unknown-reference", "there is no such other meeting")
			}
		}
		if m.CouncilID != nil && m.Date != nil && opt.Value(was.Date) != *m.Date {
			n, err := s.repo.outside(ctx, m)
			if err != nil {
				return err
			}
			if n > 0 {
				f.Add(dayMember(m), "outside-seat", "seats of the roll do not hold on that day: %d", n)
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		if opt.Value(was.Number) != opt.Value(m.Number) || opt.Value(was.Year) != opt.Value(m.Year) {
			if err := s.refuseNumber(ctx, m); err != nil {
				return err
			}
		}
		if err := s.repo.Update(ctx, tx, was, m); err != nil || after == nil {
			return err
		}
		return after(ctx, tx)
	}))
}

// Delete leaves a tombstone, and one of each draft of its memo. For those who may write it. InUse while a memo is published
// or something refers to it.
func (s *Service) Delete(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	was, err := s.writable(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.lock(ctx, was); err != nil {
			return err
		}
		used, err := s.repo.used(ctx, was)
		if err != nil {
			return err
		}
		if used {
			return errs.New(errs.InUse, "its memo is published, or something refers to it")
		}
		draft, err := s.repo.latestMemo(ctx, was)
		if err != nil {
			return err
		}
		if draft != nil {
			gone := *draft
			if err := s.repo.memos.Delete(ctx, tx, draft, &gone); err != nil {
				return err
			}
		}
		m := *was
		return s.repo.Delete(ctx, tx, was, &m)
	})
}

// Cancelling is what is told when a meeting is cancelled.
type Cancelling struct {
	Reason              i18n.Text  `json:"reason"`
	ReplacedBy          i18n.Text  `json:"replacedBy"`
	ReplacedByMeetingID *uuid.UUID `json:"replacedByMeetingId"`
}

// Transition moves a meeting to another status. For those who may write it. WrongTransition with those that are allowed;
// Frozen when a meeting whose memo is published shall not have been held; InvalidData.
func (s *Service) Transition(ctx context.Context, id uuid.UUID, ifMatch *string, to Status, note *string, c Cancelling) error {
	was, err := s.writable(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	step, err := life.Find(was.Status, to, note)
	if err != nil {
		return err
	}
	m, f := *was, errs.Faults{}
	m.Status, m.CancelReason, m.ReplacedBy, m.ReplacedByMeetingID = to, c.Reason, c.ReplacedBy, c.ReplacedByMeetingID
	if to != StatusCancelled {
		cancelledOnly("/reason", c.Reason != nil, &f)
		cancelledOnly("/replacedBy", c.ReplacedBy != nil, &f)
		cancelledOnly("/replacedByMeetingId", c.ReplacedByMeetingID != nil, &f)
		m.CancelReason, m.ReplacedBy, m.ReplacedByMeetingID = nil, nil, nil
	} else if len(c.Reason) == 0 && len(c.ReplacedBy) == 0 && c.ReplacedByMeetingID == nil && note == nil {
		f.Add("/reason", "required", "a cancelled meeting needs a reason, what replaces it, or a note")
	}
	checkStep(&m, &f)
	return s.save(ctx, was, &m, f, "/replacedByMeetingId", func(ctx context.Context, tx *store.Tx) error {
		if step.From == StatusHeld {
			memo, err := s.repo.latestMemo(ctx, was)
			if err != nil {
				return err
			}
			if memo != nil && (memo.Edition > 1 || memo.Status == MemoPublished) { // a second edition follows a published one
				return errs.New(errs.Frozen, "its memo is published: it was held")
			}
		}
		return tx.Step(ctx, m.Resource(), m.ID, store.Step{From: string(step.From), To: string(to), Note: note})
	})
}

// checkStep holds a meeting's time against the status that it shall have; the fault is the step's.
func checkStep(m *Meeting, f *errs.Faults) {
	var time errs.Faults
	at := *m
	checkTime(&at, nil, &time)
	for _, fault := range time {
		fault.Pointer = "/to"
		*f = append(*f, fault)
	}
}

// Get is one meeting as JSON, with what include names. Open to everyone. Missing, WasDeleted.
func (s *Service) Get(ctx context.Context, id uuid.UUID, include []string) (render.Row, error) {
	return s.repo.get(ctx, id, include)
}

// Parts is one kind of parts of a meeting as JSON, as the reader may see them. Missing, WasDeleted.
func (s *Service) Parts(ctx context.Context, id uuid.UUID, name string) (render.Row, error) {
	return s.repo.list(ctx, id, name)
}

// List is a page of meetings. Open to everyone.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	return s.repo.browse(ctx, f, req)
}

// ListOf is a page of the meetings of a council or network. Open to everyone. Missing, WasDeleted when there is no such owner.
func (s *Service) ListOf(ctx context.Context, council, network *uuid.UUID, f Filter, req page.Request) (render.Page, error) {
	if council != nil {
		f.Councils = []uuid.UUID{*council}
	} else {
		f.Networks = []uuid.UUID{*network}
	}
	p, err := s.repo.browse(ctx, f, req)
	if err == nil && len(p.Items) == 0 { // what has meetings is there
		_, err = s.owner(ctx, council, network)
	}
	return p, err
}

// Transitions lists the steps of a meeting's life, newest first. Open to everyone; who took them, to those who may write it.
func (s *Service) Transitions(ctx context.Context, id uuid.UUID, req page.Request) (render.Page, error) {
	m, err := s.find(ctx, id)
	if err != nil {
		return render.Page{}, err
	}
	return s.repo.Steps(ctx, m.Resource(), id, authz.From(ctx).May(authz.WriteMeeting, m.Owner.target()), req)
}
