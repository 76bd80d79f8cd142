package importfile

import (
	"bytes"
	"fmt"
	"strings"
)

// The order decides between delimiters that fit equally well: a comma is the likeliest to stand in texts.
const delimiters = "\t;|,"

// delimiterOf reads the wish; 0 says that there is none.
func delimiterOf(hint Options) (byte, error) {
	switch hint.Delimiter {
	case "":
		if hint.Format == "tsv" {
			return '\t', nil
		}
		return 0, nil
	case "tab", `\t`:
		return '\t', nil
	}
	if !validDelimiter(hint.Delimiter) {
		return 0, fmt.Errorf("delimiter %q must be one ASCII character other than a quote or a line break, or \"tab\"", hint.Delimiter)
	}
	return hint.Delimiter[0], nil
}

func validDelimiter(s string) bool {
	switch s {
	case "", "tab", `\t`:
		return true
	}
	return len(s) == 1 && s[0] < 0x80 && !strings.Contains("\"\r\n\x00", s)
}

// separatorLine reads the line "sep=;" that Excel writes and obeys.
func separatorLine(sample []byte) (byte, bool) {
	line, _, _ := bytes.Cut(sample, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 5 && bytes.EqualFold(line[:4], []byte("sep=")) && validDelimiter(string(line[4:])) {
		return line[4], true
	}
	return 0, false
}

// detectDelimiter takes the one by which the most of the first rows have as many cells as the header.
func detectDelimiter(sample []byte, whole bool) byte {
	rows := firstRows(string(sample), whole)
	best, bestRows, bestCells := byte(','), 0, 0
	if len(rows) == 0 {
		return best
	}
	for i := range len(delimiters) {
		header, err := splitCells(rows[0], delimiters[i], 0)
		if err != nil || len(header) < 2 {
			continue
		}
		matching := 0
		for _, row := range rows {
			if cells, err := splitCells(row, delimiters[i], len(header)); err == nil && len(cells) == len(header) {
				matching++
			}
		}
		if matching > bestRows || matching == bestRows && len(header) > bestCells {
			best, bestRows, bestCells = delimiters[i], matching, len(header)
		}
	}
	return best
}

// firstRows returns up to 20 records of the sample, by the evenness of their quotes.
func firstRows(sample string, whole bool) []string {
	var rows []string
	var row strings.Builder
	for len(rows) < 20 && sample != "" {
		line, rest, found := strings.Cut(sample, "\n")
		if !found && !whole && len(rows) > 0 {
			break // the sample ends inside it
		}
		sample = rest
		if row.Len() > 0 {
			row.WriteByte('\n')
		}
		row.WriteString(strings.TrimSuffix(line, "\r"))
		if strings.Count(row.String(), `"`)%2 == 1 && sample != "" {
			if row.Len() > sampleSize/4 {
				break
			}
			continue
		}
		if strings.TrimSpace(row.String()) != "" {
			rows = append(rows, row.String())
		}
		row.Reset()
	}
	return rows
}
