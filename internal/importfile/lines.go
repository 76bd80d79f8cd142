package importfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// textLine is one physical line without its line break.
type textLine struct {
	number  int // from 1
	text    string
	tooLong bool // then text is only its beginning
}

// lineReader reads physical lines, however long, in memory that is bounded by MaxRecord.
type lineReader struct {
	r       *bufio.Reader
	number  int
	pending []textLine // given back, to be read again
	err     error
}

// next returns io.EOF after the last line.
func (l *lineReader) next() (textLine, error) {
	if len(l.pending) > 0 {
		line := l.pending[0]
		if l.pending = l.pending[1:]; len(l.pending) == 0 {
			l.pending = nil // lets go of the array
		}
		return line, nil
	}
	if l.err != nil {
		return textLine{}, l.err
	}
	slice, err := l.r.ReadSlice('\n')
	var long []byte
	tooLong := false
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(long)+len(slice) <= MaxRecord+2 { // room for the line break
			long = append(long, slice...)
		} else {
			tooLong = true
		}
		slice, err = l.r.ReadSlice('\n')
	}
	if long != nil {
		if len(long)+len(slice) <= MaxRecord+2 {
			long = append(long, slice...)
		} else {
			tooLong = true
		}
		slice = long
	}
	if err != nil {
		l.err = err
		if !errors.Is(err, io.EOF) {
			l.err = fmt.Errorf("line %d: read: %w", l.number+1, err)
			return textLine{}, l.err
		}
		if len(slice) == 0 {
			return textLine{}, io.EOF
		}
	}
	l.number++
	line := textLine{number: l.number, tooLong: tooLong}
	if tooLong {
		slice = slice[:cutLength]
	} else {
		slice = trimBreak(slice)
		if len(slice) > MaxRecord {
			line.tooLong, slice = true, slice[:cutLength]
		}
	}
	line.text = string(slice)
	return line, nil
}

// giveBack lets the lines be read again, before all others.
func (l *lineReader) giveBack(lines []textLine) {
	if len(lines) > 0 {
		l.pending = append(lines, l.pending...)
	}
}

func trimBreak(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		line = line[:n-1]
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line
}

// macBreaks turns the line breaks of old Macintosh files, a lone CR, into LF.
type macBreaks struct{ r io.Reader }

func (m macBreaks) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}
