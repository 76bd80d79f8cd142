package nomination

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/redact"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Seats is what nominations need of the councils' seats. Values that stand for a seat are any whose JSON has its members.
type Seats interface {
	// Council tells where a council stands; Missing or WasDeleted if it is not there.
	Council(ctx context.Context, id uuid.UUID) (authz.Target, error)
	// Check finds what cannot be right about a seat proposed for a council; was is what it was before, nil if it is new. Inside the
	// transaction that writes: it locks the council and the person. Missing or WasDeleted without the council.
	Check(ctx context.Context, council uuid.UUID, was, now any) (errs.Faults, error)
	// Open opens a seat: InvalidData, or Overlap where another seat stands in the way.
	Open(ctx context.Context, tx *store.Tx, council uuid.UUID, seat any) (uuid.UUID, error)
}

// Service holds the rules of nominations and of the calls for them.
type Service struct {
	repo  Repository
	seats Seats
}

// NewService makes the service.
func NewService(repo Repository, seats Seats) *Service { return &Service{repo, seats} }

// Create proposes a person for a seat, for those who may propose for the nominating body. Missing or WasDeleted without the
// council; Forbidden, InvalidData, Duplicate; DeadlinePassed when the call is not open.
func (s *Service) Create(ctx context.Context, council uuid.UUID, request any) (uuid.UUID, error) {
	t, err := s.seats.Council(ctx, council)
	if err != nil {
		return uuid.Nil, err
	}
	n := &Nomination{}
	if err := patch.Merge(n, request); err != nil {
		return uuid.Nil, err
	}
	n.CouncilID, n.Status, n.Region, n.Municipality = council, StatusProposed, opt.NonEmpty(t.Region), opt.NonEmpty(t.Municipality)
	f, err := s.mayPropose(ctx, n)
	if err != nil {
		return uuid.Nil, err
	}
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		call, err := s.called(ctx, tx, n, &f)
		if err != nil {
			return err
		}
		if err := s.check(ctx, nil, n, f); err != nil {
			return err
		}
		if err := inTime(call); err != nil {
			return err
		}
		if err := s.refuseSame(ctx, n); err != nil {
			return err
		}
		err = s.repo.Insert(ctx, tx, n)
		if store.Violated(err) == "nominations_open" {
			return errs.New(errs.Duplicate, "this person is proposed by the same body already")
		}
		return err
	})
	return n.ID, err
}

// mayPropose asks for the right over the nominating body. Forbidden without it; a body that is not there, or that the actor
// cannot know of, is a fault.
func (s *Service) mayPropose(ctx context.Context, n *Nomination) (f errs.Faults, err error) {
	member := n.nominator()
	if member == "" {
		if n.NominatingOrganisationID == nil && n.NominatingNetworkID == nil && n.NominatingCouncilID == nil {
			f.Add("/nominatingOrganisationId", "required", "one of nominatingOrganisationId, nominatingNetworkId and nominatingCouncilId is needed")
		}
		return f, nil // several are a fault that check finds
	}
	b, err := s.repo.nominator(ctx, n)
	if err != nil {
		return nil, err
	}
	if b.live && b.public || authz.From(ctx).May(authz.ProposeNomination, b.Target) {
		return f, authz.From(ctx).Require(authz.ProposeNomination, b.Target)
	}
	switch member {
	case "nominatingNetworkId":
		f.Add("/"+member, "unknown-reference", "there is no such network")
	case "nominatingCouncilId":
		f.Add("/"+member, "unknown-reference", "there is no such council")
	default:
		f.Add("/"+member, "unknown-reference", "there is no such organisation")
	}
	return f, nil
}

// check is InvalidData with the faults in f and those that the seat would have.
func (s *Service) check(ctx context.Context, was, n *Nomination, f errs.Faults) error {
	if n.Title = i18n.Tidy(n.Title); len(n.Title) == 0 {
		n.Title = nil
	}
	var before any
	if was != nil {
		before = was
		if n.PersonID == was.PersonID && n.Message != nil && (was.Message == nil || *was.Message != *n.Message) {
			erased, err := s.repo.erased(ctx, n.PersonID)
			if err != nil {
				return err
			}
			if erased { // of the title the seats tell
				f.Add("/message", "erased", "the person has been erased: nothing is told of the person any more")
			}
		}
	}
	found, err := s.seats.Check(ctx, n.CouncilID, before, n)
	if err != nil {
		return err
	}
	for _, fault := range found {
		if !slices.ContainsFunc(f, func(have errs.Fault) bool { return have.Pointer == fault.Pointer && have.Code == fault.Code }) {
			f = append(f, fault)
		}
	}
	return f.Err()
}

