package demo

import (
	"hash/fnv"
	"math/rand/v2"
)

// Every part draws from a stream of its own, so that a change in one leaves the others as they were.
const (
	seed         = 20201231
	streamFields = "fields"
	streamTitles = "titles"
	streamRow    = "row"
)

type dice struct {
	*rand.Rand
	generous bool // every chance comes true
}

func newDice(stream string, of ...string) *dice {
	h := fnv.New64a()
	for _, s := range append([]string{stream}, of...) {
		_, _ = h.Write([]byte(s + "\n")) // never fails
	}
	return &dice{Rand: rand.New(rand.NewPCG(seed, h.Sum64()))}
}

// chance is true in so many of a thousand cases.
func (d *dice) chance(perMille int) bool { return d.IntN(1000) < perMille || d.generous }

// between draws from the numbers from a to b, both included.
func (d *dice) between(a, b int) int { return a + d.IntN(b-a+1) }

func pick[T any](d *dice, from []T) T { return from[d.IntN(len(from))] }

// some draws n different ones, in a random order.
func some[T any](d *dice, n int, from []T) []T {
	n = min(n, len(from))
	drawn := make([]T, n)
	for i, j := range d.Perm(len(from))[:n] {
		drawn[i] = from[j]
	}
	return drawn
}
