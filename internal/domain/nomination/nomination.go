// Package nomination holds the proposals, by organisations, networks and councils, to fill seats of councils, and the calls that
// ask for them. A confirmed nomination opens its seat.
package nomination

import (
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/store"
)

// Status is where a nomination stands.
type Status string

// The statuses.
const (
	StatusProposed  Status = "proposed"
	StatusConfirmed Status = "confirmed"
	StatusDeclined  Status = "declined"
	StatusWithdrawn Status = "withdrawn"
)

// Nomination is a proposal that a person take a seat. The JSON names are the members that callers set, and those that tell of
// the decision.
type Nomination struct {
	store.Base
	CouncilID                uuid.UUID   `json:"-"`
	CallID                   *uuid.UUID  `json:"callId"`
	Status                   Status      `json:"status"`
	Role                     string      `json:"role"`
	PersonID                 uuid.UUID   `json:"personId"`
	Title                    i18n.Text   `json:"title" gorm:"serializer:json"`
	OrganisationID           *uuid.UUID  `json:"organisationId"`
	NominatingOrganisationID *uuid.UUID  `json:"nominatingOrganisationId"`
	NominatingNetworkID      *uuid.UUID  `json:"nominatingNetworkId"`
	NominatingCouncilID      *uuid.UUID  `json:"nominatingCouncilId"`
	TermID                   *uuid.UUID  `json:"termId"`
	DeputyFor                *uuid.UUID  `json:"deputyFor"`
	Succeeds                 *uuid.UUID  `json:"succeeds"`
	ValidFrom                *clock.Date `json:"from"`
	ValidTo                  *clock.Date `json:"to"` // exclusive
	Message                  *string     `json:"message"`
	Reason                   *string     `json:"reason"`
	DecidedOn                *clock.Date `json:"decidedOn"`
	MeetingID                *uuid.UUID  `json:"meetingId"`
	SeatID                   *uuid.UUID  `json:"seatId"`
	Region                   *string     `json:"-" gorm:"-"` // of the council, for the change rows
	Municipality             *string     `json:"-" gorm:"-"`
}

// Resource is its name in audit events and the change feed.
func (*Nomination) Resource() string { return "nomination" }

// Scope is where its council stands; outsiders see it once it is confirmed.
func (n *Nomination) Scope() store.Scope {
	return store.Scope{Region: n.Region, Municipality: n.Municipality, Public: n.Status == StatusConfirmed && n.DeletedAt == nil}
}

// nominator is the member that names the nominating body, "" unless there is exactly one.
func (n *Nomination) nominator() (member string) {
	for _, b := range []struct {
		id     *uuid.UUID
		member string
	}{{n.NominatingOrganisationID, "nominatingOrganisationId"}, {n.NominatingNetworkID, "nominatingNetworkId"}, {n.NominatingCouncilID, "nominatingCouncilId"}} {
		switch {
		case b.id == nil:
		case member != "":
			return ""
		default:
			member = b.member
		}
	}
	return member
}

// proposed are the members of the seat that a nomination proposes: what is not told is taken over from the seat that it succeeds.
type proposed struct {
	Role                     string      `json:"role"`
	PersonID                 uuid.UUID   `json:"personId"`
	Title                    i18n.Text   `json:"title,omitempty"`
	OrganisationID           *uuid.UUID  `json:"organisationId,omitempty"`
	NominatingOrganisationID *uuid.UUID  `json:"nominatingOrganisationId,omitempty"`
	NominatingNetworkID      *uuid.UUID  `json:"nominatingNetworkId,omitempty"`
	NominatingCouncilID      *uuid.UUID  `json:"nominatingCouncilId,omitempty"`
	TermID                   *uuid.UUID  `json:"termId,omitempty"`
	DeputyFor                *uuid.UUID  `json:"deputyFor,omitempty"`
	Succeeds                 *uuid.UUID  `json:"succeeds,omitempty"`
	ValidFrom                *clock.Date `json:"from,omitempty"`
	ValidTo                  *clock.Date `json:"to,omitempty"`
}

func (n *Nomination) seat(from, to *clock.Date) proposed {
	return proposed{
		Role: n.Role, PersonID: n.PersonID, Title: n.Title, OrganisationID: n.OrganisationID, NominatingOrganisationID: n.NominatingOrganisationID,
		NominatingNetworkID: n.NominatingNetworkID, NominatingCouncilID: n.NominatingCouncilID, TermID: n.TermID, DeputyFor: n.DeputyFor, Succeeds: n.Succeeds,
		ValidFrom: from, ValidTo: to,
	}
}

// life is the statuses' machine: the council's side decides, the nominating side withdraws.
var life = lifecycle.Machine[Status]{
	{From: StatusProposed, To: StatusConfirmed, Permission: authz.DecideNomination},
	{From: StatusProposed, To: StatusDeclined, Permission: authz.DecideNomination, NeedsNote: true},
	{From: StatusProposed, To: StatusWithdrawn, Permission: authz.ProposeNomination},
}

// Call asks for nominations by a deadline.
type Call struct {
	store.Base
	CouncilID    uuid.UUID   `json:"-"`
	Title        i18n.Text   `json:"title" gorm:"serializer:json"`
	Description  i18n.Text   `json:"description" gorm:"serializer:json"`
	TermID       *uuid.UUID  `json:"termId"`
	OpensAt      *time.Time  `json:"opensAt"` // nil: open since it was made
	Deadline     time.Time   `json:"deadline"`
	Seats        *int        `json:"seats"`
	Roles        []string    `json:"roles" gorm:"serializer:json"`      // none: any
	NetworkIDs   []uuid.UUID `json:"networkIds" gorm:"serializer:json"` // none: whoever may nominate
	Region       *string     `json:"-" gorm:"-"`
	Municipality *string     `json:"-" gorm:"-"`
}

// TableName is not what the type's name would give.
func (*Call) TableName() string { return "nomination_calls" }

// Resource is its name in audit events and the change feed.
func (*Call) Resource() string { return "nomination_call" }

// Scope is where its council stands.
func (c *Call) Scope() store.Scope {
	return store.Scope{Region: c.Region, Municipality: c.Municipality, Public: c.DeletedAt == nil}
}

// inUTC brings the times into the form in which the database keeps them, so that equal ones compare as equal.
func (c *Call) inUTC() {
	c.Deadline = c.Deadline.UTC().Truncate(time.Microsecond)
	if c.OpensAt != nil {
		at := c.OpensAt.UTC().Truncate(time.Microsecond)
		c.OpensAt = &at
	}
}
