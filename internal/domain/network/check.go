package network

import (
	"context"
	"slices"
	"strconv"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/contactpoint"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
)

// check brings n into order, finds everything about it that cannot be right, and where its parent stands. was is the row as
// stored, empty for a new one: what has not changed is not held against the caller.
func (s *Service) check(ctx context.Context, was, n *Network, f *errs.Faults) (parent *place, err error) {
	if i18n.Tidy(n.Name); len(n.Name) == 0 {
		f.Add("/name", "required", "a name in one language must remain")
	}
	for i, o := range n.OtherNames {
		at := "/otherNames/" + strconv.Itoa(i)
		if i18n.Tidy(o.Name); len(o.Name) == 0 {
			f.Add(at+"/name", "required", "a name in one language is needed")
		}
		clock.CheckPeriod(o.From, o.To, at, f)
	}
	for _, l := range n.Links {
		i18n.Tidy(l.Title)
	}
	if r := n.MeetingRhythm; r != nil && r.TimesPerYear == nil && r.Text == nil {
		n.MeetingRhythm = nil
	}
	if n.Field != nil && !opt.Equal(was.Field, n.Field) && !s.geo.Field(*n.Field) {
		f.Add("/field", "unknown-code", "there is no field of activity with the code %s", *n.Field)
	}
	contactpoint.CheckURL(&n.Website, "/website", f)
	clock.CheckHistoric(n.Founded, "/founded", f)
	n.Place(was.Area, s.geo, f)
	if n.ParentID == nil {
		return nil, nil
	}
	at, found, err := s.repo.place(ctx, *n.ParentID)
	if !found || at.deleted {
		if !opt.Equal(was.ParentID, n.ParentID) {
			f.Add("/parentId", "unknown-reference", "there is no such network")
		}
		return nil, err
	}
	return &at, err
}

// nowhere tells that nobody knows whose area it would be.
func nowhere(f errs.Faults) bool {
	return slices.ContainsFunc(f, func(f errs.Fault) bool {
		return slices.Contains([]string{"/region", "/subRegion", "/municipality", "/parentId"}, f.Pointer)
	})
}

// mayStand decides whether the actor may put n where it is to stand; was is nil for a new one. A new parent takes the right
// over it. A new area takes the right there: whoever has it over the parent has it within the parent's area.
func mayStand(ctx context.Context, was, n *Network, parent *place) error {
	a := authz.From(ctx)
	if parent != nil && (was == nil || !opt.Equal(was.ParentID, n.ParentID)) {
		if err := a.Require(authz.WriteNetwork, parent.target); err != nil {
			return err
		}
	}
	if was != nil && opt.Equal(was.Region, n.Region) && opt.Equal(was.SubRegion, n.SubRegion) && opt.Equal(was.Municipality, n.Municipality) {
		return nil
	}
	if parent != nil && within(n.Area, parent.Area) && a.May(authz.WriteNetwork, parent.target) {
		return nil
	}
	return a.Require(authz.WriteNetwork, here(n.Area))
}
