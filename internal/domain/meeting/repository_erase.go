package meeting

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/store"
)

// meetingsOf are all meetings, deleted ones too, of the councils in which a person ever had a seat. They are locked.
func (r Repository) meetingsOf(ctx context.Context, person uuid.UUID) (out []Meeting, err error) {
	err = r.Gorm(ctx).Raw("select * from meetings where council_id in (select council_id from seats where person_id = ?) order by id for no key update", person).Scan(&out).Error
	return out, store.Err(err)
}

// thaw lets fn change published memos, in the transaction of the context.
func (r Repository) thaw(ctx context.Context, fn func() error) error {
	if _, err := r.Exec(ctx, "set local seutu.erasing = 'on'"); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	_, err := r.Exec(ctx, "set local seutu.erasing = 'off'")
	return err
}

// rewriteMeeting writes the texts of a meeting; those of a deleted one without a new version.
func (r Repository) rewriteMeeting(ctx context.Context, tx *store.Tx, was, now *Meeting) error {
	if was.DeletedAt == nil {
		return r.Update(ctx, tx, was, now)
	}
	return store.Err(tx.Gorm(ctx).Model(now).Select("Title", "Description", "CancelReason", "ReplacedBy", "Links").Updates(now).Error)
}

func (r Repository) eraseAgenda(ctx context.Context, tx *store.Tx, meeting uuid.UUID, e eraser) (bool, error) {
	return eraseParts(ctx, tx, meeting, func(a *AgendaItem) { e.texts(&a.Title, &a.Description); a.Links = e.links(a.Links) })
}

func (r Repository) eraseDecisions(ctx context.Context, tx *store.Tx, meeting uuid.UUID, e eraser) (bool, error) {
	return eraseParts(ctx, tx, meeting, func(d *Decision) { e.texts(&d.Text) })
}

func (r Repository) eraseRoll(ctx context.Context, tx *store.Tx, meeting uuid.UUID, e eraser) (bool, error) {
	return eraseParts(ctx, tx, meeting, func(a *Attendance) {
		if e.texts(&a.Guest); a.Note != nil {
			note := e.text(*a.Note)
			a.Note = &note
		}
	})
}

// eraseParts lets erase change every part of a kind, writes those that it changed, and tells whether there are such.
func eraseParts[T any](ctx context.Context, tx *store.Tx, meeting uuid.UUID, erase func(*T)) (changed bool, err error) {
	var all []T
	if err := tx.Gorm(ctx).Where("meeting_id = ?", meeting).Find(&all).Error; err != nil {
		return false, store.Err(err)
	}
	for i := range all {
		now := all[i]
		if erase(&now); len(store.ChangedMembers(&all[i], &now)) == 0 {
			continue
		}
		changed = true
		if err := tx.Gorm(ctx).Model(&now).Select("*").Omit("id", "created_at").Updates(&now).Error; err != nil {
			return false, store.Err(err)
		}
	}
	return changed, nil
}

// eraseMemos takes the name out of all editions of a meeting's memo.
func (r Repository) eraseMemos(ctx context.Context, tx *store.Tx, m *Meeting, e eraser) error {
	var all []Memo
	if err := tx.Gorm(ctx).Where("meeting_id = ?", m.ID).Order("edition").Find(&all).Error; err != nil {
		return store.Err(err)
	}
	for i := range all {
		was := &all[i]
		was.Owner = m.Owner
		now := *was
		e.texts(&now.Text, &now.Correction)
		now.Links = e.links(now.Links)
		record, inRecord, err := e.record(now.Record)
		if err != nil {
			return err
		}
		if now.Record = record; len(store.ChangedMembers(was, &now)) == 0 && !inRecord {
			continue
		}
		if was.DeletedAt == nil {
			err = r.memos.Update(ctx, tx, was, &now)
		} else {
			err = store.Err(tx.Gorm(ctx).Model(&now).Select("Text", "Correction", "Links").Updates(&now).Error)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
