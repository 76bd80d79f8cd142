package finnish

import (
	"maps"
	"slices"
)

// minTerm is the length of the shortest word in which a slip of the pen can be told from another word.
const minTerm = 4

// Terms gives the words of a text for a table in which mistyped words of queries are looked up by likeness: as they are
// written, their base forms and the parts of compounds, also several together; in lower case and NFC, sorted, each once.
func (a *Analyser) Terms(text string) []string {
	set := map[string]bool{}
	add := func(list ...string) {
		for _, s := range list {
			if runes(s) >= minTerm && !hasDigit(s) {
				set[s] = true
			}
		}
	}
	for w := range words(text) {
		m := a.meaning(w.text)
		if m.stops(w.text) {
			continue
		}
		add(w.text)
		add(m.plain...)
		for _, parts := range m.compounds {
			for _, p := range parts {
				add(p.plain...)
			}
		}
		if m.known {
			add(m.pieces...)
		}
	}
	return slices.Sorted(maps.Keys(set))
}
