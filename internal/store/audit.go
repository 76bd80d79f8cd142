package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/seutu/seutu/internal/clock"
)

type commandTag = pgconn.CommandTag

// Origin is who acts, from where and in which request: it stands in every audit row.
type Origin struct {
	ActorType string
	ActorID   *uuid.UUID
	IP        *string
	Operation string
	RequestID *string
}

type originKey struct{}

// WithOrigin puts the origin into the context.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginFrom is the origin of the context; the system itself if there is none.
func OriginFrom(ctx context.Context) Origin {
	if o, ok := ctx.Value(originKey{}).(Origin); ok {
		return o
	}
	return Origin{ActorType: "system", Operation: "system"}
}

// AuditEvent is something other than a write that leaves an audit row, such as a sign-in.
type AuditEvent struct {
	Action       string
	ResourceType string
	ResourceID   *uuid.UUID
	ActorType    string // where it differs from the origin's
	ActorID      *uuid.UUID
	Region       *string // where the resource stands: for the readers of audit events there
	Municipality *string
}

// Audit notes an event that is no write of a resource.
func (tx *Tx) Audit(e AuditEvent) { tx.audits = append(tx.audits, e) }

const insertChanges = `
with c as (
	select * from unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[], $5::jsonb[], $6::text[], $7::text[], $8::uuid[], $9::bool[], $10::bool[])
		with ordinality as c(type, id, op, version, changed, region, municipality, organisation, public, was_public, n)
), a as (
	insert into audit_events (id, at, actor_type, actor_id, ip, operation, request_id, action, resource_type, resource_id, version, changed, region, municipality)
	select (($11::uuid[])[c.n]), $12, $13, $14, $15, $16, $17, c.op, c.type, c.id, c.version, c.changed, c.region, c.municipality from c
)
insert into changes (epoch, type, resource_id, op, version, changed_at, changed, region, municipality, organisation_id, public, was_public)
select seutu_epoch(), c.type, c.id, c.op, c.version, $12, c.changed, c.region, c.municipality, c.organisation, c.public, c.was_public from c order by c.n`

// The usual case, a single change, is half the work for PostgreSQL without arrays.
const (
	insertOneAudit = `
insert into audit_events (id, at, actor_type, actor_id, ip, operation, request_id, action, resource_type, resource_id, version, changed, region, municipality)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`
	insertOneChange = `
insert into changes (epoch, type, resource_id, op, version, changed_at, changed, region, municipality, organisation_id, public, was_public)
values (seutu_epoch(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
)

const insertAudit = `
insert into audit_events (id, at, actor_type, actor_id, ip, operation, request_id, action, resource_type, resource_id, region, municipality, changed)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '[]')`

// queueRows adds the audit and change rows of everything noted to the batch.
func (tx *Tx) queueRows(b *pgx.Batch) {
	o, now := tx.origin, clock.Now()
	if n := len(tx.changes); n == 1 {
		c := tx.changes[0]
		changed := append(jsonList{}, c.Changed...)
		b.Queue(insertOneAudit, NewID(), now, o.ActorType, o.ActorID, o.IP, o.Operation, o.RequestID, string(c.Op), c.Type, c.ID, c.Version, changed, c.Scope.Region, c.Scope.Municipality)
		b.Queue(insertOneChange, c.Type, c.ID, string(c.Op), c.Version, now, changed, c.Scope.Region, c.Scope.Municipality, c.Scope.Organisation, c.Scope.Public, c.Scope.WasPublic)
	} else if n > 0 {
		types, ids, ops, versions, changed := make([]string, n), make([]uuid.UUID, n), make([]string, n), make([]int64, n), make([]jsonList, n)
		regions, municipalities, organisations := make([]*string, n), make([]*string, n), make([]*uuid.UUID, n)
		public, was, events := make([]bool, n), make([]bool, n), make([]uuid.UUID, n)
		for i, c := range tx.changes {
			types[i], ids[i], ops[i], versions[i], changed[i] = c.Type, c.ID, string(c.Op), c.Version, append(jsonList{}, c.Changed...)
			regions[i], municipalities[i], organisations[i] = c.Scope.Region, c.Scope.Municipality, c.Scope.Organisation
			public[i], was[i], events[i] = c.Scope.Public, c.Scope.WasPublic, NewID()
		}
		b.Queue(insertChanges, types, ids, ops, versions, changed, regions, municipalities, organisations, public, was,
			events, now, o.ActorType, o.ActorID, o.IP, o.Operation, o.RequestID)
	}
	for _, e := range tx.audits {
		actorType, actorID := o.ActorType, o.ActorID
		if e.ActorType != "" {
			actorType, actorID = e.ActorType, e.ActorID
		}
		b.Queue(insertAudit, NewID(), now, actorType, actorID, o.IP, o.Operation, o.RequestID, e.Action, e.ResourceType, e.ResourceID, e.Region, e.Municipality)
	}
	tx.changes, tx.audits = nil, nil
}

// NewID makes a UUIDv7: ids rise with time, which keeps the indexes compact.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Audit writes an event of its own, outside any write.
func (d *DB) Audit(ctx context.Context, e AuditEvent) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return d.Write(ctx, func(_ context.Context, tx *Tx) error { tx.Audit(e); return nil })
}
