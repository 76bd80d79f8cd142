package organisation

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/store"
)

// Identity is what tells a published organisation from others: who may not approve it changes these members by a pending
// change only.
type Identity struct {
	Name           i18n.Text `json:"name"`
	RegisterNumber *string   `json:"registerNumber"`
	Municipality   *string   `json:"municipality"`
}

// ChangeStatus is where a pending change stands.
type ChangeStatus string

// The statuses of pending changes.
const (
	ChangePending    ChangeStatus = "pending"
	ChangeApproved   ChangeStatus = "approved"
	ChangeRejected   ChangeStatus = "rejected"
	ChangeWithdrawn  ChangeStatus = "withdrawn"
	ChangeSuperseded ChangeStatus = "superseded" // by a newer one, or by a direct change
)

// PendingChange is a change to the identity of a published organisation that waits for approval. An organisation has one
// at most that is pending. Before and After are whole; Members tells what of them counts.
type PendingChange struct {
	store.Base
	OrganisationID uuid.UUID    `json:"-"`
	Status         ChangeStatus `json:"status"`
	Members        []string     `json:"members" gorm:"serializer:json"`
	Before         Identity     `json:"before" gorm:"serializer:json"`
	After          Identity     `json:"after" gorm:"serializer:json"`
	ProposedBy     *uuid.UUID   `json:"-"`
	DecidedBy      *uuid.UUID   `json:"-"`
	DecidedAt      *time.Time   `json:"-"`
	Reason         *string      `json:"reason"`
	Region         *string      `json:"-" gorm:"-"` // where its organisation stands, for its scope
	Municipality   *string      `json:"-" gorm:"-"`
}

// TableName is not what the type's name would give.
func (*PendingChange) TableName() string { return "organisation_pending_changes" }

// Resource is its name in audit events and the change feed.
func (*PendingChange) Resource() string { return "pending_change" }

// Scope is where its organisation stands; outsiders never see it.
func (c *PendingChange) Scope() store.Scope {
	return store.Scope{Region: c.Region, Municipality: c.Municipality, Organisation: &c.OrganisationID}
}

// changeLife is the machine of pending changes: the area's side decides, the organisation's side withdraws.
var changeLife = lifecycle.Machine[ChangeStatus]{
	{From: ChangePending, To: ChangeApproved, Permission: authz.ApproveOrganisation},
	{From: ChangePending, To: ChangeRejected, Permission: authz.ApproveOrganisation, NeedsNote: true},
	{From: ChangePending, To: ChangeWithdrawn, Permission: authz.WriteOrganisation},
}

func (o *Organisation) identity() Identity {
	return Identity{o.Name, o.RegisterNumber, o.Municipality}
}

// copyMembers takes over the members that are named.
func (i *Identity) copyMembers(from Identity, members []string) {
	for _, m := range members {
		switch m {
		case "name":
			i.Name = from.Name
		case "registerNumber":
			i.RegisterNumber = from.RegisterNumber
		case "municipality":
			i.Municipality = from.Municipality
		}
	}
}

// become gives o an identity; where that is depends on the municipality, which check looks up.
func (o *Organisation) become(i Identity) {
	o.Name, o.RegisterNumber, o.Municipality = i.Name, i.RegisterNumber, i.Municipality
}

// overtaken lists the members of the change whose values are no longer those that it was to replace.
func (c *PendingChange) overtaken(o *Organisation) []string {
	now := o.identity()
	return slices.DeleteFunc(store.ChangedMembers(&c.Before, &now), func(m string) bool { return !slices.Contains(c.Members, m) })
}

// carry takes over what an older change asks for and this one does not.
func (c *PendingChange) carry(older *PendingChange) {
	rest := slices.DeleteFunc(slices.Clone(older.Members), func(m string) bool { return slices.Contains(c.Members, m) })
	c.Before.copyMembers(older.Before, rest)
	c.After.copyMembers(older.After, rest)
	c.Members = append(slices.Clip(c.Members), rest...)
	slices.Sort(c.Members)
}
