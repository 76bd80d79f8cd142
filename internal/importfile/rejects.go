package importfile

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// incompletePrefix starts the reason of a CSV row that is not written whole; Reader refuses such a row until the reason
// is emptied, so that a row that was cut is never imported.
const incompletePrefix = "not the whole row: "

// Rejects writes rows that were refused, with their reasons, so that they can be corrected and imported again with the
// same mapping: CSV with the header, delimiter and encoding of its file and ReasonColumn behind, JSON of both kinds as
// NDJSON objects that begin with ReasonColumn. Not for concurrent use.
type Rejects struct {
	reader  *Reader
	out     *bufio.Writer
	encoded io.WriteCloser
	started bool
}

// NewRejects writes to w what reader read. Nothing is written before the first row, so that w stays empty if all is well.
// Close does not close w.
func NewRejects(w io.Writer, reader *Reader) *Rejects {
	x := &Rejects{reader: reader}
	if codec := reader.charset.codec(); codec != nil {
		// A reason may hold characters that the file's encoding lacks.
		x.encoded = transform.NewWriter(w, encoding.HTMLEscapeUnsupported(codec.NewEncoder()))
		x.out = bufio.NewWriter(x.encoded)
	} else {
		x.out = bufio.NewWriter(w)
	}
	return x
}

// Write adds one row.
func (x *Rejects) Write(record Record, reason string) error {
	first := !x.started
	x.started = true
	if first && len(x.reader.charset.bom) > 0 {
		if _, err := x.out.WriteString("\uFEFF"); err != nil {
			return err
		}
	}
	reason = cleanLine(strings.ReplaceAll(strings.ToValidUTF8(reason, "\uFFFD"), "\x00", " "))
	if x.reader.format != CSV {
		return x.writeObject(record, reason)
	}
	if first {
		if err := x.writeCells(x.reader.columns, ReasonColumn); err != nil {
			return err
		}
	}
	switch {
	case record.incomplete && record.Cells != nil: // it was cut before
		return x.writeCells(record.Cells, incompletePrefix+reason)
	case record.incomplete:
		return x.writeCells([]string{record.Raw}, incompletePrefix+reason)
	case record.Cells == nil:
		// The cells are unknown: the line goes out as it came in, and its stray quote keeps it from being read by mistake.
		_, err := x.out.WriteString(valid(record.Raw) + x.reader.Delimiter() + `"` + strings.ReplaceAll(reason, `"`, `""`) + "\"\n")
		return err
	default:
		return x.writeCells(record.Cells, reason)
	}
}

// Close writes what is still held back.
func (x *Rejects) Close() error {
	if err := x.out.Flush(); err != nil {
		return err
	}
	if x.encoded != nil {
		return x.encoded.Close()
	}
	return nil
}

func (x *Rejects) writeCells(cells []string, reason string) error {
	var b strings.Builder
	for _, cell := range cells {
		b.WriteString(x.quote(valid(cell)))
		b.WriteByte(x.reader.delimiter)
	}
	b.WriteString(x.quote(reason))
	b.WriteByte('\n')
	_, err := x.out.WriteString(b.String())
	return err
}

func (x *Rejects) quote(cell string) string {
	if strings.IndexByte(cell, x.reader.delimiter) < 0 && !strings.ContainsAny(cell, "\"\r\n") {
		return cell
	}
	return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
}

// writeObject puts the reason in front of the row's own members, which keep their order.
func (x *Rejects) writeObject(record Record, reason string) error {
	members := ""
	if record.Object != nil {
		members = strings.TrimSpace(valid(record.Raw))
		if strings.Contains(members, `seutu:`) { // rejected before: the old reason goes
			encoded, err := json.Marshal(record.Object)
			if err != nil {
				return err
			}
			members = string(encoded)
		}
		members = strings.TrimSpace(members[1 : len(members)-1])
		// Line breaks stand only between the members of an element of an array: inside strings they are escaped.
		members = strings.NewReplacer("\n", " ", "\r", " ").Replace(members)
	} else {
		members = `"` + rawMember + `":` + quoteJSON(valid(record.Raw))
	}
	line := `{"` + ReasonColumn + `":` + quoteJSON(reason)
	if members != "" {
		line += "," + members
	}
	_, err := x.out.WriteString(line + "}\n")
	return err
}

func quoteJSON(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}

// valid shows bytes that are no text as U+FFFD, which Reader refuses: the file of rejected rows is text as a whole.
func valid(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
