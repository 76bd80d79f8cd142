package geography

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// build turns the files' content into periods and divisions.
func build(s *source) (*catalog, error) {
	s.regions, s.subRegions = slices.Clip(s.regions), slices.Clip(s.subRegions)
	s.counties, s.fields = slices.Clip(s.counties), slices.Clip(s.fields)
	c := &catalog{
		known:     map[string]Municipality{},
		names:     map[string][]string{},
		genitives: map[string][]string{},
		fields:    s.fields,
	}
	for _, code := range slices.Sorted(maps.Keys(s.municipalities)) {
		periods, err := s.periods(code)
		if err != nil {
			return nil, fmt.Errorf("municipality %s: %w", code, err)
		}
		c.periods = append(c.periods, periods...)
		c.known[code] = periods[len(periods)-1]
	}
	for code := range s.changes {
		if _, ok := s.municipalities[code]; !ok {
			return nil, fmt.Errorf("changed municipality %s: %w", code, ErrUnknownCode)
		}
	}
	c.periods = slices.Clip(c.periods)
	c.divisions = s.divisions(c.periods)
	return c, c.indexNames(s)
}

// periods works backwards from what the municipality is today, or was last.
func (s *source) periods(code string) ([]Municipality, error) {
	m, err := s.lastPeriod(code)
	if err != nil {
		return nil, err
	}
	periods := []Municipality{}
	changes := s.changes[code]
	for i := len(changes) - 1; i >= 0; i-- {
		ch := changes[i]
		if ch.successor != "" {
			continue // the end, which lastPeriod has set
		}
		if ch.regionAfter != m.Region {
			return nil, fmt.Errorf("region %s from %s, but it has %s", ch.regionAfter, ch.date, m.Region)
		}
		after := m
		after.ValidFrom = &ch.date
		periods = append(periods, after)
		m.Region = ch.regionBefore
		m.SubRegion = s.subRegionWithin(m.SubRegion, m.Region)
		m.ValidTo = &ch.date
	}
	periods = append(periods, m)
	slices.Reverse(periods)
	return periods, nil
}

// lastPeriod completes a merged municipality from its successor, as the
// successor was on the last day the two stood side by side.
func (s *source) lastPeriod(code string) (Municipality, error) {
	m, ok := s.municipalities[code]
	if !ok {
		return m, ErrUnknownCode
	}
	changes := s.changes[code]
	if len(changes) == 0 || changes[len(changes)-1].successor == "" {
		return m, nil
	}
	merger := changes[len(changes)-1]
	m.ValidTo = &merger.date
	periods, err := s.periods(merger.successor)
	if err != nil {
		return m, fmt.Errorf("successor %s: %w", merger.successor, err)
	}
	i := slices.IndexFunc(periods, func(p Municipality) bool { return p.ValidTo == nil || *p.ValidTo >= merger.date })
	if i < 0 {
		return m, fmt.Errorf("successor %s was gone by %s", merger.successor, merger.date)
	}
	heir := periods[i]
	m.Successor = &heir.Code
	if heir.Successor != nil {
		m.Successor = heir.Successor
	}
	if m.Region == "" {
		m.Region = heir.Region
	}
	if m.SubRegion == nil {
		m.SubRegion = s.subRegionWithin(heir.SubRegion, m.Region)
	}
	if m.WellbeingServicesCounty == "" {
		m.WellbeingServicesCounty = heir.WellbeingServicesCounty
	}
	return m, nil
}

// subRegionWithin drops a sub-region that lies in another region.
func (s *source) subRegionWithin(code *string, region string) *string {
	if code == nil {
		return nil
	}
	sub, ok := find(s.subRegions, *code, func(x SubRegion) string { return x.Code })
	if !ok || sub.Region != region {
		return nil
	}
	return code
}

// divisions makes one division for each stretch of time without a change.
func (s *source) divisions(periods []Municipality) []*Division {
	starts := slices.Concat([]string{OldestKnown, WellbeingServicesCountiesFrom}, s.dates)
	slices.Sort(starts)
	starts = slices.Compact(starts)
	divisions := make([]*Division, len(starts))
	for i, from := range starts {
		d := &Division{ValidFrom: from, from: digits(from), regions: s.regions, subRegions: s.subRegions}
		if i+1 < len(starts) {
			d.ValidTo = &starts[i+1]
		}
		withCounties := from >= WellbeingServicesCountiesFrom
		if withCounties {
			d.counties = s.counties
		}
		for _, m := range periods {
			if !m.validOn(from) {
				continue
			}
			if !withCounties {
				m.WellbeingServicesCounty = ""
			}
			d.municipalities = append(d.municipalities, m)
		}
		// Without spare room an append by one caller cannot reach another's.
		d.municipalities = slices.Clip(d.municipalities)
		divisions[i] = d
	}
	return divisions
}

// validOn compares dates as text, which their form allows.
func (m Municipality) validOn(date string) bool {
	return (m.ValidFrom == nil || *m.ValidFrom <= date) && (m.ValidTo == nil || date < *m.ValidTo)
}

// digits makes a dayNumber of a date of our own files; a bad one is zero,
// which a test would see as a division out of order.
func digits(date string) int {
	n, _ := strconv.Atoi(strings.ReplaceAll(date, "-", ""))
	return n
}

func (c *catalog) indexNames(s *source) error {
	for code, m := range c.known {
		today := m.today()
		for _, name := range m.Name {
			addCode(c.names, name, today)
		}
		if genitive := s.genitives[code]; genitive != "" {
			addCode(c.genitives, genitive, today)
		}
	}
	for _, alias := range s.aliases {
		m, ok := c.known[alias["code"]]
		if !ok {
			return fmt.Errorf("alias %s: %w", alias["name"], ErrUnknownCode)
		}
		addCode(c.names, alias["name"], m.today())
	}
	return nil
}

// today is the code under which the municipality's area is found today.
func (m Municipality) today() string {
	if m.Successor != nil {
		return *m.Successor
	}
	return m.Code
}

func addCode(index map[string][]string, name, code string) {
	key := nameKey(name)
	codes := index[key]
	if i, found := slices.BinarySearch(codes, code); !found {
		index[key] = slices.Insert(codes, i, code)
	}
}
