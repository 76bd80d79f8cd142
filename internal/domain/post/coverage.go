package post

import (
	"context"
	"fmt"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
)

const (
	maxYears     = 100 // of one answer
	defaultYears = 10
)

// Coverage tells year by year which municipalities of a region, or of the country, had a post of a kind.
type Coverage struct {
	Kind   Kind           `json:"kind"`
	Region *string        `json:"region"`
	From   int            `json:"from"`
	To     int            `json:"to"`
	Items  []CoverageYear `json:"items"`
}

// CoverageYear is one year of Coverage, by the division of the country on its last day.
type CoverageYear struct {
	Year           int        `json:"year"`
	On             clock.Date `json:"on"`
	Municipalities int        `json:"municipalities"`
	Covered        []string   `json:"covered"`
	Uncovered      []string   `json:"uncovered"`
	Posts          int        `json:"posts"`
	Filled         int        `json:"filled"`
	Change         *float64   `json:"change"`
}

// tally counts the posts of one place on one of several days.
type tally struct {
	day                  int // index
	municipality, region *string
	posts, filled        int
}

// Coverage counts the years from the first to the last; without them the last ten. For everyone. InvalidData for years to
// come, too many or none, and for a region that never was in them.
func (s *Service) Coverage(ctx context.Context, kind Kind, region *string, from, to *int) (Coverage, error) {
	today := clock.Today()
	out := Coverage{Kind: kind, Region: region}
	if err := out.span(from, to, today.Time().Year()); err != nil {
		return out, err
	}
	days := make([]clock.Date, 0, out.To-out.From+1)
	for year := out.From; year <= out.To; year++ {
		days = append(days, min(today, clock.Date(fmt.Sprintf("%04d-12-31", year))))
	}
	tallies, err := s.repo.tallies(ctx, kind, days)
	if err != nil {
		return out, err
	}
	byDay := make([][]tally, len(days))
	for _, t := range tallies {
		byDay[t.day] = append(byDay[t.day], t)
	}
	known := region == nil
	for i, day := range days {
		y := s.year(out.From+i, day, region, byDay[i])
		known = known || y.Municipalities > 0
		out.Items = append(out.Items, y)
	}
	if !known {
		return out, errs.Faults{{In: "query", Pointer: "region", Code: "unknown-code", Detail: errs.Msg("there is no region with the code %s", *region)}}.Err()
	}
	compare(out.Items)
	return out, nil
}

// span settles the first and the last year.
func (c *Coverage) span(from, to *int, present int) error {
	c.To = present
	if to != nil {
		c.To = *to
	}
	c.From = c.To - defaultYears + 1
	if from != nil {
		c.From = *from
	}
	var f errs.Faults
	note := func(pointer, code string, detail errs.Message) {
		f = append(f, errs.Fault{In: "query", Pointer: pointer, Code: code, Detail: detail})
	}
	if c.From > present && from != nil {
		note("from", "future", errs.Msg("a year to come cannot be counted"))
	}
	if c.To > present {
		note("to", "future", errs.Msg("a year to come cannot be counted"))
	}
	switch {
	case c.From > c.To && c.From <= present:
		note("to", "order", errs.Msg("the last year cannot come before the first"))
	case c.To-c.From >= maxYears:
		note("from", "too-many", errs.Msg("at most %d years", maxYears))
	}
	return f.Err()
}

// year counts one year, by the division of its day.
func (s *Service) year(year int, day clock.Date, region *string, tallies []tally) CoverageYear {
	out := CoverageYear{Year: year, On: day, Covered: []string{}, Uncovered: []string{}}
	codes := s.geo.Division(day, "")
	there := set(codes)
	inside := there
	if region != nil {
		codes = s.geo.Division(day, *region)
		inside = set(codes)
	}
	covered := map[string]bool{}
	for _, t := range tallies {
		switch {
		case t.municipality != nil:
			code := *t.municipality
			if !there[code] {
				code = s.geo.Successor(code) // it has merged by then
			}
			if region != nil && !inside[code] {
				continue
			}
			covered[code] = true
		case region != nil && (t.region == nil || *t.region != *region):
			continue
		}
		out.Posts, out.Filled = out.Posts+t.posts, out.Filled+t.filled
	}
	out.Municipalities = len(codes)
	for _, code := range codes {
		if covered[code] {
			out.Covered = append(out.Covered, code)
		} else {
			out.Uncovered = append(out.Uncovered, code)
		}
	}
	return out
}

// compare holds the posts of each year against those of the first that has any.
func compare(years []CoverageYear) {
	first := 0
	for i := range years {
		if first == 0 {
			first = years[i].Posts
		}
		if first > 0 {
			ratio := float64(years[i].Posts) / float64(first)
			years[i].Change = &ratio
		}
	}
}

func set(codes []string) map[string]bool {
	out := make(map[string]bool, len(codes))
	for _, c := range codes {
		out[c] = true
	}
	return out
}
