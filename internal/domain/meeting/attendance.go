package meeting

import (
	"context"
	"reflect"
	"strconv"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/store"
)

// roll is the body that sets who was there.
type roll struct {
	Items []Attendance `json:"items"`
}

// PutAttendance sets the whole roll of a meeting; an empty one takes back what was told of a meeting that did not come about.
// For those who may write it. WrongTransition before its day and when it is cancelled; InvalidData with all faults.
func (s *Service) PutAttendance(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
	_, err := s.write(ctx, id, ifMatch, "attendance", func(ctx context.Context, tx *store.Tx, m *Meeting) (bool, error) {
		var in roll
		if err := patch.Merge(&in, body); err != nil {
			return false, err
		}
		if len(in.Items) > 0 {
			if err := m.begun(); err != nil {
				return false, err
			}
		}
		was, err := s.repo.roll(ctx, m.ID)
		if err != nil {
			return false, err
		}
		f := errs.Faults{}
		for i := range in.Items {
			if in.Items[i].Guest = i18n.Tidy(in.Items[i].Guest); len(in.Items[i].Guest) == 0 {
				in.Items[i].Guest = nil
			}
		}
		if m.CouncilID != nil {
			err = s.checkCouncilRoll(ctx, m, in.Items, &f)
		} else {
			err = s.checkNetworkRoll(ctx, m, in.Items, &f)
		}
		if err == nil {
			err = s.checkOrganisations(ctx, m, was, in.Items, &f)
		}
		if err != nil {
			return false, err
		}
		if err := f.Err(); err != nil || same(was, in.Items) {
			return false, err
		}
		return true, s.repo.replaceRoll(ctx, tx, m.ID, clock.Now(), in.Items)
	})
	return err
}

// same tells whether two rolls say the same in the same order.
func same(a, b []Attendance) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		x, y := a[i], b[i]
		x.Part, y.Part, x.MeetingID, y.MeetingID = store.Part{}, store.Part{}, uuid.Nil, uuid.Nil
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

func at(i int, member string) string { return "/items/" + strconv.Itoa(i) + member }

// checkCouncilRoll holds the roll of a council's meeting against its seats on the day.
func (s *Service) checkCouncilRoll(ctx context.Context, m *Meeting, items []Attendance, f *errs.Faults) error {
	ids := []uuid.UUID{}
	first, there := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, a := range items {
		if a.SeatID != nil {
			ids = append(ids, *a.SeatID)
			there[*a.SeatID] = there[*a.SeatID] || a.there()
		}
		if a.StandsInFor != nil {
			ids = append(ids, *a.StandsInFor)
		}
	}
	seats, err := s.repo.seats(ctx, m, ids)
	if err != nil {
		return err
	}
	stoodFor := map[uuid.UUID]bool{}
	for i, a := range items {
		switch {
		case a.SeatID == nil && a.OrganisationID == nil && a.Guest == nil:
			f.Add(at(i, ""), "required", "who was it: a seat, an organisation or a guest?")
		case a.SeatID == nil:
		case a.OrganisationID != nil || a.Guest != nil:
			f.Add(at(i, ""), "contradiction", "a seat is neither an organisation nor a guest")
		case first[*a.SeatID]:
			f.Add(at(i, "/seatId"), "duplicate", "no item may stand twice")
		default:
			first[*a.SeatID] = true
			if checkSeat(seats, *a.SeatID, at(i, "/seatId"), f) && a.there() {
				checkFilled(seats[*a.SeatID], at(i, "/seatId"), f)
			}
		}
		if a.StandsInFor != nil {
			checkStandIn(seats, a, there, stoodFor, at(i, "/standsInFor"), f)
		}
	}
	return nil
}

func checkSeat(seats map[uuid.UUID]seat, id uuid.UUID, pointer string, f *errs.Faults) bool {
	s, ok := seats[id]
	switch {
	case !ok:
		f.Add(pointer, "unknown-reference", "the council has no such seat")
	case !s.holds:
		f.Add(pointer, "not-on-the-day", "the seat does not hold on the day of the meeting")
	}
	return ok && s.holds
}

// checkFilled refuses a seat in which nobody sits: none can take part in its name.
func checkFilled(s seat, pointer string, f *errs.Faults) {
	if s.vacant {
		f.Add(pointer, "vacant", "nobody sits in that seat")
	}
}

