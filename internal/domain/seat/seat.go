// Package seat holds the seats of councils: who sits where, in which role and period, nominated by whom; and what follows from
// them, the representation of organisations.
package seat

import (
	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/contactpoint"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/store"
)

// Role is what somebody does in a council.
type Role string

// RoleDeputy stands in for another seat; all other roles stand for themselves.
const RoleDeputy Role = "deputy"

// Seat is a person's place in a council for a period. The JSON names are the members that callers set.
type Seat struct {
	store.Base
	CouncilID                uuid.UUID   `json:"-"`
	Role                     Role        `json:"role"`
	RoleName                 i18n.Text   `json:"roleName" gorm:"serializer:json"`
	PersonID                 *uuid.UUID  `json:"personId"`
	Vacant                   bool        `json:"vacant"`
	Title                    i18n.Text   `json:"title" gorm:"serializer:json"`
	OrganisationID           *uuid.UUID  `json:"organisationId"`
	NominatingOrganisationID *uuid.UUID  `json:"nominatingOrganisationId"`
	NominatingNetworkID      *uuid.UUID  `json:"nominatingNetworkId"`
	NominatingCouncilID      *uuid.UUID  `json:"nominatingCouncilId"`
	TermID                   *uuid.UUID  `json:"termId"`
	DeputyFor                *uuid.UUID  `json:"deputyFor"`
	PredecessorID            *uuid.UUID  `json:"-"`
	Email                    *string     `json:"email"` // contact points of the seat
	Phone                    *string     `json:"phone"`
	ValidFrom                *clock.Date `json:"from"`
	ValidTo                  *clock.Date `json:"to"`         // exclusive
	Region                   *string     `json:"-" gorm:"-"` // of the council, for the change rows
	Municipality             *string     `json:"-" gorm:"-"`
}

// Resource is its name in audit events and the change feed.
func (*Seat) Resource() string { return "seat" }

// Scope is where its council stands.
func (s *Seat) Scope() store.Scope {
	return store.Scope{Region: s.Region, Municipality: s.Municipality, Public: s.DeletedAt == nil}
}

// place puts the seat where its council stands.
func (s *Seat) place(t authz.Target) {
	s.Region, s.Municipality = opt.NonEmpty(t.Region), opt.NonEmpty(t.Municipality)
}

// draft is a seat as somebody asks for it.
type draft struct {
	Seat
	Succeeds *uuid.UUID `json:"succeeds"` // the seat that ends when this one begins
}

// inherit takes over from the seat that d succeeds what the request leaves out. How the
// role is called and for whom a deputy stands in belong to the role.
func (d *draft) inherit(from *Seat, n named) {
	if !n.has("role") {
		d.Role = from.Role
	}
	if d.Role == from.Role {
		if !n.has("roleName") {
			d.RoleName = from.RoleName
		}
		if !n.has("deputyFor") {
			d.DeputyFor = from.DeputyFor
		}
	}
	if !n.has("nominatingOrganisationId") && !n.has("nominatingNetworkId") && !n.has("nominatingCouncilId") {
		d.NominatingOrganisationID, d.NominatingNetworkID, d.NominatingCouncilID = from.NominatingOrganisationID, from.NominatingNetworkID, from.NominatingCouncilID
	}
	if !n.has("organisationId") && (d.PersonID == nil || from.PersonID != nil && *d.PersonID == *from.PersonID) {
		d.OrganisationID = from.OrganisationID // where the person comes from: another person comes from elsewhere
	}
	if !n.has("email") { // contact points are the seat's: they stay when the person changes
		d.Email = from.Email
	}
	if !n.has("phone") {
		d.Phone = from.Phone
	}
	if !n.has("termId") {
		d.TermID = from.TermID
	}
	if later := from.ValidTo != nil && d.ValidFrom != nil && *from.ValidTo > *d.ValidFrom; !n.has("to") && later {
		d.ValidTo = from.ValidTo // one that is over already does not tell when the next one ends
	}
}

// normalise brings the members into order and notes what cannot be right of themselves.
func (d *draft) normalise(f *errs.Faults) {
	d.RoleName, d.Title = tidy(d.RoleName), tidy(d.Title)
	if d.Role == "" {
		f.Add("/role", "required", "it is missing")
	}
	if d.Vacant && d.PersonID != nil {
		f.Add("/vacant", "contradiction", "a seat that a person holds is not vacant")
	}
	switch {
	case d.Role == RoleDeputy && d.DeputyFor == nil:
		f.Add("/deputyFor", "required", "a deputy needs the seat for which it stands in")
	case d.Role != RoleDeputy && d.Role != "" && d.DeputyFor != nil:
		f.Add("/deputyFor", "contradiction", "only a deputy stands in for another seat")
	}
	if nominators := d.nominators(); len(nominators) > 1 {
		for _, member := range nominators {
			f.Add("/"+member, "contradiction", "one body nominates, not several")
		}
	}
	clock.CheckPeriod(d.ValidFrom, d.ValidTo, "", f)
	contactpoint.Check(&d.Email, &d.Phone, f)
}

func (s *Seat) nominators() (members []string) {
	for _, n := range []struct {
		id     *uuid.UUID
		member string
	}{{s.NominatingOrganisationID, "nominatingOrganisationId"}, {s.NominatingNetworkID, "nominatingNetworkId"}, {s.NominatingCouncilID, "nominatingCouncilId"}} {
		if n.id != nil {
			members = append(members, n.member)
		}
	}
	return members
}

func tidy(t i18n.Text) i18n.Text {
	if t = i18n.Tidy(t); len(t) == 0 {
		return nil
	}
	return t
}
