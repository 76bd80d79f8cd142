package meeting

import (
	"context"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"
	"golang.org/x/text/language"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/i18n"
)

// maxEvents bounds a calendar.
const maxEvents = 2000

// calendarLanguages are those that titles can have; the first is for whoever asks for none of them.
var (
	calendarLanguages = []string{"fi", "sv", "en"}
	languageMatcher   = language.NewMatcher([]language.Tag{language.Finnish, language.Swedish, language.English})
	allMeetings       = i18n.Text{"fi": "Kokoukset", "sv": "Möten", "en": "Meetings"}
)

// entry is a meeting as a calendar shows it.
type entry struct {
	ID               uuid.UUID
	Version          int64
	UpdatedAt        time.Time
	Title, OwnerName i18n.Text
	Year, Number     *int
	Date             clock.Date
	StartsAt, EndsAt *time.Time
	Status           Status
	Place            *Place
	Link             *string
}

// Calendar is the meetings of the year before today, and all that come, as iCalendar. Open to everyone; accept is the reader's
// Accept-Language.
func (s *Service) Calendar(ctx context.Context, f Filter, accept string) ([]byte, error) {
	return s.calendar(ctx, f, allMeetings, accept)
}

// CalendarOf is the calendar of a council or network. Missing, WasDeleted when there is none.
func (s *Service) CalendarOf(ctx context.Context, council, network *uuid.UUID, accept string) ([]byte, error) {
	if _, err := s.owner(ctx, council, network); err != nil {
		return nil, err
	}
	name, err := s.repo.ownerName(ctx, council, network)
	if err != nil {
		return nil, err
	}
	f := Filter{}
	if council != nil {
		f.Councils = []uuid.UUID{*council}
	} else {
		f.Networks = []uuid.UUID{*network}
	}
	return s.calendar(ctx, f, name, accept)
}

func (s *Service) calendar(ctx context.Context, f Filter, name i18n.Text, accept string) ([]byte, error) {
	from := clock.Date(clock.Today().Time().AddDate(-1, 0, 0).Format(time.DateOnly))
	f.From = &from
	entries, err := s.repo.entries(ctx, f)
	if err != nil {
		return nil, err
	}
	lang := calendarLanguage(accept)
	cal := ics.NewCalendar()
	cal.SetProductId("-//Seutu//Meetings//" + strings.ToUpper(lang))
	cal.SetXWRCalName(in(name, lang))
	for _, e := range entries {
		e.add(cal, lang)
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows)), nil
}

// calendarLanguage is the one of the languages that an Accept-Language header prefers.
func calendarLanguage(accept string) string {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return calendarLanguages[0]
	}
	_, i, _ := languageMatcher.Match(tags...)
	return calendarLanguages[i]
}

// in is a text in the language, else in the best that there is.
func in(t i18n.Text, lang string) string {
	if s := t[lang]; s != "" {
		return s
	}
	return i18n.Best(t)
}

func (e entry) add(cal *ics.Calendar, lang string) {
	v := cal.AddEvent(e.ID.String() + "@seutu")
	v.SetDtStampTime(e.UpdatedAt) // without a METHOD it is when the event was last revised
	v.SetLastModifiedAt(e.UpdatedAt)
	v.SetSequence(int(e.Version))
	v.SetSummary(e.summary(lang))
	if e.StartsAt == nil {
		v.SetAllDayStartAt(e.Date.Time())
		v.SetAllDayEndAt(e.Date.Time().AddDate(0, 0, 1))
	} else {
		v.SetStartAt(*e.StartsAt)
		if e.EndsAt != nil {
			v.SetEndAt(*e.EndsAt)
		}
	}
	if e.Status == StatusCancelled {
		v.SetStatus(ics.ObjectStatusCancelled)
	} else {
		v.SetStatus(ics.ObjectStatusConfirmed)
	}
	if at := e.location(lang); at != "" {
		v.SetLocation(at)
	}
	if e.Link != nil {
		v.SetURL(*e.Link)
	}
}

func (e entry) summary(lang string) string {
	if len(e.Title) > 0 {
		return in(e.Title, lang)
	}
	s := in(e.OwnerName, lang)
	if e.Number != nil && e.Year != nil {
		s += " " + strconv.Itoa(*e.Number) + "/" + strconv.Itoa(*e.Year)
	}
	return s
}

func (e entry) location(lang string) string {
	if e.Place == nil {
		return ""
	}
	office := strings.TrimSpace(value(e.Place.PostalCode) + " " + value(e.Place.PostOffice))
	var parts []string
	for _, p := range []string{in(e.Place.Name, lang), value(e.Place.Street), office} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}
