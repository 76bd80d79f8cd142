package importfile

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// jsonSource reads the elements of an array one by one. It finds their ends itself: json.Decoder holds a value of any size
// whole, and a syntax error in one element would end the file.
type jsonSource struct {
	scan  jsonScanner
	open  int  // objects around the array
	auto  bool // the array was found, not named
	first bool // no element was read yet
}

// openJSON reads up to the first element of the array: the file itself, the one at the path, or the only one.
func openJSON(text *bufio.Reader, rows string) (*jsonSource, error) {
	s := &jsonSource{scan: jsonScanner{r: text, line: 1}, first: true, auto: rows == ""}
	var steps []string
	if rows != "" {
		steps = strings.Split(rows, ".")
	}
	for {
		c, err := s.scan.peek()
		if err != nil {
			return nil, s.scan.cut(err)
		}
		if c == '[' && (len(steps) == 0 || s.open == 0) {
			s.scan.skip()
			return s, nil
		}
		if c != '{' || s.open > 0 && len(steps) == 0 {
			return nil, fmt.Errorf("line %d: there is no array of rows here", s.scan.line)
		}
		s.scan.skip()
		s.open++
		found, err := s.member(steps)
		if err != nil {
			return nil, err
		}
		if !found && rows == "" {
			return nil, errors.New("the file is an object without an array of rows")
		}
		if !found {
			return nil, fmt.Errorf("the file has no array at %q: there is no member %q", rows, steps[0])
		}
		if len(steps) > 0 {
			steps = steps[1:]
		}
	}
}

// member goes to the value of the member that the first step names, or to the first array.
func (s *jsonSource) member(steps []string) (bool, error) {
	for first := true; ; first = false {
		name, more, err := s.name(first)
		if err != nil || !more {
			return false, err
		}
		c, err := s.scan.peek()
		if err != nil {
			return false, s.scan.cut(err)
		}
		if len(steps) == 0 && c == '[' || len(steps) > 0 && name == steps[0] {
			return true, nil
		}
		if err := s.scan.value(nil); err != nil {
			return false, err
		}
	}
}

// name reads a member's name and the colon, or the end of the object.
func (s *jsonSource) name(first bool) (name string, more bool, err error) {
	c, err := s.scan.peek()
	if err != nil {
		return "", false, s.scan.cut(err)
	}
	if c == '}' {
		s.scan.skip()
		s.open--
		return "", false, nil
	}
	if !first {
		if err := s.scan.expect(','); err != nil {
			return "", false, err
		}
	}
	if c, err = s.scan.peek(); err != nil {
		return "", false, s.scan.cut(err)
	}
	if c != '"' {
		return "", false, fmt.Errorf("line %d: a member's name is expected, not %q", s.scan.line, c)
	}
	var text jsonText
	if err := s.scan.value(&text); err != nil {
		return "", false, err
	}
	// A name that is too long or broken is none that anybody asks for.
	_ = json.Unmarshal(text.bytes, &name)
	return name, true, s.scan.expect(':')
}

func (s *jsonSource) next() (Record, error) {
	c, err := s.scan.peek()
	if err != nil {
		return Record{}, s.scan.cut(err)
	}
	if c == ']' {
		s.scan.skip()
		return Record{}, s.finish()
	}
	if !s.first {
		if err := s.scan.expect(','); err != nil {
			return Record{}, err
		}
		if _, err := s.scan.peek(); err != nil {
			return Record{}, s.scan.cut(err)
		}
	}
	s.first = false
	var text jsonText
	record := Record{Line: s.scan.line}
	if err := s.scan.value(&text); err != nil {
		return Record{}, err
	}
	record.Raw = string(text.bytes)
	readObject(&record, text.long)
	return record, nil
}

// finish reads what stands behind the array, so that a file that is cut short is never taken for a whole one.
func (s *jsonSource) finish() error {
	for s.open > 0 {
		_, more, err := s.name(false)
		if err != nil {
			return err
		}
		if !more {
			continue
		}
		c, err := s.scan.peek()
		if err != nil {
			return s.scan.cut(err)
		}
		if s.auto && c == '[' {
			return fmt.Errorf("line %d: the object has a second array: name the one with the rows in the mapping (\"rows\")", s.scan.line)
		}
		if err := s.scan.value(nil); err != nil {
			return err
		}
	}
	if c, err := s.scan.peek(); err == nil {
		return fmt.Errorf("line %d: %q follows the end of the rows", s.scan.line, c)
	} else if !errors.Is(err, io.EOF) {
		return s.scan.cut(err)
	}
	return io.EOF
}

// jsonText collects the text of one value, up to the limit.
type jsonText struct {
	bytes []byte
	long  bool
}

func (t *jsonText) add(c byte) {
	switch {
	case t == nil || t.long:
	case len(t.bytes) == MaxRecord:
		t.long, t.bytes = true, t.bytes[:cutLength:cutLength]
	default:
		t.bytes = append(t.bytes, c)
	}
}

// jsonScanner finds where values begin and end, without understanding them.
type jsonScanner struct {
	r    *bufio.Reader
	line int
}

// peek returns the next character that is no space, and leaves it there.
func (s *jsonScanner) peek() (byte, error) {
	for {
		c, err := s.r.ReadByte()
		switch {
		case err != nil:
			return 0, err
		case c == '\n':
			s.line++
		case c != ' ' && c != '\t' && c != '\r':
			return c, s.r.UnreadByte()
		}
	}
}

func (s *jsonScanner) skip() { _, _ = s.r.ReadByte() } // only after peek

func (s *jsonScanner) expect(want byte) error {
	c, err := s.peek()
	if err != nil {
		return s.cut(err)
	}
	if c != want {
		return fmt.Errorf("line %d: %q is expected, not %q", s.line, want, c)
	}
	s.skip()
	return nil
}

// cut names the place where the file ends too early.
func (s *jsonScanner) cut(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("line %d: the file is cut short: %w", s.line, io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("line %d: read: %w", s.line, err)
}

// value reads one value into text, or over it when text is nil. A line break ends a string: JSON has none inside strings,
// and so a forgotten quote spoils its own element instead of all the rest.
func (s *jsonScanner) value(text *jsonText) error {
	depth, inString, escaped := 0, false, false
	for size := 0; ; size++ {
		c, err := s.r.ReadByte()
		if errors.Is(err, io.EOF) && depth == 0 && !inString && size > 0 {
			return nil
		}
		if err != nil {
			return s.cut(err)
		}
		if c == '\n' {
			s.line++
		}
		done := false
		switch {
		case inString:
			switch {
			case escaped && c != '\n':
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"' || c == '\n':
				inString, escaped = false, false
				done = depth == 0
			}
		case c == '"':
			if inString = true; depth == 0 && size > 0 {
				return fmt.Errorf("line %d: a quote stands inside a value", s.line)
			}
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth == 0 {
				return s.endScalar(size)
			}
			depth--
			done = depth == 0
		case depth == 0 && (c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			if c == '\n' {
				s.line-- // it is read again
			}
			return s.endScalar(size)
		}
		text.add(c)
		if done {
			return nil
		}
	}
}

// endScalar gives back the character that ended a number or a word.
func (s *jsonScanner) endScalar(size int) error {
	if err := s.r.UnreadByte(); err != nil {
		return fmt.Errorf("line %d: %w", s.line, err)
	}
	if size == 0 {
		return fmt.Errorf("line %d: a value is missing", s.line)
	}
	return nil
}
