package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
)

// Column is a member of the answer and the SQL that gives it.
type Column struct{ Member, SQL string }

// columns renders what a query selects: members, and further expressions behind them.
func columns(members []Column, more ...string) string {
	var b strings.Builder
	b.Grow(32 * (len(members) + len(more)))
	for i, c := range members {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.SQL)
		b.WriteString(` as "`)
		b.WriteString(c.Member)
		b.WriteByte('"')
	}
	for i, sql := range more {
		if i > 0 || len(members) > 0 {
			b.WriteString(", ")
		}
		b.WriteString(sql)
	}
	return b.String()
}

// Key is one of a list's sort keys: an expression that is never null, in one direction. Type is what its text is read back as.
type Key struct {
	SQL, Type string
	Desc      bool
}

// List is a query for one page: columns, conditions and order. The id is always the last key, so that every order is total.
type List struct {
	Columns []Column
	Aux     []string // further columns for the reader, behind the members
	From    string
	ID      string // the id's expression
	Where   []string
	Args    []any
	Fresh   bool // plan anew for each request: the values decide which plan is good
	Keys    []Key
	Words   Words  // what the rows are searched for; nil: nothing
	Labels  Labels // all that the conditions say, for the words; nil: they say more
}

// Arg adds an argument and gives its placeholder.
func (l *List) Arg(v any) string {
	l.Args = append(l.Args, v)
	return fmt.Sprintf("$%d", len(l.Args))
}

// args are the arguments of a query of l, with how the driver shall prepare it.
func (l *List) args(args []any) []any {
	if l.Fresh {
		return Fresh(args)
	}
	return args
}

// Fresh lets PostgreSQL plan a query for these very arguments. Of a statement that it has prepared it soon keeps one plan for
// all, which can be many times slower where the arguments decide how much is read.
func Fresh(args []any) []any {
	return append([]any{pgx.QueryExecModeCacheDescribe}, args...)
}

// Filter adds a condition; each %s stands for an argument.
func (l *List) Filter(sql string, args ...any) {
	marks := make([]any, len(args))
	for i, a := range args {
		marks[i] = l.Arg(a)
	}
	l.Where = append(l.Where, fmt.Sprintf(sql, marks...))
}

// Conditions renders the conditions.
func (l *List) Conditions() string {
	if len(l.Where) == 0 {
		return "true"
	}
	return strings.Join(l.Where, " and ")
}

// Page runs the query for the page that the request asks for and hands each row to fn: its members are the first
// len(Columns) columns. It returns the cursor of the next page, "" at the end.
func (d *DB) Page(ctx context.Context, l List, req page.Request, fn func(Row) error) (next string, err error) {
	req.List += " " + strings.Fields(l.From)[0] // other tables' lists may have the same parameters
	place, err := req.Place()
	if err != nil {
		return "", err
	}
	l.match()
	keys := append(append([]Key{}, l.Keys...), Key{SQL: l.ID, Type: "uuid"})
	if n := len(l.Keys); n > 0 {
		keys[n].Desc = l.Keys[n-1].Desc // one direction where possible: the index serves it
	}
	if place != nil {
		if len(place.Keys) != len(keys) {
			return "", errs.New(errs.BadCursor, "the cursor is damaged or comes from another list")
		}
		l.Where = append(l.Where[:len(l.Where):len(l.Where)], l.after(keys, place.Keys))
	}
	more, order := slices.Clone(l.Aux), make([]string, len(keys))
	for i, k := range keys {
		more = append(more, "("+k.SQL+")::text")
		order[i] = k.SQL
		if k.Desc {
			order[i] += " desc"
		}
	}
	sql := fmt.Sprintf("select %s from %s where %s order by %s limit %d", columns(l.Columns, more...), l.From, l.Conditions(), strings.Join(order, ", "), req.Limit+1)
	n, last := 0, make([]string, len(keys))
	err = d.EachRow(ctx, sql, l.args(l.Args), func(r Row) error {
		if n++; n > req.Limit {
			next = req.Encode(page.Place{Keys: last})
			return nil
		}
		if n == req.Limit {
			for i := range keys {
				last[i] = r.Text(len(l.Columns) + len(l.Aux) + i)
			}
		}
		return fn(r)
	})
	var v *Violation
	if place != nil && errors.As(err, &v) && strings.HasPrefix(v.Code, "22") { // its keys are of another type
		err = errs.New(errs.BadCursor, "the cursor is damaged or comes from another list")
	}
	return next, err
}

