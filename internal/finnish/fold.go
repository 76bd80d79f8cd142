package finnish

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold gives one key for the forms of a Finnish word, by rule alone. The key is no word: it is the stem without its last
// vowels, and the stop at its end is written one way (T for t, tt and d) since it changes from form to form.
func fold(w string) string {
	if runes(w) < 4 || hasDigit(w) {
		return w
	}
	if i := strings.LastIndexByte(w, '-'); i > 0 {
		return w[:i+1] + fold(w[i+1:])
	}
	if key, ok := irregularFolds[w]; ok {
		return key
	}
	return foldStem(cutCase(cutPossessive(cutFirst(w, 4, clitics))))
}

// folds gives one or two keys of a word without hyphens and digits: "caverion" may be the genitive of "caverio" or itself
// a name.
func folds(w string) []string { return addTo([]string{fold(w)}, 2, foldStem(w)) }

var (
	clitics     = list("kaan kään kin")
	possessives = list("nsa nsä mme nne")
	// The possessive has taken the n of the genitive: yhteisö|je|nsä.
	bareGenitives = list("ide je ie te")
	// The case and the possessive have become one: jäsen|ille|en.
	possessiveCases = list("lleen llaan llään ssaan ssään staan stään ltaan ltään naan nään kseen jaan jään iaan iään")
)

func cutPossessive(w string) string {
	if s := cutFirst(w, 4, possessives); s != w && !strings.HasSuffix(w, "enne") {
		w = cutFirst(s, 3, bareGenitives)
	}
	if endsIn(w, possessiveCases) {
		_, n := utf8.DecodeLastRuneInString(w)            // the n
		_, m := utf8.DecodeLastRuneInString(w[:len(w)-n]) // the doubled vowel
		return w[:len(w)-n-m]
	}
	return w
}

// caseRule cuts an ending off a stem of three letters or more, and may add what belongs to the stem.
type caseRule struct {
	endings       []string
	after, except []string // how the stem has to end, and how it must not
	add           string
}

var (
	vowels  = list("a e i o u y ä ö å")
	doubles = list("aa ee ii oo uu yy ää öö")
)

// caseRules are tried in order. The vowel before an ending stays, as foldStem takes it away.
var caseRules = []caseRule{
	{endings: list("ta tä"), after: list("mis llis lais läis aaris")}, // eläkeläis-tä
	{endings: list("issa issä ista istä")},
	{endings: list("illa illä ilta iltä ille iksi")},
	{endings: list("seen"), after: doubles},    // perhee-seen, but asumise-en
	{endings: list("siin"), after: list("ei")}, // huonei-siin, but yhdistyks-iin
	{endings: list("ssa ssä")},
	{endings: list("sta stä"), after: list("tu ty du dy mu my su sy iu ou ku öy"), add: "s"}, // opetus-ta
	{endings: list("sta stä lla llä lta ltä lle ksi tten iden itta ittä ihin")},
	{endings: list("ten"), after: list("s n r l")}, // yhdistys-ten
	{endings: list("jen"), after: vowels},
	{endings: list("ien ina inä ita itä")},
	{endings: list("han hän hon hun hyn hön hin hen"), after: vowels},
	{endings: list("tta ttä"), after: list("uu yy"), add: "s"}, // teollisuut-ta
	{endings: list("tta ttä na nä"), after: vowels},
	{endings: list("ta tä"), after: append(list("s"), vowels...)},
	{endings: list("ja jä"), after: list("o u y ö e")}, // kisso-ja, but asiantuntija
	{endings: list("in en")},
	{endings: list("n t"), after: vowels},
}

func cutCase(w string) string {
	if strings.HasSuffix(w, "nen") { // eläkeläinen is a base form
		return w
	}
	for _, r := range caseRules {
		s := cutFirst(w, 3, r.endings)
		if s != w && (r.after == nil || endsIn(s, r.after)) && !endsIn(s, r.except) {
			return s + r.add
		}
	}
	return w
}

