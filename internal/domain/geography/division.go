package geography

import (
	"slices"
	"strings"
	"time"
)

const (
	// OldestKnown is the first day of the oldest division we know.
	OldestKnown = "2014-01-01"
	// WellbeingServicesCountiesFrom is the day the counties began their work.
	WellbeingServicesCountiesFrom = "2023-01-01"
)

// Division is the country as it was divided from ValidFrom until ValidTo.
type Division struct {
	ValidFrom string
	ValidTo   *string // exclusive; nil for the newest division

	from           int // ValidFrom as a dayNumber
	regions        []Region
	subRegions     []SubRegion
	municipalities []Municipality
	counties       []WellbeingServicesCounty
}

// On returns the division of the calendar day that day shows in its own
// location. Before OldestKnown it is the oldest known division, whose ValidFrom
// is then after the day. Days to come get the newest division.
func On(day time.Time) *Division {
	all := loaded().divisions
	n := dayNumber(day)
	for i := len(all) - 1; i > 0; i-- {
		if all[i].from <= n {
			return all[i]
		}
	}
	return all[0]
}

// Divisions returns every known division, oldest first.
func Divisions() []*Division { return loaded().divisions }

// Regions returns the regions by code.
func (d *Division) Regions() []Region { return d.regions }

// SubRegions returns the sub-regions by code.
func (d *Division) SubRegions() []SubRegion { return d.subRegions }

// Municipalities returns the municipalities by code.
func (d *Division) Municipalities() []Municipality { return d.municipalities }

// WellbeingServicesCounties returns the counties by code; none before they began.
func (d *Division) WellbeingServicesCounties() []WellbeingServicesCounty { return d.counties }

// Region finds a region by its exact code.
func (d *Division) Region(code string) (Region, bool) {
	return find(d.regions, code, func(r Region) string { return r.Code })
}

// SubRegion finds a sub-region by its exact code.
func (d *Division) SubRegion(code string) (SubRegion, bool) {
	return find(d.subRegions, code, func(s SubRegion) string { return s.Code })
}

// Municipality finds a municipality of this division by its exact code; one
// that was merged earlier is not found (see Known).
func (d *Division) Municipality(code string) (Municipality, bool) {
	return find(d.municipalities, code, func(m Municipality) string { return m.Code })
}

// WellbeingServicesCounty finds a county by its exact code.
func (d *Division) WellbeingServicesCounty(code string) (WellbeingServicesCounty, bool) {
	return find(d.counties, code, func(c WellbeingServicesCounty) string { return c.Code })
}

// find searches rows sorted by code.
func find[T any](rows []T, code string, codeOf func(T) string) (T, bool) {
	i, ok := slices.BinarySearchFunc(rows, code, func(row T, c string) int {
		return strings.Compare(codeOf(row), c)
	})
	if !ok {
		var none T
		return none, false
	}
	return rows[i], true
}

// dayNumber orders calendar days without regard to clock or location.
func dayNumber(t time.Time) int {
	year, month, day := t.Date()
	return year*10000 + int(month)*100 + day
}
