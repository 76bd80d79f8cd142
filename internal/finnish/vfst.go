package finnish

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The layout of an unweighted VFST file, all little-endian: a header of 16 bytes, the number of symbols (16 bits), the
// symbols, each ended by a zero byte, zeros up to the next multiple of 8, and cells of 8 bytes up to the end. The states
// lie end to end, each a run of cells; a cell is a transition: input, output (16 bits each), target (24 bits) and, in the
// first cell of a state, how many cells follow (8 bits; 255 means that the next cell holds the number).
const (
	vfstMagic1     = 0x00013A6E
	vfstMagic2     = 0x000351FA
	vfstHeader     = 16
	vfstCell       = 8
	vfstFinal      = 0xFFFF // as input: the state accepts
	vfstMany       = 255
	vfstTarget     = 0xFFFFFF
	vfstMaxFeature = 64
)

// symbol is a number in the table of symbols: 0 is nothing, then come the flags, then letters and tags.
type symbol uint16

// arc is a transition. State 0 is where a word begins.
type arc struct {
	in, out symbol
	to      uint32
}

// state has its arcs from first up to the first of the next state: those that take no letter, then those that do, in the
// order of their letters.
type state struct {
	first   uint32
	accepts bool
}

// transducer is a checked VFST: no walk through it can leave its tables. It never changes.
type transducer struct {
	arcs      []arc
	states    []state // and one more, to end the last
	symbols   []string
	flags     []flag // by symbol
	roles     []role // by symbol
	firstChar symbol // the flags are before
	runes     map[rune]symbol
}

// parseTransducer reads a whole file and checks all of it, so that walks need not.
func parseTransducer(b []byte) (*transducer, error) {
	if len(b) < vfstHeader+2 || binary.LittleEndian.Uint32(b) != vfstMagic1 || binary.LittleEndian.Uint32(b[4:]) != vfstMagic2 {
		return nil, errors.New("not a little-endian VFST file")
	}
	if b[8] != 0 {
		return nil, errors.New("weighted VFST files are not supported")
	}
	t := &transducer{runes: map[rune]symbol{}}
	pos, err := t.parseSymbols(b)
	if err != nil {
		return nil, err
	}
	pos = (pos + vfstCell - 1) / vfstCell * vfstCell
	if pos >= len(b) || (len(b)-pos)%vfstCell != 0 {
		return nil, errors.New("the table of transitions is cut short")
	}
	return t, t.parseStates(cells(b[pos:]))
}

// parseSymbols reads the table of symbols and returns where it ends.
func (t *transducer) parseSymbols(b []byte) (pos int, err error) {
	count := int(binary.LittleEndian.Uint16(b[vfstHeader:]))
	pos = vfstHeader + 2
	names := flagNames{features: map[string]byte{}, values: map[string]byte{}}
	tags := false
	for i := range count {
		n := bytes.IndexByte(b[pos:], 0)
		if n < 0 {
			return 0, errors.New("the table of symbols is cut short")
		}
		s := string(b[pos : pos+n])
		if !utf8.ValidString(s) {
			return 0, fmt.Errorf("symbol %d is no UTF-8", i)
		}
		pos += n + 1
		t.symbols = append(t.symbols, s)
		t.roles = append(t.roles, roles[s])
		switch {
		case i == 0:
			t.flags = append(t.flags, flag{})
			continue
		case t.firstChar == 0 && len(s) > 1 && s[0] == '@':
			f, err := names.parse(s)
			if err != nil {
				return 0, err
			}
			t.flags = append(t.flags, f)
			continue
		case t.firstChar == 0:
			t.firstChar = symbol(i)
		}
		if len(s) > 1 && s[0] == '[' {
			tags = true
			t.roles[i] = max(t.roles[i], roleOther)
		} else if r, size := utf8.DecodeRuneInString(s); size == len(s) && size > 0 {
			t.runes[r] = symbol(i)
		}
	}
	if len(t.runes) == 0 || !tags {
		return 0, errors.New("the table of symbols has no letters or no tags")
	}
	return pos, nil
}

