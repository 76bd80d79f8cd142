package council

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/searchindex"
	"github.com/seutu/seutu/internal/store"
)

// Repository holds the queries of councils, their parts and the networks that joined them.
type Repository struct {
	store.Repo[Council, *Council]
	terms  store.Parts[Term, *Term]
	duties store.Parts[Duty, *Duty]
	joined store.Repo[Joined, *Joined]
	words  *searchindex.Index
}

// NewRepository makes the repository.
func NewRepository(db *store.DB, words *searchindex.Index) Repository {
	return Repository{
		store.Repo[Council, *Council]{DB: db}, store.Parts[Term, *Term]{DB: db, Parent: "council_id"}, store.Parts[Duty, *Duty]{DB: db, Parent: "council_id"},
		store.Repo[Joined, *Joined]{DB: db}, words,
	}
}

// today is the present day in Finland, as clock.Today has it.
const today = "(now() at time zone 'Europe/Helsinki')::date"

// inCouncil is the condition under which the row j of council_networks holds on a day.
const inCouncil = "j.deleted_at is null and j.status in ('joined', 'left') and j.period @> "

var councils = store.View{
	Alias: "c",
	From: `councils c left join lateral (select
		coalesce((select jsonb_agg(o.id order by o.id) from councils o where o.predecessor_id = c.id and o.deleted_at is null), '[]') as successors,
		coalesce((select jsonb_agg(o.id order by o.id) from councils o where o.parent_id = c.id and o.deleted_at is null), '[]') as committees,
		(select count(*) from council_networks j where j.council_id = c.id and ` + inCouncil + today + `) as networks) x on true`,
	Variant: "x.successors::text || x.committees::text || x.networks::text",
	Columns: []store.Column{
		{Member: "id", SQL: "c.id"}, {Member: "version", SQL: "c.version"}, {Member: "createdAt", SQL: "c.created_at"}, {Member: "updatedAt", SQL: "c.updated_at"},
		{Member: "kind", SQL: "c.kind"}, {Member: "name", SQL: "c.name"}, {Member: "otherNames", SQL: "c.other_names"}, {Member: "abbreviations", SQL: "c.abbreviations"},
		{Member: "description", SQL: "c.description"}, {Member: "notes", SQL: "c.notes"}, {Member: "region", SQL: "c.region"}, {Member: "subRegion", SQL: "c.sub_region"},
		{Member: "municipality", SQL: "c.municipality"}, {Member: "parentId", SQL: "c.parent_id"}, {Member: "predecessorId", SQL: "c.predecessor_id"},
		{Member: "successors", SQL: "x.successors"}, {Member: "committees", SQL: "x.committees"}, {Member: "preparationStarted", SQL: "c.preparation_started"},
		{Member: "founded", SQL: "c.founded"}, {Member: "started", SQL: "c.started"}, {Member: "rulesAdopted", SQL: "c.rules_adopted"}, {Member: "ended", SQL: "c.ended"},
		{Member: "website", SQL: "c.website"}, {Member: "tasks", SQL: "c.tasks"}, {Member: "workAreas", SQL: "c.work_areas"}, {Member: "composition", SQL: "c.composition"},
		{Member: "joinRules", SQL: "c.join_rules"}, {Member: "rules", SQL: "c.rules"}, {Member: "hostOrganisations", SQL: "c.host_organisations"},
		{Member: "links", SQL: "c.links"}, {Member: "sources", SQL: "c.sources"}, {Member: "quorum", SQL: "c.quorum"}, {Member: "networkCount", SQL: "x.networks"},
	},
}

func (r Repository) read(ctx context.Context, id uuid.UUID) (render.Row, error) {
	l := councils.List()
	l.Filter("c.id = %s", id)
	return r.One(ctx, councils, l)
}

// Filter says which councils a list holds, in which order.
type Filter struct {
	IDs, Parents, Networks                     []uuid.UUID
	Regions, SubRegions, Municipalities, Kinds []string
	Under                                      *uuid.UUID
	Q                                          *string
	ModifiedSince                              *time.Time
	Sort                                       []string
	Count                                      bool
}

func (r Repository) list(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	b := store.Browse{Since: f.ModifiedSince, Sort: f.Sort, First: "name", Count: f.Count, Keys: map[string]store.Key{"name": {SQL: "c.sort_name", Type: `text collate "fi-x-icu"`}}}
	return r.words.List(ctx, f.Q, b.Ranked(), req, func(words store.Words, req page.Request) (render.Page, error) {
		return r.page(ctx, f, b, words, req)
	})
}

func (r Repository) page(ctx context.Context, f Filter, b store.Browse, words store.Words, req page.Request) (render.Page, error) {
	l := councils.List()
	l.Words = words
	l.AnyOf("c.region", f.Regions)
	l.AnyOf("c.sub_region", f.SubRegions)
	l.AnyOf("c.municipality", f.Municipalities)
	l.AnyOf("c.kind", f.Kinds)
	if len(f.IDs) > 0 {
		l.Filter("c.id = any(%s)", f.IDs)
	}
	if len(f.Parents) > 0 {
		l.Filter("c.parent_id = any(%s)", f.Parents)
	}
	if f.Under != nil {
		l.Filter("c.path @> array[%s::uuid] and c.id <> %s", *f.Under, *f.Under)
	}
	if len(f.Networks) > 0 {
		l.Filter("exists (select from council_networks j where j.council_id = c.id and j.network_id = any(%s) and "+inCouncil+today+")", f.Networks)
	}
	return r.Browse(ctx, councils, l, b, req)
}

