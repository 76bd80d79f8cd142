package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
)

// Step is a transition that happened in the life of a resource.
type Step struct {
	From, To string
	On       *clock.Date // the day from which it holds, where that is not the day of the request
	Note     *string
}

// Step records a transition of a resource, beside the write that made it.
func (tx *Tx) Step(ctx context.Context, resource string, id uuid.UUID, s Step) error {
	o := OriginFrom(ctx) // who opened the transaction, whom audit events name, may have done so for others too
	_, err := tx.conn.Exec(ctx, "insert into transitions (id, resource_type, resource_id, at, actor_id, from_status, to_status, on_date, note) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		NewID(), resource, id, clock.Now(), o.ActorID, s.From, s.To, s.On, s.Note)
	return translate(err)
}

// Steps is a page of the transitions of a resource, newest first; with who made them, where actors is true.
func (d *DB) Steps(ctx context.Context, resource string, id uuid.UUID, actors bool, req page.Request) (render.Page, error) {
	l := List{
		From: "transitions t", ID: "t.id", Keys: []Key{{SQL: "t.at", Type: "timestamptz", Desc: true}},
		Columns: []Column{
			{"id", "t.id"}, {"from", "t.from_status"}, {"to", "t.to_status"}, {"on", "t.on_date"}, {"note", "t.note"}, {"actorId", "case when $1 then t.actor_id end"}, {"at", "t.at"},
		},
	}
	l.Arg(actors)
	l.Filter("t.resource_type = %s and t.resource_id = %s", resource, id)
	return d.Items(ctx, l, req)
}
