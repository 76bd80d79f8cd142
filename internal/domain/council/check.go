package council

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/contactpoint"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
)

// check finds everything about c that cannot be right, and whether the actor may let it stand where it does. was is the row
// as stored, empty for a new one: what has not changed is not held against the caller.
func (s *Service) check(ctx context.Context, was, c *Council) error {
	f := errs.Faults{}
	if i18n.Tidy(c.Name); len(c.Name) == 0 {
		f.Add("/name", "required", "a name in one language must remain")
	}
	if c.Kind == KindCommittee && c.ParentID == nil {
		f.Add("/parentId", "required", "a committee is a part of another council")
	}
	if was.Website == nil || c.Website == nil || *was.Website != *c.Website {
		contactpoint.CheckURL(&c.Website, "/website", &f)
	}
	c.checkDates(&f)
	c.checkLists(&f)
	parent, err := s.stand(ctx, was, c, &f)
	if err != nil {
		return err
	}
	if nowhere(f) {
		return f.Err()
	}
	if err := mayStand(authz.From(ctx), was, c, parent); err != nil {
		return err
	}
	if err := s.checkReferences(ctx, was, c, &f); err != nil {
		return err
	}
	return f.Err()
}

// stand finds the parent and brings the area into order: what names none stands where its parent does.
func (s *Service) stand(ctx context.Context, was, c *Council, f *errs.Faults) (*place, error) {
	c.Place(was.Area, s.geo, f)
	if c.ParentID == nil {
		return nil, nil
	}
	p, ok, err := s.repo.place(ctx, *c.ParentID)
	if err != nil {
		return nil, err
	}
	if !ok && !opt.Equal(was.ParentID, c.ParentID) {
		f.Add("/parentId", "unknown-reference", "there is no such council")
	}
	if c.Area == (area.Area{}) {
		c.Area = p.Area
	}
	return &p, nil
}

// nowhere tells that nobody knows where the council would stand, and so who may write it.
func nowhere(f errs.Faults) bool {
	return slices.ContainsFunc(f, func(f errs.Fault) bool {
		return slices.Contains([]string{"/region", "/subRegion", "/municipality", "/parentId"}, f.Pointer)
	})
}

// mayStand decides whether the actor may let c stand where it newly does: under the parent, and in the area, unless that
// lies in the parent's and the parent is the actor's to write.
func mayStand(a authz.Actor, was, c *Council, parent *place) error {
	moved := !opt.Equal(was.ParentID, c.ParentID)
	if c.ID != uuid.Nil && !moved && sameArea(was.Area, c.Area) {
		return nil
	}
	if parent != nil && moved {
		if err := a.Require(authz.WriteCouncil, parent.target()); err != nil {
			return err
		}
	}
	if parent != nil && (holds(parent.Area, c.Area) || sameArea(parent.Area, c.Area)) && a.May(authz.WriteCouncil, parent.target()) {
		return nil
	}
	return a.Require(authz.WriteCouncil, alone(c.Area))
}

func (c *Council) checkDates(f *errs.Faults) {
	for _, d := range []struct {
		date    *clock.HistoricDate
		pointer string
	}{{c.PreparationStarted, "/preparationStarted"}, {c.Founded, "/founded"}, {c.Started, "/started"}, {c.RulesAdopted, "/rulesAdopted"}, {c.Ended, "/ended"}} {
		clock.CheckHistoric(d.date, d.pointer, f)
	}
	if c.Ended == nil || c.Ended.To == nil {
		return
	}
	for _, begun := range []*clock.HistoricDate{c.Founded, c.Started} {
		if begun != nil && begun.From != nil && *c.Ended.To <= *begun.From {
			f.Add("/ended", "order", "it cannot have ended before it began")
			return
		}
	}
}

func (c *Council) checkLists(f *errs.Faults) {
	for i, n := range c.OtherNames {
		at := "/otherNames/" + strconv.Itoa(i)
		if i18n.Tidy(n.Name); len(n.Name) == 0 {
			f.Add(at+"/name", "required", "a name in one language is needed")
		}
		clock.CheckPeriod(n.From, n.To, at, f)
	}
	for i := range c.Abbreviations {
		a := &c.Abbreviations[i]
		a.Abbreviation = strings.TrimSpace(a.Abbreviation)
		i18n.Tidy(a.Text)
	}
	for i, h := range c.HostOrganisations {
		if i18n.Tidy(h.Name); h.OrganisationID == nil && len(h.Name) == 0 {
			f.Add("/hostOrganisations/"+strconv.Itoa(i), "required", "a host needs an organisationId or a name")
		}
	}
	if c.Quorum != nil && c.Quorum.Min == nil && c.Quorum.Share == nil {
		f.Add("/quorum", "required", "a quorum needs a min or a share")
	}
}

// checkReferences looks at what c newly refers to.
func (s *Service) checkReferences(ctx context.Context, was, c *Council, f *errs.Faults) error {
	if c.PredecessorID != nil && !opt.Equal(was.PredecessorID, c.PredecessorID) {
		found, err := s.repo.existing(ctx, []uuid.UUID{*c.PredecessorID})
		if err != nil {
			return err
		}
		if !found[*c.PredecessorID] {
			f.Add("/predecessorId", "unknown-reference", "there is no such council")
		}
	}
	old := was.hosts()
	fresh := slices.DeleteFunc(c.hosts(), func(id uuid.UUID) bool { return slices.Contains(old, id) })
	if len(fresh) == 0 {
		return nil
	}
	found, err := s.repo.published(ctx, fresh)
	if err != nil {
		return err
	}
	for i, h := range c.HostOrganisations {
		if h.OrganisationID != nil && slices.Contains(fresh, *h.OrganisationID) && !found[*h.OrganisationID] {
			f.Add("/hostOrganisations/"+strconv.Itoa(i)+"/organisationId", "unknown-reference", "there is no such organisation")
		}
	}
	return nil
}
