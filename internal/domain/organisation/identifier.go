package organisation

import "strings"

// digits keeps the digits of s, and tells whether only separators stood between them.
func digits(s string) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(". -\u00a0\u2010\u2011\u2012\u2013", r):
		default:
			return "", false
		}
	}
	return b.String(), true
}

// parseRegisterNumber reads a number of the register of associations (PRH): "12345", "12 345", "012.345" → "12.345".
func parseRegisterNumber(s string) (string, bool) {
	d, ok := digits(strings.TrimSpace(s))
	d = strings.TrimLeft(d, "0")
	if !ok || d == "" || len(d) > 7 {
		return "", false
	}
	var out string
	for len(d) > 3 {
		out = "." + d[len(d)-3:] + out
		d = d[:len(d)-3]
	}
	return d + out, true
}

// parseBusinessID reads a Y-tunnus: with or without hyphen, as a VAT number (FI02012566), with the six digits of old
// (201256-6). The check digit must be right: weights 7 9 10 5 8 4 2, modulo 11.
func parseBusinessID(s string) (string, bool) {
	s = strings.ToUpper(strings.TrimSpace(s))
	d, ok := digits(strings.TrimPrefix(s, "FI"))
	if len(d) == 7 {
		d = "0" + d
	}
	if !ok || len(d) != 8 {
		return "", false
	}
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2} {
		sum += w * int(d[i]-'0')
	}
	check := sum % 11
	if check > 0 {
		check = 11 - check
	}
	if check == 10 || check != int(d[7]-'0') || d == "00000000" {
		return "", false
	}
	return d[:7] + "-" + d[7:], true
}
