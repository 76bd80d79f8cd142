// Package person holds the people whose names appear in Seutu: one record each, shown by consent only, which can be
// exported whole and erased.
package person

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/contactpoint"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/store"
)

// Person is somebody whose name appears. The JSON names are the members that callers set; changes are reported by them.
type Person struct {
	store.Base
	Name         *string  `json:"name"`                     // nil once erased
	FormerNames  []string `json:"-" gorm:"serializer:json"` // those that Name replaced; they are looked for when the person is erased
	Email        *string  `json:"email"`
	Phone        *string  `json:"phone"` // E.164
	SortName     string   `json:"-"`
	SearchName   string   `json:"-"`
	ConsentName  bool     `json:"consents/name"` // what the latest consents say
	ConsentEmail bool     `json:"consents/email"`
	ConsentPhone bool     `json:"consents/phone"`
	RecordedFor
	ErasedAt *time.Time `json:"-"`

	// At is where the person stands for the readers of audit events; it is not stored.
	At authz.Target `json:"-" gorm:"-"`
}

// RecordedFor is whose record a person is: at most one member is set.
type RecordedFor struct {
	Region         *string    `json:"recordedFor/region"`
	Municipality   *string    `json:"recordedFor/municipality"`
	OrganisationID *uuid.UUID `json:"recordedFor/organisationId"`
	CouncilID      *uuid.UUID `json:"recordedFor/councilId"`
	NetworkID      *uuid.UUID `json:"recordedFor/networkId"`
}

// TableName names the table for GORM.
func (*Person) TableName() string { return "people" }

// Resource is its name in audit events and the change feed.
func (*Person) Resource() string { return "person" }

// Scope is where the person stands, for the readers of audit events and of the change feed.
func (p *Person) Scope() store.Scope {
	return store.Scope{Region: opt.NonEmpty(p.At.Region), Municipality: opt.NonEmpty(p.At.Municipality), Organisation: p.OrganisationID, Public: p.ConsentName && p.DeletedAt == nil}
}

// check finds what cannot be right, and brings the rest into the form that is stored.
func (p *Person) check(f *errs.Faults) {
	name := strings.Join(strings.Fields(*p.Name), " ")
	if i18n.Words(name) == "" {
		f.Add("/name", "required", "a name needs a letter")
	}
	p.Name = &name
	contactpoint.Check(&p.Email, &p.Phone, f)
	p.SortName, p.SearchName = name, i18n.Searchable(i18n.Text{"fi": name})
}

// erase takes away all that tells who it was. Whose record it was stays: whoever could read it is told that it is gone.
func (p *Person) erase() {
	now := clock.Now()
	p.Name, p.FormerNames, p.Email, p.Phone, p.SortName, p.SearchName = nil, nil, nil, nil, "", ""
	p.ConsentName, p.ConsentEmail, p.ConsentPhone, p.ErasedAt = false, false, false, &now
}

// rename keeps the name that p had before, if it has another one now.
func (p *Person) rename(was string) {
	if *p.Name != was && !slices.Contains(p.FormerNames, was) {
		p.FormerNames = append(slices.Clone(p.FormerNames), was)
	}
}

// names are all names that the person has or had, the longest first: one may be a part of another.
func (p *Person) names() []string {
	all := append([]string{*p.Name}, p.FormerNames...)
	slices.SortStableFunc(all, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(all)
}

// named tells whether a text names the person or a contact point, so far as that can be told.
func (p *Person) named(text string) bool {
	words := " " + i18n.Words(text)
	for _, w := range strings.Fields(i18n.Words(strings.Join(p.names(), " "))) {
		if len([]rune(w)) > 2 && strings.Contains(words, " "+w) { // also with an ending behind it
			return true
		}
	}
	for _, c := range []*string{p.Email, p.Phone} {
		if c != nil && strings.Contains(words, " "+i18n.Words(*c)) {
			return true
		}
	}
	return false
}

// Consent is that a person allows everyone to see a field, refuses or withdraws it. Nothing is overwritten: the latest one
// of a field counts.
type Consent struct {
	ID         uuid.UUID  `json:"id" gorm:"type:uuid;primaryKey"`
	PersonID   uuid.UUID  `json:"-"`
	Field      string     `json:"field"`
	Given      bool       `json:"given"`
	Ground     *string    `json:"ground"`
	GivenOn    clock.Date `json:"givenOn"`
	RecordedBy *uuid.UUID `json:"recordedBy"`
	RecordedAt time.Time  `json:"recordedAt"`
}

// TableName names the table for GORM.
func (Consent) TableName() string { return "person_consents" }

// NewConsent is a consent as a caller records it.
type NewConsent struct {
	Fields  []string
	Given   bool
	Ground  *string
	GivenOn *clock.Date // today if nil
}

// check finds what cannot be right about a new consent; at is where it stands in the body.
func (c *NewConsent) check(at string, f *errs.Faults) {
	if c.GivenOn == nil {
		today := clock.Today()
		c.GivenOn = &today
	}
	if *c.GivenOn > clock.Today() {
		f.Add(at+"/givenOn", "order", "it cannot lie in the future")
	}
	if c.Ground != nil {
		if g := strings.TrimSpace(*c.Ground); g == "" {
			c.Ground = nil
		} else {
			c.Ground = &g
		}
	}
	if c.Given && c.Ground == nil {
		f.Add(at+"/ground", "required", "a consent needs its ground: how it was got")
	}
}

// apply makes the consent count.
func (p *Person) apply(c NewConsent) {
	for _, field := range c.Fields {
		switch field {
		case "name":
			p.ConsentName = c.Given
		case "email":
			p.ConsentEmail = c.Given
		case "phone":
			p.ConsentPhone = c.Given
		}
	}
}
