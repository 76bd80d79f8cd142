// Package i18n holds texts in several languages: language maps of the data, and the service's own sentences in English and Finnish.
package i18n

import (
	"fmt"

	"golang.org/x/text/language"
)

// Text is a language map: "fi", "sv" or "en" → text.
type Text = map[string]string

// Best is the text in Finnish, else Swedish, else English: the order in which names are sorted.
func Best(t Text) string {
	for _, l := range []string{"fi", "sv", "en"} {
		if s := t[l]; s != "" {
			return s
		}
	}
	return ""
}

var matcher = language.NewMatcher([]language.Tag{language.English, language.Finnish})

// Negotiate picks "en" or "fi" by an Accept-Language header.
func Negotiate(accept string) string {
	if accept == "" {
		return "en"
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return "en"
	}
	if _, i, _ := matcher.Match(tags...); i == 1 {
		return "fi"
	}
	return "en"
}

// Sentence renders an English format, translated where the language asks for it.
func Sentence(lang, format string, args []any) string {
	if lang == "fi" {
		if f, ok := finnish[format]; ok {
			format = f
		}
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, args...)
}
