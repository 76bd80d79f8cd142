// Package post holds the posts: staff positions, such as that of a municipality's liaison officer, which people hold in turn
// and whose contact points stay when the holder changes; and which municipalities had such a post over time.
package post

import (
	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/store"
)

// Kind tells what sort of position a post is.
type Kind string

// LiaisonOfficer is the post of the municipal officer who works with associations.
const LiaisonOfficer Kind = "liaison_officer"

// Post is a staff position. The JSON names are the members that callers set; changes are reported by them.
type Post struct {
	store.Base
	Kind           Kind       `json:"kind"`
	Title          i18n.Text  `json:"title" gorm:"serializer:json"`
	OrganisationID *uuid.UUID `json:"organisationId"`
	CouncilID      *uuid.UUID `json:"councilId"`
	NetworkID      *uuid.UUID `json:"networkId"`
	Team           i18n.Text  `json:"team" gorm:"serializer:json"`
	area.Area
	Branch      *string     `json:"branch"`
	Email       *string     `json:"email"`
	Phone       *string     `json:"phone"` // E.164
	Description i18n.Text   `json:"description" gorm:"serializer:json"`
	ValidFrom   *clock.Date `json:"from"`
	ValidTo     *clock.Date `json:"to"` // exclusive
	SortName    string      `json:"-"`
}

// Resource is its name in audit events and the change feed.
func (*Post) Resource() string { return "post" }

// Scope is where it stands, for the readers of audit events and of the change feed. Posts are public.
func (p *Post) Scope() store.Scope {
	return store.Scope{Region: p.Region, Municipality: p.Municipality, Organisation: p.OrganisationID, Public: p.DeletedAt == nil}
}

// target is what grants are compared with. A post without an area is in nobody's scope.
func (p *Post) target() authz.Target {
	var t authz.Target
	if p.Region != nil {
		t.Region = *p.Region
	}
	if p.Municipality != nil {
		t.Municipality = *p.Municipality
	}
	return t
}

// Holder is a person who holds a post in a period. An open end is that of the post; a start that nobody knows is null.
type Holder struct {
	store.Base
	PostID    uuid.UUID   `json:"-"`
	PersonID  uuid.UUID   `json:"personId"`
	ValidFrom *clock.Date `json:"from"`
	ValidTo   *clock.Date `json:"to"`         // exclusive
	Post      *Post       `json:"-" gorm:"-"` // the one that is held: the holder stands where it stands
}

// TableName is where holders are kept.
func (*Holder) TableName() string { return "post_holders" }

// Resource is its name in audit events and the change feed.
func (*Holder) Resource() string { return "post_holder" }

// Scope is that of the post. Who holds a post is public, though the name may be withheld.
func (h *Holder) Scope() store.Scope {
	s := h.Post.Scope()
	s.Public = h.DeletedAt == nil
	return s
}
