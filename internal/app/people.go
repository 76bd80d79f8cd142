package app

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/domain/meeting"
	"github.com/seutu/seutu/internal/domain/nomination"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/person"
	"github.com/seutu/seutu/internal/domain/post"
	"github.com/seutu/seutu/internal/domain/seat"
	"github.com/seutu/seutu/internal/store"
)

// registerPeople tells the people's service what the other families hold of people: what is exported of each, and how it is erased.
func (a *App) registerPeople() {
	a.People.Register([]person.Source{
		{Name: "contacts", Query: organisation.PersonRecords}, {Name: "seats", Query: seat.PersonRecords}, {Name: "nominations", Query: nomination.PersonRecords},
		{Name: "posts", Query: post.PersonRecords}, {Name: "attendances", Query: meeting.PersonRecords},
	}, func(ctx context.Context, tx *store.Tx, p person.Erased) error {
		for _, erase := range []func(context.Context, *store.Tx, uuid.UUID, string) error{a.Organisations.ErasePerson, a.Seats.Erase, a.Nominations.Erase, a.Meetings.Erase} {
			for _, name := range p.Names {
				if err := erase(ctx, tx, p.ID, name); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
