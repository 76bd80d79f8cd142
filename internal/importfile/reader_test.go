package importfile

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// readAll opens the text and reads to the end, or to the first error that ends it.
func readAll(t *testing.T, text string, hint Options) (*Reader, []Record, error) {
	t.Helper()
	reader, err := Open(strings.NewReader(text), hint)
	require.NoError(t, err)
	records, err := drain(reader)
	return reader, records, err
}

func drain(reader *Reader) (records []Record, err error) {
	for {
		record, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return records, err
		}
		records = append(records, record)
	}
}

func encoded(t *testing.T, e encoding.Encoding, text string) string {
	t.Helper()
	out, err := e.NewEncoder().String(text)
	require.NoError(t, err)
	return out
}

func codeOf(err error) string {
	var f Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func TestDetection(t *testing.T) {
	for name, c := range map[string]struct {
		text      string
		hint      Options
		format    Format
		delimiter string
		rows      int
	}{
		"comma":                     {"a,b\n1,2\n", Options{}, CSV, ",", 1},
		"semicolon":                 {"a;b\n1;2\n3;4", Options{}, CSV, ";", 2},
		"tab":                       {"a\tb\n1\t2\n", Options{}, CSV, "\t", 1},
		"pipe":                      {"a|b\n1|2\n", Options{}, CSV, "|", 1},
		"semicolon beside commas":   {"Nimi;Osoite, katu\nA, B;Katu 1, Hki\n", Options{}, CSV, ";", 1},
		"comma beside semicolons":   {"a,b,c\n\"x;y\",2,3\n\"z;w\",2,3\n", Options{}, CSV, ",", 2},
		"one column":                {"Nimi\nA\nB\n", Options{}, CSV, ",", 2},
		"sep line":                  {"sep=;\r\na;b\r\n1;2\r\n", Options{}, CSV, ";", 1},
		"delimiter given":           {"a;b,c\n1;2,3\n", Options{Delimiter: ","}, CSV, ",", 1},
		"tab given":                 {"a\tb;c\n1\t2;3\n", Options{Delimiter: "tab"}, CSV, "\t", 1},
		"tsv given":                 {"a\tb;c\n1\t2;3\n", Options{Format: "tsv"}, CSV, "\t", 1},
		"bracket in a header":       {"[id],name\n1,2\n", Options{Name: "x.CSV"}, CSV, ",", 1},
		"array":                     {` [{"a":1}, {"a":2}]`, Options{}, JSON, "", 2},
		"empty array":               {`[]`, Options{}, JSON, "", 0},
		"wrong ending":              {`[{"a":1}]`, Options{Name: "x.ndjson"}, JSON, "", 1},
		"object":                    {"{\n \"n\": 1, \"items\": [{\"a\":1},{\"a\":2}], \"next\": null }", Options{}, JSON, "", 2},
		"object on one line":        {`{"items":[{"a":1},{"a":2}]}`, Options{Format: JSON}, JSON, "", 2},
		"object by path":            {`{"x":[1],"data":{"y":{"z":[]},"items":[{"a":1}],"w":2},"v":[3]}`, Options{Rows: "data.items"}, JSON, "", 1},
		"ndjson":                    {"{\"a\":1}\n\n{\"a\":2}\n", Options{}, NDJSON, "", 2},
		"ndjson called json":        {"{\"a\":1}\n{\"a\":2}\n", Options{Name: "x.json", Format: JSON}, NDJSON, "", 2},
		"ndjson of one":             {`{"a":[1]}`, Options{}, NDJSON, "", 1},
		"rejected rows of an array": {"{\"seutu:reason\":\"x\",\"a\":[1]}\n", Options{Rows: "data.items"}, NDJSON, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			reader, records, err := readAll(t, c.text, c.hint)
			require.NoError(t, err)
			assert.Equal(t, c.format, reader.Format())
			assert.Equal(t, c.delimiter, reader.Delimiter())
			assert.Len(t, records, c.rows)
			for _, record := range records {
				assert.NoError(t, record.Fault)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		hint Options
		want string
	}{
		"empty":             {"", Options{}, "empty"},
		"only a mark":       {"\xEF\xBB\xBF \n", Options{}, "empty"},
		"no header":         {"\n;;\n", Options{}, "empty"},
		"header":            {"a;\"b\n1;2\n", Options{}, "header in line 1"},
		"encoding":          {"a\n", Options{Encoding: "klingon"}, "klingon"},
		"format":            {"a\n", Options{Format: "xlsx"}, "xlsx"},
		"delimiter":         {"a\n", Options{Delimiter: "::"}, "delimiter"},
		"no array":          {"{\n\"a\": 1}", Options{}, "without an array"},
		"no such path":      {`{"data":{"x":[]}}`, Options{Rows: "data.items"}, `"items"`},
		"path to no array":  {`{"data":{"items":{"a":1}}}`, Options{Rows: "data.items"}, "no array"},
		"path to a scalar":  {`{"data":3}`, Options{Rows: "data.items"}, "no array"},
		"cut before it":     {`{"data":`, Options{Rows: "data.items"}, "cut short"},
		"utf-16, no mark":   {"a\x00;\x00b\x00\n\x00", Options{}, "NUL"},
		"long header":       {strings.Repeat("x", MaxRecord+1), Options{}, "longer"},
		"JSON that is none": {"nothing", Options{Format: JSON}, "no array"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(strings.NewReader(c.text), c.hint)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
		})
	}
	_, err := Open(io.MultiReader(strings.NewReader("a;b\n"), failing{}), Options{})
	assert.ErrorContains(t, err, "broken pipe")
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestEncodings(t *testing.T) {
	const text = "Nimi;Hinta\nJärjestö ry;5 €\nÅbo;–\n"
	latin := "Nimi;Hinta\nJärjestö ry;5\nÅbo;1\n"
	for name, c := range map[string]struct {
		bytes, encoding, wish string
		want                  string
	}{
		"utf-8":         {text, "utf-8", "", text},
		"utf-8 mark":    {"\xEF\xBB\xBF" + text, "utf-8", "", text},
		"mark wins":     {"\xEF\xBB\xBF" + text, "utf-8", "latin1", text},
		"windows-1252":  {encoded(t, charmap.Windows1252, text), "windows-1252", "", text},
		"latin-1":       {encoded(t, charmap.ISO8859_1, latin), "windows-1252", "", latin},
		"latin-9 given": {encoded(t, charmap.ISO8859_15, "Nimi;Hinta\nÅbo;€\n"), "iso-8859-15", "ISO-8859-15", "Nimi;Hinta\nÅbo;€\n"},
		"utf-16le mark": {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text), "utf-16le", "", text},
		"utf-16be mark": {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text), "utf-16be", "", text},
		"utf-16 given":  {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), text), "utf-16le", "utf-16", text},
	} {
		t.Run(name, func(t *testing.T) {
			reader, records, err := readAll(t, c.bytes, Options{Encoding: c.wish})
			require.NoError(t, err)
			assert.Equal(t, c.encoding, reader.Encoding())
			var got strings.Builder
			got.WriteString(strings.Join(reader.Columns(), ";") + "\n")
			for _, record := range records {
				require.NoError(t, record.Fault)
				got.WriteString(strings.Join(record.Cells, ";") + "\n")
			}
			assert.Equal(t, c.want, got.String())
		})
	}
	t.Run("utf-16 array", func(t *testing.T) {
		reader, records, err := readAll(t, encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), `[{"a":"ä€"}]`), Options{})
		require.NoError(t, err)
		assert.Equal(t, JSON, reader.Format())
		assert.Equal(t, "ä€", records[0].Object["a"])
	})
}

