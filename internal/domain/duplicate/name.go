package duplicate

import (
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/seutu/seutu/internal/i18n"
)

// name is a name taken apart, without what registers write in many ways.
type name struct {
	words  []string
	joined string // of the words
	former bool
}

// dropped are words that tell nothing: forms of bodies, articles and conjunctions.
var dropped = map[string]bool{
	"ry": true, "rf": true, "reg": true, "assoc": true, "rekisteröity": true, "registrerad": true, "registered": true, "association": true, "oy": true, "ab": true, "osk": true, "sr": true,
	"ltd": true, "limited": true, "plc": true, "cic": true, "cio": true, "charity": true, "charitable": true, "inc": true, "the": true, "and": true, "of": true, "for": true, "ja": true, "och": true,
}

// spelled are forms that words are written in, each with one for all.
var spelled = strings.NewReplacer("'", "", "’", "", "´", "", "`", "", "&", " and ", "r.y.", "ry", "r.f.", "rf", "c.i.c.", "cic", "c.i.c", "cic", "community interest company", "cic")

// aside is what a name says in brackets: a place, an abbreviation, another name.
var aside = regexp.MustCompile(`\([^)]*\)`)

// takeApart is a name as words.
func takeApart(s string) name {
	all := strings.Fields(i18n.Words(spelled.Replace(strings.ToLower(s))))
	kept := slices.DeleteFunc(slices.Clone(all), func(w string) bool { return dropped[w] })
	if len(kept) == 0 {
		kept = all
	}
	return name{words: kept, joined: strings.Join(kept, "")}
}

// A name is looked for by keys: the beginnings of any two of its words, and the whole. Names that are much alike have one in
// common, also where words are joined in one and apart in the other; few others do.
const (
	keyWords  = 5
	keyLetter = 4
)

// Keys are what a body is looked for by, of all its names.
func Keys(b Body) (out []int32) {
	add := func(s string) {
		h := fnv.New32a()
		_, _ = h.Write([]byte(s))
		if k := int32(h.Sum32()); !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	out = []int32{}
	for _, n := range namesOf(b) {
		add(n.joined)
		words := slices.Clone(n.words)
		slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
		words = words[:min(len(words), keyWords)]
		for i := range words {
			w := []rune(words[i])
			words[i] = string(w[:min(len(w), keyLetter)])
		}
		slices.Sort(words)
		for i, a := range words {
			for _, b := range words[i+1:] {
				add(a + " " + b)
			}
		}
	}
	return out
}

// namesOf are all names of a body, in all languages, with and without what stands in brackets: the present ones first.
func namesOf(b Body) (out []name) {
	if b.names != nil {
		return b.names
	}
	for i, t := range append([]i18n.Text{b.Name}, b.OtherNames...) {
		for _, lang := range []string{"fi", "sv", "en"} {
			for _, s := range []string{t[lang], aside.ReplaceAllString(t[lang], " ")} {
				if n := takeApart(s); n.joined != "" && !slices.ContainsFunc(out, func(x name) bool { return x.joined == n.joined }) {
					n.former = i > 0
					out = append(out, n)
				}
			}
		}
	}
	return out
}

// similarity tells how alike two names are, from 0 to 1. Words are compared with words, in any order, each counting by its
// length; where words are joined in one name and apart in the other the whole is compared. Numbers must be the same: of two
// scout groups the number is all that differs.
func similarity(a, b name) float64 {
	switch {
	case a.joined == "" || b.joined == "":
		return 0
	case a.joined == b.joined:
		return 1
	}
	if !slices.Equal(numbers(a), numbers(b)) {
		return 0
	}
	s := byWords(a, b)
	if whole := closeness(a.joined, b.joined); whole >= 0.88 && whole > s {
		s = whole
	}
	return min(s, 0.99)
}

func numbers(n name) (out []string) {
	for _, w := range n.words {
		if strings.ContainsFunc(w, unicode.IsDigit) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

// byWords matches each word with the closest of the other name that is free, and counts what was matched against all.
func byWords(a, b name) float64 {
	free, matched, total := slices.Clone(b.words), 0.0, 0.0
	for _, w := range append(slices.Clone(a.words), b.words...) {
		total += float64(len([]rune(w)))
	}
	for _, w := range a.words {
		best, at := 0.0, -1
		for i, x := range free {
			if c := closeWords(w, x); c > best {
				best, at = c, i
			}
		}
		if at >= 0 {
			matched += best * float64(len([]rune(w))+len([]rune(free[at])))
			free = slices.Delete(free, at, at+1)
		}
	}
	return matched / total
}

// closeWords tells how alike two words are, 0 if they are rather two words: short ones must be the same.
func closeWords(a, b string) float64 {
	if a == b {
		return 1
	}
	c := closeness(a, b)
	if min(len([]rune(a)), len([]rune(b))) < 4 || c < 0.8 {
		return 0
	}
	return c
}

// closeness is one minus the share of letters that have to be changed to make one text of the other.
func closeness(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	longest := max(len(x), len(y))
	if longest == 0 || min(len(x), len(y))*10 < longest*6 { // hopeless
		return 0
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		above := row[0]
		row[0] = i + 1
		for j, q := range y {
			cost := above
			if r != q {
				cost = 1 + min(above, row[j], row[j+1])
			}
			above, row[j+1] = row[j+1], cost
		}
	}
	return 1 - float64(row[len(y)])/float64(longest)
}
