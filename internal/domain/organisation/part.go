package organisation

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Activity is what an organisation does for wellbeing, under one of four headings.
type Activity struct {
	store.Part
	OrganisationID uuid.UUID `json:"-"`
	Heading        string    `json:"heading"`
	TargetGroups   []string  `json:"targetGroups" gorm:"serializer:json"`
	Description    i18n.Text `json:"description" gorm:"serializer:json"`
}

// TableName names the table for GORM.
func (Activity) TableName() string { return "organisation_activities" }

// RegisterEvent is what a register tells of an organisation's life: founded, renamed, moved, dissolved, merged.
type RegisterEvent struct {
	store.Part
	OrganisationID      uuid.UUID          `json:"-"`
	Type                string             `json:"type"`
	Date                clock.HistoricDate `json:"date" gorm:"serializer:json"`
	Name                i18n.Text          `json:"name" gorm:"serializer:json"` // renamed: the name until then
	Municipality        *string            `json:"municipality"`                // moved: the home municipality until then
	OtherOrganisationID *uuid.UUID         `json:"organisationId"`              // merged: into which
	Note                *string            `json:"note"`
}

// TableName names the table for GORM.
func (RegisterEvent) TableName() string { return "organisation_register_events" }

func (a *Activity) of(organisation uuid.UUID) *uuid.UUID {
	a.OrganisationID = organisation
	return &a.ID
}
func (e *RegisterEvent) of(organisation uuid.UUID) *uuid.UUID {
	e.OrganisationID = organisation
	return &e.ID
}

// partOf is satisfied by *T for any T that is a part of an organisation.
type partOf[T any] interface {
	store.PartOf[T]
	of(organisation uuid.UUID) (id *uuid.UUID) // makes it a part of the organisation
}

// parts is a kind of part: how it is stored, shown and checked. check finds what cannot be right about now; was is the part
// as stored, all empty for a new one.
type parts[T any, P partOf[T]] struct {
	store.Parts[T, P]
	view  viewOf
	name  string // the member that embeds it
	check func(ctx context.Context, o *Organisation, was, now P, f *errs.Faults) error
}

// create adds a part, whose members body sets, and gives its id. For those who may write the organisation.
func (k parts[T, P]) create(ctx context.Context, s *Service, id uuid.UUID, ifMatch *string, p P, body any) (uuid.UUID, error) {
	if err := patch.Merge((*T)(p), body); err != nil {
		return uuid.Nil, err
	}
	partID := p.of(id)
	_, err := s.writePart(ctx, id, ifMatch, k.name, func(ctx context.Context, tx *store.Tx, o *Organisation) (bool, error) {
		if err := k.checked(ctx, o, new(T), p); err != nil {
			return false, err
		}
		return true, k.Insert(ctx, tx, p)
	})
	return *partID, err
}

// update changes a part by a merge patch. For those who may write the organisation. Missing if it has none with this id.
func (k parts[T, P]) update(ctx context.Context, s *Service, id, partID uuid.UUID, ifMatch *string, body any) error {
	_, err := s.writePart(ctx, id, ifMatch, k.name, func(ctx context.Context, tx *store.Tx, o *Organisation) (bool, error) {
		was, err := k.Load(ctx, id, partID)
		if err != nil {
			return false, err
		}
		now := *was
		if err := patch.Merge(&now, body); err != nil {
			return false, err
		}
		if err := k.checked(ctx, o, was, &now); err != nil {
			return false, err
		}
		if len(store.ChangedMembers(was, &now)) == 0 {
			return false, nil
		}
		return true, k.Update(ctx, tx, &now)
	})
	return err
}

// delete removes a part and gives the organisation's new version. For those who may write the organisation. Missing if it
// has none with this id.
func (k parts[T, P]) delete(ctx context.Context, s *Service, id, partID uuid.UUID, ifMatch *string) (int64, error) {
	return s.writePart(ctx, id, ifMatch, k.name, func(ctx context.Context, tx *store.Tx, _ *Organisation) (bool, error) {
		return true, k.Delete(ctx, tx, id, partID)
	})
}

func (k parts[T, P]) checked(ctx context.Context, o *Organisation, was, now P) error {
	f := errs.Faults{}
	if err := k.check(ctx, o, was, now, &f); err != nil {
		return err
	}
	return f.Err()
}

