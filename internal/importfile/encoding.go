package importfile

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// The names of encodings as Reader.Encoding answers them.
const (
	encodingUTF8    = "utf-8"
	encodingUTF16LE = "utf-16le"
	encodingUTF16BE = "utf-16be"
	encoding1252    = "windows-1252"
)

// encodings holds every name that a mapping may use. Latin-1 is read as its superset Windows-1252, as browsers do:
// files that call themselves Latin-1 have the euro sign at 0x80.
var encodings = map[string]string{
	"utf-8": encodingUTF8, "utf8": encodingUTF8,
	"utf-16le": encodingUTF16LE, "utf-16": encodingUTF16LE, "utf-16be": encodingUTF16BE,
	"windows-1252": encoding1252, "cp1252": encoding1252, "ansi": encoding1252,
	"iso-8859-1": encoding1252, "latin1": encoding1252, "latin-1": encoding1252,
	"iso-8859-15": "iso-8859-15", "latin9": "iso-8859-15", "latin-9": "iso-8859-15",
	"macintosh": "macintosh", "cp850": "cp850",
}

// charset is how the bytes of a file become text.
type charset struct {
	name string
	bom  []byte // what stood at the start, to be skipped, and written again to the rejected rows
}

// codec returns nil for UTF-8, which is passed on as it is so that bad bytes can be blamed on their row.
func (c charset) codec() encoding.Encoding {
	switch c.name {
	case encodingUTF16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case encodingUTF16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case encoding1252:
		return charmap.Windows1252
	case "iso-8859-15":
		return charmap.ISO8859_15
	case "macintosh":
		return charmap.Macintosh
	case "cp850":
		return charmap.CodePage850
	}
	return nil
}

// detectCharset decides from the first bytes. A byte order mark is certain and wins over a wish; without one the wish
// counts; without either, text that is no UTF-8 is Windows-1252, but never JSON, which is UTF-8 by its standard.
func detectCharset(sample []byte, whole bool, wish string, json bool) (charset, error) {
	for _, mark := range []charset{
		{encodingUTF8, []byte{0xEF, 0xBB, 0xBF}},
		{encodingUTF16LE, []byte{0xFF, 0xFE}},
		{encodingUTF16BE, []byte{0xFE, 0xFF}},
	} {
		if bytes.HasPrefix(sample, mark.bom) {
			return mark, nil
		}
	}
	if wish != "" {
		name, ok := encodings[strings.ToLower(wish)]
		if !ok {
			return charset{}, fmt.Errorf("encoding %q is not known; known are %s", wish, encodingNames())
		}
		return charset{name: name}, nil
	}
	if !json && !utf8.Valid(wholeRunes(sample, whole)) {
		return charset{name: encoding1252}, nil
	}
	return charset{name: encodingUTF8}, nil
}

// wholeRunes cuts off the character that the end of the sample cut through.
func wholeRunes(sample []byte, whole bool) []byte {
	if whole {
		return sample
	}
	for i := 1; i <= utf8.UTFMax && i <= len(sample); i++ {
		if c := sample[len(sample)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(sample[len(sample)-i:]) {
				return sample[:len(sample)-i]
			}
			break
		}
	}
	return sample
}

func encodingNames() string {
	seen := map[string]bool{}
	var names []string
	for _, name := range encodings {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

// checkText finds what no row may hold: bytes that are no UTF-8, the replacement character that stands where an earlier
// reader met such bytes, and NUL, which PostgreSQL cannot store.
func checkText(text string) error {
	if !utf8.ValidString(text) {
		rest := text
		for rest != "" {
			r, size := utf8.DecodeRuneInString(rest)
			if r == utf8.RuneError && size == 1 {
				break
			}
			rest = rest[size:]
		}
		return faultf(CodeEncoding, "byte 0x%02X at byte %d of the row is not UTF-8; is the file in windows-1252?",
			rest[0], len(text)-len(rest)+1)
	}
	if strings.Contains(text, string(utf8.RuneError)) {
		return faultf(CodeEncoding, "the row holds U+FFFD: its text was damaged before")
	}
	if i := strings.IndexByte(text, 0); i >= 0 {
		return faultf(CodeNUL, "NUL character at byte %d of the row", i+1)
	}
	return nil
}
