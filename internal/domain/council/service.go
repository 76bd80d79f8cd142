package council

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Service holds the rules of councils: who may write which, and what a council may become.
type Service struct {
	repo Repository
	geo  area.Geography
}

// NewService makes the service.
func NewService(repo Repository, geo area.Geography) *Service { return &Service{repo, geo} }

// Get is one council as JSON, for everyone. Missing, or WasDeleted.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.read(ctx, id)
}

// List is a page of councils, for everyone.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	return s.repo.list(ctx, f, req)
}

// Place tells where a council stands, with itself and those above it; ok is false when there is none.
func (s *Service) Place(ctx context.Context, id uuid.UUID) (t authz.Target, ok bool, err error) {
	p, ok, err := s.repo.place(ctx, id)
	return p.target(), ok, err
}

// Exists tells which of the ids are councils.
func (s *Service) Exists(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	return s.repo.existing(ctx, ids)
}

// find loads a council and where it stands. Missing, or WasDeleted.
func (s *Service) find(ctx context.Context, id uuid.UUID) (*Council, place, error) {
	c, err := s.repo.GetAny(ctx, id)
	if err != nil {
		return nil, place{}, err
	}
	if c.DeletedAt != nil {
		return nil, place{}, store.Gone(*c.DeletedAt, c.Version)
	}
	p, _, err := s.repo.place(ctx, id)
	return c, p, err
}

// Create makes a council. For those who may write councils in its area, or the council that it is a part of. NotAllowed,
// InvalidData.
func (s *Service) Create(ctx context.Context, body any) (uuid.UUID, error) {
	c := &Council{}
	if err := patch.Merge(c, body); err != nil {
		return c.ID, err
	}
	if err := s.check(ctx, &Council{}, c); err != nil {
		return c.ID, err
	}
	err := s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.tie(ctx, &Council{}, c); err != nil {
			return err
		}
		c.derive()
		return s.repo.Insert(ctx, tx, c)
	})
	return c.ID, err
}

// Update changes a council over the version that the caller read. For those who may write it; into another area or under
// another parent only with the right there. NotAllowed, Changed, InvalidData, Circle.
func (s *Service) Update(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
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
	c := *was
	if err := patch.Merge(&c, body); err != nil {
		return err
	}
	if err := s.check(ctx, was, &c); err != nil {
		return err
	}
	if len(store.ChangedMembers(was, &c)) == 0 {
		return nil
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.tie(ctx, was, &c); err != nil {
			return err
		}
		c.derive()
		err := s.repo.Update(ctx, tx, was, &c)
		if store.Violated(err) == "councils_circle" {
			return circle("/parentId")
		}
		return err
	})
}

// tie holds the councils that c newly refers to, and refuses circles; for the transaction that writes c.
func (s *Service) tie(ctx context.Context, was, c *Council) error {
	newParent, newOrigin := c.ParentID != nil && !opt.Equal(was.ParentID, c.ParentID), c.PredecessorID != nil && !opt.Equal(was.PredecessorID, c.PredecessorID)
	if !newParent && !newOrigin {
		return nil
	}
	if err := s.repo.lockTree(ctx); err != nil {
		return err
	}
	var ids []uuid.UUID
	for _, r := range []struct {
		fresh   bool
		id      *uuid.UUID
		pointer string
		above   func(context.Context, uuid.UUID, uuid.UUID) (bool, error)
	}{{newParent, c.ParentID, "/parentId", s.repo.under}, {newOrigin, c.PredecessorID, "/predecessorId", s.repo.cameOutOf}} {
		if !r.fresh {
			continue
		}
		ids = append(ids, *r.id)
		if c.ID == uuid.Nil {
			continue
		}
		yes, err := r.above(ctx, *r.id, c.ID)
		if err != nil {
			return err
		}
		if yes {
			return circle(r.pointer)
		}
	}
	found, err := s.repo.hold(ctx, ids)
	if err != nil {
		return err
	}
	f := errs.Faults{}
	if newParent && !found[*c.ParentID] {
		f.Add("/parentId", "unknown-reference", "there is no such council")
	}
	if newOrigin && !found[*c.PredecessorID] {
		f.Add("/predecessorId", "unknown-reference", "there is no such council")
	}
	return f.Err()
}

func circle(pointer string) error {
	e := errs.New(errs.Circle, "a council cannot be above itself, nor come out of itself")
	e.Faults = []errs.Fault{{In: "body", Pointer: pointer, Code: "circle", Detail: errs.Msg("it leads back to this council")}}
	return e
}

// Delete leaves a tombstone. For those who may write the council. InUse while something depends on it.
func (s *Service) Delete(ctx context.Context, id uuid.UUID, ifMatch *string) error {
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
	c := *was
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.lockWhole(ctx, id); err != nil {
			return err
		}
		users, err := s.repo.usedBy(ctx, id)
		if err == nil && len(users) > 0 {
			err = inUse(users)
		}
		if err != nil {
			return err
		}
		return s.repo.Delete(ctx, tx, was, &c)
	})
}

func inUse(users []string) error {
	e := errs.New(errs.InUse, "something else depends on it; usedBy tells what")
	e.Members = map[string]any{"usedBy": users}
	return e
}
