package meeting

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
)

// Repository holds the queries of meetings, their parts and their memos.
type Repository struct {
	store.Repo[Meeting, *Meeting]
	memos     store.Repo[Memo, *Memo]
	agenda    store.Parts[AgendaItem, *AgendaItem]
	decisions store.Parts[Decision, *Decision]
}

// NewRepository makes the repository.
func NewRepository(db *store.DB) Repository {
	return Repository{
		store.Repo[Meeting, *Meeting]{DB: db}, store.Repo[Memo, *Memo]{DB: db},
		store.Parts[AgendaItem, *AgendaItem]{DB: db, Parent: "meeting_id"}, store.Parts[Decision, *Decision]{DB: db, Parent: "meeting_id"},
	}
}

// owner reads the council or network that meets, even if it is deleted. Missing if there never was one.
func (r Repository) owner(ctx context.Context, council, network *uuid.UUID) (Owner, error) {
	o, table, id := Owner{Council: council, Network: network}, "councils", council
	if council == nil {
		table, id = "networks", network
	}
	err := r.QueryRow(ctx, "select region, municipality, path::text[], version, deleted_at from "+table+" where id = $1", id).
		Scan(&o.Region, &o.Municipality, &o.Path, &o.Version, &o.DeletedAt)
	return o, store.Err(err)
}

// lockOwner makes the writers of one owner's meetings queue; Missing when it has gone meanwhile.
func (r Repository) lockOwner(ctx context.Context, o Owner) error {
	table, id := "councils", o.Council
	if o.Council == nil {
		table, id = "networks", o.Network
	}
	var locked uuid.UUID
	return store.Err(r.QueryRow(ctx, "select id from "+table+" where id = $1 and deleted_at is null for no key update", id).Scan(&locked))
}

// find loads a meeting with its owner, even if it is deleted. Missing if there never was one.
func (r Repository) find(ctx context.Context, id uuid.UUID) (*Meeting, error) {
	m, err := r.GetAny(ctx, id)
	if err != nil {
		return nil, err
	}
	m.Owner, err = r.owner(ctx, m.CouncilID, m.NetworkID)
	return m, err
}

// lock makes the writers of a meeting, of its parts and of its memos queue. Stale if it is no longer the version that was read.
func (r Repository) lock(ctx context.Context, m *Meeting) error {
	var version int64
	if err := r.QueryRow(ctx, "select version from meetings where id = $1 for no key update", m.ID).Scan(&version); err != nil {
		return store.Err(err)
	}
	if version != m.Version {
		return errs.New(errs.Changed, "it was changed meanwhile: read it again, then repeat")
	}
	return nil
}

// relock is lock for those who write beside the meeting: it gives the meeting as it stands now.
func (r Repository) relock(ctx context.Context, id uuid.UUID) (*Meeting, error) {
	if _, err := r.Exec(ctx, "select from meetings where id = $1 for no key update", id); err != nil {
		return nil, err
	}
	m, err := r.find(ctx, id)
	if err == nil && m.DeletedAt != nil {
		err = store.Gone(*m.DeletedAt, m.Version)
	}
	return m, err
}

// numbered finds another meeting of the same owner with the same number in the same year.
func (r Repository) numbered(ctx context.Context, m *Meeting) (id uuid.UUID, found bool, err error) {
	column, owner := "council_id", m.CouncilID
	if owner == nil {
		column, owner = "network_id", m.NetworkID
	}
	return r.one(ctx, "select id from meetings where "+column+" = $1 and year = $2 and number = $3 and id <> $4 and deleted_at is null", owner, m.Year, m.Number, m.ID)
}

// standing locks another meeting against deletion, until the transaction ends; found is false when there is none.
func (r Repository) standing(ctx context.Context, id uuid.UUID) (found bool, err error) {
	_, found, err = r.one(ctx, "select id from meetings where id = $1 and deleted_at is null for share", id)
	return found, err
}

// one reads an id.
func (r Repository) one(ctx context.Context, sql string, args ...any) (id uuid.UUID, found bool, err error) {
	err = r.QueryRow(ctx, sql, args...).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, false, nil
	}
	return id, err == nil, store.Err(err)
}

// used tells whether something refers to a meeting: a published memo, another meeting, a nomination, an action plan, a duty.
func (r Repository) used(ctx context.Context, m *Meeting) (used bool, err error) {
	err = r.QueryRow(ctx, `select exists (select from memos where meeting_id = $1 and status = 'published' and deleted_at is null)
		or exists (select from meetings where replaced_by_meeting_id = $1 and deleted_at is null)
		or exists (select from nominations where meeting_id = $1 and deleted_at is null)
		or exists (select from action_plans where meeting_id = $1 and deleted_at is null)
		or exists (select from council_duties d join councils c on c.id = d.council_id where c.deleted_at is null and d.fulfilments @> jsonb_build_array(jsonb_build_object('meetingId', $1::text)))`,
		m.ID).Scan(&used)
	return used, store.Err(err)
}