// checkStandIn holds a deputy against the seat that it stood in for.
func checkStandIn(seats map[uuid.UUID]seat, a Attendance, there, stoodFor map[uuid.UUID]bool, pointer string, f *errs.Faults) {
	if a.SeatID == nil {
		f.Add(pointer, "unexpected", "only a deputy stands in for a seat")
		return
	}
	if !a.there() {
		f.Add(pointer, "contradiction", "who is not there stands in for nobody")
	}
	if there[*a.StandsInFor] {
		f.Add(pointer, "contradiction", "that seat is there itself")
	}
	if stoodFor[*a.StandsInFor] {
		f.Add(pointer, "duplicate", "another one stands in for that seat")
	}
	stoodFor[*a.StandsInFor] = true
	if !checkSeat(seats, *a.StandsInFor, pointer, f) {
		return
	}
	checkFilled(seats[*a.StandsInFor], pointer, f)
	deputy, ok := seats[*a.SeatID]
	if !ok {
		return
	}
	principal := seats[*a.StandsInFor]
	named := deputy.deputyFor != nil && *deputy.deputyFor == *a.StandsInFor
	network := deputy.network != nil && principal.network != nil && *deputy.network == *principal.network
	switch {
	case !deputy.deputy || principal.deputy:
		f.Add(pointer, "unexpected", "only a deputy stands in for a seat")
	case !named && !network:
		f.Add(pointer, "not-its-deputy", "it is the deputy of another seat")
	}
}

// checkNetworkRoll holds the roll of a network's meeting against its members on the day.
func (s *Service) checkNetworkRoll(ctx context.Context, m *Meeting, items []Attendance, f *errs.Faults) error {
	ids := []uuid.UUID{}
	for _, a := range items {
		if a.OrganisationID != nil && a.Guest == nil {
			ids = append(ids, *a.OrganisationID)
		}
	}
	found, err := s.repo.membersOf(ctx, m, ids)
	if err != nil {
		return err
	}
	member := map[uuid.UUID]bool{}
	for _, id := range found {
		member[id] = true
	}
	for i, a := range items {
		if a.SeatID != nil {
			f.Add(at(i, "/seatId"), "unexpected", "a network has no seats")
		}
		if a.StandsInFor != nil {
			f.Add(at(i, "/standsInFor"), "unexpected", "only a deputy stands in for a seat")
		}
		switch {
		case a.OrganisationID == nil && a.Guest == nil && a.SeatID == nil:
			f.Add(at(i, ""), "required", "who was it: a member of the network or a guest?")
		case a.OrganisationID != nil && a.Guest == nil && !member[*a.OrganisationID]:
			f.Add(at(i, "/organisationId"), "not-a-member", "it is no member of the network on the day of the meeting; say in guest who was there")
		}
	}
	return nil
}

// checkOrganisations refuses an organisation that stands twice without words, and guests' organisations that nobody knows.
// What the roll has already is not held against the caller.
func (s *Service) checkOrganisations(ctx context.Context, m *Meeting, was, items []Attendance, f *errs.Faults) error {
	known, ids := map[uuid.UUID]bool{}, []uuid.UUID{}
	for _, a := range was {
		known[opt.Value(a.OrganisationID)] = true
	}
	asked := func(a Attendance) bool {
		return a.OrganisationID != nil && !known[*a.OrganisationID] && (m.CouncilID != nil || a.Guest != nil)
	}
	for _, a := range items {
		if asked(a) {
			ids = append(ids, *a.OrganisationID)
		}
	}
	published := map[uuid.UUID]bool{}
	if len(ids) > 0 {
		var err error
		if published, err = s.organisations.Published(ctx, ids); err != nil {
			return err
		}
	}
	seen := map[uuid.UUID]bool{}
	for i, a := range items {
		if a.OrganisationID == nil {
			continue
		}
		if asked(a) && !published[*a.OrganisationID] {
			f.Add(at(i, "/organisationId"), "unknown-reference", "there is no such organisation")
		}
		if a.SeatID == nil && a.Guest == nil {
			if seen[*a.OrganisationID] {
				f.Add(at(i, "/organisationId"), "duplicate", "no item may stand twice")
			}
			seen[*a.OrganisationID] = true
		}
	}
	return nil
}
