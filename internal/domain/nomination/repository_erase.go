package nomination

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/redact"
	"github.com/seutu/seutu/internal/store"
)

// erase clears what a person's nominations say of the person, notes of their steps included, and the person's name out of all
// texts of the nominations to those councils in which the person ever had a seat or was nominated to one. Every nomination of the
// person gets a new version: who read it before the erasure does not write it after.
func (r Repository) erase(ctx context.Context, tx *store.Tx, person uuid.UUID, e redact.Eraser) error {
	all, err := r.besides(ctx, tx, person)
	if err != nil {
		return err
	}
	own := map[uuid.UUID]bool{}
	for _, was := range all {
		now := *was
		e.Texts(&now.Title)
		e.Strings(&now.Message, &now.Reason)
		if own[was.ID] = was.PersonID == person; own[was.ID] {
			now.Title, now.Message, now.Reason = nil, nil, nil
		}
		changed := len(store.ChangedMembers(was, &now)) > 0
		switch {
		case was.DeletedAt == nil && changed:
			err = r.Update(ctx, tx, was, &now)
		case was.DeletedAt == nil && own[was.ID]:
			err = r.Touch(ctx, tx, was, &now, "personId")
		case changed: // it has no readers to tell
			err = store.Err(tx.Gorm(ctx).Model(&now).Select("Title", "Message", "Reason").Updates(&now).Error)
		}
		if err != nil {
			return err
		}
	}
	return r.eraseNotes(ctx, tx, own, e)
}

// erased tells whether a person has been erased.
func (r Repository) erased(ctx context.Context, person uuid.UUID) (is bool, err error) {
	err = r.QueryRow(ctx, "select exists (select from people where id = $1 and deleted_at is not null)", person).Scan(&is)
	return is, store.Err(err)
}

// councils are those that had to do with a person.
const councils = "(select council_id from seats where person_id = ? union select council_id from nominations where person_id = ?)"

// besides are all nominations, deleted ones too, to the councils that had to do with a person. They are locked, and know where
// their councils stand.
func (r Repository) besides(ctx context.Context, tx *store.Tx, person uuid.UUID) (all []*Nomination, err error) {
	if err := tx.Gorm(ctx).Raw("select * from nominations where council_id in "+councils+" order by id for no key update", person, person).Scan(&all).Error; err != nil {
		return nil, store.Err(err)
	}
	return all, r.placeAll(ctx, all)
}

// eraseNotes clears the notes of the steps of a person's own nominations, and takes the name out of those of the others; own
// tells which is which.
func (r Repository) eraseNotes(ctx context.Context, tx *store.Tx, own map[uuid.UUID]bool, e redact.Eraser) error {
	ids := make([]uuid.UUID, 0, len(own))
	for id := range own {
		ids = append(ids, id)
	}
	rows, err := r.Query(ctx, "select id, resource_id, note from transitions where resource_type = $1 and resource_id = any($2) and note is not null", (*Nomination)(nil).Resource(), ids)
	if err != nil {
		return err
	}
	defer rows.Close()
	notes := map[uuid.UUID]*string{}
	for rows.Next() {
		var id, nomination uuid.UUID
		var was string
		if err := rows.Scan(&id, &nomination, &was); err != nil {
			return store.Err(err)
		}
		switch now := e.String(was); {
		case own[nomination]:
			notes[id] = nil
		case now != was:
			notes[id] = &now
		}
	}
	if err := rows.Err(); err != nil {
		return store.Err(err)
	}
	for id, note := range notes {
		if _, err := tx.Conn().Exec(ctx, "update transitions set note = $2 where id = $1", id, note); err != nil {
			return store.Err(err)
		}
	}
	return nil
}
