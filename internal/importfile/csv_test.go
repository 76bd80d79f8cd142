package importfile

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCSVRows(t *testing.T) {
	type row struct {
		line  int
		cells []string
		code  string
	}
	for name, c := range map[string]struct {
		text string
		want []row
	}{
		"quotes":               {"a;b\n\"x;y\";\"say \"\"hi\"\"\"\n", []row{{2, []string{"x;y", `say "hi"`}, ""}}},
		"empty quoted":         {"a;b\n\"\";x\n", []row{{2, []string{"", "x"}, ""}}},
		"line breaks":          {"a;b\r\n1;\"x\r\ny\n\nz\"\r\n2;w\r\n", []row{{2, []string{"1", "x\ny\n\nz"}, ""}, {6, []string{"2", "w"}, ""}}},
		"empty lines":          {"\n\na;b\n\n1;2\n;;\n   \n\n3;4", []row{{5, []string{"1", "2"}, ""}, {9, []string{"3", "4"}, ""}}},
		"short":                {"a;b;c\n1;2\n1;2;3\n", []row{{2, []string{"1", "2"}, CodeRagged}, {3, []string{"1", "2", "3"}, ""}}},
		"long":                 {"a;b\n1;2;3\n1;2\n", []row{{2, []string{"1", "2", "3"}, CodeRagged}, {3, []string{"1", "2"}, ""}}},
		"empty cells behind":   {"a;b\n1;2;; \n", []row{{2, []string{"1", "2"}, ""}}},
		"bare quote":           {"a;b\n1;5\" pipe\n3;4\n", []row{{2, nil, CodeMalformed}, {3, []string{"3", "4"}, ""}}},
		"text behind a quote":  {"a;b\n1;\"x\"y\n3;4\n", []row{{2, nil, CodeMalformed}, {3, []string{"3", "4"}, ""}}},
		"open to the end":      {"a;b\n1;\"x\n3;4\n5;6\n", []row{{2, nil, CodeMalformed}, {3, []string{"3", "4"}, ""}, {4, []string{"5", "6"}, ""}}},
		"open to the next":     {"a;b\n1;\"x\n3;4\n5;\"6\"\n7;8\n", []row{{2, nil, CodeMalformed}, {3, []string{"3", "4"}, ""}, {4, []string{"5", "6"}, ""}, {5, []string{"7", "8"}, ""}}},
		"old macintosh":        {"a;b\r1;2\r3;4\r", []row{{2, []string{"1", "2"}, ""}, {3, []string{"3", "4"}, ""}}},
		"reason is left out":   {"a;seutu:reason;b\n1;why;2\n", []row{{2, []string{"1", "2"}, ""}}},
		"quote in the sample":  {"a;b\n\"x\ny\";1\n", []row{{2, []string{"x\ny", "1"}, ""}}},
		"cells keep spaces":    {"a;b\n 1 ;2\n", []row{{2, []string{" 1 ", "2"}, ""}}},
		"no break at the end":  {"a;b\n1;2", []row{{2, []string{"1", "2"}, ""}}},
		"quote closes at end":  {"a;b\n1;\"2\"", []row{{2, []string{"1", "2"}, ""}}},
		"delimiter at the end": {"a;b\n1;\n", []row{{2, []string{"1", ""}, ""}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, records, err := readAll(t, c.text, Options{})
			require.NoError(t, err)
			var got []row
			for _, record := range records {
				got = append(got, row{record.Line, record.Cells, codeOf(record.Fault)})
			}
			assert.Equal(t, c.want, got)
		})
	}
}

func TestCSVHeader(t *testing.T) {
	reader, _, err := readAll(t, "\xEF\xBB\xBF\"Nimi \";\"Koti\u00A0kunta\n(koodi)\";\n1;2;\n", Options{})
	require.NoError(t, err)
	assert.Equal(t, []string{"Nimi", "Koti kunta (koodi)", ""}, reader.Columns())
}

// rowsOf is a file of any length that needs no memory.
type rowsOf struct {
	rows, at int
	rest     string
	row      func(i int) string
}

func (r *rowsOf) Read(p []byte) (int, error) {
	for r.rest == "" {
		if r.at == r.rows {
			return 0, io.EOF
		}
		r.rest = r.row(r.at)
		r.at++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func TestMemoryDoesNotGrow(t *testing.T) {
	for name, row := range map[string]func(int) string{
		"csv": func(i int) string {
			if i == 0 {
				return "Nimi;Kunta\n"
			}
			if i == 7 {
				return "\"never closed;109\n"
			}
			return fmt.Sprintf("Yhdistys %d ry;109\n", i)
		},
		"ndjson": func(i int) string { return fmt.Sprintf("{\"Nimi\":\"Yhdistys %d ry\",\"Kunta\":109}\n", i) },
		"array": func(i int) string {
			if i == 0 {
				return `[{"Nimi":"x","Kunta":1}`
			}
			return fmt.Sprintf(",{\"Nimi\":\"Yhdistys %d ry\",\"Kunta\":109}%s", i, strings.Repeat("]", i/199_999))
		},
	} {
		t.Run(name, func(t *testing.T) {
			mapping, err := ParseMapping([]byte(`{"columns":{"Nimi":"name.fi","Kunta":"municipality"},"kindFromName":true}`))
			require.NoError(t, err)
			reader, err := Open(&rowsOf{rows: 200_000, row: row}, mapping.Options(""))
			require.NoError(t, err)
			rows, err := NewRows(reader, mapping, nil)
			require.NoError(t, err)
			var most uint64
			n := 0
			for ; ; n++ {
				_, err := rows.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err)
				if n%50_000 == 49_999 {
					var stats runtime.MemStats
					runtime.GC()
					runtime.ReadMemStats(&stats)
					most = max(most, stats.HeapAlloc)
				}
			}
			assert.Greater(t, n, 199_000)
			assert.Less(t, most, uint64(32<<20))
		})
	}
}

func BenchmarkCSV(b *testing.B) {
	row := func(i int) string {
		if i == 0 {
			return "Nimi;Y-tunnus;Kunta;Katu;Postinumero;Postitoimipaikka;Perustettu;Kielet\n"
		}
		return "Hämeenlinnan Kuoro ry;0201256-6;Hämeenlinna;Raatihuoneenkatu 9;13100;HÄMEENLINNA;1.2.1956;suomi, ruotsi\n"
	}
	b.Run("reader", func(b *testing.B) {
		reader, err := Open(&rowsOf{rows: b.N + 1, row: row}, Options{})
		require.NoError(b, err)
		b.ReportAllocs()
		for range b.N {
			if _, err := reader.Next(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("rows", func(b *testing.B) {
		mapping, err := ParseMapping([]byte(`{"columns":{"Nimi":"name.fi","Y-tunnus":"businessId","Kunta":"municipality","Katu":"address.street",
			"Postinumero":"address.postalCode","Postitoimipaikka":"address.postOffice","Perustettu":"founded","Kielet":"languages"},
			"split":{"Kielet":","},"kindFromName":true}`))
		require.NoError(b, err)
		reader, err := Open(&rowsOf{rows: b.N + 1, row: row}, mapping.Options(""))
		require.NoError(b, err)
		rows, err := NewRows(reader, mapping, func(string) (string, error) { return "109", nil })
		require.NoError(b, err)
		b.ReportAllocs()
		for range b.N {
			if _, err := rows.Next(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
