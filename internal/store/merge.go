package store

import (
	"maps"
	"slices"

	"github.com/google/uuid"
)

// Merge is one organisation that goes up in another: what names From shall name Into. Each family that holds ids of
// organisations moves its own rows, and notes here what became of them.
type Merge struct {
	From, Into uuid.UUID
	moved      map[string]int
	ended      []Ended
}

// Moved tells how many rows of a type were moved.
type Moved struct {
	Type  string `json:"type"`
	Count int    `json:"count"`
}

// Ended is a row that could not move, since the organisation that stays has one of its kind: what was done instead.
type Ended struct {
	Type   string     `json:"type"`
	ID     uuid.UUID  `json:"id"`
	Reason string     `json:"reason"`
	KeptID *uuid.UUID `json:"keptId"` // the one that stands for it now
}

// Move notes rows that were moved.
func (m *Merge) Move(resource string, count int) {
	if m.moved == nil {
		m.moved = map[string]int{}
	}
	if count > 0 {
		m.moved[resource] += count
	}
}

// End notes a row that could not move.
func (m *Merge) End(resource string, id uuid.UUID, reason string, kept *uuid.UUID) {
	m.ended = append(m.ended, Ended{resource, id, reason, kept})
}

// Replace lets an id that names From name Into, and tells whether it did.
func (m *Merge) Replace(id **uuid.UUID) bool {
	if *id == nil || **id != m.From {
		return false
	}
	into := m.Into
	*id = &into
	return true
}

// Moved lists what was moved, by type.
func (m *Merge) Moved() []Moved {
	out := []Moved{}
	for _, t := range slices.Sorted(maps.Keys(m.moved)) {
		out = append(out, Moved{t, m.moved[t]})
	}
	return out
}

// Ended lists what could not move.
func (m *Merge) Ended() []Ended { return append([]Ended{}, m.ended...) }
