package meeting

import (
	"context"
	"database/sql"
	"strings"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/redact"
	"github.com/seutu/seutu/internal/store"
)

// meetingsOf are all meetings, deleted ones too, of the councils and networks that ever had to do with a person: the person had a
// seat, was nominated to one or by them, held a post of theirs, or is on record for them. They are locked, and know their owners.
func (r Repository) meetingsOf(ctx context.Context, person uuid.UUID) (out []*Meeting, err error) {
	err = r.Gorm(ctx).Raw(`with held as (select t.council_id, t.network_id from post_holders h join posts t on t.id = h.post_id where h.person_id = @person)
		select * from meetings
		where council_id in (select council_id from seats where person_id = @person union select nominating_council_id from seats where person_id = @person
				union select council_id from nominations where person_id = @person union select nominating_council_id from nominations where person_id = @person
				union select council_id from held union select council_id from people where id = @person)
			or network_id in (select nominating_network_id from seats where person_id = @person union select nominating_network_id from nominations where person_id = @person
				union select network_id from held union select network_id from people where id = @person)
		order by id for no key update`, sql.Named("person", person)).Scan(&out).Error
	if err != nil {
		return nil, store.Err(err)
	}
	owners := map[uuid.UUID]Owner{}
	for _, m := range out {
		id := m.CouncilID
		if id == nil {
			id = m.NetworkID
		}
		o, known := owners[*id]
		if !known {
			if o, err = r.owner(ctx, m.CouncilID, m.NetworkID); err != nil {
				return nil, err
			}
			owners[*id] = o
		}
		m.Owner = o
	}
	return out, nil
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
	return store.Err(tx.Gorm(ctx).Model(now).Select("Title", "Description", "CancelReason", "ReplacedBy", "Links", "Place").Updates(now).Error)
}

func (r Repository) eraseAgenda(ctx context.Context, tx *store.Tx, of []*Meeting, e redact.Eraser) (map[uuid.UUID]bool, error) {
	return eraseParts(ctx, tx, of, func(a *AgendaItem) uuid.UUID {
		e.Strings(&a.Number)
		e.Texts(&a.Title, &a.Description)
		a.Links = withoutName(e, a.Links)
		return a.MeetingID
	})
}

func (r Repository) eraseDecisions(ctx context.Context, tx *store.Tx, of []*Meeting, e redact.Eraser) (map[uuid.UUID]bool, error) {
	return eraseParts(ctx, tx, of, func(d *Decision) uuid.UUID { e.Texts(&d.Text); return d.MeetingID })
}

func (r Repository) eraseRoll(ctx context.Context, tx *store.Tx, of []*Meeting, e redact.Eraser) (map[uuid.UUID]bool, error) {
	return eraseParts(ctx, tx, of, func(a *Attendance) uuid.UUID { e.Texts(&a.Guest); e.Strings(&a.Note); return a.MeetingID })
}

// eraseParts lets erase change every part of a kind, writes those that it changed, and tells whose they were; erase gives the
// meeting of a part.
func eraseParts[T any](ctx context.Context, tx *store.Tx, of []*Meeting, erase func(*T) uuid.UUID) (map[uuid.UUID]bool, error) {
	var all []T
	if err := tx.Gorm(ctx).Where("meeting_id = any(?::uuid[])", ids(of)).Find(&all).Error; err != nil {
		return nil, store.Err(err)
	}
	changed := map[uuid.UUID]bool{}
	for i := range all {
		now := all[i]
		meeting := erase(&now)
		if len(store.ChangedMembers(&all[i], &now)) == 0 {
			continue
		}
		changed[meeting] = true
		if err := tx.Gorm(ctx).Model(&now).Select("*").Omit("id", "created_at").Updates(&now).Error; err != nil {
			return nil, store.Err(err)
		}
	}
	return changed, nil
}

// ids writes the ids of meetings as one array: GORM would make an argument of each.
func ids(of []*Meeting) string {
	out := make([]string, len(of))
	for i, m := range of {
		out[i] = m.ID.String()
	}
	return "{" + strings.Join(out, ",") + "}"
}

// eraseNotes takes the name out of the notes of the steps of the meetings and of their memos.
func (r Repository) eraseNotes(ctx context.Context, tx *store.Tx, of []*Meeting, e redact.Eraser) error {
	rows, err := r.Query(ctx, `select id, note from transitions where note is not null
		and (resource_type = $1 and resource_id = any($3::uuid[]) or resource_type = $2 and resource_id in (select id from memos where meeting_id = any($3::uuid[])))`,
		(*Meeting)(nil).Resource(), (*Memo)(nil).Resource(), ids(of))
	if err != nil {
		return err
	}
	defer rows.Close()
	notes := map[uuid.UUID]string{}
	for rows.Next() {
		var id uuid.UUID
		var was string
		if err := rows.Scan(&id, &was); err != nil {
			return store.Err(err)
		}
		if now := e.String(was); now != was {
			notes[id] = now
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

// eraseMemos takes the name out of all editions of the meetings' memos.
func (r Repository) eraseMemos(ctx context.Context, tx *store.Tx, of []*Meeting, e redact.Eraser) error {
	byID := map[uuid.UUID]*Meeting{}
	for _, m := range of {
		byID[m.ID] = m
	}
	var all []Memo
	if err := tx.Gorm(ctx).Where("meeting_id = any(?::uuid[])", ids(of)).Order("meeting_id, edition").Find(&all).Error; err != nil {
		return store.Err(err)
	}
	for i := range all {
		was := &all[i]
		was.Owner = byID[was.MeetingID].Owner
		now := *was
		e.Texts(&now.Text, &now.Correction)
		now.Links = withoutName(e, now.Links)
		record, inRecord, err := e.JSON(now.Record)
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
