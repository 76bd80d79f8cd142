package meeting

import (
	"context"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/patch"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// maxParts is how many items an agenda, and how many decisions a meeting, can have.
const maxParts = 500

// write lets change write a part of a meeting and raises the meeting's version, which it returns; when change says that
// nothing changed, all stays as it was. For those who may write the meeting.
func (s *Service) write(ctx context.Context, id uuid.UUID, ifMatch *string, part string, change func(context.Context, *store.Tx, *Meeting) (bool, error)) (int64, error) {
	was, err := s.writable(ctx, id, ifMatch)
	if err != nil {
		return 0, err
	}
	m := *was
	err = s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		if err := s.repo.lock(ctx, was); err != nil {
			return err
		}
		changed, err := change(ctx, tx, was)
		if err != nil || !changed {
			return err
		}
		return s.repo.Touch(ctx, tx, was, &m, part)
	})
	return m.Version, err
}

// AgendaItem is one item of a meeting's agenda as JSON. Open to everyone. Missing, WasDeleted.
func (s *Service) AgendaItem(ctx context.Context, id, part uuid.UUID) (render.Row, error) {
	row, err := s.repo.agendaItem(ctx, id, part)
	return row, s.gone(ctx, id, err)
}

// gone tells of a part that is missing because its meeting is deleted.
func (s *Service) gone(ctx context.Context, id uuid.UUID, err error) error {
	if errs.Is(err, errs.Missing) {
		if _, gone := s.find(ctx, id); gone != nil {
			return gone
		}
	}
	return err
}

// check finds what cannot be right about an item of an agenda.
func (a *AgendaItem) check(f *errs.Faults) {
	if a.Title = i18n.Tidy(a.Title); len(a.Title) == 0 {
		f.Add("/title", "required", "a name in one language must remain")
	}
	tidy(a.Links)
}

// CreateAgendaItem puts an item on the agenda, last or where it asks to be. For those who may write the meeting. InvalidData, LimitReached.
func (s *Service) CreateAgendaItem(ctx context.Context, id uuid.UUID, ifMatch *string, body any) (part uuid.UUID, err error) {
	_, err = s.write(ctx, id, ifMatch, "agenda", func(ctx context.Context, tx *store.Tx, m *Meeting) (bool, error) {
		a, f := AgendaItem{MeetingID: m.ID, Links: []Link{}}, errs.Faults{}
		if err := patch.Merge(&a, body); err != nil {
			return false, err
		}
		a.check(&f)
		if err := f.Err(); err != nil {
			return false, err
		}
		ids, err := s.repo.agendaIDs(ctx, m.ID)
		if err != nil {
			return false, err
		}
		if len(ids) >= maxParts {
			return false, errs.New(errs.LimitReached, "there are %d already", maxParts)
		}
		at := len(ids)
		if a.Position > 0 {
			at = min(a.Position-1, len(ids))
		}
		a.Position = at + 1
		if err := s.repo.agenda.Insert(ctx, tx, &a); err != nil {
			return false, err
		}
		part = a.ID
		return true, s.repo.order(ctx, m.ID, slices.Insert(ids, at, a.ID))
	})
	return part, err
}

// UpdateAgendaItem changes an item of the agenda; another position moves it. For those who may write the meeting. Missing, InvalidData.
func (s *Service) UpdateAgendaItem(ctx context.Context, id, part uuid.UUID, ifMatch *string, body any) error {
	_, err := s.write(ctx, id, ifMatch, "agenda", func(ctx context.Context, tx *store.Tx, m *Meeting) (bool, error) {
		was, err := s.repo.agenda.Load(ctx, m.ID, part)
		if err != nil {
			return false, err
		}
		a, f := *was, errs.Faults{}
		if err := patch.Merge(&a, body); err != nil {
			return false, err
		}
		a.check(&f)
		if err := f.Err(); err != nil {
			return false, err
		}
		ids, err := s.repo.agendaIDs(ctx, m.ID)
		if err != nil {
			return false, err
		}
		if a.Position = min(a.Position, len(ids)); len(store.ChangedMembers(was, &a)) == 0 {
			return false, nil
		}
		if err := s.repo.agenda.Update(ctx, tx, &a); err != nil {
			return false, err
		}
		ids = slices.Insert(without(ids, part), a.Position-1, part)
		return true, s.repo.order(ctx, m.ID, ids)
	})
	return err
}

func without(ids []uuid.UUID, id uuid.UUID) []uuid.UUID {
	return slices.DeleteFunc(ids, func(i uuid.UUID) bool { return i == id })
}

// DeleteAgendaItem takes an item off the agenda. For those who may write the meeting. Missing, InUse when a decision hangs on it.
func (s *Service) DeleteAgendaItem(ctx context.Context, id, part uuid.UUID, ifMatch *string) (int64, error) {
	return s.write(ctx, id, ifMatch, "agenda", func(ctx context.Context, tx *store.Tx, m *Meeting) (bool, error) {
		used, err := s.repo.decided(ctx, m.ID, part)
		if err != nil {
			return false, err
		}
		if used {
			return false, errs.New(errs.InUse, "a decision belongs to it")
		}
		if err := s.repo.agenda.Delete(ctx, tx, m.ID, part); err != nil {
			return false, err
		}
		ids, err := s.repo.agendaIDs(ctx, m.ID)
		if err != nil {
			return false, err
		}
		return true, s.repo.order(ctx, m.ID, ids)
	})
}

