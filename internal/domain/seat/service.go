package seat

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/redact"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Organisations is what seats need to know of the organisations.
type Organisations interface {
	// Visible is nil when the actor may see the organisation, else Missing or WasDeleted.
	Visible(ctx context.Context, id uuid.UUID) error
}

// People is what seats need to know of people.
type People interface {
	// Readable tells which of the ids are people whom the actor may read; inside a transaction they are not erased before it ends.
	Readable(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error)
}

// Service holds the rules of seats and answers who represents whom.
type Service struct {
	repo          Repository
	organisations Organisations
	people        People
}

// NewService makes the service.
func NewService(repo Repository, organisations Organisations, people People) *Service {
	return &Service{repo, organisations, people}
}

// Council tells where a council stands, for rights over it. Missing or WasDeleted if it is not there.
func (s *Service) Council(ctx context.Context, id uuid.UUID) (authz.Target, error) {
	return s.repo.council(ctx, id, false)
}

// Create opens a seat in a council, for those who may write its seats; body has the members of the contract. Missing or
// WasDeleted without the council; Forbidden, InvalidData; Overlap where another seat stands in the way.
func (s *Service) Create(ctx context.Context, council uuid.UUID, body any) (id uuid.UUID, err error) {
	t, err := s.repo.council(ctx, council, false)
	if err != nil {
		return id, err
	}
	if err := authz.From(ctx).Require(authz.WriteSeat, t); err != nil {
		return id, err
	}
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		id, err = s.Open(ctx, tx, council, body)
		return err
	})
	return id, err
}

// Open is Create inside a transaction, for a caller who has settled that it may be: a nomination was confirmed.
func (s *Service) Open(ctx context.Context, tx *store.Tx, council uuid.UUID, body any) (uuid.UUID, error) {
	t, err := s.repo.council(ctx, council, true)
	if err != nil {
		return uuid.Nil, err
	}
	n, err := members(body)
	if err != nil {
		return uuid.Nil, err
	}
	d := draft{}
	if err := patch.Merge(&d, body); err != nil {
		return uuid.Nil, err
	}
	d.CouncilID = council
	d.place(t)
	if string(n["vacant"]) == "null" || !n.has("vacant") {
		d.Vacant = d.PersonID == nil
	}
	f := errs.Faults{}
	was, err := s.predecessor(ctx, &d, n, &f)
	if err != nil {
		return uuid.Nil, err
	}
	d.normalise(&f)
	if err := s.references(ctx, &draft{}, &d, &f); err != nil {
		return uuid.Nil, err
	}
	if err := f.Err(); err != nil {
		return uuid.Nil, err
	}
	if was != nil {
		was.place(t)
		if err := s.end(ctx, tx, was, *d.ValidFrom); err != nil {
			return uuid.Nil, err
		}
		d.PredecessorID = &was.ID
	}
	if err := s.refuseConflicts(ctx, &d.Seat); err != nil {
		return uuid.Nil, err
	}
	err = s.repo.Insert(ctx, tx, &d.Seat)
	return d.ID, refused(err)
}

// predecessor loads the seat that d succeeds, and takes over what the body leaves out; nil where there is none.
func (s *Service) predecessor(ctx context.Context, d *draft, n named, f *errs.Faults) (*Seat, error) {
	if d.Succeeds == nil {
		return nil, nil
	}
	was, err := s.repo.Get(ctx, *d.Succeeds)
	if errs.Is(err, errs.Missing) || err == nil && was.CouncilID != d.CouncilID {
		return nil, nil // references tells of it
	}
	if err != nil {
		return nil, err
	}
	d.inherit(was, n)
	if d.ValidFrom == nil {
		f.Add("/from", "required", "it is the day on which the other seat ends")
	} else if was.ValidFrom != nil && *d.ValidFrom <= *was.ValidFrom {
		f.Add("/from", "order", "it must come after the start of the seat that it succeeds")
	}
	return was, nil
}

// end ends a seat on the day on which its successor begins. Overlap if another seat has followed it already.
func (s *Service) end(ctx context.Context, tx *store.Tx, was *Seat, on clock.Date) error {
	next, err := s.repo.successor(ctx, was.ID)
	if err != nil {
		return err
	}
	if next != nil {
		return overlap([]conflict{{*next, "/succeeds"}})
	}
	if was.ValidTo != nil && *was.ValidTo <= on {
		return nil
	}
	now := *was
	now.ValidTo = &on
	return refused(s.repo.Update(ctx, tx, was, &now))
}

