package meeting

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// MemoStatus is where an edition of a memo stands.
type MemoStatus string

// The statuses of a memo.
const (
	MemoDraft     MemoStatus = "draft"
	MemoApproved  MemoStatus = "approved"
	MemoPublished MemoStatus = "published"
)

var memoLife = lifecycle.Machine[MemoStatus]{
	{From: MemoDraft, To: MemoApproved, Permission: authz.WriteMeeting},
	{From: MemoApproved, To: MemoDraft, Permission: authz.WriteMeeting},
	{From: MemoApproved, To: MemoPublished, Permission: authz.PublishMemo},
}

// Memo is one edition of the record of a meeting. A published one is frozen.
type Memo struct {
	store.Base
	MeetingID   uuid.UUID       `json:"-"`
	Edition     int             `json:"-"`
	Status      MemoStatus      `json:"status"`
	Text        i18n.Text       `json:"text" gorm:"serializer:json"` // Markdown
	Links       []Link          `json:"links" gorm:"serializer:json"`
	Correction  i18n.Text       `json:"correction" gorm:"serializer:json"` // what the edition corrects
	ApprovedOn  *clock.Date     `json:"approvedOn"`
	PublishedAt *time.Time      `json:"publishedAt"`
	Record      json.RawMessage `json:"-" gorm:"serializer:json"` // the meeting as it stood when the edition was published
	Owner       Owner           `json:"-" gorm:"-"`
}

// Resource is its name in audit events and the change feed.
func (*Memo) Resource() string { return "memo" }

// Scope is where it stands, for the readers of audit events and of the change feed.
func (m *Memo) Scope() store.Scope {
	return store.Scope{Region: m.Owner.Region, Municipality: m.Owner.Municipality, Public: m.Status == MemoPublished && m.DeletedAt == nil}
}

// check finds what cannot be right about an edition.
func (m *Memo) check(f *errs.Faults) {
	if tidy(m.Links); len(m.Text) == 0 && len(m.Links) == 0 {
		f.Add("/text", "required", "a memo is a text or a link")
	}
	if m.Edition > 1 && len(m.Correction) == 0 {
		f.Add("/correction", "required", "a later edition says what it corrects")
	}
	if m.Edition == 1 && len(m.Correction) > 0 {
		f.Add("/correction", "unexpected", "the first edition corrects nothing")
	}
}

// held refuses a memo of a meeting that was not held.
func (m *Meeting) held() error {
	if m.Status == StatusHeld {
		return nil
	}
	e := errs.New(errs.WrongTransition, "only a meeting that was held has a memo")
	e.Members = map[string]any{"allowed": []MemoStatus{}}
	return e
}

// Memo is the edition that the reader may see as JSON: the latest, or the one with a number. Outsiders see published ones,
// those who may write the meeting all. Missing, WasDeleted with its meeting.
func (s *Service) Memo(ctx context.Context, id uuid.UUID, edition *int) (render.Row, error) {
	row, err := s.repo.memo(ctx, id, edition)
	return row, s.gone(ctx, id, err)
}

// PutMemo begins an edition (created is true) or replaces the open draft over the version that the caller read. For those who
// may write the meeting. Frozen when the open edition is approved; WrongTransition unless the meeting was held; InvalidData.
func (s *Service) PutMemo(ctx context.Context, id uuid.UUID, ifMatch *string, body any) (created bool, err error) {
	m, err := s.find(ctx, id)
	if err != nil {
		return false, err
	}
	if err := authz.From(ctx).Require(authz.WriteMeeting, m.Owner.target()); err != nil {
		return false, err
	}
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		m, err := s.repo.relock(ctx, id)
		if err != nil {
			return err
		}
		latest, err := s.repo.latestMemo(ctx, m)
		if err != nil {
			return err
		}
		if latest == nil || latest.Status == MemoPublished {
			created = true
			return s.beginMemo(ctx, tx, m, latest, ifMatch, body)
		}
		return s.replaceMemo(ctx, tx, m, latest, ifMatch, body)
	})
	return created, err
}

// beginMemo writes the first edition, or the one that follows a published one.
func (s *Service) beginMemo(ctx context.Context, tx *store.Tx, m *Meeting, latest *Memo, ifMatch *string, body any) error {
	now := Memo{MeetingID: m.ID, Edition: 1, Status: MemoDraft, Links: []Link{}, Owner: m.Owner}
	if latest != nil {
		now.Edition = latest.Edition + 1
		if err := render.MatchVersion(ctx, ifMatch, latest.Version); err != nil {
			return err
		}
	} else if ifMatch != nil {
		return errs.New(errs.Changed, "there is no memo to match")
	}
	if err := m.held(); err != nil {
		return err
	}
	if err := patch.Merge(&now, body); err != nil {
		return err
	}
	f := errs.Faults{}
	now.check(&f)
	if err := f.Err(); err != nil {
		return err
	}
	return s.repo.insertMemo(ctx, tx, &now)
}

