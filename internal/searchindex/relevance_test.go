package searchindex_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"os"
	"slices"
	"testing"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// depth is how many results count: the first page.
const depth = 20

// document is one of testdata/documents.ndjson: a row that is searched for, under a key that the questions name it by.
type document struct {
	Key, Type, Kind, Municipality, Region string
	Name, Description                     map[string]string
	OtherNames, Activities                []map[string]string
}

// question is one of testdata/queries.ndjson: what somebody types, and which documents that person expects.
type question struct {
	Q, Class string
	Best     []string // one of these has to be the first
	Also     []string // these have to be among the results too
	Never    []string // and none of these
}

// score sums up how the questions of a class were answered.
type score struct {
	questions  int
	reciprocal float64 // of the rank of the first of the best
	recall     float64 // share of the expected that is on the first page
	wrong      int     // results that must not be there
}

func (s *score) add(o score) {
	s.questions += o.questions
	s.reciprocal += o.reciprocal
	s.recall += o.recall
	s.wrong += o.wrong
}

// means are the mean reciprocal rank and the mean recall.
func (s score) means() [2]float64 {
	return [2]float64{s.reciprocal / float64(s.questions), s.recall / float64(s.questions)}
}

// judge compares the keys of the results with what was expected.
func (q question) judge(got []string) score {
	s := score{questions: 1}
	for i, k := range got {
		if slices.Contains(q.Best, k) {
			s.reciprocal = 1 / float64(i+1)
			break
		}
	}
	expected, found := slices.Concat(q.Best, q.Also), 0
	for _, k := range got {
		if slices.Contains(expected, k) {
			found++
		}
		if slices.Contains(q.Never, k) {
			s.wrong++
		}
	}
	s.recall = float64(found) / math.Min(depth, float64(len(expected)))
	return s
}

// missing are the expected keys that are not among the results.
func (q question) missing(got []string) []string {
	return slices.DeleteFunc(slices.Concat(q.Best, q.Also), func(k string) bool { return slices.Contains(got, k) })
}

func read[T any](t testing.TB, name string) []T {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out []T
	for line := range bytes.Lines(b) {
		var v T
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%s: %v: %s", name, err, line)
		}
		out = append(out, v)
	}
	return out
}

// load writes the documents as officers and municipal systems do, and gives their keys by id.
func load(t testing.TB, s *testkit.Service, docs []document) map[string]string {
	t.Helper()
	admin, keys := s.As(authz.Admin, ""), map[string]string{}
	var rows []object
	var loaded []document
	for _, d := range docs {
		row := object{"kind": d.Kind, "name": d.Name, "otherNames": []object{}}
		for _, n := range d.OtherNames {
			row["otherNames"] = append(row["otherNames"].([]object), object{"name": n})
		}
		for member, v := range map[string]string{"municipality": d.Municipality, "region": d.Region} {
			if v != "" {
				row[member] = v
			}
		}
		if d.Description != nil {
			row["description"] = d.Description
		}
		switch d.Type {
		case "organisation":
			row["key"] = object{"system": "relevance", "id": d.Key}
			rows, loaded = append(rows, row), append(loaded, d)
		default:
			keys[admin.Post("/v1/"+d.Type+"s", row).Want(201).ID()] = d.Key
		}
	}
	var report struct {
		Results []struct{ ID, Outcome string }
	}
	admin.Post("/v1/sync/organisations", rows).Want(200).Into(&report)
	for i, r := range report.Results {
		if r.Outcome != "created" {
			t.Fatalf("%s was %s", loaded[i].Key, r.Outcome)
		}
		keys[r.ID] = loaded[i].Key
		path := "/v1/organisations/" + r.ID
		for _, a := range loaded[i].Activities {
			tag := admin.Get(path).Want(200).Header.Get("ETag")
			admin.Post(path+"/activities", object{"heading": "activity_and_participation", "description": a}, testkit.IfMatch(tag)).Want(201)
		}
	}
	return keys
}

