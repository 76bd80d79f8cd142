package organisation

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// ownColumns are the columns of this family that name organisations.
var ownColumns = []string{
	"organisations.merged_into", "organisations.affiliations", "organisation_external_ids.organisation_id", "organisation_activities.organisation_id",
	"organisation_register_events.organisation_id", "organisation_register_events.other_organisation_id", "organisation_contacts.organisation_id",
	"organisation_merges.into_id", "organisation_merges.from_id", // the latter stays: it tells what was merged
	"organisation_pending_changes.organisation_id", // ended
}

// holdBoth keeps others from writing two organisations, and from naming them, until the transaction ends.
func (r Repository) holdBoth(ctx context.Context, tx *store.Tx, a, b uuid.UUID) error {
	_, err := tx.Conn().Exec(ctx, "select from organisations where id in ($1, $2) order by id for update", a, b)
	return store.Err(err)
}

// standsFor is the organisation into which another one was merged; found is false if that is not there.
func (r Repository) standsFor(ctx context.Context, merged uuid.UUID) (o read, found bool, err error) {
	return r.readSQL(ctx, store.SelectSQL(nil, readAux+", '', true", "organisations o", "o.id = (select merged_into from organisations where id = $1)"), 0, []any{merged}, false)
}

// partMove is a kind of part, and which parts of two organisations say the same: x of the one that goes, y of the one that stays.
type partMove struct{ resource, table, member, same string }

var partMoves = []partMove{
	{"activity", "organisation_activities", "activities", "y.heading = x.heading and y.target_groups = x.target_groups and y.description = x.description"},
	{"contact", "organisation_contacts", "contacts", "y.person_id = x.person_id and y.role = x.role and (y.valid_from, y.valid_to) is not distinct from (x.valid_from, x.valid_to)"},
	{"register_event", "organisation_register_events", "registerEvents", `y.type = x.type and y.date - 'text' = x.date - 'text'
		and (y.name, y.municipality, y.other_organisation_id) is not distinct from (x.name, x.municipality, x.other_organisation_id)`},
}

// endNamingEvents takes away the register events of an organisation that goes up in another that tell a name.
func (r Repository) endNamingEvents(ctx context.Context, m *store.Merge) error {
	ids, err := r.IDs(ctx, "delete from organisation_register_events where organisation_id = $1 and name is not null returning id", m.From)
	for _, id := range ids {
		m.End("register_event", id, "unapproved", nil)
	}
	return err
}

// moveParts moves the parts of an organisation to the one that stays, but for those that say what a part there says already.
// It names the members that this changes.
func (r Repository) moveParts(ctx context.Context, tx *store.Tx, m *store.Merge) (members []string, err error) {
	for _, p := range partMoves {
		rows, err := tx.Conn().Query(ctx, "delete from "+p.table+" x using "+p.table+" y where x.organisation_id = $1 and y.organisation_id = $2 and "+p.same+" returning x.id, y.id", m.From, m.Into) //nolint:rowserrcheck // ForEachRow tells
		if err != nil {
			return nil, store.Err(err)
		}
		var gone, kept uuid.UUID
		if _, err := pgx.ForEachRow(rows, []any{&gone, &kept}, func() error {
			as := kept
			m.End(p.resource, gone, "same", &as)
			return nil
		}); err != nil {
			return nil, store.Err(err)
		}
		tag, err := tx.Conn().Exec(ctx, "update "+p.table+" set organisation_id = $2 where organisation_id = $1", m.From, m.Into)
		if err != nil {
			return nil, store.Err(err)
		}
		if n := int(tag.RowsAffected()); n > 0 {
			m.Move(p.resource, n)
			members = append(members, p.member)
		}
	}
	return members, nil
}

// moveEventReferences lets register events that name the organisation that goes name the one that stays, and gives whose they
// are; what would name its own organisation names none.
func (r Repository) moveEventReferences(ctx context.Context, m *store.Merge) (of []uuid.UUID, err error) {
	all, err := r.IDs(ctx, "update organisation_register_events set other_organisation_id = nullif($2, organisation_id) where other_organisation_id = $1 or organisation_id = $2 and other_organisation_id = $2 returning organisation_id", m.From, m.Into)
	for _, id := range all {
		if id != m.Into { // it has its new version
			of = append(of, id)
		}
	}
	return of, err
}

// recordMerge keeps what was done, and lets what was merged before lead to the one that stays now.
func (r Repository) recordMerge(ctx context.Context, tx *store.Tx, into uuid.UUID, in Merging, s summary) error {
	b := &pgx.Batch{}
	b.Queue("update organisations set merged_into = $2 where merged_into = $1", in.From, into)
	b.Queue("update organisation_merges set into_id = $2 where into_id = $1", in.From, into)
	b.Queue("insert into organisation_merges (id, into_id, from_id, merged_at, merged_on, actor_id, summary) values ($1, $2, $3, $4, $5, $6, $7)",
		store.NewID(), into, in.From, clock.Now(), in.On, store.OriginFrom(ctx).ActorID, s)
	return store.Err(tx.Conn().SendBatch(ctx, b).Close())
}

// merges is a page of what was merged into an organisation.
func (r Repository) merges(ctx context.Context, id uuid.UUID, req page.Request) (render.Page, error) {
	l := store.List{
		From: "organisation_merges m", ID: "m.id", Keys: []store.Key{{SQL: "m.merged_at", Type: "timestamptz", Desc: true}},
		Columns: []store.Column{
			{Member: "id", SQL: "m.id"}, {Member: "from", SQL: "m.from_id"}, {Member: "mergedAt", SQL: "m.merged_at"}, {Member: "mergedOn", SQL: "m.merged_on"}, {Member: "actorId", SQL: "m.actor_id"},
			{Member: "taken", SQL: "m.summary -> 'taken'"}, {Member: "dropped", SQL: "m.summary -> 'dropped'"}, {Member: "moved", SQL: "m.summary -> 'moved'"}, {Member: "ended", SQL: "m.summary -> 'ended'"},
		},
	}
	l.Filter("m.into_id = %s", id)
	return r.Items(ctx, l, req)
}
