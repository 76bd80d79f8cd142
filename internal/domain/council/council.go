// Package council holds councils (advisory councils, forums, cooperation groups, committees, …) with their terms and duties, and the networks that joined them.
package council

import (
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/store"
)

// Kind tells what a council is.
type Kind string

// KindCommittee is the kind that exists only as a part of another council.
const KindCommittee Kind = "committee"

// Council is a body with seats.
type Council struct {
	store.Base
	area.Area
	Kind               Kind                `json:"kind"`
	Name               i18n.Text           `gorm:"serializer:json" json:"name"`
	OtherNames         []OtherName         `gorm:"serializer:json" json:"otherNames"`
	Abbreviations      []Abbreviation      `gorm:"serializer:json" json:"abbreviations"`
	Description        i18n.Text           `gorm:"serializer:json" json:"description"`
	Notes              []i18n.Text         `gorm:"serializer:json" json:"notes"`
	ParentID           *uuid.UUID          `json:"parentId"`
	PredecessorID      *uuid.UUID          `json:"predecessorId"`
	PreparationStarted *clock.HistoricDate `gorm:"serializer:json" json:"preparationStarted"`
	Founded            *clock.HistoricDate `gorm:"serializer:json" json:"founded"`
	Started            *clock.HistoricDate `gorm:"serializer:json" json:"started"`
	RulesAdopted       *clock.HistoricDate `gorm:"serializer:json" json:"rulesAdopted"`
	Ended              *clock.HistoricDate `gorm:"serializer:json" json:"ended"`
	Website            *string             `json:"website"`
	Tasks              []i18n.Text         `gorm:"serializer:json" json:"tasks"`
	WorkAreas          []i18n.Text         `gorm:"serializer:json" json:"workAreas"`
	Composition        []Places            `gorm:"serializer:json" json:"composition"`
	JoinRules          []i18n.Text         `gorm:"serializer:json" json:"joinRules"`
	Rules              []Link              `gorm:"serializer:json" json:"rules"`
	HostOrganisations  []Host              `gorm:"serializer:json" json:"hostOrganisations"`
	Links              []Link              `gorm:"serializer:json" json:"links"`
	Sources            []Source            `gorm:"serializer:json" json:"sources"`
	Quorum             *Quorum             `gorm:"serializer:json" json:"quorum"`
	SortName           string              `json:"-"`
}

// OtherName is a former or parallel name.
type OtherName struct {
	Name i18n.Text   `json:"name"`
	From *clock.Date `json:"from"`
	To   *clock.Date `json:"to"` // exclusive
}

// Abbreviation is a short form and what it stands for.
type Abbreviation struct {
	Abbreviation string    `json:"abbreviation"`
	Text         i18n.Text `json:"text"`
}

// Places is one line of a council's composition: who sits there by its rules.
type Places struct {
	Text       i18n.Text `json:"text"`
	Role       *string   `json:"role"`
	Count      *int      `json:"count"`
	PerNetwork bool      `json:"perNetwork"`
}

// Link is a page or document elsewhere.
type Link struct {
	Title     i18n.Text `json:"title"`
	URL       *string   `json:"url"`
	MediaType *string   `json:"mediaType"`
}

// Host is an organisation that hosts the council, by id or only by name.
type Host struct {
	OrganisationID *uuid.UUID `json:"organisationId"`
	Name           i18n.Text  `json:"name"`
	Note           i18n.Text  `json:"note"`
}

// Source is where the facts come from.
type Source struct {
	Title i18n.Text   `json:"title"`
	URL   *string     `json:"url"`
	AsOf  *clock.Date `json:"asOf"`
}

// Quorum is how many must be present; a council without one needs more than half.
type Quorum struct {
	Min   *int     `json:"min"`
	Share *float64 `json:"share"`
}

// Resource names councils in audit events and the change feed.
func (*Council) Resource() string { return "council" }

// Scope tells where a council stands: everyone sees it until it is deleted.
func (c *Council) Scope() store.Scope {
	return store.Scope{Region: c.Region, Municipality: c.Municipality, Public: c.DeletedAt == nil}
}

// derive fills what lists sort by.
func (c *Council) derive() {
	c.SortName = i18n.Best(c.Name)
}

// place is where a council stands: its area, and itself with those above it.
type place struct {
	area.Area
	Path []string
}

func (p place) target() authz.Target {
	return authz.Target{Region: opt.Value(p.Region), Municipality: opt.Value(p.Municipality), Councils: p.Path}
}

// alone is the target of an area without any council: the right there does not come from a council's secretary.
func alone(a area.Area) authz.Target {
	return authz.Target{Region: opt.Value(a.Region), Municipality: opt.Value(a.Municipality)}
}

// holds tells whether an area lies within p's: whoever writes there need not ask for more.
func holds(p, a area.Area) bool {
	return p.Region != nil && opt.Equal(p.Region, a.Region) && (p.SubRegion == nil || opt.Equal(p.SubRegion, a.SubRegion)) && (p.Municipality == nil || opt.Equal(p.Municipality, a.Municipality))
}

func sameArea(a, b area.Area) bool {
	return opt.Equal(a.Region, b.Region) && opt.Equal(a.SubRegion, b.SubRegion) && opt.Equal(a.Municipality, b.Municipality)
}

// hosts lists the organisations that host c.
func (c *Council) hosts() (ids []uuid.UUID) {
	for _, h := range c.HostOrganisations {
		if h.OrganisationID != nil && !slices.Contains(ids, *h.OrganisationID) {
			ids = append(ids, *h.OrganisationID)
		}
	}
	return ids
}
