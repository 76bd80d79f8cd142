package demo

import (
	"fmt"
	"strconv"
	"time"

	"github.com/seutu/seutu/internal/clock"
)

// birth is when an association was founded, as well as that is known.
type birth struct {
	date *clock.HistoricDate // nil when nothing is known
	year int                 // 0 when unknown
}

// birth draws a date: mostly a year, sometimes a day, month or season, or only words.
func (d *dice) birth(from, to int) birth {
	year := d.between(from, to)
	roll := d.IntN(100)
	if d.generous {
		roll = 70
	}
	first := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)
	month := time.Month(d.between(1, 12))
	start := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	switch {
	case roll < 68:
		return birth{span(first, first.AddDate(1, 0, 0), clock.PrecisionYear, strconv.Itoa(year)), year}
	case roll < 80:
		day := start.AddDate(0, 0, d.between(0, 27))
		return birth{span(day, day.AddDate(0, 0, 1), clock.PrecisionDay, day.Format("2.1.2006")), year}
	case roll < 90:
		return birth{span(start, start.AddDate(0, 1, 0), clock.PrecisionMonth, fmt.Sprintf("%d/%d", month, year)), year}
	case roll < 94:
		season := pick(d, []struct {
			text  string
			month time.Month
		}{{"keväällä", time.March}, {"kesällä", time.June}, {"syksyllä", time.September}})
		begin := time.Date(year, season.month, 1, 0, 0, 0, 0, time.UTC)
		return birth{span(begin, begin.AddDate(0, 3, 0), clock.PrecisionSeason, season.text+" "+strconv.Itoa(year)), year}
	case roll < 97:
		text := strconv.Itoa(year/10*10) + "-luvulla"
		return birth{&clock.HistoricDate{Precision: clock.PrecisionUnknown, Text: &text}, 0}
	default:
		return birth{}
	}
}

// span is a historic date from one day until before another.
func span(from, to time.Time, precision clock.Precision, text string) *clock.HistoricDate {
	first, end := clock.Date(from.Format(time.DateOnly)), clock.Date(to.Format(time.DateOnly))
	return &clock.HistoricDate{From: &first, To: &end, Precision: precision, Text: &text}
}

func (d *dice) day(year int) string {
	return fmt.Sprintf("%d-%02d-%02d", year, d.between(1, 12), d.between(1, 28))
}

// history gives some a former name, and returns the register events of the foundation and of the change of name.
func (d *dice) history(row map[string]any, t title, born birth) []RegisterEvent {
	events := []RegisterEvent{}
	if born.year != 0 && row["registerNumber"] != nil && d.chance(250) {
		events = append(events, RegisterEvent{Type: "founded", Date: *born.date, Note: "Perustamiskokous"})
	}
	if t.stem.former == "" || born.year == 0 || born.year > 2000 || !d.chance(300) {
		return events
	}
	former := map[string]string{"fi": t.former()}
	changed, err := time.Parse(time.DateOnly, d.day(d.between(max(born.year+8, 1970), 2018)))
	if err != nil {
		panic(err)
	}
	other := map[string]any{"name": former, "to": changed.Format(time.DateOnly)}
	if born.date.Precision == clock.PrecisionDay {
		other["from"] = string(*born.date.From)
	}
	row["otherNames"] = []map[string]any{other}
	date := span(changed, changed.AddDate(0, 0, 1), clock.PrecisionDay, changed.Format("2.1.2006"))
	return append(events, RegisterEvent{Type: "renamed", Date: *date, Name: former})
}