func TestEncodingIsDecidedOnTheBeginning(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("a;b\n")
	for b.Len() < 70_000 {
		b.WriteString("plain;text\n")
	}
	lines := bytes.Count(b.Bytes(), []byte("\n"))
	b.WriteString("J\xE4rvi;x\nJärvi;y\n")
	reader, records, err := readAll(t, b.String(), Options{})
	require.NoError(t, err)
	assert.Equal(t, "utf-8", reader.Encoding())
	bad, good := records[len(records)-2], records[len(records)-1]
	assert.Equal(t, CodeEncoding, codeOf(bad.Fault))
	assert.ErrorContains(t, bad.Fault, "byte 0xE4 at byte 2")
	assert.Equal(t, lines+1, bad.Line)
	assert.NoError(t, good.Fault)

	// A character that the end of the sample cuts through makes no file Windows-1252.
	for shift := range 4 {
		text := "a\n" + strings.Repeat("x", sampleSize-4-shift) + "\n" + strings.Repeat("ä€", 9) + "\n"
		reader, _, err := readAll(t, text, Options{})
		require.NoError(t, err)
		assert.Equal(t, "utf-8", reader.Encoding(), shift)
	}
}

func TestLimitsAndDamage(t *testing.T) {
	long := strings.Repeat("x", MaxRecord+10)
	deep := strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33)
	for name, c := range map[string]struct {
		text  string
		codes []string // of each record, "" for a good one
		lines []int
	}{
		"csv line":            {"a;b\n1;2\n" + long + "\n3;4\n", []string{"", CodeTooLong, ""}, []int{2, 3, 4}},
		"csv record":          {"a;b\n1;\"" + strings.Repeat(strings.Repeat("y", 1000)+"\n", 1100) + "\"\n", nil, nil},
		"csv at the limit":    {"a\n" + long[:MaxRecord] + "\r\nb\n", []string{"", ""}, []int{2, 3}},
		"csv NUL":             {"a;b\n1;\x00\n3;4\n", []string{CodeNUL, ""}, []int{2, 3}},
		"csv damaged earlier": {"a;b\nJ\uFFFDrvi;2\n3;4\n", []string{CodeEncoding, ""}, []int{2, 3}},
		"ndjson line":         {"{\"a\":1}\n{\"a\":\"" + long + "\"}\n{\"a\":2}\n", []string{"", CodeTooLong, ""}, []int{1, 2, 3}},
		"ndjson NUL":          {"{\"a\":1}\n{\"a\":\"\\u0000\"}\n{\"a\":2}", []string{"", CodeNUL, ""}, []int{1, 2, 3}},
		"ndjson surrogate":    {"{\"a\":1}\n{\"a\":[{\"b\":\"\\ud800\"}]}\n{\"a\":2}", []string{"", CodeEncoding, ""}, []int{1, 2, 3}},
		"ndjson depth":        {"{\"a\":1}\n" + deep + "\n", []string{"", CodeTooDeep}, []int{1, 2}},
		"ndjson syntax":       {"{\"a\":1}\n{\"a\":}\n[1]\n{} {}\n{\"a\":2}\n", []string{"", CodeMalformed, CodeNotObject, CodeMalformed, ""}, nil},
		"array element":       {"[\n{\"a\":1},\n{\"a\":\"" + long + "\"},\n{\"a\":2}]", []string{"", CodeTooLong, ""}, []int{2, 3, 4}},
		"array of all sorts":  {"[1, \"x\", null,\n{\"a\":tru}, [], {\"a\":2}]", []string{CodeNotObject, CodeNotObject, CodeNotObject, CodeMalformed, CodeNotObject, ""}, []int{1, 1, 1, 2, 2, 2}},
		"array open quote":    {"[\n{\"a\":\"x,\n \"b\":2},\n{\"a\":2}\n]", []string{CodeMalformed, ""}, []int{2, 4}},
		"array bad byte":      {"[{\"a\":\"\xE4\"},{\"a\":2}]", []string{CodeEncoding, ""}, nil},
		"array depth":         {"[" + deep + ",{\"a\":2}]", []string{CodeTooDeep, ""}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, records, err := readAll(t, c.text, Options{})
			require.NoError(t, err)
			for i, record := range records {
				assert.Equal(t, i+1, record.Number)
				assert.LessOrEqual(t, len(record.Raw), MaxRecord)
				if i < len(c.codes) {
					assert.Equal(t, c.codes[i], codeOf(record.Fault), "record %d", i+1)
				}
				if i < len(c.lines) {
					assert.Equal(t, c.lines[i], record.Line, "record %d", i+1)
				}
			}
			if c.codes != nil {
				assert.Len(t, records, len(c.codes))
			}
		})
	}
}

