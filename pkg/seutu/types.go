package seutu

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/oapi-codegen/nullable"
)

// Text is a text in several languages: its keys are fi, sv and en.
type Text map[string]string

// Best is the text in the first of the languages that there is, else in Finnish, Swedish, English or any other language.
func (t Text) Best(languages ...string) string {
	for _, l := range slices.Concat(languages, []string{"fi", "sv", "en"}, slices.Sorted(maps.Keys(t))) {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

// TextPatch changes a text: languages that it does not name stay, those with nil go.
type TextPatch map[string]*string

// Words is a list that goes into a query as one word with commas.
type Words []string

// MarshalJSON joins the words.
func (w Words) MarshalJSON() ([]byte, error) { return json.Marshal(strings.Join(w, ",")) }

// Set is a member of a patch that sets a value.
func Set[T any](v T) nullable.Nullable[T] { return nullable.NewNullableWithValue(v) }

// Null is a member of a patch that clears what was set.
func Null[T any]() nullable.Nullable[T] { return nullable.NewNullNullable[T]() }

// Date is a day, without a time zone. The zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day of a time, where the time is.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// ParseDate reads a day as 2026-11-21.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("seutu: %q is not a date like 2026-11-21", s)
	}
	return DateOf(t), nil
}

// String is the day as 2026-11-21; of the zero Date it is empty.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// In is the moment when the day begins in a place.
func (d Date) In(place *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, place)
}

// Compare is negative if d comes before e, positive if it comes after, and 0 if they are the same day.
func (d Date) Compare(e Date) int { return d.In(time.UTC).Compare(e.In(time.UTC)) }

// AddDays is the day so many days later.
func (d Date) AddDays(n int) Date { return DateOf(d.In(time.UTC).AddDate(0, 0, n)) }

// MarshalText writes the day as the API does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a day of the API.
func (d *Date) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDate(string(b))
	return err
}
