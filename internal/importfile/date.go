package importfile

import (
	"strconv"
	"strings"
	"time"
)

// day is how dates without a time are written in the API.
const day = "2006-01-02"

// span is a historic date: at least a year, at most a day. To is exclusive.
type span struct {
	from, to  time.Time
	precision string
}

// parseDate reads 2006-01-02, 2006-01, 2.1.2006, 1/2006 and 2006. A time of day behind an ISO date is dropped: registers
// export dates as midnight. Days and months of other orders (1/2/2006) are refused, since they may be the other way round.
func parseDate(text string) (span, error) {
	if date, ok := dateOf(text); ok {
		return date, nil
	}
	return span{}, faultf(CodeInvalidDate, "%q is no date: write 2006-01-02, 2.1.2006, 1/2006 or 2006", shorten(text))
}

func dateOf(s string) (date span, ok bool) {
	if len(s) > len(day) && (s[len(day)] == 'T' || s[len(day)] == ' ') && s[4] == '-' {
		if !timeOfDay(s[len(day)+1:]) {
			return span{}, false
		}
		s = s[:len(day)]
	}
	var parts []string
	switch {
	case strings.Contains(s, "-"):
		if parts = strings.Split(s, "-"); len(parts[0]) != 4 || len(parts) == 1 || len(parts) > 3 {
			return span{}, false
		}
		for _, part := range parts[1:] {
			if len(part) != 2 {
				return span{}, false
			}
		}
	case strings.Contains(s, "."):
		if parts = reversed(strings.Split(s, ".")); len(parts) != 3 {
			return span{}, false
		}
	case strings.Contains(s, "/"):
		if parts = reversed(strings.Split(s, "/")); len(parts) != 2 {
			return span{}, false
		}
	default:
		parts = []string{s}
	}
	numbers := [3]int{0, 1, 1}
	for i, part := range parts {
		part = strings.TrimSpace(part)
		if !digits(part, 4) || i > 0 && len(part) > 2 || i == 0 && len(part) != 4 {
			return span{}, false
		}
		numbers[i], _ = strconv.Atoi(part)
	}
	from := time.Date(numbers[0], time.Month(numbers[1]), numbers[2], 0, 0, 0, 0, time.UTC)
	if numbers[0] < 1000 || numbers[0] > 2999 || from.Month() != time.Month(numbers[1]) || from.Day() != numbers[2] {
		return span{}, false
	}
	switch len(parts) {
	case 1:
		return span{from, from.AddDate(1, 0, 0), "year"}, true
	case 2:
		return span{from, from.AddDate(0, 1, 0), "month"}, true
	default:
		return span{from, from.AddDate(0, 0, 1), "day"}, true
	}
}

// timeOfDay is lenient: it must only be sure that the date before it was one.
func timeOfDay(s string) bool {
	for _, layout := range []string{"15:04:05Z07:00", "15:04:05", "15:04"} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

func reversed(parts []string) []string {
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return parts
}

// shorten keeps details readable, whatever the cell held.
func shorten(text string) string {
	runes := []rune(text)
	if len(runes) <= 60 {
		return text
	}
	return string(runes[:60]) + "…"
}
