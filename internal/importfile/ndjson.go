package importfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ndjsonSource reads an object a line.
type ndjsonSource struct {
	lines lineReader
}

func (n *ndjsonSource) next() (Record, error) {
	for {
		line, err := n.lines.next()
		if err != nil {
			return Record{}, err
		}
		text := strings.TrimSpace(line.text)
		if text == "" {
			continue
		}
		record := Record{Line: line.number, Raw: text}
		readObject(&record, line.tooLong)
		return record, nil
	}
}

// readObject parses Raw, or says what is wrong with it.
func readObject(record *Record, tooLong bool) {
	if tooLong {
		record.incomplete = true
		record.Fault = faultf(CodeTooLong, "the record is longer than %d bytes", MaxRecord)
		return
	}
	if depth := depthOf(record.Raw); depth > MaxDepth {
		record.Fault = faultf(CodeTooDeep, "objects and arrays are nested %d deep and may be %d", depth, MaxDepth)
		return
	}
	bad := checkText(record.Raw)
	value, err := decode(valid(record.Raw))
	if err != nil {
		if record.Fault = bad; bad == nil {
			record.Fault = faultf(CodeMalformed, "no JSON: %v", err)
		}
		return
	}
	object, ok := value.(map[string]any)
	if !ok {
		record.Fault = faultf(CodeNotObject, "the row is no object")
		return
	}
	delete(object, ReasonColumn)
	if _, ok := object[rawMember]; ok {
		record.Fault = faultf(CodeMalformed, "%s holds what could not be read: replace the row by a corrected one", rawMember)
		return
	}
	record.Object, record.Fault = object, bad
	if bad == nil && strings.Contains(record.Raw, `\u`) { // only an escape brings in what checkText has not seen
		if err := checkStrings(object); err != nil {
			record.Fault = err
		}
	}
}

// decode reads one value and nothing behind it. Numbers stay as they are written.
func decode(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("the text ends inside a value")
		}
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("text follows the value at byte %d", decoder.InputOffset())
	}
	return value, nil
}

func checkStrings(value any) error {
	switch v := value.(type) {
	case string:
		return checkText(v)
	case []any:
		for _, element := range v {
			if err := checkStrings(element); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, member := range v {
			if err := checkText(name); err != nil {
				return err
			}
			if err := checkStrings(member); err != nil {
				return err
			}
		}
	}
	return nil
}

// depthOf counts brackets outside strings.
func depthOf(text string) int {
	depth, deepest, inString := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest
}

// isObject tells an NDJSON line from the first line of an indented object.
func isObject(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) > 1 && line[0] == '{' && line[len(line)-1] == '}' && json.Valid(line)
}
