package searchindex

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seutu/seutu/internal/finnish"
)

// excerpt cuts a text into pieces at the spans; of a long text it keeps what is around the first one.
func excerpt(text string, spans []finnish.Span) []Fragment {
	if len(spans) == 0 {
		return nil
	}
	slices.SortFunc(spans, func(a, b finnish.Span) int { return a.Start - b.Start })
	from, to := 0, len(text)
	if len(text) > maxExcerpt {
		if from = wordAt(text, spans[0].Start-before); from+maxExcerpt < to {
			to = wordAt(text, max(from+maxExcerpt, spans[0].End))
		}
	}
	var out []Fragment
	add := func(s string, match bool) {
		if s != "" {
			out = append(out, Fragment{s, match})
		}
	}
	at := from
	if from > 0 {
		add("… ", false)
	}
	for _, s := range spans {
		if s.Start < at || s.End > to {
			continue
		}
		add(text[at:s.Start], false)
		add(text[s.Start:s.End], true)
		at = s.End
	}
	add(text[at:to], false)
	if to < len(text) {
		add(" …", false)
	}
	return out
}

// wordAt moves a place in a text forward to the beginning of a word, if there is one soon, else of a letter.
func wordAt(text string, at int) int {
	if at <= 0 {
		return 0
	}
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	if at >= len(text) {
		return len(text)
	}
	if i := strings.IndexByte(text[at:min(len(text), at+40)], ' '); i >= 0 {
		return at + i + 1
	}
	return at
}
