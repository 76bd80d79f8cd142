package importfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
)

func FuzzOpen(f *testing.F) {
	for _, seed := range []string{
		"", "a;b\n1;2\n", "a,b\n\"x\ny\",2\n", "a\tb\n1", "\xEF\xBB\xBFa;b\n", "\xFF\xFEa\x00\n\x00b\x00", "sep=;\na;b\n1;2",
		"a;seutu:reason\n1;not the whole row: x\n", "[{\"a\":1},{\"b\":\"\\u0000\"}]", "{\"items\":[{}],\"x\":1}", "{\"a\":1}\n{\"b\":2}\n", "[[[", "{\"a\":\"",
		"a;b\r1;2\r", "\"", "a\n\"\n\"\"\n", "{\"seutu:reason\":1}", "N\xE4mn;b\n\x80;2",
	} {
		f.Add([]byte(seed), "", "")
		f.Add([]byte(seed), "items", "windows-1252")
	}
	f.Fuzz(func(t *testing.T, text []byte, rows, encoding string) {
		for _, hint := range []Options{{Rows: rows, Encoding: encoding}, {Name: "x.csv"}, {Format: NDJSON}, {Format: JSON}} {
			reader, err := Open(bytes.NewReader(text), hint)
			if err != nil {
				continue
			}
			var out bytes.Buffer
			rejects := NewRejects(&out, reader)
			last, written := 0, 0
			for {
				record, err := reader.Next()
				if err != nil {
					break
				}
				if record.Line < last || record.Line == 0 {
					t.Fatalf("line %d after %d", record.Line, last)
				}
				last = record.Line
				if record.Fault == nil && reader.Format() == CSV && len(record.Cells) != len(reader.Columns()) {
					t.Fatalf("%d cells, %d columns", len(record.Cells), len(reader.Columns()))
				}
				if record.Fault == nil && reader.Format() != CSV && record.Object == nil {
					t.Fatal("neither an object nor a fault")
				}
				written++
				if err := rejects.Write(record, "because"); err != nil {
					t.Fatal(err)
				}
			}
			if err := rejects.Close(); err != nil {
				t.Fatal(err)
			}
			if written == 0 || reader.Format() == CSV {
				continue
			}
			// What is written for JSON is JSON, whatever was read.
			for _, line := range bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n")) {
				if reader.Encoding() == encodingUTF8 && !json.Valid(bytes.TrimPrefix(line, []byte("\xEF\xBB\xBF"))) {
					t.Fatalf("rejected row %q", line)
				}
			}
		}
	})
}

func FuzzMapping(f *testing.F) {
	csvText := []byte("Nimi;Kunta;Perustettu\nKuoro ry;92;2.1.1956\n;;\nX;Mu;1/2/3\n")
	f.Add([]byte(finnishMapping), []byte(finnishHeader+"17;Kuoro ry\n"))
	f.Add([]byte(`{"columns":{"Nimi":"name.fi","Kunta":"municipality","Perustettu":"founded"},"kindFromName":true,"federations":true}`), csvText)
	f.Add([]byte(`{"identity":true}`), []byte(`{"name":{"fi":"x"}}`))
	f.Add([]byte(`{"identity":true,"constants":{"founded":"1956","name.fi":["x"]}}`), []byte("name.fi;location.lat\nx;1\n"))
	f.Add([]byte(`{"columns":{"a.b":"languages"},"split":{"a.b":","},"values":{"languages":{"x":"fi"}},"key":{"column":"k","system":"s"}}`), []byte(`[{"a":{"b":"x,sv"},"k":1e999}]`))
	f.Fuzz(func(t *testing.T, document, text []byte) {
		mapping, err := ParseMapping(document)
		if err != nil {
			return
		}
		reader, err := Open(bytes.NewReader(text), mapping.Options(""))
		if err != nil {
			return
		}
		rows, err := NewRows(reader, mapping, nil)
		if err != nil {
			return
		}
		for {
			row, err := rows.Next()
			if err != nil {
				if errors.Is(err, io.EOF) {
					return
				}
				break
			}
			if _, err := json.Marshal(row.Members); err != nil {
				t.Fatal(err)
			}
		}
	})
}
