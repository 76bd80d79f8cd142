package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// title is a name still in its parts.
type title struct {
	place  *place
	stem   *stem
	number string // for a numbered branch
}

func (t title) finnish() string { return t.fill(t.stem.fi) + " ry" }
func (t title) former() string  { return t.fill(t.stem.former) + " ry" }

// fill puts the place into a stem: its genitive for *, its name for ~, and the genitive before a stem with neither.
func (t title) fill(pattern string) string {
	if !strings.ContainsAny(pattern, "*~") {
		pattern = "* " + pattern
	}
	return replace(pattern, "*", t.place.genitive, "~", t.place.name, "#", t.number)
}

func (t title) swedish() string {
	name := t.place.name
	if m, _ := neighbourhood(t.place.municipality); t.place.kind == whole {
		name = m.swedish
	}
	return strings.ReplaceAll(t.stem.swedish, "~", name) + " rf"
}

func (t title) english() string { return strings.ReplaceAll(t.stem.english, "~", t.place.name) }

// sayable titles are of the municipality itself, have a former name, and can be said in Swedish and English.
func (t title) sayable() bool {
	return t.place.kind == whole && t.stem.former != "" && t.stem.swedish != "" && t.stem.english != ""
}

// titles draws names for a slot: any stem with any place of the municipality that it goes with, the likelier ones sooner.
func (w *words) titles(s slot, n int, taken map[string]bool) []title {
	type candidate struct {
		key         uint64
		place, stem int
	}
	var candidates []candidate
	d := newDice(streamTitles, s.municipality, s.section)
	stems := w.sections[s.section].stems
	for i, p := range w.places {
		if p.municipality != s.municipality {
			continue
		}
		for j := range stems {
			if !strings.Contains(stems[j].kinds, string(p.kind)) {
				continue
			}
			weight := weights[p.kind]
			if stems[j].isFederated {
				weight *= 3
			}
			// Dividing a random number by the weight brings heavy ones to the front, and whole numbers divide alike everywhere.
			candidates = append(candidates, candidate{d.Uint64N(1<<40) / weight, i, j})
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.key, b.key) })
	drawn := make([]title, 0, n)
	for _, c := range candidates {
		if len(drawn) == n {
			break
		}
		t := title{&w.places[c.place], &stems[c.stem], strconv.Itoa(d.between(2, 298))}
		if key := strings.ToLower(t.finnish()); !taken[key] {
			taken[key] = true
			drawn = append(drawn, t)
		}
	}
	if len(drawn) < n {
		panic(fmt.Sprintf("demo: %v: %d names for %d associations", s, len(drawn), n))
	}
	return drawn
}

// replace replaces olds by news, one after the other: building a strings.Replacer costs more than such short texts are worth.
func replace(text string, oldnew ...string) string {
	for pair := range slices.Chunk(oldnew, 2) {
		text = strings.ReplaceAll(text, pair[0], pair[1])
	}
	return text
}
