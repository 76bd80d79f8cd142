package person

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Geography is what people need to know of the country.
type Geography interface {
	// Region tells whether there is such a region today.
	Region(code string) bool
	// Municipality tells in which region and sub-region a municipality of today lies; ok is false when there is none.
	Municipality(code string) (region string, subRegion *string, ok bool)
	// Successor is the municipality of today that a merged one went into, "" if the code was never one.
	Successor(code string) string
}

// Source is what another family holds of a person, for the export: a query with $1 = the person's id that yields one jsonb array.
type Source struct{ Name, Query string }

// Erased is somebody who is being erased, with the names that have to go: the one that the person has and those before it, the
// longest first.
type Erased struct {
	ID    uuid.UUID
	Names []string
}

// Eraser takes a person out of what another family holds, in the transaction that erases the person. Facts and counts stay.
type Eraser func(ctx context.Context, tx *store.Tx, p Erased) error

// Service holds the rules of people: who may see whom, and what consent and erasure do.
type Service struct {
	repo    Repository
	geo     Geography
	sources []Source
	erasers []Eraser
}

// NewService makes the service; Register completes it.
func NewService(repo Repository, geo Geography) *Service {
	return &Service{repo: repo, geo: geo}
}

// Register tells what the other families hold of people; before the service starts. They come after it, since they ask it
// whom a caller may read.
func (s *Service) Register(sources []Source, erasers ...Eraser) {
	s.sources, s.erasers = append(s.sources, sources...), append(s.erasers, erasers...)
}

// find loads a person for writing, with the places where the person is known. Missing if the actor may not see the person,
// WasDeleted to those who could read an erased one.
func (s *Service) find(ctx context.Context, id uuid.UUID) (*Person, []authz.Target, error) {
	p, err := s.repo.GetAny(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	at, err := s.repo.places(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	reads := may(ctx, authz.ReadPerson, at)
	switch {
	case !reads && !p.ConsentName: // so is somebody erased
		return nil, nil, errs.New(errs.Missing, "there is none with this id")
	case p.DeletedAt != nil:
		return nil, nil, store.Gone(*p.DeletedAt, p.Version)
	}
	p.At = at[0]
	return p, at, nil
}

func may(ctx context.Context, p authz.Permission, at []authz.Target) bool {
	return slices.ContainsFunc(at, func(t authz.Target) bool { return authz.From(ctx).May(p, t) })
}

// require is Forbidden unless the permission reaches one of the places where a person is known.
func require(ctx context.Context, p authz.Permission, at []authz.Target) error {
	if may(ctx, p, at) {
		return nil
	}
	return authz.From(ctx).Require(p, at[0])
}

// requireOwn is Forbidden unless the permission reaches the place of the record itself. A record that is nobody's is in the hands
// of all the places where the person is known.
func requireOwn(ctx context.Context, permission authz.Permission, p *Person, at []authz.Target) error {
	if p.set() > 0 {
		at = at[:1]
	}
	return require(ctx, permission, at)
}

// Get renders a person whom the actor may see. Missing, or WasDeleted to those who could read an erased one.
func (s *Service) Get(ctx context.Context, id uuid.UUID) (render.Row, error) {
	return s.repo.read(ctx, id)
}

// List is a page of the people whom the actor may see.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	return s.repo.list(ctx, f, req)
}

// Readable tells which of the ids are people whom the actor may read: those to whom the actor may refer.
func (s *Service) Readable(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	return s.repo.readable(ctx, ids)
}

// Create records a person, for the scope that is asked; nil is the only one in which the actor may write people. For those
// who may write people there. InvalidData, Forbidden.
func (s *Service) Create(ctx context.Context, p *Person, asked *RecordedFor, consents []NewConsent) error {
	f := errs.Faults{}
	if err := s.place(ctx, p, asked, &f); err != nil {
		return err
	}
	nowhere := len(f) > 0
	p.check(&f)
	checkConsents(consents, map[string]clock.Date{}, func(i int) string { return fmt.Sprintf("/consents/%d", i) }, &f)
	if nowhere {
		return f.Err()
	}
	if err := authz.From(ctx).Require(authz.WritePerson, p.At); err != nil {
		return err
	}
	if err := f.Err(); err != nil {
		return err
	}
	for _, c := range consents {
		p.apply(c)
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.Insert(ctx, tx, p); err != nil {
			return err
		}
		_, err := s.repo.record(ctx, tx, p.ID, consents)
		return err
	})
}

