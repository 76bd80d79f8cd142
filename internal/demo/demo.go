package demo

import (
	"fmt"
	"slices"

	"github.com/seutu/seutu/internal/clock"
)

// System is the name of the external-id system of the demo associations' keys.
const System = "demo"

// Region is the code of the demo region, Kanta-Häme.
const Region = "05"

// Association is one association with what a sync row cannot carry.
type Association struct {
	ID             string         // the id of its key: kh-0001 to kh-3253
	Row            map[string]any // the JSON members of the contract's OrganisationSyncRow
	Activities     []Activity
	RegisterEvents []RegisterEvent
}

// Activity is an activity as the contract's ActivityCreate has it.
type Activity struct {
	Heading      string            `json:"heading"`
	TargetGroups []string          `json:"targetGroups"`
	Description  map[string]string `json:"description"`
}

// RegisterEvent is an event as the contract's RegisterEventCreate has it.
type RegisterEvent struct {
	Type string             `json:"type"`
	Date clock.HistoricDate `json:"date"`
	Name map[string]string  `json:"name,omitempty"` // renamed: the name until then
	Note string             `json:"note,omitempty"`
}

// Associations makes the associations, anew at every call, in the order of their ids: municipality by municipality.
func Associations() []Association {
	w := loadWords()
	slots := fillSlots()
	names := make(map[slot][]title)
	needed := make(map[slot]int)
	for _, s := range slots {
		needed[s]++
	}
	taken := make(map[string]bool, len(slots))
	associations := make([]Association, 0, len(slots))
	for i, s := range slots {
		if names[s] == nil {
			names[s] = w.titles(s, needed[s], taken)
		}
		if i == 0 {
			best := max(slices.IndexFunc(names[s], title.sayable), 0)
			names[s][0], names[s][best] = names[s][best], names[s][0]
		}
		t := names[s][0]
		names[s] = names[s][1:]
		associations = append(associations, w.association(i+1, s, t))
	}
	return associations
}

// slot is the place of an association in the published figures.
type slot struct {
	municipality string
	section      string // the words to describe it with: a field or, without a field, a kind of leisure
}

// fillSlots spreads the fields over the municipalities, each in its exact number.
func fillSlots() []slot {
	var chosen []string
	for _, s := range sections {
		chosen = append(chosen, slices.Repeat([]string{s.name}, s.count)...)
	}
	d := newDice(streamFields)
	d.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	// The first association is the one that has everything, activities too.
	first := slices.Index(chosen, "social-health")
	chosen[0], chosen[first] = chosen[first], chosen[0]
	slots := make([]slot, 0, len(chosen))
	for _, sub := range subRegions {
		for i, n := range share(sub.count, sub.municipalities) {
			for range n {
				slots = append(slots, slot{sub.municipalities[i].code, chosen[len(slots)]})
			}
		}
	}
	return slots
}

// share divides a number in proportion to the populations: by largest remainder, so that the sum stays.
func share(total int, among []municipality) []int {
	population := 0
	for _, m := range among {
		population += m.population
	}
	shares, order, left := make([]int, len(among)), make([]int, len(among)), total
	for i, m := range among {
		shares[i], order[i] = total*m.population/population, i
		left -= shares[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return total*among[b].population%population - total*among[a].population%population
	})
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}

func id(number int) string { return fmt.Sprintf("kh-%04d", number) }