// replaceMemo writes all members of the open draft.
func (s *Service) replaceMemo(ctx context.Context, tx *store.Tx, m *Meeting, was *Memo, ifMatch *string, body any) error {
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	if was.Status == MemoApproved {
		return errs.New(errs.Frozen, "it is approved: take it back to draft first")
	}
	if err := m.held(); err != nil {
		return err
	}
	now := *was
	now.Text, now.Links, now.Correction = nil, []Link{}, nil
	if err := patch.Merge(&now, body); err != nil {
		return err
	}
	f := errs.Faults{}
	now.check(&f)
	if err := f.Err(); err != nil || len(store.ChangedMembers(was, &now)) == 0 {
		return err
	}
	return s.repo.memos.Update(ctx, tx, was, &now)
}

// openMemo finds the latest edition for writing: what the actor may not see is Missing, what is not theirs Forbidden.
func (s *Service) openMemo(ctx context.Context, id uuid.UUID, permissions ...authz.Permission) error {
	m, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	latest, err := s.repo.latestMemo(ctx, m)
	if err != nil {
		return err
	}
	a, t := authz.From(ctx), m.Owner.target()
	if latest == nil || latest.Edition == 1 && latest.Status != MemoPublished && !a.May(authz.WriteMeeting, t) {
		return errs.New(errs.Missing, "there is no memo")
	}
	if slices.ContainsFunc(permissions, func(p authz.Permission) bool { return a.May(p, t) }) {
		return nil
	}
	return a.Require(permissions[0], t)
}

// locked gives the meeting and its latest edition as they stand, with the meeting's row locked, in the version that the caller read.
func (s *Service) locked(ctx context.Context, id uuid.UUID, ifMatch *string) (*Meeting, *Memo, error) {
	m, err := s.repo.relock(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	memo, err := s.repo.latestMemo(ctx, m)
	switch {
	case err != nil:
		return nil, nil, err
	case memo == nil:
		return nil, nil, errs.New(errs.Missing, "there is no memo")
	}
	return m, memo, render.RequireVersion(ctx, ifMatch, memo.Version)
}

// DeleteMemo throws the open draft away. For those who may write the meeting. Missing; Frozen when it is approved or published.
func (s *Service) DeleteMemo(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	if err := s.openMemo(ctx, id, authz.WriteMeeting); err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, was, err := s.locked(ctx, id, ifMatch)
		switch {
		case err != nil:
			return err
		case was.Status == MemoApproved:
			return errs.New(errs.Frozen, "it is approved: take it back to draft first")
		case was.Status == MemoPublished:
			return errs.New(errs.Frozen, "a published memo stays")
		}
		now := *was
		return s.repo.memos.Delete(ctx, tx, was, &now)
	})
}

// TransitionMemo moves the latest edition to another status. For those who may take the step. Publishing stores the meeting as
// it stands and raises the meeting's version: its decisions show from then on. WrongTransition, InvalidData.
func (s *Service) TransitionMemo(ctx context.Context, id uuid.UUID, ifMatch *string, to MemoStatus, on *clock.Date, note *string) error {
	permissions := memoLife.Permissions(to)
	if err := s.openMemo(ctx, id, permissions...); err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		m, was, err := s.locked(ctx, id, ifMatch)
		if err != nil {
			return err
		}
		step, err := memoLife.Find(was.Status, to, note)
		if err != nil {
			return err
		}
		if err := authz.From(ctx).Require(step.Permission, m.Owner.target()); err != nil {
			return err
		}
		if err := m.held(); err != nil {
			return err
		}
		now, f := *was, errs.Faults{}
		now.Status = to
		if now.ApprovedOn = approved(m, was, to, on, &f); len(f) > 0 {
			return f.Err()
		}
		if to == MemoPublished {
			at := clock.Now()
			now.PublishedAt = &at
			if now.Record, err = s.repo.record(ctx, m.ID); err != nil {
				return err
			}
		}
		if err := s.repo.memos.Update(ctx, tx, was, &now); err != nil {
			return err
		}
		if err := tx.Step(ctx, now.Resource(), now.ID, store.Step{From: string(was.Status), To: string(to), On: on, Note: note}); err != nil || to != MemoPublished {
			return err
		}
		touched := *m
		return s.repo.Touch(ctx, tx, m, &touched, "memoEdition")
	})
}

// approved is the day of approval that a step leads to.
func approved(m *Meeting, was *Memo, to MemoStatus, on *clock.Date, f *errs.Faults) *clock.Date {
	if to != MemoApproved {
		if on != nil {
			f.Add("/on", "unexpected", "it goes with an approval only")
		}
		if to == MemoDraft {
			return nil
		}
		return was.ApprovedOn
	}
	today := clock.Today()
	if on == nil {
		return &today
	}
	if *on > today {
		f.Add("/on", "future", "it is not yet that day")
	}
	if m.Date != nil && *on < *m.Date {
		f.Add("/on", "order", "a memo is approved after the meeting")
	}
	return on
}
