package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
)

// View is a resource as the API shows it: its members, each with the SQL that gives it, from a table under an alias.
type View struct {
	Columns []Column
	Alias   string
	From    string // the table as the alias, with whatever the columns join
	Variant string // SQL for what else the answer hangs on, such as the version of a person whose name it shows; may be empty
}

// List begins a query of the view. Deleted rows are not left out yet.
func (v View) List() List {
	return List{Columns: v.Columns, From: v.From, ID: v.Alias + ".id"}
}

// One renders the row that l selects. Missing if there is none, WasDeleted if only its tombstone is left.
func (d *DB) One(ctx context.Context, v View, l List) (out render.Row, err error) {
	n, variant := len(l.Columns), "''"
	if v.Variant != "" {
		variant = "coalesce((" + v.Variant + ")::text, '')"
	}
	sql := SelectSQL(l.Columns, fmt.Sprintf("%[1]s.version, %[1]s.updated_at, %[2]s, %[1]s.deleted_at", v.Alias, variant), l.From, l.Conditions())
	found, err := d.OneRow(ctx, sql, l.Args, func(row Row) (err error) {
		out.Version, out.UpdatedAt, out.Variant = row.Int(n), row.Time(n+1), row.Text(n+2)
		if !row.Null(n + 3) {
			return Gone(row.Time(n+3), out.Version)
		}
		out.JSON, err = row.AppendJSON(make([]byte, 0, 1024), n)
		return err
	})
	if err == nil && !found {
		err = errs.New(errs.Missing, "there is none with this id")
	}
	return out, err
}

// All renders every row that l selects, in the order of an SQL expression: for parts and other short lists that are not paged.
func (d *DB) All(ctx context.Context, l List, order string) (items [][]byte, err error) {
	items = [][]byte{}
	sql := SelectSQL(l.Columns, "null", l.From, l.Conditions()+" order by "+order)
	err = d.EachRow(ctx, sql, l.Args, func(row Row) error {
		j, err := row.AppendJSON(nil, len(l.Columns))
		items = append(items, j)
		return err
	})
	return items, err
}

// Items renders a page of l, whose keys are set.
func (d *DB) Items(ctx context.Context, l List, req page.Request) (out render.Page, err error) {
	out.Cursor, err = d.Page(ctx, l, req, func(row Row) error {
		j, err := row.AppendJSON(make([]byte, 0, 1024), len(l.Columns))
		out.Items = append(out.Items, j)
		return err
	})
	return out, err
}

// Places names the SQL expressions of where a row stands; empty ones are in nobody's scope. Councils and Networks are
// arrays of ids: of the one itself and of those above it.
type Places struct{ Region, Municipality, Organisation, Councils, Networks string }

// Within is the condition under which a row lies in what an actor's permission reaches; it is false, never null, elsewhere.
func (l *List) Within(r authz.Reached, p Places) string {
	if r.Everywhere {
		return "true"
	}
	var ways []string
	for _, w := range []struct {
		scopes      []string
		sql, format string
	}{
		{r.Regions, p.Region, "%s = any(%s::text[])"},
		{r.Municipalities, p.Municipality, "%s = any(%s::text[])"},
		{r.Organisations, p.Organisation, "%s = any(%s::text[]::uuid[])"},
		{r.Councils, p.Councils, "%s && %s::text[]::uuid[]"},
		{r.Networks, p.Networks, "%s && %s::text[]::uuid[]"},
	} {
		if len(w.scopes) > 0 && w.sql != "" {
			ways = append(ways, fmt.Sprintf(w.format, w.sql, l.Arg(w.scopes)))
		}
	}
	if len(ways) == 0 {
		return "false"
	}
	return "coalesce(" + strings.Join(ways, " or ") + ", false)"
}
