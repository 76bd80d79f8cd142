package finnish

import (
	"fmt"
	"hash/crc32"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestVersion fails when the rules give other keys under the same version: rows that were written before would not be
// found. Raise rulesVersion, and note the new sum.
func TestVersion(t *testing.T) {
	t.Parallel()
	const version, sum = "2", 1111776193
	d := SampleDictionary(t)
	h := crc32.NewIEEE()
	for _, a := range []*Analyser{New(d), New(nil)} {
		for _, m := range slices.Concat(Meetings, Typed, Crossed) {
			fmt.Fprintln(h, a.Document(Field{Text: m.Text + " " + m.Query, Language: m.Language, Name: m.Name}), a.Query(m.Query, true).Literal())
		}
		for _, row := range sampleWords {
			fmt.Fprintln(h, a.Document(Field{Text: row, Language: "fi", Name: true}), a.Document(Field{Text: row, Language: "sv"}))
		}
	}
	if rulesVersion != version || h.Sum32() != sum {
		t.Errorf("version %s has the sum %d, not %d", rulesVersion, h.Sum32(), sum)
	}
	if New(nil).Version() != version || New(d).Version() != version+"+"+d.Version() {
		t.Error(New(nil).Version(), New(d).Version())
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	a := New(SampleDictionary(t))
	for _, c := range []struct {
		field Field
		want  string
	}{
		{Field{"Kyläyhdistykset ry", "fi", A, true}, "'^kyläyhdistys':1A 'kylä':1B 'kyläyhdistys':1A 'ry':2A 'yhdistys':1B"},
		{Field{"kyläyhdistykset ry", "fi", C, false}, "'kylä':1D 'kyläyhdistys':1C 'yhdistys':1D"},
		{Field{"Föreningar", "sv", B, false}, "'@förening':1B 'föreningar':1B"},
		{Field{"Hembygdsföreningen", "sv", C, false}, "'@förening':1D '@hembygdsförening':1C 'hembygdsföreningen':1C"},
		{Field{"clubs", "en", C, false}, "'+club':1C 'clubs':1C"},
		{Field{"kylän 2024", "ru", 0, false}, "'2024':2D 'kylän':1D"},
		{Field{"Xyzzynkylätoimikunta", "fi", C, false}, "'kylä':1D 'kylätoimikunta':1D 'toimikunta':1D 'xyzzynkylätoimikunta':1C '~xyzzynkylätoimikunT':1C"},
		{Field{"", "fi", A, true}, ""},
	} {
		if got := a.Document(c.field); got != c.want {
			t.Errorf("%+v: %s, want %s", c.field, got, c.want)
		}
	}
	got := a.Document(Field{strings.Repeat("kylä ", 20), "fi", C, false}, Field{"kylä", "fi", A, false})
	if want := "'kylä':2C,3C,4C,5C,6C,7C,8C,21A"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestDocumentIsBounded(t *testing.T) {
	t.Parallel()
	var words strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&words, "%s%d ", strings.Repeat("ж", 50), i)
	}
	if got := New(nil).Document(Field{Text: words.String(), Language: "fi"}); len(got) > maxVector*5/4 {
		t.Errorf("%d bytes", len(got))
	}
	if got := New(nil).Document(Field{Text: strings.Repeat("x ", 50_000), Language: "fi"}); got != "'x':1D,2D,3D,4D,5D,6D,7D,8D '~x':1D,2D,3D,4D,5D,6D,7D,8D" {
		t.Error(got)
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	a := New(SampleDictionary(t))
	for _, c := range []struct {
		query   string
		prefix  bool
		literal string
		terms   []Term
	}{
		{"", true, "", nil},
		{" -!& ", false, "", nil},
		{"Kylän", false, "('kylä'|'~kyl'|'kylän'|'@kylän'|'+kylän')", []Term{{"kylän", 0, 6, true, false}}},
		{"kyläseura 4H", true, "('kyläseura'|'~kyläseur'|'^kyläseur'|'@kyläseur'|'+kyläseura'|'@kyläseur':*)&('4h'|'4h':*)",
			[]Term{{"kyläseura", 0, 10, false, false}, {"4h", 11, 13, false, true}}},
		{"mieskuorot", false, "('mieskuoro'|'~mieskuor'|'mieskuorot'|'@mieskuorot'|'+mieskuorot'|(('mies'|'~mies')&('kuoro'|'~kuor')))",
			[]Term{{"mieskuorot", 0, 10, true, false}}},
		{"ry ja 4h on", false, "('4h')", []Term{{"4h", 6, 8, false, false}}},
		{"4h j", true, "('4h')", []Term{{"4h", 0, 2, false, false}}},
	} {
		q := a.Query(c.query, c.prefix)
		if got := q.Literal(); got != c.literal || !slices.Equal(q.Terms, c.terms) {
			t.Errorf("%q: %s %+v, want %s %+v", c.query, got, q.Terms, c.literal, c.terms)
		}
	}
	if q := a.Query("ja ry", true); len(q.Terms) != 2 || !q.Terms[1].Prefix {
		t.Errorf("%+v", q.Terms)
	}
	if q := a.Query(strings.Repeat("kylä ", 100), false); len(q.Terms) != maxTerms {
		t.Errorf("%d terms", len(q.Terms))
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	got := New(SampleDictionary(t)).Terms("Kyläyhdistykset ry, Xyzzyn 4H-kuoro 2024 on on Åland")
	if want := list("4h-kuoro kuoro kylä kyläyhdistykset kyläyhdistys xyzzyn yhdistys åland"); !slices.Equal(got, want[1:]) {
		t.Errorf("%q, want %q", got, want[1:])
	}
	if got := New(nil).Terms("Kylien Seura"); !slices.Equal(got, list("kylien seura")) {
		t.Errorf("%q", got)
	}
}

func TestHighlight(t *testing.T) {
	t.Parallel()
	dictionary, rules := New(SampleDictionary(t)), New(nil)
	for _, c := range []struct {
		analyser           *Analyser
		query, text, found string
		prefix             bool
	}{
		{dictionary, "kylien", "Kylän väki, kyläyhdistys; ky-lä", "Kylän kyläyhdistys ky-lä", false},
		{dictionary, "mieskuoro", "Mies ja kuoro", "Mies kuoro", false},
		{dictionary, "mieskuoro", "Mieskuoro ja kuoro", "Mieskuoro", false},
		{dictionary, "mieskuoro", "Kuoro", "", false},
		{dictionary, "kylä kissa", "Kylän koira", "Kylän", false},
		{dictionary, "kuo", "Naiskuorot, kuolo!", "Naiskuorot kuolo", true},
		{dictionary, "kylä", "ja KYLA\u0308.", "KYLA\u0308", false},
		{dictionary, "föreningar clubs", "Föreningen och club", "Föreningen club", false},
		{rules, "yhdistyksille", "Kylän yhdistys, mieskuoroyhdistys", "yhdistys mieskuoroyhdistys", false},
		{rules, "", "Kylä", "", true},
		{rules, "kylä", "", "", true},
	} {
		var got []string
		for _, s := range c.analyser.Query(c.query, c.prefix).Highlight(c.text) {
			got = append(got, c.text[s.Start:s.End])
		}
		if !slices.Equal(got, list(c.found)) {
			t.Errorf("%q in %q: %q, want %q", c.query, c.text, got, c.found)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	a := New(nil)
	for i := range 5 * memorySize {
		w := fmt.Sprintf("kylä%dseura", i)
		if first := a.meaning(w); a.meaning(w) != first {
			t.Fatalf("%s was not remembered", w)
		}
	}
	if len(a.meanings.recent) > memorySize || len(a.meanings.earlier) > memorySize {
		t.Error(len(a.meanings.recent), len(a.meanings.earlier))
	}
}

// TestManyAtOnce gives the race detector something to look at.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	a := New(SampleDictionary(t))
	want := a.Document(Field{Text: "Kyläyhdistys xyzzyseura", Language: "fi", Name: true})
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for j := range 200 {
				a.Query(fmt.Sprintf("kylä%d seura%d", i*j, j), true).Highlight("kyläyhdistys")
				if got := a.Document(Field{Text: "Kyläyhdistys xyzzyseura", Language: "fi", Name: true}); got != want {
					t.Errorf("%s, want %s", got, want)
				}
			}
		})
	}
	group.Wait()
}

var (
	lexemeForm = `'(?:[^'\\]|''){1,260}'`
	vectorForm = regexp.MustCompile(`^(?:` + lexemeForm + `:\d{1,5}[A-D](?:,\d{1,5}[A-D]){0,7}(?: |$))*$`)
	// Without the brackets, whose pairs are counted.
	queryForm = regexp.MustCompile(`^(?:` + lexemeForm + `(?::\*)?(?:[|&]|$))*$`)
)

// FuzzAnalyser checks the form of literals and spans, and that what a text says is found in it.
func FuzzAnalyser(f *testing.F) {
	for _, m := range slices.Concat(Meetings, Typed) {
		f.Add(m.Text, m.Query, m.Language, m.Name)
	}
	f.Add("a-\u00ad-b a-\u00ad:b 4-\u00ad:x", "s-:'x", "sv", false)
	f.Add("a\xff'\\:*&|!()\x00 İǅ ﬀ \u00ad\u200d", "'''", "", true)
	analysers := []*Analyser{New(SampleDictionary(f)), New(nil)}
	f.Fuzz(func(t *testing.T, text, query, language string, name bool) {
		for _, a := range analysers {
			if v := a.Document(Field{Text: text, Language: language, Weight: A, Name: name}); !vectorForm.MatchString(v) {
				t.Errorf("vector %q", v)
			}
			q := a.Query(query, name)
			literal := q.Literal()
			bare := strings.NewReplacer("(", "", ")", "").Replace(literal)
			if !queryForm.MatchString(bare) || strings.Count(literal, "(") != strings.Count(literal, ")") || strings.HasSuffix(bare, "&") || strings.HasSuffix(bare, "|") {
				t.Errorf("query %q", literal)
			}
			last := 0
			for _, s := range q.Highlight(text) {
				if s.Start < last || s.End <= s.Start || s.End > len(text) {
					t.Errorf("span %+v after %d", s, last)
				}
				last = s.End
			}
			for _, term := range a.Query(text, false).Terms {
				if len(a.Query(text[term.Start:term.End], false).Highlight(text)) == 0 {
					t.Errorf("%q is not found in %q", term.Text, text)
				}
			}
			for _, term := range a.Terms(text) {
				Unaccented(term)
			}
		}
	})
}
