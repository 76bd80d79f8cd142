package importfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"golang.org/x/text/transform"
)

// Limits of what is read. Over them a row is at fault; the rows after it are still read.
const (
	MaxRecord      = 1 << 20 // bytes of a line or record, as UTF-8
	MaxDepth       = 32      // nested JSON objects and arrays in a record
	maxRecordLines = 1 << 14 // physical lines of one CSV record: an unclosed quote shall not gather the whole file

	sampleSize = 64 << 10 // what detection looks at
	cutLength  = 1 << 10  // what is kept of a record that is too long
)

// ReasonColumn is the column, or member, that Rejects adds and Reader ignores.
const ReasonColumn = "seutu:reason"

// rawMember holds, in rejected JSON rows, the text that could not be read as an object.
const rawMember = "seutu:raw"

// ErrEmpty is the answer to a file without any text.
var ErrEmpty = errors.New("the file is empty")

// Format is the syntax of a file.
type Format string

// The formats. TSV is CSV with tabs.
const (
	CSV    Format = "csv"
	JSON   Format = "json" // an array of objects, or an object that holds one
	NDJSON Format = "ndjson"
)

// Options say what is known about a file; all of them may be empty.
type Options struct {
	Name      string // the file's name: its ending is a hint and no more
	Format    Format // CSV is believed; JSON and NDJSON are told apart by the content, unless it is NDJSON
	Encoding  string // "utf-8", "windows-1252", "utf-16le" …; a byte order mark wins over it
	Delimiter string // of CSV: one ASCII character, or "tab"
	Rows      string // of JSON: the path of the array, "data.items"
}

// Record is one row as it stands in the file. With a Fault, the rest is what could still be read.
type Record struct {
	Line   int            // the physical line where it starts, from 1
	Number int            // its ordinal among the records, from 1: a JSON file may be all one line
	Cells  []string       // CSV: by Reader.Columns, as they stand
	Object map[string]any // JSON: numbers are json.Number
	Raw    string         // its text as UTF-8; only the beginning when it is too long
	Fault  error          // a Fault

	incomplete bool // Raw is not all of it
}

// Reader reads records one after another, in memory that does not grow with the file. Not for concurrent use.
type Reader struct {
	format    Format
	charset   charset
	delimiter byte
	columns   []string
	source    source
	number    int
	err       error
}

// source reads the records of one format.
type source interface {
	next() (Record, error)
}

// Open looks at the first 64 KiB to find the encoding, the format and the delimiter, and reads the header of a CSV file.
// It fails when the file is empty, has no header, or does not hold the array that Options.Rows names.
func Open(r io.Reader, hint Options) (*Reader, error) {
	raw := bufio.NewReaderSize(r, sampleSize)
	sample, whole, err := peek(raw)
	if err != nil {
		return nil, err
	}
	reader := &Reader{}
	jsonText := looksLikeJSON(sample, hint)
	if reader.charset, err = detectCharset(sample, whole, hint.Encoding, jsonText); err != nil {
		return nil, err
	}
	if _, err := raw.Discard(len(reader.charset.bom)); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	text := raw
	if codec := reader.charset.codec(); codec != nil {
		text = bufio.NewReaderSize(transform.NewReader(raw, codec.NewDecoder()), sampleSize)
	}
	if sample, whole, err = peek(text); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(sample)) == 0 && whole {
		return nil, ErrEmpty
	}
	if bytes.IndexByte(sample, '\r') >= 0 && bytes.IndexByte(sample, '\n') < 0 {
		text = bufio.NewReaderSize(macBreaks{text}, sampleSize)
		if sample, whole, err = peek(text); err != nil {
			return nil, err
		}
	}
	if reader.format, err = detectFormat(sample, whole, hint); err != nil {
		return nil, err
	}
	switch reader.format {
	case CSV:
		err = reader.openCSV(text, sample, whole, hint)
	case NDJSON:
		reader.source = &ndjsonSource{lines: lineReader{r: text}}
	default:
		reader.source, err = openJSON(text, hint.Rows)
	}
	if err != nil {
		return nil, err
	}
	return reader, nil
}

// peek returns the beginning of the text, and whether it is all of it.
func peek(r *bufio.Reader) (sample []byte, whole bool, err error) {
	sample, err = r.Peek(sampleSize)
	switch {
	case err == nil:
		return sample, false, nil
	case errors.Is(err, io.EOF):
		return sample, true, nil
	default:
		return nil, false, fmt.Errorf("read: %w", err)
	}
}

// Next returns the next record, or io.EOF after the last. A record that cannot be read has a Fault and ends nothing; any
// error other than io.EOF says that the file cannot be read on, for example because a JSON array is cut short.
func (r *Reader) Next() (Record, error) {
	if r.err != nil {
		return Record{}, r.err
	}
	record, err := r.source.next()
	if err != nil {
		r.err = err
		return Record{}, err
	}
	r.number++
	record.Number = r.number
	return record, nil
}

// Format is the format that was found.
func (r *Reader) Format() Format { return r.format }

// Encoding is the name of the encoding that was found.
func (r *Reader) Encoding() string { return r.charset.name }

// Delimiter is that of a CSV file, and empty for JSON.
func (r *Reader) Delimiter() string {
	if r.format != CSV {
		return ""
	}
	return string(rune(r.delimiter))
}

// Columns are the names in the header of a CSV file without ReasonColumn, and nil for JSON.
func (r *Reader) Columns() []string { return r.columns }

// looksLikeJSON decides before the encoding is known, since it bears on it.
func looksLikeJSON(sample []byte, hint Options) bool {
	switch hint.Format {
	case CSV:
		return false
	case JSON, NDJSON:
		return true
	}
	switch strings.ToLower(path.Ext(hint.Name)) {
	case ".csv", ".tsv", ".tab", ".txt":
		return false // a header may start with a bracket
	}
	first := bytes.TrimLeft(sample, " \t\r\n")
	return len(first) > 0 && (first[0] == '[' || first[0] == '{')
}

func detectFormat(sample []byte, whole bool, hint Options) (Format, error) {
	switch hint.Format {
	case "", CSV, "tsv", JSON, NDJSON:
	default:
		return "", fmt.Errorf("format %q is not known; known are csv, tsv, json, ndjson", hint.Format)
	}
	if hint.Format == NDJSON {
		return NDJSON, nil
	}
	if hint.Format == "tsv" || !looksLikeJSON(sample, hint) {
		return CSV, nil
	}
	text := bytes.TrimLeft(sample, " \t\r\n")
	if len(text) > 0 && text[0] == '{' {
		// Rejected rows come back as NDJSON whatever the file was, and start with their reason.
		if bytes.HasPrefix(text, []byte(`{"`+ReasonColumn+`":`)) {
			return NDJSON, nil
		}
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		several := !whole || len(bytes.TrimSpace(rest)) > 0
		if hint.Rows == "" && (several || hint.Format == "") && isObject(line) {
			return NDJSON, nil
		}
	}
	return JSON, nil
}
