// Package network holds the networks of organisations, a tree of them, and the memberships of organisations in them.
package network

import (
	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/store"
)

// Kind tells what sort of network it is.
type Kind string

// Status is where a network stands in its life.
type Status string

// The statuses.
const (
	StatusForming Status = "forming"
	StatusActive  Status = "active"
	StatusDormant Status = "dormant"
	StatusClosed  Status = "closed"
	StatusUnknown Status = "unknown" // nobody told whether it still works
)

// Network is organisations that work together on a theme or in an area. The JSON names are the members of the contract.
type Network struct {
	store.Base
	area.Area
	Kind          Kind                `json:"kind"`
	Status        Status              `json:"status"`
	StatusSince   *clock.Date         `json:"statusSince"` // nil: nobody knows since when
	StatusReason  *string             `json:"statusReason"`
	Name          i18n.Text           `json:"name" gorm:"serializer:json"`
	OtherNames    []OtherName         `json:"otherNames" gorm:"serializer:json"`
	Description   i18n.Text           `json:"description" gorm:"serializer:json"`
	Purpose       i18n.Text           `json:"purpose" gorm:"serializer:json"`
	Notes         []i18n.Text         `json:"notes" gorm:"serializer:json"`
	Field         *string             `json:"field"`
	ParentID      *uuid.UUID          `json:"parentId"`
	MeetingRhythm *MeetingRhythm      `json:"meetingRhythm" gorm:"serializer:json"`
	Website       *string             `json:"website"`
	Founded       *clock.HistoricDate `json:"founded" gorm:"serializer:json"`
	Links         []Link              `json:"links" gorm:"serializer:json"`
	SortName      string              `json:"-"` // derived of the names, see derive
}

// OtherName is a former or parallel name; To is exclusive.
type OtherName struct {
	Name i18n.Text   `json:"name"`
	From *clock.Date `json:"from"`
	To   *clock.Date `json:"to"`
}

// MeetingRhythm is how often a network meets; Text is as the source wrote it.
type MeetingRhythm struct {
	TimesPerYear *int    `json:"timesPerYear"`
	Text         *string `json:"text"`
}

// Link is a page or document elsewhere.
type Link struct {
	Title     i18n.Text `json:"title"`
	URL       *string   `json:"url"`
	MediaType *string   `json:"mediaType"`
}

// Resource is its name in audit events and the change feed.
func (*Network) Resource() string { return "network" }

// Scope is where it stands. Every network that is not deleted is public.
func (n *Network) Scope() store.Scope {
	return store.Scope{Region: n.Region, Municipality: n.Municipality, Public: n.DeletedAt == nil}
}

// derive fills what the database sorts by. Every write of a name passes here.
func (n *Network) derive() {
	n.SortName = i18n.Best(n.Name)
}

// here is the target of what stands in an area and in no network.
func here(a area.Area) authz.Target {
	return authz.Target{Region: opt.Value(a.Region), Municipality: opt.Value(a.Municipality)}
}

// within tells whether an area lies in another; in one without any code lies everything.
func within(a, outer area.Area) bool {
	switch {
	case outer.Municipality != nil:
		return opt.Equal(a.Municipality, outer.Municipality)
	case outer.SubRegion != nil:
		return opt.Equal(a.SubRegion, outer.SubRegion)
	case outer.Region != nil:
		return opt.Equal(a.Region, outer.Region)
	}
	return true
}

// atHome tells whether an area is the municipality, the sub-region or the region of somebody at home in another.
func atHome(a, home area.Area) bool {
	switch {
	case a.Municipality != nil:
		return opt.Equal(a.Municipality, home.Municipality)
	case a.SubRegion != nil:
		return opt.Equal(a.SubRegion, home.SubRegion)
	}
	return a.Region != nil && opt.Equal(a.Region, home.Region)
}

// life is the statuses' machine.
var life = lifecycle.Machine[Status]{
	{From: StatusForming, To: StatusActive, Permission: authz.WriteNetwork},
	{From: StatusForming, To: StatusClosed, Permission: authz.WriteNetwork, NeedsNote: true},
	{From: StatusActive, To: StatusDormant, Permission: authz.WriteNetwork},
	{From: StatusActive, To: StatusClosed, Permission: authz.WriteNetwork, NeedsNote: true},
	{From: StatusDormant, To: StatusActive, Permission: authz.WriteNetwork},
	{From: StatusDormant, To: StatusClosed, Permission: authz.WriteNetwork},
	{From: StatusClosed, To: StatusActive, Permission: authz.WriteNetwork, NeedsNote: true},
	{From: StatusUnknown, To: StatusForming, Permission: authz.WriteNetwork},
	{From: StatusUnknown, To: StatusActive, Permission: authz.WriteNetwork},
	{From: StatusUnknown, To: StatusDormant, Permission: authz.WriteNetwork},
	{From: StatusUnknown, To: StatusClosed, Permission: authz.WriteNetwork},
}
