package finnish

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestReadings(t *testing.T) {
	t.Parallel()
	var l lexicon
	for form, outputs := range map[string]string{
		"seuran":           "[Ln][Xp]seura[X]seuran",
		"kylätoimikunnan":  "[Ln][Xp]kylä[X]kylä[Bc][Ln][Xp]toimi[X]toimi[Bc][Ln][Xp]kunta[X]kunnan",
		"linja-autot":      "[Ln][Xp]linja[X]linja-[Bc][Ln][Xp]auto[X]autot",
		"seuraamme":        "[Ln][Xp]seura[X]seura[Bc][Ln][Xp]amme[X]amme",
		"toimiminen":       "toimi[Xj]minen[X]minen",
		"talot":            "[Ln][Xp]ta=lo[X]talot [Ln][Xr]ei[X][Xp]talo[X]talot",
		"3:n":              "[Lu]3:n",
		"15:30":            "[Lu]15:30",
		"kolmestatoisesta": "[Lu][Xp]kolme[X]kolmesta[Bc][Lu][Xp]toinen[X]toisesta",
		"kylä-":            "[Ln][Xp]kylä[X]kylä-[Bc]",
		"pitkä":            "[Ln][Xp]" + strings.Repeat("pitkä", 70) + "[X]pitkä",
	} {
		for output := range strings.FieldsSeq(outputs) {
			l.add(form, output)
		}
	}
	d, err := parseTransducer(l.file())
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]reading{
		"seuran":           {base: "seura", parts: list("seura")},
		"kylätoimikunnan":  {base: "kylätoimikunta", parts: list("kylä toimi kunta"), runs: list("toimikunta kylätoimi")},
		"linja-autot":      {base: "linja-auto", parts: list("linja auto")},
		"seuraamme":        {}, // it would be seura-amme
		"toimiminen":       {base: "toimiminen", parts: list("toimiminen")},
		"talot":            {base: "talo", parts: list("talo")}, // once
		"3:n":              {base: "3", parts: list("3")},
		"15:30":            {base: "15:30", parts: list("15:30")},
		"kolmestatoisesta": {base: "kolmetoinen", parts: list("kolme toinen")},
		"kylä-":            {base: "kylä-", parts: list("kylä")},
		"pitkä":            {}, // no base form is that long
		"seura":            {}, "seurann": {}, "": {}, "日本": {}, "SEURAN": {},
	} {
		steps := maxSteps
		got := d.readings(word, &steps)
		if want.base == "" {
			if len(got) > 0 {
				t.Errorf("%q: %+v, want nothing", word, got)
			}
		} else if len(got) != 1 || got[0].base != want.base || !slices.Equal(got[0].parts, want.parts) || !slices.Equal(got[0].runs, want.runs) {
			t.Errorf("%q: %+v, want %+v", word, got, want)
		}
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	d, err := parseTransducer(encode([][]testArc{
		{{"@P.A.ON@", "", 1}, {"a", "a", 2}, {"b", "b", 1}},
		{{"@R.A.ON@", "", 2}, {"@D.A@", "", 3}},
		{{"c", "c", 4}}, {{"d", "d", 4}}, {{in: "#"}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]bool{"c": true, "ac": true, "d": false, "bc": false, "bd": true, "ad": false} {
		steps, found := maxSteps, false
		d.walk(word, &steps, func([]symbol) { found = true })
		if found != want {
			t.Errorf("%s: %v", word, found)
		}
	}
}

func TestWalkIsBounded(t *testing.T) {
	t.Parallel()
	many := make([]testArc, 300) // of one letter: their number goes into a cell of its own
	for i := range many {
		many[i] = testArc{"b", "b", 1}
	}
	for name, c := range map[string]struct {
		word   string
		states [][]testArc
	}{
		"many readings":    {"b", [][]testArc{many, {{in: "#"}}}},
		"endless loop":     {"a", [][]testArc{{{"", "", 0}, {"", "", 0}, {"a", "a", 1}}, {{in: "#"}}}},
		"exponential work": {strings.Repeat("a", maxRunes), [][]testArc{{{"a", "a", 0}, {"a", "a", 0}}}},
		"barred arcs":      {strings.Repeat("a", maxRunes), [][]testArc{append(slices.Repeat([]testArc{{"@R.A.ON@", "", 0}}, 5000), testArc{"a", "a", 0})}},
		"long word":        {strings.Repeat("a", maxRunes+1), [][]testArc{{{"a", "a", 0}}}},
	} {
		d, err := parseTransducer(encode(c.states))
		if err != nil {
			t.Fatal(err)
		}
		steps, found := maxSteps, 0
		if d.walk(c.word, &steps, func([]symbol) { found++ }) {
			t.Errorf("%s: walked all paths", name)
		}
		if steps < 0 || found > maxReadings {
			t.Errorf("%s: %d steps left, %d readings", name, steps, found)
		}
	}
}

// TestBrokenFiles cuts and changes a dictionary all along.
func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	whole := sampleFile()
	SampleDictionary(t) // which is not broken
	for n := 0; n < len(whole); n += 7 {
		if _, err := parse(whole[:n]); err == nil {
			t.Fatalf("%d of %d bytes were taken for a dictionary", n, len(whole))
		}
	}
	tried, refused := 0, 0
	for i := 0; i < len(whole); i += 3 {
		tried++
		b := slices.Clone(whole)
		b[i] ^= 1 << (i % 8)
		if d, err := parse(b); err != nil {
			refused++
		} else {
			New(d).Document(Field{Text: "kyläyhdistyksille xnuorisoseuran aaaaaaaa", Language: "fi"})
		}
	}
	if refused < tried/10 {
		t.Errorf("only %d of %d changed files were refused", refused, tried)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	var other lexicon
	other.add("kissa", "[Ln][Xp]kissa[X]kissa")
	weighted := sampleFile()
	weighted[8] = 1
	latin := bytes.ReplaceAll(sampleFile(), []byte("\x00ä\x00"), []byte("\x00\xE4x\x00"))
	dir := t.TempDir()
	for name, b := range map[string][]byte{
		"empty": {}, "text": []byte("a text that is long enough to have a header\n"), "weighted": weighted, "another language": other.file(), "Latin-1": latin,
		"symbols without end": append(sampleFile()[:vfstHeader], 0xFF, 0xFF, 'a'), "zeros": make([]byte, 4096),
		"swapped bytes": bytes.ToUpper(sampleFile()),
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "missing"), os.DevNull} {
		if _, err := Open(path); err == nil {
			t.Errorf("%s was opened", path)
		}
	}
	path := filepath.Join(dir, "good")
	if err := os.WriteFile(path, sampleFile(), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Version()) != 8 || d.Version() != SampleDictionary(t).Version() {
		t.Error(d.Version())
	}
}

func FuzzDictionary(f *testing.F) {
	f.Add(sampleFile(), "kyläyhdistyksille")
	f.Add(encode([][]testArc{{{"", "", 0}, {"a", "a", 1}}, {{in: "#"}}}), "aaaa")
	f.Add([]byte{}, "")
	f.Fuzz(func(t *testing.T, file []byte, word string) {
		d, err := parseTransducer(file)
		if err != nil {
			return
		}
		New(&Dictionary{transducer: d}).meaning(word)
	})
}
