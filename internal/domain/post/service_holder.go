package post

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// CreateHolder gives a post to a person, by a request body. succeeds is the holder who ends when this one begins, if
// anybody. For those who may write the post. Missing, WasDeleted, NotAllowed, InvalidData, Overlap.
func (s *Service) CreateHolder(ctx context.Context, post uuid.UUID, succeeds *uuid.UUID, body any) (uuid.UUID, error) {
	h := &Holder{PostID: post}
	if err := patch.Merge(h, body); err != nil {
		return uuid.Nil, err
	}
	err := s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		if h.Post, err = s.open(ctx, post); err != nil {
			return err
		}
		var f errs.Faults
		h.check(&f)
		readable, err := s.repo.readable(ctx, h.PersonID)
		if err != nil {
			return err
		}
		if !readable {
			f.Add("/personId", "unknown-reference", "there is no such person")
		}
		former, err := s.former(ctx, h, succeeds, &f)
		if err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		if err := s.end(ctx, tx, former, h.ValidFrom); err != nil {
			return err
		}
		if err := s.refuseOverlap(ctx, h); err != nil {
			return err
		}
		return overlapping(s.repo.holders.Insert(ctx, tx, h))
	})
	return h.ID, err
}

// former is the holder whom h succeeds, nil for none, and notes what stands against the succession.
func (s *Service) former(ctx context.Context, h *Holder, id *uuid.UUID, f *errs.Faults) (*Holder, error) {
	if id == nil {
		return nil, nil
	}
	if h.ValidFrom == nil {
		f.Add("/from", "required", "a succession needs its day")
	}
	former, err := s.repo.holders.Get(ctx, *id)
	if errs.Is(err, errs.Missing) || err == nil && former.PostID != h.PostID {
		f.Add("/succeeds", "unknown-reference", "the post has no such holder")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if notBefore(former.ValidFrom, h.ValidFrom) {
		f.Add("/from", "order", "the successor must begin after the one before")
	}
	former.Post = h.Post
	return former, nil
}

// end lets a holder, if there is one, end on a day; one who has ended before stays as is.
func (s *Service) end(ctx context.Context, tx *store.Tx, was *Holder, on *clock.Date) error {
	if was == nil || was.ValidTo != nil && *was.ValidTo <= *on {
		return nil
	}
	h := *was
	h.ValidTo = on
	return s.repo.holders.Update(ctx, tx, was, &h)
}

// UpdateHolder applies a merge patch to the period of a holder, over the version that the caller read. For those who may
// write the post. Missing, WasDeleted, NotAllowed, NeedsIfMatch, Changed, InvalidData, Overlap.
func (s *Service) UpdateHolder(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.openHolder(ctx, id, ifMatch)
		if err != nil {
			return err
		}
		h, f := *was, errs.Faults{}
		if err := patch.Merge(&h, body); err != nil {
			return err
		}
		h.check(&f)
		if err := f.Err(); err != nil || len(store.ChangedMembers(was, &h)) == 0 {
			return err
		}
		if err := s.refuseOverlap(ctx, &h); err != nil {
			return err
		}
		return overlapping(s.repo.holders.Update(ctx, tx, was, &h))
	})
}

// DeleteHolder leaves a tombstone of a holder. For those who may write the post. Missing, WasDeleted, NotAllowed,
// NeedsIfMatch, Changed.
func (s *Service) DeleteHolder(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.openHolder(ctx, id, ifMatch)
		if err != nil {
			return err
		}
		h := *was
		return s.repo.holders.Delete(ctx, tx, was, &h)
	})
}

// openHolder locks the post of a holder for writing, and loads the holder. Missing, WasDeleted, NotAllowed, NeedsIfMatch,
// Changed.
func (s *Service) openHolder(ctx context.Context, id uuid.UUID, ifMatch *string) (*Holder, error) {
	p, err := s.repo.lockOf(ctx, id)
	if err != nil {
		return nil, err
	}
	h, err := s.repo.holders.GetAny(ctx, id)
	if err != nil {
		return nil, err
	}
	if h.DeletedAt != nil {
		return nil, store.Gone(*h.DeletedAt, h.Version)
	}
	h.Post = p
	if err := authz.From(ctx).Require(authz.WritePost, p.target()); err != nil {
		return nil, err
	}
	return h, render.RequireVersion(ctx, ifMatch, h.Version)
}

// refuseOverlap is an Overlap that names who else holds h's post in h's period. The post is locked: nobody comes between.
func (s *Service) refuseOverlap(ctx context.Context, h *Holder) error {
	other, err := s.repo.overlap(ctx, h)
	if err != nil || other == uuid.Nil {
		return err
	}
	e := overlap()
	e.Members = map[string]any{"conflictsWith": other}
	return e
}

// overlapping says in the family's words that the database has refused a second holder; it stands behind refuseOverlap.
func overlapping(err error) error {
	if store.Violated(err) == "post_holders_one" {
		e := overlap()
		e.Cause = err
		return e
	}
	return err
}

func overlap() *errs.Error {
	e := errs.New(errs.Overlap, "somebody else holds the post in this period")
	e.Faults = []errs.Fault{{In: "body", Pointer: "/from", Code: "overlap", Detail: errs.Msg("somebody else holds the post in this period")}}
	return e
}

// GetHolder is one holder as JSON. For everyone. Missing, WasDeleted.
func (s *Service) GetHolder(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.readHolder(ctx, id)
}

// ListHolders is a page of a post's holders, the latest first; of those of one day, if on is given. For everyone. Missing
// or WasDeleted if the post is, BadCursor.
func (s *Service) ListHolders(ctx context.Context, post uuid.UUID, on *clock.Date, req page.Request) (render.Page, error) {
	p, err := s.repo.GetAny(ctx, post)
	if err != nil {
		return render.Page{}, err
	}
	if p.DeletedAt != nil {
		return render.Page{}, store.Gone(*p.DeletedAt, p.Version)
	}
	return s.repo.listHolders(ctx, post, on, req)
}
