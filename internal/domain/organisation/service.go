package organisation

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Service holds the rules of organisations: who may do what to which row, and what a row may become.
type Service struct {
	repo    Repository
	geo     Geography
	people  People
	holders []Holder
	editors Editors
	syncing chan struct{} // taken while a sync of this process writes

	activities     parts[Activity, *Activity]
	registerEvents parts[RegisterEvent, *RegisterEvent]
	contacts       parts[Contact, *Contact]
}

// NewService makes the service.
func NewService(repo Repository, geo Geography, people People, editors Editors) *Service {
	s := &Service{repo: repo, geo: geo, people: people, editors: editors, syncing: make(chan struct{}, 1)}
	s.activities = parts[Activity, *Activity]{store.Parts[Activity, *Activity]{DB: repo.DB, Parent: "organisation_id"}, viewActivities, "activities", checkActivity}
	s.registerEvents = parts[RegisterEvent, *RegisterEvent]{store.Parts[RegisterEvent, *RegisterEvent]{DB: repo.DB, Parent: "organisation_id"}, viewRegisterEvents, "registerEvents", s.checkRegisterEvent}
	s.contacts = parts[Contact, *Contact]{store.Parts[Contact, *Contact]{DB: repo.DB, Parent: "organisation_id"}, viewContacts, "contacts", s.checkContact}
	return s
}

// Change sets members of an organisation from a request, and notes what it cannot read.
type Change func(*Organisation, *errs.Faults)

// find loads a row for writing: what the actor may not see is NotFound, or Gone if it ever was public; WasMerged if the actor
// may see what it was merged into.
func (s *Service) find(ctx context.Context, id uuid.UUID) (*Organisation, error) {
	o, err := s.repo.GetAny(ctx, id)
	if err != nil {
		return nil, err
	}
	return o, s.seen(ctx, o, o.PublishedAt != nil)
}

// seen is nil when the actor may see the row.
func (s *Service) seen(ctx context.Context, o *Organisation, everPublic bool) error {
	a := authz.From(ctx)
	if o.visible(a) && o.DeletedAt == nil {
		return nil
	}
	if o.DeletedAt != nil {
		now, found, err := s.repo.standsFor(ctx, o.ID)
		if err != nil {
			return err
		}
		if found && now.row.DeletedAt == nil && now.row.visible(a) {
			e := errs.New(errs.WasMerged, "it was merged into another organisation")
			e.MovedFrom, e.MovedTo = o.ID.String(), now.row.ID.String()
			e.Members = map[string]any{"mergedInto": e.MovedTo}
			return e
		}
	}
	if !everPublic {
		return errs.New(errs.Missing, "there is none with this id")
	}
	if o.DeletedAt != nil {
		return store.Gone(*o.DeletedAt, o.Version)
	}
	return store.Gone(o.UpdatedAt, o.Version)
}

// Update changes an organisation over the version that the caller read. What somebody who may not approve asks for of the
// name, register number or home municipality of a published one waits as a pending change.
func (s *Service) Update(ctx context.Context, id uuid.UUID, ifMatch *string, change Change) error {
	was, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if err := authz.From(ctx).Require(authz.WriteOrganisation, was.target()); err != nil {
		return err
	}
	if err := render.RequireVersion(ctx, ifMatch, was.Version); err != nil {
		return err
	}
	return s.update(ctx, was, change)
}

func (s *Service) update(ctx context.Context, was *Organisation, change Change) error {
	o, f := *was, errs.Faults{}
	change(&o, &f)
	if s.check(was, &o, &f); nowhere(f) {
		return f.Err()
	}
	if err := mayMove(ctx, was, &o); err != nil {
		return err
	}
	known, err := s.known(ctx, references(was, &o))
	if err != nil {
		return err
	}
	checkReferences(was, &o, known, &f)
	if err := f.Err(); err != nil {
		return err
	}
	if len(store.ChangedMembers(was, &o)) == 0 {
		return nil
	}
	if err := s.mayWriteSystems(ctx, was.ExternalIDs, o.ExternalIDs); err != nil {
		return err
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if !opt.Equal(was.RegisterNumber, o.RegisterNumber) || !opt.Equal(was.BusinessID, o.BusinessID) || !slices.Equal(was.ExternalIDs, o.ExternalIDs) {
			if err := s.refuseConflicts(ctx, newKeys(was, &o)); err != nil {
				return err
			}
		}
		return s.write(ctx, tx, was, &o)
	})
}

