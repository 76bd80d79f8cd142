package demo

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seutu/seutu/internal/domain/geography"
)

// figuresYear is the year of the published figures: nothing is founded after it.
const figuresYear = 2020

// association makes all of one association but its name, which is drawn already. How many have
// what is given in thousandths; the first one has everything.
func (w *words) association(n int, s slot, t title) Association {
	d := newDice(streamRow, strconv.Itoa(n))
	d.generous = n == 1
	sec := w.sections[s.section]
	name := map[string]string{"fi": t.finnish()}
	row := make(map[string]any, 28)
	row["key"] = map[string]string{"system": System, "id": id(n)}
	row["status"], row["kind"], row["country"] = "published", "association", "FI"
	row["name"], row["municipality"] = name, s.municipality
	if t.stem.isFederated {
		row["kind"] = "federation"
	}
	if classified(s.section) {
		row["field"] = s.section
	}
	languages := w.languages(d, t, name)
	row["languages"] = languages
	born := d.birth(t.stem.since, sec.to)
	if born.date != nil {
		row["founded"] = *born.date
	}
	d.numbers(row, n, born)
	if area := d.area(t); area != nil {
		row["municipalities"] = area
	}
	w.whereabouts(d, row, t)
	d.contacts(row, n)
	members := d.members(row)
	if d.chance(700) {
		row["description"] = w.describe(d, sec, t, languages, born.year, members)
	}
	if d.chance(250) {
		row["fundingSources"] = some(d, d.between(1, 4), w.funding)
	}
	if d.chance(300) {
		row["affiliations"] = d.affiliations(sec, born.year)
	}
	a := Association{ID: id(n), Row: row, Activities: []Activity{}, RegisterEvents: d.history(row, t, born)}
	active := 26
	if s.section == "social-health" {
		active = 800
	}
	if d.chance(active) {
		for _, activity := range some(d, d.between(1, 3), sec.activities) {
			// The words are shared, what a caller gets is not.
			a.Activities = append(a.Activities, Activity{activity.Heading, slices.Clone(activity.TargetGroups), maps.Clone(activity.Description)})
		}
	}
	return a
}

// languages decides on Swedish and English, and names the association in them where its stem can be said.
func (w *words) languages(d *dice, t title, name map[string]string) []string {
	languages := []string{"fi"}
	here := t.place.kind == whole || t.place.kind == parish
	if here && t.stem.swedish != "" && d.chance(180) {
		name["sv"] = t.swedish()
	}
	if here && t.stem.english != "" && d.chance(180) {
		name["en"] = t.english()
	}
	if name["sv"] != "" || d.chance(20) {
		languages = append(languages, "sv")
	}
	if name["en"] != "" || d.chance(10) {
		languages = append(languages, "en")
	}
	return languages
}

// registerNumbers and businessIDs are primes: multiplying by another number modulo
// a prime gives each association a number of its own, in no visible order.
const (
	registerNumbers = 99_991
	businessIDs     = 99_991
)

func (d *dice) numbers(row map[string]any, n int, born birth) {
	if d.chance(700) {
		r := 900_001 + n*7_919%registerNumbers
		row["registerNumber"] = fmt.Sprintf("%d.%03d", r/1000, r%1000)
		if born.year != 0 && born.year < figuresYear && d.chance(550) {
			row["registeredOn"] = d.day(born.year + 1)
		}
	}
	if digits := 9_900_000 + n*6_011%businessIDs; d.chance(150) {
		if check := checkDigit(digits); check >= 0 {
			row["businessId"] = fmt.Sprintf("%07d-%d", digits, check)
		}
	}
}

// checkDigit is that of a business id, or -1: numbers that would need a 10 are not given out.
func checkDigit(digits int) int {
	sum := 0
	for _, weight := range []int{2, 4, 8, 5, 10, 9, 7} {
		sum += digits % 10 * weight
		digits /= 10
	}
	switch rest := sum % 11; rest {
	case 0:
		return 0
	case 1:
		return -1
	default:
		return 11 - rest
	}
}

// area returns the municipalities that the association works in, home first, where that is worth saying.
func (d *dice) area(t title) []string {
	home, near := neighbourhood(t.place.municipality)
	area := []string{home.code}
	add := func(among []municipality) {
		for _, m := range among {
			if m.code != home.code {
				area = append(area, m.code)
			}
		}
	}
	switch t.place.kind {
	case region:
		for _, sub := range subRegions {
			add(sub.municipalities)
		}
	case seutu:
		add(near)
	case whole:
		if !d.chance(150) {
			return nil
		}
		add(some(d, d.between(1, 2), near))
	default:
		return nil
	}
	return area
}

// whereabouts sets the address and a point up to four kilometres from the municipality's centre.
func (w *words) whereabouts(d *dice, row map[string]any, t title) {
	code, office, _ := strings.Cut(pick(d, t.place.postal), " ")
	if d.chance(780) {
		street := pick(d, w.streets) + " " + strconv.Itoa(d.between(1, 68))
		row["address"] = map[string]string{"street": street, "postalCode": code, "postOffice": office}
	}
	if d.chance(60) {
		row["postalAddress"] = map[string]string{"street": "PL " + strconv.Itoa(d.between(2, 99)), "postalCode": code, "postOffice": office}
	}
	const reach = 4000
	east, north := 0, 0 // metres, inside the circle
	for ok := false; !ok; ok = east*east+north*north <= reach*reach {
		east, north = d.between(-reach, reach), d.between(-reach, reach)
	}
	known, _ := geography.Known(t.place.municipality)
	if d.chance(850) {
		row["location"] = map[string]float64{
			// In whole hundred-thousandths of a degree: 111 cm northwards, and at 61° 54 cm eastwards; a little less of them stays inside.
			"lat": float64(hundredThousandths(known.Centre.Lat)+north*100/112) / 1e5,
			"lon": float64(hundredThousandths(known.Centre.Lon)+east*100/55) / 1e5,
		}
	}
}

func hundredThousandths(degrees float64) int { return int(degrees*1e5 + 0.5) }

func (d *dice) contacts(row map[string]any, n int) {
	domain := pick(d, []string{"example.org", "example.com", "example.net"})
	if d.chance(450) {
		row["website"] = fmt.Sprintf("https://yhdistys-%d.%s", n, domain)
	}
	if d.chance(400) {
		row["email"] = fmt.Sprintf("yhdistys-%d@%s", n, domain)
	}
	if d.chance(200) {
		row["phone"] = fmt.Sprintf("+3585055501%02d", d.IntN(100))
	}
	if d.chance(60) {
		row["socialLinks"] = []string{fmt.Sprintf("https://some.%s/yhdistys-%d", domain, n)}
	}
}

// members sets the number of members and returns it; 0 where it is unknown or a range.
func (d *dice) members(row map[string]any) int {
	if !d.chance(600) {
		return 0
	}
	count, year := d.between(12, 60), d.between(2017, 2025)
	switch roll := d.IntN(100); {
	case roll < 35:
		count = d.between(60, 200)
	case roll < 50:
		count = d.between(200, 900)
	}
	switch roll := d.IntN(100); {
	case roll < 7:
		low := count / 10 * 10
		row["memberCount"] = map[string]any{"min": low, "max": low + low/5 + 10, "estimated": true, "year": year}
		return 0
	case roll < 20:
		count = count / 10 * 10
		row["memberCount"] = map[string]any{"value": count, "estimated": true, "year": year}
	default:
		row["memberCount"] = map[string]any{"value": count, "year": year}
	}
	return count
}
