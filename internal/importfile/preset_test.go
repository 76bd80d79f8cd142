package importfile

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func preset(t testing.TB, name string) *Mapping {
	t.Helper()
	mapping, err := Preset(name)
	require.NoError(t, err)
	return mapping
}

func TestPresets(t *testing.T) {
	assert.Equal(t, []string{"fi-transparency-register", "seutu", "uk-360giving-grants"}, Presets())
	for _, name := range Presets() {
		preset(t, name)
	}
	_, err := Preset("../x")
	assert.ErrorContains(t, err, "fi-transparency-register")
}

func TestTransparencyRegister(t *testing.T) {
	rows := readRows(t, `[
  {"id": "0000001-9", "name": "Esimerkkisäätiö sr", "industry": "x", "description": "Rivi 1\nRivi 2", "auxiliary": ["Toinen nimi"], "membership": ["Liitto ry", "Toinen ry"]},
  {"id": null, "name": "Example SRL", "industry": "x", "description": "", "auxiliary": [], "membership": []}
]`, preset(t, "fi-transparency-register"))
	require.Len(t, rows, 2)
	assert.Empty(t, append(rows[0].Faults, rows[1].Faults...))
	assert.Equal(t, []int{2, 3}, []int{rows[0].Line, rows[1].Line})
	assert.JSONEq(t, `{"businessId": "0000001-9", "name": {"fi": "Esimerkkisäätiö sr"}, "kind": "foundation", "description": {"fi": "Rivi 1\nRivi 2"},
		"otherNames": [{"name": {"fi": "Toinen nimi"}}], "affiliations": [{"name": "Liitto ry"}, {"name": "Toinen ry"}]}`, asJSON(t, rows[0].Members))
	assert.JSONEq(t, `{"name": {"fi": "Example SRL"}, "kind": "company"}`, asJSON(t, rows[1].Members))
}

func TestGrants(t *testing.T) {
	rows := readRows(t, `Identifier,Title,Recipient Org:Identifier,Recipient Org:Name,Recipient Org:Postal Code,Recipient Org:Web Address
360G-x-1,"A grant, for a choir",GB-CHC-1, The Choir ,M16 7GX,https://choir.example
360G-x-2,Another,GB-CHC-1,The Choir,,
`, preset(t, "uk-360giving-grants"))
	require.Len(t, rows, 2)
	assert.Equal(t, &ExternalKey{"360giving", "GB-CHC-1"}, rows[1].Key)
	assert.JSONEq(t, `{"name": {"en": "The Choir"}, "kind": "association", "country": "GB", "website": "https://choir.example",
		"address": {"postalCode": "M16 7GX"}, "externalIds": [{"system": "360giving", "id": "GB-CHC-1"}]}`, asJSON(t, rows[0].Members))
}

func TestSeutuPreset(t *testing.T) {
	rows := readRows(t, `{"id":"0193","version":3,"name":{"fi":" Kuoro\u00a0ry"},"memberCount":{"value":120,"year":2025},"dissolved":null,"anything":[1.5]}`+"\n", preset(t, "seutu"))
	require.Len(t, rows, 1)
	assert.JSONEq(t, `{"name":{"fi":"Kuoro ry"},"memberCount":{"value":120,"year":2025},"dissolved":null,"anything":[1.5]}`, asJSON(t, rows[0].Members))

	rows = readRows(t, "id,version,name.fi,municipalities,phone,externalIds,externalIds.crm,founded\nx,3,'=Kuoro,92|109,'+358 50,\"a:1|b:2\",C-3,1956\n", preset(t, "seutu"))
	require.Len(t, rows, 1)
	assert.Empty(t, rows[0].Faults)
	assert.JSONEq(t, `{"name":{"fi":"=Kuoro"},"municipalities":["092","109"],"phone":"+358 50",
		"externalIds":[{"system":"a","id":"1"},{"system":"b","id":"2"},{"system":"crm","id":"C-3"}],
		"founded":{"from":"1956-01-01","to":"1957-01-01","precision":"year","text":"1956"}}`, asJSON(t, rows[0].Members))
}
