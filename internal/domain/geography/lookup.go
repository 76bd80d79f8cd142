package geography

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

var (
	// ErrMalformedCode says that an input is not a municipality code at all.
	ErrMalformedCode = errors.New("not a municipality code of one to three digits")
	// ErrUnknownCode says that no municipality is known to have had the code.
	ErrUnknownCode = errors.New("unknown municipality code")
)

// Known finds any municipality ever known, in its last period. A merged one
// names its Successor of today.
func Known(code string) (Municipality, bool) {
	m, ok := loaded().known[code]
	return m, ok
}

// AllMunicipalities returns every period of every municipality ever known, by
// code and then by date: the rows to copy into a database table. The wellbeing
// services county is that of the area, also in periods before the counties began.
func AllMunicipalities() []Municipality { return loaded().periods }

// NormaliseMunicipality reads a code as people and spreadsheets write it: with
// spaces around it or without its leading zeros ("92" is "092"). The code may be of a
// merged municipality. Fails with ErrMalformedCode or ErrUnknownCode.
func NormaliseMunicipality(input string) (string, error) {
	code := strings.TrimSpace(input)
	if code == "" || len(code) > 3 || strings.Trim(code, "0123456789") != "" {
		return "", fmt.Errorf("%q: %w", input, ErrMalformedCode)
	}
	code = strings.Repeat("0", 3-len(code)) + code
	if _, ok := Known(code); !ok {
		return "", fmt.Errorf("%q: %w", input, ErrUnknownCode)
	}
	return code, nil
}

// MunicipalityByName finds the municipalities of today that a name can mean, in
// any of its languages and in any case: "Nastola" is Lahti, and
// "Hämeenlinnan kaupunki", "Esbo stad" and "Maarianhamina - Mariehamn" are
// understood. The codes are sorted; none means unknown and several that the name is ambiguous.
func MunicipalityByName(name string) []string {
	c := loaded()
	key := nameKey(name)
	if codes := c.lookUp(key); codes != nil {
		return slices.Clone(codes)
	}
	for _, separator := range []string{"/", " - ", " – "} {
		if first, second, ok := strings.Cut(key, separator); ok {
			return bothNames(c.lookUp(nameKey(first)), c.lookUp(nameKey(second)))
		}
	}
	return nil
}

// bothNames joins what the two halves of a bilingual name can mean. A half that
// means nothing spoils the whole: "Helsinki - Kallio" is not a municipality.
func bothNames(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	var common []string
	for _, code := range a {
		if slices.Contains(b, code) {
			common = append(common, code)
		}
	}
	if common != nil {
		return common
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// lookUp takes a nameKey: a name, or a name with the word for its kind.
func (c *catalog) lookUp(key string) []string {
	if codes, ok := c.names[key]; ok {
		return codes
	}
	for _, kind := range []string{" kaupunki", " kunta"} {
		if rest, ok := strings.CutSuffix(key, kind); ok {
			if codes, ok := c.genitives[rest]; ok {
				return codes
			}
			return c.names[rest]
		}
	}
	for _, kind := range []string{" stad", " kommun"} {
		if rest, ok := strings.CutSuffix(key, kind); ok {
			if codes, ok := c.names[rest]; ok {
				return codes
			}
			return c.names[strings.TrimSuffix(rest, "s")]
		}
	}
	return nil
}

// nameKey makes spellings of one name equal: case, spaces, a closing full stop
// ("Koski Tl.") and letters composed in the two ways Unicode allows.
func nameKey(name string) string {
	words := strings.Fields(norm.NFC.String(name))
	return strings.TrimSuffix(strings.ToLower(strings.Join(words, " ")), ".")
}
