package council

import (
	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/store"
)

// Status is where a network stands with a council.
type Status string

// The statuses.
const (
	StatusApplied   Status = "applied"
	StatusJoined    Status = "joined"
	StatusLeft      Status = "left"
	StatusRejected  Status = "rejected"
	StatusWithdrawn Status = "withdrawn"
)

// life is what may become of it: the council decides on an application, and either side ends what was joined.
var life = lifecycle.Machine[Status]{
	{From: StatusApplied, To: StatusJoined, Permission: authz.WriteCouncil},
	{From: StatusApplied, To: StatusRejected, Permission: authz.WriteCouncil, NeedsNote: true},
	{From: StatusApplied, To: StatusWithdrawn, Permission: authz.WriteNetwork},
	{From: StatusJoined, To: StatusLeft, Permission: authz.WriteCouncil},
	{From: StatusJoined, To: StatusLeft, Permission: authz.WriteNetwork},
}

// Joined is a network in a council.
type Joined struct {
	store.Base
	CouncilID uuid.UUID   `json:"-"`
	NetworkID uuid.UUID   `json:"networkId"`
	Status    Status      `json:"status"`
	ValidFrom *clock.Date `json:"from"` // null: since nobody knows when
	ValidTo   *clock.Date `json:"to"`   // exclusive
	Message   *string     `json:"message"`
	Reason    *string     `json:"reason"`

	Place area.Area `gorm:"-" json:"-"` // of the council
}

// TableName names the table for GORM.
func (Joined) TableName() string { return "council_networks" }

// Resource names joined networks in audit events and the change feed.
func (*Joined) Resource() string { return "council_network" }

// Scope tells where it stands: with its council. Outsiders see that a network has joined or left.
func (j *Joined) Scope() store.Scope {
	return store.Scope{Region: j.Place.Region, Municipality: j.Place.Municipality, Public: j.DeletedAt == nil && j.public()}
}

// public tells whether everyone may know of it.
func (j *Joined) public() bool { return j.Status == StatusJoined || j.Status == StatusLeft }

// sides is where the council and the network of a joined network stand.
type sides struct{ council, network authz.Target }

// may tells whether the actor has the permission on its side.
func (s sides) may(a authz.Actor, p authz.Permission) bool {
	if p == authz.WriteNetwork {
		return a.May(p, s.network)
	}
	return a.May(p, s.council)
}

// either tells whether the actor writes one of the sides: they see applications, messages and reasons.
func (s sides) either(a authz.Actor) bool {
	return s.may(a, authz.WriteCouncil) || s.may(a, authz.WriteNetwork)
}
