package organisation

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/redact"
	"github.com/seutu/seutu/internal/store"
)

// People is what organisations need to know of people.
type People interface {
	// Readable tells which of the ids are people whom the actor may read; inside a transaction they are not erased before it ends.
	Readable(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error)
}

// Contact is a person who stands for an organisation. Everyone sees of the person what PublicFields lists and the person
// consents to.
type Contact struct {
	store.Part
	OrganisationID uuid.UUID   `json:"-"`
	PersonID       uuid.UUID   `json:"personId"` // never changes: another person is another contact
	Role           string      `json:"role"`
	Title          i18n.Text   `json:"title" gorm:"serializer:json"`
	PublicFields   []string    `json:"publicFields" gorm:"serializer:json"`
	ValidFrom      *clock.Date `json:"from"`
	ValidTo        *clock.Date `json:"to"`
}

// TableName names the table for GORM.
func (Contact) TableName() string { return "organisation_contacts" }

func (c *Contact) of(organisation uuid.UUID) *uuid.UUID {
	c.OrganisationID = organisation
	return &c.ID
}

// newContact is a contact of which everything is public that the person consents to.
func newContact() *Contact { return &Contact{PublicFields: []string{"name", "email", "phone"}} }

// checkContact finds what cannot be right about a contact.
func (s *Service) checkContact(ctx context.Context, _ *Organisation, was, c *Contact, f *errs.Faults) error {
	if c.Title = i18n.Tidy(c.Title); len(c.Title) == 0 {
		c.Title = nil
	}
	clock.CheckPeriod(c.ValidFrom, c.ValidTo, "", f)
	if c.PersonID == was.PersonID {
		return nil
	}
	found, err := s.people.Readable(ctx, []uuid.UUID{c.PersonID})
	if err == nil && !found[c.PersonID] {
		f.Add("/personId", "unknown-reference", "there is no such person")
	}
	return err
}

// PersonRecords is what organisations hold of a person, for the person's export: SQL with $1 = the person's id that yields
// one jsonb array.
const PersonRecords = `select jsonb_agg(jsonb_build_object('organisationId', o.id, 'organisation', o.name, 'role', x.role, 'title', x.title, 'publicFields', x.public_fields,
	'from', x.valid_from, 'to', x.valid_to) order by x.created_at, x.id) from organisation_contacts x join organisations o on o.id = x.organisation_id where x.person_id = $1`

// ErasePerson takes a person who is being erased out of the contacts, whose they are stays, what they are called goes; and out of
// the pending changes of the organisations.
func (s *Service) ErasePerson(ctx context.Context, tx *store.Tx, person uuid.UUID, name string) error {
	changed, err := s.repo.untitle(ctx, tx, person)
	if err != nil {
		return err
	}
	for _, was := range changed {
		o := was
		if err := s.repo.Touch(ctx, tx, &was, &o, "contacts"); err != nil {
			return err
		}
	}
	return s.eraseFromChanges(ctx, tx, person, redact.New(name))
}