// OrderAgenda puts the items of the agenda into the order of ids, which are all of them. For those who may write the meeting. InvalidData.
func (s *Service) OrderAgenda(ctx context.Context, id uuid.UUID, ifMatch *string, ids []uuid.UUID) error {
	_, err := s.write(ctx, id, ifMatch, "agenda", func(ctx context.Context, _ *store.Tx, m *Meeting) (bool, error) {
		have, err := s.repo.agendaIDs(ctx, m.ID)
		if err != nil {
			return false, err
		}
		f := errs.Faults{}
		for i, id := range ids {
			switch {
			case !slices.Contains(have, id):
				f.Add("/ids/"+strconv.Itoa(i), "unknown-reference", "the agenda has no such item")
			case slices.Contains(ids[:i], id):
				f.Add("/ids/"+strconv.Itoa(i), "duplicate", "no item may stand twice")
			}
		}
		for _, id := range have {
			if !slices.Contains(ids, id) {
				f.Add("/ids", "incomplete", "item %s of the agenda is missing", id.String())
			}
		}
		if err := f.Err(); err != nil || slices.Equal(have, ids) {
			return false, err
		}
		return true, s.repo.order(ctx, m.ID, ids)
	})
	return err
}

// Decision is one decision as JSON, if the reader may see it: outsiders once a memo is published. Missing, WasDeleted.
func (s *Service) Decision(ctx context.Context, id, part uuid.UUID) (render.Row, error) {
	row, err := s.repo.decision(ctx, id, part)
	return row, s.gone(ctx, id, err)
}

// checkDecision finds what cannot be right about a decision, and refuses a number that another one has.
func (s *Service) checkDecision(ctx context.Context, m *Meeting, was, d *Decision) error {
	f := errs.Faults{}
	if len(d.Text) == 0 {
		f.Add("/text", "required", "a text in one language must remain")
	}
	if d.AgendaItemID != nil && (was.AgendaItemID == nil || *was.AgendaItemID != *d.AgendaItemID) {
		if _, err := s.repo.agenda.Load(ctx, m.ID, *d.AgendaItemID); errs.Is(err, errs.Missing) {
			f.Add("/agendaItemId", "unknown-reference", "the agenda has no such item")
		} else if err != nil {
			return err
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	if d.Number == was.Number {
		return nil
	}
	other, found, err := s.repo.decisionNumbered(ctx, m.ID, d.Number)
	if err == nil && found {
		err = duplicate("/number", &other)
	}
	return err
}

// CreateDecision records a decision, under the next number if it has none. For those who may write the meeting.
// WrongTransition before the meeting's day and when it is cancelled; InvalidData, Duplicate, LimitReached.
func (s *Service) CreateDecision(ctx context.Context, id uuid.UUID, ifMatch *string, body any) (part uuid.UUID, err error) {
	_, err = s.write(ctx, id, ifMatch, "decisions", func(ctx context.Context, tx *store.Tx, m *Meeting) (bool, error) {
		if err := m.begun(); err != nil {
			return false, err
		}
		d := Decision{MeetingID: m.ID}
		if err := patch.Merge(&d, body); err != nil {
			return false, err
		}
		next, count, err := s.repo.nextDecision(ctx, m.ID)
		if err != nil {
			return false, err
		}
		if count >= maxParts {
			return false, errs.New(errs.LimitReached, "there are %d already", maxParts)
		}
		if d.Number == 0 {
			d.Number = next
		}
		if err := s.checkDecision(ctx, m, &Decision{}, &d); err != nil {
			return false, err
		}
		err = s.repo.decisions.Insert(ctx, tx, &d)
		part = d.ID
		return true, err
	})
	return part, err
}

// UpdateDecision changes a decision. For those who may write the meeting. Missing; WrongTransition before the meeting's day and
// when it is cancelled; InvalidData, Duplicate.
func (s *Service) UpdateDecision(ctx context.Context, id, part uuid.UUID, ifMatch *string, body any) error {
	_, err := s.write(ctx, id, ifMatch, "decisions", func(ctx context.Context, tx *store.Tx, m *Meeting) (bool, error) {
		was, err := s.repo.decisions.Load(ctx, m.ID, part)
		if err == nil {
			err = m.begun()
		}
		if err != nil {
			return false, err
		}
		d := *was
		if err := patch.Merge(&d, body); err != nil {
			return false, err
		}
		if err := s.checkDecision(ctx, m, was, &d); err != nil || len(store.ChangedMembers(was, &d)) == 0 {
			return false, err
		}
		return true, s.repo.decisions.Update(ctx, tx, &d)
	})
	return err
}

// DeleteDecision takes a decision back. For those who may write the meeting. Missing.
func (s *Service) DeleteDecision(ctx context.Context, id, part uuid.UUID, ifMatch *string) (int64, error) {
	return s.write(ctx, id, ifMatch, "decisions", func(ctx context.Context, tx *store.Tx, m *Meeting) (bool, error) {
		return true, s.repo.decisions.Delete(ctx, tx, m.ID, part)
	})
}
