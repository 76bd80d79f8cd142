package importfile

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func mustParse(t testing.TB, document string) *Mapping {
	t.Helper()
	mapping, err := ParseMapping([]byte(document))
	require.NoError(t, err)
	return mapping
}

// resolveTestTown knows two municipalities.
func resolveTestTown(input string) (string, error) {
	switch strings.ToLower(input) {
	case "109", "hämeenlinna", "tavastehus":
		return "109", nil
	case "092", "vantaa":
		return "092", nil
	}
	return "", errors.New("no municipality " + input)
}

func readRows(t *testing.T, text string, mapping *Mapping) []Row {
	t.Helper()
	reader, err := Open(strings.NewReader(text), mapping.Options(""))
	require.NoError(t, err)
	rows, err := NewRows(reader, mapping, resolveTestTown)
	require.NoError(t, err)
	var all []Row
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		all = append(all, row)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

const finnishMapping = `{
	"columns": {
		"Nimi": "name.fi", "Namn": "name.sv", "Y-tunnus": "businessId", "Kunta": "municipality", "Toimii": "municipalities[]",
		"Katu": "address.street", "Postinro": "address.postalCode", "Perustettu": "founded", "Rekisteröity": "registeredOn",
		"Kielet": "languages", "Jäseniä": "memberCount.value", "Vuosi": "memberCount.year", "Lat": "location.lat",
		"Lon": "location.lon", "Kotisivu": "website", "Aiemmin": "otherNames", "Liitto": "affiliations",
		"Muoto": "kind", "Kuvaus": "description.fi", "CRM": "externalIds.crm"
	},
	"constants": {"country": "FI", "kind": "informal_group"},
	"key": {"column": "Nro", "system": "hml"},
	"split": {"Kielet": ",", "Toimii": ",", "Aiemmin": "/"},
	"values": {"kind": {"Yhdistys": "association", "-": ""}},
	"kindFromName": true
}`

const finnishHeader = "Nro;Nimi;Namn;Y-tunnus;Kunta;Toimii;Katu;Postinro;Perustettu;Rekisteröity;Kielet;Jäseniä;Vuosi;Lat;Lon;Kotisivu;Aiemmin;Liitto;Muoto;Kuvaus;CRM;Muuta\n"

func TestRowOfAllMembers(t *testing.T) {
	rows := readRows(t, finnishHeader+
		"17; Kuoro\u00A0 ry ;Kör rf;0201256-6;Hämeenlinna;92, 109,Vantaa;Katu 1;700;2.1.1956;1956-01-02;suomi, Finska,EN;1\u00A0234;2025;60,99;24.46;www.kuoro.fi;Vanha ry/Vanhin;Liitto ry;YHDISTYS;\"Ensin.\r\n\r\nSitten.\";A-17;x\n",
		mustParse(t, finnishMapping))
	require.Len(t, rows, 1)
	require.Empty(t, rows[0].Faults)
	assert.Equal(t, 2, rows[0].Line)
	assert.Equal(t, &ExternalKey{"hml", "17"}, rows[0].Key)
	assert.JSONEq(t, `{
		"name": {"fi": "Kuoro ry", "sv": "Kör rf"}, "businessId": "0201256-6", "municipality": "109", "municipalities": ["092", "109"],
		"address": {"street": "Katu 1", "postalCode": "00700"}, "country": "FI", "kind": "association",
		"founded": {"from": "1956-01-02", "to": "1956-01-03", "precision": "day", "text": "2.1.1956"}, "registeredOn": "1956-01-02",
		"languages": ["fi", "en"], "memberCount": {"value": 1234, "year": 2025}, "location": {"lat": 60.99, "lon": 24.46},
		"website": "https://www.kuoro.fi", "otherNames": [{"name": {"fi": "Vanha ry"}}, {"name": {"fi": "Vanhin"}}],
		"affiliations": [{"name": "Liitto ry"}], "description": {"fi": "Ensin.\n\nSitten."},
		"externalIds": [{"system": "crm", "id": "A-17"}, {"system": "hml", "id": "17"}]
	}`, asJSON(t, rows[0].Members))
}

func TestEmptyCellsAndFaults(t *testing.T) {
	rows := readRows(t, finnishHeader+
		";Pienryhmä;;;;;;;;;;;2020;;;;;;-;;;\n"+
		"18;X ry;;;Atlantis;109,Mu;;;1/2/1956;1956;klingon;noin 10;'25;91;24;;;;seura;;;\n"+
		"19;X ry;;;;;;;;;;;;60;;;;;;;;\n"+
		"20;short\n", mustParse(t, finnishMapping))
	require.Len(t, rows, 4)
	assert.Empty(t, rows[0].Faults)
	assert.Nil(t, rows[0].Key)
	assert.JSONEq(t, `{"name": {"fi": "Pienryhmä"}, "kind": "informal_group", "country": "FI"}`, asJSON(t, rows[0].Members))

	var got []string
	for _, fault := range rows[1].Faults {
		got = append(got, fault.Member+" "+fault.Code)
	}
	assert.ElementsMatch(t, []string{
		"municipality unknown-municipality", "municipalities unknown-municipality", "founded invalid-date",
		"registeredOn invalid-date", "languages unknown-language", "memberCount.value invalid-number",
		"memberCount.year invalid-number", "location.lat invalid-point", "kind unknown-kind",
	}, got)
	assert.Equal(t, []Fault{{"location", CodeInvalidPoint, "a point needs both lat and lon"}}, rows[2].Faults)
	assert.Equal(t, CodeRagged, rows[3].Faults[0].Code)
	assert.Nil(t, rows[3].Members)
	assert.Contains(t, Reason(rows[1].Faults), "no municipality Atlantis")
}

func TestJSONRows(t *testing.T) {
	mapping := mustParse(t, `{
		"rows": "data.items",
		"columns": {"name": "name.fi", "location.city.cityCode": "municipality", "location.lat": "location.lat", "location.lon": "location.lon",
			"a.b": "registerNumber", "jäseniä": "memberCount.value", "vuosi": "founded", "liitot": "affiliations", "poika": "website"},
		"optional": ["poika"],
		"key": {"column": "id", "system": "lipas"}
	}`)
	rows := readRows(t, `{"data": {"items": [
		{"id": 72269.0, "name": "Halli", "location": {"city": {"cityCode": 92}, "lat": 60.5, "lon": 24}, "a.b": "12.345", "jäseniä": 120, "vuosi": 1956,
		 "liitot": ["A", null, " ", "B", "A", {"name": "C", "from": "2001-01-01"}]},
		{"id": null, "name": {"fi": "x"}, "location": null}
	]}}`, mapping)
	require.Len(t, rows, 2)
	require.Empty(t, rows[0].Faults)
	assert.Equal(t, &ExternalKey{"lipas", "72269"}, rows[0].Key)
	assert.JSONEq(t, `{"name": {"fi": "Halli"}, "municipality": "092", "location": {"lat": 60.5, "lon": 24}, "registerNumber": "12.345",
		"memberCount": {"value": 120}, "founded": {"from": "1956-01-01", "to": "1957-01-01", "precision": "year", "text": "1956"},
		"affiliations": [{"name": "A"}, {"name": "B"}, {"name": "C", "from": "2001-01-01"}],
		"externalIds": [{"system": "lipas", "id": "72269"}]}`, asJSON(t, rows[0].Members))
	assert.Equal(t, []Fault{{"name.fi", CodeInvalidType, "an object or array stands where a single value is expected"}}, rows[1].Faults)
	assert.Equal(t, 3, rows[1].Line-rows[0].Line+1)
}

func TestMappingFaults(t *testing.T) {
	_, err := ParseMapping([]byte(`{
		"format": "xlsx", "delimiter": "::", "encoding": "klingon", "colums": {},
		"columns": {"A": "name.se", "B": "name.fi", "C": "name.fi", "C": "name.sv", "D": "name.sv"},
		"optional": ["Z"], "constants": {"color": "red"}, "values": {"shape": {}}, "split": {"B": ",", "Q": ""},
		"key": {"column": "A", "sys": "x"}, "federations": true, "identity": "yes"
	}`))
	var mappingErr *MappingError
	require.ErrorAs(t, err, &mappingErr)
	var got []string
	for _, fault := range mappingErr.Faults {
		got = append(got, fault.Member+" "+fault.Code)
	}
	assert.ElementsMatch(t, []string{
		"format mapping", "delimiter mapping", "encoding mapping", "colums unknown-member", "columns.A unknown-member",
		"columns.C mapping", "columns.D mapping", "optional unknown-column", "constants.color unknown-member",
		"values.shape unknown-member", "split.B mapping", "split.Q mapping", "split.Q mapping", "key mapping", "key mapping",
		"federations mapping", "identity mapping",
	}, got)
	for _, document := range []string{``, `[]`, `null`, `{}`, `{"columns":{}}`, `{"columns":{"a":1}}`, `{"columns":{"a":"name.fi"}} x`} {
		_, err := ParseMapping([]byte(document))
		assert.Error(t, err, document)
	}
}

func TestMappingAgainstTheFile(t *testing.T) {
	faultsOf := func(text, document string) []string {
		mapping := mustParse(t, document)
		reader, err := Open(strings.NewReader(text), mapping.Options(""))
		require.NoError(t, err)
		_, err = NewRows(reader, mapping, resolveTestTown)
		if err == nil {
			return nil
		}
		var mappingErr *MappingError
		require.ErrorAs(t, err, &mappingErr)
		var got []string
		for _, fault := range mappingErr.Faults {
			got = append(got, fault.Member+" "+fault.Code)
		}
		return got
	}
	assert.Equal(t, []string{"constants.municipality unknown-municipality", "Kunta doubled-column", "Namn unknown-column", "Id unknown-column"},
		faultsOf("Nimi;Kunta;Kunta\n", `{"columns":{"Nimi":"name.fi","Kunta":"registerNumber","Namn":"name.sv"},"optional":["Nimi"],
			"constants":{"municipality":"Atlantis"},"key":{"column":"Id","system":"x"}}`))
	assert.Nil(t, faultsOf("Nimi;Muu;Muu;;\n", `{"columns":{"Nimi":"name.fi","Namn":"name.sv"},"optional":["Namn"]}`))
	assert.Equal(t, []string{"Namn unknown-column"}, faultsOf(`[{"Nimi":"x"},{"Nimi":"y"}]`, `{"columns":{"Nimi":"name.fi","Namn":"name.sv"}}`))
	assert.Nil(t, faultsOf(`[{"Nimi":"x"},{"Namn":"y"}]`, `{"columns":{"Nimi":"name.fi","Namn":"name.sv"}}`))
	assert.Nil(t, faultsOf(`[]`, `{"columns":{"Nimi":"name.fi"}}`))
	assert.Equal(t, []string{"name unknown-member"}, faultsOf("name;version\n", `{"identity":true}`))
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"2006-01-02": "2006-01-02 2006-01-03 day", "2.1.2006": "2006-01-02 2006-01-03 day", "02.01.2006": "2006-01-02 2006-01-03 day",
		"2. 1. 2006": "2006-01-02 2006-01-03 day", "31.12.1999": "1999-12-31 2000-01-01 day", "29.2.2000": "2000-02-29 2000-03-01 day",
		"2006": "2006-01-01 2007-01-01 year", "12/2006": "2006-12-01 2007-01-01 month", "2006-12": "2006-12-01 2007-01-01 month",
		"2019-08-29 15:55:30.259": "2019-08-29 2019-08-30 day", "2019-08-29T00:00:00Z": "2019-08-29 2019-08-30 day",
	} {
		date, err := parseDate(text)
		if assert.NoError(t, err, text) {
			assert.Equal(t, want, date.from.Format(day)+" "+date.to.Format(day)+" "+date.precision, text)
		}
	}
	for _, text := range []string{"", "x", "29.2.2001", "31.4.2006", "0.1.2006", "1.13.2006", "13/2006", "1/2/2006", "2.1.06", "06", "20060102",
		"2006-1-2", "2006-01-02x", "2006-01-02Txx", "2006-01-02-03", "0000-00-00", "-2006", "2006-", "1.2006", "9999", "..", "/", "-", "2.1.2006 ry"} {
		_, err := parseDate(text)
		assert.Equal(t, CodeInvalidDate, codeOf(err), text)
	}
}

