package importfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// csvSource reads RFC 4180 strictly, but row by row: encoding/csv reads an unclosed quote to the end of the file, which
// loses every row after it and holds them all in memory.
type csvSource struct {
	lines     lineReader
	delimiter byte
	width     int // cells of the header, with ReasonColumn
	reason    int // index of ReasonColumn, or -1
}

// openCSV finds the delimiter and reads the header.
func (r *Reader) openCSV(text *bufio.Reader, sample []byte, whole bool, hint Options) error {
	src := &csvSource{lines: lineReader{r: text}, reason: -1}
	var err error
	if src.delimiter, err = delimiterOf(hint); err != nil {
		return err
	}
	if named, ok := separatorLine(sample); ok {
		if src.delimiter == 0 {
			src.delimiter = named
		}
		if _, err := src.lines.next(); err != nil {
			return err
		}
	} else if src.delimiter == 0 {
		src.delimiter = detectDelimiter(sample, whole)
	}
	header, err := src.next()
	if errors.Is(err, io.EOF) {
		return ErrEmpty
	}
	if err == nil {
		err = header.Fault
	}
	if err != nil {
		return fmt.Errorf("header in line %d: %w", header.Line, err)
	}
	src.width = len(header.Cells)
	for i, cell := range header.Cells {
		name := cleanLine(cell)
		if name == ReasonColumn && src.reason < 0 {
			src.reason = i
			continue
		}
		r.columns = append(r.columns, name)
	}
	r.delimiter, r.source = src.delimiter, src
	return nil
}

// next skips empty lines, and rows of empty cells, which spreadsheets leave behind.
func (c *csvSource) next() (Record, error) {
	for {
		line, err := c.lines.next()
		if err != nil {
			return Record{}, err
		}
		if line.text == "" {
			continue
		}
		record := c.record(line)
		if record.Cells != nil && blank(record.Cells) && !record.incomplete {
			continue
		}
		return record, nil
	}
}

func (c *csvSource) record(first textLine) Record {
	record := Record{Line: first.number, Raw: first.text}
	if first.tooLong {
		record.Fault = faultf(CodeTooLong, "the line is longer than %d bytes", MaxRecord)
		record.incomplete = true
		return record
	}
	text, more, closed := c.gather(first)
	cells, err := splitCells(text, c.delimiter, c.width)
	if !closed {
		err = faultf(CodeMalformed, "a quote is opened and not closed")
	}
	if err != nil {
		// The quote that is at fault stands, most likely, in the first line: the others get their own chance.
		c.lines.giveBack(more)
		record.Fault = err
		return record
	}
	record.Raw, record.Cells = text, cells
	if err := checkText(text); err != nil {
		record.Fault = err
	}
	if c.width > 0 {
		c.fit(&record)
	}
	return record
}

// gather adds the lines that belong to the record. In a well-formed record the quotes are odd in number at every line
// break inside it, and even at its end.
func (c *csvSource) gather(first textLine) (text string, more []textLine, closed bool) {
	if strings.Count(first.text, `"`)%2 == 0 {
		return first.text, nil, true
	}
	var b strings.Builder
	b.WriteString(first.text)
	for len(more) < maxRecordLines {
		line, err := c.lines.next()
		if err != nil { // the line reader answers it again
			return first.text, more, false
		}
		more = append(more, line)
		if line.tooLong || b.Len()+1+len(line.text) > MaxRecord {
			return first.text, more, false
		}
		b.WriteByte('\n')
		b.WriteString(line.text)
		if strings.Count(line.text, `"`)%2 == 1 {
			return b.String(), more, true
		}
	}
	return first.text, more, false
}

// fit compares the row with the header and takes the reason of an earlier rejection out of it.
func (c *csvSource) fit(record *Record) {
	cells := record.Cells
	for len(cells) > c.width && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	ragged := len(cells) != c.width
	if c.reason >= 0 && len(cells) > 1 {
		at := c.reason
		if ragged && at == c.width-1 {
			at = len(cells) - 1 // Rejects writes the reason behind the cells that there are
		}
		if at < len(cells) {
			if strings.HasPrefix(cells[at], incompletePrefix) && record.Fault == nil {
				record.Fault = faultf(CodeTooLong, "the row is not whole: take it from the original file and empty %s", ReasonColumn)
				record.incomplete = true
			}
			cells = append(cells[:at:at], cells[at+1:]...)
		}
	}
	record.Cells = cells
	if ragged && record.Fault == nil {
		width := c.width
		if c.reason >= 0 {
			width--
		}
		record.Fault = faultf(CodeRagged, "the row has %d cells and the header %d", len(cells), width)
	}
}

// splitCells parses one record; width is how many cells are expected.
func splitCells(text string, delimiter byte, width int) ([]string, error) {
	cells := make([]string, 0, max(width, 4))
	quotes := strings.IndexByte(text, '"') >= 0
	for column := 1; ; column++ {
		if quotes && text != "" && text[0] == '"' {
			cell, rest, err := quotedCell(text, delimiter, column)
			if err != nil {
				return nil, err
			}
			cells = append(cells, cell)
			if rest == "" {
				return cells, nil
			}
			text = rest[1:]
			continue
		}
		end := strings.IndexByte(text, delimiter)
		cell := text
		if end >= 0 {
			cell = text[:end]
		}
		if quotes && strings.IndexByte(cell, '"') >= 0 {
			return nil, faultf(CodeMalformed, "a quote stands inside cell %d, which is not quoted", column)
		}
		cells = append(cells, cell)
		if end < 0 {
			return cells, nil
		}
		text = text[end+1:]
	}
}

// quotedCell returns the cell that starts with the quote, and the rest of the text from the delimiter on.
func quotedCell(text string, delimiter byte, column int) (cell, rest string, err error) {
	escaped := false
	for i := 1; i < len(text); i++ {
		next := strings.IndexByte(text[i:], '"')
		if next < 0 {
			break
		}
		i += next
		switch {
		case i+1 == len(text) || text[i+1] == delimiter:
			cell = text[1:i]
			if escaped {
				cell = strings.ReplaceAll(cell, `""`, `"`)
			}
			return cell, text[i+1:], nil
		case text[i+1] == '"':
			escaped = true
			i++
		default:
			return "", "", faultf(CodeMalformed, "text follows the closing quote of cell %d", column)
		}
	}
	return "", "", faultf(CodeMalformed, "the quote of cell %d is not closed", column)
}

func blank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}
