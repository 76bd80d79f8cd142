package clock

import "time"

// Precision tells how well a historic date is known.
type Precision string

// The precisions.
const (
	PrecisionDay         Precision = "day"
	PrecisionMonth       Precision = "month"
	PrecisionSeason      Precision = "season"
	PrecisionYear        Precision = "year"
	PrecisionUnknownYear Precision = "unknown_year" // day and month are known, the year is not
	PrecisionUnknown     Precision = "unknown"      // all that is known is that it happened
)

// HistoricDate is a date as well as it is known: the days from From to To (exclusive), or for unknown_year a MonthDay ("05-13").
type HistoricDate struct {
	From      *Date     `json:"from"`
	To        *Date     `json:"to"`
	Precision Precision `json:"precision"`
	MonthDay  *string   `json:"monthDay"`
	Text      *string   `json:"text"` // as the source wrote it
}

// Normalise fills To from From where the precision determines it, and returns what is wrong: the member and why.
func (h *HistoricDate) Normalise() (member, why string) {
	switch h.Precision {
	case PrecisionUnknown, PrecisionUnknownYear:
		if h.From != nil || h.To != nil {
			return "from", "a date without a year has neither from nor to"
		}
		if (h.Precision == PrecisionUnknownYear) != (h.MonthDay != nil) {
			return "monthDay", "monthDay goes with the precision unknown_year, and only with it"
		}
		return "", ""
	}
	if h.MonthDay != nil {
		return "monthDay", "monthDay goes with the precision unknown_year, and only with it"
	}
	if h.From == nil {
		return "from", "from is needed for this precision"
	}
	from := h.From.Time()
	var end time.Time
	switch h.Precision {
	case PrecisionDay:
		end = from.AddDate(0, 0, 1)
	case PrecisionMonth:
		if from.Day() != 1 {
			return "from", "a month begins on its first day"
		}
		end = from.AddDate(0, 1, 0)
	case PrecisionYear:
		if from.Day() != 1 || from.Month() != time.January {
			return "from", "a year begins on January 1"
		}
		end = from.AddDate(1, 0, 0)
	case PrecisionSeason:
		if h.To == nil || *h.To <= *h.From {
			return "to", "a season needs a to after its from"
		}
		return "", ""
	}
	if end.Year() > 9999 {
		return "from", "the year is too far away"
	}
	want := Date(end.Format(time.DateOnly))
	if h.To == nil {
		h.To = &want
	} else if *h.To != want {
		return "to", "to is exclusive and must fit the precision"
	}
	return "", ""
}