// cells is the table of transitions as it is in the file.
type cells []byte

func (c cells) len() int            { return len(c) / vfstCell }
func (c cells) at(i int) uint64     { return binary.LittleEndian.Uint64(c[i*vfstCell:]) }
func (c cells) followers(i int) int { return int(c[i*vfstCell+7]) }

// transition is the cell as the parts of an arc; to is a cell.
func (c cells) transition(i int) (in, out symbol, to int) {
	v := c.at(i)
	return symbol(v), symbol(v >> 16), int(v >> 32 & vfstTarget)
}

// span gives the cells of the state that begins at cell i: that one and those from rest up to end.
func (c cells) span(i int) (rest, end int, err error) {
	rest, n := i+1, c.followers(i)
	if n == vfstMany {
		if rest >= c.len() {
			return 0, 0, errors.New("the last state is cut short")
		}
		n = int(c.at(rest) & vfstTarget)
		rest++
	}
	if rest+n > c.len() {
		return 0, 0, fmt.Errorf("the state at cell %d runs past the end", i)
	}
	return rest, rest + n, nil
}

// parseStates numbers the states and makes their arcs. A target that is not the beginning of a state, a symbol that does
// not exist and letters out of order are errors: walks rely on all three.
func (t *transducer) parseStates(c cells) error {
	const none = ^uint32(0)
	number := make([]uint32, c.len()) // of the state that begins at a cell
	count := uint32(0)
	for i := 0; i < c.len(); count++ {
		_, end, err := c.span(i)
		if err != nil {
			return err
		}
		number[i] = count
		for i++; i < end; i++ {
			number[i] = none
		}
	}
	t.states = make([]state, 0, count+1)
	t.arcs = make([]arc, 0, c.len())
	for i := 0; i < c.len(); {
		rest, end, _ := c.span(i) // was in order above
		s := state{first: uint32(len(t.arcs))}
		last := symbol(0)
		for next := rest; i < end; i, next = next, next+1 {
			in, out, to := c.transition(i)
			switch {
			case in == vfstFinal && last < t.firstChar:
				s.accepts = true
				continue
			case int(in) >= len(t.symbols) || int(out) >= len(t.symbols) || to >= c.len() || number[to] == none:
				return fmt.Errorf("the transition at cell %d leads nowhere", i)
			case last >= t.firstChar && in < last:
				return fmt.Errorf("the letters are out of order at cell %d", i)
			}
			t.arcs = append(t.arcs, arc{in, out, number[to]})
			last = in
		}
		t.states = append(t.states, s)
	}
	t.states = append(t.states, state{first: uint32(len(t.arcs))})
	return nil
}

// flag is an operation on a feature that a walk carries along: it steers which parts of words go together.
type flag struct{ op, feature, value byte }

const (
	flagUnset = 0
	flagAny   = 0xFF // in a test without a value
)

type flagNames struct{ features, values map[string]byte }

// parse takes @OP.FEATURE@ and @OP.FEATURE.VALUE@.
func (n flagNames) parse(s string) (flag, error) {
	p := strings.Split(strings.Trim(s, "@"), ".")
	if len(p) < 2 || len(p) > 3 || len(p[0]) != 1 || !strings.Contains("PCURD", p[0]) {
		return flag{}, fmt.Errorf("%q is no flag", s)
	}
	f := flag{op: p[0][0], feature: intern(n.features, p[1]) - 1, value: flagAny}
	if len(p) == 3 {
		f.value = intern(n.values, p[2])
	}
	if len(n.features) > vfstMaxFeature || len(n.values) >= flagAny {
		return flag{}, errors.New("there are too many flags")
	}
	return f, nil
}

// intern numbers the keys from 1.
func intern(m map[string]byte, key string) byte {
	if _, ok := m[key]; !ok {
		m[key] = byte(len(m) + 1)
	}
	return m[key]
}
