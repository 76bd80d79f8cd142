package organisation

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Holder is a family whose rows name organisations: the columns in which they do, as table.column, and how they are moved when
// an organisation goes up in another.
type Holder struct {
	Columns []string
	Move    func(ctx context.Context, tx *store.Tx, m *store.Merge) error
}

// Register tells what the other families hold of organisations; before the service starts. They come after it, since they ask
// it which organisations there are.
func (s *Service) Register(holders ...Holder) { s.holders = append(s.holders, holders...) }

// Holding lists the columns in which organisations are named and that a merge sees to, of this family and of all others.
func (s *Service) Holding() []string {
	out := slices.Clone(ownColumns)
	for _, h := range s.holders {
		out = append(out, h.Columns...)
	}
	return out
}

// Merging is what a merge asks for.
type Merging struct {
	From        uuid.UUID
	FromVersion int64
	Take        []string    // members that the one that stays takes over
	On          *clock.Date // when the bodies themselves merged; nil: one body that was entered twice
	DryRun      bool
}

// summary is what is told and kept of a merge: names of members, types and ids, never values.
type summary struct {
	Taken   []string      `json:"taken"`
	Dropped []string      `json:"dropped"`
	Moved   []store.Moved `json:"moved"`
	Ended   []store.Ended `json:"ended"`
}

// A merge that meets what others have locked gives way to them, and tries again.
const (
	mergeTries = 8
	mergePause = 50 * time.Millisecond
)

// Merge lets an organisation go up in another one, which it renders as it stands then. For those who may merge both. A dry run
// does all of it and takes it back. Missing, WasMerged, NotAllowed, NeedsIfMatch, Changed if one of the two was; InvalidData.
func (s *Service) Merge(ctx context.Context, into uuid.UUID, ifMatch *string, in Merging) (r read, sum summary, err error) {
	if _, _, err := s.mergeable(ctx, into, ifMatch, in); err != nil {
		return r, sum, err
	}
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		for try := 1; ; try++ {
			err := tx.Attempt(ctx, func() (keep bool, err error) {
				if r, sum, err = s.merge(ctx, tx, into, ifMatch, in); err == nil && !in.DryRun {
					err = s.repo.recordMerge(ctx, tx, into, in, sum)
				}
				return !in.DryRun, err
			})
			if !store.Busy(err) || try == mergeTries || clock.Sleep(ctx, mergePause) != nil {
				return err
			}
		}
	})
	return r, sum, err
}

// pointedAt lets the faults of what two organisations make together point into the request: at the member that is taken, or else
// at the one that goes.
func pointedAt(err error, take []string) error {
	var e *errs.Error
	if errors.As(err, &e) {
		for i, f := range e.Faults {
			member := strings.Split(f.Pointer, "/")[1]
			if e.Faults[i].Pointer = "/from"; slices.Contains(take, member) {
				e.Faults[i].Pointer = "/take/" + strconv.Itoa(slices.Index(take, member))
			}
		}
	}
	return err
}

// mergeable loads both organisations, the one that stays first, if the actor may merge them as they stand.
func (s *Service) mergeable(ctx context.Context, id uuid.UUID, ifMatch *string, in Merging) (into, from *Organisation, err error) {
	if into, err = s.find(ctx, id); err != nil {
		return nil, nil, err
	}
	a := authz.From(ctx)
	if err := a.Require(authz.MergeOrganisation, into.target()); err != nil {
		return nil, nil, err
	}
	f := errs.Faults{}
	from, err = s.find(ctx, in.From)
	switch {
	case errs.Is(err, errs.Missing) || errs.Is(err, errs.WasDeleted):
		f.Add("/from", "unknown-reference", "there is no such organisation")
	case errs.Is(err, errs.WasMerged):
		f.Add("/from", "merged", "it was merged into another one already")
	case err != nil:
		return nil, nil, err
	case in.From == id:
		f.Add("/from", "itself", "an organisation cannot be merged into itself")
	default:
		if err := a.Require(authz.MergeOrganisation, from.target()); err != nil {
			return nil, nil, err
		}
		if from.Public() && !into.Public() {
			f.Add("/from", "unpublished", "it is published: the one that stays has to be so first")
		}
		if into.unreviewed() && !from.unreviewed() { // the submitter could take back what others have made
			f.Add("/from", "unpublished", "the one that stays waits for review: publish it first, or merge it into this one")
		}
	}
	if in.On != nil && *in.On > clock.Today() {
		f.Add("/mergedOn", "future", "it cannot have happened yet")
	}
	if err := render.RequireVersion(ctx, ifMatch, into.Version); err != nil {
		return nil, nil, err
	}
	if err := f.Err(); err != nil {
		return nil, nil, err
	}
	if from.Version != in.FromVersion {
		e := errs.New(errs.Changed, "it was changed meanwhile: read it again, then repeat")
		e.Faults = []errs.Fault{{In: "body", Pointer: "/fromVersion", Code: "stale", Detail: errs.Msg("it was changed meanwhile: read it again, then repeat")}}
		return nil, nil, e
	}
	return into, from, nil
}

