package organisation

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"golang.org/x/text/language"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
)

// Geography is what organisations need to know of the country.
type Geography interface {
	// Municipality tells in which region and sub-region a municipality of today lies; ok is false when there is none.
	Municipality(code string) (region string, subRegion *string, ok bool)
	// Successor is the municipality of today that a merged one went into, "" if the code was never one.
	Successor(code string) string
	// Field tells whether there is such a field of activity.
	Field(code string) bool
}

// As many items the contract lets the lists hold that also grow otherwise than by a request: by merges, and by callers' keys.
const (
	maxOtherNames   = 100
	maxAffiliations = 200
	maxExternalIDs  = 50
)

// check finds everything about o that cannot be right, and places it in its region. was is the row as stored, nil for a
// new one: what has not changed is not held against the caller.
func (s *Service) check(was, o *Organisation, f *errs.Faults) {
	if was == nil {
		was = &Organisation{}
	}
	if len(o.Name) == 0 {
		f.Add("/name", "required", "a name in one language must remain")
	}
	if o.Kind == "" {
		f.Add("/kind", "required", "it is missing")
	}
	s.place(was, o, f)
	if o.unreviewed() && o.Municipality == nil {
		f.Add("/municipality", "required", "it tells who reviews the draft")
	}
	if o.Field != nil && !opt.Equal(was.Field, o.Field) && !s.geo.Field(*o.Field) {
		f.Add("/field", "unknown-code", "there is no field of activity with the code %s", *o.Field)
	}
	if o.Country != was.Country {
		if r, err := language.ParseRegion(o.Country); err != nil || !r.IsCountry() {
			f.Add("/country", "unknown-code", "there is no country with the code %s", o.Country)
		}
	}
	for i, l := range o.Languages {
		if _, err := language.ParseBase(l); err != nil {
			f.Add("/languages/"+strconv.Itoa(i), "unknown-code", "there is no language with the code %s", l)
		}
	}
	for i, n := range o.OtherNames {
		if len(n.Name) == 0 {
			f.Add("/otherNames/"+strconv.Itoa(i)+"/name", "required", "a name in one language is needed")
		}
		clock.CheckPeriod(n.From, n.To, "/otherNames/"+strconv.Itoa(i), f)
	}
	for i, a := range o.Affiliations {
		at := "/affiliations/" + strconv.Itoa(i)
		if a.OrganisationID == nil && a.Name == nil {
			f.Add(at, "required", "an affiliation needs an organisationId or a name")
		}
		clock.CheckPeriod(a.From, a.To, at, f)
	}
	if m := o.MemberCount; m != nil {
		if m.Value == nil && m.Min == nil && m.Max == nil {
			f.Add("/memberCount", "required", "a member count needs a value, a min or a max")
		}
		if m.Min != nil && m.Max != nil && *m.Min > *m.Max {
			f.Add("/memberCount/min", "order", "min may not exceed max")
		}
	}
	if o.Founded != nil && o.Dissolved != nil && o.Founded.From != nil && o.Dissolved.To != nil && *o.Dissolved.To <= *o.Founded.From {
		f.Add("/dissolved", "order", "it cannot be dissolved before it was founded")
	}
	for _, l := range []struct {
		member        string
		was, now, max int
	}{{"otherNames", len(was.OtherNames), len(o.OtherNames), maxOtherNames}, {"affiliations", len(was.Affiliations), len(o.Affiliations), maxAffiliations}, {"externalIds", len(was.ExternalIDs), len(o.ExternalIDs), maxExternalIDs}} {
		if l.now > max(l.max, l.was) {
			f.Add("/"+l.member, "too-many", "%s may have at most %d items", l.member, l.max)
		}
	}
	seen := map[ExternalID]bool{}
	for i, e := range o.ExternalIDs {
		if seen[e] {
			f.Add("/externalIds/"+strconv.Itoa(i), "duplicate", "no item may stand twice")
		}
		seen[e] = true
	}
}

// place checks the municipalities and sets region and sub-region of the home municipality.
func (s *Service) place(was, o *Organisation, f *errs.Faults) {
	if !opt.Equal(was.Municipality, o.Municipality) {
		o.Region, o.SubRegion = nil, nil
		if o.Municipality != nil {
			region, sub, ok := s.geo.Municipality(*o.Municipality)
			if ok {
				o.Region, o.SubRegion = &region, sub
			} else {
				s.unknownMunicipality(f, "/municipality", *o.Municipality)
			}
		}
	}
	for i, code := range o.Municipalities {
		if _, _, ok := s.geo.Municipality(code); !ok && !slices.Contains(was.Municipalities, code) {
			s.unknownMunicipality(f, "/municipalities/"+strconv.Itoa(i), code)
		}
	}
}

func (s *Service) unknownMunicipality(f *errs.Faults, at, code string) {
	if next := s.geo.Successor(code); next != "" {
		f.Add(at, "merged", "municipality %s was merged into %s", code, next)
		return
	}
	f.Add(at, "unknown-code", "there is no municipality with the code %s", code)
}

// references lists the organisations that o's affiliations name and was's did not.
func references(was, o *Organisation) (ids []uuid.UUID) {
	for _, a := range o.Affiliations {
		if a.OrganisationID != nil && !slices.ContainsFunc(was.Affiliations, func(b Affiliation) bool { return b.OrganisationID != nil && *b.OrganisationID == *a.OrganisationID }) {
			ids = append(ids, *a.OrganisationID)
		}
	}
	return ids
}

// known tells which of the ids are organisations that the actor may see.
func (s *Service) known(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.repo.existing(ctx, ids, false)
}

// checkReferences finds affiliations that lead to no known organisation, or to o itself.
func checkReferences(was, o *Organisation, known map[uuid.UUID]bool, f *errs.Faults) {
	fresh := references(was, o)
	for i, a := range o.Affiliations {
		if a.OrganisationID != nil && slices.Contains(fresh, *a.OrganisationID) && (!known[*a.OrganisationID] || *a.OrganisationID == o.ID) {
			f.Add("/affiliations/"+strconv.Itoa(i)+"/organisationId", "unknown-reference", "there is no such organisation")
		}
	}
}
