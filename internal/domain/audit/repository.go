package audit

import (
	"context"
	"fmt"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/store"
)

type repository struct{ *store.DB }

var columns = []store.Column{
	{Member: "id", SQL: "e.id"}, {Member: "at", SQL: "e.at"}, {Member: "actorType", SQL: "e.actor_type"}, {Member: "actorId", SQL: "e.actor_id"},
	{Member: "ip", SQL: "e.ip"}, {Member: "operation", SQL: "e.operation"}, {Member: "requestId", SQL: "e.request_id"}, {Member: "action", SQL: "e.action"},
	{Member: "resourceType", SQL: "e.resource_type"}, {Member: "resourceId", SQL: "e.resource_id"}, {Member: "version", SQL: "e.version"},
	{Member: "changed", SQL: "e.changed"},
}

// visible is the condition under which the actor sees an event: where its resource stood lies in the actor's area.
func visible(a authz.Actor, l *store.List) string {
	reach := a.Reach(authz.ReadAudit)
	if reach.Everywhere {
		return "true"
	}
	return fmt.Sprintf("(e.region = any(%s::text[]) or e.municipality = any(%s::text[]))", l.Arg(reach.Regions), l.Arg(reach.Municipalities))
}

func (r repository) list(ctx context.Context, f Filter, req page.Request) (items [][]byte, next string, err error) {
	l := store.List{Columns: columns, From: "audit_events e", ID: "e.id", Keys: []store.Key{{SQL: "e.at", Type: "timestamptz", Desc: true}}}
	l.Where = append(l.Where, visible(authz.From(ctx), &l))
	if f.ActorID != nil {
		l.Filter("e.actor_id = %s", *f.ActorID)
	}
	if f.ResourceType != nil {
		l.Filter("e.resource_type = %s", *f.ResourceType)
	}
	if f.ResourceID != nil {
		l.Filter("e.resource_id = %s", *f.ResourceID)
	}
	if len(f.Actions) > 0 {
		l.Filter("e.action = any(%s)", f.Actions)
	}
	if f.From != nil {
		l.Filter("e.at >= %s", *f.From)
	}
	if f.To != nil {
		l.Filter("e.at < %s", *f.To)
	}
	next, err = r.Page(ctx, l, req, func(row store.Row) error {
		j, err := row.AppendJSON(nil, len(columns))
		items = append(items, j)
		return err
	})
	return items, next, err
}
