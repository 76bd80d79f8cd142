package organisation

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/seutu/seutu/internal/i18n"
)

var (
	notWord = regexp.MustCompile(`[^\p{L}\p{N}]+`)
	// forms of association, which registers write in many ways
	suffix = regexp.MustCompile(`(?: r y| ry| r f| rf| reg assoc| rekisteroity yhdistys| registered association)$`)
)

// words is a text in lower case with single spaces between its words.
func words(s string) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(norm.NFC.String(s)), " "), " ")
}

// matchName is a name as another register might write it too: lower case, no punctuation, no form of association.
func matchName(name i18n.Text) string {
	w := words(i18n.Best(name))
	if s := suffix.ReplaceAllString(w, ""); s != "" {
		return s
	}
	return w
}

// derive fills what the database sorts and searches by. Every write passes here.
func (o *Organisation) derive() {
	o.SortName = i18n.Best(o.Name)
	o.MatchName = matchName(o.Name)
	var b strings.Builder
	add := func(t i18n.Text) {
		for _, lang := range []string{"fi", "sv", "en"} {
			if s := words(t[lang]); s != "" {
				b.WriteByte(' ')
				b.WriteString(s)
			}
		}
	}
	add(o.Name)
	for _, n := range o.OtherNames {
		add(n.Name)
	}
	o.SearchName = b.String()
}

func splitWords(q string) []string { return strings.Fields(words(q)) }
