package finnish

import (
	"slices"
	"strings"
)

// maxTerms bounds the words of a query; what comes after is ignored.
const maxTerms = 16

// Query is what someone searches for.
type Query struct {
	// Terms are the words that have to be met; without words that say little, unless there are no others.
	Terms    []Term
	clauses  []clause
	analyser *Analyser
}

// Term is a word of a query.
type Term struct {
	Text       string // lower case, NFC
	Start, End int    // the bytes of the query that it is
	Known      bool   // the dictionary has it, so that it is no slip of the pen
	Prefix     bool   // words that begin with it will do
}

// clause is met by any of its keys, by any key that begins with one of its prefixes, or by all parts of one of the compounds.
type clause struct {
	keys      []string
	prefixes  []string
	compounds [][]clause
}

// minStem is the length of the shortest Swedish stem whose compounds are found too: ungdomsförening for ungdomar. Without a
// dictionary any Finnish word might be one.
const minStem = 4

// Query analyses a query. With prefix its last word may be the beginning of one, as in a search while one types; there a
// single letter after other words is ignored, as it would only make what was found come and go.
func (a *Analyser) Query(text string, prefix bool) *Query {
	q := &Query{analyser: a}
	var weak []bool // words that say little
	for w := range words(text) {
		if len(q.Terms) == maxTerms {
			break
		}
		m := a.meaning(w.text)
		q.Terms = append(q.Terms, Term{Text: w.text, Start: w.start, End: w.end, Known: m.known})
		q.clauses = append(q.clauses, a.wordClause(m, w.text))
		weak = append(weak, m.stops(w.text))
	}
	if last := len(q.Terms) - 1; prefix && last >= 0 {
		if runes(q.Terms[last].Text) > 1 {
			q.Terms[last].Prefix = true
			q.clauses[last].prefixes = append(q.clauses[last].prefixes, q.Terms[last].Text)
		} else {
			weak[last] = true // too many words begin with a letter
		}
	}
	if slices.Contains(weak, false) {
		q.leaveOut(weak)
	}
	return q
}

func (q *Query) leaveOut(weak []bool) {
	n := 0
	for i := range weak {
		if !weak[i] {
			q.Terms[n], q.clauses[n] = q.Terms[i], q.clauses[i]
			n++
		}
	}
	q.Terms, q.clauses = q.Terms[:n], q.clauses[:n]
}

// wordClause gives all the ways to meet a word, whatever the language of query and document.
func (a *Analyser) wordClause(m *meaning, w string) clause {
	c := finnishClause(m)
	c.addAll(w)
	c.addAll(m.joined...)
	if !hasDigit(w) {
		stem := foldSwedish(w)
		c.addAll(markSwedish+stem, markEnglish+foldEnglish(w))
		if a.dictionary != nil && !m.known && runes(stem) >= minStem {
			c.prefixes = []string{markSwedish + stem}
		}
	}
	for _, parts := range m.compounds {
		var all []clause
		for i := range parts {
			all = append(all, finnishClause(&parts[i]))
		}
		if len(all) > 1 {
			c.compounds = append(c.compounds, all)
		}
	}
	return c
}

// finnishClause is for a word without its parts. Two known words meet by their base forms only; else folds decide.
func finnishClause(m *meaning) (c clause) {
	c.addAll(m.plain...)
	c.addAll(marked(markUnknown, m.folds)...)
	if !m.known {
		c.addAll(marked(markKnown, m.folds)...)
	}
	return c
}

func (c *clause) addAll(keys ...string) {
	c.keys = addTo(c.keys, 4*maxForms, keys...)
}

// Literal is the tsquery, for $1::tsquery: the words joined by and. It is empty when the query has no words: then nothing
// can be found, and PostgreSQL need not be asked.
func (q *Query) Literal() string { return conjunction(q.clauses) }

func conjunction(clauses []clause) string {
	list := make([]string, len(clauses))
	for i, c := range clauses {
		list[i] = c.literal()
	}
	return strings.Join(list, "&")
}

func (c clause) literal() string {
	var list []string
	for _, k := range c.keys {
		list = append(list, Quote(k))
	}
	for _, p := range c.prefixes {
		list = append(list, Quote(p)+":*")
	}
	for _, parts := range c.compounds {
		list = append(list, "("+conjunction(parts)+")")
	}
	return "(" + strings.Join(list, "|") + ")"
}
