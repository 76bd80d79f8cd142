package actionplan

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Service holds the rules of action plans.
type Service struct{ repo Repository }

// NewService makes the service.
func NewService(repo Repository) *Service { return &Service{repo} }

// Get is one plan as JSON, with its items if asked. Missing to those who may not see the draft, WasDeleted if it was public.
func (s *Service) Get(ctx context.Context, id uuid.UUID, items bool) (render.Row, error) {
	return s.repo.read(ctx, id, items)
}

// List is a page of the plans of a council that the actor may see. Missing or WasDeleted as the council is.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	out, err := s.repo.list(ctx, f, req)
	if err == nil && len(out.Items) == 0 { // a council with plans is not deleted
		err = s.repo.needCouncil(ctx, f.Council)
	}
	return out, err
}

// find loads a plan that the actor may see.
func (s *Service) find(ctx context.Context, id uuid.UUID) (*Plan, error) {
	p, err := s.repo.GetAny(ctx, id)
	if err != nil {
		return nil, err
	}
	p.At, err = s.repo.council(ctx, p.CouncilID)
	if err != nil && !errs.Is(err, errs.WasDeleted) {
		return nil, err
	}
	mine := authz.From(ctx).May(authz.WriteCouncil, p.At)
	var gone time.Time
	switch {
	case p.DeletedAt != nil:
		gone = *p.DeletedAt
	case p.Status == StatusDraft && !mine:
		gone = p.UpdatedAt
	default:
		return p, nil
	}
	if p.PublishedAt == nil && !mine {
		return nil, errs.New(errs.Missing, "there is none with this id")
	}
	return nil, store.Gone(gone, p.Version)
}

// findMine loads a plan that the actor may write, in the version that the request names.
func (s *Service) findMine(ctx context.Context, id uuid.UUID, ifMatch *string) (*Plan, error) {
	p, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := authz.From(ctx).Require(authz.WriteCouncil, p.At); err != nil {
		return nil, err
	}
	return p, render.RequireVersion(ctx, ifMatch, p.Version)
}

// Create begins a plan, as a draft. For those who may write the council. Duplicate if there is one for the year.
func (s *Service) Create(ctx context.Context, council uuid.UUID, body any) (uuid.UUID, error) {
	p := &Plan{CouncilID: council, Status: StatusDraft}
	var err error
	if p.At, err = s.repo.council(ctx, council); err != nil {
		return p.ID, err
	}
	if err := authz.From(ctx).Require(authz.WriteCouncil, p.At); err != nil {
		return p.ID, err
	}
	if err := patch.Merge(p, body); err != nil {
		return p.ID, err
	}
	i18n.Tidy(p.Title)
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.lockCouncil(ctx, council); err != nil {
			return err
		}
		if err := s.repo.needCouncil(ctx, council); err != nil {
			return err
		}
		if err := s.refuseDuplicate(ctx, p); err != nil {
			return err
		}
		return duplicate(s.repo.Insert(ctx, tx, p))
	})
	return p.ID, err
}

func (s *Service) refuseDuplicate(ctx context.Context, p *Plan) error {
	other, taken, err := s.repo.ofYear(ctx, p)
	if err != nil || !taken {
		return err
	}
	e := another()
	e.Members = map[string]any{"conflictsWith": other}
	return e
}

func another() *errs.Error {
	e := errs.New(errs.Duplicate, "the council has a plan for this year")
	e.Faults = []errs.Fault{{In: "body", Pointer: "/year", Code: "duplicate", Detail: errs.Msg("another plan is for the same year")}}
	return e
}

// duplicate says better what the index on council and year refuses.
func duplicate(err error) error {
	if store.Violated(err) == "action_plans_year" {
		return another()
	}
	return err
}