// newKeys is o with those of its keys alone that it did not have before: of a submission the others may be somebody's by now.
func newKeys(was, o *Organisation) *Organisation {
	out := *o
	if opt.Equal(was.RegisterNumber, o.RegisterNumber) {
		out.RegisterNumber = nil
	}
	if opt.Equal(was.BusinessID, o.BusinessID) {
		out.BusinessID = nil
	}
	return &out
}

// write turns was into o, but for what somebody else has to approve first: that waits.
func (s *Service) write(ctx context.Context, tx *store.Tx, was, o *Organisation) error {
	before, after := was.identity(), o.identity()
	waits := waiting(ctx, was, o)
	if len(waits) > 0 {
		o.become(before)
		o.Region, o.SubRegion = was.Region, was.SubRegion
	}
	if len(store.ChangedMembers(was, o)) > 0 {
		o.derive()
		if err := s.repo.Update(ctx, tx, was, o); err != nil {
			return err
		}
	} else if err := s.repo.holdVersion(ctx, tx, was); err != nil {
		return err
	}
	switch {
	case len(waits) > 0:
		return s.propose(ctx, tx, o, waits, after)
	case len(store.ChangedMembers(&before, &after)) > 0:
		return s.overtake(ctx, tx, o)
	}
	return nil
}

// mayMove refuses to take an organisation into an area where the actor may not write.
func mayMove(ctx context.Context, was, o *Organisation) error {
	if opt.Equal(was.Municipality, o.Municipality) {
		return nil
	}
	return authz.From(ctx).Require(authz.WriteOrganisation, o.target())
}

// mayWriteSystems refuses changes to external ids of a system that belongs to somebody else: one that a grant lists is
// written by its holder and by admins; others by whoever may sync.
func (s *Service) mayWriteSystems(ctx context.Context, was, now []ExternalID) error {
	a := authz.From(ctx)
	if a.Admin() {
		return nil
	}
	var systems []string
	for _, e := range changedIDs(was, now) {
		if !slices.Contains(systems, e.System) && !a.OwnsSystem(e.System) {
			systems = append(systems, e.System)
		}
	}
	if len(systems) == 0 {
		return nil
	}
	foreign := systems
	if a.Holds(authz.SyncOrganisation) {
		var err error
		if foreign, err = s.repo.reserved(ctx, systems); err != nil {
			return err
		}
	}
	if len(foreign) > 0 {
		return errs.New(errs.NotAllowed, "the keys of system %s are written by that system only", foreign[0])
	}
	return nil
}

func changedIDs(was, now []ExternalID) []ExternalID {
	var out []ExternalID
	for _, e := range was {
		if !slices.Contains(now, e) {
			out = append(out, e)
		}
	}
	for _, e := range now {
		if !slices.Contains(was, e) {
			out = append(out, e)
		}
	}
	return out
}

// refuseConflicts is a Duplicate when another organisation has o's register number, business id or external id. It names
// the other one to those who may see it. The unique indexes stand behind it for the case of two writers at once.
func (s *Service) refuseConflicts(ctx context.Context, o *Organisation) error {
	cs, err := s.repo.conflicts(ctx, o)
	if err != nil || len(cs) == 0 {
		return err
	}
	e := errs.New(errs.Duplicate, "another organisation has the same key")
	for _, c := range cs {
		e.Faults = append(e.Faults, errs.Fault{In: "body", Pointer: "/" + c.member, Code: "duplicate", Detail: errs.Msg("another organisation has it already")})
		if c.visible(authz.From(ctx)) {
			e.Members = map[string]any{"conflictsWith": c.ID}
		}
	}
	return e
}

// Verify notes that somebody has looked and all is still correct.
func (s *Service) Verify(ctx context.Context, id uuid.UUID, ifMatch *string) error {
	return s.Update(ctx, id, ifMatch, func(o *Organisation, _ *errs.Faults) {
		now := clock.Now()
		o.LastVerifiedAt, o.VerificationRequestedAt = &now, nil
	})
}

