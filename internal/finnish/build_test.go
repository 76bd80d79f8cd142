package finnish

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// testArc is a transition of a transducer that a test builds; in is "" for nothing and "#" for acceptance.
type testArc struct {
	in, out string
	to      int
}

var testSymbols = slices.Concat([]string{"", "@P.A.ON@", "@D.A@", "@R.A.ON@"}, strings.Split("-:'0123456789abcdefghijklmnopqrstuvwxyzäåö=", ""),
	[]string{"[Bc]", "[Ln]", "[Lu]", "[X]", "[Xj]", "[Xp]", "[Xr]"})

func symbolOf(s string) symbol { return symbol(slices.Index(testSymbols, s)) }

// encode writes states as a VFST file.
func encode(states [][]testArc) []byte {
	b := binary.LittleEndian.AppendUint32(nil, vfstMagic1)
	b = binary.LittleEndian.AppendUint32(b, vfstMagic2)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(testSymbols)))
	for _, s := range testSymbols {
		b = append(append(b, s...), 0)
	}
	for len(b)%vfstCell != 0 {
		b = append(b, 0)
	}
	cell := make([]int, len(states))
	for i, n := 0, 0; i < len(states); i++ {
		cell[i] = n
		if n += len(states[i]); len(states[i]) > vfstMany {
			n++
		}
	}
	for _, arcs := range states {
		for i, a := range arcs {
			more := 0
			if i == 0 {
				more = min(len(arcs)-1, vfstMany)
			}
			in, to := symbol(vfstFinal), 0
			if a.in != "#" {
				in, to = symbolOf(a.in), cell[a.to]
			}
			b = binary.LittleEndian.AppendUint16(b, uint16(in))
			b = binary.LittleEndian.AppendUint16(b, uint16(symbolOf(a.out)))
			b = binary.LittleEndian.AppendUint32(b, uint32(to)|uint32(more)<<24)
			if more == vfstMany {
				b = binary.LittleEndian.AppendUint32(b, uint32(len(arcs)-1))
				b = append(b, 0, 0, 0, 0)
			}
		}
	}
	return b
}

// lexicon is the beginning of a dictionary: outputs by form.
type lexicon struct{ states [][]testArc }

// add makes the form's letters a path from the first state, and its output one that takes no letters.
func (l *lexicon) add(form, output string) {
	if l.states == nil {
		l.states = [][]testArc{nil, {{in: "#"}}} // where all words begin and end
	}
	at := 0
	for _, r := range form {
		at = l.step(at, string(r))
	}
	for output != "" {
		_, n := utf8.DecodeRuneInString(output)
		if output[0] == '[' {
			n = strings.IndexByte(output, ']') + 1
		}
		l.states = append(l.states, nil)
		l.states[at] = append(l.states[at], testArc{"", output[:n], len(l.states) - 1})
		at, output = len(l.states)-1, output[n:]
	}
	l.states[at] = append(l.states[at], testArc{"", "", 1})
}

func (l *lexicon) step(at int, letter string) int {
	for _, a := range l.states[at] {
		if a.in == letter {
			return a.to
		}
	}
	l.states = append(l.states, nil)
	l.states[at] = append(l.states[at], testArc{letter, "", len(l.states) - 1})
	return len(l.states) - 1
}

func (l *lexicon) file() []byte {
	for _, arcs := range l.states {
		slices.SortStableFunc(arcs, func(a, b testArc) int { return cmp.Compare(symbolOf(a.in), symbolOf(b.in)) })
	}
	return encode(l.states)
}

// The words of the sample: base form and other forms. Forms that are not here (kylistä, yhdistysten) are unknown to it.
var sampleWords = []string{
	"yhdistys yhdistyksen yhdistyksille yhdistykset yhdistystä", "lapsi lapsen lasten lapset lapsille", "kylä kylän kyliä kylien",
	"kuoro kuoron kuorot", "mies miehen miesten", "seura seuran seurat", "nuoriso nuorison", "toimikunta toimikunnan", "olla on ovat",
	"itä itään", "suomi suomen", "kissa kissan", "koira koiran koirien", "ry", "ja", "martta martat marttojen", "eläkeläinen eläkeläiset eläkeläisten",
}

// Its compounds: how the first parts are written, the last a word of the sample.
var sampleCompounds = []string{
	"mies kuoro", "kylä yhdistys", "nuoriso seura", "kylä toimikunta", "itä- suomi", "kissa yhdistys", "nais kuoro", "kylä nuoriso seura",
}

// sampleFile is a small dictionary in the form of the real one.
func sampleFile() []byte {
	var l lexicon
	forms := map[string][]string{}
	for _, row := range sampleWords {
		words := strings.Fields(row)
		forms[words[0]] = words
		for _, w := range words {
			l.add(w, "[Ln][Xp]"+words[0]+"[X]"+w)
		}
	}
	for _, row := range sampleCompounds {
		parts := strings.Fields(row)
		last := parts[len(parts)-1]
		before, output := "", ""
		for _, p := range parts[:len(parts)-1] {
			before += p
			output += "[Ln][Xp]" + p + "[X]" + p + "[Bc]"
		}
		for _, f := range forms[last] {
			l.add(before+f, output+"[Ln][Xp]"+last+"[X]"+f)
		}
	}
	return l.file()
}

// SampleDictionary stands for the real one, which is no part of the source.
func SampleDictionary(t testing.TB) *Dictionary {
	t.Helper()
	d, err := parse(sampleFile())
	if err != nil {
		t.Fatal(err)
	}
	return d
}
