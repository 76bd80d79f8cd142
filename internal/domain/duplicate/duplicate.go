// Package duplicate finds organisations that were entered twice: it tells of any two how likely they are one, and why, and
// keeps the likely pairs for people to decide on.
package duplicate

import (
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/store"
)

// Status is whether somebody has decided on a pair.
type Status string

// The statuses. A pair that was dismissed stays so, whatever is found later.
const (
	StatusOpen      Status = "open"
	StatusDismissed Status = "dismissed"
)

// Pair is two organisations that may be one. It is found by the service itself: only what people decide leaves audit events.
type Pair struct {
	store.Base
	A            uuid.UUID  `json:"-"` // the smaller id
	B            uuid.UUID  `json:"-"`
	Status       Status     `json:"status"`
	Score        float64    `json:"-"`
	Reasons      []Reason   `json:"-" gorm:"serializer:json"`
	DecidedAt    *time.Time `json:"-"`
	DecidedBy    *uuid.UUID `json:"-"`
	Note         *string    `json:"note"`
	Region       *string    `json:"-" gorm:"-"` // of one of the two, for the readers of audit events
	Municipality *string    `json:"-" gorm:"-"`
}

// TableName names the table for GORM.
func (*Pair) TableName() string { return "duplicate_pairs" }

// Resource is its name in audit events and the change feed.
func (*Pair) Resource() string { return "duplicate" }

// Scope is where it stands. Pairs are never public.
func (p *Pair) Scope() store.Scope {
	return store.Scope{Region: p.Region, Municipality: p.Municipality, Organisation: &p.A}
}

// life is the statuses' machine.
var life = lifecycle.Machine[Status]{
	{From: StatusOpen, To: StatusDismissed, Permission: authz.ApproveOrganisation},
	{From: StatusDismissed, To: StatusOpen, Permission: authz.ApproveOrganisation},
}
