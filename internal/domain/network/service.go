package network

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Geography is what networks need to know of the country.
type Geography interface {
	area.Geography
	// Field tells whether there is such a field of activity.
	Field(code string) bool
}

// Councils is what networks need of councils.
type Councils interface {
	// Ask asks a council to take a network in, in the transaction that makes the network. InvalidData, with a fault at
	// /councilId, if there is no such council.
	Ask(ctx context.Context, tx *store.Tx, council, network uuid.UUID, message *string) error
	// Leave takes a network that is being closed out of every council.
	Leave(ctx context.Context, tx *store.Tx, network uuid.UUID, on clock.Date, reason string) error
}

// Organisations is what networks need of organisations.
type Organisations interface {
	// Visible is nil when the actor may see the organisation, else Missing, WasDeleted or WasMerged.
	Visible(ctx context.Context, id uuid.UUID) error
}

// Conveners gives the user who founds a network the role of its convener, in the transaction that makes it.
type Conveners func(ctx context.Context, network uuid.UUID) error

// Service holds the rules of networks and memberships.
type Service struct {
	repo          Repository
	geo           Geography
	councils      Councils
	organisations Organisations
	conveners     Conveners
}

// NewService makes the service.
func NewService(repo Repository, geo Geography, councils Councils, organisations Organisations, conveners Conveners) *Service {
	return &Service{repo, geo, councils, organisations, conveners}
}

// find loads a network and where it stands. Missing, or WasDeleted: networks are public from the start.
func (s *Service) find(ctx context.Context, id uuid.UUID) (*Network, place, error) {
	n, err := s.repo.GetAny(ctx, id)
	if err != nil {
		return nil, place{}, err
	}
	if n.DeletedAt != nil {
		return nil, place{}, store.Gone(*n.DeletedAt, n.Version)
	}
	at, _, err := s.repo.place(ctx, id)
	return n, at, err
}

// write is find for those who may write the network and have read its version. NotAllowed, NeedsIfMatch, Changed.
func (s *Service) write(ctx context.Context, id uuid.UUID, ifMatch *string) (*Network, error) {
	n, at, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := authz.From(ctx).Require(authz.WriteNetwork, at.target); err != nil {
		return nil, err
	}
	return n, render.RequireVersion(ctx, ifMatch, n.Version)
}

// Update changes a network, for those who may write it; into another area or below another parent for those who may there too.
// InvalidData, Circle.
func (s *Service) Update(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
	was, err := s.write(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	n, f := *was, errs.Faults{}
	if err := patch.Merge(&n, body); err != nil {
		return err
	}
	parent, err := s.check(ctx, was, &n, &f)
	if err != nil {
		return err
	}
	if nowhere(f) {
		return f.Err()
	}
	if err := mayStand(ctx, was, &n, parent); err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	if len(store.ChangedMembers(was, &n)) == 0 {
		return nil
	}
	n.derive()
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if !opt.Equal(was.ParentID, n.ParentID) {
			if err := s.settle(ctx, &n); err != nil {
				return err
			}
		}
		return circle(s.repo.Update(ctx, tx, was, &n))
	})
}

// settle makes sure, for the rest of the transaction, that n can stand below its parent.
func (s *Service) settle(ctx context.Context, n *Network) error {
	if err := s.repo.lockTree(ctx); err != nil || n.ParentID == nil {
		return err
	}
	parent, found, err := s.repo.lock(ctx, *n.ParentID)
	if err != nil {
		return err
	}
	if !found || parent.deleted {
		f := errs.Faults{}
		f.Add("/parentId", "unknown-reference", "there is no such network")
		return f.Err()
	}
	for _, above := range parent.target.Networks {
		if above == n.ID.String() {
			return errCircle()
		}
	}
	return nil
}

func errCircle() error {
	e := errs.New(errs.Circle, "a network cannot stand below itself")
	e.Faults = []errs.Fault{{In: "body", Pointer: "/parentId", Code: "circle", Detail: errs.Msg("a network cannot stand below itself")}}
	return e
}

// circle tells the database's refusal of a circle as what it is.
func circle(err error) error {
	if store.Violated(err) == "networks_circle" {
		return errCircle()
	}
	return err
}

// Delete leaves a tombstone of a network to which nothing refers, for those who may write it. InUse.
func (s *Service) Delete(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	was, err := s.write(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	n := *was
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.lockWhole(ctx, id); err != nil {
			return err
		}
		uses, err := s.repo.uses(ctx, id)
		if err != nil {
			return err
		}
		if len(uses) > 0 {
			e := errs.New(errs.InUse, "something refers to it; close it instead")
			e.Members = map[string]any{"usedBy": uses}
			return e
		}
		return s.repo.Delete(ctx, tx, was, &n)
	})
}

// Transition moves a network to another status from a day on, for those who may write it. WrongTransition, InvalidData.
// Closing it ends its memberships on that day, takes it out of the councils that it has joined and rejects the applications.
func (s *Service) Transition(ctx context.Context, id uuid.UUID, ifMatch *string, to Status, on *clock.Date, note *string) error {
	was, err := s.write(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	day, f := clock.Today(), errs.Faults{}
	if on != nil {
		day = *on
	}
	if on != nil && day > clock.Today() {
		f.Add("/on", "future", "it cannot have happened yet")
	}
	if was.StatusSince != nil && day < *was.StatusSince {
		f.Add("/on", "order", "it has its present status since %s only", string(*was.StatusSince))
	}
	_, err = life.Find(was.Status, to, note)
	if err := join(f, err); err != nil {
		return err
	}
	n := *was
	n.Status, n.StatusSince, n.StatusReason = to, &day, note
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.Update(ctx, tx, was, &n); err != nil {
			return err
		}
		if to == StatusClosed {
			if err := s.repo.endAll(ctx, tx, &n, day); err != nil {
				return err
			}
			if err := s.councils.Leave(ctx, tx, n.ID, day, closed); err != nil {
				return err
			}
		}
		return tx.Step(ctx, n.Resource(), n.ID, store.Step{From: string(was.Status), To: string(to), On: &day, Note: note})
	})
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

// Get is one network as JSON. Missing, or WasDeleted.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.read(ctx, id)
}

// List is a page of networks.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	return s.repo.list(ctx, f, req)
}

// Transitions lists the steps of a network's life, newest first; who made them only to those who may write it.
func (s *Service) Transitions(ctx context.Context, id uuid.UUID, req page.Request) (render.Page, error) {
	n, at, err := s.find(ctx, id)
	if err != nil {
		return render.Page{}, err
	}
	return s.repo.Steps(ctx, n.Resource(), id, authz.From(ctx).May(authz.WriteNetwork, at.target), req)
}

// Place is the target of a network, with those above it; ok is false when there is none, or no more.
func (s *Service) Place(ctx context.Context, id uuid.UUID) (t authz.Target, ok bool, err error) {
	at, found, err := s.repo.place(ctx, id)
	if err != nil || !found || at.deleted {
		return authz.Target{}, false, err
	}
	return at.target, true, nil
}

// Exists tells which of the ids are networks that are not deleted.
func (s *Service) Exists(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	return s.repo.existing(ctx, ids)
}
