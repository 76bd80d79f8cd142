package importfile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"
)

// reject writes every record of the text that has a fault, or all.
func reject(t require.TestingT, text string, hint Options, all bool) string {
	reader, err := Open(strings.NewReader(text), hint)
	require.NoError(t, err)
	var out bytes.Buffer
	rejects := NewRejects(&out, reader)
	records, err := drain(reader)
	require.NoError(t, err)
	for _, record := range records {
		if record.Fault != nil {
			require.NoError(t, rejects.Write(record, record.Fault.Error()))
		} else if all {
			require.NoError(t, rejects.Write(record, "no such town: \"Mu\"; →"))
		}
	}
	require.NoError(t, rejects.Close())
	return out.String()
}

func TestRejectedCSV(t *testing.T) {
	const text = "Nimi;Kunta\nA;1\nB\n\"say \"\"x\"\"; y\";2\nbad \"quote;3\n\"open;4\nC;\"two\nlines\"\n"
	assert.Equal(t, "Nimi;Kunta;seutu:reason\n"+
		"A;1;\"no such town: \"\"Mu\"\"; →\"\n"+
		"B;the row has 1 cells and the header 2\n"+
		"\"say \"\"x\"\"; y\";2;\"no such town: \"\"Mu\"\"; →\"\n"+
		"bad \"quote;3;\"a quote stands inside cell 1, which is not quoted\"\n"+
		"\"open;4;\"text follows the closing quote of cell 1\"\n"+
		"C;\"two\nlines\";\"no such town: \"\"Mu\"\"; →\"\n", reject(t, text, Options{}, true))
	assert.Empty(t, reject(t, "a;b\n1;2\n", Options{}, false))
}

func TestRejectedRowsComeBack(t *testing.T) {
	for name, text := range map[string]string{
		"csv":          "Nimi;Kunta\nA;1\nB\nC;2;3\nbad \"quote;3\nC;\"two\nlines\"\n\"open;4",
		"tsv":          "Nimi\tKunta\nA\t1\nB;x\n",
		"one column":   "Nimi\nA\nB,C\n\"D",
		"bom":          "\xEF\xBB\xBFNimi;Kunta\nÄ;1\n",
		"windows-1252": encoded(t, charmap.Windows1252, "Nimi;Hinta\nÄ ry;5 €\nÖ\n"),
		"utf-16":       encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "Nimi;Hinta\nÄ ry;5 €\nÖ\n"),
		"bad byte":     "Nimi;Kunta\n" + strings.Repeat("x;1\n", 20_000) + "J\xE4;1\n",
		"too long":     "Nimi;Kunta\n" + strings.Repeat("x;", MaxRecord) + "\nA;1\n",
		"long and one": "Nimi\n" + strings.Repeat("x", MaxRecord+1) + "\nA\n",
		"array":        "[{\"b\": 1,\n \"a\": \"x\\ny\"}, 3, {\"a\":}, {\"a\":\"\xE4\"}, {}]",
		"ndjson":       "{\"b\":1.50,\"a\":2}\n{\n[\"x\"]\n{\"a\":\"\\u0000\"}\n",
	} {
		t.Run(name, func(t *testing.T) {
			before, _, _ := readAll(t, text, Options{})
			once := reject(t, text, Options{}, true)
			after, records, err := readAll(t, once, Options{})
			require.NoError(t, err)
			assert.Equal(t, before.Columns(), after.Columns())
			if name != "bad byte" { // the whole file is written as text again
				assert.Equal(t, before.Encoding(), after.Encoding())
			}
			_, original, _ := readAll(t, text, Options{})
			require.Len(t, records, len(original))
			for i := range records {
				if original[i].Cells != nil {
					assert.Equal(t, original[i].Cells, replaced(records[i].Cells, original[i].Cells), i)
				}
				assert.Equal(t, original[i].Fault != nil, records[i].Fault != nil, "row %d: %v", i, records[i].Fault)
				if original[i].Object != nil && original[i].Fault == nil {
					assert.Equal(t, original[i].Object, records[i].Object)
				}
			}
			// Rejecting the rejected changes nothing more than the reasons.
			_, again, err := readAll(t, reject(t, once, Options{}, true), Options{})
			require.NoError(t, err)
			assert.Len(t, again, len(records))
		})
	}
}

// replaced leaves the cells whose bytes were no text out of the comparison.
func replaced(cells, original []string) []string {
	for i, cell := range cells {
		if strings.Contains(cell, "\uFFFD") && i < len(original) {
			cells[i] = original[i]
		}
	}
	return cells
}

func TestRejectedJSON(t *testing.T) {
	assert.Equal(t, `{"seutu:reason":"no such town: \"Mu\"; →","b": 1.50,  "a":"x<y"}`+"\n"+
		`{"seutu:reason":"the row is no object","seutu:raw":"3"}`+"\n"+
		`{"seutu:reason":"no such town: \"Mu\"; →"}`+"\n",
		reject(t, "[{\"b\": 1.50, \n\"a\":\"x<y\"}, 3, {}]", Options{}, true))
	assert.Equal(t, `{"seutu:reason":"no such town: \"Mu\"; →","a":1}`+"\n", reject(t, `{"seutu:reason":"old","a":1}`, Options{}, true))
}

func TestAReasonThatTheEncodingLacks(t *testing.T) {
	out := reject(t, encoded(t, charmap.Windows1252, "Nimi;Hinta\nÄ;5 €\n"), Options{}, true)
	assert.Contains(t, out, "\x80")
	assert.Contains(t, out, "&#8594;")
}

// Any cells, however wild, come back from the file of rejected rows as they were.
func TestRejectedCellsRoundTrip(t *testing.T) {
	cell := rapid.StringOfN(rapid.RuneFrom([]rune("ab,;|\t\"\n ä€'=")), 0, 12, -1)
	rapid.Check(t, func(t *rapid.T) {
		delimiter := rapid.SampledFrom([]string{",", ";", "|", "\t"}).Draw(t, "delimiter")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 1, 8).Draw(t, "rows")
		text := strings.Join([]string{"x", "y", "z"}, delimiter) + "\n"
		var want [][]string
		for _, row := range rows {
			quoted := make([]string, len(row))
			for i, c := range row {
				quoted[i] = `"` + strings.ReplaceAll(c, `"`, `""`) + `"`
			}
			text += strings.Join(quoted, delimiter) + "\n"
			if !blank(row) {
				want = append(want, row)
			}
		}
		hint := Options{Delimiter: delimiter}
		for range 3 {
			reader, err := Open(strings.NewReader(text), hint)
			require.NoError(t, err)
			records, err := drain(reader)
			require.NoError(t, err)
			require.Len(t, records, len(want))
			for i, record := range records {
				require.NoError(t, record.Fault)
				require.Equal(t, want[i], record.Cells)
			}
			if len(want) == 0 {
				return
			}
			text = reject(t, text, hint, true)
		}
	})
}
