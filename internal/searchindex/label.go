package searchindex

import (
	"strings"

	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/store"
)

// The labels of documents: public, or without it, and what kind of row stands where.
const (
	public       = "public"
	kind         = "type"
	region       = "region"
	subRegion    = "subRegion"
	municipality = "municipality"
)

// labelColumns are where a document has what its labels tell.
var labelColumns = map[string]string{public: "d.public::text", kind: "d.type", region: "d.region", subRegion: "d.sub_region", municipality: "d.municipality"}

// Labels are those of the documents that everyone may see, of the types and in the places; what has no values is not asked.
func Labels(types, regions, subRegions, municipalities []string) store.Labels {
	out := store.Labels{public: {"true"}}
	for name, values := range map[string][]string{kind: types, region: regions, subRegion: subRegions, municipality: municipalities} {
		if len(values) > 0 {
			out[name] = values
		}
	}
	return out
}

// label is the lexeme of a document that has a value of a label. No word begins with its mark.
func label(name, value string) string { return finnish.Quote(labelKey(name, value)) }

func labelKey(name, value string) string { return "#" + name + ":" + value }

// labels are the lexemes of a row's document. With them a search is narrowed while its words are looked up, before any row is
// read.
func (r row) labels() []string {
	out := []string{label(kind, r.source.Type)}
	if r.public {
		out = append(out, label(public, "true"))
	}
	for name, value := range map[string]*string{region: r.region, subRegion: r.subRegion, municipality: r.municipality} {
		if value != nil {
			out = append(out, label(name, *value))
		}
	}
	return out
}

// among narrows a tsquery to documents with the labels.
func among(query string, labels store.Labels) string {
	query = "(" + query + ")"
	for name, values := range labels {
		lexemes := make([]string, len(values))
		for i, v := range values {
			lexemes[i] = label(name, v)
		}
		query += "&(" + strings.Join(lexemes, "|") + ")"
	}
	return query
}
