package finnish

import (
	"strings"
	"sync"
)

// The bounds of what is remembered: a real word takes a third of a kilobyte, a hostile one that is short enough two.
const (
	memorySize    = 8192 // words of a generation
	maxRemembered = 40   // bytes of a word
)

// memory keeps the meanings of the words met last: few words make up most of all texts. Two generations bound it, and
// what was asked for in this one or the one before is still there.
type memory struct {
	mu              sync.Mutex
	recent, earlier map[string]*meaning
}

// get returns what is remembered, or else analyses the word.
func (c *memory) get(w string, analyse func(string) *meaning) *meaning {
	if len(w) > maxRemembered {
		return analyse(w)
	}
	if m := c.find(w); m != nil {
		return m
	}
	w = strings.Clone(w) // it may be a piece of a long text
	m := analyse(w)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.put(w, m)
	return m
}

func (c *memory) find(w string) *meaning {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.recent[w]; m != nil {
		return m
	}
	m := c.earlier[w]
	if m != nil {
		c.put(strings.Clone(w), m)
	}
	return m
}

// put needs the lock.
func (c *memory) put(w string, m *meaning) {
	if c.recent == nil || len(c.recent) >= memorySize {
		c.recent, c.earlier = map[string]*meaning{}, c.recent
	}
	c.recent[w] = m
}
