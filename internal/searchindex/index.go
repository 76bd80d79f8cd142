package searchindex

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/store"
)

// chunk is how many rows are read and written at a time.
const chunk = 1000

// Index is the search index of a database. It is safe for concurrent use.
type Index struct {
	repo       repository
	analyser   *finnish.Analyser
	dictionary bool
	sources    []Source
	places     func(municipality string) i18n.Text
	shares     atomic.Pointer[shares]
	pending    atomic.Int64 // rows that wait to be read anew
}

// layout tells documents of one make-up from those of another; it grows with every change of what they hold.
const layout = "2/"

// version is that of the index's documents: what they hold, and who reads the words.
func (x *Index) version() string { return layout + x.analyser.Version() }

// New makes the index; from then on it follows every write of db. Sources are to be registered before the first one. Without
// a dictionary words are read by the rules alone. Places gives the names of a municipality by its code.
func New(db *store.DB, d *finnish.Dictionary, places func(municipality string) i18n.Text) *Index {
	x := &Index{repo: repository{db}, analyser: finnish.New(d), dictionary: d != nil, places: places}
	x.shares.Store(&shares{})
	db.BeforeCommit(x.follow)
	return x
}

// Register adds kinds of rows.
func (x *Index) Register(sources ...Source) { x.sources = append(x.sources, sources...) }

// follow brings the documents of what a write has changed up to date.
func (x *Index) follow(ctx context.Context, tx *store.Tx, changes []store.Change) error {
	touchedRows := map[string]map[uuid.UUID]bool{} // by type
	note := func(source Source, ids ...uuid.UUID) {
		if touchedRows[source.Type] == nil {
			touchedRows[source.Type] = map[uuid.UUID]bool{}
		}
		for _, id := range ids {
			touchedRows[source.Type][id] = true
		}
	}
	for _, s := range x.sources {
		for _, c := range changes {
			if c.Type == s.Type && touched(c, s.Members) {
				note(s, c.ID)
			}
		}
		for _, o := range s.Owners {
			var owners []uuid.UUID
			for _, c := range changes {
				if c.Type == o.Type && c.Op == store.Updated && touched(c, o.Members) {
					owners = append(owners, c.ID)
				}
			}
			if len(owners) > 0 {
				owned, err := x.repo.owned(ctx, s, o, owners)
				if err != nil {
					return err
				}
				note(s, owned...)
			}
		}
	}
	for _, s := range x.sources {
		all := slices.SortedFunc(maps.Keys(touchedRows[s.Type]), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		for ids := range slices.Chunk(all, chunk) {
			if err := x.index(ctx, tx, s, ids, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// index makes the documents of rows, which the transaction has written or locked. They are written with its commit. Their terms
// are added to seen, unless that is nil.
func (x *Index) index(ctx context.Context, tx *store.Tx, s Source, ids []uuid.UUID, seen map[string]bool) error {
	rows, err := x.repo.rows(ctx, []Source{s}, ids)
	if err != nil {
		return err
	}
	docs, terms := make([]document, 0, len(rows)), map[string]bool{}
	gone := map[uuid.UUID]bool{}
	for _, id := range ids {
		gone[id] = true
	}
	for _, r := range rows {
		delete(gone, r.id)
		docs = append(docs, x.document(r))
		x.addTerms(terms, r)
	}
	if seen != nil {
		maps.Copy(seen, terms)
	}
	x.repo.write(tx, docs, slices.Collect(maps.Keys(gone)), slices.Sorted(maps.Keys(terms)))
	return nil
}

// row is what a source tells of a row.
type row struct {
	source                          Source
	id                              uuid.UUID
	public                          bool
	region, subRegion, municipality *string
	name                            i18n.Text
	texts                           [][]i18n.Text // as the source lists them
}

// read decodes name and texts, which come as JSON.
func (r *row) read(name, texts []byte) error {
	if err := json.Unmarshal(name, &r.name); err != nil {
		return fmt.Errorf("name of %s: %w", r.source.Type, err)
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(texts, &raw); err != nil {
		return fmt.Errorf("texts of %s: %w", r.source.Type, err)
	}
	r.texts = make([][]i18n.Text, len(raw))
	for i, j := range raw {
		var err error
		if len(j) > 0 && j[0] == '[' {
			err = json.Unmarshal(j, &r.texts[i])
		} else {
			r.texts[i] = make([]i18n.Text, 1)
			err = json.Unmarshal(j, &r.texts[i][0])
		}
		if err != nil {
			return fmt.Errorf("%s of %s: %w", r.source.Texts[i].Member, r.source.Type, err)
		}
	}
	return nil
}

// Shown is a row that everyone may see, with its texts.
type Shown struct {
	Href  string
	Name  i18n.Text
	Texts []ShownText
}

// ShownText is a text of a row in one language.
type ShownText struct{ Member, Language, Text string }

// Show reads the rows of a result that everyone may see; all of them are of the types.
func (x *Index) Show(ctx context.Context, types []string, ids []uuid.UUID) (map[uuid.UUID]Shown, error) {
	var sources []Source
	for _, s := range x.sources {
		if slices.Contains(types, s.Type) {
			sources = append(sources, s)
		}
	}
	rows, err := x.repo.rows(ctx, sources, ids)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]Shown{}
	for _, r := range rows {
		if !r.public {
			continue
		}
		s := Shown{Href: r.source.Path + r.id.String(), Name: r.name}
		r.each(func(t Text, language, text string) { s.Texts = append(s.Texts, ShownText{t.Member, language, text}) })
		out[r.id] = s
	}
	return out, nil
}

// document is a row of search_documents.
type document struct {
	row
	sortName, names, vector, analyser string
}

// languages in the order in which texts are read.
var languages = []string{"fi", "sv", "en"}

// each hands fn every text of a row in every language.
func (r row) each(fn func(t Text, language, text string)) {
	for i, t := range r.source.Texts {
		for _, m := range r.texts[i] {
			for _, l := range languages {
				if m[l] != "" {
					fn(t, l, m[l])
				}
			}
		}
	}
}

// document makes a row's document.
func (x *Index) document(r row) document {
	var names, all []finnish.Field
	var whole []string
	r.each(func(t Text, language, text string) {
		f := finnish.Field{Text: text, Language: language, Weight: t.Weight, Name: t.isName()}
		all = append(all, f)
		if f.Name {
			names = append(names, f)
			whole = append(whole, wholeName(text))
		}
	})
	slices.SortStableFunc(all, func(a, b finnish.Field) int { return int(a.Weight) - int(b.Weight) })
	if r.municipality != nil {
		for _, l := range languages {
			all = append(all, finnish.Field{Text: x.places(*r.municipality)[l], Language: l, Weight: finnish.D})
		}
	}
	labels := r.labels()
	return document{
		row: r, sortName: i18n.Best(r.name), analyser: x.version(),
		names:  strings.Join(slices.Concat(whole, labels, []string{x.analyser.Document(names...)}), " "),
		vector: strings.Join(append(labels, x.analyser.Document(all...)), " "),
	}
}

// maxWhole bounds the key of a whole name, in bytes.
const maxWhole = 200

// wholeName is the key of a name as a whole; "" for one without letters.
func wholeName(name string) string { return wholeKey(i18n.Words(name)) }

func wholeKey(words string) string {
	if len(words) > maxWhole {
		words = strings.ToValidUTF8(words[:maxWhole], "")
	}
	if strings.TrimSpace(words) == "" {
		return ""
	}
	return finnish.Quote("=" + words)
}
