package organisation

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
)

// partView is a kind of part as the API shows it to one reader.
type partView struct {
	name    string // the member that embeds it
	from    string // the table as x, with what the columns join
	columns []store.Column
	variant string // SQL, over all parts of an organisation: what else the answer hangs on than the organisation's version
}

// viewOf makes the view for an actor; what it needs becomes arguments of the list.
type viewOf func(a authz.Actor, l *store.List) partView

func viewActivities(authz.Actor, *store.List) partView {
	return partView{name: "activities", from: "organisation_activities x", columns: []store.Column{
		{Member: "id", SQL: "x.id"}, {Member: "heading", SQL: "x.heading"}, {Member: "targetGroups", SQL: "x.target_groups"}, {Member: "description", SQL: "x.description"},
	}}
}

func viewRegisterEvents(authz.Actor, *store.List) partView {
	return partView{name: "registerEvents", from: "organisation_register_events x", columns: []store.Column{
		{Member: "id", SQL: "x.id"}, {Member: "type", SQL: "x.type"}, {Member: "date", SQL: "x.date"}, {Member: "name", SQL: "x.name"}, {Member: "municipality", SQL: "x.municipality"},
		{Member: "organisationId", SQL: "x.other_organisation_id"}, {Member: "note", SQL: "x.note"},
	}}
}

// viewContacts shows of a person everything to those who may read people at the organisation, to others what is public of
// the contact and the person consents to.
func viewContacts(a authz.Actor, l *store.List) partView {
	reads := l.Within(a.Reach(authz.ReadPerson), store.Places{Region: "o.region", Municipality: "o.municipality", Organisation: "o.id"})
	shown := func(field string) string {
		return "(" + reads + " or p.consent_" + field + " and x.public_fields ? '" + field + "')"
	}
	return partView{
		name: "contacts", from: "(organisation_contacts x join people p on p.id = x.person_id)",
		columns: []store.Column{
			{Member: "id", SQL: "x.id"}, {Member: "role", SQL: "x.role"}, {Member: "title", SQL: "x.title"}, {Member: "from", SQL: "x.valid_from"}, {Member: "to", SQL: "x.valid_to"},
			{Member: "publicFields", SQL: "x.public_fields"},
			{Member: "person", SQL: "jsonb_build_object('id', case when " + shown("name") + " and p.erased_at is null then p.id end, 'name', case when " + shown("name") + " then p.name end, " +
				"'withheld', p.erased_at is null and not " + shown("name") + ", 'erased', p.erased_at is not null)"},
			{Member: "email", SQL: "case when " + shown("email") + " then p.email end"}, {Member: "phone", SQL: "case when " + shown("phone") + " then p.phone end"},
		},
		variant: reads + "::text || (select coalesce(sum(p.version), 0) from organisation_contacts x join people p on p.id = x.person_id where x.organisation_id = o.id)",
	}
}

var views = map[string]viewOf{"activities": viewActivities, "registerEvents": viewRegisterEvents, "contacts": viewContacts}

// array renders all parts of an organisation o that meet a condition as one JSON array.
func (v partView) array(condition string) string {
	pairs := make([]string, len(v.columns))
	for i, c := range v.columns {
		pairs[i] = "'" + c.Member + "', " + c.SQL
	}
	return "(select coalesce(jsonb_agg(jsonb_build_object(" + strings.Join(pairs, ", ") + ") order by x.created_at, x.id), '[]') from " + v.from +
		" where x.organisation_id = o.id and " + condition + ")"
}

// readParts reads all parts of a kind as {"items": […]}, those that hold on a day if one is given.
func (r Repository) readParts(ctx context.Context, id uuid.UUID, view viewOf, on *clock.Date) (read, bool, error) {
	l := store.List{Args: []any{id}, From: "organisations o"}
	v, condition := view(authz.From(ctx), &l), "true"
	if on != nil {
		day := l.Arg(*on) + "::date"
		condition = "coalesce(x.valid_from <= " + day + ", true) and coalesce(x.valid_to > " + day + ", true)"
	}
	l.Columns = []store.Column{{Member: "items", SQL: v.array(condition)}}
	return r.readRow(ctx, l, v.variant, "true")
}

// readPart reads one part.
func (r Repository) readPart(ctx context.Context, id, part uuid.UUID, view viewOf) (read, bool, error) {
	l := store.List{Args: []any{id, part}}
	v := view(authz.From(ctx), &l)
	l.Columns, l.From = v.columns, "organisations o left join "+v.from+" on x.organisation_id = o.id and x.id = $2"
	return r.readRow(ctx, l, v.variant, "x.id is not null")
}

// untitle takes the titles from a person's contacts, and gives the organisations that this changes.
func (r Repository) untitle(ctx context.Context, tx *store.Tx, person uuid.UUID) (out []Organisation, err error) {
	const titled = "person_id = ? and jsonb_typeof(title) = 'object'"
	err = tx.Gorm(ctx).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("deleted_at is null and id in (select organisation_id from organisation_contacts where "+titled+")", person).
		Order("id").Find(&out).Error
	if err == nil {
		err = tx.Gorm(ctx).Model(&Contact{}).Where(titled, person).Update("title", nil).Error
	}
	return out, store.Err(err)
}
