package meeting

import (
	"encoding/json"
	"time"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/contactpoint"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/patch"
)

// Geography is what has to be known of the country.
type Geography interface {
	// Municipality tells in which region and sub-region a municipality of today lies; ok is false when there is none.
	Municipality(code string) (region string, subRegion *string, ok bool)
	// Successor is the municipality of today that a merged one went into, "" if the code was never one.
	Successor(code string) string
}

// The years that a meeting can be in.
const (
	firstYear = 1900
	lastYear  = 2200
)

// change applies a body to a meeting and brings it into order. What follows from the hour, the date and the year, follows
// again; only what the body itself says can contradict it.
func (s *Service) change(was *Meeting, body any, f *errs.Faults) (*Meeting, error) {
	told, err := members(body)
	if err != nil {
		return nil, err
	}
	m := *was
	if err := patch.Merge(&m, body); err != nil {
		return nil, err
	}
	s.check(was, &m, told, f)
	return &m, nil
}

// members are those that a body has, null or not.
func members(body any) (out map[string]json.RawMessage, err error) {
	raw, err := json.Marshal(body)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	return out, err
}

// check finds everything about m that cannot be right. told are the members that the request itself set.
func (s *Service) check(was, m *Meeting, told map[string]json.RawMessage, f *errs.Faults) {
	m.Title = i18n.Tidy(m.Title)
	if len(m.Title) == 0 {
		m.Title = nil
	}
	tidy(m.Links)
	contactpoint.CheckURL(&m.Link, "/link", f)
	s.checkPlace(was, m, f)
	checkTime(m, told, f)
	if m.Number != nil && m.Year == nil {
		f.Add("/year", "required", "a number needs its year")
	}
	if m.Status != StatusCancelled {
		cancelledOnly("/cancelReason", m.CancelReason != nil, f)
		cancelledOnly("/replacedBy", m.ReplacedBy != nil, f)
		cancelledOnly("/replacedByMeetingId", m.ReplacedByMeetingID != nil, f)
	}
}

func cancelledOnly(pointer string, set bool, f *errs.Faults) {
	if set {
		f.Add(pointer, "unexpected", "it goes with a cancelled meeting only")
	}
}

func (s *Service) checkPlace(was, m *Meeting, f *errs.Faults) {
	p := m.Place
	if p == nil {
		return
	}
	if p.Name = i18n.Tidy(p.Name); len(p.Name) == 0 {
		p.Name = nil
	}
	if p.Name == nil && p.Street == nil && p.PostalCode == nil && p.PostOffice == nil && p.Municipality == nil {
		m.Place = nil
		return
	}
	if p.Municipality == nil || was.Place != nil && opt.Value(was.Place.Municipality) == *p.Municipality {
		return
	}
	// meetings of old were held in municipalities that have merged since
	if _, _, ok := s.geo.Municipality(*p.Municipality); !ok && s.geo.Successor(*p.Municipality) == "" {
		f.Add("/place/municipality", "unknown-code", "there is no municipality with the code %s", *p.Municipality)
	}
}

// checkTime lets the date follow from the hour and the year from the date, and holds them against the status.
func checkTime(m *Meeting, told map[string]json.RawMessage, f *errs.Faults) {
	if m.TimeZone == "" {
		m.TimeZone = defaultZone
	}
	zone, err := time.LoadLocation(m.TimeZone)
	if err != nil || m.TimeZone == "Local" {
		f.Add("/timeZone", "unknown-code", "there is no time zone %s", m.TimeZone)
		zone, told = clock.Helsinki, nil // what it contradicts is not known then
	}
	if m.StartsAt != nil {
		start := m.StartsAt.UTC().Truncate(time.Microsecond)
		m.StartsAt = &start
		day := clock.Date(start.In(zone).Format(time.DateOnly))
		if _, ok := told["date"]; ok && m.Date != nil && *m.Date != day {
			f.Add("/date", "contradiction", "in the time zone of the meeting it starts on %s", string(day))
		}
		m.Date = &day
	}
	if m.EndsAt != nil {
		end := m.EndsAt.UTC().Truncate(time.Microsecond)
		m.EndsAt = &end
		if m.StartsAt == nil {
			f.Add("/endsAt", "incomplete", "an end needs a start")
		} else if !end.After(*m.StartsAt) {
			f.Add("/endsAt", "order", "the end must come after the start")
		}
	}
	pointer := dayMember(m)
	if m.Date != nil {
		year := m.Date.Time().Year()
		if year < firstYear || year > lastYear {
			f.Add(pointer, "range", "the year must be from %d to %d", firstYear, lastYear)
			return
		}
		if _, ok := told["year"]; ok && m.Year != nil && *m.Year != year {
			f.Add("/year", "contradiction", "it is the year of the date, %d", year)
		}
		m.Year = &year
	} else if m.Status != StatusHeld {
		f.Add("/date", "required", "a meeting needs its date, unless it was held")
	}
	if m.Status == StatusHeld && inFuture(m, zone) {
		if m.Date == nil {
			pointer = "/year"
		}
		f.Add(pointer, "future", "a meeting that was held does not lie in the future")
	}
}

// dayMember points at what sets the day of a meeting.
func dayMember(m *Meeting) string {
	if m.StartsAt != nil {
		return "/startsAt"
	}
	return "/date"
}

// begun refuses what only a meeting can have that came about: one that is cancelled, or whose day is yet to come, has none of it.
func (m *Meeting) begun() error {
	zone, err := time.LoadLocation(m.TimeZone)
	if err != nil {
		zone = clock.Helsinki
	}
	var e *errs.Error
	switch {
	case m.Status == StatusCancelled:
		e = errs.New(errs.WrongTransition, "a cancelled meeting has neither attendance nor decisions")
	case m.Date != nil && *m.Date > clock.Date(clock.Now().In(zone).Format(time.DateOnly)):
		e = errs.New(errs.WrongTransition, "attendance and decisions are recorded from the day of the meeting on")
	default:
		return nil
	}
	e.Members = map[string]any{"allowed": []Status{}}
	return e
}

// inFuture tells whether a meeting lies in the future, as well as its time is known.
func inFuture(m *Meeting, zone *time.Location) bool {
	now := clock.Now()
	today := clock.Date(now.In(zone).Format(time.DateOnly))
	switch {
	case m.StartsAt != nil:
		return m.StartsAt.After(now)
	case m.Date != nil:
		return *m.Date > today
	case m.Year != nil:
		return *m.Year > now.In(zone).Year()
	}
	return false
}
