package searchindex

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/store"
)

// Source is a kind of rows that search finds. Its SQL knows the family's own tables, and what these refer to.
type Source struct {
	Type    string // of the resource, as changes name it
	Path    string // of the resources, to which an id is added
	Table   string
	Alias   string
	Joins   string // what the SQL joins to the table, if anything
	Public  string // condition under which everyone may see a row that is not deleted
	Name    string // the language map that a row goes by; never null
	Texts   []Text
	Terms   bool     // the words of its public names help against slips of the pen. Not where people may be named: terms outlive names
	Members []string // what the document hangs on: other members change without it
	Owners  []Owner

	Region, SubRegion, Municipality string // where a row stands
}

// Text is something that is found: a language map, or an array of them.
type Text struct {
	Member string // of the resource
	Weight finnish.Weight
	SQL    string
}

// isName tells whether a text is a name of the row.
func (t Text) isName() bool { return t.Weight == finnish.A || t.Weight == finnish.B }

// Owner is a row of another type on which documents of this source hang.
type Owner struct {
	Type    string
	Members []string
	Column  string // which holds the owner's id
}

// from is the table with what is joined.
func (s Source) from() string { return strings.TrimSpace(s.Table + " " + s.Alias + " " + s.Joins) }

// place is what a document repeats of its row, in the order of the columns.
func (s Source) place() string {
	return strings.Join([]string{s.Public, s.Region, s.SubRegion, s.Municipality}, ", ")
}

// documents is the query for the texts of the rows $1.
func (s Source) documents() string {
	texts := make([]string, len(s.Texts))
	for i, t := range s.Texts {
		texts[i] = t.SQL
	}
	return fmt.Sprintf("select '%s', %s.id, %s, %s, jsonb_build_array(%s) from %s where %s.id = any($1) and %s.deleted_at is null",
		s.Type, s.Alias, s.place(), s.Name, strings.Join(texts, ", "), s.from(), s.Alias, s.Alias)
}

// touched tells whether a change is one of what documents hang on.
func touched(c store.Change, members []string) bool {
	return c.Op != store.Updated || slices.ContainsFunc(c.Changed, func(m string) bool { return slices.Contains(members, m) })
}