// TestQuestions holds the questions to the documents: a key that does not exist could never be found.
func TestQuestions(t *testing.T) {
	t.Parallel()
	known, asked := map[string]bool{}, map[string]bool{}
	for _, d := range read[document](t, "documents.ndjson") {
		if known[d.Key] {
			t.Errorf("two documents are called %s", d.Key)
		}
		known[d.Key] = true
	}
	for _, q := range read[question](t, "queries.ndjson") {
		if asked[q.Q] || len(q.Best) == 0 {
			t.Errorf("%q stands twice or expects nothing", q.Q)
		}
		asked[q.Q] = true
		all := slices.Sorted(slices.Values(slices.Concat(q.Best, q.Also, q.Never)))
		if len(slices.Compact(slices.Clone(all))) < len(all) {
			t.Errorf("%q names a document twice", q.Q)
		}
		for _, k := range all {
			if !known[k] {
				t.Errorf("%q: there is no document %s", q.Q, k)
			}
		}
	}
}

// results asks the service and gives the keys of the first page.
func results(c *testkit.Client, keys map[string]string, q string) []string {
	c.T.Helper()
	var page struct{ Items []struct{ ID string } }
	c.Get(fmt.Sprintf("/v1/search?limit=%d&q=%s", depth, url.QueryEscape(q))).Want(200).Into(&page)
	var got []string
	for _, i := range page.Items {
		got = append(got, keys[i.ID])
	}
	return got
}

// floors are a little below what README.md has measured of each class: mean reciprocal rank and recall with the dictionary,
// then without.
var floors = map[string][2][2]float64{
	"inflection":    {{.97, .97}, {.87, .65}},
	"compound":      {{.93, .93}, {.70, .53}},
	"gradation":     {{.97, .97}, {.79, .71}},
	"possessive":    {{.97, .97}, {.97, .60}},
	"prefix":        {{.97, .97}, {.97, .95}},
	"typo":          {{.97, .97}, {.89, .81}},
	"no-diacritics": {{.97, .97}, {.90, .86}},
	"abbreviation":  {{.97, .93}, {.97, .93}},
	"former-name":   {{.97, .97}, {.97, .97}},
	"swedish":       {{.93, .90}, {.85, .76}},
	"english":       {{.89, .89}, {.89, .89}},
	"words":         {{.97, .97}, {.92, .92}},
	"place":         {{.97, .93}, {.97, .90}},
	"description":   {{.97, .97}, {.97, .97}},
	"number":        {{.97, .97}, {.97, .97}},
	"punctuation":   {{.97, .97}, {.97, .94}},
	"hyphen":        {{.93, .97}, {.90, .90}},
	"foreign":       {{.97, .97}, {.97, .97}},
	"distractor":    {{.97, .96}, {.90, .96}},
	"all":           {{.96, .95}, {.89, .83}},
}

// TestRelevance asks all questions of a service that reads by the dictionary and of one that lives by the rules.
func TestRelevance(t *testing.T) {
	t.Parallel()
	if path, ok := testkit.Dictionary(t); ok {
		t.Run("dictionary", func(t *testing.T) { relevance(t, path, 0) })
	}
	t.Run("rules", func(t *testing.T) { relevance(t, "off", 1) })
}

// relevance asks all questions and prints the scores of each class as they stand in README.md, and what was amiss.
func relevance(t *testing.T, dictionary string, column int) {
	t.Parallel()
	s := testkit.Reading(t, testkit.DSN(t), dictionary)
	keys, c := load(t, s, read[document](t, "documents.ndjson")), s.Anonymous()
	var classes []string
	scores := map[string]*score{"all": {}}
	for _, q := range read[question](t, "queries.ndjson") {
		if scores[q.Class] == nil {
			classes, scores[q.Class] = append(classes, q.Class), &score{}
		}
		got := results(c, keys, q.Q)
		one := q.judge(got)
		scores[q.Class].add(one)
		scores["all"].add(one)
		if one.means() != [2]float64{1, 1} || one.wrong > 0 {
			t.Logf("%s %q: reciprocal rank %.2f, recall %.2f, %d wrong; missing %v; got %v", q.Class, q.Q, one.reciprocal, one.recall, one.wrong, q.missing(got), got)
		}
	}
	for _, class := range append(classes, "all") {
		got, floor := scores[class].means(), floors[class][column]
		t.Logf("| %s | %d | %.2f | %.2f | %d |", class, scores[class].questions, got[0], got[1], scores[class].wrong)
		if got[0] < floor[0] || got[1] < floor[1] {
			t.Errorf("%s: mean reciprocal rank %.3f and recall %.3f, not %v at least", class, got[0], got[1], floor)
		}
	}
}
