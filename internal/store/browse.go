package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
)

// maxWords bounds what a search costs: each word looks into the index.
const maxWords = 10

// CheckWords finds what is wrong with a q parameter.
func CheckWords(q string) []errs.Fault {
	if len(strings.Fields(i18n.Words(q))) > maxWords {
		return []errs.Fault{{In: "query", Pointer: "q", Code: "too-many", Detail: errs.Msg("at most %d words", maxWords)}}
	}
	return nil
}

// MatchWords asks that every word of q begins some word of a column that i18n.Searchable filled.
func (l *List) MatchWords(column, q string) {
	words := strings.Fields(i18n.Words(q))
	for _, w := range words {
		l.Filter(column+" like '%% ' || %s || '%%'", w)
	}
	if len(words) == 0 {
		l.Where = append(l.Where, "false")
	}
}

// AnyOf asks that a column has one of the values; without values it asks nothing.
func (l *List) AnyOf(column string, values []string) {
	switch len(values) {
	case 0:
	case 1: // an equality lets one index serve filter and order
		l.Filter(column+" = %s", values[0])
	default:
		l.Filter(column+" = any(%s)", values)
	}
}

// Browse is how a list that everyone may see is read.
type Browse struct {
	Since *time.Time     // modifiedSince: with tombstones, in the order of changes
	Sort  []string       // members; - turns the order
	Keys  map[string]Key // what may be sorted by
	First string         // the member that sorts where nothing is asked
	Count bool           // with the total
}

// Ranked tells whether a search is in the order of its rank: where no other one is asked.
func (b Browse) Ranked() bool { return len(b.Sort) == 0 && b.Since == nil }

// Browse renders a page of the view's rows that l selects, deleted ones left out. With Since it is what changed, and the rows
// that are gone come as tombstones, whatever the filters say: what they hold now is nobody's to ask.
func (d *DB) Browse(ctx context.Context, v View, l List, b Browse, req page.Request) (out render.Page, err error) {
	deleted := v.Alias + ".deleted_at is not null"
	if b.Since == nil {
		l.Where = append([]string{v.Alias + ".deleted_at is null"}, l.Where...)
	} else {
		l.match()
		l.Where = []string{v.Alias + ".updated_at >= " + l.Arg(*b.Since), "(" + deleted + " or " + l.Conditions() + ")"}
	}
	counted := l
	if l.Keys, err = b.keys(v.Alias); err != nil {
		return out, err
	}
	n := len(l.Columns)
	l.Aux = []string{deleted, v.Alias + ".id::text", v.Alias + ".version", v.Alias + ".updated_at"}
	each := func(row Row) (err error) {
		var item []byte
		if row.Bool(n) {
			item = fmt.Appendf(nil, `{"id":"%s","deleted":true,"version":%d,"updatedAt":"%s"}`, row.Text(n+1), row.Int(n+2), row.Time(n+3).Format(time.RFC3339Nano))
		} else {
			item, err = row.AppendJSON(make([]byte, 0, 1024), n)
		}
		out.Items = append(out.Items, item)
		return err
	}
	if l.Words != nil && b.Ranked() {
		out.Cursor, err = d.Ranked(ctx, l, req, each)
	} else {
		out.Cursor, err = d.Page(ctx, l, req, each)
	}
	if err == nil {
		out.Total, err = d.Total(ctx, counted, b.Count)
	}
	return out, err
}

func (b Browse) keys(alias string) (keys []Key, err error) {
	for _, s := range b.Sort {
		name, desc := strings.CutPrefix(s, "-")
		k := b.key(alias, name)
		if b.Since != nil && name != "createdAt" && name != "updatedAt" { // a tombstone's name is no longer anyone's to know
			return nil, errs.Broken(errs.Fault{In: "query", Pointer: "sort", Code: "invalid", Detail: errs.Msg("with modifiedSince the order is by createdAt or updatedAt")})
		}
		k.Desc = desc
		keys = append(keys, k)
	}
	switch {
	case len(keys) > 0:
	case b.Since != nil:
		keys = []Key{b.key(alias, "updatedAt")}
	default:
		keys = []Key{b.key(alias, b.First)}
	}
	return keys, nil
}

func (b Browse) key(alias, member string) Key {
	switch member {
	case "createdAt":
		return Key{SQL: alias + ".created_at", Type: "timestamptz"}
	case "updatedAt":
		return Key{SQL: alias + ".updated_at", Type: "timestamptz"}
	}
	return b.Keys[member]
}
