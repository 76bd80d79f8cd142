// Package strictjson decodes JSON of strangers: what encoding/json lets pass silently (doubled members, members that differ
// only in case, trailing data, NUL characters, broken UTF-8, bottomless nesting) is refused and named.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seutu/seutu/internal/errs"
)

// MaxDepth is how deep objects and arrays may nest, MaxValues how many values there may be: each may cost a fault.
const (
	MaxDepth  = 32
	MaxValues = 20_000
)

// Decode reads one JSON value: maps, slices, strings, json.Number, bool and nil. Faults name all that is wrong; with a
// syntax error there is no value.
func Decode(raw []byte) (any, errs.Faults) {
	var faults errs.Faults
	if !utf8.Valid(raw) {
		faults.Add("", "utf8", "the body is not valid UTF-8")
		return nil, faults
	}
	d := decoder{json: json.NewDecoder(bytes.NewReader(raw))}
	d.json.UseNumber()
	v, err := d.value(nil)
	if err == nil {
		if _, err = d.json.Token(); errors.Is(err, io.EOF) {
			return v, d.faults
		}
		err = errTrailing
	}
	switch {
	case errors.Is(err, errDepth):
		faults.Add("", "depth", "objects and arrays nest deeper than %d", MaxDepth)
	case errors.Is(err, errMany):
		faults.Add("", "too-many", "there are more than %d values", MaxValues)
	case errors.Is(err, errTrailing):
		faults.Add("", "syntax", "there is more after the end of the JSON value")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		faults.Add("", "syntax", "the JSON ends too early")
	default:
		faults.Add("", "syntax", "not JSON, at byte %d", d.json.InputOffset())
	}
	return nil, faults
}

var (
	errDepth    = errors.New("too deep")
	errTrailing = errors.New("trailing data")
	errMany     = errors.New("too many values")
)

type decoder struct {
	json   *json.Decoder
	faults errs.Faults
	values int
}

func (d *decoder) value(path []string) (any, error) {
	t, err := d.json.Token()
	if err != nil {
		return nil, err
	}
	if d.values++; d.values > MaxValues {
		return nil, errMany
	}
	switch t := t.(type) {
	case json.Delim:
		if len(path) >= MaxDepth {
			return nil, errDepth
		}
		if t == '{' {
			return d.object(path)
		}
		return d.array(path)
	case string:
		d.text(path, t)
		return t, nil
	}
	return t, nil
}

func (d *decoder) object(path []string) (any, error) {
	out := map[string]any{}
	var folded map[string]string // lower case → the name as it came
	for d.json.More() {
		t, err := d.json.Token()
		if err != nil {
			return nil, err
		}
		name := t.(string) //nolint:forcetypeassert // the decoder lets nothing else stand here
		at := append(path[:len(path):len(path)], name)
		d.text(at, name)
		if folded == nil {
			folded = map[string]string{}
		}
		if before, ok := folded[strings.ToLower(name)]; ok {
			d.faults.Add(Pointer(at), "duplicate", "the member stands twice, also as %q", before)
		}
		folded[strings.ToLower(name)] = name
		if out[name], err = d.value(at); err != nil {
			return nil, err
		}
	}
	_, err := d.json.Token()
	return out, err
}

func (d *decoder) array(path []string) (any, error) {
	out := []any{}
	for d.json.More() {
		v, err := d.value(append(path[:len(path):len(path)], strconv.Itoa(len(out))))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := d.json.Token()
	return out, err
}

func (d *decoder) text(path []string, s string) {
	if strings.IndexByte(s, 0) >= 0 {
		d.faults.Add(Pointer(path), "nul", "text may not hold the NUL character")
		return
	}
	if strings.IndexFunc(s, unwanted) >= 0 {
		d.faults.Add(Pointer(path), "control", "text may not hold control characters, nor a replacement for broken ones")
	}
}

// unwanted are the characters that are nobody's text: controls but for line breaks and tabs, those that turn the direction of
// the text around them, and what decoders put in the place of half a surrogate pair.
func unwanted(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\t' && r != '\n' && r != '\r'
	case r < 0x7f:
		return false
	}
	return r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == utf8.RuneError
}

var escape = strings.NewReplacer("~", "~0", "/", "~1", "\x00", "\ufffd")

// Pointer renders a path as a JSON pointer (RFC 6901).
func Pointer(path []string) string {
	var b strings.Builder
	for _, p := range path {
		b.WriteByte('/')
		b.WriteString(escape.Replace(p))
	}
	return b.String()
}
