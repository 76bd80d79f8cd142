package meeting

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// memoView shows editions k of the memos of meetings.
var memoView = store.View{
	Alias: "k", From: "memos k join " + from + " on m.id = k.meeting_id",
	Columns: []store.Column{
		{Member: "id", SQL: "k.id"}, {Member: "version", SQL: "k.version"}, {Member: "createdAt", SQL: "k.created_at"}, {Member: "updatedAt", SQL: "k.updated_at"},
		{Member: "meetingId", SQL: "k.meeting_id"}, {Member: "edition", SQL: "k.edition"}, {Member: "status", SQL: "k.status"}, {Member: "text", SQL: "k.text"},
		{Member: "links", SQL: "k.links"}, {Member: "correction", SQL: "k.correction"}, {Member: "approvedOn", SQL: "k.approved_on"},
		{Member: "publishedAt", SQL: "k.published_at"}, {Member: "record", SQL: "k.record"},
	},
}

// memo renders the latest edition that the reader may see, or the one with the number.
func (r Repository) memo(ctx context.Context, meeting uuid.UUID, edition *int) (render.Row, error) {
	l := memoView.List()
	writes := may(ctx, &l)
	l.Filter("k.meeting_id = %s and k.deleted_at is null and m.deleted_at is null", meeting)
	if edition != nil {
		l.Filter("k.edition = %s", *edition)
		l.Where = append(l.Where, "(k.status = 'published' or "+writes+")")
	} else {
		l.Where = append(l.Where, "k.edition = (select max(e.edition) from memos e where e.meeting_id = m.id and e.deleted_at is null and (e.status = 'published' or "+writes+"))")
	}
	row, err := r.One(ctx, memoView, l)
	row.Variant = string(row.JSON)
	return row, err
}

// insertMemo writes a new edition. All editions are read at one address: their versions go on from one to the next, so that
// nobody's tag of one edition fits another.
func (r Repository) insertMemo(ctx context.Context, tx *store.Tx, m *Memo) error {
	m.ID, m.CreatedAt = store.NewID(), clock.Now()
	m.UpdatedAt = m.CreatedAt
	if err := r.QueryRow(ctx, "select coalesce(max(version), 0) + 1 from memos where meeting_id = $1", m.MeetingID).Scan(&m.Version); err != nil {
		return store.Err(err)
	}
	if err := tx.Gorm(ctx).Create(m).Error; err != nil {
		return store.Err(err)
	}
	tx.Note(store.Change{Type: m.Resource(), ID: m.ID, Op: store.Created, Version: m.Version, Changed: store.ChangedMembers(&Memo{}, m), Scope: m.Scope()})
	return nil
}

// memoList gathers the editions that the reader may see, newest first. Times are written as the columns of other answers are.
func memoList(ctx context.Context, l *store.List) string {
	return `(select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'version', k.version, 'edition', k.edition, 'status', k.status, 'approvedOn', k.approved_on,
		'publishedAt', rtrim(rtrim(to_char(k.published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'), '.') || 'Z', 'correction', k.correction) order by k.edition desc), '[]')
		from memos k where k.meeting_id = m.id and k.deleted_at is null and (k.status = 'published' or ` + may(ctx, l) + "))"
}

// latestMemo loads the newest edition; nil if there is none.
func (r Repository) latestMemo(ctx context.Context, m *Meeting) (*Memo, error) {
	var found []Memo
	err := r.Gorm(ctx).Where("meeting_id = ? and deleted_at is null", m.ID).Order("edition desc").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, store.Err(err)
	}
	found[0].Owner = m.Owner
	return &found[0], nil
}

// record is a meeting as it stands, for the edition that is published: without names of people.
func (r Repository) record(ctx context.Context, meeting uuid.UUID) (out json.RawMessage, err error) {
	roll := gathered([]store.Column{
		{Member: "seatId", SQL: "x.seat_id"}, {Member: "organisationId", SQL: "x.organisation_id"}, {Member: "presence", SQL: "x.presence"}, {Member: "standsInFor", SQL: "x.stands_in_for"},
	}, "meeting_attendances x", "x.created_at, x.id")
	roll = roll[:len(roll)-1] + " and (x.seat_id is not null or x.organisation_id is not null))"
	counts := `(select jsonb_build_object('present', count(*) filter (where x.presence = 'present'), 'remote', count(*) filter (where x.presence = 'remote'),
		'excused', count(*) filter (where x.presence = 'excused'), 'absent', count(*) filter (where x.presence = 'absent'),
		'guests', count(*) filter (where x.presence in ('present', 'remote') and x.seat_id is null and (x.guest is not null or m.council_id is not null)))
		from meeting_attendances x where x.meeting_id = m.id)`
	err = r.QueryRow(ctx, "select jsonb_build_object('agenda', "+agendaSQL+", 'decisions', "+decisionsSQL+", 'attendance', "+roll+", 'counts', "+counts+", 'quorum', "+quorum+") from "+from+" where m.id = $1",
		meeting).Scan(&out)
	return out, store.Err(err)
}
