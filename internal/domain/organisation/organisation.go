// Package organisation holds the organisations: associations, parishes, municipalities and other bodies that cooperate,
// with what they do (activities), what the registers tell of them (register events), and their life in Seutu (status).
package organisation

import (
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/store"
)

// Kind tells what sort of body an organisation is.
type Kind string

// Status is where an organisation stands in its life in the register.
type Status string

// The statuses.
const (
	StatusDraft     Status = "draft"
	StatusSubmitted Status = "submitted"
	StatusPublished Status = "published"
	StatusArchived  Status = "archived"
)

// Organisation is a body that cooperates. The JSON names are the members that callers set; changes are reported by them.
type Organisation struct {
	store.Base
	PublishedAt    *time.Time          `json:"-"` // first time: outsiders hear of its end only if it ever was public
	Status         Status              `json:"status"`
	Kind           Kind                `json:"kind"`
	Name           i18n.Text           `json:"name" gorm:"serializer:json"`
	OtherNames     []OtherName         `json:"otherNames" gorm:"serializer:json"`
	Description    i18n.Text           `json:"description" gorm:"serializer:json"`
	Field          *string             `json:"field"`
	RegisterNumber *string             `json:"registerNumber"` // PRH, "12.345"
	BusinessID     *string             `json:"businessId"`     // Y-tunnus, "0201256-6"
	Country        string              `json:"country"`        // ISO 3166-1 alpha-2
	Municipality   *string             `json:"municipality"`   // home; without one it is in nobody's regional scope
	Municipalities []string            `json:"municipalities" gorm:"serializer:json"`
	Region         *string             `json:"-"` // of the home municipality, today
	SubRegion      *string             `json:"-"`
	Address        *Address            `json:"address" gorm:"serializer:json"`
	PostalAddress  *Address            `json:"postalAddress" gorm:"serializer:json"`
	Location       *Point              `json:"location" gorm:"serializer:json"`
	Logo           *string             `json:"logo"`
	Website        *string             `json:"website"`
	Email          *string             `json:"email"`
	Phone          *string             `json:"phone"` // E.164
	SocialLinks    []string            `json:"socialLinks" gorm:"serializer:json"`
	Languages      []string            `json:"languages" gorm:"serializer:json"`
	MemberCount    *MemberCount        `json:"memberCount" gorm:"serializer:json"`
	Founded        *clock.HistoricDate `json:"founded" gorm:"serializer:json"`
	Dissolved      *clock.HistoricDate `json:"dissolved" gorm:"serializer:json"`
	RegisteredOn   *clock.Date         `json:"registeredOn"`
	FundingSources []string            `json:"fundingSources" gorm:"serializer:json"`
	Affiliations   []Affiliation       `json:"affiliations" gorm:"serializer:json"`
	ExternalIDs    []ExternalID        `json:"externalIds" gorm:"serializer:json"`
	LastVerifiedAt *time.Time          `json:"lastVerifiedAt"`
	MergedInto     *uuid.UUID          `json:"-"` // of a deleted one: the one that stands for it
	SubmittedBy    *uuid.UUID          `json:"-"` // the user who made it for others to publish
	// VerificationRequestedAt is when it was last asked for, of one that nobody has verified for long; nil once it is.
	VerificationRequestedAt *time.Time `json:"verificationRequestedAt"`
	SortName                string     `json:"-"` // derived of the names, see derive
	MatchName               string     `json:"-"`
}

// OtherName is a former or parallel name; To is exclusive.
type OtherName struct {
	Name i18n.Text   `json:"name"`
	From *clock.Date `json:"from"`
	To   *clock.Date `json:"to"`
}

// Point is a place in WGS84 degrees.
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Address is a street or postal address.
type Address struct {
	Street     *string `json:"street"`
	PostalCode *string `json:"postalCode"`
	PostOffice *string `json:"postOffice"`
}

// MemberCount is how many members there are, exactly or within a range, and in which year.
type MemberCount struct {
	Value     *int  `json:"value"`
	Min       *int  `json:"min"`
	Max       *int  `json:"max"`
	Estimated *bool `json:"estimated"`
	Year      *int  `json:"year"`
}

// Affiliation is an organisation that it belongs to, by id or only by name; To is exclusive.
type Affiliation struct {
	OrganisationID *uuid.UUID  `json:"organisationId"`
	Name           *string     `json:"name"`
	From           *clock.Date `json:"from"`
	To             *clock.Date `json:"to"`
}

// ExternalID is the key that another system has for the organisation.
type ExternalID struct {
	System string `json:"system"`
	ID     string `json:"id"`
}

// Resource is its name in audit events and the change feed.
func (*Organisation) Resource() string { return "organisation" }

// Public tells whether outsiders see it.
func (o *Organisation) Public() bool { return o.Status == StatusPublished && o.DeletedAt == nil }

// unreviewed tells whether a user submitted it and nobody has published it yet: what it claims to be keeps nobody from anything.
func (o *Organisation) unreviewed() bool { return o.SubmittedBy != nil && o.PublishedAt == nil }

// Scope is where it stands, for the readers of audit events and of the change feed.
func (o *Organisation) Scope() store.Scope {
	return store.Scope{Region: o.Region, Municipality: o.Municipality, Organisation: &o.ID, Public: o.Public()}
}

// target is what grants are compared with.
func (o *Organisation) target() authz.Target {
	t := authz.Target{Organisation: o.ID.String()}
	if o.Municipality != nil && o.Region != nil {
		t.Region, t.Municipality = *o.Region, *o.Municipality
	}
	return t
}

// visible tells whether the actor may see it.
func (o *Organisation) visible(a authz.Actor) bool {
	return o.Public() || a.May(authz.ReadUnpublished, o.target())
}

// life is the statuses' machine: submitted → draft returns it, with the reason.
var life = lifecycle.Machine[Status]{
	{From: StatusDraft, To: StatusSubmitted, Permission: authz.WriteOrganisation},
	{From: StatusDraft, To: StatusPublished, Permission: authz.ApproveOrganisation},
	{From: StatusSubmitted, To: StatusDraft, Permission: authz.ApproveOrganisation, NeedsNote: true},
	{From: StatusSubmitted, To: StatusPublished, Permission: authz.ApproveOrganisation},
	{From: StatusPublished, To: StatusArchived, Permission: authz.ApproveOrganisation},
	{From: StatusArchived, To: StatusPublished, Permission: authz.ApproveOrganisation},
}
