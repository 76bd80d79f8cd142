package organisation

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
)

// Editors gives and takes the role of an organisation's editor, in the transaction that makes or deletes it.
type Editors struct {
	Make func(ctx context.Context, o *Organisation) error // of the user who submits it
	End  func(ctx context.Context, organisation uuid.UUID) error
}

// Create makes an organisation. It is published where the caller may publish it, unless asked is "draft". An editor makes a
// draft anywhere, becomes its editor and submits it. Forbidden outside the caller's area, InvalidData, Duplicate; LimitReached
// when an editor has many drafts already.
func (s *Service) Create(ctx context.Context, asked *Status, change Change) (uuid.UUID, error) {
	o, f := &Organisation{Status: StatusDraft, Country: "FI"}, errs.Faults{}
	change(o, &f)
	s.check(nil, o, &f)
	if nowhere(f) {
		return o.ID, f.Err()
	}
	submits := maySubmit(ctx, o)
	if submits {
		if o.Municipality == nil {
			f.Add("/municipality", "required", "it tells who reviews the draft")
		}
		if asked != nil && *asked == StatusPublished {
			return o.ID, errDraftOnly()
		}
		by := authz.From(ctx).ID
		o.SubmittedBy = &by
	} else if err := s.begin(ctx, o, asked); err != nil {
		return o.ID, err
	}
	known, err := s.known(ctx, references(&Organisation{}, o))
	if err != nil {
		return o.ID, err
	}
	checkReferences(&Organisation{}, o, known, &f)
	if err := f.Err(); err != nil {
		return o.ID, err
	}
	if err := s.mayWriteSystems(ctx, nil, o.ExternalIDs); err != nil {
		return o.ID, err
	}
	return o.ID, s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.refuseConflicts(ctx, o); err != nil {
			return err
		}
		o.derive()
		if err := s.repo.Insert(ctx, tx, o); err != nil || !submits {
			return err
		}
		return s.own(ctx, o)
	})
}

// maxDrafts is how many organisations of one user's own making may wait for publication.
const maxDrafts = 10

// own makes the user who submits o its editor.
func (s *Service) own(ctx context.Context, o *Organisation) error {
	if err := s.editors.Make(ctx, o); err != nil {
		return err
	}
	n, err := s.repo.drafts(ctx, authz.From(ctx).ID)
	if err == nil && n > maxDrafts {
		err = errs.New(errs.LimitReached, "%d of your organisations wait for publication already: wait until one is published, or delete one", maxDrafts)
	}
	return err
}

// maySubmit tells whether the actor makes o as a submitter: a user who may not create organisations where it is at home.
func maySubmit(ctx context.Context, o *Organisation) bool {
	a, t := authz.From(ctx), o.target()
	t.Organisation = "" // it is nobody's own yet
	return a.Type == authz.User && a.May(authz.SubmitOrganisation, t) && !a.May(authz.WriteOrganisation, t) && !a.May(authz.SyncOrganisation, t)
}

func errDraftOnly() error {
	return errs.New(errs.NotAllowed, "you may create it as a draft; somebody else publishes it")
}

// nowhere tells that the home municipality is none: nobody knows whose area it would be.
func nowhere(f errs.Faults) bool {
	return slices.ContainsFunc(f, func(f errs.Fault) bool { return f.Pointer == "/municipality" })
}

// begin decides whether the actor may create o where it stands, and with which status.
func (s *Service) begin(ctx context.Context, o *Organisation, asked *Status) error {
	a, t := authz.From(ctx), o.target()
	t.Organisation = "" // it is nobody's own yet
	if err := a.Require(authz.WriteOrganisation, t); err != nil {
		if a.Require(authz.SyncOrganisation, t) != nil {
			return err
		}
	}
	may := a.May(authz.ApproveOrganisation, t) || a.May(authz.SyncOrganisation, t)
	if asked != nil && *asked == StatusPublished && !may {
		return errDraftOnly()
	}
	if may && (asked == nil || *asked == StatusPublished) {
		now := clock.Now()
		o.Status, o.PublishedAt = StatusPublished, &now
	}
	return nil
}