// place decides whose record a new person is, and where that stands.
func (s *Service) place(ctx context.Context, p *Person, asked *RecordedFor, f *errs.Faults) (err error) {
	a := authz.From(ctx)
	if asked == nil {
		reach := a.Reach(authz.WritePerson)
		if reach.Everywhere {
			return nil // nobody's scope
		}
		if asked = only(reach); asked == nil {
			f.Add("/recordedFor", "required", "tell whose record it is: you may write people in several scopes")
			return nil
		}
	}
	p.RecordedFor = *asked
	switch set := asked.set(); {
	case set != 1:
		f.Add("/recordedFor", "invalid", "exactly one of its members is set")
	case asked.Region != nil:
		if p.At.Region = *asked.Region; !s.geo.Region(*asked.Region) {
			f.Add("/recordedFor/region", "unknown-code", "there is no region with the code %s", *asked.Region)
		}
	case asked.Municipality != nil:
		s.placeIn(p, *asked.Municipality, f)
	default:
		var found, public bool
		if p.At, found, public, err = s.repo.target(ctx, *asked); err != nil {
			return err
		}
		if !found || !public && !a.May(authz.WritePerson, p.At) {
			f.Add("/recordedFor", "unknown-reference", "there is none with this id")
		}
	}
	return nil
}

func (s *Service) placeIn(p *Person, municipality string, f *errs.Faults) {
	const at = "/recordedFor/municipality"
	region, _, ok := s.geo.Municipality(municipality)
	if next := s.geo.Successor(municipality); !ok && next != "" {
		f.Add(at, "merged", "municipality %s was merged into %s", municipality, next)
	} else if !ok {
		f.Add(at, "unknown-code", "there is no municipality with the code %s", municipality)
	}
	p.At.Region, p.At.Municipality = region, municipality
}

func (r RecordedFor) set() (n int) {
	for _, is := range []bool{r.Region != nil, r.Municipality != nil, r.OrganisationID != nil, r.CouncilID != nil, r.NetworkID != nil} {
		if is {
			n++
		}
	}
	return n
}

// only is the one scope that somebody reaches; nil if there are several.
func only(r authz.Reached) *RecordedFor {
	var out []RecordedFor
	for _, c := range r.Regions {
		out = append(out, RecordedFor{Region: &c})
	}
	for _, c := range r.Municipalities {
		out = append(out, RecordedFor{Municipality: &c})
	}
	id := func(s string) *uuid.UUID { id, _ := uuid.Parse(s); return &id } // a grant's scope was checked when it was given
	for _, c := range r.Organisations {
		out = append(out, RecordedFor{OrganisationID: id(c)})
	}
	for _, c := range r.Councils {
		out = append(out, RecordedFor{CouncilID: id(c)})
	}
	for _, c := range r.Networks {
		out = append(out, RecordedFor{NetworkID: id(c)})
	}
	if len(out) != 1 {
		return nil
	}
	return &out[0]
}

// Update corrects a person over the version that the caller read; body is a merge patch of name, email and phone. A name that is
// replaced is kept, for the erasure to find it. For those
// who may write people where the person is known. Missing, WasDeleted, Forbidden, NeedsIfMatch, Changed, InvalidData.
func (s *Service) Update(ctx context.Context, id uuid.UUID, ifMatch *string, body any) error {
	was, at, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if err := require(ctx, authz.WritePerson, at); err != nil {
		return err
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	p, f := *was, errs.Faults{}
	if err := patch.Merge(&p, body); err != nil {
		return err
	}
	p.check(&f)
	if err := f.Err(); err != nil {
		return err
	}
	p.rename(*was.Name)
	if len(store.ChangedMembers(was, &p)) == 0 {
		return nil
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.repo.Update(ctx, tx, was, &p) })
}
