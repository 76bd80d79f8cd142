package network

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/searchindex"
	"github.com/seutu/seutu/internal/store"
)

// Repository holds the queries of networks and memberships.
type Repository struct {
	store.Repo[Network, *Network]
	memberships store.Repo[Membership, *Membership]
	words       *searchindex.Index
}

// NewRepository makes the repository.
func NewRepository(db *store.DB, words *searchindex.Index) Repository {
	return Repository{store.Repo[Network, *Network]{DB: db}, store.Repo[Membership, *Membership]{DB: db}, words}
}

// What an answer tells of the memberships of today.
const (
	today       = "(now() at time zone 'Europe/Helsinki')::date"
	convener    = "(select m.organisation_id from membership_roles r join memberships m on m.id = r.membership_id where r.network_id = n.id and r.role = 'convener' and r.period @> " + today + ")"
	memberCount = "(select count(*) from memberships m where m.network_id = n.id and " + memberNow + ")"
	memberNow   = "m.deleted_at is null and m.status in ('active', 'left') and m.period @> " + today // the row m of memberships is one today
	joinedNow   = "j.deleted_at is null and j.status in ('joined', 'left') and j.period @> " + today // the row j of council_networks holds today
)

// view is a network as the API shows it. Its tag changes with the memberships, which leave its version alone.
var view = store.View{
	Alias: "n", From: "networks n", Variant: "concat(" + convener + ", '/', " + memberCount + ")",
	Columns: []store.Column{
		{Member: "id", SQL: "n.id"}, {Member: "version", SQL: "n.version"}, {Member: "createdAt", SQL: "n.created_at"}, {Member: "updatedAt", SQL: "n.updated_at"},
		{Member: "status", SQL: "n.status"}, {Member: "statusSince", SQL: "n.status_since"}, {Member: "statusReason", SQL: "n.status_reason"},
		{Member: "kind", SQL: "n.kind"}, {Member: "name", SQL: "n.name"}, {Member: "otherNames", SQL: "n.other_names"},
		{Member: "description", SQL: "n.description"}, {Member: "purpose", SQL: "n.purpose"}, {Member: "notes", SQL: "n.notes"}, {Member: "field", SQL: "n.field"},
		{Member: "region", SQL: "n.region"}, {Member: "subRegion", SQL: "n.sub_region"}, {Member: "municipality", SQL: "n.municipality"},
		{Member: "parentId", SQL: "n.parent_id"}, {Member: "meetingRhythm", SQL: "n.meeting_rhythm"}, {Member: "website", SQL: "n.website"},
		{Member: "founded", SQL: "n.founded"}, {Member: "links", SQL: "n.links"}, {Member: "convener", SQL: convener}, {Member: "memberCount", SQL: memberCount},
	},
}

// Filter says which networks a list holds, and in which order.
type Filter struct {
	IDs, Organisations, Councils                                 []uuid.UUID
	Regions, SubRegions, Municipalities, Fields, Kinds, Statuses []string
	Parent, Under                                                *uuid.UUID
	Q                                                            *string
	store.Browse
}

func (r Repository) list(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	return r.words.List(ctx, f.Q, f.Ranked(), req, func(words store.Words, req page.Request) (render.Page, error) {
		return r.page(ctx, f, words, req)
	})
}

func (r Repository) page(ctx context.Context, f Filter, words store.Words, req page.Request) (render.Page, error) {
	l := view.List()
	l.Words = words
	if len(f.IDs) > 0 {
		l.Filter("n.id = any(%s)", f.IDs)
	}
	for _, c := range []struct {
		column string
		values []string
	}{{"region", f.Regions}, {"sub_region", f.SubRegions}, {"municipality", f.Municipalities}, {"field", f.Fields}, {"kind", f.Kinds}, {"status", f.Statuses}} {
		l.AnyOf("n."+c.column, c.values)
	}
	if f.Parent != nil {
		l.Filter("n.parent_id = %s", *f.Parent)
	}
	if f.Under != nil {
		l.Filter("n.path @> array[%s::uuid]", *f.Under)
	}
	if len(f.Organisations) > 0 {
		l.Filter("exists (select from memberships m where m.network_id = n.id and m.organisation_id = any(%s) and "+memberNow+")", f.Organisations)
	}
	if len(f.Councils) > 0 {
		l.Filter("exists (select from council_networks j where j.network_id = n.id and j.council_id = any(%s) and "+joinedNow+")", f.Councils)
	}
	f.First, f.Keys = "name", map[string]store.Key{"name": {SQL: "n.sort_name", Type: `text collate "fi-x-icu"`}}
	return r.Browse(ctx, view, l, f.Browse, req)
}

