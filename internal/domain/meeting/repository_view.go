package meeting

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// from is a meeting m with its council c or network n.
const from = "meetings m left join councils c on c.id = m.council_id left join networks n on n.id = m.network_id"

// where is where a meeting stands.
var where = store.Places{Region: "coalesce(c.region, n.region)", Municipality: "coalesce(c.municipality, n.municipality)", Councils: "c.path", Networks: "n.path"}

// quorum is the quorum of a council's meeting m that was held on a known day. A seat counts once: by who sits in it or by the
// deputy who stood in for it.
const quorum = `case when m.status = 'held' and m.council_id is not null and m.date is not null then (
	select jsonb_build_object('seats', q.seats, 'present', case when q.told then q.present end, 'needed', q.needed, 'reached', case when q.told then q.present >= q.needed end)
	from (select z.seats, z.present, exists (select from meeting_attendances x where x.meeting_id = m.id) as told,
			coalesce((c.quorum ->> 'min')::numeric::int, ceil((c.quorum ->> 'share')::numeric * z.seats)::int, z.seats / 2 + 1) as needed
		from (select count(*)::int as seats, count(*) filter (where exists (select from meeting_attendances x
				where x.meeting_id = m.id and x.presence in ('present', 'remote') and (x.seat_id = s.id or x.stands_in_for = s.id)))::int as present
			from seats s where s.council_id = m.council_id and s.deleted_at is null and s.role in ('chair', 'vice_chair', 'member') and not s.vacant and s.period @> m.date) z) q) end`

// published tells whether some edition of the memo is.
const published = "exists (select from memos k where k.meeting_id = m.id and k.status = 'published' and k.deleted_at is null)"

var agendaColumns = []store.Column{
	{Member: "id", SQL: "x.id"}, {Member: "position", SQL: "x.position"}, {Member: "number", SQL: "x.number"}, {Member: "title", SQL: "x.title"},
	{Member: "description", SQL: "x.description"}, {Member: "links", SQL: "x.links"},
}

var decisionColumns = []store.Column{
	{Member: "id", SQL: "x.id"}, {Member: "number", SQL: "x.number"}, {Member: "agendaItemId", SQL: "x.agenda_item_id"}, {Member: "text", SQL: "x.text"},
}

// gathered is an array of objects with the columns.
func gathered(columns []store.Column, table, order string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "'" + c.Member + "', " + c.SQL
	}
	return "(select coalesce(jsonb_agg(jsonb_build_object(" + strings.Join(parts, ", ") + ") order by " + order + "), '[]') from " + table + " where x.meeting_id = m.id)"
}

var (
	agendaSQL    = gathered(agendaColumns, "meeting_agenda_items x", "x.position, x.id")
	decisionsSQL = gathered(decisionColumns, "meeting_decisions x", "x.number, x.id")
)

// may is the condition under which the actor may write the meeting.
func may(ctx context.Context, l *store.List) string {
	return l.Within(authz.From(ctx).Reach(authz.WriteMeeting), where)
}

// decisions are those that the reader may see: outsiders once they are published.
func decisions(ctx context.Context, l *store.List) string {
	return "case when " + may(ctx, l) + " or " + published + " then " + decisionsSQL + " else '[]'::jsonb end"
}

// attendance is the roll as the reader may see it.
func attendance(ctx context.Context, l *store.List) string {
	writes, shown := may(ctx, l), l.Within(authz.From(ctx).Reach(authz.ReadPerson), where)
	roll := gathered([]store.Column{
		{Member: "seatId", SQL: "x.seat_id"},
		{Member: "seat", SQL: "case when s.id is not null then jsonb_build_object('id', s.id, 'role', s.role, 'person', seutu_person(p, " + shown + ")) end"},
		{Member: "organisationId", SQL: "x.organisation_id"}, {Member: "guest", SQL: "x.guest"}, {Member: "presence", SQL: "x.presence"},
		{Member: "standsInFor", SQL: "x.stands_in_for"}, {Member: "note", SQL: "case when " + writes + " then x.note end"},
	}, "meeting_attendances x left join seats s on s.id = x.seat_id left join people p on p.id = s.person_id", "x.created_at, x.id")
	return "case when m.status = 'held' or " + writes + " then " + roll + " else '[]'::jsonb end"
}

