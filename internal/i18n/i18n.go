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

// Languages are some languages that something is offered in.
type Languages struct {
	names   []string
	matcher language.Matcher
}

// NewLanguages makes the set; the first language is for whoever asks for none of them.
func NewLanguages(names ...string) Languages {
	l := Languages{names: names}
	tags := make([]language.Tag, len(names))
	for i, n := range names {
		tags[i] = language.MustParse(n)
	}
	l.matcher = language.NewMatcher(tags)
	return l
}

// Preferred is the one of the languages that an Accept-Language header prefers.
func (l Languages) Preferred(accept string) string {
	if accept == "" {
		return l.names[0]
	}
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return l.names[0]
	}
	_, i, _ := l.matcher.Match(tags...)
	return l.names[i]
}

var sentenceLanguages = NewLanguages("en", "fi")

// Negotiate picks "en" or "fi", the languages of sentences, by an Accept-Language header.
func Negotiate(accept string) string { return sentenceLanguages.Preferred(accept) }

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
