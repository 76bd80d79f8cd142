package finnish

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// RealDictionary is the one that is installed, nil where there is none; in the pipeline there has to be one.
func RealDictionary(t testing.TB) *Dictionary {
	t.Helper()
	path, ok := Find()
	if !ok {
		if os.Getenv("CI") == "true" {
			t.Fatal("no dictionary: install voikko-fi")
		}
		return nil
	}
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func needRealDictionary(t testing.TB) *Dictionary {
	t.Helper()
	d := RealDictionary(t)
	if d == nil {
		t.Skip("no dictionary: install voikko-fi")
	}
	return d
}

// TestRealReadings holds base forms to what libvoikko 4.3.1 says of the same words.
func TestRealReadings(t *testing.T) {
	t.Parallel()
	d := needRealDictionary(t)
	for word, bases := range map[string]string{
		"yhdistyksen": "yhdistys", "yhdistyksille": "yhdistys", "lasten": "lapsi", "lapset": "lapsi", "kylien": "kylä", "mieskuorot": "mieskuoro",
		"kyläyhdistysten": "kyläyhdistys", "nuorisoseurojen": "nuorisoseura", "itä-suomen": "itä-suomi", "eläkeläisille": "eläkeläinen",
		"hämeenlinnassa": "hämeenlinna", "kolmestakymmenestä": "kolmekymmentä", "3:n": "3", "föreningen": "", "xyzzy": "", "seuraamme": "seurata seura",
		"alusta": "alku alunen alus alusta alustaa",
	} {
		steps := maxSteps
		var got []string
		for _, r := range d.readings(word, &steps) {
			got = addTo(got, maxReadings, r.base)
		}
		want := list(bases)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

// TestHostileWords has the work on a word stay far below its bound.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	d := needRealDictionary(t)
	random := rand.New(rand.NewPCG(3, 4))
	pieces := list("a i o u y ä e en in ja jo aa ala asu esi ilo ies ien isi lla ssa talo maa suo yö työ uus äly - 1 s t n k kin kaan ko kö ni si mme")
	for range 10_000 {
		var w strings.Builder
		for range 1 + random.IntN(24) {
			w.WriteString(pieces[random.IntN(len(pieces))])
		}
		steps := maxSteps
		if d.readings(w.String(), &steps); maxSteps-steps > maxSteps/4 {
			t.Errorf("%s takes %d steps", w.String(), maxSteps-steps)
		}
	}
}

// TestBrokenRealDictionary changes and cuts the file at random: it is refused or still answers.
func TestBrokenRealDictionary(t *testing.T) {
	t.Parallel()
	needRealDictionary(t)
	path, _ := Find()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 6))
	b := slices.Clone(whole)
	for range 30 {
		changed := make([]int, 1+random.IntN(20))
		for i := range changed {
			changed[i] = random.IntN(len(b))
			b[changed[i]] = byte(random.Uint32())
		}
		n := len(b)
		if random.IntN(4) == 0 {
			n = random.IntN(n)
		}
		if d, err := parse(b[:n]); err == nil {
			New(d).Document(Field{Text: "yhdistyksille mieskuorolaisten aaaa xyzzytoimikunta", Language: "fi"})
		} else if d != nil {
			t.Error("a dictionary and an error")
		}
		for _, i := range changed {
			b[i] = whole[i]
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	needRealDictionary(b)
	path, _ := Find()
	for b.Loop() {
		if _, err := Open(path); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkWords are forms that were made by joining frequent parts, so that none is met twice in a row.
func benchmarkWords() []string {
	var words []string
	for _, first := range list("kylä nuoriso lapsi urheilu metsästys eläkeläis kotiseutu musiikki hiihto teatteri xyzzy") {
		for _, last := range list("yhdistys yhdistyksen yhdistyksille seura seurojen kerhossa kuoro kuorot liiton säätiöt järjestöjen toimikunta") {
			words = append(words, first+last)
		}
	}
	return words
}

func BenchmarkReadings(b *testing.B) {
	d := needRealDictionary(b)
	words := benchmarkWords()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		steps := maxSteps
		d.readings(words[i%len(words)], &steps)
	}
}

// BenchmarkDocument is one association: its name and a description.
func BenchmarkDocument(b *testing.B) {
	field := Field{Text: strings.Join(benchmarkWords(), " "), Language: "fi", Weight: C}
	name := Field{Text: "Hannukaisen kyläyhdistys ry", Language: "fi", Weight: A, Name: true}
	for _, c := range []struct {
		name string
		new  func() *Analyser
	}{
		{"dictionary", func() *Analyser { return New(needRealDictionary(b)) }},
		{"rules", func() *Analyser { return New(nil) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			a := c.new()
			b.ReportAllocs()
			for b.Loop() {
				a.Document(name, field)
			}
		})
	}
}