// Get is one organisation as JSON, if the actor may see it: else NotFound, Gone if it ever was public, or WasMerged.
func (s *Service) Get(ctx context.Context, id uuid.UUID, fields, include []string) (read, error) {
	r, found, err := s.repo.read(ctx, id, fields, include)
	switch {
	case err != nil:
		return r, err
	case !found:
		return r, errs.New(errs.Missing, "there is none with this id")
	}
	return r, s.seen(ctx, &r.row, r.everPublic)
}

// Place is where an organisation that the actor may see is at home; ok is false when there is none.
func (s *Service) Place(ctx context.Context, id uuid.UUID) (region, municipality string, ok bool, err error) {
	o, err := s.find(ctx, id)
	if errs.Is(err, errs.Missing) || errs.Is(err, errs.WasDeleted) || errs.Is(err, errs.WasMerged) {
		return "", "", false, nil
	}
	if err != nil {
		return "", "", false, err
	}
	return opt.Value(o.Region), opt.Value(o.Municipality), true, nil
}

// Published tells which of the ids are organisations that the actor may see and that have been public: what everyone may be
// shown a reference to.
func (s *Service) Published(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	return s.repo.existing(ctx, ids, true)
}

// Visible is nil when the actor may see the organisation, else Missing, WasDeleted or WasMerged.
func (s *Service) Visible(ctx context.Context, id uuid.UUID) error {
	_, err := s.find(ctx, id)
	return err
}

// Written is one organisation as JSON for the actor who has just written it.
func (s *Service) Written(ctx context.Context, id uuid.UUID) (read, error) {
	r, found, err := s.repo.read(ctx, id, nil, nil)
	if err == nil && !found {
		err = errs.New(errs.Missing, "there is none with this id")
	}
	return r, err
}

// List is a page of the organisations that the actor may see.
func (s *Service) List(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	return s.repo.list(ctx, f, req)
}

// Transitions lists the steps of an organisation's life, newest first; for those who may see unpublished ones there.
func (s *Service) Transitions(ctx context.Context, id uuid.UUID, req page.Request) (render.Page, error) {
	o, err := s.find(ctx, id)
	if err != nil {
		return render.Page{}, err
	}
	if err := authz.From(ctx).Require(authz.ReadUnpublished, o.target()); err != nil {
		return render.Page{}, err
	}
	return s.repo.Steps(ctx, o.Resource(), id, true, req)
}

// PutByExternalID creates an organisation under an external id, or replaces the one that has it. created tells which.
// onlyNew is If-None-Match: *.
func (s *Service) PutByExternalID(ctx context.Context, key ExternalID, ifMatch *string, onlyNew bool, asked *Status, change Change) (id uuid.UUID, created bool, err error) {
	keyed := func(o *Organisation, f *errs.Faults) { change(o, f); o.addKey(&key) }
	id, found, err := s.repo.idOfExternal(ctx, key.System, key.ID)
	if err != nil {
		return id, false, err
	}
	if !found {
		if ifMatch != nil {
			return id, false, errs.New(errs.Changed, "there is none with this key to match")
		}
		id, err = s.Create(ctx, asked, keyed)
		return id, true, err
	}
	was, err := s.find(ctx, id)
	if err != nil {
		return id, false, err
	}
	if err := authz.From(ctx).Require(authz.WriteOrganisation, was.target()); err != nil {
		return id, false, err
	}
	if onlyNew {
		e := errs.New(errs.Changed, "there is one with this key already")
		e.ETag = render.ETag(ctx, was.Version)
		return id, false, e
	}
	if err := render.MatchVersion(ctx, ifMatch, was.Version); err != nil {
		return id, false, err
	}
	return id, false, s.update(ctx, was, keyed)
}

// Export hands every published organisation of the regions and municipalities (all, if none are named) to fn as JSON that
// a sync takes.
func (s *Service) Export(ctx context.Context, regions, municipalities []string, fn func([]byte) error) error {
	return s.repo.export(ctx, Filter{Regions: regions, Municipalities: municipalities}, fn)
}