func TestKindFromName(t *testing.T) {
	for name, want := range map[string]string{
		"Hämeenlinnan Kuoro ry": "association", "Kuoro R.Y.": "association", "Kuoro ry.": "association", "Kör r.f.": "association",
		"Kör rf": "association", "Suomen Kuoro ry, Hämeen osasto": "association", "Kuoro ry (ent. Mieskuoro)": "association",
		"Tukiyhdistys": "association", "Föreningen Luckan": "association", "ADHD-liitto ry": "association", "Puolue r.p.": "association",
		"A-klinikkasäätiö sr": "foundation", "Lastensäätiö": "foundation", "Stiftelsen för Åbo Akademi": "foundation", "X stiftelse": "foundation",
		"Yhtiö Oy": "company", "Oy Karl Fazer Ab": "company", "Oyj Yhtiö": "company", "Boliden AB": "company", "Neste Oyj": "company", "Foo Ltd.": "company",
		"Osuuskunta Tradeka": "cooperative", "Pirkan osuuskunta": "cooperative", "Kaupat osk": "cooperative", "X andelslag": "cooperative",
		"Hämeenlinna-Vanajan seurakunta": "parish", "Borgå svenska domkyrkoförsamling": "parish", "Helluntaiseurakunta ry": "association",
		"Hämeenlinnan kaupunki": "municipality", "Hämeenlinnan kaupunki, nuorisopalvelut": "municipality", "Hattulan kunta": "municipality",
		"Helsingfors stad": "municipality", "Sibbo kommun": "municipality", "Helsingin yliopiston ylioppilaskunta": "", "Kunta-alan väki": "",
		"Koulutuskuntayhtymä Tavastia": "joint_authority", "Lahden seurakuntayhtymä": "parish", "Hämeen liitto": "", "Lääkäriliitto": "association", "Vakuutusyhtiö Fennia": "", "Keskinäinen Vakuutusyhtiö": "company", "Eläkesäätiö s.r.": "foundation", "Tavastian koulutuskuntayhtymä": "joint_authority", "X samkommun": "joint_authority",
		"Kanta-Hämeen hyvinvointialue": "wellbeing_services_county", "Östra Nylands välfärdsområde": "wellbeing_services_county",
		"Maahanmuuttovirasto": "state_agency", "Sosiaali- ja terveysministeriö": "state_agency", "Pihapiiri": "", "": "", ",": "", "...": "",
	} {
		assert.Equal(t, want, KindFromName(name, false), name)
	}
	assert.Equal(t, "federation", KindFromName("ADHD-liitto ry", true))
	assert.Equal(t, "federation", KindFromName("Finlands Svenska Ungdomsförbund rf", true))
	assert.Equal(t, "company", KindFromName("Liitto Oy", true))
	rows := readRows(t, "Nimi\nPihapiiri\nX ry\n", mustParse(t, `{"columns":{"Nimi":"name.fi"},"kindFromName":true}`))
	assert.Equal(t, CodeMissingKind, rows[0].Faults[0].Code)
	assert.Equal(t, "association", rows[1].Members["kind"])
}