// foldStem takes a word without its case ending to the key.
func foldStem(w string) string {
	if s, ok := strings.CutSuffix(w, "nen"); ok && runes(s) >= 3 {
		w = s + "s" // eläkeläinen, eläkeläisen
	}
	full := w
	for runes(w) > 3 && endsIn(w, looseVowels) {
		if strings.HasSuffix(w, "i") && strings.HasPrefix(full[len(w):], "o") { // lukio
			break
		}
		w = cutLetter(w)
	}
	for _, e := range stemEndings {
		if s, ok := strings.CutSuffix(w, e.text); ok && runes(s) >= 3 {
			return s + e.key
		}
	}
	if s, ok := strings.CutSuffix(w, "mis"); ok && len(s) > 2 { // toiminen, toimia
		w = cutVowels(s)
	} else if s := cutFirst(w, 4, asEndings); s != w && w == full { // potilas, potilaan
		w = cutVowels(s)
	}
	root := strings.TrimRight(w, "uyö") // these stay in all forms: tyttö, tytön
	tail := w[len(root):]
	if endsIn(tail, doubles) { // turkuun
		tail = cutLetter(tail)
	}
	for _, g := range grades {
		if s, ok := strings.CutSuffix(root, g.text); ok && s != "" {
			return s + g.key + tail
		}
	}
	return root + tail
}

// keyed is the end of a stem and how the key writes it.
type keyed struct{ text, key string }

var (
	// These vowels change or go before the i of the plural.
	looseVowels = list("a e i o ä")
	// The stems of words in -us and -uus.
	stemEndings = []keyed{
		{"uuks", "uus"}, {"yyks", "yys"}, {"uud", "uus"}, {"yyd", "yys"}, {"uut", "uus"}, {"yyt", "yys"}, {"ks", "s"}, {"sm", "s"},
	}
	asEndings = list("as äs")
	// Both grades of a consonant get one spelling, those of two letters first.
	grades = []keyed{
		{"nk", "nK"}, {"ng", "nK"}, {"nt", "nT"}, {"nn", "nT"}, {"lt", "lT"}, {"ll", "lT"}, {"rt", "rT"}, {"rr", "rT"},
		{"mp", "mP"}, {"mm", "mP"}, {"kk", "K"}, {"k", "K"}, {"g", "K"}, {"pp", "P"}, {"p", "P"}, {"v", "P"}, {"tt", "T"}, {"t", "T"}, {"d", "T"},
	}
	// Frequent words whose stems no rule unites; the first form gives the key.
	irregularFolds = irregular(foldStem,
		"lapsi lapsen lapset lapsia lasten lapsille lapsien lasta lapsilla lapsista lapsiin",
		"mies miehen miehet miehiä miesten miehille miestä miehiin miehistä",
		"nainen naisen naiset naisia naisten naisille",
		"käsi käden kädet käsiä käsien kättä",
		"vesi veden vedet vesiä vesien vettä vedessä veteen vesistä",
		"uusi uuden uudet uusia uusien uutta",
		"jäsen jäsenen jäsenet jäseniä jäsenten jäsenien jäsentä jäsenille jäsenistä jäsenillä jäseneksi jäsenensä",
		"nuori nuoren nuoret nuoria nuorten nuorille nuorta nuorien",
		"työ työn työt työtä töitä töiden töissä työssä",
		"tie tien tiet teitä teiden tietä",
		"yö yön yöt öitä öiden",
		"maa maan maat maita maiden maata maassa maissa")
)

// irregular makes a table of the rows' forms, to the key of the row's first.
func irregular(key func(string) string, rows ...string) map[string]string {
	table := map[string]string{}
	for _, row := range rows {
		forms := strings.Fields(row)
		for _, f := range forms {
			table[f] = key(forms[0])
		}
	}
	return table
}

func list(words string) []string { return strings.Fields(words) }

func runes(s string) int { return utf8.RuneCountInString(s) }

func hasDigit(s string) bool { return strings.IndexFunc(s, unicode.IsDigit) >= 0 }

func endsIn(s string, endings []string) bool {
	return slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(s, e) })
}

// cutFirst cuts off the first of the endings that leaves keep letters or more.
func cutFirst(w string, keep int, endings []string) string {
	for _, e := range endings {
		if s, ok := strings.CutSuffix(w, e); ok && runes(s) >= keep {
			return s
		}
	}
	return w
}

func cutLetter(w string) string {
	_, n := utf8.DecodeLastRuneInString(w)
	return w[:len(w)-n]
}

// cutVowels cuts all vowels off the end, but leaves three letters.
func cutVowels(w string) string {
	for runes(w) > 3 && endsIn(w, vowels) {
		w = cutLetter(w)
	}
	return w
}
