// Package area holds where a network, council or post stands: in a municipality, a sub-region or a region, and so in what lies above it.
package area

import (
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
)

// Area is embedded by what stands somewhere. The narrowest code is what it is for; the wider ones follow from it. Without
// any code it is in nobody's scope, and only an admin writes it.
type Area struct {
	Region       *string `json:"region"`
	SubRegion    *string `json:"subRegion"`
	Municipality *string `json:"municipality"`
}

// Geography is what has to be known of the country.
type Geography interface {
	// Region tells whether there is such a region today.
	Region(code string) bool
	// SubRegion tells in which region a sub-region of today lies; ok is false when there is none.
	SubRegion(code string) (region string, ok bool)
	// Municipality tells in which region and sub-region a municipality of today lies; ok is false when there is none.
	Municipality(code string) (region string, subRegion *string, ok bool)
	// Successor is the municipality of today that a merged one went into, "" if the code was never one.
	Successor(code string) string
}

// Place brings a into order after a request has changed it from was: a narrower code that was set decides the wider ones, a
// wider one that was set alone clears the narrower, and codes that were sent but contradict each other are faults.
func (a *Area) Place(was Area, geo Geography, f *errs.Faults) {
	if opt.Equal(was.Region, a.Region) && opt.Equal(was.SubRegion, a.SubRegion) && opt.Equal(was.Municipality, a.Municipality) {
		return
	}
	newRegion, newSub, newMunicipality := !opt.Equal(was.Region, a.Region), !opt.Equal(was.SubRegion, a.SubRegion), !opt.Equal(was.Municipality, a.Municipality)
	switch {
	case newMunicipality && a.Municipality != nil:
		region, sub, ok := geo.Municipality(*a.Municipality)
		if !ok {
			unknownMunicipality(*a.Municipality, geo, f)
			return
		}
		if newSub && a.SubRegion != nil && !opt.Equal(a.SubRegion, sub) {
			f.Add("/subRegion", "contradiction", "municipality %s does not lie there", *a.Municipality)
		}
		if newRegion && a.Region != nil && *a.Region != region {
			f.Add("/region", "contradiction", "municipality %s does not lie there", *a.Municipality)
		}
		a.Region, a.SubRegion = &region, sub
	case newSub && a.SubRegion != nil:
		region, ok := geo.SubRegion(*a.SubRegion)
		if !ok {
			f.Add("/subRegion", "unknown-code", "there is no sub-region with the code %s", *a.SubRegion)
			return
		}
		if newRegion && a.Region != nil && *a.Region != region {
			f.Add("/region", "contradiction", "sub-region %s does not lie there", *a.SubRegion)
		}
		a.Region, a.Municipality = &region, nil
	case newRegion && a.Region != nil:
		if !geo.Region(*a.Region) {
			f.Add("/region", "unknown-code", "there is no region with the code %s", *a.Region)
			return
		}
		a.SubRegion, a.Municipality = nil, nil
	case newRegion: // taken away: nothing narrower can remain
		*a = Area{}
	case newSub:
		a.Municipality = nil
	}
}

func unknownMunicipality(code string, geo Geography, f *errs.Faults) {
	if next := geo.Successor(code); next != "" {
		f.Add("/municipality", "merged", "municipality %s was merged into %s", code, next)
		return
	}
	f.Add("/municipality", "unknown-code", "there is no municipality with the code %s", code)
}
