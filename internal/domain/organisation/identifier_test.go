package organisation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/i18n"
)

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	phone := func(s string) (string, bool) { return parsePhone(s, "FI") }
	for _, tt := range []struct {
		parse func(string) (string, bool)
		in    string
		want  string // "" if it is none
	}{
		{parseRegisterNumber, "12345", "12.345"}, {parseRegisterNumber, " 012 345 ", "12.345"}, {parseRegisterNumber, "205.123", "205.123"}, {parseRegisterNumber, "7", "7"},
		{parseRegisterNumber, "1234567", "1.234.567"}, {parseRegisterNumber, "12345678", ""}, {parseRegisterNumber, "12A", ""}, {parseRegisterNumber, "000", ""}, {parseRegisterNumber, "", ""},
		{parseBusinessID, "0201256-6", "0201256-6"}, {parseBusinessID, "02012566", "0201256-6"}, {parseBusinessID, "fi02012566", "0201256-6"}, {parseBusinessID, "201256-6", "0201256-6"},
		{parseBusinessID, "0112038-9", "0112038-9"}, {parseBusinessID, "0201256-7", ""}, {parseBusinessID, "0201256", ""}, {parseBusinessID, "00000000", ""}, {parseBusinessID, "SE02012566", ""},
		{phone, "050 555 0101", "+358505550101"}, {phone, "+46 8 123 456", "+468123456"}, {phone, "soita", ""}, {phone, "12", ""},
		{parseEmail, " info@Example.ORG ", "info@example.org"}, {parseEmail, "info@localhost", ""}, {parseEmail, "Info <info@example.org>", ""}, {parseEmail, "a@b@example.org", ""}, {parseEmail, "info@[127.0.0.1]", ""},
		{parseURL, "example.org", "https://example.org"}, {parseURL, "HTTP://Example.org/Polku", "http://example.org/Polku"}, {parseURL, "javascript:alert(1)", ""}, {parseURL, "https://user:pw@example.org", ""},
		{parseURL, "ftp://example.org", ""}, {parseURL, "https://localhost", ""}, {parseURL, "https://example.org/<script>", ""},
	} {
		got, ok := tt.parse(tt.in)
		assert.Equal(t, tt.want != "", ok, tt.in)
		if ok {
			assert.Equal(t, tt.want, got)
		}
	}
}

func TestMatchName(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Turun Seudun Omaiset ry", "TURUN SEUDUN OMAISET R.Y.", "Turun  seudun omaiset", "Turun Seudun Omaiset, r. y."},
		{"Åbo Svenska Förening rf", "åbo svenska förening r.f."},
	} {
		for _, name := range same {
			assert.Equal(t, matchName(i18n.Text{"fi": same[0]}), matchName(i18n.Text{"fi": name}))
		}
	}
	assert.Equal(t, "ry", matchName(i18n.Text{"fi": "ry"}), "a name that is nothing else stays")
}
