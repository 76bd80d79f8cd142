package post

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

// Service holds the rules of posts and their holders. Every write to a post or to one of its holders first takes the lock of
// the post's row: writers of one post queue, and each finds what those before it left.
type Service struct {
	repo Repository
	geo  Geography
}

// NewService makes the service.
func NewService(repo Repository, geo Geography) *Service { return &Service{repo, geo} }

// Create makes a post of a request body. For those who may write posts in its area. NotAllowed elsewhere, InvalidData.
func (s *Service) Create(ctx context.Context, body any) (uuid.UUID, error) {
	p := &Post{}
	if err := patch.Merge(p, body); err != nil {
		return uuid.Nil, err
	}
	err := s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		var f errs.Faults
		if err := s.check(ctx, &Post{}, p, &f); err != nil {
			return err
		}
		if err := mayStand(ctx, p, f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		return s.repo.Insert(ctx, tx, p)
	})
	return p.ID, err
}

// Update applies a merge patch to a post, over the version that the caller read. For those who may write posts in its area,
// the new one included. Missing, WasDeleted, NotAllowed, NeedsIfMatch, Changed, InvalidData.
func (s *Service) Update(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.open(ctx, id)
		if err != nil {
			return err
		}
		if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
			return err
		}
		p, f := *was, errs.Faults{}
		if err := patch.Merge(&p, body); err != nil {
			return err
		}
		if err := s.check(ctx, was, &p, &f); err != nil {
			return err
		}
		if !opt.Equal(was.ValidFrom, p.ValidFrom) || !opt.Equal(was.ValidTo, p.ValidTo) {
			if err := s.checkHolders(ctx, &p, &f); err != nil {
				return err
			}
		}
		if err := mayStand(ctx, &p, f); err != nil {
			return err
		}
		if err := f.Err(); err != nil || len(store.ChangedMembers(was, &p)) == 0 {
			return err
		}
		return s.repo.Update(ctx, tx, was, &p)
	})
}

// checkHolders notes a period of a post that one of its holders does not fit into.
func (s *Service) checkHolders(ctx context.Context, p *Post, f *errs.Faults) error {
	early, late, err := s.repo.outside(ctx, p)
	if early {
		f.Add("/from", "holder-outside", "somebody held the post before that day")
	}
	if late {
		f.Add("/to", "holder-outside", "somebody holds the post after that day")
	}
	return err
}

// Delete leaves a tombstone of a post that nobody ever held. For those who may write it. Missing, WasDeleted, NotAllowed,
// NeedsIfMatch, Changed, InUse.
func (s *Service) Delete(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.open(ctx, id)
		if err != nil {
			return err
		}
		if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
			return err
		}
		held, err := s.repo.held(ctx, id)
		if err != nil {
			return err
		}
		if held {
			return errs.New(errs.InUse, "the post has holders; end it with to instead")
		}
		p := *was
		return s.repo.Delete(ctx, tx, was, &p)
	})
}

// open locks a post for writing. Missing, WasDeleted, NotAllowed.
func (s *Service) open(ctx context.Context, id uuid.UUID) (*Post, error) {
	p, err := s.repo.lock(ctx, id)
	if err != nil {
		return nil, err
	}
	if p.DeletedAt != nil {
		return nil, store.Gone(*p.DeletedAt, p.Version)
	}
	return p, authz.From(ctx).Require(authz.WritePost, p.target())
}

// mayStand is NotAllowed where the actor may not write posts, and InvalidData where nobody can say where p stands.
func mayStand(ctx context.Context, p *Post, f errs.Faults) error {
	if nowhere(p, f) {
		return f.Err()
	}
	return authz.From(ctx).Require(authz.WritePost, p.target())
}

// Get is one post as JSON, with its holder on a day. For everyone. Missing, WasDeleted.
func (s *Service) Get(ctx context.Context, id uuid.UUID, on clock.Date) (render.Row, error) {
	return s.repo.read(ctx, id, on)
}

// List is a page of posts. For everyone. Validation of a sort that does not go with modifiedSince, BadCursor.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	return s.repo.list(ctx, f, req)
}
