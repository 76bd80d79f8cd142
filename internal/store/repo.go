package store

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
)

// Base is embedded by every stored resource.
type Base struct {
	ID        uuid.UUID  `gorm:"type:uuid;primaryKey" json:"-"`
	Version   int64      `json:"-"`
	CreatedAt time.Time  `gorm:"autoCreateTime:false" json:"-"`
	UpdatedAt time.Time  `gorm:"autoUpdateTime:false" json:"-"`
	DeletedAt *time.Time `json:"-"`
}

func (b *Base) base() *Base { return b } //nolint:unused // satisfies Entity, through embedding

// Entity is satisfied by *T for any T that embeds Base, names its resource and tells where it stands.
type Entity[T any] interface {
	*T
	base() *Base
	Resource() string // the name of the resource in audit events and the change feed
	Scope() Scope
}

// Repo holds the queries that every resource shares. Nothing else goes here: what one family needs it writes itself.
type Repo[T any, P Entity[T]] struct{ *DB }

// Get loads a row that is not deleted. NotFound if there is none.
func (r Repo[T, P]) Get(ctx context.Context, id uuid.UUID) (P, error) {
	p := P(new(T))
	err := r.Gorm(ctx).Where("id = ? and deleted_at is null", id).Take(p).Error
	return p, translate(err)
}

// GetAny loads a row even if it is deleted. NotFound if there never was one.
func (r Repo[T, P]) GetAny(ctx context.Context, id uuid.UUID) (P, error) {
	p := P(new(T))
	return p, translate(r.Gorm(ctx).Where("id = ?", id).Take(p).Error)
}

// Insert writes a new row, with its id and times.
func (r Repo[T, P]) Insert(ctx context.Context, tx *Tx, p P) error {
	b := p.base()
	b.ID, b.Version, b.CreatedAt = NewID(), 1, clock.Now()
	b.UpdatedAt = b.CreatedAt
	if err := translate(tx.Gorm(ctx).Create(p).Error); err != nil {
		return err
	}
	tx.Note(Change{p.Resource(), b.ID, Created, 1, ChangedMembers(P(new(T)), p), p.Scope()})
	return nil
}

// Update writes a changed row over the version that was loaded. Stale if somebody was faster; was is the row as loaded.
func (r Repo[T, P]) Update(ctx context.Context, tx *Tx, was, p P) error {
	return r.update(ctx, tx, was, p, Updated, ChangedMembers(was, p))
}

// Touch raises the version of a row whose parts were changed; parts names them.
func (r Repo[T, P]) Touch(ctx context.Context, tx *Tx, was, p P, parts ...string) error {
	return r.update(ctx, tx, was, p, Updated, parts)
}

// Lock loads the rows that a condition selects and that are not deleted, by id, and makes other writers of them wait.
func (r Repo[T, P]) Lock(ctx context.Context, where string, args ...any) (rows []P, err error) {
	err = r.Gorm(ctx).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("deleted_at is null and ("+where+")", args...).Order("id").Find(&rows).Error
	return rows, translate(err)
}

// Delete leaves a tombstone of the row: invisible, but for the change feed and lists of what changed.
func (r Repo[T, P]) Delete(ctx context.Context, tx *Tx, was, p P) error {
	now := clock.Now()
	p.base().DeletedAt = &now
	return r.update(ctx, tx, was, p, Deleted, nil)
}

// Merge is Delete for a row that goes up in another one.
func (r Repo[T, P]) Merge(ctx context.Context, tx *Tx, was, p P) error {
	now := clock.Now()
	p.base().DeletedAt = &now
	return r.update(ctx, tx, was, p, Merged, nil)
}

func (r Repo[T, P]) update(ctx context.Context, tx *Tx, was, p P, op Op, changed []string) error {
	b := p.base()
	b.Version, b.UpdatedAt = was.base().Version+1, clock.Now()
	res := tx.Gorm(ctx).Model(p).Where("version = ? and deleted_at is null", was.base().Version).Select("Version", differing(was, p)...).Updates(p)
	if res.Error != nil {
		return translate(res.Error)
	}
	if res.RowsAffected == 0 {
		return errs.New(errs.Changed, "it was changed meanwhile: read it again, then repeat")
	}
	scope := p.Scope()
	scope.WasPublic = was.Scope().Public
	if op == Deleted || op == Merged {
		scope.Public = false
	}
	tx.Note(Change{p.Resource(), b.ID, op, b.Version, changed, scope})
	return nil
}

// ChangedMembers names the members, by their JSON names, in which two rows differ. Members without a JSON name are the server's own.
func ChangedMembers(was, now any) []string {
	return changedMembers(nil, reflect.ValueOf(was).Elem(), reflect.ValueOf(now).Elem())
}

func changedMembers(out []string, a, b reflect.Value) []string {
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			out = changedMembers(out, a.Field(i), b.Field(i))
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" && name != "-" && !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			out = append(out, name)
		}
	}
	return out
}

// jsonList is a list of names that goes out as jsonb, not as an array.
type jsonList []string

// MarshalJSON makes the driver take the JSON way.
func (l jsonList) MarshalJSON() ([]byte, error) { return json.Marshal([]string(l)) }

func notFound(err error) bool { return errors.Is(err, gorm.ErrRecordNotFound) }

// differing names the fields in which two rows differ, the server's own included: only they are written.
func differing(was, now any) []any {
	return differingFields([]any{"UpdatedAt", "DeletedAt"}, reflect.ValueOf(was).Elem(), reflect.ValueOf(now).Elem())
}

func differingFields(out []any, a, b reflect.Value) []any {
	for i := range a.NumField() {
		f := a.Type().Field(i)
		switch {
		case f.Type == reflect.TypeFor[Base]():
		case f.Anonymous && f.Type.Kind() == reflect.Struct:
			out = differingFields(out, a.Field(i), b.Field(i))
		case !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()):
			out = append(out, f.Name)
		}
	}
	return out
}

// Fingerprint is the JSON of a row's own members: equal rows have equal ones.
func Fingerprint(row any) string {
	j, _ := json.Marshal(row) // plain data always marshals
	return string(j)
}