// merge does it, in a part of a transaction that the caller may take back.
func (s *Service) merge(ctx context.Context, tx *store.Tx, id uuid.UUID, ifMatch *string, in Merging) (r read, sum summary, err error) {
	if err := tx.GiveWay(ctx); err != nil {
		return r, sum, err
	}
	if err := s.repo.holdBoth(ctx, tx, id, in.From); err != nil {
		return r, sum, err
	}
	was, from, err := s.mergeable(ctx, id, ifMatch, in) // as they stand now
	if err != nil {
		return r, sum, err
	}
	into, m := *was, &store.Merge{From: in.From, Into: id}
	sum.Taken, sum.Dropped = into.absorb(from, in.Take, in.On)
	f := errs.Faults{}
	s.check(was, &into, &f)
	if err := f.Err(); err != nil { // what was right apart is wrong together: one of the members that are taken, or a list of both
		return r, sum, pointedAt(err, in.Take)
	}
	gone := *from
	gone.MergedInto = &id
	if err := s.repo.Merge(ctx, tx, from, &gone); err != nil { // first: its keys are free then
		return r, sum, err
	}
	if from.unreviewed() && !into.unreviewed() {
		if err := s.refuseConflicts(ctx, &into); err != nil { // it kept nobody from having what it claimed
			return r, sum, pointedAt(err, in.Take)
		}
	}
	parts, err := s.moveParts(ctx, tx, m, from, &into, in)
	if err != nil {
		return r, sum, err
	}
	into.derive()
	changed := append(store.ChangedMembers(was, &into), parts...)
	slices.Sort(changed)
	if err := s.repo.Touch(ctx, tx, was, &into, slices.Compact(changed)...); err != nil {
		return r, sum, err
	}
	if err := s.overtake(ctx, tx, &gone, &into); err != nil {
		return r, sum, err
	}
	if err := s.moveReferences(ctx, tx, m); err != nil {
		return r, sum, err
	}
	for _, h := range s.holders {
		if err := h.Move(ctx, tx, m); err != nil {
			return r, sum, err
		}
	}
	sum.Moved, sum.Ended = m.Moved(), m.Ended()
	r, err = s.Written(ctx, id)
	return r, sum, err
}

// moveParts moves the parts of from to into, and adds the event of their merger. It names the members that this changes.
func (s *Service) moveParts(ctx context.Context, tx *store.Tx, m *store.Merge, from, into *Organisation, in Merging) (members []string, err error) {
	if into.hides(from, in.Take) {
		if err := s.repo.endNamingEvents(ctx, m); err != nil {
			return nil, err
		}
	}
	members, err = s.repo.moveParts(ctx, tx, m)
	if err != nil || in.On == nil {
		return members, err
	}
	e := &RegisterEvent{OrganisationID: into.ID, Type: "merged", Date: dayOf(*in.On)}
	if into.knownAs(from.Name) {
		e.Name = from.Name
	}
	return append(members, "registerEvents"), s.registerEvents.Insert(ctx, tx, e)
}

// dayOf is a day as a historic date.
func dayOf(d clock.Date) clock.HistoricDate {
	to := d.Next()
	return clock.HistoricDate{From: &d, To: &to, Precision: clock.PrecisionDay}
}

// takers take a member over from another organisation.
var takers = map[string]func(o, from *Organisation){
	"kind": func(o, from *Organisation) { o.Kind = from.Kind }, "name": func(o, from *Organisation) { o.Name = from.Name },
	"description": func(o, from *Organisation) { o.Description = from.Description }, "field": func(o, from *Organisation) { o.Field = from.Field },
	"registerNumber": func(o, from *Organisation) { o.RegisterNumber = from.RegisterNumber }, "businessId": func(o, from *Organisation) { o.BusinessID = from.BusinessID },
	"country": func(o, from *Organisation) { o.Country = from.Country }, "municipality": func(o, from *Organisation) { o.Municipality = from.Municipality },
	"municipalities": func(o, from *Organisation) { o.Municipalities = from.Municipalities }, "address": func(o, from *Organisation) { o.Address = from.Address },
	"postalAddress": func(o, from *Organisation) { o.PostalAddress = from.PostalAddress }, "location": func(o, from *Organisation) { o.Location = from.Location },
	"logo": func(o, from *Organisation) { o.Logo = from.Logo }, "website": func(o, from *Organisation) { o.Website = from.Website },
	"email": func(o, from *Organisation) { o.Email = from.Email }, "phone": func(o, from *Organisation) { o.Phone = from.Phone },
	"socialLinks": func(o, from *Organisation) { o.SocialLinks = from.SocialLinks }, "languages": func(o, from *Organisation) { o.Languages = from.Languages },
	"memberCount": func(o, from *Organisation) { o.MemberCount = from.MemberCount }, "founded": func(o, from *Organisation) { o.Founded = from.Founded },
	"dissolved": func(o, from *Organisation) { o.Dissolved = from.Dissolved }, "registeredOn": func(o, from *Organisation) { o.RegisteredOn = from.RegisteredOn },
	"fundingSources": func(o, from *Organisation) { o.FundingSources = from.FundingSources },
}

