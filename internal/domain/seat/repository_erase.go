package seat

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/redact"
	"github.com/seutu/seutu/internal/store"
)

// erase clears what a person's seats say of the person, and the person's name out of all texts of the seats of those councils in
// which the person ever had a seat or was nominated to one. Every seat of the person gets a new version: who read it before the
// erasure does not write it after.
func (r Repository) erase(ctx context.Context, tx *store.Tx, person uuid.UUID, e redact.Eraser) error {
	all, err := r.besides(ctx, tx, person)
	if err != nil {
		return err
	}
	for _, was := range all {
		now := *was
		e.Texts(&now.Title, &now.RoleName)
		own := was.PersonID != nil && *was.PersonID == person
		if own {
			now.Title, now.Email, now.Phone = nil, nil, nil
		}
		changed := len(store.ChangedMembers(was, &now)) > 0
		switch {
		case was.DeletedAt == nil && changed:
			err = r.Update(ctx, tx, was, &now)
		case was.DeletedAt == nil && own:
			err = r.Touch(ctx, tx, was, &now, "personId")
		case changed: // it has no readers to tell
			err = store.Err(tx.Gorm(ctx).Model(&now).Select("Title", "RoleName", "Email", "Phone").Updates(&now).Error)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// besides are all seats, deleted ones too, of the councils that had to do with a person. They are locked, and know where their
// councils stand.
func (r Repository) besides(ctx context.Context, tx *store.Tx, person uuid.UUID) (all []*Seat, err error) {
	const councils = "(select council_id from seats where person_id = ? union select council_id from nominations where person_id = ?)"
	if err := tx.Gorm(ctx).Raw("select * from seats where council_id in "+councils+" order by id for no key update", person, person).Scan(&all).Error; err != nil {
		return nil, store.Err(err)
	}
	return all, r.placeAll(ctx, all)
}
