package council

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

var joinedView = store.View{Alias: "j", Variant: "j.variant", Columns: []store.Column{
	{Member: "id", SQL: "j.id"}, {Member: "version", SQL: "j.version"}, {Member: "createdAt", SQL: "j.created_at"}, {Member: "updatedAt", SQL: "j.updated_at"},
	{Member: "status", SQL: "j.status"}, {Member: "from", SQL: "j.valid_from"}, {Member: "to", SQL: "j.valid_to"},
	{Member: "message", SQL: "case when j.shown then j.message end"}, {Member: "reason", SQL: "case when j.shown then j.reason end"},
	{Member: "council", SQL: "j.council"}, {Member: "network", SQL: "j.network"},
}}

// joinedList is a query over what the actor may see of joined networks; shown tells whether the actor writes one of the sides.
func joinedList(ctx context.Context) store.List {
	a, l := authz.From(ctx), store.List{Columns: joinedView.Columns, ID: "j.id"}
	shown := "(" + l.Within(a.Reach(authz.WriteCouncil), store.Places{Region: "c.region", Municipality: "c.municipality", Councils: "c.path"}) +
		" or " + l.Within(a.Reach(authz.WriteNetwork), store.Places{Region: "n.region", Municipality: "n.municipality", Networks: "n.path"}) + ")"
	l.From = `(select j.*, ` + shown + ` as shown, c.version || '-' || n.version || '-' || ` + shown + ` as variant, c.sort_name as council_sort, n.sort_name as network_sort,
			jsonb_build_object('id', c.id, 'name', c.name) as council, jsonb_build_object('id', n.id, 'name', n.name, 'status', n.status) as network
		from council_networks j join councils c on c.id = j.council_id join networks n on n.id = j.network_id
		where j.status in ('joined', 'left') or ` + shown + `) j`
	return l
}

func (r Repository) readJoined(ctx context.Context, id uuid.UUID) (render.Row, error) {
	l := joinedList(ctx)
	l.Filter("j.id = %s", id)
	return r.One(ctx, joinedView, l)
}

// liveOf loads what a network has joined, or applied for, with the councils' places, and holds it.
func (r Repository) liveOf(ctx context.Context, network uuid.UUID) (out []*Joined, err error) {
	if err := r.Gorm(ctx).Raw("select * from council_networks where network_id = ? and status in ('applied', 'joined') and deleted_at is null order by id for update", network).Scan(&out).Error; err != nil {
		return nil, store.Err(err)
	}
	for _, j := range out {
		c, err := r.GetAny(ctx, j.CouncilID)
		if err != nil {
			return nil, err
		}
		j.Place = c.Area
	}
	return out, nil
}

// JoinedFilter says which joined networks a list holds: those of a council or of a network.
type JoinedFilter struct {
	Council, Network *uuid.UUID
	Networks         []uuid.UUID
	Councils         []uuid.UUID
	Status           []string
	ActiveOn         *clock.Date
	Count            bool
}

func (r Repository) listJoined(ctx context.Context, f JoinedFilter, req page.Request) (out render.Page, err error) {
	l, sort := joinedList(ctx), "j.network_sort"
	l.Where = []string{"j.deleted_at is null"}
	if f.Council != nil {
		l.Filter("j.council_id = %s", *f.Council)
	} else {
		l.Filter("j.network_id = %s", *f.Network)
		sort = "j.council_sort"
	}
	if len(f.Networks) > 0 {
		l.Filter("j.network_id = any(%s)", f.Networks)
	}
	if len(f.Councils) > 0 {
		l.Filter("j.council_id = any(%s)", f.Councils)
	}
	l.AnyOf("j.status", f.Status)
	if f.ActiveOn != nil {
		l.Filter(inCouncil+"%s::date", *f.ActiveOn)
	}
	counted := l
	l.Keys = []store.Key{{SQL: sort, Type: `text collate "fi-x-icu"`}}
	if out, err = r.Items(ctx, l, req); err == nil {
		out.Total, err = r.Total(ctx, counted, f.Count)
	}
	return out, err
}

// sides tells where the council and the network of a joined network stand.
func (r Repository) sides(ctx context.Context, j *Joined) (s sides, err error) {
	var region, municipality *string
	var path []string
	err = r.QueryRow(ctx, `select c.region, c.sub_region, c.municipality, c.path::text[], n.region, n.municipality, n.path::text[] from councils c, networks n where c.id = $1 and n.id = $2`, j.CouncilID, j.NetworkID).
		Scan(&j.Place.Region, &j.Place.SubRegion, &j.Place.Municipality, &s.council.Councils, &region, &municipality, &path)
	s.council.Region, s.council.Municipality = opt.Value(j.Place.Region), opt.Value(j.Place.Municipality)
	s.network = authz.Target{Region: opt.Value(region), Municipality: opt.Value(municipality), Networks: path}
	return s, store.Err(err)
}