var columns = []store.Column{
	{Member: "id", SQL: "m.id"}, {Member: "version", SQL: "m.version"}, {Member: "createdAt", SQL: "m.created_at"}, {Member: "updatedAt", SQL: "m.updated_at"},
	{Member: "councilId", SQL: "m.council_id"}, {Member: "networkId", SQL: "m.network_id"}, {Member: "region", SQL: where.Region}, {Member: "municipality", SQL: where.Municipality},
	{Member: "year", SQL: "m.year"}, {Member: "number", SQL: "m.number"}, {Member: "title", SQL: "m.title"}, {Member: "status", SQL: "m.status"},
	{Member: "date", SQL: "m.date"}, {Member: "startsAt", SQL: "m.starts_at"}, {Member: "endsAt", SQL: "m.ends_at"}, {Member: "timeZone", SQL: "m.time_zone"},
	{Member: "place", SQL: "m.place"}, {Member: "link", SQL: "m.link"}, {Member: "description", SQL: "m.description"}, {Member: "links", SQL: "m.links"},
	{Member: "cancelReason", SQL: "m.cancel_reason"}, {Member: "replacedBy", SQL: "m.replaced_by"}, {Member: "replacedByMeetingId", SQL: "m.replaced_by_meeting_id"},
	{Member: "quorum", SQL: quorum}, {Member: "memoEdition", SQL: "(select max(k.edition) from memos k where k.meeting_id = m.id and k.status = 'published' and k.deleted_at is null)"},
}

// view shows meetings; what its answers hang on beside the version is in their bytes.
var view = store.View{Columns: columns, Alias: "m", From: from}

// parts are what include= and the reads below a meeting show.
var parts = map[string]func(context.Context, *store.List) string{
	"agenda":     func(context.Context, *store.List) string { return agendaSQL },
	"decisions":  decisions,
	"attendance": attendance,
	"memos":      memoList,
}

// get renders a meeting, with what include names.
func (r Repository) get(ctx context.Context, id uuid.UUID, include []string) (render.Row, error) {
	l := view.List()
	l.Columns = slices.Clone(columns)
	for _, name := range []string{"agenda", "decisions", "attendance"} {
		if slices.Contains(include, name) {
			l.Columns = append(l.Columns, store.Column{Member: name, SQL: parts[name](ctx, &l)})
		}
	}
	l.Filter("m.id = %s", id)
	return r.row(ctx, l)
}

// row renders one row under a tag of its bytes: seats, people and memos change an answer without a new version of the meeting.
func (r Repository) row(ctx context.Context, l store.List) (render.Row, error) {
	row, err := r.One(ctx, view, l)
	row.Variant = string(row.JSON)
	return row, err
}

// list renders all of one kind of parts of a meeting.
func (r Repository) list(ctx context.Context, id uuid.UUID, name string) (render.Row, error) {
	l := view.List()
	l.Columns = []store.Column{{Member: "items", SQL: parts[name](ctx, &l)}}
	l.Filter("m.id = %s", id)
	return r.row(ctx, l)
}

// agendaItem renders one item of an agenda. Missing if the meeting has none with this id.
func (r Repository) agendaItem(ctx context.Context, id, part uuid.UUID) (render.Row, error) {
	l := store.List{Columns: agendaColumns, From: from + " join meeting_agenda_items x on x.meeting_id = m.id"}
	l.Filter("m.id = %s and x.id = %s", id, part)
	return r.row(ctx, l)
}

// decision renders one decision that the reader may see. Missing if there is none.
func (r Repository) decision(ctx context.Context, id, part uuid.UUID) (render.Row, error) {
	l := store.List{Columns: decisionColumns, From: from + " join meeting_decisions x on x.meeting_id = m.id"}
	l.Filter("m.id = %s and x.id = %s", id, part)
	l.Where = append(l.Where, "("+may(ctx, &l)+" or "+published+")")
	return r.row(ctx, l)
}

// dated is the expression by which the indexes on meetings are ordered.
const dated = "coalesce(m.date, 'infinity')"

// Filter narrows a list of meetings.
type Filter struct {
	Councils, Under, Networks       []uuid.UUID
	Regions, Municipalities, Status []string
	From, To                        *clock.Date // To is exclusive
	Browse                          store.Browse
}

func (f Filter) apply(l *store.List) {
	for _, ids := range []struct {
		column string
		values []uuid.UUID
	}{{"m.council_id", f.Councils}, {"m.network_id", f.Networks}} {
		switch len(ids.values) {
		case 0:
		case 1: // an equality lets one index serve filter and order
			l.Filter(ids.column+" = %s", ids.values[0])
		default:
			l.Filter(ids.column+" = any(%s)", ids.values)
		}
	}
	if len(f.Under) > 0 {
		l.Filter("c.path && %s::uuid[]", f.Under)
	}
	l.AnyOf(where.Region, f.Regions)
	l.AnyOf(where.Municipality, f.Municipalities)
	l.AnyOf("m.status", f.Status)
	if f.From != nil || f.To != nil {
		l.Where = append(l.Where, "m.date is not null")
	}
	if f.From != nil {
		l.Filter(dated+" >= %s::date", *f.From)
	}
	if f.To != nil {
		l.Filter(dated+" < %s::date", *f.To)
	}
}

// browse renders a page of meetings.
func (r Repository) browse(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	l := view.List()
	f.apply(&l)
	f.Browse.Keys = map[string]store.Key{"date": {SQL: dated, Type: "date"}}
	f.Browse.First = "date"
	return r.Browse(ctx, view, l, f.Browse, req)
}
