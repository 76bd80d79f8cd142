package app

import (
	"context"

	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/person"
	"github.com/seutu/seutu/internal/store"
)

// What councils, meetings and posts hold of a person, for the person's export.
const (
	seatsOf = `select jsonb_agg(jsonb_build_object('councilId', c.id, 'council', c.name, 'role', s.role, 'title', s.title, 'email', s.email, 'phone', s.phone, 'from', s.valid_from, 'to', s.valid_to)
		order by s.created_at, s.id) from seats s join councils c on c.id = s.council_id where s.person_id = $1 and s.deleted_at is null`
	nominationsOf = `select jsonb_agg(jsonb_build_object('councilId', c.id, 'council', c.name, 'status', n.status, 'role', n.role, 'title', n.title, 'from', n.valid_from, 'to', n.valid_to,
		'message', n.message, 'reason', n.reason) order by n.created_at, n.id) from nominations n join councils c on c.id = n.council_id where n.person_id = $1 and n.deleted_at is null`
	postsOf = `select jsonb_agg(jsonb_build_object('postId', p.id, 'title', p.title, 'from', h.valid_from, 'to', h.valid_to) order by h.created_at, h.id)
		from post_holders h join posts p on p.id = h.post_id where h.person_id = $1 and h.deleted_at is null`
	attendancesOf = `select jsonb_agg(jsonb_build_object('meetingId', m.id, 'date', m.date, 'presence', a.presence, 'note', a.note) order by m.date, m.id)
		from meeting_attendances a join seats s on s.id = a.seat_id join meetings m on m.id = a.meeting_id where s.person_id = $1 and m.deleted_at is null`
)

// registerPeople tells the people's service what the other families hold of people: what is exported of each, and how it is erased.
func (a *App) registerPeople() {
	a.People.Register([]person.Source{
		{Name: "contacts", Query: organisation.PersonRecords}, {Name: "seats", Query: seatsOf}, {Name: "nominations", Query: nominationsOf},
		{Name: "posts", Query: postsOf}, {Name: "attendances", Query: attendancesOf},
	}, func(ctx context.Context, tx *store.Tx, p person.Erased) error {
		return a.Organisations.ErasePerson(ctx, tx, p.ID)
	})
}
