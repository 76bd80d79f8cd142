// Package clock holds time as Seutu uses it: instants in UTC with microseconds, as PostgreSQL keeps them, plain dates, and historic dates.
package clock

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/oapi-codegen/runtime/types"
)

// Now is the present instant in UTC, cut to microseconds.
func Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Sleep waits, unless the context ends first: then it tells the context's error.
func Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// Helsinki is the zone in which a day begins for the service's users.
var Helsinki = helsinki()

func helsinki() *time.Location {
	if l, err := time.LoadLocation("Europe/Helsinki"); err == nil {
		return l
	}
	return time.FixedZone("EET", 2*60*60) // a machine without zone data; off by the summer's hour
}

// Today is the present date in Finland.
func Today() Date { return Date(time.Now().In(Helsinki).Format(time.DateOnly)) }

// Date is a day, "2006-01-02"; comparing dates as strings compares days.
type Date string

// ParseDate reads "2006-01-02" with a year from 1 to 9999.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return "", fmt.Errorf("%q is not a date", s)
	}
	return Date(s), nil
}

// Next is the day after.
func (d Date) Next() Date { return Date(d.Time().AddDate(0, 0, 1).Format(time.DateOnly)) }

// DateOf is the day of a parameter or member of a request; nil where it is absent.
func DateOf(d *types.Date) *Date {
	if d == nil {
		return nil
	}
	day := Date(d.Format(time.DateOnly))
	return &day
}

// Before tells whether a is an earlier day than b, both being known.
func Before(a, b *Date) bool { return a != nil && b != nil && *a < *b }

// Time is the start of the day in UTC.
func (d Date) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t
}

// Value lets a database driver write the date.
func (d Date) Value() (driver.Value, error) { return string(d), nil }

// Scan lets a database driver read the date.
func (d *Date) Scan(v any) error {
	switch v := v.(type) {
	case time.Time:
		*d = Date(v.Format(time.DateOnly))
	case string:
		*d = Date(v)
	default:
		return fmt.Errorf("%T is not a date", v)
	}
	return nil
}
