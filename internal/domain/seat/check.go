package seat

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/patch"
)

// Check finds what cannot be right about a seat that somebody proposes for a council: references, term, period, deputies. was
// and now are any values whose JSON has members of a seat; what was already so is not held against the caller. It belongs into the
// transaction that writes the proposal: until that ends, the council and the person stay. Missing or WasDeleted without the council.
func (s *Service) Check(ctx context.Context, council uuid.UUID, was, now any) (f errs.Faults, err error) {
	if _, err := s.repo.council(ctx, council, true); err != nil {
		return nil, err
	}
	var old, d draft
	if was != nil {
		if err := patch.Merge(&old, was); err != nil {
			return nil, err
		}
	}
	if err := patch.Merge(&d, now); err != nil {
		return nil, err
	}
	old.CouncilID, d.CouncilID = council, council
	d.normalise(&f)
	return f, s.references(ctx, &old, &d, &f)
}

// named are the members that a request body has, null or not.
type named map[string]json.RawMessage

func (n named) has(member string) bool { return n[member] != nil }

func members(body any) (named, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	out := named{}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return out, nil
}

// references notes what d refers to, was did not, and is not there, or not for this council, of which the lock is held. Rows are
// locked in one order everywhere: council, person, seats.
func (s *Service) references(ctx context.Context, was, d *draft, f *errs.Faults) error {
	changed := func(was, now *uuid.UUID) *uuid.UUID {
		if now == nil || was != nil && *was == *now {
			return nil
		}
		return now
	}
	asked := draft{Seat: Seat{
		CouncilID: d.CouncilID, PersonID: changed(was.PersonID, d.PersonID), OrganisationID: changed(was.OrganisationID, d.OrganisationID),
		NominatingOrganisationID: changed(was.NominatingOrganisationID, d.NominatingOrganisationID), NominatingNetworkID: changed(was.NominatingNetworkID, d.NominatingNetworkID),
		NominatingCouncilID: changed(was.NominatingCouncilID, d.NominatingCouncilID), DeputyFor: changed(was.DeputyFor, d.DeputyFor),
	}, Succeeds: changed(was.Succeeds, d.Succeeds)}
	sameTerm := changed(was.TermID, d.TermID) == nil && opt.Equal(was.ValidFrom, d.ValidFrom) && opt.Equal(was.ValidTo, d.ValidTo)
	if !sameTerm {
		asked.TermID = d.TermID
	}
	var people []uuid.UUID
	if asked.PersonID != nil {
		people = append(people, *asked.PersonID)
	}
	readable, err := s.people.Readable(ctx, people)
	if err != nil {
		return err
	}
	known, err := s.repo.known(ctx, &asked, d.PersonID)
	if err != nil {
		return err
	}
	for _, ref := range []struct {
		id      *uuid.UUID
		ok      bool
		pointer string
		detail  errs.Message
	}{
		{asked.PersonID, len(readable) > 0, "/personId", errs.Msg("there is no such person")},
		{asked.OrganisationID, known.organisation, "/organisationId", errs.Msg("there is no such organisation")},
		{asked.NominatingOrganisationID, known.nominatingOrganisation, "/nominatingOrganisationId", errs.Msg("there is no such organisation")},
		{asked.NominatingNetworkID, known.nominatingNetwork, "/nominatingNetworkId", errs.Msg("there is no such network")},
		{asked.NominatingCouncilID, known.nominatingCouncil, "/nominatingCouncilId", errs.Msg("there is no such council")},
		{asked.TermID, known.term, "/termId", errs.Msg("the council has no such term")},
		{asked.DeputyFor, known.principal != "", "/deputyFor", errs.Msg("the council has no such seat")},
		{asked.Succeeds, known.predecessor, "/succeeds", errs.Msg("the council has no such seat")},
	} {
		if ref.id != nil && !ref.ok {
			*f = append(*f, errs.Fault{In: "body", Pointer: ref.pointer, Code: "unknown-reference", Detail: ref.detail})
		}
	}
	if known.erased && asked.PersonID == nil {
		refuseErased(&was.Seat, &d.Seat, f)
	}
	if known.principal == RoleDeputy || d.DeputyFor != nil && d.ID == *d.DeputyFor {
		f.Add("/deputyFor", "invalid", "a deputy has no deputy")
	}
	if known.term {
		if d.ValidFrom == nil { // a seat of a term lies within it: its ends are the term's, unless it has its own
			d.ValidFrom = &known.termFrom
		}
		if d.ValidTo == nil {
			d.ValidTo = known.termTo
		}
		withinTerm(d.ValidFrom, d.ValidTo, known.termFrom, known.termTo, f)
	}
	return nil
}

// refuseErased notes what somebody wants to tell anew of a person who has been erased.
func refuseErased(was, now *Seat, f *errs.Faults) {
	for _, m := range []struct {
		pointer string
		told    bool
	}{
		{"/title", now.Title != nil && !maps.Equal(was.Title, now.Title)}, {"/roleName", now.RoleName != nil && !maps.Equal(was.RoleName, now.RoleName)},
		{"/email", now.Email != nil && (was.Email == nil || *was.Email != *now.Email)}, {"/phone", now.Phone != nil && (was.Phone == nil || *was.Phone != *now.Phone)},
	} {
		if m.told {
			f.Add(m.pointer, "erased", "the person has been erased: nothing is told of the person any more")
		}
	}
}

// withinTerm notes a seat that begins or ends outside its term. What is not known is not outside.
func withinTerm(from, to *clock.Date, termFrom clock.Date, termTo *clock.Date, f *errs.Faults) {
	if from != nil && (*from < termFrom || termTo != nil && *from >= *termTo) {
		f.Add("/from", "outside-term", "it does not lie within the term")
	}
	if to != nil && (*to <= termFrom || termTo != nil && *to > *termTo) {
		f.Add("/to", "outside-term", "it does not lie within the term")
	}
}
