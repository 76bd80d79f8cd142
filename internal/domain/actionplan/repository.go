package actionplan

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Repository holds the queries of action plans and their items.
type Repository struct {
	store.Repo[Plan, *Plan]
	items store.Parts[Item, *Item]
}

// NewRepository makes the repository.
func NewRepository(db *store.DB) Repository {
	return Repository{store.Repo[Plan, *Plan]{DB: db}, store.Parts[Item, *Item]{DB: db, Parent: "action_plan_id"}}
}

var planColumns = []store.Column{
	{Member: "id", SQL: "p.id"}, {Member: "version", SQL: "p.version"}, {Member: "createdAt", SQL: "p.created_at"}, {Member: "updatedAt", SQL: "p.updated_at"},
	{Member: "status", SQL: "p.status"}, {Member: "councilId", SQL: "p.council_id"}, {Member: "year", SQL: "p.year"}, {Member: "title", SQL: "p.title"},
	{Member: "description", SQL: "p.description"}, {Member: "links", SQL: "p.links"}, {Member: "approvedOn", SQL: "p.approved_on"}, {Member: "meetingId", SQL: "p.meeting_id"},
}

var itemColumns = []store.Column{
	{Member: "id", SQL: "i.id"}, {Member: "position", SQL: "i.position"}, {Member: "title", SQL: "i.title"}, {Member: "description", SQL: "i.description"},
	{Member: "owners", SQL: "i.owners"}, {Member: "state", SQL: "i.state"}, {Member: "dueOn", SQL: "i.due_on"}, {Member: "note", SQL: "i.note"},
}

// items of a plan, in order, in the same round trip.
var itemsColumn = store.Column{Member: "items", SQL: func() string {
	object := ""
	for _, c := range itemColumns {
		object += ", '" + c.Member + "', " + c.SQL
	}
	return "(select coalesce(jsonb_agg(jsonb_build_object(" + object[2:] + ") order by i.position, i.id), '[]') from action_plan_items i where i.action_plan_id = p.id)"
}()}

var planView = store.View{Alias: "p"}

// planList is a query over the plans that the actor sees or could once see: a draft is, to outsiders, one that is gone
// since it was taken back, or that never was.
func planList(ctx context.Context, columns ...store.Column) store.List {
	l := store.List{Columns: columns, ID: "p.id"}
	may := l.Within(authz.From(ctx).Reach(authz.WriteCouncil), store.Places{Region: "c.region", Municipality: "c.municipality", Councils: "c.path"})
	l.From = `(select a.id, a.version, a.created_at, a.updated_at, a.status, a.council_id, a.year, a.title, a.description, a.links, a.approved_on, a.meeting_id,
			case when a.status = 'draft' and not ` + may + ` then coalesce(a.deleted_at, a.updated_at) else a.deleted_at end as deleted_at
		from action_plans a join councils c on c.id = a.council_id where a.published_at is not null or ` + may + `) p`
	return l
}

func withItems(items bool) []store.Column {
	if items {
		return append(planColumns[:len(planColumns):len(planColumns)], itemsColumn)
	}
	return planColumns
}

func (r Repository) read(ctx context.Context, id uuid.UUID, items bool) (render.Row, error) {
	l := planList(ctx, withItems(items)...)
	l.Filter("p.id = %s", id)
	return r.One(ctx, planView, l)
}

// Filter says which plans of a council a list holds.
type Filter struct {
	Council      uuid.UUID
	Years        []int
	Status       []string
	Items, Count bool
}

func (r Repository) list(ctx context.Context, f Filter, req page.Request) (out render.Page, err error) {
	l := planList(ctx, withItems(f.Items)...)
	l.Where = []string{"p.deleted_at is null"}
	l.Filter("p.council_id = %s", f.Council)
	l.AnyOf("p.status", f.Status)
	if len(f.Years) > 0 {
		l.Filter("p.year = any(%s::int[])", f.Years)
	}
	counted := l
	l.Keys = []store.Key{{SQL: "p.year", Type: "int", Desc: true}}
	if out, err = r.Items(ctx, l, req); err == nil {
		out.Total, err = r.Total(ctx, counted, f.Count)
	}
	return out, err
}

// listItems renders the items of a plan that the actor sees, with the plan's version.
func (r Repository) listItems(ctx context.Context, id uuid.UUID) (render.Row, error) {
	l := planList(ctx, itemsColumn)
	l.Filter("p.id = %s", id)
	return r.One(ctx, planView, l)
}

