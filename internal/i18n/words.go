package i18n

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

var notWord = regexp.MustCompile(`[^\p{L}\p{N}]+`)

// Words is a text in lower case with single spaces between its words.
func Words(s string) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(norm.NFC.String(s)), " "), " ")
}

// Searchable is all words of names, in all languages, each after a space: what lists search by the beginnings of words.
func Searchable(names ...Text) string {
	var b strings.Builder
	for _, t := range names {
		for _, lang := range []string{"fi", "sv", "en"} {
			if s := Words(t[lang]); s != "" {
				b.WriteString(" " + s)
			}
		}
	}
	return b.String()
}

// Tidy trims the texts of a name and folds the white space inside them; what is empty then goes.
func Tidy(t Text) Text {
	for k, v := range t {
		if t[k] = strings.Join(strings.Fields(v), " "); t[k] == "" {
			delete(t, k)
		}
	}
	return t
}
