package nomination

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// CreateCall calls for nominations to a council, for those who decide on them. Missing or WasDeleted without the council;
// Forbidden, InvalidData.
func (s *Service) CreateCall(ctx context.Context, council uuid.UUID, request any) (uuid.UUID, error) {
	t, err := s.seats.Council(ctx, council)
	if err != nil {
		return uuid.Nil, err
	}
	if err := authz.From(ctx).Require(authz.DecideNomination, t); err != nil {
		return uuid.Nil, err
	}
	c := &Call{}
	if err := patch.Merge(c, request); err != nil {
		return uuid.Nil, err
	}
	c.CouncilID, c.Region, c.Municipality = council, opt.NonEmpty(t.Region), opt.NonEmpty(t.Municipality)
	if err := s.checkCall(ctx, &Call{}, c); err != nil {
		return uuid.Nil, err
	}
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.repo.calls.Insert(ctx, tx, c) })
	return c.ID, err
}

// checkCall brings a call into order; InvalidData with all that cannot be right and was not so before.
func (s *Service) checkCall(ctx context.Context, was, c *Call) error {
	f := errs.Faults{}
	if c.Title = i18n.Tidy(c.Title); len(c.Title) == 0 {
		f.Add("/title", "required", "a name in one language must remain")
	}
	c.inUTC()
	if c.OpensAt != nil && !c.Deadline.After(*c.OpensAt) {
		f.Add("/deadline", "order", "the end must come after the start")
	}
	term, unknown, err := s.repo.callRefers(ctx, c)
	if err != nil {
		return err
	}
	if c.TermID != nil && !term && (was.TermID == nil || *was.TermID != *c.TermID) {
		f.Add("/termId", "unknown-reference", "the council has no such term")
	}
	for i, id := range c.NetworkIDs {
		if slices.Contains(unknown, id) && !slices.Contains(was.NetworkIDs, id) {
			f.Add("/networkIds/"+strconv.Itoa(i), "unknown-reference", "there is no such network")
		}
	}
	return f.Err()
}

// findCall loads a call for writing, with the rights over its council checked. Missing, WasDeleted, Forbidden, Stale.
func (s *Service) findCall(ctx context.Context, id uuid.UUID, ifMatch *string) (*Call, error) {
	was, err := s.repo.calls.GetAny(ctx, id)
	if err != nil {
		return nil, err
	}
	if was.DeletedAt != nil {
		return nil, store.Gone(*was.DeletedAt, was.Version)
	}
	t, err := s.seats.Council(ctx, was.CouncilID)
	if err != nil {
		return nil, err
	}
	was.Region, was.Municipality = opt.NonEmpty(t.Region), opt.NonEmpty(t.Municipality)
	if err := authz.From(ctx).Require(authz.DecideNomination, t); err != nil {
		return nil, err
	}
	return was, render.RequireVersion(ctx, ifMatch, was.Version)
}

// UpdateCall changes a call, for those who decide on its nominations. Missing, WasDeleted, Forbidden, Stale, InvalidData.
func (s *Service) UpdateCall(ctx context.Context, id uuid.UUID, ifMatch *string, request any) error {
	was, err := s.findCall(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	now := *was
	if err := patch.Merge(&now, request); err != nil {
		return err
	}
	if err := s.checkCall(ctx, was, &now); err != nil {
		return err
	}
	if len(store.ChangedMembers(was, &now)) == 0 {
		return nil
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.repo.calls.Update(ctx, tx, was, &now) })
}

// DeleteCall takes a call away, for those who decide on its nominations. Missing, WasDeleted, Forbidden, Stale; InUse when there
// are nominations to it.
func (s *Service) DeleteCall(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	was, err := s.findCall(ctx, id, ifMatch)
	if err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		used, err := s.repo.answered(ctx, id)
		if err != nil {
			return err
		}
		if used {
			return errs.New(errs.InUse, "there are nominations to this call")
		}
		now := *was
		return s.repo.calls.Delete(ctx, tx, was, &now)
	})
}

// GetCall renders a call; open to everyone. Missing, WasDeleted.
func (s *Service) GetCall(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.oneCall(ctx, id)
}

// ListCalls renders a page of the calls of a council; open to everyone. Missing or WasDeleted without the council.
func (s *Service) ListCalls(ctx context.Context, f CallFilter, req page.Request) (render.Page, error) {
	p, err := s.repo.listCalls(ctx, f, req)
	if err == nil && len(p.Items) == 0 { // an empty list, or no council?
		_, err = s.seats.Council(ctx, f.Council)
	}
	return p, err
}
