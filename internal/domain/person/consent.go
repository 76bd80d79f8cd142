package person

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// checkConsents finds what cannot be right about new consents, in their order. withdrawn tells when each field was last
// withdrawn: an older consent does not bring back what has been withdrawn since.
func checkConsents(cs []NewConsent, withdrawn map[string]clock.Date, at func(int) string, f *errs.Faults) {
	for i := range cs {
		c := &cs[i]
		c.check(at(i), f)
		late := false
		for _, field := range c.Fields {
			late = late || c.Given && withdrawn[field] > *c.GivenOn
			if !c.Given {
				withdrawn[field] = max(withdrawn[field], *c.GivenOn)
			}
		}
		if late {
			f.Add(at(i)+"/givenOn", "order", "the person has withdrawn a later consent")
		}
	}
}

// Consents is a page of what a person has consented to, newest first. For those who may read people where the person is
// known. Missing, WasDeleted, Forbidden.
func (s *Service) Consents(ctx context.Context, id uuid.UUID, req page.Request) (render.Page, error) {
	_, at, err := s.find(ctx, id)
	if err != nil {
		return render.Page{}, err
	}
	if err := require(ctx, authz.ReadPerson, at); err != nil {
		return render.Page{}, err
	}
	return s.repo.consentPage(ctx, id, req)
}

// Consent records a consent, a refusal or a withdrawal, which counts at once. It gives the rows and the person's new
// version. For those who may write people where the person is known. Missing, WasDeleted, Forbidden, InvalidData.
func (s *Service) Consent(ctx context.Context, id uuid.UUID, c NewConsent) (rows []Consent, version int64, err error) {
	found, at, err := s.find(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	if err := require(ctx, authz.WritePerson, at); err != nil {
		return nil, 0, err
	}
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.hold(ctx, tx, found)
		if err != nil {
			return err
		}
		withdrawn, err := s.repo.withdrawnOn(ctx, id)
		if err != nil {
			return err
		}
		f, cs := errs.Faults{}, []NewConsent{c}
		checkConsents(cs, withdrawn, func(int) string { return "" }, &f)
		if err := f.Err(); err != nil {
			return err
		}
		p := *was
		p.apply(c)
		if rows, err = s.repo.record(ctx, tx, id, cs); err != nil {
			return err
		}
		err = s.repo.Touch(ctx, tx, was, &p, "consents")
		version = p.Version
		return err
	})
	return rows, version, err
}

// hold loads a person that was found anew, and keeps it from others until the transaction ends. WasDeleted if it has been
// erased meanwhile.
func (s *Service) hold(ctx context.Context, tx *store.Tx, found *Person) (*Person, error) {
	p, err := s.repo.hold(ctx, tx, found.ID)
	if err == nil && p.DeletedAt != nil {
		err = store.Gone(*p.DeletedAt, p.Version)
	}
	p.At = found.At
	return p, err
}
