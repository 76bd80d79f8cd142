package account

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/seutu/seutu/internal/errs"
)

const (
	minPassword  = 12 // characters, as the contract says
	minLocalPart = 3  // a shorter one stands in too many good passwords
)

// common are the passwords of twelve and more characters that people choose most. All are in lower case.
var common = []string{
	"123456789012", "1234567890123", "12345678901234", "123456789012345", "1234567890123456", "111111111111", "000000000000", "112233445566",
	"123123123123", "121212121212", "987654321098", "abcdefghijkl", "abcd12345678", "qwertyuiop12", "qwertyuiop123", "qwertyuiop1234",
	"qwertyuiopasdfghjkl", "1qaz2wsx3edc", "1q2w3e4r5t6y", "q1w2e3r4t5y6", "passwordpassword", "password1234", "password12345", "password123456",
	"administrator", "iloveyou1234", "letmein12345", "salasana1234", "salasana12345", "salasanasalasana", "correcthorsebatterystaple", "changemechangeme",
}

// checkPassword finds what makes a new password too easy to guess. email may be unknown: "".
func checkPassword(f *errs.Faults, at, password, email string) {
	lower := strings.ToLower(password)
	if utf8.RuneCountInString(password) < minPassword {
		f.Add(at, "too-short", "a password has at least %d characters", minPassword)
	}
	first, _ := utf8.DecodeRuneInString(lower)
	if slices.Contains(common, lower) || strings.Trim(lower, string(first)) == "" {
		f.Add(at, "too-common", "many people use this password; choose another")
	}
	if local, _, _ := strings.Cut(email, "@"); len(local) >= minLocalPart && strings.Contains(lower, local) {
		f.Add(at, "contains-email", "a password may not contain the e-mail address")
	}
}

var address = regexp.MustCompile("^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$")

// parseEmail reads an address as it is stored: in lower case, in the letters that mail servers understand.
func parseEmail(s string) (string, bool) {
	s = lowerEmail(s)
	return s, len(s) <= 254 && strings.IndexByte(s, '@') <= 64 && address.MatchString(s)
}

func lowerEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