func TestConverters(t *testing.T) {
	for member, cases := range map[string]map[string]any{ // an error code in angle brackets, or the value
		"memberCount.value":  {"1 234": 1234, "120.0": 120, "120,00": 120, "1,000": "<invalid-number>", "1.234": "<invalid-number>", "-1": "<invalid-number>", "9999999999": "<invalid-number>"},
		"country":            {"fi": "FI", "Suomi": "<invalid-country>"},
		"status":             {"Published": "published", "live": "<unknown-status>"},
		"languages":          {"Svenska": "sv", "SMN": "smn", "fi-FI": "<unknown-language>"},
		"website":            {"https://a.fi": "https://a.fi", "a.fi/x": "https://a.fi/x", "ei ole": "ei ole", "mailto:x": "mailto:x"},
		"location.lon":       {"24,5": 24.5, "-24.5": -24.5, "181": "<invalid-point>", "NaN": "<invalid-point>", "24.5E": "<invalid-point>"},
		"municipality":       {"92": "092", "Vantaa": "092", "9999": "<unknown-municipality>"},
		"description.fi":     {"a\u0308\r\n b ": "ä\n b"},
		"name.fi":            {"a\u0308\u00A0\t b\u200B": "ä b"},
		"externalIds":        {"x:y:z": map[string]any{"system": "x", "id": "y:z"}, "x": "<invalid-external-id>"},
		"address.postalCode": {"700": "700"},
	} {
		convert, ok := findTarget(member)
		require.True(t, ok, member)
		for text, want := range cases {
			got, err := convert.convert(resolveTestTown, text)
			if err != nil {
				f := asFault(err, "", CodeUnknownMunicipality)
				got = "<" + f.Code + ">"
			}
			assert.Equal(t, want, got, "%s %q", member, text)
		}
	}
	assert.Contains(t, Targets(), "name.fi")
}

func TestPostalCodes(t *testing.T) {
	mapping := mustParse(t, `{"columns":{"n":"name.fi","p":"address.postalCode","c":"country"}}`)
	rows := readRows(t, "n;p;c\na;700;\nb;700;fi\nc;700;SE\nd;FI-700;\n", mapping)
	var got []string
	for _, row := range rows {
		got = append(got, textAt(row.Members, "address", "postalCode"))
	}
	assert.Equal(t, []string{"00700", "00700", "700", "FI-700"}, got)
}

func TestConstantsAreNotShared(t *testing.T) {
	rows := readRows(t, "n\na\nb\n", mustParse(t, `{"columns":{"n":"name.fi"},
		"constants":{"founded":{"from":"2000-01-01"},"languages":["fi","ruotsi"],"memberCount.value":3}}`))
	rows[0].Members["founded"].(map[string]any)["from"] = "x"
	assert.JSONEq(t, `{"name":{"fi":"b"},"founded":{"from":"2000-01-01"},"languages":["fi","sv"],"memberCount":{"value":3}}`, asJSON(t, rows[1].Members))
}
