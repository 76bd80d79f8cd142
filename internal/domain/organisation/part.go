package organisation

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Activity is what an organisation does for wellbeing, under one of four headings.
type Activity struct {
	ID             uuid.UUID `gorm:"type:uuid;primaryKey"`
	OrganisationID uuid.UUID
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	Heading        string
	TargetGroups   []string  `gorm:"serializer:json"`
	Description    i18n.Text `gorm:"serializer:json"`
}

// TableName names the table for GORM.
func (Activity) TableName() string { return "organisation_activities" }

// RegisterEvent is what a register tells of an organisation's life: founded, renamed, moved, dissolved, merged.
type RegisterEvent struct {
	ID                  uuid.UUID `gorm:"type:uuid;primaryKey"`
	OrganisationID      uuid.UUID
	CreatedAt           time.Time `gorm:"autoCreateTime:false"`
	Type                string
	Date                clock.HistoricDate `gorm:"serializer:json"`
	Name                i18n.Text          `gorm:"serializer:json"` // renamed: the name until then
	Municipality        *string            // moved: the home municipality until then
	OtherOrganisationID *uuid.UUID         // merged: into which
	Note                *string
}

// TableName names the table for GORM.
func (RegisterEvent) TableName() string { return "organisation_register_events" }

// check finds what cannot be right about a register event.
func (s *Service) checkRegisterEvent(ctx context.Context, o *Organisation, e *RegisterEvent, f *errs.Faults) error {
	if member, why := e.Date.Normalise(); why != "" {
		f.Add("/date/"+member, "invalid", why)
	}
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
	if e.OtherOrganisationID == nil {
		return nil
	}
	found, err := s.repo.existing(ctx, []uuid.UUID{*e.OtherOrganisationID})
	if err == nil && (!found[*e.OtherOrganisationID] || *e.OtherOrganisationID == o.ID) {
		f.Add("/organisationId", "unknown-reference", "there is no such organisation")
	}
	return err
}

// writePart lets change write a part of an organisation and raises the organisation's version, which it returns.
func (s *Service) writePart(ctx context.Context, id uuid.UUID, ifMatch *string, part string, change func(context.Context, *store.Tx, *Organisation) error) (int64, error) {
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
		if err := change(ctx, tx, &o); err != nil {
			return err
		}
		return s.repo.Touch(ctx, tx, was, &o, part)
	})
	return o.Version, err
}

// parts reads all parts of a kind, in order, after making sure that the actor may see the organisation.
func parts[T any](ctx context.Context, s *Service, id uuid.UUID) ([]T, *Organisation, error) {
	o, err := s.find(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	var out []T
	err = s.repo.Gorm(ctx).Where("organisation_id = ?", id).Order("created_at, id").Find(&out).Error
	return out, o, store.Err(err)
}

// part reads one part. NotFound if the organisation has none with this id.
func part[T any](ctx context.Context, s *Service, id, partID uuid.UUID) (T, *Organisation, error) {
	o, err := s.find(ctx, id)
	if err != nil {
		return *new(T), nil, err
	}
	out, err := loadPart[T](ctx, s.repo, id, partID)
	return out, o, err
}

// loadPart reads one part of an organisation that has been found already.
func loadPart[T any](ctx context.Context, r Repository, id, partID uuid.UUID) (out T, err error) {
	err = r.Gorm(ctx).Where("organisation_id = ? and id = ?", id, partID).Take(&out).Error
	return out, store.Err(err)
}

// deletePart removes a part. NotFound if the organisation has none with this id.
func deletePart[T any](ctx context.Context, s *Service, id, partID uuid.UUID, ifMatch *string, name string) (int64, error) {
	return s.writePart(ctx, id, ifMatch, name, func(ctx context.Context, tx *store.Tx, _ *Organisation) error {
		if _, err := loadPart[T](ctx, s.repo, id, partID); err != nil {
			return err
		}
		return s.repo.deletePart(ctx, tx, new(T), id, partID)
	})
}

func (r Repository) insertPart(ctx context.Context, tx *store.Tx, p any) error {
	return store.Err(tx.Gorm(ctx).Create(p).Error)
}

func (r Repository) updatePart(ctx context.Context, tx *store.Tx, p any) error {
	return store.Err(tx.Gorm(ctx).Model(p).Select("*").Omit("id", "created_at").Updates(p).Error)
}

func (r Repository) deletePart(ctx context.Context, tx *store.Tx, p any, id, partID uuid.UUID) error {
	return store.Err(tx.Gorm(ctx).Where("organisation_id = ? and id = ?", id, partID).Delete(p).Error)
}

// CreateActivity adds an activity.
func (s *Service) CreateActivity(ctx context.Context, id uuid.UUID, ifMatch *string, a *Activity) (int64, error) {
	return s.writePart(ctx, id, ifMatch, "activities", func(ctx context.Context, tx *store.Tx, o *Organisation) error {
		a.ID, a.OrganisationID, a.CreatedAt = store.NewID(), o.ID, clock.Now()
		return s.repo.insertPart(ctx, tx, a)
	})
}

// UpdateActivity changes an activity.
func (s *Service) UpdateActivity(ctx context.Context, id, partID uuid.UUID, ifMatch *string, change func(*Activity, *errs.Faults)) (a Activity, version int64, err error) {
	version, err = s.writePart(ctx, id, ifMatch, "activities", func(ctx context.Context, tx *store.Tx, _ *Organisation) (err error) {
		if a, err = loadPart[Activity](ctx, s.repo, id, partID); err != nil {
			return err
		}
		f := errs.Faults{}
		if change(&a, &f); len(f) > 0 {
			return f.Err()
		}
		return s.repo.updatePart(ctx, tx, &a)
	})
	return a, version, err
}

// CreateRegisterEvent adds a register event.
func (s *Service) CreateRegisterEvent(ctx context.Context, id uuid.UUID, ifMatch *string, e *RegisterEvent) (int64, error) {
	return s.writePart(ctx, id, ifMatch, "registerEvents", func(ctx context.Context, tx *store.Tx, o *Organisation) error {
		f := errs.Faults{}
		if err := s.checkRegisterEvent(ctx, o, e, &f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		e.ID, e.OrganisationID, e.CreatedAt = store.NewID(), o.ID, clock.Now()
		return s.repo.insertPart(ctx, tx, e)
	})
}

// UpdateRegisterEvent changes a register event.
func (s *Service) UpdateRegisterEvent(ctx context.Context, id, partID uuid.UUID, ifMatch *string, change func(*RegisterEvent)) (e RegisterEvent, version int64, err error) {
	version, err = s.writePart(ctx, id, ifMatch, "registerEvents", func(ctx context.Context, tx *store.Tx, o *Organisation) (err error) {
		if e, err = loadPart[RegisterEvent](ctx, s.repo, id, partID); err != nil {
			return err
		}
		f := errs.Faults{}
		change(&e)
		if err := s.checkRegisterEvent(ctx, o, &e, &f); err != nil {
			return err
		}
		if err := f.Err(); err != nil {
			return err
		}
		return s.repo.updatePart(ctx, tx, &e)
	})
	return e, version, err
}
