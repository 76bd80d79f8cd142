package finnish

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The bounds of a tsvector: PostgreSQL refuses one of 1 MiB, counts positions up to 16383 and keeps 255 of a lexeme.
const (
	maxPosition  = 16_000
	maxPositions = 8 // of a lexeme: a word that is said often says no more
	maxVector    = 512 << 10
)

// Weight tells PostgreSQL how much a word counts.
type Weight byte

// The weights, from the one that counts most.
const (
	A Weight = 'A' // the name
	B Weight = 'B' // other names; parts of the words of the name
	C Weight = 'C' // descriptions and activities
	D Weight = 'D' // parts of the words of all else
)

// ofPart is the weight of the parts of a word.
func (w Weight) ofPart() Weight {
	if w == A {
		return B
	}
	return D
}

// Field is one text of a document.
type Field struct {
	Text     string
	Language string // fi, sv or en; words in any other are found as they are written
	Weight   Weight
	// Name marks a name. Names mix languages, and forms that no dictionary knows: their words get all keys that may help.
	Name bool
}

// Document gives the literal of a tsvector, for $1::tsvector: the keys of the fields' words with positions and weights.
// It is bounded: of very long texts the beginning is found. Put the fields that matter first.
func (a *Analyser) Document(fields ...Field) string {
	v := vector{lexemes: map[string][]position{}}
	for _, f := range fields {
		weight := f.Weight
		if weight < A || weight > D {
			weight = D
		}
		for w := range words(f.Text) {
			if v.at == maxPosition || v.size >= maxVector {
				return v.String()
			}
			v.at++
			m := a.meaning(w.text)
			own, parts := f.keys(m).of(m, w.text)
			if m.stops(w.text) {
				own, parts = nil, nil
				if f.Name {
					own = []string{w.text}
				}
			}
			for _, k := range own {
				v.add(k, weight)
			}
			for _, k := range parts {
				v.add(k, weight.ofPart())
			}
		}
	}
	return v.String()
}

// keys tells which keys a word of the field gets.
func (f Field) keys(m *meaning) kinds {
	foreign := f.Name && !m.known
	return kinds{
		written: f.Language != "fi", finnish: f.Language == "fi" || f.Name, crossed: f.Name,
		swedish: f.Language == "sv" || foreign, english: f.Language == "en" || foreign,
	}
}

// kinds are kinds of keys.
type kinds struct {
	written, finnish, swedish, english bool
	crossed                            bool // also those under which unknown Finnish words find known ones
}

// of gives the keys under which a word is found, and those for its parts.
func (k kinds) of(m *meaning, w string) (own, parts []string) {
	if k.written {
		own = append(own, w)
	}
	if k.finnish {
		own = m.addKeys(own, k.crossed)
		for _, compound := range m.compounds {
			for i := range compound {
				parts = compound[i].addKeys(parts, false)
			}
		}
		parts = append(parts, m.pieces...)
		if k.crossed {
			own = append(own, m.joined...)
		}
	}
	if i := strings.LastIndexByte(w, '-'); k.swedish && i > 0 && !hasDigit(w[i+1:]) { // 4H-förening
		parts = append(parts, markSwedish+foldSwedish(w[i+1:]))
	}
	if hasDigit(w) {
		return own, parts // such words have no forms
	}
	if k.swedish {
		key := foldSwedish(w)
		own = append(own, markSwedish+key)
		parts = append(parts, marked(markSwedish, foldedHeads([]string{key}, swedishHeads))...)
	}
	if k.english {
		own = append(own, markEnglish+foldEnglish(w))
	}
	return own, parts
}

// addKeys adds the Finnish keys of a word in a document.
func (m *meaning) addKeys(keys []string, crossed bool) []string {
	keys = append(keys, m.plain...)
	if !m.known {
		keys = append(keys, marked(markUnknown, m.folds)...)
	} else if crossed {
		keys = append(keys, marked(markKnown, m.folds)...)
	}
	return keys
}

// vector is a tsvector in the making.
type vector struct {
	lexemes map[string][]position
	at      int // position of the word
	size    int // bytes that PostgreSQL needs, at most
}

type position struct {
	at     int
	weight Weight
}

// add notes a lexeme at the present position. Of too many positions those of less weight go.
func (v *vector) add(lexeme string, weight Weight) {
	list := v.lexemes[lexeme]
	if n := len(list); n > 0 && list[n-1].at == v.at {
		list[n-1].weight = min(list[n-1].weight, weight)
		return
	}
	if len(list) == maxPositions {
		least := slices.MaxFunc(list, func(p, q position) int { return int(p.weight) - int(q.weight) })
		if least.weight <= weight {
			return
		}
		list = slices.Delete(list, slices.Index(list, least), slices.Index(list, least)+1)
		v.size -= 2
	}
	if list == nil {
		v.size += 4 + len(lexeme) + 4 // its entry, itself, and the number of its positions, aligned
	}
	v.lexemes[lexeme] = append(list, position{v.at, weight})
	v.size += 2
}

// String is the literal.
func (v *vector) String() string {
	var b strings.Builder
	for i, lexeme := range slices.Sorted(maps.Keys(v.lexemes)) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(Quote(lexeme))
		sep := byte(':')
		for _, p := range v.lexemes[lexeme] {
			b.WriteByte(sep)
			b.WriteString(strconv.Itoa(p.at))
			b.WriteByte(byte(p.weight))
			sep = ','
		}
	}
	return b.String()
}

// Quote writes a lexeme for the literals of tsvector and tsquery.
func Quote(s string) string { return "'" + quoter.Replace(s) + "'" }

var quoter = strings.NewReplacer("'", "''", `\`, `\\`)
