package account

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/store"
)

// OrganisationColumns are the columns of grants and invitations that name organisations.
var OrganisationColumns = []string{"grants.scope", "invitations.scope"}

// MoveOrganisation gives the editors of an organisation the one into which it goes up. Whoever has a grant there already keeps
// that one only, and who became editor by submitting an organisation that nobody published has none: nobody has approved it.
// It joins the transaction of the merge, which has decided who may do this.
func (s *Service) MoveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	at, err := s.repo.lockScope(ctx, tx, m.Into)
	if err != nil {
		return err
	}
	published, err := s.repo.wasPublished(ctx, m.From)
	if err != nil {
		return err
	}
	all, err := s.repo.grants.Lock(ctx, "scope_type = 'organisation' and scope in (?, ?)", m.From.String(), m.Into.String())
	if err != nil {
		return err
	}
	has := map[uuid.UUID]uuid.UUID{} // holder → grant
	for _, g := range all {
		if g.ScopeID == m.Into.String() {
			has[g.holder()] = g.ID
		}
	}
	for _, was := range all {
		if was.ScopeID != m.From.String() {
			continue
		}
		if kept, ok := has[was.holder()]; ok {
			if err := s.takeAway(ctx, tx, was); err != nil {
				return err
			}
			m.End(was.Resource(), was.ID, "same", &kept)
			continue
		}
		if !published && was.UserID != nil && opt.Equal(was.CreatedBy, was.UserID) {
			if err := s.takeAway(ctx, tx, was); err != nil {
				return err
			}
			m.End(was.Resource(), was.ID, "unapproved", nil)
			continue
		}
		g := *was
		g.ScopeID, g.Region, g.Municipality = m.Into.String(), opt.NonEmpty(at.Region), opt.NonEmpty(at.Municipality)
		tx.AfterCommit(func() { s.tokens.Forget(g.holder()) })
		if err := s.repo.grants.Update(ctx, tx, was, &g); err != nil {
			return err
		}
		m.Move(g.Resource(), 1)
	}
	return s.moveInvitations(ctx, tx, m, at)
}

// moveInvitations lets those who were invited to an organisation get the one into which it goes up.
func (s *Service) moveInvitations(ctx context.Context, tx *store.Tx, m *store.Merge, at authz.Target) error {
	all, err := s.repo.invitations.Lock(ctx, "scope_type = 'organisation' and scope = ?", m.From.String())
	if err != nil {
		return err
	}
	for _, was := range all {
		i := *was
		i.ScopeID, i.Region, i.Municipality = m.Into.String(), opt.NonEmpty(at.Region), opt.NonEmpty(at.Municipality)
		if err := s.repo.invitations.Update(ctx, tx, was, &i); err != nil {
			return err
		}
	}
	m.Move("invitation", len(all))
	return nil
}
