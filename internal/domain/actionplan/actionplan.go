// Package actionplan holds what councils plan for one year: action plans with their items.
package actionplan

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/store"
)

// Status is where a plan stands.
type Status string

// The statuses.
const (
	StatusDraft    Status = "draft"
	StatusApproved Status = "approved"
)

// life is what may become of a plan.
var life = lifecycle.Machine[Status]{
	{From: StatusDraft, To: StatusApproved, Permission: authz.WriteCouncil},
	{From: StatusApproved, To: StatusDraft, Permission: authz.WriteCouncil, NeedsNote: true},
}

// Plan is what a council plans for a year.
type Plan struct {
	store.Base
	CouncilID   uuid.UUID   `json:"-"`
	Year        int         `json:"year"`
	Status      Status      `json:"status"`
	PublishedAt *time.Time  `json:"-"` // first approval
	Title       i18n.Text   `gorm:"serializer:json" json:"title"`
	Description i18n.Text   `gorm:"serializer:json" json:"description"`
	ApprovedOn  *clock.Date `json:"approvedOn"`
	MeetingID   *uuid.UUID  `json:"meetingId"` // that approved it
	Links       []Link      `gorm:"serializer:json" json:"links"`

	At authz.Target `gorm:"-" json:"-"` // of the council
}

// Link is a page or document elsewhere.
type Link struct {
	Title     i18n.Text `json:"title"`
	URL       *string   `json:"url"`
	MediaType *string   `json:"mediaType"`
}

// TableName names the table for GORM.
func (Plan) TableName() string { return "action_plans" }

// Resource names action plans in audit events and the change feed.
func (*Plan) Resource() string { return "action_plan" }

// Scope tells where a plan stands: with its council. Outsiders see approved ones.
func (p *Plan) Scope() store.Scope {
	s := store.Scope{Public: p.DeletedAt == nil && p.Status == StatusApproved}
	if p.At.Region != "" {
		s.Region = &p.At.Region
	}
	if p.At.Municipality != "" {
		s.Municipality = &p.At.Municipality
	}
	return s
}

// Item is one thing that a council plans to do.
type Item struct {
	store.Part
	ActionPlanID uuid.UUID   `json:"-"`
	Position     int         `json:"position"`
	Title        i18n.Text   `gorm:"serializer:json" json:"title"`
	Description  i18n.Text   `gorm:"serializer:json" json:"description"`
	Owners       []Owner     `gorm:"serializer:json" json:"owners"`
	State        string      `json:"state"`
	DueOn        *clock.Date `json:"dueOn"`
	Note         i18n.Text   `gorm:"serializer:json" json:"note"`
}

// TableName names the table for GORM.
func (Item) TableName() string { return "action_plan_items" }

// Owner sees to an item: an organisation, a network, a council, or somebody by name.
type Owner struct {
	OrganisationID *uuid.UUID `json:"organisationId"`
	NetworkID      *uuid.UUID `json:"networkId"`
	CouncilID      *uuid.UUID `json:"councilId"`
	Name           i18n.Text  `json:"name"`
}

// reference is one that an owner makes: the member, and the table in which its row is.
type reference struct {
	member  string
	missing errs.Message
	table   table
	id      func(Owner) *uuid.UUID
}

var references = []reference{
	{"organisationId", errs.Msg("there is no such organisation"), organisations, func(o Owner) *uuid.UUID { return o.OrganisationID }},
	{"networkId", errs.Msg("there is no such network"), networks, func(o Owner) *uuid.UUID { return o.NetworkID }},
	{"councilId", errs.Msg("there is no such council"), councils, func(o Owner) *uuid.UUID { return o.CouncilID }},
}

// ids lists what the owners of an item refer to by one of the members.
func (r reference) ids(i *Item) (out []uuid.UUID) {
	for _, o := range i.Owners {
		if id := r.id(o); id != nil && !slices.Contains(out, *id) {
			out = append(out, *id)
		}
	}
	return out
}