func (s *Service) refuseConflicts(ctx context.Context, seat *Seat) error {
	found, err := s.repo.conflicts(ctx, seat)
	if err != nil || len(found) == 0 {
		return err
	}
	return overlap(found)
}

// overlap tells which seats stand in the way; the first one by name.
func overlap(found []conflict) error {
	e := errs.New(errs.Overlap, "at that time another seat of the council stands in the way")
	for _, c := range found {
		detail := errs.Msg("the council has another chair at that time")
		switch c.pointer {
		case "/nominatingNetworkId":
			detail = errs.Msg("the network has another seat of this sort at that time")
		case "/personId":
			detail = errs.Msg("the person has another seat at that time")
		case "/succeeds":
			detail = errs.Msg("another seat has followed that one already")
		}
		e.Faults = append(e.Faults, errs.Fault{In: "body", Pointer: c.pointer, Code: "overlap", Detail: detail})
	}
	if found[0].id != uuid.Nil {
		e.Members = map[string]any{"conflictsWith": found[0].id}
	}
	return e
}

// refused says in the family's words what the database's own constraints refused.
func refused(err error) error {
	pointer := map[string]string{
		"seats_chair": "/role", "seats_network": "/nominatingNetworkId", "seats_network_deputy": "/nominatingNetworkId", "seats_person": "/personId", "seats_predecessor": "/succeeds",
	}[store.Violated(err)]
	if pointer == "" {
		return err
	}
	return overlap([]conflict{{uuid.Nil, pointer}})
}

// find loads a seat for writing, with the rights over its council checked. Missing, WasDeleted, Forbidden.
func (s *Service) find(ctx context.Context, id uuid.UUID, ifMatch *string) (*Seat, error) {
	was, err := s.repo.GetAny(ctx, id)
	if err != nil {
		return nil, err
	}
	if was.DeletedAt != nil {
		return nil, store.Gone(*was.DeletedAt, was.Version)
	}
	t, err := s.repo.council(ctx, was.CouncilID, false)
	if err != nil {
		return nil, err
	}
	was.place(t)
	if err := authz.From(ctx).Require(authz.WriteSeat, t); err != nil {
		return nil, err
	}
	return was, render.RequireVersion(ctx, ifMatch, was.Version)
}

// Update corrects a seat, for those who may write the seats of its council. Missing, WasDeleted, Forbidden, Stale,
// InvalidData; Overlap where its new period meets another seat.
func (s *Service) Update(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
	was, err := s.find(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := s.repo.council(ctx, was.CouncilID, true); err != nil {
			return err
		}
		d := draft{Seat: *was}
		if err := patch.Merge(&d.Seat, body); err != nil {
			return err
		}
		f := errs.Faults{}
		d.normalise(&f)
		if err := s.references(ctx, &draft{Seat: *was}, &d, &f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if len(store.ChangedMembers(was, &d.Seat)) == 0 {
			return nil
		}
		if err := s.refuseConflicts(ctx, &d.Seat); err != nil {
			return err
		}
		return refused(s.repo.Update(ctx, tx, was, &d.Seat))
	})
}

// Delete takes a seat away that was a mistake, for those who may write the seats of its council. Missing, WasDeleted,
// Forbidden, Stale; InUse while something refers to it.
func (s *Service) Delete(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	was, err := s.find(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := s.repo.council(ctx, was.CouncilID, true); err != nil {
			return err
		}
		used, err := s.repo.inUse(ctx, id)
		if err != nil {
			return err
		}
		if used {
			return errs.New(errs.InUse, "attendance, a deputy, a successor or a nomination refers to the seat: end it instead")
		}
		now := *was
		return s.repo.Delete(ctx, tx, was, &now)
	})
}

// Get renders a seat; open to everyone. Missing, WasDeleted.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.one(ctx, id)
}

// List renders a page of the seats that the filter asks for; open to everyone.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	p, err := s.repo.list(ctx, f, req)
	if err != nil {
		return p, err
	}
	if f.Council != nil && len(p.Items) == 0 { // an empty list, or no council?
		_, err = s.repo.council(ctx, *f.Council, false)
	}
	return p, err
}

// Erase clears what seats say of a person beside the name: title and contact points, and the name out of the texts of all seats
// of the same councils.
// For the erasure of a person, under its transaction.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, person uuid.UUID, name string) error {
	return s.repo.erase(ctx, tx, person, redact.New(name))
}
