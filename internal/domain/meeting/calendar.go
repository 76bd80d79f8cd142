package meeting

import (
	"context"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
)

// maxEvents bounds a calendar.
const maxEvents = 2000

// calendarLanguages are those that titles can have; the first is for whoever asks for none of them.
var (
	calendarLanguages = i18n.NewLanguages("fi", "sv", "en")
	allMeetings       = i18n.Text{"fi": "Kokoukset", "sv": "Möten", "en": "Meetings"}
	instead           = i18n.Text{"fi": "Tilalla", "sv": "I stället", "en": "Instead"}
	dayLayouts        = map[string]string{"fi": "2.1.2006", "sv": "2.1.2006", "en": "2 January 2006"}
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

	CancelReason, ReplacedBy i18n.Text
	// The meeting held instead, if there is one.
	InsteadTitle, InsteadOwner i18n.Text
	InsteadYear, InsteadNumber *int
	InsteadDate                *clock.Date
}

// Calendar is the meetings of the year before today, and all that come, as iCalendar. Open to everyone; accept is the reader's
// Accept-Language. Each summary tells who meets.
func (s *Service) Calendar(ctx context.Context, f Filter, accept string) ([]byte, error) {
	return s.calendar(ctx, f, allMeetings, accept, entry.ownedSummary)
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
	return s.calendar(ctx, f, name, accept, entry.summary)
}

func (s *Service) calendar(ctx context.Context, f Filter, name i18n.Text, accept string, summary func(entry, string) string) ([]byte, error) {
	from := clock.Date(clock.Today().Time().AddDate(-1, 0, 0).Format(time.DateOnly))
	f.From = &from
	entries, err := s.repo.entries(ctx, f)
	if err != nil {
		return nil, err
	}
	lang := calendarLanguages.Preferred(accept)
	cal := ics.NewCalendar()
	cal.SetProductId("-//Seutu//Meetings//" + strings.ToUpper(lang))
	cal.SetXWRCalName(in(name, lang))
	for _, e := range entries {
		e.add(cal, lang).SetSummary(summary(e, lang))
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows)), nil
}

// in is a text in the language, else in the best that there is.
func in(t i18n.Text, lang string) string {
	if s := t[lang]; s != "" {
		return s
	}
	return i18n.Best(t)
}

// add puts an event into the calendar: all of it but the summary.
func (e entry) add(cal *ics.Calendar, lang string) *ics.VEvent {
	v := cal.AddEvent(e.ID.String() + "@seutu")
	v.SetDtStampTime(e.UpdatedAt) // without a METHOD it is when the event was last revised
	v.SetLastModifiedAt(e.UpdatedAt)
	v.SetSequence(int(e.Version))
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
	if text := e.description(lang); text != "" {
		v.SetDescription(text)
	}
	return v
}

func (e entry) summary(lang string) string {
	return called(e.Title, e.OwnerName, e.Year, e.Number, lang)
}

// ownedSummary is the summary among meetings of many: it begins with the owner's name.
func (e entry) ownedSummary(lang string) string {
	if len(e.Title) == 0 {
		return e.summary(lang)
	}
	return in(e.OwnerName, lang) + ": " + e.summary(lang)
}

// called is what a meeting is called: its title, else its owner's name and its number.
func called(title, owner i18n.Text, year, number *int, lang string) string {
	if len(title) > 0 {
		return in(title, lang)
	}
	s := in(owner, lang)
	if number != nil && year != nil {
		s += " " + strconv.Itoa(*number) + "/" + strconv.Itoa(*year)
	}
	return s
}

// description tells of a cancelled meeting why it is cancelled and what there is instead.
func (e entry) description(lang string) string {
	if e.Status != StatusCancelled {
		return ""
	}
	var lines []string
	if reason := in(e.CancelReason, lang); reason != "" {
		lines = append(lines, reason)
	}
	if other := in(e.ReplacedBy, lang); other != "" {
		lines = append(lines, instead[lang]+": "+other)
	}
	if len(e.InsteadOwner) > 0 {
		meeting := called(e.InsteadTitle, e.InsteadOwner, e.InsteadYear, e.InsteadNumber, lang)
		if e.InsteadDate != nil {
			meeting += ", " + e.InsteadDate.Time().Format(dayLayouts[lang])
		}
		lines = append(lines, instead[lang]+": "+meeting)
	}
	return strings.Join(lines, "\n")
}

func (e entry) location(lang string) string {
	if e.Place == nil {
		return ""
	}
	office := strings.TrimSpace(opt.Value(e.Place.PostalCode) + " " + opt.Value(e.Place.PostOffice))
	var parts []string
	for _, p := range []string{in(e.Place.Name, lang), opt.Value(e.Place.Street), office} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}
