package post

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/contactpoint"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
)

// Geography is what posts need to know of the country.
type Geography interface {
	area.Geography
	// Division lists the codes of the municipalities that a region had on a day, sorted; "" stands for the whole country.
	Division(day clock.Date, region string) []string
}

// check brings p into order, derives what follows from its members, and notes everything that cannot be right. was is the
// row as stored, an empty one for a new post: what has not changed is not held against the caller.
func (s *Service) check(ctx context.Context, was, p *Post, f *errs.Faults) error {
	if p.Title = i18n.Tidy(p.Title); len(p.Title) == 0 {
		f.Add("/title", "required", "a name in one language must remain")
	}
	if p.Team = i18n.Tidy(p.Team); len(p.Team) == 0 {
		p.Team = nil
	}
	p.SortName = i18n.Best(p.Title)
	contactpoint.Check(&p.Email, &p.Phone, f)
	clock.CheckPeriod(p.ValidFrom, p.ValidTo, "", f)
	p.Place(was.Area, s.geo, f)
	return s.checkReferences(ctx, was, p, f)
}

// checkReferences notes new references that lead nowhere, and gives a post without an area that of its council, else of
// its network.
func (s *Service) checkReferences(ctx context.Context, was, p *Post, f *errs.Faults) error {
	newOrganisation, newCouncil, newNetwork := leadsElsewhere(was.OrganisationID, p.OrganisationID), leadsElsewhere(was.CouncilID, p.CouncilID), leadsElsewhere(was.NetworkID, p.NetworkID)
	homeless := p.Area == area.Area{} && (p.CouncilID != nil || p.NetworkID != nil)
	if !newOrganisation && !newCouncil && !newNetwork && !homeless {
		return nil
	}
	around, err := s.repo.around(ctx, p)
	if err != nil {
		return err
	}
	if newOrganisation && !around.organisation {
		f.Add("/organisationId", "unknown-reference", "there is no such organisation")
	}
	if newCouncil && !around.council {
		f.Add("/councilId", "unknown-reference", "there is no such council")
	}
	if newNetwork && !around.network {
		f.Add("/networkId", "unknown-reference", "there is no such network")
	}
	if homeless {
		if p.Area = around.councilArea; p.Area == (area.Area{}) {
			p.Area = around.networkArea
		}
	}
	return nil
}

// leadsElsewhere tells that a reference was set anew.
func leadsElsewhere(was, now *uuid.UUID) bool { return now != nil && (was == nil || *was != *now) }

// nowhere tells that the faults leave open where p stands: then nobody can say whether the caller may write there.
func nowhere(p *Post, f errs.Faults) bool {
	return slices.ContainsFunc(f, func(f errs.Fault) bool {
		switch f.Pointer {
		case "/region", "/subRegion", "/municipality":
			return true
		case "/councilId", "/networkId":
			return p.Area == area.Area{} // it would have had theirs
		}
		return false
	})
}

// check notes a period that is none, or that the post does not have. What nobody knows contradicts nothing.
func (h *Holder) check(f *errs.Faults) {
	clock.CheckPeriod(h.ValidFrom, h.ValidTo, "", f)
	p := h.Post
	if clock.Before(h.ValidFrom, p.ValidFrom) || notBefore(h.ValidFrom, p.ValidTo) {
		f.Add("/from", "outside-post", "the post does not exist then")
	}
	if clock.Before(p.ValidTo, h.ValidTo) || notBefore(p.ValidFrom, h.ValidTo) {
		f.Add("/to", "outside-post", "the post does not exist then")
	}
}

func notBefore(a, b *clock.Date) bool { return a != nil && b != nil && *a >= *b }
