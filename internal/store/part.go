package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
)

// Part is embedded by what belongs to a resource and has no version of its own: a write to it raises the resource's.
type Part struct {
	ID        uuid.UUID `gorm:"type:uuid;primaryKey" json:"-"`
	CreatedAt time.Time `gorm:"autoCreateTime:false" json:"-"`
}

func (p *Part) part() *Part { return p }

// PartOf is satisfied by *T for any T that embeds Part.
type PartOf[T any] interface {
	*T
	part() *Part
}

// Parts holds the queries that all kinds of parts share. Parent is the column that leads to their resource.
type Parts[T any, P PartOf[T]] struct {
	*DB
	Parent string
}

// Load reads one part of a resource. Missing if it has none with this id.
func (r Parts[T, P]) Load(ctx context.Context, parent, id uuid.UUID) (P, error) {
	p := P(new(T))
	return p, translate(r.Gorm(ctx).Where(r.Parent+" = ? and id = ?", parent, id).Take(p).Error)
}

// Insert writes a new part, with its id.
func (r Parts[T, P]) Insert(ctx context.Context, tx *Tx, p P) error {
	b := p.part()
	b.ID, b.CreatedAt = NewID(), clock.Now()
	return translate(tx.Gorm(ctx).Create(p).Error)
}

// Update writes all members of a part.
func (r Parts[T, P]) Update(ctx context.Context, tx *Tx, p P) error {
	return translate(tx.Gorm(ctx).Model(p).Select("*").Omit("id", "created_at").Updates(p).Error)
}

// Delete removes a part. Missing if the resource has none with this id.
func (r Parts[T, P]) Delete(ctx context.Context, tx *Tx, parent, id uuid.UUID) error {
	res := tx.Gorm(ctx).Where(r.Parent+" = ? and id = ?", parent, id).Delete(P(new(T)))
	if res.Error == nil && res.RowsAffected == 0 {
		_, err := r.Load(ctx, parent, id)
		return err
	}
	return translate(res.Error)
}