// network tells where a network stands, and keeps it from being deleted meanwhile; ok is false when there is none.
func (r Repository) network(ctx context.Context, id uuid.UUID) (t authz.Target, ok bool, err error) {
	var region, municipality *string
	err = r.QueryRow(ctx, "select region, municipality, path::text[] from networks where id = $1 and deleted_at is null for key share", id).Scan(&region, &municipality, &t.Networks)
	if errors.Is(err, pgx.ErrNoRows) {
		return t, false, nil
	}
	t.Region, t.Municipality = opt.Value(region), opt.Value(municipality)
	return t, err == nil, store.Err(err)
}

// needNetwork is nil when there is such a network, else Missing or WasDeleted.
func (r Repository) needNetwork(ctx context.Context, id uuid.UUID) error {
	_, err := r.One(ctx, store.View{Alias: "n"}, store.List{From: "networks n", Columns: []store.Column{{Member: "id", SQL: "n.id"}}, Where: []string{"n.id = $1"}, Args: []any{id}})
	return err
}

// conflict finds another row that keeps j from being what it is: one that is open as well, or one in the same time.
func (r Repository) conflict(ctx context.Context, j *Joined) (other uuid.UUID, open, ok bool, err error) {
	err = r.QueryRow(ctx, `select id, status in ('applied', 'joined') and $4 from council_networks
		where council_id = $1 and network_id = $2 and id <> $3 and deleted_at is null
			and (status in ('applied', 'joined') and $4 or status in ('joined', 'left') and $5 and period && daterange($6, $7))
		order by 2 desc, created_at limit 1`,
		j.CouncilID, j.NetworkID, j.ID, j.Status == StatusApplied || j.Status == StatusJoined, j.public(), j.ValidFrom, j.ValidTo).Scan(&other, &open)
	if errors.Is(err, pgx.ErrNoRows) {
		return other, false, false, nil
	}
	return other, open, err == nil, store.Err(err)
}

// batch is how many joined networks are ended in one statement, in the order of their ids: two who end the same ones queue at
// the first.
const batch = 1000

// endDue makes what has joined left whose end has come, a batch of it. It tells how many there were.
func (r Repository) endDue(ctx context.Context, tx *store.Tx) (int, error) {
	now := clock.Now()
	rows, err := tx.Conn().Query(ctx, `
		with due as (select id from council_networks where status = 'joined' and deleted_at is null and valid_to <= $1::date order by id limit $2 for update)
		update council_networks j set version = j.version + 1, updated_at = $3, status = 'left'
		from due, councils c where j.id = due.id and c.id = j.council_id
		returning j.id, j.version, j.status, j.valid_to::text, c.region, c.sub_region, c.municipality`, clock.Today(), batch, now)
	if err != nil {
		return 0, store.Err(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (j Joined, err error) {
		return j, row.Scan(&j.ID, &j.Version, &j.Status, &j.ValidTo, &j.Place.Region, &j.Place.SubRegion, &j.Place.Municipality)
	})
	if err != nil || len(all) == 0 {
		return 0, store.Err(err)
	}
	steps, ids, days := []uuid.UUID{}, []uuid.UUID{}, []clock.Date{}
	for _, j := range all {
		scope := j.Scope()
		scope.WasPublic = true
		tx.Note(store.Change{Type: j.Resource(), ID: j.ID, Op: store.Updated, Version: j.Version, Changed: []string{"status"}, Scope: scope})
		steps, ids, days = append(steps, store.NewID()), append(ids, j.ID), append(days, *j.ValidTo)
	}
	_, err = tx.Conn().Exec(ctx, `insert into transitions (id, resource_type, resource_id, at, actor_id, from_status, to_status, on_date)
		select s.id, $1, s.resource_id, $2, $3, $4, $5, s.on_date from unnest($6::uuid[], $7::uuid[], $8::date[]) as s(id, resource_id, on_date)`,
		(*Joined)(nil).Resource(), now, store.OriginFrom(ctx).ActorID, StatusJoined, StatusLeft, steps, ids, days)
	return len(all), store.Err(err)
}