// otherNames in take makes the names public of an organisation that nobody has published.
const otherNames = "otherNames"

// hides tells whether the names of another organisation stay private when it goes up in o: nobody has published them, o was
// public, and nobody asks for them.
func (o *Organisation) hides(from *Organisation, take []string) bool {
	return from.PublishedAt == nil && o.PublishedAt != nil && !slices.Contains(take, otherNames)
}

// absorb takes over from another organisation the members that are asked for, its register number and business id where o has
// none and they are not mere claims, and its names (unless they stay private), external ids and affiliations beside o's own. It
// tells which members were taken, and which were not though the other's were set and differed.
func (o *Organisation) absorb(from *Organisation, take []string, on *clock.Date) (taken, dropped []string) {
	was, hidden, take := *o, o.hides(from, take), slices.Clone(take)
	if o.RegisterNumber == nil && from.RegisterNumber != nil && !from.unreviewed() {
		take = append(take, "registerNumber")
	}
	if o.BusinessID == nil && from.BusinessID != nil && !from.unreviewed() {
		take = append(take, "businessId")
	}
	differing := store.ChangedMembers(o, from)
	set := store.ChangedMembers(&Organisation{Municipalities: []string{}, SocialLinks: []string{}, Languages: []string{}, FundingSources: []string{}}, from)
	taken, dropped = []string{}, []string{}
	for _, member := range slices.Sorted(maps.Keys(takers)) {
		switch {
		case !slices.Contains(differing, member):
		case slices.Contains(take, member):
			takers[member](o, from)
			taken = append(taken, member)
		case slices.Contains(set, member):
			dropped = append(dropped, member)
		}
	}
	o.addName(OtherName{Name: was.Name})
	own := o.OtherNames
	for _, n := range append([]OtherName{{Name: from.Name, To: on}}, from.OtherNames...) {
		o.addName(n)
	}
	if from.PublishedAt == nil && len(o.OtherNames) > len(own) {
		if hidden {
			o.OtherNames, dropped = own, append(dropped, otherNames)
		} else {
			taken = append(taken, otherNames)
		}
	}
	slices.Sort(taken)
	slices.Sort(dropped)
	for _, e := range from.ExternalIDs {
		o.addKey(&e)
	}
	o.Affiliations = slices.DeleteFunc(slices.Clone(o.Affiliations), func(a Affiliation) bool { return a.OrganisationID != nil && *a.OrganisationID == from.ID })
	for _, a := range from.Affiliations {
		if (a.OrganisationID == nil || *a.OrganisationID != o.ID) && !slices.ContainsFunc(o.Affiliations, a.same) {
			o.Affiliations = append(o.Affiliations, a)
		}
	}
	return taken, dropped
}

// addName puts a name among the other names, unless the organisation is or was called so already.
func (o *Organisation) addName(n OtherName) {
	if !o.knownAs(n.Name) {
		o.OtherNames = append(slices.Clip(o.OtherNames), n)
	}
}

// knownAs tells whether it is or was called so.
func (o *Organisation) knownAs(name i18n.Text) bool {
	return maps.Equal(name, o.Name) || slices.ContainsFunc(o.OtherNames, func(x OtherName) bool { return maps.Equal(x.Name, name) })
}

// same tells whether two affiliations say the same.
func (a Affiliation) same(b Affiliation) bool { return store.Fingerprint(a) == store.Fingerprint(b) }

// moveReferences lets other organisations name the one that stays: in their affiliations and register events.
func (s *Service) moveReferences(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	events, err := s.repo.moveEventReferences(ctx, m)
	if err != nil {
		return err
	}
	others, err := s.repo.Lock(ctx, "affiliations <> '[]' and affiliations @> jsonb_build_array(jsonb_build_object('organisationId', ?::text)) or id = any(?)", m.From.String(), uuidArray(events))
	if err != nil {
		return err
	}
	for _, was := range others {
		o := *was
		o.Affiliations = []Affiliation{}
		for _, a := range was.Affiliations {
			if m.Replace(&a.OrganisationID); !slices.ContainsFunc(o.Affiliations, a.same) {
				o.Affiliations = append(o.Affiliations, a)
			}
		}
		changed := store.ChangedMembers(was, &o)
		m.Move("affiliation", len(changed))
		if slices.Contains(events, o.ID) {
			changed = append(changed, "registerEvents")
		}
		if err := s.repo.Touch(ctx, tx, was, &o, changed...); err != nil {
			return err
		}
	}
	return nil
}

// Merges is a page of what was merged into an organisation, newest first; for those who may approve it. Missing, NotAllowed.
func (s *Service) Merges(ctx context.Context, id uuid.UUID, req page.Request) (render.Page, error) {
	o, err := s.find(ctx, id)
	if err != nil {
		return render.Page{}, err
	}
	if err := authz.From(ctx).Require(authz.ApproveOrganisation, o.target()); err != nil {
		return render.Page{}, err
	}
	return s.repo.merges(ctx, id, req)
}
