package organisation

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/i18n"
)

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		parse func(string) (string, bool)
		in    string
		want  string // "" if it is none
	}{
		{parseRegisterNumber, "12345", "12.345"}, {parseRegisterNumber, " 012 345 ", "12.345"}, {parseRegisterNumber, "205.123", "205.123"}, {parseRegisterNumber, "7", "7"},
		{parseRegisterNumber, "1234567", "1.234.567"}, {parseRegisterNumber, "12345678", ""}, {parseRegisterNumber, "12A", ""}, {parseRegisterNumber, "000", ""}, {parseRegisterNumber, "", ""},
		{parseBusinessID, "0201256-6", "0201256-6"}, {parseBusinessID, "02012566", "0201256-6"}, {parseBusinessID, "fi02012566", "0201256-6"}, {parseBusinessID, "201256-6", "0201256-6"},
		{parseBusinessID, "0112038-9", "0112038-9"}, {parseBusinessID, "0201256-7", ""}, {parseBusinessID, "0201256", ""}, {parseBusinessID, "00000000", ""}, {parseBusinessID, "SE02012566", ""},
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
