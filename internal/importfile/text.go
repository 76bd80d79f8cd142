package importfile

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// cleanLine is for members of one line: NFC, odd spaces folded, runs of spaces made one, trimmed.
func cleanLine(s string) string {
	if plain(s) {
		return strings.Trim(s, " ")
	}
	return strings.Join(strings.Fields(fold(s)), " ")
}

// cleanText is for descriptions, whose line breaks and indents are kept.
func cleanText(s string) string {
	if plain(s) {
		return strings.Trim(s, " ")
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.TrimSpace(fold(strings.ReplaceAll(s, "\r", "\n")))
}

// plain tells quickly that nothing but the ends may need work: ASCII and the letters of Latin-1, which are NFC as long
// as no combining mark follows.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c > ' ' && c < 0x7F:
		case c == ' ' && (i == 0 || s[i-1] != ' '):
		case c == 0xC3 && i+1 < len(s):
			i++
		default:
			return false
		}
	}
	return true
}

// fold removes what is invisible, and turns the spaces of typesetting into ordinary ones.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u00A0', '\u2007', '\u2009', '\u202F':
			return ' '
		case '\u200B', '\uFEFF':
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// digits tells a text of 1 to most ASCII digits.
func digits(s string, most int) bool {
	if s == "" || len(s) > most {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func padded(s string, width int) string {
	if len(s) >= width {
		return s
	}
	return strings.Repeat("0", width-len(s)) + s
}
