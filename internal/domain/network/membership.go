package network

import (
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/store"
)

// MembershipStatus is where a membership stands in its life.
type MembershipStatus string

// The statuses of memberships.
const (
	Applied   MembershipStatus = "applied"
	Active    MembershipStatus = "active"
	Left      MembershipStatus = "left"
	Rejected  MembershipStatus = "rejected"
	Withdrawn MembershipStatus = "withdrawn"
)

// Convener is the role that one member at a time has.
const Convener = "convener"

// Membership is an organisation in a network, or its application to be there.
type Membership struct {
	store.Base
	NetworkID      uuid.UUID        `json:"networkId"`
	OrganisationID uuid.UUID        `json:"organisationId"`
	Status         MembershipStatus `json:"status"`
	ValidFrom      *clock.Date      `json:"from"` // nil: since nobody knows when
	ValidTo        *clock.Date      `json:"to"`   // exclusive
	Roles          []Role           `json:"roles" gorm:"serializer:json"`
	Message        *string          `json:"message"` // of the application
	Reason         *string          `json:"reason"`  // of the rejection, or of leaving
	Region         *string          `json:"-" gorm:"-"`
	Municipality   *string          `json:"-" gorm:"-"` // where its network stands, for its scope
}

// Role is what a member is in the network for a time; without bounds for as long as it is a member. To is exclusive.
type Role struct {
	Role string      `json:"role"`
	From *clock.Date `json:"from"`
	To   *clock.Date `json:"to"`
}

// Resource is its name in audit events and the change feed.
func (*Membership) Resource() string { return "membership" }

// Scope is where it stands: in the area of its network, and with its organisation.
func (m *Membership) Scope() store.Scope {
	return store.Scope{Region: m.Region, Municipality: m.Municipality, Organisation: &m.OrganisationID, Public: m.DeletedAt == nil && m.counts()}
}

// counts tells whether it is, or was, a membership; the others are applications and what became of them.
func (m *Membership) counts() bool { return m.Status == Active || m.Status == Left }

// live tells whether it stands in the way of another one of the same pair.
func (m *Membership) live() bool { return m.Status == Active || m.Status == Applied }

// end makes one that is active left, from a day on, but at least a day after it began. Its roles end with it.
func (m *Membership) end(on clock.Date) {
	if m.ValidFrom != nil && on <= *m.ValidFrom {
		on = m.ValidFrom.Next()
	}
	m.Status, m.ValidTo = Left, &on
	kept := []Role{}
	for _, r := range m.Roles {
		if r.From != nil && *r.From >= on {
			continue
		}
		if r.To != nil && *r.To > on {
			r.To = &on
		}
		kept = append(kept, r)
	}
	m.Roles = kept
}

// checkPeriods finds what is wrong with the period and those of the roles.
func (m *Membership) checkPeriods(f *errs.Faults) {
	clock.CheckPeriod(m.ValidFrom, m.ValidTo, "", f)
	if m.ValidFrom != nil && *m.ValidFrom > lastStart {
		f.Add("/from", "invalid", "the year is too far away")
	}
	for i, r := range m.Roles {
		at := "/roles/" + strconv.Itoa(i)
		clock.CheckPeriod(r.From, r.To, at, f)
		if clock.Before(r.From, m.ValidFrom) || r.From != nil && m.ValidTo != nil && *r.From >= *m.ValidTo {
			f.Add(at+"/from", "outside", "a role lies within the period of the membership")
		}
		if clock.Before(m.ValidTo, r.To) || r.To != nil && m.ValidFrom != nil && *r.To <= *m.ValidFrom {
			f.Add(at+"/to", "outside", "a role lies within the period of the membership")
		}
		if slices.ContainsFunc(m.Roles[:i], func(o Role) bool { return o.Role == r.Role && overlap(o, r) }) {
			f.Add(at, "duplicate", "it has this role already at that time")
		}
	}
}

// lastStart is the last day on which one can begin: a day must be left on which it can end.
const lastStart = clock.Date("9999-12-30")

func overlap(a, b Role) bool {
	return (a.From == nil || b.To == nil || *a.From < *b.To) && (b.From == nil || a.To == nil || *b.From < *a.To)
}

// membershipLife is the machine of the memberships' statuses. Whoever left applies anew.
var membershipLife = lifecycle.Machine[MembershipStatus]{
	{From: Applied, To: Active, Permission: authz.WriteNetwork},
	{From: Applied, To: Rejected, Permission: authz.WriteNetwork, NeedsNote: true},
	{From: Applied, To: Withdrawn, Permission: authz.ApplyNetwork},
	{From: Active, To: Left, Permission: authz.WriteNetwork},
	{From: Active, To: Left, Permission: authz.ApplyNetwork},
}
