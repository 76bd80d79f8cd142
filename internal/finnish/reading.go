package finnish

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of a reading, far beyond real ones: a broken dictionary must not make keys that no index takes.
const (
	maxParts = 8            // of a compound that are also put together
	maxBytes = 6 * maxRunes // of all parts as they are written and as base forms
)

// reading is one way to understand a word; all in lower case.
type reading struct {
	base  string   // the base form of the whole word
	parts []string // the base forms of the parts of a compound; one for a simple word
	runs  []string // and of several parts together that are not all: toimikunta in kylätoimikunta
}

// role is what a symbol does in the output of a walk, where [Xp]base[X] gives the base form of the letters that follow,
// [Xj]ending[X] the base form of an ending that makes a new word, [Xr]…[X] is of no use here, and [Bc] parts a compound.
type role uint8

const (
	roleLetter role = iota
	roleOther       // a tag that says nothing about base forms
	roleBase
	roleSkip
	roleEnd
	roleNumber
	roleBoundary
)

var roles = map[string]role{"[Xp]": roleBase, "[Xj]": roleBase, "[Xr]": roleSkip, "[X]": roleEnd, "[Lu]": roleNumber, "[Bc]": roleBoundary}

// part is what lies between two boundaries of a compound.
type part struct {
	written, base []byte
	mark          int // from here on, base replaces what is written
	replaced      bool
	number        bool
}

// baseForm gives "seura" for "seuran", and "3" for "3:n", but "15:30" as it is.
func (p *part) baseForm() string {
	if p.replaced {
		return string(p.written[:p.mark]) + string(p.base)
	}
	if p.number {
		if digits, ending, ok := strings.Cut(string(p.written), ":"); ok && strings.IndexFunc(ending, unicode.IsDigit) < 0 {
			return digits
		}
	}
	return string(p.written)
}

// parts divides the output of a walk.
func (t *transducer) parts(output []symbol) []part {
	list := make([]part, 1, 4)
	p := &list[0]
	where := roleEnd
	for _, s := range output {
		text := t.symbols[s]
		switch r := t.roles[s]; r {
		case roleLetter:
			switch {
			case where == roleEnd:
				p.written = append(p.written, text...)
			case where == roleBase && text != "=" && text != "|": // marks of hyphenation
				p.base = append(p.base, text...)
			}
		case roleBase:
			p.mark, p.replaced, p.base, where = len(p.written), true, nil, r
		case roleSkip, roleEnd:
			where = r
		case roleNumber:
			p.number = true
		case roleBoundary:
			list = append(list, part{})
			p = &list[len(list)-1]
		}
	}
	if n := len(list) - 1; n > 0 && len(p.written) == 0 { // "päihde-" ends with a boundary
		list = list[:n]
		if p = &list[n-1]; !strings.HasSuffix(p.baseForm(), "-") && strings.HasSuffix(string(p.written), "-") {
			p.base = append(p.base, '-')
		}
	}
	return list
}

// read turns the output of a walk into a reading; not every path is one.
func (t *transducer) read(output []symbol) (r reading, ok bool) {
	list := t.parts(output)
	before := make([]string, len(list)) // how a part stands before another
	forms := make([]string, len(list))
	size := 0
	for i := range list {
		p := &list[i]
		before[i], forms[i] = strings.ToLower(string(p.written)), strings.ToLower(p.baseForm())
		size += len(before[i]) + len(forms[i])
		if s := strings.Trim(forms[i], "-"); s != "" {
			r.parts = append(r.parts, s)
		}
		if i == len(list)-1 {
			break
		}
		after := &list[i+1]
		if p.number && after.number { // kolmestakymmenestä: both are inflected
			before[i] = forms[i]
		}
		if sameVowel(before[i], after.written) {
			return reading{}, false
		}
	}
	last := len(list) - 1
	join := func(from, to int) string { return strings.Join(before[from:to], "") + forms[to] }
	for to := last; to > 0 && last < maxParts; to-- { // those at the end say most, and come first
		for from := range to {
			if to-from < last {
				r.runs = append(r.runs, strings.TrimSuffix(join(from, to), "-"))
			}
		}
	}
	r.base = join(0, last)
	return r, r.base != "" && size <= maxBytes
}

// sameVowel finds a boundary between two equal vowels. Finnish writes a hyphen there (linja-auto), so that without one
// the word was divided at the wrong place ("seura" + "amme").
func sameVowel(before string, after []byte) bool {
	l, _ := utf8.DecodeLastRuneInString(before)
	r, _ := utf8.DecodeRune(after)
	return l == r && strings.ContainsRune("aeiouyäö", l)
}

// readings gives the readings of a word in lower case and NFC, none when it is unknown. Its steps are taken off those
// that are left.
func (t *transducer) readings(word string, steps *int) []reading {
	var list []reading
	t.walk(word, steps, func(output []symbol) {
		r, ok := t.read(output)
		if ok && !slices.ContainsFunc(list, func(have reading) bool { return have.base == r.base && slices.Equal(have.parts, r.parts) }) {
			list = append(list, r)
		}
	})
	return list
}
