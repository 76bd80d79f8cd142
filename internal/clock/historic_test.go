package clock_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/clock"
)

func TestHistoricDate(t *testing.T) {
	t.Parallel()
	day := func(s string) *clock.Date { d := clock.Date(s); return &d }
	text := func(s string) *string { return &s }
	for name, tt := range map[string]struct {
		in    clock.HistoricDate
		to    string // what it is filled with
		wrong string // the member
	}{
		"day":                     {clock.HistoricDate{Precision: clock.PrecisionDay, From: day("2024-02-28")}, "2024-02-29", ""},
		"month":                   {clock.HistoricDate{Precision: clock.PrecisionMonth, From: day("2023-12-01")}, "2024-01-01", ""},
		"year":                    {clock.HistoricDate{Precision: clock.PrecisionYear, From: day("1956-01-01")}, "1957-01-01", ""},
		"season":                  {clock.HistoricDate{Precision: clock.PrecisionSeason, From: day("2019-03-01"), To: day("2019-06-01")}, "2019-06-01", ""},
		"day without a year":      {clock.HistoricDate{Precision: clock.PrecisionUnknownYear, MonthDay: text("05-13")}, "", ""},
		"unknown":                 {clock.HistoricDate{Precision: clock.PrecisionUnknown, Text: text("sotien jälkeen")}, "", ""},
		"month in the middle":     {clock.HistoricDate{Precision: clock.PrecisionMonth, From: day("2023-12-02")}, "", "from"},
		"year in spring":          {clock.HistoricDate{Precision: clock.PrecisionYear, From: day("1956-04-01")}, "", "from"},
		"end that does not fit":   {clock.HistoricDate{Precision: clock.PrecisionYear, From: day("1956-01-01"), To: day("1956-12-31")}, "1956-12-31", "to"},
		"season without an end":   {clock.HistoricDate{Precision: clock.PrecisionSeason, From: day("2019-03-01")}, "", "to"},
		"no start":                {clock.HistoricDate{Precision: clock.PrecisionDay}, "", "from"},
		"unknown year with a day": {clock.HistoricDate{Precision: clock.PrecisionUnknownYear, From: day("2019-03-01"), MonthDay: text("03-01")}, "", "from"},
		"monthDay out of place":   {clock.HistoricDate{Precision: clock.PrecisionDay, From: day("2019-03-01"), MonthDay: text("03-01")}, "", "monthDay"},
		"beyond the last year":    {clock.HistoricDate{Precision: clock.PrecisionYear, From: day("9999-01-01")}, "", "from"},
	} {
		member, why := tt.in.Normalise()
		assert.Equal(t, tt.wrong, member, name)
		assert.Equal(t, tt.wrong == "", why == "", name)
		if tt.to == "" {
			assert.Nil(t, tt.in.To, name)
		} else {
			assert.Equal(t, tt.to, string(*tt.in.To), name)
		}
	}
}
