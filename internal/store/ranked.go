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
	// Table is where words are looked up, as d.
	Table() string
	// Match is the condition under which the row with the id meets the words.
	Match(l *List, id string) string
	// Rank tells how the rows that meet them are ranked, of which a page needs that many.
	Rank(l *List, need int) Rank
}

// Labels are what is known of a row where its words are looked up: of each of them the row must have one of the values. Where
// they say all that a list asks of its rows, those need not be read to be found.
type Labels map[string][]string

// Rank is an order by likeness. It looks at the words' table d, whose ids are those of the rows.
type Rank struct {
	Columns string // of d, by which the candidates are ranked
	Ways    []Way  // to find candidates
	Class   string // of a candidate d: the first key of the order
	Order   string // of the candidates d of a class, which is d.class
	Limit   int    // of the candidates that are found in one way, and of the rows that pages may show
}

// Way is a way to find candidates.
type Way struct {
	When  string // condition under which it is taken, on what those before it, way0, way1 and so on, have found; always, if empty
	Where string // condition on d
}

// match makes the words a condition like any other.
func (l *List) match() {
	if l.Words != nil {
		l.Where = append(slices.Clip(l.Where), l.Words.Match(l, l.ID))
		l.Fresh = l.From != l.Words.Table() // there the words are hidden from the plan
		l.Words = nil
	}
}

// toTable makes a list that the labels describe one of the words' table.
func (l *List) toTable() {
	if l.Words != nil && l.Labels != nil {
		l.From, l.ID, l.Where = l.Words.Table(), "d.id", nil
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
	offset := 0
	if place != nil {
		if offset = place.Offset; offset <= 0 || len(place.Keys) > 0 {
			return "", errs.New(errs.BadCursor, "the cursor is damaged or comes from another list")
		}
	}
	k := l.Words.Rank(&l, offset+req.Limit+1)
	sql := fmt.Sprintf(`with %s, ranked as materialized (
			select d.id, row_number() over (order by d.class, %s, d.id) as place from (select d.*, %s as class from candidates d offset 0) d order by place limit %d offset %d)
		select %s from ranked k, %s where %s = k.id order by k.place`,
		l.candidates(k), k.Order, k.Class, min(req.Limit+1, max(k.Limit-offset, 0)), offset, columns(l.Columns, l.Aux...), l.From, l.ID)
	n := 0
	args := l.Args
	if l.Labels != nil && len(l.Where) > 0 {
		sql, args = compact(sql, args)
	}
	err = d.EachRow(ctx, sql, l.args(args), func(r Row) error {
		if n++; n > req.Limit {
			next = req.Encode(page.Place{Offset: offset + req.Limit})
			return nil
		}
		return fn(r)
	})
	return next, err
}

// candidates is the query for what is ranked.
func (l *List) candidates(k Rank) string {
	table := l.Words.Table()
	from, rest := table, ""
	if l.Labels == nil {
		rest = " and " + l.Conditions()
		if l.From != table {
			from, rest = table+", "+l.From, " and "+l.ID+" = d.id"+rest
		}
	}
	var b strings.Builder
	var all []string
	for i, way := range k.Ways {
		where := way.Where + rest
		if i > 0 {
			where += " and d.id not in (select id from " + strings.Join(all, " union all select id from ") + ")"
		}
		if way.When != "" {
			where = way.When + " and " + where
		}
		name := fmt.Sprintf("way%d", i)
		fmt.Fprintf(&b, "%s as materialized (select %s from %s where %s limit %d), ", name, k.Columns, from, where, k.Limit)
		all = append(all, name)
	}
	return b.String() + "candidates as (select * from " + strings.Join(all, " union all select * from ") + ")"
}