func TestJSONThatEndsTheFile(t *testing.T) {
	for name, c := range map[string]struct {
		text, want string
		rows       int
		hint       Options
	}{
		"cut in an element":  {"[{\"a\":1},\n{\"a\":", "line 2: the file is cut short", 1, Options{}},
		"cut after a comma":  {"[{\"a\":1},\n", "cut short", 1, Options{}},
		"cut after the last": {"[{\"a\":1}\n", "cut short", 1, Options{}},
		"cut around it":      {"{\n\"items\":[{\"a\":1}]", "cut short", 1, Options{}},
		"no comma":           {"[{\"a\":1}\n{\"a\":2}]", "line 2: ',' is expected", 1, Options{}},
		"comma at the end":   {"[{\"a\":1},]", "a value is missing", 1, Options{}},
		"text behind":        {"[{\"a\":1}] x", "follows the end", 1, Options{}},
		"second array":       {"{\n\"a\":[{\"a\":1}],\"b\":[]}", "second array", 1, Options{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, records, err := readAll(t, c.text, c.hint)
			assert.ErrorContains(t, err, c.want)
			assert.Len(t, records, c.rows)
		})
	}
	reader, err := Open(strings.NewReader("[{}"), Options{})
	require.NoError(t, err)
	_, err = drain(reader)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, again := reader.Next()
	assert.Equal(t, err, again)
}
