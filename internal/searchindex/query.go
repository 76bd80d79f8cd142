package searchindex

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// maxRanked bounds how many rows are found in one way, to be ranked.
const maxRanked = 1000

// fewRows is when a search may have been mistyped.
const fewRows = 5

// Query is what somebody searches for. Nothing is found when it has no words.
type Query struct {
	text            string
	typed, complete found            // the last word may go on, or may not
	read            []*finnish.Query // what is highlighted
	terms           []finnish.Term
	shares          *shares
	Corrections     []Correction
}

// found is a tsquery, and what is known of how many documents meet it.
type found struct {
	query string
	// shares of the documents; 0 if small or unknown
	names, texts float64
	beginning    float64 // of those with words that begin like the last one
}

// Correction is a word that finds little, and what it may have meant.
type Correction struct {
	Word string   `json:"word"`
	As   []string `json:"as"`
}

// Query reads a q parameter.
func (x *Index) Query(q string) *Query {
	typed, complete, s := x.analyser.Query(q, true), x.analyser.Query(q, false), x.shares.Load()
	return &Query{text: q, typed: s.of(typed), complete: s.of(complete), read: []*finnish.Query{typed}, terms: typed.Terms, shares: s}
}

// Match is the condition under which the row with the id meets the words.
func (q *Query) Match(l *store.List, id string) string {
	switch {
	case q.typed.query == "":
		return "false"
	case l.From == Documents: // the row is the document
		return "d.vector @@ " + hidden(l, among(q.typed.query, l.Labels))
	}
	return id + " in (select d.id from search_documents d where d.vector @@ " + l.Arg(among(q.typed.query, l.Labels)) + "::tsquery)"
}

// Documents is the table as rankings know it: what a list over all types reads from.
const Documents = "search_documents d"

// Table is where words are looked up.
func (q *Query) Table() string { return Documents }

// hidden is a tsquery that PostgreSQL shall not see while it plans: it would plan anew each time.
func hidden(l *store.List, query string) string { return "(select " + l.Arg(query) + "::tsquery)" }

// Rank tells how the rows that meet the words are ranked, of which a page needs that many.
func (q *Query) Rank(l *store.List, need int) store.Rank {
	r := store.Rank{Columns: "d.id, d.sort_name, d.names, d.vector", Limit: maxRanked, Ways: []store.Way{{Where: "false"}}, Class: "0", Order: "d.sort_name"}
	whole := wholeName(q.text)
	if q.typed.query == "" || whole == "" {
		return r
	}
	arg := func(query string) string { return l.Arg(query) + "::tsquery" }
	begins, typed, complete := arg(whole+":*"), arg(q.typed.query), arg(q.complete.query)
	r.Ways = q.ways(l, need, whole+":*")
	// 0 to 2 are the rows of the first way, where it is taken: what a later one finds comes behind them, whatever the page
	r.Class = fmt.Sprintf(`case when d.names @@ %[3]s then case when d.names @@ %[1]s then 0 when d.names @@ %[2]s then 1 else 2 end
		when d.names @@ %[4]s then 3 when d.names @@ %[5]s then 4 when d.vector @@ %[3]s then 5 else 6 end`,
		arg(whole), arg(wholeKey(i18n.Words(q.text)+" ")+":*"), complete, begins, typed)
	r.Order = fmt.Sprintf("ts_rank('{0.05, 0.2, 0.4, 1}', d.vector, case when d.class in (3, 4, 6) then %s else %s end) desc, length(d.sort_name), d.sort_name", typed, complete)
	return r
}

// ways are how candidates are found: by the words anywhere; if those are too many, by the words in names, and if those are
// too many again, by how names begin. Where many words begin like the last one the index takes long to say which, so that names
// with the words as they are come first, and often suffice.
func (q *Query) ways(l *store.List, need int, begins string) (ways []store.Way) {
	count := func(way int, is string, than int) string {
		return fmt.Sprintf("(select count(*) from way%d) %s %d", way, is, than)
	}
	anywhere := store.Way{Where: q.has(l, "vector", q.typed.query, q.typed.texts)}
	tooMany := ""
	if q.shares.slow(q.typed.beginning) {
		ways = append(ways, store.Way{Where: q.has(l, "names", q.complete.query, q.complete.names)})
		anywhere.When, tooMany = count(0, "<", min(need, maxRanked)), count(0, "=", maxRanked)+" or "
	}
	ways = append(ways, anywhere)
	ways = append(ways, store.Way{When: count(len(ways)-1, "=", maxRanked), Where: q.has(l, "names", q.typed.query, q.typed.names)})
	return append(ways, store.Way{
		When: "(" + tooMany + count(len(ways)-1, "=", maxRanked) + ")",
		// "is true" keeps the index out: of the few names that begin so each is looked at
		Where: q.has(l, "names", begins, 0) + " and (d.vector @@ " + hidden(l, q.typed.query) + ") is true",
	})
}

