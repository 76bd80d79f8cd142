package council

import (
	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/store"
)

// Term is a council's period of office.
type Term struct {
	store.Part
	CouncilID uuid.UUID   `json:"-"`
	Name      i18n.Text   `gorm:"serializer:json" json:"name"`
	ValidFrom *clock.Date `json:"from"`
	ValidTo   *clock.Date `json:"to"` // exclusive
}

// TableName names the table for GORM.
func (Term) TableName() string { return "council_terms" }

// Duty is what a council must do.
type Duty struct {
	store.Part
	CouncilID     uuid.UUID    `json:"-"`
	Kind          string       `json:"kind"`
	Name          i18n.Text    `gorm:"serializer:json" json:"name"`
	Description   i18n.Text    `gorm:"serializer:json" json:"description"`
	Frequency     string       `json:"frequency"`
	Audience      i18n.Text    `gorm:"serializer:json" json:"audience"`
	Topics        []i18n.Text  `gorm:"serializer:json" json:"topics"`
	CoincidesWith *uuid.UUID   `json:"coincidesWith"`
	ValidFrom     *clock.Date  `json:"from"`
	ValidTo       *clock.Date  `json:"to"` // exclusive
	Fulfilments   []Fulfilment `gorm:"serializer:json" json:"fulfilments"`
}

// TableName names the table for GORM.
func (Duty) TableName() string { return "council_duties" }

// Fulfilment is what fulfilled a duty in a year, is planned to, or that it was missed.
type Fulfilment struct {
	Year      int        `json:"year"`
	State     string     `json:"state"`
	MeetingID *uuid.UUID `json:"meetingId"`
	Link      *Link      `json:"link"`
	Note      i18n.Text  `json:"note"`
}

// meetings lists the meetings that fulfilled a duty.
func (d *Duty) meetings() (ids []uuid.UUID) {
	for _, f := range d.Fulfilments {
		if f.MeetingID != nil {
			ids = append(ids, *f.MeetingID)
		}
	}
	return ids
}
