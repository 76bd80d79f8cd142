package importfile

import (
	"strings"
	"unicode"
)

// kinds are those of the API.
var kinds = set("association", "federation", "parish", "municipality", "wellbeing_services_county", "joint_authority",
	"state_agency", "company", "foundation", "cooperative", "informal_group")

var statuses = set("draft", "submitted", "published", "archived")

// companyForms are the abbreviations that stand as words of their own, anywhere in a name: "Oy Yhtiö Ab".
var companyForms = map[string]string{
	"ry": "association", "r.y": "association", "rf": "association", "r.f": "association",
	"rp": "association", "r.p": "association", // a registered party is an association
	"sr": "foundation", "s.r": "foundation", "oy": "company", "oyj": "company", "ab": "company", "abp": "company", "ltd": "company",
	"limited": "company", "plc": "company", "ky": "company", "osk": "cooperative", "anl": "cooperative",
}

// lastWords are whole words; "kunta" is none of kindEndings because of seurakunta, ylioppilaskunta and tiekunta.
var lastWords = map[string]string{
	"kaupunki": "municipality", "kunta": "municipality", "stad": "municipality", "kommun": "municipality",
}

var firstWords = map[string]string{"stiftelsen": "foundation", "föreningen": "association", "osuuskunta": "cooperative", "andelslaget": "cooperative"}

// kindEndings are ends of the last word, longer before shorter where one ends in another.
var kindEndings = []struct{ ending, kind string }{
	{"seurakuntayhtymä", "parish"}, {"kuntayhtymä", "joint_authority"}, {"samkommun", "joint_authority"},
	{"seurakunta", "parish"}, {"församling", "parish"},
	{"hyvinvointialue", "wellbeing_services_county"}, {"välfärdsområde", "wellbeing_services_county"},
	{"yhdistys", "association"}, {"förening", "association"},
	{"säätiö", "foundation"}, {"stiftelse", "foundation"},
	{"osuuskunta", "cooperative"}, {"osuuskauppa", "cooperative"}, {"andelslag", "cooperative"},
	{"yhtiö", "company"}, {"aktiebolag", "company"}, {"aktiebolaget", "company"},
	{"liitto", "association"}, {"förbund", "association"}, {"seura", "association"},
	{"virasto", "state_agency"}, {"ministeriö", "state_agency"}, {"ministeriet", "state_agency"}, {"ämbetsverk", "state_agency"},
}

// KindFromName derives the kind of an organisation from the form that its Finnish or Swedish name ends in, and "" when
// the name does not tell. An abbreviation (ry, sr, oy …) anywhere decides before a word; among words only the last before
// a comma counts ("Hämeenlinnan kaupunki, nuorisopalvelut"), or the first ("Stiftelsen för …", "Osuuskunta …"). With
// federations, an association with a word that ends in liitto or förbund is a federation.
func KindFromName(name string, federations bool) string {
	name = strings.ToLower(name)
	if kind := companyForms[name[strings.LastIndexByte(name, ' ')+1:]]; kind != "" && !federations {
		return kind // most names of registers end so
	}
	words := wordsOf(name)
	for i := len(words) - 1; i >= 0; i-- {
		if kind := companyForms[strings.Trim(words[i], ".")]; kind != "" {
			return orFederation(kind, words, federations)
		}
	}
	head, _, _ := strings.Cut(name, ",")
	if words = wordsOf(head); len(words) == 0 {
		return ""
	}
	first, last := words[0], words[len(words)-1]
	if kind := firstWords[first]; kind != "" {
		return orFederation(kind, words, federations)
	}
	if kind := lastWords[last]; kind != "" {
		return kind
	}
	if kind := kindByEnding(last); kind != "" {
		return orFederation(kind, words, federations)
	}
	for _, word := range words { // "Koulutuskuntayhtymä Tavastia": a proper name may follow these
		if kind := kindByEnding(word); kind == "joint_authority" || kind == "wellbeing_services_county" {
			return kind
		}
	}
	return ""
}

func kindByEnding(word string) string {
	if word == "liitto" { // "Hämeen liitto" is a regional council, "Tulkkien liitto" an association
		return ""
	}
	for _, e := range kindEndings {
		if strings.HasSuffix(word, e.ending) {
			return e.kind
		}
	}
	return ""
}

func wordsOf(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:()\"'”’", r)
	})
}

func orFederation(kind string, words []string, federations bool) string {
	if !federations || kind != "association" {
		return kind
	}
	for _, word := range words {
		word = strings.Trim(word, ".-–")
		if strings.HasSuffix(word, "liitto") || strings.HasSuffix(word, "förbund") {
			return "federation"
		}
	}
	return kind
}

func set(members ...string) map[string]bool {
	m := make(map[string]bool, len(members))
	for _, member := range members {
		m[member] = true
	}
	return m
}
