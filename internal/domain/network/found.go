package network

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/store"
)

// Founding is what a new network begins with, beside its own members.
type Founding struct {
	Founder *uuid.UUID // the organisation that is its first member and its convener
	Council *uuid.UUID // that is asked to take it in
	Message *string    // to that council
}

// Create makes a network: any, for those who may write networks where it stands; one that is forming, for those who may found
// networks for the organisation that they name as its founder, where that is at home: they become its conveners. NotAllowed,
// InvalidData.
func (s *Service) Create(ctx context.Context, body any, with Founding) (uuid.UUID, error) {
	n, f := &Network{}, errs.Faults{}
	if err := patch.Merge(n, body); err != nil {
		return n.ID, err
	}
	parent, err := s.check(ctx, &Network{}, n, &f)
	if err != nil {
		return n.ID, err
	}
	if nowhere(f) {
		return n.ID, f.Err()
	}
	mayWrite, err := s.begin(ctx, n, parent, with, &f)
	if err != nil {
		return n.ID, err
	}
	if with.Message != nil && with.Council == nil {
		f.Add("/message", "incomplete", "it goes with councilId")
	}
	if err := f.Err(); err != nil {
		return n.ID, err
	}
	n.derive()
	return n.ID, s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if n.ParentID != nil {
			if err := s.settle(ctx, n); err != nil {
				return err
			}
		}
		if err := s.repo.Insert(ctx, tx, n); err != nil {
			return err
		}
		if with.Founder != nil {
			if err := s.holdOrganisation(ctx, *with.Founder, "/founderId"); err != nil {
				return err
			}
			day := clock.Today()
			if err := s.repo.memberships.Insert(ctx, tx, &Membership{
				NetworkID: n.ID, OrganisationID: *with.Founder, Status: Active, ValidFrom: &day, Roles: []Role{{Role: Convener, From: &day}}, Region: n.Region, Municipality: n.Municipality,
			}); err != nil {
				return err
			}
		}
		if !mayWrite {
			if err := s.conveners(ctx, n.ID); err != nil {
				return err
			}
		}
		if with.Council == nil {
			return nil
		}
		return s.councils.Ask(ctx, tx, *with.Council, n.ID, with.Message)
	})
}

// begin decides whether the actor may make n where it stands, and gives it its status. mayWrite tells whether the actor
// writes networks there, and does not only found this one.
func (s *Service) begin(ctx context.Context, n *Network, parent *place, with Founding, f *errs.Faults) (mayWrite bool, err error) {
	a := authz.From(ctx)
	var founder organisation
	if with.Founder != nil {
		if founder, _, err = s.repo.organisation(ctx, *with.Founder); err != nil {
			return false, err
		}
	}
	if err := mayStand(ctx, nil, n, parent); err == nil {
		mayWrite = true
	} else {
		if with.Founder == nil || !a.May(authz.FoundNetwork, founder.target()) || !atHome(n.Area, founder.area) || n.ParentID != nil {
			return false, err
		}
		if n.Status != "" && n.Status != StatusForming {
			return false, errs.New(errs.NotAllowed, "what you found is forming; whoever writes networks there takes it further")
		}
		day := clock.Today()
		n.Status, n.StatusSince = StatusForming, &day
	}
	if n.Status == "" {
		n.Status = StatusActive
	}
	if with.Founder == nil {
		return mayWrite, nil
	}
	if !founder.published {
		f.Add("/founderId", "unknown-reference", "there is no such organisation")
	}
	if n.Status == StatusClosed {
		f.Add("/founderId", "unexpected", "a closed network has no active members")
	}
	return mayWrite, nil
}