// has is the condition that a column of the document meets a tsquery, of which the share is known, and that the document has
// the labels of the list. What most documents have is seen on the documents: the index would list them all.
func (q *Query) has(l *store.List, column, query string, share float64) string {
	narrow, conditions, labels := store.Labels{}, "", slices.Sorted(maps.Keys(l.Labels))
	for _, name := range labels {
		of := q.shares.label(name, l.Labels[name])
		share *= of
		if of < broad {
			narrow[name] = l.Labels[name]
		}
	}
	scan := l.Labels != nil && q.shares.quickly(share) // without labels nobody knows how many rows the list's conditions leave
	for _, name := range labels {
		if _, ok := narrow[name]; scan || !ok {
			conditions += " and " + labelColumns[name] + " = any((select " + l.Arg(l.Labels[name]) + "::text[])::text[])"
		}
	}
	if scan { // "is true" keeps the index out
		return "(d." + column + " @@ " + hidden(l, query) + ") is true" + conditions
	}
	return "d." + column + " @@ " + hidden(l, among(query, narrow)) + conditions
}

// Find runs a ranked list for the words of q; when it finds few rows, once more for what the words may have meant. It gives
// the page and the query that found it.
func (x *Index) Find(ctx context.Context, q string, req page.Request, list func(*Query, page.Request) (render.Page, error)) (render.Page, *Query, error) {
	plain := x.Query(q)
	if req.Cursor != "" {
		for _, all := range []bool{false, true} {
			wide := widened(req, all)
			if _, err := wide.Place(); err != nil {
				continue
			}
			corrected, err := x.correct(ctx, plain, all)
			if err != nil {
				return render.Page{}, plain, err
			}
			p, err := list(corrected, wide)
			return p, corrected, err
		}
	}
	p, err := list(plain, req)
	if err != nil || req.Cursor != "" || len(p.Items) >= fewRows || p.Cursor != "" {
		return p, plain, err
	}
	all := len(p.Items) == 0
	corrected, err := x.correct(ctx, plain, all)
	if err != nil || len(corrected.Corrections) == 0 {
		return p, plain, err
	}
	more, err := list(corrected, widened(req, all))
	if err != nil || len(more.Items) <= len(p.Items) {
		return p, plain, err
	}
	return more, corrected, nil
}

// widened is the request for the words that were meant: a cursor remembers which of the lists it goes on with.
func widened(req page.Request, all bool) page.Request {
	req.List += "~"
	if all {
		req.List += "~"
	}
	return req
}

// List runs a list that may have a q parameter: by Find where it is ranked, else once, with the words as a filter.
func (x *Index) List(ctx context.Context, q *string, ranked bool, req page.Request, list func(store.Words, page.Request) (render.Page, error)) (render.Page, error) {
	switch {
	case q == nil:
		return list(nil, req)
	case !ranked:
		return list(x.Query(*q), req)
	}
	p, _, err := x.Find(ctx, *q, req, func(q *Query, req page.Request) (render.Page, error) { return list(q, req) })
	return p, err
}

// Fragment is a piece of a text; Match marks a word that was searched for.
type Fragment struct {
	Text  string `json:"text"`
	Match bool   `json:"match"`
}

// maxExcerpt bounds what is shown of a long text, in bytes; before is how much of it precedes the first word that was found.
const (
	maxExcerpt = 240
	before     = 60
)

// Highlight cuts a text into pieces in which the words that were found are marked; nil when there are none. Of a long text
// it is the part around the first one.
func (q *Query) Highlight(text string) []Fragment {
	matched := make([]bool, len(text)+1)
	var spans []finnish.Span
	for _, w := range q.read {
		for _, s := range w.Highlight(text) {
			if !matched[s.Start] {
				matched[s.Start] = true
				spans = append(spans, s)
			}
		}
	}
	return excerpt(text, spans)
}
