package geography_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/domain/geography"
)

func TestMunicipalityByName(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		want []string
	}{
		{"Janakkala", []string{"165"}},
		{"  HÄMEENLINNA ", []string{"109"}},
		{"Ha\u0308meenlinna", []string{"109"}}, // decomposed, as macOS writes it
		{"Tavastehus", []string{"109"}},
		{"Åbo", []string{"853"}},
		{"S:t Karins", []string{"202"}},
		{"Koski  Tl.", []string{"284"}},
		{"Mänttä-Vilppula", []string{"508"}},
		// merged and renamed ones
		{"Nastola", []string{"398"}},
		{"Kjulo", []string{"783"}},
		{"Koski Hl", []string{"098"}},
		{"Länsi-Turunmaa", []string{"445"}},
		// with the word for the kind
		{"Hämeenlinnan kaupunki", []string{"109"}},
		{"Janakkalan kunta", []string{"165"}},
		{"Helsingin kaupunki", []string{"091"}},
		{"Riihimäen kaupunki", []string{"694"}},
		{"Nastolan kunta", []string{"398"}},
		{"Uudenkaupungin kaupunki", []string{"895"}},
		{"Pedersören kunta", []string{"599"}},
		{"Pedersöre kommun", []string{"599"}},
		{"Hämeenlinna stad", []string{"109"}},
		{"Esbo stad", []string{"049"}},
		{"Kyrkslätts kommun", []string{"257"}},
		{"Vanda stad", []string{"092"}},
		// both languages at once
		{"Maarianhamina - Mariehamn", []string{"478"}},
		{"Helsinki/Helsingfors", []string{"091"}},
		{"Turun kaupunki / Åbo stad", []string{"853"}},
		// ambiguous
		{"Koski", []string{"098", "284"}},
		{"Helsinki/Espoo", []string{"049", "091"}},
		// unknown
		{"", nil},
		{"kunta", nil},
		{"Lande", nil},
		{"Helsinki - Kallio", nil},
		{"Janakkalan", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tt.want, geography.MunicipalityByName(tt.name))
		})
	}
}

// No name of a municipality may silently mean another one.
func TestEveryNameFindsItsMunicipality(t *testing.T) {
	t.Parallel()
	for _, m := range geography.AllMunicipalities() {
		want := m.Code
		if m.Successor != nil {
			want = *m.Successor
		}
		for language, name := range m.Name {
			assert.Equal(t, []string{want}, geography.MunicipalityByName(name), language)
		}
	}
}

func TestFoundCodesBelongToTheCaller(t *testing.T) {
	t.Parallel()
	geography.MunicipalityByName("Loppi")[0] = "000"
	assert.Equal(t, []string{"433"}, geography.MunicipalityByName("Loppi"))
}

func TestNormaliseMunicipality(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]string{
		"92": "092", "092": "092", " 092 ": "092", "5": "005", "165": "165", "532": "532", "90": "090",
	} {
		code, err := geography.NormaliseMunicipality(input)
		require.NoError(t, err, input)
		assert.Equal(t, want, code)
	}
	for input, want := range map[string]error{
		"": geography.ErrMalformedCode, " ": geography.ErrMalformedCode, "0092": geography.ErrMalformedCode,
		"9x": geography.ErrMalformedCode, "-92": geography.ErrMalformedCode, "９２": geography.ErrMalformedCode,
		"999": geography.ErrUnknownCode, "0": geography.ErrUnknownCode, "92.0": geography.ErrMalformedCode,
	} {
		_, err := geography.NormaliseMunicipality(input)
		require.ErrorIs(t, err, want, input)
	}
}
