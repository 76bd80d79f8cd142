package finnish

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is a word of a text: as it is looked up, and the bytes of the text that it is.
type word struct {
	text       string // lower case, NFC, at most maxRunes long
	start, end int
}

// words divides a text into words: letters, marks and digits, and the hyphens, apostrophes and colons between them
// (linja-auto, d'Artagnan, SAK:n). The dots of initials belong to them too, so that "r.y." is "ry".
func words(text string) iter.Seq[word] {
	return func(yield func(word) bool) {
		for at := 0; at < len(text); {
			r, size := utf8.DecodeRuneInString(text[at:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				at += size
				continue
			}
			end := at + wordLength(text[at:])
			if w := normalise(text[at:end]); w != "" && !yield(word{w, at, end}) {
				return
			}
			at = end
		}
	}
}

// wordLength is the length of the word that text begins with.
func wordLength(text string) int {
	if n := initialsLength(text); n > 0 {
		return n
	}
	end := 0
	for at, r := range text {
		switch {
		case inWord(r):
			end = at + utf8.RuneLen(r)
		case !joins(r) || at > end: // two joining characters in a row are none
			return end
		}
	}
	return end
}

// initialsLength is the length of initials such as r.y. or S.K.D.L that text begins with, 0 if it does not. The last dot
// is not counted: it may end a sentence.
func initialsLength(text string) int {
	letters, end := 0, 0
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		if !unicode.IsLetter(r) {
			break
		}
		after := text[at+size:]
		if next, _ := utf8.DecodeRuneInString(after); next != '.' && after != "" && (inWord(next) || joins(next)) {
			break // the first letter of a word
		}
		letters, end = letters+1, at+size
		if !strings.HasPrefix(after, ".") {
			break
		}
		at = end + 1
	}
	if letters < 2 {
		return 0
	}
	return end
}

const (
	softHyphen    = '\u00AD'
	zeroWidthJoin = '\u200D'
)

// inWord includes what is not seen within a word: a soft hyphen must not divide it.
func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == softHyphen || r == zeroWidthJoin
}

func joins(r rune) bool { return plainJoint(r) != 0 }

// plainJoint gives the one spelling of a character that joins the parts of a word, 0 for any other character.
func plainJoint(r rune) rune {
	switch r {
	case '-', '\u2010', '\u2011': // hyphens, the last unbreakable
		return '-'
	case '\'', '’', 'ʼ':
		return '\''
	case ':':
		return ':'
	}
	return 0
}

// normalise gives the spelling under which a word is looked up.
func normalise(s string) string {
	if len(s) <= maxRunes && !strings.ContainsFunc(s, unusual) {
		return strings.ToLower(s)
	}
	if len(s) > maxRunes*4*4 { // more than maxRunes letters even if each is decomposed: the rest need not be looked at
		s = strings.ToValidUTF8(s[:maxRunes*4*4], "")
	}
	dotted := initialsLength(s) > 0
	s = norm.NFC.String(strings.ToLower(strings.Map(func(r rune) rune {
		switch j := plainJoint(r); {
		case j != 0:
			return j
		case r == softHyphen, r == zeroWidthJoin, r == '.' && dotted:
			return -1
		}
		return r
	}, s)))
	if utf8.RuneCountInString(s) > maxRunes {
		s = string([]rune(s)[:maxRunes])
	}
	return strings.Trim(s, "-':")
}

// unusual tells of a character whether more has to be done to it than to make it small.
func unusual(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("åäöÅÄÖ", r)
}

// Unaccented gives a text as it is written on a foreign keyboard: in lower case, jyväskylä as jyvaskyla.
func Unaccented(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(s)))
	return norm.NFC.String(unmarked.Replace(s))
}

// unmarked are letters of the languages around that NFD does not divide into a letter and a mark.
var unmarked = strings.NewReplacer("ø", "o", "æ", "ae", "đ", "d", "ŋ", "n", "ŧ", "t", "ß", "ss", "ł", "l", "ı", "i")