// Update changes a plan. For those who may write the council. Frozen once it is approved, but for its links.
func (s *Service) Update(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
	was, err := s.findMine(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	p := *was
	if err := patch.Merge(&p, body); err != nil {
		return err
	}
	i18n.Tidy(p.Title)
	changed := store.ChangedMembers(was, &p)
	if len(changed) == 0 {
		return nil
	}
	if was.Status == StatusApproved {
		if err := frozen(changed, "links"); err != nil {
			return err
		}
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if p.Year != was.Year {
			if err := s.repo.lockCouncil(ctx, p.CouncilID); err != nil {
				return err
			}
			if err := s.refuseDuplicate(ctx, &p); err != nil {
				return err
			}
		}
		return duplicate(s.repo.Update(ctx, tx, was, &p))
	})
}

// frozen refuses changes of an approved plan, but for those of the free members.
func frozen(changed []string, free ...string) error {
	e := errs.New(errs.Frozen, "the plan is approved; take it back to a draft to change this")
	for _, m := range changed {
		if !slices.Contains(free, m) {
			e.Faults = append(e.Faults, errs.Fault{In: "body", Pointer: "/" + m, Code: "frozen", Detail: errs.Msg("it stands as it was approved")})
		}
	}
	if len(e.Faults) == 0 {
		return nil
	}
	return e
}

// Delete leaves a tombstone. For those who may write the council.
func (s *Service) Delete(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	was, err := s.findMine(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	p := *was
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.repo.Delete(ctx, tx, was, &p) })
}

// Approval is what a request tells of an approval. DayUnsaid: it is silent on the day.
type Approval struct {
	On        *clock.Date
	DayUnsaid bool
	MeetingID *uuid.UUID
}

// Transition approves a plan, or takes it back. For those who may write the council. WrongTransition, InvalidData.
func (s *Service) Transition(ctx context.Context, id uuid.UUID, ifMatch *string, to Status, by Approval, note *string) error {
	was, err := s.findMine(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	if _, err := life.Find(was.Status, to, note); err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		p := *was
		if p.Status = to; to == StatusApproved {
			err = s.approve(ctx, &p, by)
		} else {
			err = p.takeBack(by)
		}
		if err != nil {
			return err
		}
		if err := s.repo.Update(ctx, tx, was, &p); err != nil {
			return err
		}
		return tx.Step(ctx, p.Resource(), p.ID, store.Step{From: string(was.Status), To: string(to), On: by.On, Note: note})
	})
}

func (s *Service) approve(ctx context.Context, p *Plan, by Approval) error {
	p.ApprovedOn, p.MeetingID = by.On, by.MeetingID
	if by.DayUnsaid {
		today := clock.Today()
		p.ApprovedOn = &today
	}
	if p.PublishedAt == nil {
		now := clock.Now()
		p.PublishedAt = &now
	}
	if by.MeetingID == nil {
		return nil
	}
	day, ok, err := s.repo.meeting(ctx, p.CouncilID, *by.MeetingID)
	if err != nil {
		return err
	}
	if !ok {
		f := errs.Faults{}
		f.Add("/meetingId", "unknown-reference", "the council has no such meeting")
		return f.Err()
	}
	if by.DayUnsaid && day != nil {
		p.ApprovedOn = day
	}
	return nil
}

func (p *Plan) takeBack(by Approval) error {
	f := errs.Faults{}
	if by.MeetingID != nil {
		f.Add("/meetingId", "unexpected", "it goes with an approval only")
	}
	p.ApprovedOn, p.MeetingID = nil, nil
	return f.Err()
}

// Transitions lists the steps of a plan, newest first; for those who may write the council.
func (s *Service) Transitions(ctx context.Context, id uuid.UUID, req page.Request) (render.Page, error) {
	p, err := s.find(ctx, id)
	if err != nil {
		return render.Page{}, err
	}
	if err := authz.From(ctx).Require(authz.WriteCouncil, p.At); err != nil {
		return render.Page{}, err
	}
	return s.repo.Steps(ctx, p.Resource(), id, true, req)
}
