package person

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Export is all that is stored of a person, as one JSON document; it leaves an audit event. For those who may export people
// in the scope of the record, or where the person is known if the record is nobody's. Missing, WasDeleted, Forbidden.
func (s *Service) Export(ctx context.Context, id uuid.UUID) (doc []byte, err error) {
	p, at, err := s.find(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := requireOwn(ctx, authz.ExportPerson, p, at); err != nil {
		return nil, err
	}
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		doc, err = s.repo.export(ctx, id, s.sources)
		tx.Audit(p.event("exported"))
		return err
	})
	return doc, err
}

// event is something that was done to the record beside writing it.
func (p *Person) event(action string) store.AuditEvent {
	return store.AuditEvent{Action: action, ResourceType: p.Resource(), ResourceID: &p.ID, Region: p.Scope().Region, Municipality: p.Scope().Municipality}
}

// Erase takes away all that tells who a person was, here and in the other families, for good. For those who may erase people
// in the scope of the record, or where the person is known if the record is nobody's. Missing, WasDeleted when it is done already, Forbidden, NeedsIfMatch, Changed, InvalidData.
func (s *Service) Erase(ctx context.Context, id uuid.UUID, ifMatch *string, reason string) error {
	found, at, err := s.find(ctx, id)
	if err != nil {
		return err
	}
	if err := requireOwn(ctx, authz.ErasePerson, found, at); err != nil {
		return err
	}
	if err := render.RequireVersion(ctx, ifMatch, found.Version); err != nil {
		return err
	}
	if found.named(reason) {
		f := errs.Faults{}
		f.Add("/reason", "invalid", "it names the person: what is erased would stay in it")
		return f.Err()
	}
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		was, err := s.hold(ctx, tx, found)
		if err != nil {
			return err
		}
		if err := render.MatchVersion(ctx, ifMatch, was.Version); err != nil {
			return err
		}
		p := *was
		p.erase()
		if err := s.repo.Delete(ctx, tx, was, &p); err != nil {
			return err
		}
		for _, erase := range s.erasers {
			if err := erase(ctx, tx, Erased{id, was.names()}); err != nil {
				return err
			}
		}
		tx.Audit(p.event("erased"))
		if err := tx.Step(ctx, p.Resource(), id, store.Step{From: "recorded", To: "erased", Note: &reason}); err != nil {
			return err
		}
		return s.repo.forget(ctx, tx, was)
	})
}