func (r Repository) read(ctx context.Context, id uuid.UUID) (render.Row, error) {
	l := view.List()
	l.Filter("n.id = %s", id)
	return r.One(ctx, view, l)
}

// place is where a network stands.
type place struct {
	area.Area
	target  authz.Target
	status  Status
	deleted bool
}

const selectPlace = "select region, sub_region, municipality, path::text[], status, deleted_at is not null from networks where id = $1"

// place finds where a network stands, be it deleted or not.
func (r Repository) place(ctx context.Context, id uuid.UUID) (place, bool, error) {
	return r.scanPlace(ctx, selectPlace, id)
}

// lock makes the writers of one network's memberships, and of the networks below it, queue.
func (r Repository) lock(ctx context.Context, id uuid.UUID) (place, bool, error) {
	return r.scanPlace(ctx, selectPlace+" for no key update", id)
}

func (r Repository) scanPlace(ctx context.Context, sql string, id uuid.UUID) (p place, found bool, err error) {
	err = r.QueryRow(ctx, sql, id).Scan(&p.Region, &p.SubRegion, &p.Municipality, &p.target.Networks, &p.status, &p.deleted)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, false, nil
	}
	p.target.Region, p.target.Municipality = opt.Value(p.Region), opt.Value(p.Municipality)
	return p, err == nil, store.Err(err)
}

// lockTree lets one move in the tree happen at a time. It comes before every lock on a row: the trigger takes it too, and
// two who wait for each other would both fail.
func (r Repository) lockTree(ctx context.Context) error {
	_, err := r.Exec(ctx, "select pg_advisory_xact_lock($1)", store.LockTree)
	return err
}

// lockWhole keeps others from making new references to a network.
func (r Repository) lockWhole(ctx context.Context, id uuid.UUID) error {
	_, err := r.Exec(ctx, "select from networks where id = $1 for update", id)
	return err
}

// uses names what refers to a network and keeps it from going.
func (r Repository) uses(ctx context.Context, id uuid.UUID) (out []string, err error) {
	err = r.QueryRow(ctx, `select array_remove(array[
		case when exists (select from memberships where network_id = $1 and deleted_at is null and status in ('applied', 'active', 'left')) then 'memberships' end,
		case when exists (select from networks where parent_id = $1 and deleted_at is null) then 'networks' end,
		case when exists (select from council_networks where network_id = $1 and deleted_at is null and status in ('applied', 'joined', 'left')) then 'councils' end,
		case when exists (select from seats where nominating_network_id = $1 and deleted_at is null) then 'seats' end,
		case when exists (select from nominations where nominating_network_id = $1 and deleted_at is null) then 'nominations' end,
		case when exists (select from meetings where network_id = $1 and deleted_at is null) then 'meetings' end,
		case when exists (select from posts where network_id = $1 and deleted_at is null) then 'posts' end], null)`, id).Scan(&out)
	return out, store.Err(err)
}

// existing tells which of the ids are networks that are not deleted.
func (r Repository) existing(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	return r.IDSet(ctx, "select id from networks where id = any($1) and deleted_at is null", ids)
}

// organisation is what has to be known of an organisation that founds, applies or is a member.
type organisation struct {
	id        uuid.UUID
	area      area.Area
	published bool // now
	once      bool // or at some time
	deletedAt *time.Time
}

// organisation finds an organisation, be it deleted or not.
func (r Repository) organisation(ctx context.Context, id uuid.UUID) (o organisation, found bool, err error) {
	err = r.QueryRow(ctx, "select id, region, sub_region, municipality, status = 'published' and deleted_at is null, published_at is not null, deleted_at from organisations where id = $1", id).
		Scan(&o.id, &o.area.Region, &o.area.SubRegion, &o.area.Municipality, &o.published, &o.once, &o.deletedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return o, false, nil
	}
	return o, err == nil, store.Err(err)
}

// holdOrganisation tells whether there is an organisation, and keeps it from going; for transactions.
func (r Repository) holdOrganisation(ctx context.Context, id uuid.UUID) (bool, error) {
	_, found, err := r.other(ctx, "select id from organisations where id = $1 and deleted_at is null for key share", id)
	return found, err
}

// target is what grants are compared with.
func (o organisation) target() authz.Target {
	return authz.Target{Region: opt.Value(o.area.Region), Municipality: opt.Value(o.area.Municipality), Organisation: o.id.String()}
}

// visible tells whether the actor may see it.
func (o organisation) visible(a authz.Actor) bool {
	return o.published || o.deletedAt == nil && a.May(authz.ReadUnpublished, o.target())
}

// CountPublic is SQL that counts the networks: everyone may see them.
const CountPublic = "select count(*) from networks where deleted_at is null"
