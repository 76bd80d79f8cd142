package redact_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/redact"
)

func TestString(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"Anna Aho", "Anna Aho", "[…]"},
		{"Anna Aho", "Anna Ahola ja Johanna Aho sekä Anna Aho.", "Anna Ahola ja Johanna Aho sekä […]."},
		{"Anna Aho", "Anna Aho-Virtanen, Mari-Anna Aho", "Anna Aho-Virtanen, Mari-Anna Aho"},
		{"Anna Aho", "Anna Aho - sihteeri; -Anna Aho-", "[…] - sihteeri; -[…]-"},
		{"Anna Aho", "ANNA aho, anna\u00a0AHO, Anna \n\t Aho", "[…], […], […]"},
		{" Anna \u2003 Aho ", "Anna Aho", "[…]"},
		{"Anna Aho", "Anna Aho1 Anna Aho\u0308", "Anna Aho1 Anna Aho\u0308"},
		{`Kanaria "Lintu" Öinen`, `(kanaria "LINTU" öinen)`, "([…])"},
		{`A.*(b)[c]\d$`, `A.*(b)[c]\d$ Axxbcd`, "[…] Axxbcd"},
		{"Äijö O'Hara", "ÄIJÖ  o'hara, XÄijö O'Hara", "[…], XÄijö O'Hara"},
		{"a a", "xa a a", "xa […]"},
		{"Bo", "BoBo Bo", "BoBo […]"},
		{"", "Anna", "Anna"},
		{" \t", "a  b", "a  b"},
		{"Anna", "", ""},
	} {
		assert.Equal(t, tt.want, redact.New(tt.name).String(tt.in), "%q out of %q", tt.name, tt.in)
	}
	assert.Equal(t, "x", redact.Eraser{}.String("x"))
}

func TestTexts(t *testing.T) {
	t.Parallel()
	e := redact.New("Anna Aho")
	var none i18n.Text
	was := i18n.Text{"fi": "Anna Aho", "sv": "x"}
	now := was
	e.Texts(&none, &now)
	assert.Nil(t, none)
	assert.Equal(t, i18n.Text{"fi": "[…]", "sv": "x"}, now)
	assert.Equal(t, "Anna Aho", was["fi"], "the map that was stays")

	a, b := "anna aho", "muu"
	first, second, third := &a, &b, (*string)(nil)
	e.Strings(&first, &second, &third)
	assert.Equal(t, []any{"[…]", "anna aho", &b, (*string)(nil)}, []any{*first, a, second, third})
}

func TestJSON(t *testing.T) {
	t.Parallel()
	e := redact.New(`Anna "A" Aho`)
	out, changed, err := e.JSON(json.RawMessage(`{"n": 12345678901234567890, "a": ["x", {"Anna \"A\" Aho": "ANNA \"A\" Aho!"}], "z": null, "b": true}`))
	require.NoError(t, err)
	assert.True(t, changed)
	assert.JSONEq(t, `{"n": 12345678901234567890, "a": ["x", {"Anna \"A\" Aho": "[…]!"}], "z": null, "b": true}`, string(out))
	assert.Contains(t, string(out), "12345678901234567890")
	for _, same := range []string{"", "null", `{"a":  "Anna"}`} {
		out, changed, err = e.JSON(json.RawMessage(same))
		require.NoError(t, err)
		assert.False(t, changed)
		assert.Equal(t, same, string(out))
	}
	_, _, err = e.JSON(json.RawMessage("{"))
	require.Error(t, err)
}
