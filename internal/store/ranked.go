package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
)

// Words is what a list is searched for: package searchindex makes them of a q parameter.
type Words interface {
	// Match is the condition under which the row with the id meets the words.
	Match(l *List, id string) string
	// Rank tells how the rows that meet them are ranked.
	Rank(l *List) Rank
}

// Rank is an order by likeness. It looks at a table d of what is searched, whose ids are those of the rows.
type Rank struct {
	From  string   // the table as d
	Steps []string // conditions on d: the candidates are the rows that meet the first one, then those that meet the second, and so on
	Order string   // of the candidates, over d
	Limit int      // of the candidates
}

// match makes the words a condition like any other.
func (l *List) match() {
	if l.Words != nil {
		l.Where = append(slices.Clip(l.Where), l.Words.Match(l, l.ID))
		l.Words, l.Fresh = nil, true
	}
}

// Ranked runs a query whose order is the rank of its words, and hands each row to fn: the page is a part of the candidates,
// and the cursor an offset into them. The candidates are chosen before anything is ranked, so that a word that is
// everywhere costs no more than their number.
func (d *DB) Ranked(ctx context.Context, l List, req page.Request, fn func(Row) error) (next string, err error) {
	place, err := req.Place()
	if err != nil {
		return "", err
	}
	k, offset := l.Words.Rank(&l), 0
	if place != nil {
		if offset = place.Offset; offset <= 0 || len(place.Keys) > 0 {
			return "", errs.New(errs.BadCursor, "the cursor is damaged or comes from another list")
		}
	}
	cols := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		cols[i] = fmt.Sprintf("%s as %q", c.SQL, c.Member)
	}
	cols = append(cols, l.Aux...)
	sql := fmt.Sprintf(`with candidates as materialized (%s), ranked as materialized (
			select d.id, row_number() over (order by %s, d.id) as place from candidates c join %s on d.id = c.id order by place limit %d offset %d)
		select %s from ranked k, %s where %s = k.id order by k.place`,
		l.candidates(k), k.Order, k.From, min(req.Limit+1, max(k.Limit-offset, 0)), offset, strings.Join(cols, ", "), l.From, l.ID)
	n := 0
	err = d.EachRow(ctx, sql, l.args(l.Args), func(r Row) error {
		if n++; n > req.Limit {
			next = req.Encode(page.Place{Offset: offset + req.Limit})
			return nil
		}
		return fn(r)
	})
	return next, err
}

// candidates is the query for the ids of what is ranked.
func (l *List) candidates(k Rank) string {
	from, where := k.From, l.Conditions()
	if l.From != k.From {
		from, where = k.From+", "+l.From, l.ID+" = d.id and "+where
	}
	steps := make([]string, len(k.Steps))
	for i, step := range k.Steps {
		for _, before := range k.Steps[:i] {
			step += " and not " + before
		}
		steps[i] = fmt.Sprintf("(select d.id from %s where %s and %s limit %d)", from, step, where, k.Limit)
	}
	return fmt.Sprintf("select id from (%s) s limit %d", strings.Join(steps, " union all "), k.Limit)
}