// writePart lets change write a part of an organisation and raises the organisation's version, which it returns, if anything
// was changed.
func (s *Service) writePart(ctx context.Context, id uuid.UUID, ifMatch *string, part string, change func(context.Context, *store.Tx, *Organisation) (bool, error)) (int64, error) {
	was, err := s.find(ctx, id)
	if err != nil {
		return 0, err
	}
	if err := authz.From(ctx).Require(authz.WriteOrganisation, was.target()); err != nil {
		return 0, err
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return 0, err
	}
	o := *was
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		changed, err := change(ctx, tx, &o)
		if err != nil || !changed {
			return err
		}
		return s.repo.Touch(ctx, tx, was, &o, part)
	})
	return o.Version, err
}

// part renders one part; everyone may read it who sees the organisation, and whoever has just written it. Missing if the
// organisation has none with this id.
func (s *Service) part(ctx context.Context, id, partID uuid.UUID, view viewOf, written bool) (read, error) {
	r, found, err := s.repo.readPart(ctx, id, partID, view)
	switch {
	case err != nil:
		return r, err
	case !found:
		return r, errs.New(errs.Missing, "there is none with this id")
	}
	if !written {
		if err := s.seen(ctx, &r.row, r.everPublic); err != nil {
			return r, err
		}
	}
	if !r.present {
		return r, errs.New(errs.Missing, "there is none with this id")
	}
	return r, nil
}

// list renders all parts of a kind, those that hold on a day if one is given. For everyone who sees the organisation.
func (s *Service) list(ctx context.Context, id uuid.UUID, view viewOf, on *clock.Date) (read, error) {
	r, found, err := s.repo.readParts(ctx, id, view, on)
	switch {
	case err != nil:
		return r, err
	case !found:
		return r, errs.New(errs.Missing, "there is none with this id")
	}
	return r, s.seen(ctx, &r.row, r.everPublic)
}

// CreateActivity adds an activity. For those who may write the organisation.
func (s *Service) CreateActivity(ctx context.Context, id uuid.UUID, ifMatch *string, a *Activity) error {
	_, err := s.activities.create(ctx, s, id, ifMatch, a, struct{}{})
	return err
}

// CreateRegisterEvent adds a register event. For those who may write the organisation.
func (s *Service) CreateRegisterEvent(ctx context.Context, id uuid.UUID, ifMatch *string, e *RegisterEvent) error {
	_, err := s.registerEvents.create(ctx, s, id, ifMatch, e, struct{}{})
	return err
}

func checkActivity(_ context.Context, _ *Organisation, _, a *Activity, f *errs.Faults) error {
	if a.Description == nil {
		f.Add("/description", "required", "a text in one language must remain")
	}
	return nil
}

// checkRegisterEvent finds what cannot be right about a register event.
func (s *Service) checkRegisterEvent(ctx context.Context, o *Organisation, was, e *RegisterEvent, f *errs.Faults) error {
	clock.CheckHistoric(&e.Date, "/date", f)
	if e.Municipality != nil {
		if _, _, ok := s.geo.Municipality(*e.Municipality); !ok && s.geo.Successor(*e.Municipality) == "" {
			f.Add("/municipality", "unknown-code", "there is no municipality with the code %s", *e.Municipality)
		}
	}
	for _, m := range []struct {
		member, event string
		set           bool
	}{{"name", "renamed", e.Name != nil}, {"municipality", "moved", e.Municipality != nil}, {"organisationId", "merged", e.OtherOrganisationID != nil}} {
		if m.set && e.Type != m.event {
			f.Add("/"+m.member, "unexpected", "it goes with an event of type %s only", m.event)
		}
	}
	if e.OtherOrganisationID == nil || was.OtherOrganisationID != nil && *was.OtherOrganisationID == *e.OtherOrganisationID {
		return nil
	}
	found, err := s.repo.existing(ctx, []uuid.UUID{*e.OtherOrganisationID}, false)
	if err == nil && (!found[*e.OtherOrganisationID] || *e.OtherOrganisationID == o.ID) {
		f.Add("/organisationId", "unknown-reference", "there is no such organisation")
	}
	return err
}
