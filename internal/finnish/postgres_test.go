package finnish_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// analysers are those whose keys PostgreSQL has to take and match: by dictionary and by rule.
func analysers(t *testing.T) map[string]*finnish.Analyser {
	t.Helper()
	list := map[string]*finnish.Analyser{"sample dictionary": finnish.New(finnish.SampleDictionary(t)), "rules": finnish.New(nil)}
	if d := finnish.RealDictionary(t); d != nil {
		list["real dictionary"] = finnish.New(d)
	}
	return list
}

// TestMeetings has PostgreSQL match queries and texts.
func TestMeetings(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	for name, a := range analysers(t) {
		check := func(m finnish.Meeting, prefix bool) {
			t.Helper()
			want := m.Known
			if name == "rules" {
				want = m.Ruled
			}
			vector := a.Document(finnish.Field{Text: m.Text, Language: m.Language, Weight: finnish.A, Name: m.Name})
			query := a.Query(m.Query, prefix).Literal()
			var got bool
			s.Scan("select $1::tsvector @@ $2::tsquery", []any{vector, query}, &got)
			if got != want {
				t.Errorf("%s: %q finds %q: %v\n%s\n%s", name, m.Query, m.Text, got, query, vector)
			}
		}
		for _, m := range finnish.Meetings {
			check(m, false)
		}
		for _, m := range finnish.Typed {
			check(m, true)
		}
		if name != "real dictionary" {
			for _, m := range finnish.Crossed {
				check(m, false)
			}
		}
	}
}

// TestPostgreSQLTakesEverything tries texts that are long, or made of what the literals and PostgreSQL itself treat specially.
func TestPostgreSQLTakesEverything(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	var distinct, russian strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&distinct, "kylä%dyhdistys-seura%d ", i, i)
		fmt.Fprintf(&russian, "%s%d ", strings.Repeat("ж", 58), i%10_000)
	}
	texts := []string{
		"", " ", "'", `\`, `'\''`, "a'b'c d''e", `a\'b`, "a:b:*", "kuoro:*A & !kissa | (talo)", "<->", "\x00a\x00", "\xff\xfe", "'''a'''",
		strings.Repeat("a", 100_000), strings.Repeat("a ", 100_000), strings.Repeat("kylä-", 10_000), strings.Repeat("(", 10_000),
		strings.Repeat("a\u0308\u0323", 5000), strings.Repeat("𝔘", 300), distinct.String(), russian.String(), "日本 हिन्दी ᏣᎳᎩ ﬀ İI ß ſ K Å", "o’Brien ʼn n't",
	}
	for name, a := range analysers(t) {
		for i, text := range texts {
			languages := []string{"fi", "sv", "ru"}
			if len(text) > 1000 {
				languages = languages[:1]
			}
			for _, language := range languages {
				f := finnish.Field{Text: text, Language: language, Name: i%2 == 0}
				vector := a.Document(finnish.Field{Text: "Kylän kuoro", Language: "fi", Weight: finnish.A, Name: true}, f)
				for _, prefix := range []bool{false, true} {
					query := a.Query(text, prefix).Literal()
					var size, nodes, found int
					s.Scan("select pg_column_size($1::tsvector), numnode($2::tsquery), ($1::tsvector @@ '''kuoro'':A'::tsquery)::int", []any{vector, query}, &size, &nodes, &found)
					if (query == "") != (nodes == 0) || found != 1 || size > 600<<10 {
						t.Errorf("%s: %.40q: %d bytes, %d nodes of %.200q, found %d", name, text, size, nodes, query, found)
					}
				}
			}
		}
	}
}

// TestRank has names before other names before descriptions, and whole words before parts.
func TestRank(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	a := finnish.New(finnish.SampleDictionary(t))
	documents := [][]finnish.Field{
		{{Text: "Kuoro", Language: "fi", Weight: finnish.A, Name: true}},
		{{Text: "Mieskuoro", Language: "fi", Weight: finnish.A, Name: true}},
		{{Text: "Kylä", Language: "fi", Weight: finnish.A, Name: true}, {Text: "Meillä on kuoro", Language: "fi", Weight: finnish.C}},
		{{Text: "Kylä", Language: "fi", Weight: finnish.A, Name: true}, {Text: "Meillä on mieskuoro", Language: "fi", Weight: finnish.C}},
	}
	last := 2.0
	for i, d := range documents {
		var rank float64
		s.Scan("select ts_rank('{0.05, 0.2, 0.4, 1}', $1::tsvector, $2::tsquery)", []any{a.Document(d...), a.Query("kuorot", false).Literal()}, &rank)
		if rank <= 0 || rank >= last {
			t.Errorf("document %d has the rank %v after %v", i, rank, last)
		}
		last = rank
	}
}
