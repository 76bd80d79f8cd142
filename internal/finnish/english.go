package finnish

import "strings"

// foldEnglish gives a plural the key of its singular.
func foldEnglish(w string) string {
	w = strings.TrimSuffix(w, "'s")
	if key, ok := irregularEnglish[w]; ok {
		return key
	}
	if runes(w) < 4 || hasDigit(w) || endsIn(w, englishSingulars) {
		return w
	}
	if s, ok := strings.CutSuffix(w, "ies"); ok && runes(s) > 1 {
		return s + "y"
	}
	if endsIn(w, esPlurals) {
		return w[:len(w)-2]
	}
	return strings.TrimSuffix(w, "s")
}

var (
	englishSingulars = list("ss us is")
	esPlurals        = list("sses shes ches xes")
)

var irregularEnglish = map[string]string{"women": "woman", "men": "man", "children": "child"}
