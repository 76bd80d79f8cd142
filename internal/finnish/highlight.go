package finnish

import (
	"slices"
	"strings"
)

// maxHighlight bounds the words of a text that are looked at.
const maxHighlight = 2000

// everyKind: nobody says what language a text is in.
var everyKind = kinds{written: true, finnish: true, swedish: true, english: true, crossed: true}

// Span is a range of the bytes of a text.
type Span struct{ Start, End int }

// Highlight gives the words of a text that meet words of the query, in order. Parts of a compound count where the text
// has all of them and not the compound itself.
func (q *Query) Highlight(text string) []Span {
	seen := make([]textWord, 0, min(maxHighlight, len(text)/6))
	for w := range words(text) {
		if len(seen) == maxHighlight {
			break
		}
		seen = append(seen, textWord{span: Span{w.start, w.end}, keys: q.analyser.meaning(w.text).keys})
	}
	for _, c := range q.clauses {
		if c.mark(seen) {
			continue
		}
		for _, parts := range c.compounds {
			if !slices.ContainsFunc(parts, func(p clause) bool { return !slices.ContainsFunc(seen, p.meets) }) {
				for _, p := range parts {
					p.mark(seen)
				}
			}
		}
	}
	var spans []Span
	for _, t := range seen {
		if t.met {
			spans = append(spans, t.span)
		}
	}
	return spans
}

// textWord is a word of the text that is highlighted.
type textWord struct {
	span Span
	keys []string
	met  bool
}

// meets reports whether a word meets the clause, its compounds aside.
func (c clause) meets(t textWord) bool {
	return slices.ContainsFunc(t.keys, func(key string) bool {
		return slices.Contains(c.keys, key) || slices.ContainsFunc(c.prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
	})
}

// mark marks the words that meet the clause and reports whether there are any.
func (c clause) mark(list []textWord) (found bool) {
	for i := range list {
		if c.meets(list[i]) {
			list[i].met, found = true, true
		}
	}
	return found
}
