package finnish

import (
	"slices"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Kylän Yhdistys r.y.":                 "kylän yhdistys ry",
		"S.K.D.L., A. Virtanen; J.S.Bach":     "skdl a virtanen js bach",
		"Itä-Suomi–Länsi (4H-kerho) -loppu-":  "itä-suomi länsi 4h-kerho loppu",
		"klo 15:30: SAK:n d’Artagnan l''x":    "klo 15:30 sak:n d'artagnan l x",
		"Jyva\u0308skyla\u0308n A\u030abo":    "jyväskylän åbo",
		"yhdis\u00adtys kylä\u2010seura":      "yhdistys kylä-seura",
		"Привет мир, ᏣᎳᎩ हिन्दी":              "привет мир ꮳꮃꭹ हिन्दी",
		"\xff\xfea\x00b \u0301x":              "a b x",
		"a@b.fi https://seutu.test/x?y=1_2 %": "a b fi https seutu test x y 1 2",
		"":                                    "", " \t\n… '-:": "",
	} {
		var got []string
		for w := range words(text) {
			got = append(got, w.text)
			if again := slices.Collect(words(text[w.start:w.end])); len(again) != 1 || again[0].text != w.text {
				t.Errorf("%q at %d to %d of %q is not %q", text[w.start:w.end], w.start, w.end, text, w.text)
			}
		}
		if !slices.Equal(got, list(want)) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestLongWordsAreCut(t *testing.T) {
	t.Parallel()
	for _, letter := range []string{"a", "ä", "a\u0308", "日", "a\u0308\u0323\u0301", "x-"} {
		n := 0
		for w := range words(strings.Repeat(letter, 500_000)) {
			if n++; runes(w.text) > maxRunes || len(w.text) > 4*maxRunes {
				t.Errorf("%q: a word of %d letters", letter, runes(w.text))
			}
		}
		if n != 1 {
			t.Errorf("%q: %d words", letter, n)
		}
	}
}

func TestUnaccented(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"Jyväskylä": "jyvaskyla", "Åbo Östersund": "abo ostersund", "Kärjelän Nøste Ŋuorra Đ": "karjelan noste nuorra d", "straße": "strasse", "a\u0308": "a", "мир 1": "мир 1", "": "",
	} {
		if got := Unaccented(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}
