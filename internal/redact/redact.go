// Package redact takes the name of a person who is erased out of texts that others wrote.
package redact

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seutu/seutu/internal/i18n"
)

// Gap is what stands where a name was.
const Gap = "[…]"

// Eraser replaces one name where it stands as whole words, in any case and with any white space between its words. The zero
// Eraser changes nothing.
type Eraser struct{ name *regexp.Regexp }

// New makes the eraser of a name. One that is empty or white makes the zero Eraser.
func New(name string) Eraser {
	words := strings.Fields(name)
	if len(words) == 0 {
		return Eraser{}
	}
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	// \s knows ASCII only, and not all of it
	return Eraser{regexp.MustCompile(`(?i)` + strings.Join(words, `[\s\v\x{85}\p{Z}]+`))}
}

// String replaces the name in a text.
func (e Eraser) String(s string) string {
	if e.name == nil {
		return s
	}
	var b strings.Builder
	written := 0
	for from := 0; from < len(s); {
		at := e.name.FindStringIndex(s[from:])
		if at == nil {
			break
		}
		start, end := from+at[0], from+at[1]
		if within(s, start, end) {
			_, size := utf8.DecodeRuneInString(s[start:])
			from = start + size // the name may begin again before this one ends
			continue
		}
		b.WriteString(s[written:start] + Gap)
		written, from = end, end
	}
	b.WriteString(s[written:])
	return b.String()
}

// within tells whether what stands from start to end is a part of longer words. A double name is one word: Aho-Virtanen is not Aho.
func within(s string, start, end int) bool {
	before, size := utf8.DecodeLastRuneInString(s[:start])
	if before == '-' {
		before, _ = utf8.DecodeLastRuneInString(s[:start-size])
	}
	after, size := utf8.DecodeRuneInString(s[end:])
	if after == '-' {
		after, _ = utf8.DecodeRuneInString(s[end+size:])
	}
	return wordy(before) || wordy(after)
}

func wordy(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// Strings replaces the name in texts that may be absent; a changed one is a new string.
func (e Eraser) Strings(texts ...**string) {
	for _, t := range texts {
		if *t == nil {
			continue
		}
		if out := e.String(**t); out != **t {
			*t = &out
		}
	}
}

// Texts replaces the name in language maps, of which it makes new ones.
func (e Eraser) Texts(maps ...*i18n.Text) {
	for _, t := range maps {
		if *t == nil {
			continue
		}
		out := make(i18n.Text, len(*t))
		for lang, s := range *t {
			out[lang] = e.String(s)
		}
		*t = out
	}
}

// JSON replaces the name in every text of a document, names of members aside, and tells whether there was one. A document
// without it comes back as it was.
func (e Eraser) JSON(raw json.RawMessage) (out json.RawMessage, changed bool, err error) {
	if len(raw) == 0 || e.name == nil {
		return raw, false, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // numbers stay as they are written
	var v any
	if err := d.Decode(&v); err != nil {
		return raw, false, err
	}
	if v = e.value(v, &changed); !changed {
		return raw, false, nil
	}
	out, err = json.Marshal(v)
	return out, true, err
}

func (e Eraser) value(v any, changed *bool) any {
	switch v := v.(type) {
	case string:
		out := e.String(v)
		*changed = *changed || out != v
		return out
	case []any:
		for i := range v {
			v[i] = e.value(v[i], changed)
		}
	case map[string]any:
		for k := range v {
			v[k] = e.value(v[k], changed)
		}
	}
	return v
}
