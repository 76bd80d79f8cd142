package importfile

import "strings"

// languageNames are what forms and registers write; languages without a name here are known by their codes only.
var languageNames = map[string]string{
	"suomi": "fi", "suomeksi": "fi", "finska": "fi", "finnish": "fi", "fin": "fi",
	"ruotsi": "sv", "ruotsiksi": "sv", "svenska": "sv", "swedish": "sv", "swe": "sv",
	"englanti": "en", "englanniksi": "en", "engelska": "en", "english": "en", "eng": "en",
	"pohjoissaame": "se", "saame": "se", "nordsamiska": "se", "samiska": "se", "northern sami": "se", "sme": "se",
	"inarinsaame": "smn", "enaresamiska": "smn", "koltansaame": "sms", "skoltsamiska": "sms",
	"venäjä": "ru", "ryska": "ru", "russian": "ru", "viro": "et", "eesti": "et", "estniska": "et", "estonian": "et",
	"ukraina": "uk", "ukrainska": "uk", "ukrainian": "uk", "arabia": "ar", "arabiska": "ar", "arabic": "ar",
	"somali": "so", "somaliska": "so", "saksa": "de", "tyska": "de", "german": "de", "ranska": "fr", "franska": "fr",
	"french": "fr", "espanja": "es", "spanska": "es", "spanish": "es", "romani": "rom",
	"viittomakieli": "fse", "suomalainen viittomakieli": "fse", "teckenspråk": "fse",
}

func convertLanguage(_ Resolver, v any) (any, error) {
	text, err := lineOf(v)
	if err != nil || text == "" {
		return nil, err
	}
	lower := strings.ToLower(text)
	if code := languageNames[lower]; code != "" {
		return code, nil
	}
	if len(lower) == 2 || len(lower) == 3 {
		if strings.Trim(lower, "abcdefghijklmnopqrstuvwxyz") == "" {
			return lower, nil
		}
	}
	return nil, faultf(CodeUnknownLanguage, "%q is no known language: write its code", shorten(text))
}
