// Package meeting holds the meetings of councils and networks: when and where, their agenda, who was there, what was decided,
// whether there was a quorum, and the memo, which is a resource of its own.
package meeting

import (
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/lifecycle"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/store"
)

// Status is where a meeting stands.
type Status string

// The statuses.
const (
	StatusPlanned   Status = "planned"
	StatusHeld      Status = "held"
	StatusCancelled Status = "cancelled"
)

// life is the statuses' machine: held → planned undoes a mistake.
var life = lifecycle.Machine[Status]{
	{From: StatusPlanned, To: StatusHeld, Permission: authz.WriteMeeting},
	{From: StatusPlanned, To: StatusCancelled, Permission: authz.WriteMeeting},
	{From: StatusCancelled, To: StatusPlanned, Permission: authz.WriteMeeting},
	{From: StatusHeld, To: StatusPlanned, Permission: authz.WriteMeeting, NeedsNote: true},
}

// defaultZone is where a meeting is when nobody says otherwise.
const defaultZone = "Europe/Helsinki"

// Meeting is one meeting. The JSON names are the members that callers set; changes are reported by them.
type Meeting struct {
	store.Base
	CouncilID           *uuid.UUID  `json:"-"`
	NetworkID           *uuid.UUID  `json:"-"`
	Year                *int        `json:"year"`   // of the date, or told alone
	Number              *int        `json:"number"` // within the year
	Title               i18n.Text   `json:"title" gorm:"serializer:json"`
	Status              Status      `json:"status"`
	Date                *clock.Date `json:"date"` // in TimeZone
	StartsAt            *time.Time  `json:"startsAt"`
	EndsAt              *time.Time  `json:"endsAt"`
	TimeZone            string      `json:"timeZone"`
	Place               *Place      `json:"place" gorm:"serializer:json"`
	Link                *string     `json:"link"` // for taking part from afar
	Description         i18n.Text   `json:"description" gorm:"serializer:json"`
	Links               []Link      `json:"links" gorm:"serializer:json"`
	CancelReason        i18n.Text   `json:"cancelReason" gorm:"serializer:json"`
	ReplacedByMeetingID *uuid.UUID  `json:"replacedByMeetingId"`
	ReplacedBy          i18n.Text   `json:"replacedBy" gorm:"serializer:json"`
	Owner               Owner       `json:"-" gorm:"-"`
}

// Place is where a meeting is held.
type Place struct {
	Name         i18n.Text `json:"name"`
	Street       *string   `json:"street"`
	PostalCode   *string   `json:"postalCode"`
	PostOffice   *string   `json:"postOffice"`
	Municipality *string   `json:"municipality"`
}

// Owner is the council or network that meets, as far as its meetings need to know it.
type Owner struct {
	Council, Network     *uuid.UUID
	Region, Municipality *string
	Path                 []string // ids of itself and those above it
	Version              int64
	DeletedAt            *time.Time
}

// target is what grants are compared with.
func (o Owner) target() authz.Target {
	t := authz.Target{Region: opt.Value(o.Region), Municipality: opt.Value(o.Municipality)}
	if o.Council != nil {
		t.Councils = o.Path
	} else {
		t.Networks = o.Path
	}
	return t
}

// Resource is its name in audit events and the change feed.
func (*Meeting) Resource() string { return "meeting" }

// Scope is where it stands, for the readers of audit events and of the change feed.
func (m *Meeting) Scope() store.Scope {
	return store.Scope{Region: m.Owner.Region, Municipality: m.Owner.Municipality, Public: m.DeletedAt == nil}
}

// AgendaItem is one item of a meeting's agenda.
type AgendaItem struct {
	store.Part
	MeetingID   uuid.UUID `json:"-"`
	Position    int       `json:"position"` // from 1, without gaps
	Number      *string   `json:"number"`   // as the agenda writes it: a label
	Title       i18n.Text `json:"title" gorm:"serializer:json"`
	Description i18n.Text `json:"description" gorm:"serializer:json"`
	Links       []Link    `json:"links" gorm:"serializer:json"`
}

// TableName names the table for GORM.
func (AgendaItem) TableName() string { return "meeting_agenda_items" }

// Decision is what a meeting decided.
type Decision struct {
	store.Part
	MeetingID    uuid.UUID  `json:"-"`
	Number       int        `json:"number"`
	AgendaItemID *uuid.UUID `json:"agendaItemId"`
	Text         i18n.Text  `json:"text" gorm:"serializer:json"`
}

// TableName names the table for GORM.
func (Decision) TableName() string { return "meeting_decisions" }

// Attendance is one row of a meeting's roll: a seat, an organisation, or a guest in words.
type Attendance struct {
	store.Part
	MeetingID      uuid.UUID  `json:"-"`
	SeatID         *uuid.UUID `json:"seatId"`
	OrganisationID *uuid.UUID `json:"organisationId"`
	Guest          i18n.Text  `json:"guest" gorm:"serializer:json"`
	Presence       string     `json:"presence"`
	StandsInFor    *uuid.UUID `json:"standsInFor"`
	Note           *string    `json:"note"`
}

// TableName names the table for GORM.
func (Attendance) TableName() string { return "meeting_attendances" }

// there tells whether it says that somebody took part.
func (a Attendance) there() bool { return a.Presence == "present" || a.Presence == "remote" }

// Link is a page or document elsewhere.
type Link struct {
	Title     i18n.Text `json:"title"`
	URL       *string   `json:"url"`
	MediaType *string   `json:"mediaType"`
}

// tidy trims the titles of links.
func tidy(links []Link) {
	for i := range links {
		links[i].Title = i18n.Tidy(links[i].Title)
	}
}