func (r Repository) item(ctx context.Context, id, partID uuid.UUID) (render.Row, error) {
	l := planList(ctx, itemColumns...)
	l.From += " join action_plan_items i on i.action_plan_id = p.id"
	l.Filter("p.id = %s and i.id = %s", id, partID)
	return r.One(ctx, planView, l)
}

// needCouncil is nil when there is such a council, else Missing or WasDeleted.
func (r Repository) needCouncil(ctx context.Context, id uuid.UUID) error {
	_, err := r.council(ctx, id)
	return err
}

// council tells where a council stands. Missing or WasDeleted.
func (r Repository) council(ctx context.Context, id uuid.UUID) (t authz.Target, err error) {
	var deletedAt *time.Time
	var version int64
	err = r.QueryRow(ctx, "select coalesce(region, ''), coalesce(municipality, ''), path::text[], deleted_at, version from councils where id = $1", id).
		Scan(&t.Region, &t.Municipality, &t.Councils, &deletedAt, &version)
	if err == nil && deletedAt != nil {
		return t, store.Gone(*deletedAt, version)
	}
	return t, store.Err(err)
}

// lockCouncil lets those who write plans of one council queue.
func (r Repository) lockCouncil(ctx context.Context, id uuid.UUID) error {
	_, err := r.IDSet(ctx, "select id from councils where id = $1 for no key update", id)
	return err
}

// lock lets the writers of one plan queue.
func (r Repository) lock(ctx context.Context, id uuid.UUID) error {
	_, err := r.IDSet(ctx, "select id from action_plans where id = $1 for no key update", id)
	return err
}

// ofYear finds another plan of the council for the same year.
func (r Repository) ofYear(ctx context.Context, p *Plan) (other uuid.UUID, ok bool, err error) {
	err = r.QueryRow(ctx, "select id from action_plans where council_id = $1 and year = $2 and id <> $3 and deleted_at is null", p.CouncilID, p.Year, p.ID).Scan(&other)
	if errors.Is(err, pgx.ErrNoRows) {
		return other, false, nil
	}
	return other, err == nil, store.Err(err)
}

// meeting tells on which day a meeting of the council is, and keeps it so; for transactions. ok is false when the council has
// no such meeting.
func (r Repository) meeting(ctx context.Context, council, id uuid.UUID) (day *clock.Date, ok bool, err error) {
	err = r.QueryRow(ctx, "select date::text from meetings where id = $1 and council_id = $2 and deleted_at is null for share", id, council).Scan(&day)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return day, err == nil, store.Err(err)
}

// lastPosition is that of the last item of a plan, 0 without any.
func (r Repository) lastPosition(ctx context.Context, plan uuid.UUID) (n int, err error) {
	err = r.QueryRow(ctx, "select coalesce(max(position), 0) from action_plan_items where action_plan_id = $1", plan).Scan(&n)
	return n, store.Err(err)
}

// makeRoom moves what stands at an item's place, and after it, one down; if the place is free, nothing moves.
func (r Repository) makeRoom(ctx context.Context, tx *store.Tx, i *Item) error {
	_, err := tx.Conn().Exec(ctx, `update action_plan_items set position = position + 1 where action_plan_id = $1 and id <> $2 and position >= $3
		and exists (select from action_plan_items where action_plan_id = $1 and id <> $2 and position = $3)`, i.ActionPlanID, i.ID, i.Position)
	return store.Err(err)
}

// table is where the rows are that an owner may refer to, and under which condition.
type table struct{ name, where string }

var (
	organisations = table{"organisations", "x.published_at is not null"}
	networks      = table{"networks", ""}
	councils      = table{"councils", ""}
)

// existing tells which of the ids are rows of the table that the actor sees and may show to everyone, and keeps them from
// going; for transactions.
func (r Repository) existing(ctx context.Context, t table, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	l := store.List{}
	l.Filter("x.id = any(%s) and x.deleted_at is null", ids)
	if t.where != "" {
		l.Where = append(l.Where, t.where, "(x.status = 'published' or "+l.Within(authz.From(ctx).Reach(authz.ReadUnpublished), store.Places{Region: "x.region", Municipality: "x.municipality", Organisation: "x.id"})+")")
	}
	return r.IDSet(ctx, "select x.id from "+t.name+" x where "+l.Conditions()+" order by x.id for key share", l.Args...)
}
