package finnish

import (
	"slices"
	"strings"
)

// rulesVersion changes with every change of the keys that the rules give; a test holds it to that.
const rulesVersion = "2"

// Analyser turns texts and queries into search keys. It may be used by many at once.
type Analyser struct {
	dictionary *Dictionary
	meanings   memory
}

// New makes an analyser with a dictionary, or with nil one that lives by the rules alone.
func New(d *Dictionary) *Analyser { return &Analyser{dictionary: d} }

// Version names the rules and the dictionary. What analysers of different versions made does not meet reliably: rows carry
// the version of theirs, and are analysed anew when it is another.
func (a *Analyser) Version() string {
	if a.dictionary == nil {
		return rulesVersion
	}
	return rulesVersion + "+" + a.dictionary.Version()
}

// The marks keep the keys of different kinds apart. No word begins with one, so no prefix of a word meets them. A key
// without a mark is the base form of a known Finnish word, and any other word as it is written.
const (
	markUnknown = "~" // fold of a Finnish word that the dictionary does not have
	markKnown   = "^" // fold of the base form of one that it has
	markSwedish = "@" // fold of a Swedish word
	markEnglish = "+" // singular of an English word
)

// The bounds of what is kept of one word; real words stay below.
const (
	maxForms     = 8
	maxCompounds = 4
	minEnd       = 6 // letters of a known word at the end of an unknown one
	minRest      = 3 // letters before it
)

// meaning is what a word says in Finnish.
type meaning struct {
	known bool
	plain []string // base forms; the word itself if it is unknown
	folds []string // of the base forms; of the word if it is unknown
	// Each divides the word wholly into its parts, which have no compounds in turn.
	compounds [][]meaning
	// Keys of pieces that are no division: several parts together, and the end of a word whose beginning is unknown.
	pieces []string
	// Keys of a word with hyphens as people write it without: lammiseura for Lammi-seura.
	joined []string
	// Keys of a whole word and of its parts in a text of any language.
	keys []string
}

// marked makes folds to keys of a kind.
func marked(mark string, folds []string) []string {
	keys := make([]string, len(folds))
	for i, f := range folds {
		keys[i] = mark + f
	}
	return keys
}

// meaning analyses a word within a bounded number of steps.
func (a *Analyser) meaning(w string) *meaning {
	return a.meanings.get(w, func(w string) *meaning {
		steps := maxSteps
		m, ok := a.lookUp(w, &steps)
		if !ok {
			m = a.guess(w, &steps)
		}
		m.join()
		own, parts := everyKind.of(m, w)
		m.keys = append(own, parts...)
		return m
	})
}

// join gives a word with hyphens the keys that it has without them.
func (m *meaning) join() {
	for _, p := range m.plain {
		whole := strings.ReplaceAll(p, "-", "")
		if whole == p {
			continue
		}
		m.joined = addTo(m.joined, maxForms, whole)
		if !hasDigit(whole) {
			m.joined = addTo(m.joined, maxForms, markUnknown+fold(whole))
		}
	}
}

// lookUp asks the dictionary.
func (a *Analyser) lookUp(w string, steps *int) (*meaning, bool) {
	if a.dictionary == nil {
		return nil, false
	}
	readings := a.dictionary.readings(w, steps)
	if len(readings) == 0 {
		return nil, false
	}
	m := &meaning{known: true}
	fewest := len(readings[0].parts)
	for _, r := range readings {
		fewest = min(fewest, len(r.parts))
		m.plain = addTo(m.plain, maxForms, r.base)
		m.folds = addTo(m.folds, maxForms, fold(r.base))
	}
	for _, r := range readings {
		if len(r.parts) > fewest || len(r.parts) == 1 || len(m.compounds) == maxCompounds { // more parts are nearly always mistaken
			continue
		}
		switch parts := knownParts(r.parts); len(parts) {
		case 0:
		case 1: // A-kilta
			m.pieces = addTo(m.pieces, maxForms, parts[0].plain...)
		default:
			m.compounds = append(m.compounds, parts)
			m.pieces = addTo(m.pieces, maxForms, r.runs...)
		}
	}
	return m, true
}

// undivided are compounds whose parts say nothing of what they mean: who looks for kunta wants no committees.
var undivided = list("asiakunta eduskunta johtokunta lautakunta maakunta neuvostokunta osuuskunta seurakunta toimikunta valiokunta yhteiskunta")

