package organisation

import (
	"regexp"

	"github.com/seutu/seutu/internal/i18n"
)

var (
	// forms of association, which registers write in many ways
	suffix = regexp.MustCompile(`(?: r y| ry| r f| rf| reg assoc| rekisteroity yhdistys| registered association)$`)
)

// matchName is a name as another register might write it too: lower case, no punctuation, no form of association.
func matchName(name i18n.Text) string {
	w := i18n.Words(i18n.Best(name))
	if s := suffix.ReplaceAllString(w, ""); s != "" {
		return s
	}
	return w
}

// derive fills what the database sorts and matches by. Every write passes here.
func (o *Organisation) derive() {
	o.SortName = i18n.Best(o.Name)
	o.MatchName = matchName(o.Name)
}