// called loads the call that a nomination answers, and notes where the nomination is not what it asks for.
func (s *Service) called(ctx context.Context, tx *store.Tx, n *Nomination, f *errs.Faults) (*Call, error) {
	if n.CallID == nil {
		return nil, nil
	}
	c, err := s.repo.call(ctx, tx, n.CouncilID, *n.CallID)
	if errs.Is(err, errs.Missing) {
		f.Add("/callId", "unknown-reference", "the council has no such call for nominations")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(c.Roles) > 0 && !slices.Contains(c.Roles, n.Role) {
		f.Add("/role", "not-called-for", "the call does not ask for this role")
	}
	if len(c.NetworkIDs) > 0 && (n.NominatingNetworkID == nil || !slices.Contains(c.NetworkIDs, *n.NominatingNetworkID)) {
		f.Add("/nominatingNetworkId", "not-called-for", "the call asks other networks")
	}
	switch {
	case n.TermID == nil:
		n.TermID = c.TermID
	case c.TermID != nil && *c.TermID != *n.TermID:
		f.Add("/termId", "contradiction", "the call is for another term")
	}
	return c, nil
}

// inTime is DeadlinePassed when a call takes no nominations now. The call is held: its deadline cannot have moved since.
func inTime(c *Call) error {
	now := clock.Now()
	switch {
	case c == nil:
	case c.OpensAt != nil && now.Before(*c.OpensAt):
		return errs.New(errs.DeadlinePassed, "the call for nominations is not open yet")
	case !now.Before(c.Deadline):
		return errs.New(errs.DeadlinePassed, "the deadline of the call for nominations has passed")
	}
	return nil
}

func (s *Service) refuseSame(ctx context.Context, n *Nomination) error {
	other, err := s.repo.same(ctx, n)
	if err != nil || other == nil {
		return err
	}
	e := errs.New(errs.Duplicate, "this person is proposed by the same body already")
	e.Members = map[string]any{"conflictsWith": *other}
	e.Faults = []errs.Fault{{In: "body", Pointer: "/personId", Code: "duplicate", Detail: errs.Msg("this person is proposed by the same body already")}}
	return e
}

// standing is a nomination with the rights that its two sides are asked for.
type standing struct {
	*Nomination
	council   authz.Target
	nominator authz.Target
}

// side is where the permission is asked for: at the council, or at the nominating body.
func (n standing) side(p authz.Permission) authz.Target {
	if p == authz.DecideNomination {
		return n.council
	}
	return n.nominator
}

// find loads a nomination for those inside: who decide, or propose for the nominating body. Others find a confirmed one only.
func (s *Service) find(ctx context.Context, id uuid.UUID) (n standing, err error) {
	if n.Nomination, err = s.repo.Get(ctx, id); err != nil {
		return n, err
	}
	if n.council, err = s.seats.Council(ctx, n.CouncilID); err != nil {
		return n, err
	}
	n.Region, n.Municipality = opt.NonEmpty(n.council.Region), opt.NonEmpty(n.council.Municipality)
	b, err := s.repo.nominator(ctx, n.Nomination)
	if err != nil {
		return n, err
	}
	n.nominator = b.Target
	a := authz.From(ctx)
	if n.Status != StatusConfirmed && !a.May(authz.DecideNomination, n.council) && !a.May(authz.ProposeNomination, n.nominator) {
		return n, errs.New(errs.Missing, "there is none with this id")
	}
	return n, nil
}

// Update changes a nomination that is still open, for those who may propose for the nominating body. Missing, Forbidden, Stale,
// InvalidData, as when it is not what its call asks for; Frozen once it is decided or withdrawn, DeadlinePassed when the call is
// not open.
func (s *Service) Update(ctx context.Context, id uuid.UUID, ifMatch *string, request any) error {
	was, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if err := authz.From(ctx).Require(authz.ProposeNomination, was.nominator); err != nil {
		return err
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	if was.Status != StatusProposed {
		return errs.New(errs.Frozen, "a nomination that is decided or withdrawn is not changed")
	}
	now := *was.Nomination
	if err := patch.Merge(&now, request); err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		f := errs.Faults{}
		call, err := s.called(ctx, tx, &now, &f)
		if err != nil {
			return err
		}
		if err := s.check(ctx, was.Nomination, &now, f); err != nil {
			return err
		}
		if len(store.ChangedMembers(was.Nomination, &now)) == 0 {
			return nil
		}
		if err := inTime(call); err != nil {
			return err
		}
		return s.repo.Update(ctx, tx, was.Nomination, &now)
	})
}

// Get renders a nomination: a confirmed one for everyone, others for those who decide or propose. Missing.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.one(ctx, id)
}

// List renders a page of the nominations to a council that the actor may see. Missing or WasDeleted without the council.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	p, err := s.repo.list(ctx, f, req)
	if err == nil && len(p.Items) == 0 { // an empty list, or no council?
		_, err = s.seats.Council(ctx, f.Council)
	}
	return p, err
}

// Transitions renders a page of the steps of a nomination, for those who decide, or propose for the nominating body. Missing, Forbidden.
func (s *Service) Transitions(ctx context.Context, id uuid.UUID, req page.Request) (render.Page, error) {
	n, err := s.find(ctx, id)
	if err != nil {
		return render.Page{}, err
	}
	a := authz.From(ctx)
	decides := a.May(authz.DecideNomination, n.council)
	if !decides {
		if err := a.Require(authz.ProposeNomination, n.nominator); err != nil {
			return render.Page{}, err
		}
	}
	return s.repo.Steps(ctx, n.Resource(), id, decides, req)
}

// Erase clears what nominations say of a person beside the name, and the name out of the texts of all nominations to the same
// councils. For the erasure of a person, under its transaction.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, person uuid.UUID, name string) error {
	return s.repo.erase(ctx, tx, person, redact.New(name))
}
