package finnish

import (
	"slices"
	"strings"
)

// foldSwedish gives one key for the forms of a Swedish word: the stem without the endings of number, definiteness and
// genitive.
func foldSwedish(w string) string {
	if runes(w) < 3 || hasDigit(w) {
		return w
	}
	if i := strings.LastIndexByte(w, '-'); i > 0 {
		return w[:i+1] + foldSwedish(w[i+1:])
	}
	if i := strings.LastIndexByte(w, ':'); i > 0 { // SFP:s
		w = w[:i]
	}
	if key, ok := irregularSwedish[w]; ok {
		return key
	}
	if s, ok := strings.CutSuffix(w, "s"); ok && runes(s) >= 4 && !strings.HasSuffix(s, "s") {
		if key, ok := irregularSwedish[s]; ok {
			return key
		}
		w = s
	}
	return stemSwedish(w)
}

func stemSwedish(w string) string {
	if i := strings.LastIndex(w, "het"); i > 1 && slices.Contains(heterEndings, w[i:]) { // verksamhet
		return w[:i+len("het")]
	}
	w = cutFirst(w, 3, swedishEndings)
	if s, ok := strings.CutSuffix(w, "t"); ok && endsIn(s, neuterStems) { // svenskt, offentligt
		w = s
	}
	if runes(w) > 3 && endsIn(w, doubleConsonants) { // medlem, medlemmar
		w = cutLetter(w)
	}
	return w
}

var (
	// The longest first. What is left has three letters at least.
	swedishEndings   = list("orerna arna erna orna orer aren are ern orn en et ar er or an um a e")
	heterEndings     = list("het heten heter heterna")
	neuterStems      = list("sk lig")
	doubleConsonants = list("bb dd ff gg kk ll mm nn pp rr ss tt")
	// Frequent words of two letters, or with another vowel in the plural; the first form gives the key.
	irregularSwedish = irregular(stemSwedish,
		"by byn byar byarna", "ö ön öar öarna", "å ån åar åarna",
		"man mannen män männen", "bok boken böcker böckerna", "stad staden städer städerna", "land landet länder länderna",
		"barn barnet barnen", "son sonen söner sönerna", "hand handen händer händerna", "natt natten nätter nätterna",
		"vän vännen vänner vännerna", "teater teatern teatrar teatrarna", "orkester orkestern orkestrar orkestrarna",
		"syster systern systrar systrarna", "broder brodern bröder bröderna", "dotter dottern döttrar döttrarna",
		"nykter nyktra nyktert", "museum museet museer museerna", "center centret centra centrum centrumet centren")
)