// place tells where a council stands; ok is false when there is none, or none any more.
func (r Repository) place(ctx context.Context, id uuid.UUID) (p place, ok bool, err error) {
	err = r.QueryRow(ctx, "select region, sub_region, municipality, path::text[], deleted_at is null from councils where id = $1", id).
		Scan(&p.Region, &p.SubRegion, &p.Municipality, &p.Path, &ok)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, false, nil
	}
	return p, ok, store.Err(err)
}

// existing tells which of the ids are councils.
func (r Repository) existing(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	return r.IDSet(ctx, "select id from councils where id = any($1) and deleted_at is null", ids)
}

// published tells which of the ids are organisations that the actor sees and that were public: a council shows them to everyone.
func (r Repository) published(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	l := store.List{}
	l.Filter("o.id = any(%s) and o.deleted_at is null and o.published_at is not null", ids)
	l.Where = append(l.Where, "(o.status = 'published' or "+l.Within(authz.From(ctx).Reach(authz.ReadUnpublished), store.Places{Region: "o.region", Municipality: "o.municipality", Organisation: "o.id"})+")")
	return r.IDSet(ctx, "select o.id from organisations o where "+l.Conditions(), l.Args...)
}

// lockWhole keeps others from making new references to a council; for transactions.
func (r Repository) lockWhole(ctx context.Context, id uuid.UUID) error {
	_, err := r.IDSet(ctx, "select id from councils where id = $1 for update", id)
	return err
}

// lock lets the writers of one council queue; for transactions.
func (r Repository) lock(ctx context.Context, id uuid.UUID) error {
	_, err := r.IDSet(ctx, "select id from councils where id = $1 for no key update", id)
	return err
}

// hold keeps councils from being deleted until the transaction ends, and tells which of them are there.
func (r Repository) hold(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	return r.IDSet(ctx, "select id from councils where id = any($1) and deleted_at is null order by id for share", ids)
}

// lockTree lets all moves in trees queue, as the trigger of the trees does, and before any row is locked: two moves that
// wait for each other's rows would both fail.
func (r Repository) lockTree(ctx context.Context) error {
	var none string
	return store.Err(r.QueryRow(ctx, "select pg_advisory_xact_lock($1)::text", store.LockTree).Scan(&none))
}

// under tells whether a council is another one or stands below it.
func (r Repository) under(ctx context.Context, id, above uuid.UUID) (yes bool, err error) {
	err = r.QueryRow(ctx, "select exists (select from councils where id = $1 and path @> array[$2::uuid])", id, above).Scan(&yes)
	return yes, store.Err(err)
}

// cameOutOf tells whether a council is another one or came out of it, directly or not.
func (r Repository) cameOutOf(ctx context.Context, id, origin uuid.UUID) (yes bool, err error) {
	err = r.QueryRow(ctx, `with recursive line(id) as (select $1::uuid union select c.predecessor_id from councils c join line on c.id = line.id where c.predecessor_id is not null)
		select exists (select from line where id = $2)`, id, origin).Scan(&yes)
	return yes, store.Err(err)
}

// usedBy names what depends on a council.
func (r Repository) usedBy(ctx context.Context, id uuid.UUID) (out []string, err error) {
	err = r.QueryRow(ctx, `select array_remove(array[
		case when exists (select from councils where parent_id = $1 and deleted_at is null) then 'committees' end,
		case when exists (select from councils where predecessor_id = $1 and deleted_at is null) then 'successors' end,
		case when exists (select from seats where (council_id = $1 or nominating_council_id = $1) and deleted_at is null) then 'seats' end,
		case when exists (select from nominations where (council_id = $1 or nominating_council_id = $1) and deleted_at is null) then 'nominations' end,
		case when exists (select from nomination_calls where council_id = $1 and deleted_at is null) then 'nominationCalls' end,
		case when exists (select from council_networks where council_id = $1 and deleted_at is null) then 'networks' end,
		case when exists (select from meetings where council_id = $1 and deleted_at is null) then 'meetings' end,
		case when exists (select from action_plans where council_id = $1 and deleted_at is null)
			or exists (select from action_plan_items i join action_plans p on p.id = i.action_plan_id and p.deleted_at is null
				where i.owners @> jsonb_build_array(jsonb_build_object('councilId', $1::uuid))) then 'actionPlans' end,
		case when exists (select from posts where council_id = $1 and deleted_at is null) then 'posts' end], null)`, id).Scan(&out)
	return out, store.Err(err)
}

// CountPublic is SQL that counts the councils: everyone may see them.
const CountPublic = "select count(*) from councils where deleted_at is null"
