package demo

import (
	"slices"
	"strconv"
	"strings"
)

// describe puts a description together from sentences: where, what, and a word to the reader.
func (w *words) describe(d *dice, sec section, t title, languages []string, year, members int) map[string]string {
	home, _ := neighbourhood(t.place.municipality)
	where := t.place.genitive + " alueella"
	if t.place.kind == whole {
		where = home.locative
	}
	swedish := t.place.name
	switch t.place.kind {
	case whole:
		swedish = home.swedish
	case region, seutu:
		swedish = "Egentliga Tavastland"
	}
	fill := []string{"{paikassa}", where, "{paikka}", t.place.name, "{sv}", swedish, "{en}", t.place.name,
		"{vuosi}", strconv.Itoa(year), "{jasenia}", strconv.Itoa(members / 10 * 10)}
	// A sentence about what is not known is not said.
	sayable := func(sentences []string) []string {
		return slices.DeleteFunc(slices.Clone(sentences), func(s string) bool {
			return year == 0 && strings.Contains(s, "{vuosi}") || members < 20 && strings.Contains(s, "{jasenia}")
		})
	}
	sentences := []string{pick(d, sayable(w.openings))}
	sentences = append(sentences, some(d, d.between(1, 3), sec.texts)...)
	sentences = append(sentences, some(d, d.between(0, 2), sayable(w.closings))...)
	description := map[string]string{"fi": replace(strings.Join(sentences, " "), fill...)}
	if slices.Contains(languages, "sv") {
		description["sv"] = replace(pick(d, w.swedish), fill...)
	}
	if slices.Contains(languages, "en") {
		description["en"] = replace(pick(d, w.english), fill...)
	}
	return description
}

func (d *dice) affiliations(sec section, year int) []map[string]string {
	var affiliations []map[string]string
	for _, name := range some(d, 1+d.between(0, 5)/5, sec.affiliations) {
		affiliation := map[string]string{"name": name}
		if year != 0 && year < figuresYear-1 && d.chance(300) {
			affiliation["from"] = strconv.Itoa(d.between(year+1, figuresYear-1)) + "-01-01"
		}
		affiliations = append(affiliations, affiliation)
	}
	return affiliations
}
