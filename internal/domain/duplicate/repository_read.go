package duplicate

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// shown is an organisation, under an alias, as a pair shows it.
func shown(alias string) string {
	return fmt.Sprintf("jsonb_build_object('id', %[1]s.id, 'version', %[1]s.version, 'name', %[1]s.name, 'status', %[1]s.status, 'kind', %[1]s.kind, 'municipality', %[1]s.municipality, 'region', %[1]s.region)", alias)
}

// within is where an organisation under an alias stands.
func within(alias string) store.Places {
	return store.Places{Region: alias + ".region", Municipality: alias + ".municipality", Organisation: alias + ".id"}
}

// visible is the condition under which the actor sees the organisation of an alias.
func visible(a authz.Actor, l *store.List, alias string) string {
	return fmt.Sprintf("(%[1]s.deleted_at is null and (%[1]s.status = 'published' or %[2]s))", alias, l.Within(a.Reach(authz.ReadUnpublished), within(alias)))
}

// Visible is the condition under which the actor sees a pair d of organisations a and b, from From: both of them, and the
// actor approves one.
func Visible(a authz.Actor, l *store.List) string {
	reach := a.Reach(authz.ApproveOrganisation)
	return fmt.Sprintf("%s and %s and (%s or %s)", visible(a, l, "a"), visible(a, l, "b"), l.Within(reach, within("a")), l.Within(reach, within("b")))
}

// From are the pairs d with their organisations a and b.
const From = "duplicate_pairs d join organisations a on a.id = d.a join organisations b on b.id = d.b"

func view(ctx context.Context) (store.View, store.List) {
	v := store.View{Alias: "d", From: From, Variant: "a.version || ' ' || b.version", Columns: []store.Column{
		{Member: "id", SQL: "d.id"}, {Member: "version", SQL: "d.version"}, {Member: "createdAt", SQL: "d.created_at"}, {Member: "updatedAt", SQL: "d.updated_at"}, {Member: "status", SQL: "d.status"},
		{Member: "score", SQL: "d.score"}, {Member: "reasons", SQL: "d.reasons"}, {Member: "organisations", SQL: "jsonb_build_array(" + shown("a") + ", " + shown("b") + ")"},
		{Member: "foundAt", SQL: "d.created_at"}, {Member: "decidedAt", SQL: "d.decided_at"}, {Member: "decidedBy", SQL: "d.decided_by"}, {Member: "note", SQL: "d.note"},
	}}
	l := v.List()
	l.Where = append(l.Where, "d.deleted_at is null", Visible(authz.From(ctx), &l))
	return v, l
}

func (r Repository) one(ctx context.Context, id uuid.UUID) (render.Row, error) {
	v, l := view(ctx)
	l.Filter("d.id = %s", id)
	return r.One(ctx, v, l)
}

// Filter says which pairs a list holds.
type Filter struct {
	Regions, Municipalities, Status []string
	MinScore                        *float64
	Count                           bool
}

func (r Repository) list(ctx context.Context, f Filter, req page.Request) (out render.Page, err error) {
	_, l := view(ctx)
	if len(f.Status) == 0 {
		f.Status = []string{string(StatusOpen)}
	}
	l.AnyOf("d.status", f.Status)
	for column, codes := range map[string][]string{"region": f.Regions, "municipality": f.Municipalities} {
		if len(codes) > 0 {
			l.Filter("(a."+column+" = any(%s) or b."+column+" = any(%s))", codes, codes)
		}
	}
	if f.MinScore != nil {
		l.Filter("d.score >= %s", *f.MinScore)
	}
	counted := l
	l.Keys = []store.Key{{SQL: "d.score", Type: "double precision", Desc: true}}
	if out, err = r.Items(ctx, l, req); err == nil {
		out.Total, err = r.Total(ctx, counted, f.Count)
	}
	return out, err
}

// find loads a pair that the actor sees, for writing. Missing.
func (r Repository) find(ctx context.Context, id uuid.UUID) (*Pair, error) {
	l := store.List{}
	l.Filter("d.id = %s and d.deleted_at is null", id)
	l.Where = append(l.Where, Visible(authz.From(ctx), &l))
	var at Pair
	if err := r.QueryRow(ctx, "select coalesce(a.region, b.region), coalesce(a.municipality, b.municipality) from "+From+" where "+l.Conditions(), l.Args...).Scan(&at.Region, &at.Municipality); err != nil {
		return nil, store.Err(err)
	}
	p, err := r.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	p.Region, p.Municipality = at.Region, at.Municipality
	return p, nil
}