// agendaIDs are the items of an agenda in their order.
func (r Repository) agendaIDs(ctx context.Context, meeting uuid.UUID) ([]uuid.UUID, error) {
	return r.IDs(ctx, "select id from meeting_agenda_items where meeting_id = $1 order by position, id", meeting)
}

// order numbers the items of an agenda as they stand in ids.
func (r Repository) order(ctx context.Context, meeting uuid.UUID, ids []uuid.UUID) error {
	_, err := r.Exec(ctx, `update meeting_agenda_items a set position = x.n from unnest($2::uuid[]) with ordinality x(id, n)
		where a.id = x.id and a.meeting_id = $1 and a.position <> x.n`, meeting, ids)
	return err
}

// decided tells whether a decision hangs on an item of the agenda.
func (r Repository) decided(ctx context.Context, meeting, item uuid.UUID) (bool, error) {
	_, found, err := r.one(ctx, "select id from meeting_decisions where meeting_id = $1 and agenda_item_id = $2 limit 1", meeting, item)
	return found, err
}

// nextDecision is the number that follows the highest, and how many decisions there are.
func (r Repository) nextDecision(ctx context.Context, meeting uuid.UUID) (next, count int, err error) {
	err = r.QueryRow(ctx, "select coalesce(max(number), 0) + 1, count(*) from meeting_decisions where meeting_id = $1", meeting).Scan(&next, &count)
	return next, count, store.Err(err)
}

// decisionNumbered finds the decision of a meeting with a number.
func (r Repository) decisionNumbered(ctx context.Context, meeting uuid.UUID, number int) (id uuid.UUID, found bool, err error) {
	return r.one(ctx, "select id from meeting_decisions where meeting_id = $1 and number = $2", meeting, number)
}

// seat is what the roll has to know of a seat.
type seat struct {
	deputy    bool
	deputyFor *uuid.UUID
	network   *uuid.UUID // that nominated
	holds     bool       // on the day of the meeting
	vacant    bool
}

// seats reads those of a council.
func (r Repository) seats(ctx context.Context, m *Meeting, ids []uuid.UUID) (map[uuid.UUID]seat, error) {
	rows, err := r.Query(ctx, `select id, role = 'deputy', deputy_for, nominating_network_id, $3::date is null or period @> $3::date, vacant
		from seats where council_id = $1 and id = any($2) and deleted_at is null`, m.CouncilID, ids, m.Date)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[uuid.UUID]seat{}
	for rows.Next() {
		var id uuid.UUID
		var s seat
		if err := rows.Scan(&id, &s.deputy, &s.deputyFor, &s.network, &s.holds, &s.vacant); err != nil {
			return nil, store.Err(err)
		}
		out[id] = s
	}
	return out, store.Err(rows.Err())
}

// outside counts the seats that a meeting's roll names and that do not hold on its day.
func (r Repository) outside(ctx context.Context, m *Meeting) (n int, err error) {
	err = r.QueryRow(ctx, `select count(distinct s.id) from meeting_attendances x join seats s on s.id in (x.seat_id, x.stands_in_for)
		where x.meeting_id = $1 and not s.period @> $2::date`, m.ID, m.Date).Scan(&n)
	return n, store.Err(err)
}

// membersOf are the organisations of ids that were members of the network on the day of the meeting, or ever if that is not known.
func (r Repository) membersOf(ctx context.Context, m *Meeting, ids []uuid.UUID) ([]uuid.UUID, error) {
	return r.IDs(ctx, `select distinct organisation_id from memberships where network_id = $1 and organisation_id = any($2) and status in ('active', 'left')
		and deleted_at is null and ($3::date is null or period @> $3::date)`, m.NetworkID, ids, m.Date)
}

// roll reads who was at a meeting.
func (r Repository) roll(ctx context.Context, meeting uuid.UUID) (out []Attendance, err error) {
	err = r.Gorm(ctx).Where("meeting_id = ?", meeting).Order("created_at, id").Find(&out).Error
	return out, store.Err(err)
}

// replaceRoll writes the whole roll anew.
func (r Repository) replaceRoll(ctx context.Context, tx *store.Tx, meeting uuid.UUID, at time.Time, roll []Attendance) error {
	if err := tx.Gorm(ctx).Where("meeting_id = ?", meeting).Delete(&Attendance{}).Error; err != nil || len(roll) == 0 {
		return store.Err(err)
	}
	for i := range roll {
		roll[i].ID, roll[i].MeetingID, roll[i].CreatedAt = store.NewID(), meeting, at
	}
	return store.Err(tx.Gorm(ctx).Create(&roll).Error)
}

// PersonRecords is what meetings hold of a person, for the person's export: SQL with $1 = the person's id that yields one jsonb
// array.
const PersonRecords = `select jsonb_agg(jsonb_build_object('meetingId', m.id, 'date', m.date, 'presence', a.presence, 'note', a.note) order by m.date, m.id)
		from meeting_attendances a join seats s on s.id = a.seat_id join meetings m on m.id = a.meeting_id where s.person_id = $1 and m.deleted_at is null`