// after is the keyset condition: a row comparison where all keys go one way, else spelled out key by key.
func (l *List) after(keys []Key, values []string) string {
	sqls, marks, mixed := make([]string, len(keys)), make([]string, len(keys)), false
	for i, k := range keys {
		sqls[i], marks[i] = k.SQL, l.Arg(values[i])+"::text::"+k.Type
		mixed = mixed || k.Desc != keys[0].Desc
	}
	op := map[bool]string{false: ">", true: "<"}
	if !mixed {
		return "(" + strings.Join(sqls, ", ") + ") " + op[keys[0].Desc] + " (" + strings.Join(marks, ", ") + ")"
	}
	var alternatives []string
	equal := ""
	for i, k := range keys {
		alternatives = append(alternatives, "("+equal+sqls[i]+" "+op[k.Desc]+" "+marks[i]+")")
		equal += sqls[i] + " = " + marks[i] + " and "
	}
	return "(" + strings.Join(alternatives, " or ") + ")"
}

// Total counts the rows of the list, if that is asked for; else it is nil.
func (d *DB) Total(ctx context.Context, l List, asked bool) (*int64, error) {
	if !asked {
		return nil, nil
	}
	l.toTable()
	l.match()
	var n int64
	sql, args := compact("select count(*) from "+l.From+" where "+l.Conditions(), l.Args)
	err := d.QueryRow(ctx, sql, l.args(args)...).Scan(&n)
	return &n, translate(err)
}

// Counts runs queries that count something, as one statement.
func (d *DB) Counts(ctx context.Context, queries []string) (out []int64, err error) {
	err = d.QueryRow(ctx, "select array[("+strings.Join(queries, "), (")+")]::bigint[]").Scan(&out)
	return out, translate(err)
}

// compact leaves out the arguments that a query does not name, such as those of columns that it does not read: PostgreSQL
// cannot tell their types.
func compact(sql string, args []any) (string, []any) {
	var b strings.Builder
	b.Grow(len(sql))
	var kept []any
	numbers := make([]int, len(args)+1)
	before, rest, found := strings.Cut(sql, "$")
	b.WriteString(before)
	for found {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		b.WriteByte('$')
		if digits > 0 { // else it is none, as in a JSON path
			n, _ := strconv.Atoi(rest[:digits])
			if numbers[n] == 0 {
				kept = append(kept, args[n-1])
				numbers[n] = len(kept)
			}
			b.WriteString(strconv.Itoa(numbers[n]))
		}
		before, rest, found = strings.Cut(rest[digits:], "$")
		b.WriteString(before)
	}
	return b.String(), kept
}

// FacetValue is one value of a facet; nil counts the rows without one.
type FacetValue struct {
	Value *string `json:"value"`
	Count int64   `json:"count"`
}

// Facet counts the rows of the list by an expression, which may be a set of values; the largest first, at most 500. The
// expression may be a column of the words' table d where labels say all.
func (d *DB) Facet(ctx context.Context, l List, join, expr string) ([]FacetValue, error) {
	if strings.HasPrefix(expr, "d.") {
		l.toTable()
	}
	l.match()
	sql, args := compact(fmt.Sprintf("select %s, count(*) from %s %s where %s group by 1 order by 2 desc, 1 limit 500", expr, l.From, join, l.Conditions()), l.Args)
	rows, err := d.Query(ctx, sql, l.args(args)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []FacetValue{}
	for rows.Next() {
		var v FacetValue
		if err := rows.Scan(&v.Value, &v.Count); err != nil {
			return nil, translate(err)
		}
		out = append(out, v)
	}
	return out, translate(rows.Err())
}

// SelectSQL renders a query for single rows: members, further columns, and a condition.
func SelectSQL(cols []Column, aux, from, where string) string {
	return "select " + columns(cols, aux) + " from " + from + " where " + where
}