// knownParts leaves out single letters, which say nothing and meet everything.
func knownParts(bases []string) []meaning {
	var parts []meaning
	for i := 0; i < len(bases); i++ {
		b := bases[i]
		if i+1 < len(bases) && slices.Contains(undivided, b+bases[i+1]) {
			i++
			b += bases[i]
		}
		if runes(b) > 1 {
			parts = append(parts, meaning{known: true, plain: []string{b}, folds: []string{fold(b)}})
		}
	}
	return parts
}

// guess makes the best of a word that the dictionary does not have.
func (a *Analyser) guess(w string, steps *int) *meaning {
	if before, ending, ok := strings.Cut(w, ":"); ok && !hasDigit(ending) { // SAK:n
		w = before
	}
	if i := strings.LastIndexByte(w, '-'); i > 0 {
		return a.guessHyphenated(w, steps)
	}
	m := &meaning{plain: []string{w}}
	if hasDigit(w) {
		return m
	}
	m.folds = folds(w)
	if m.pieces = a.end(w, steps); m.pieces == nil {
		m.pieces = marked(markUnknown, foldedHeads(m.folds, finnishHeads))
	}
	return m
}

// guessHyphenated looks at the pieces: only the last is inflected.
func (a *Analyser) guessHyphenated(w string, steps *int) *meaning {
	m := &meaning{}
	var parts []meaning
	for piece := range strings.SplitSeq(w, "-") {
		if piece == "" {
			continue
		}
		p, known := a.lookUp(piece, steps)
		if !known {
			p = &meaning{plain: []string{piece}}
			if !hasDigit(piece) {
				p.folds = folds(piece)
			}
		}
		parts = append(parts, meaning{known: known, plain: p.plain, folds: p.folds})
	}
	first, last := w[:strings.LastIndexByte(w, '-')+1], parts[len(parts)-1]
	for _, p := range last.plain {
		m.plain = addTo(m.plain, maxForms, first+p)
	}
	for _, f := range last.folds {
		m.folds = addTo(m.folds, maxForms, first+f)
	}
	m.compounds = [][]meaning{parts}
	return m
}

// end looks for the longest known word at the end of an unknown one (Kivimäenkylätoimikunta) and gives it and its parts.
func (a *Analyser) end(w string, steps *int) []string {
	if a.dictionary == nil {
		return nil
	}
	letters := []rune(w)
	for i := minRest; i <= len(letters)-minEnd; i++ {
		if m, ok := a.lookUp(string(letters[i:]), steps); ok {
			keys := addTo(slices.Clone(m.plain), maxForms, m.pieces...)
			for _, compound := range m.compounds {
				for _, p := range compound {
					keys = addTo(keys, maxForms, p.plain...)
				}
			}
			return keys
		}
	}
	return nil
}

// What associations are called. Without a dictionary that divides compounds these are found at their ends.
var (
	finnishHeads = foldAll(fold, `yhdistys seura kerho kuoro liitto säätiö järjestö klubi kilta toimikunta osasto piiri orkesteri
		teatteri seurakunta osuuskunta neuvosto keskus kylä koulu museo kirjasto killat talkoot veljet ystävät tuki`)
	swedishHeads = foldAll(foldSwedish, `förening förbund klubb kör kår sällskap stiftelse råd lag skola gille orkester teater
		museum bibliotek kommun församling sektion avdelning distrikt fond`)
)

func foldAll(fold func(string) string, words string) []string {
	var keys []string
	for _, w := range list(words) {
		keys = append(keys, fold(w))
	}
	return keys
}

// foldedHeads gives those heads that folds of compounds end in.
func foldedHeads(folds, heads []string) []string {
	var found []string
	for _, f := range folds {
		for _, h := range heads {
			if rest, ok := strings.CutSuffix(f, h); ok && runes(rest) >= minRest {
				found = addTo(found, maxForms, h)
			}
		}
	}
	return found
}

// stops reports a word that says too little to search for.
func (m *meaning) stops(w string) bool {
	return stopWords[w] || m.known && !slices.ContainsFunc(m.plain, func(base string) bool { return !stopWords[base] })
}

// addTo appends what is not there yet, up to a number.
func addTo(list []string, most int, more ...string) []string {
	for _, s := range more {
		if len(list) < most && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}
