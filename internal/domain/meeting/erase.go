package meeting

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/redact"
	"github.com/seutu/seutu/internal/store"
)

// Erase takes a person's full name out of the texts of the meetings of every council and network that ever had to do with the
// person (meetingsOf tells which): of the meetings, their agendas, decisions and rolls, of their memos, published ones included,
// and of the notes of their steps. It joins the transaction of the erasure, which has decided who may do this. Versions are raised
// and the changes noted.
func (s *Service) Erase(ctx context.Context, tx *store.Tx, person uuid.UUID, name string) error {
	e := redact.New(name)
	meetings, err := s.repo.meetingsOf(ctx, person)
	if err != nil || len(meetings) == 0 {
		return err
	}
	return s.repo.thaw(ctx, func() error { return s.eraseAll(ctx, tx, meetings, e) })
}

func (s *Service) eraseAll(ctx context.Context, tx *store.Tx, meetings []*Meeting, e redact.Eraser) error {
	for _, m := range meetings {
		was := *m
		e.Texts(&m.Title, &m.Description, &m.CancelReason, &m.ReplacedBy)
		m.Links = withoutName(e, m.Links)
		if m.Place != nil {
			at := *m.Place
			e.Texts(&at.Name)
			e.Strings(&at.Street)
			m.Place = &at
		}
		if len(store.ChangedMembers(&was, m)) > 0 {
			if err := s.repo.rewriteMeeting(ctx, tx, &was, m); err != nil {
				return err
			}
		}
	}
	for _, part := range []struct {
		name  string
		erase func(context.Context, *store.Tx, []*Meeting, redact.Eraser) (map[uuid.UUID]bool, error)
	}{{"agenda", s.repo.eraseAgenda}, {"decisions", s.repo.eraseDecisions}, {"attendance", s.repo.eraseRoll}} {
		changed, err := part.erase(ctx, tx, meetings, e)
		if err != nil {
			return err
		}
		for _, m := range meetings {
			if !changed[m.ID] || m.DeletedAt != nil { // a tombstone's parts are nobody's to see
				continue
			}
			was := *m
			if err := s.repo.Touch(ctx, tx, &was, m, part.name); err != nil {
				return err
			}
		}
	}
	if err := s.repo.eraseMemos(ctx, tx, meetings, e); err != nil {
		return err
	}
	return s.repo.eraseNotes(ctx, tx, meetings, e)
}

func withoutName(e redact.Eraser, in []Link) []Link {
	out := append([]Link{}, in...)
	for i := range out {
		e.Texts(&out[i].Title)
	}
	return out
}
