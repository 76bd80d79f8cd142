package finnish

import (
	"sort"
	"sync"
)

// The bounds of the work on one word. The worst real word of 47,000 takes about 5,500 steps; what takes more has the
// readings that were found until then.
const (
	maxRunes    = 60
	maxSteps    = 60_000
	maxDepth    = 400
	maxReadings = 24
)

// walker is the state of one walk through a transducer.
type walker struct {
	t      *transducer
	input  []symbol
	output []symbol
	flags  [vfstMaxFeature]byte
	steps  *int // that are left
	found  int
	yield  func(output []symbol)
}

var walkers = sync.Pool{New: func() any { return new(walker) }}

// walk calls yield with the output of each path that takes word, which must be in lower case and NFC. Each state on the
// way costs one of the steps, and so does each arc that a flag bars. It reports whether all paths were walked.
func (t *transducer) walk(word string, steps *int, yield func(output []symbol)) (complete bool) {
	w := walkers.Get().(*walker)
	*w = walker{t: t, input: w.input[:0], output: w.output[:0], steps: steps, yield: yield}
	defer func() {
		w.t, w.steps, w.yield = nil, nil, nil
		walkers.Put(w)
	}()
	for _, r := range word {
		s, ok := t.runes[r]
		if !ok {
			return true // no path has the letter
		}
		if w.input = append(w.input, s); len(w.input) > maxRunes {
			return false
		}
	}
	return w.visit(0, 0, 0)
}

// visit walks on from a state with the input from pos on. False ends the whole walk.
func (w *walker) visit(number uint32, pos, depth int) bool {
	if depth > maxDepth || w.found >= maxReadings || !w.step() {
		return false
	}
	s := w.t.states[number]
	arcs := w.t.arcs[s.first:w.t.states[number+1].first]
	if s.accepts && pos == len(w.input) {
		w.found++
		w.yield(w.output)
	}
	for len(arcs) > 0 && arcs[0].in < w.t.firstChar {
		a := arcs[0]
		arcs = arcs[1:]
		f := w.t.flags[a.in]
		old := w.flags[f.feature]
		if !w.apply(f) {
			if !w.step() {
				return false
			}
			continue
		}
		ok := w.follow(a, pos, depth)
		w.flags[f.feature] = old
		if !ok {
			return false
		}
	}
	if pos == len(w.input) {
		return true
	}
	want := w.input[pos]
	for i := sort.Search(len(arcs), func(i int) bool { return arcs[i].in >= want }); i < len(arcs) && arcs[i].in == want; i++ {
		if !w.follow(arcs[i], pos+1, depth) {
			return false
		}
	}
	return true
}

// step takes one of the steps, if there are any left.
func (w *walker) step() bool {
	if *w.steps == 0 {
		return false
	}
	*w.steps--
	return true
}

// follow takes an arc. Flags are never output.
func (w *walker) follow(a arc, pos, depth int) bool {
	n := len(w.output)
	if a.out >= w.t.firstChar {
		w.output = append(w.output, a.out)
	}
	ok := w.visit(a.to, pos, depth+1)
	w.output = w.output[:n]
	return ok
}

// apply does what a flag says and reports whether the walk may go on; the symbol 0 has a flag that does nothing.
func (w *walker) apply(f flag) bool {
	v := &w.flags[f.feature]
	switch f.op {
	case 'P':
		*v = f.value
	case 'C':
		*v = flagUnset
	case 'U':
		if *v != flagUnset && *v != f.value {
			return false
		}
		*v = f.value
	case 'R':
		return f.holds(*v)
	case 'D':
		return !f.holds(*v)
	}
	return true
}

// holds tells whether the feature has the flag's value, or any.
func (f flag) holds(v byte) bool { return v == f.value || f.value == flagAny && v != flagUnset }
