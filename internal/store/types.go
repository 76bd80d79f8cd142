package store

import (
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
)

// plainUUIDs lets UUIDs go out as the 16 bytes that they are. Without it the driver takes them through text, by their
// database/sql interface.
func plainUUIDs(m *pgtype.Map) {
	m.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{wrapUUID}, m.TryWrapEncodePlanFuncs...)
}

// wireUUID is a UUID as the driver knows it.
type wireUUID uuid.UUID

// UUIDValue lets the driver encode it.
func (u wireUUID) UUIDValue() (pgtype.UUID, error) { return pgtype.UUID{Bytes: u, Valid: true}, nil }

type uuidPlan struct{ next pgtype.EncodePlan }

func wrapUUID(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
	if id, ok := value.(uuid.UUID); ok {
		return &uuidPlan{}, wireUUID(id), true
	}
	return nil, nil, false
}

// SetNext is called by the driver with the plan for wireUUID.
func (p *uuidPlan) SetNext(next pgtype.EncodePlan) { p.next = next }

// Encode is called by the driver with what wrapUUID accepted.
func (p *uuidPlan) Encode(value any, buf []byte) ([]byte, error) {
	return p.next.Encode(wireUUID(value.(uuid.UUID)), buf) //nolint:forcetypeassert // wrapUUID has looked
}

// timesInUTC lets instants come back in UTC, as clock.Now gives them: equal instants are then equal values, in whatever zone
// the machine is.
func timesInUTC(m *pgtype.Map) {
	m.RegisterType(&pgtype.Type{Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC}})
}
