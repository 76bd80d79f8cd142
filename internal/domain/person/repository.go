package person

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// Repository holds the queries of people and their consents.
type Repository struct {
	store.Repo[Person, *Person]
}

// NewRepository makes the repository.
func NewRepository(db *store.DB) Repository {
	return Repository{store.Repo[Person, *Person]{DB: db}}
}

// known is the condition under which the actor may read people in some place where the person p is known.
func known(a authz.Actor, l *store.List) string {
	switch where := l.Within(a.Reach(authz.ReadPerson), places); where {
	case "true", "false":
		return where
	default:
		return "exists (select from person_places w where w.person_id = p.id and " + where + ")"
	}
}

var places = store.Places{Region: "w.region", Municipality: "w.municipality", Organisation: "w.organisation_id", Councils: "w.councils", Networks: "w.networks"}

// columns are the members of a person; r.shown tells whether the reader may see those that the person does not consent to
// show to everyone.
var columns = []store.Column{
	{Member: "id", SQL: "p.id"}, {Member: "version", SQL: "p.version"}, {Member: "createdAt", SQL: "p.created_at"}, {Member: "updatedAt", SQL: "p.updated_at"},
	{Member: "name", SQL: "p.name"}, {Member: "email", SQL: "case when r.shown or p.consent_email then p.email end"}, {Member: "phone", SQL: "case when r.shown or p.consent_phone then p.phone end"},
	{Member: "consents", SQL: "jsonb_build_object('name', p.consent_name, 'email', p.consent_email, 'phone', p.consent_phone)"},
	{Member: "recordedFor", SQL: `case when r.shown then jsonb_build_object('region', p.region, 'municipality', p.municipality, 'organisationId', p.organisation_id,
		'councilId', p.council_id, 'networkId', p.network_id) end`},
}

// visible is the view of people as the actor sees them, and a list of those whom the actor sees.
func visible(a authz.Actor) (store.View, store.List) {
	l := store.List{}
	// computed once a row: offset 0 keeps the planner from copying it into every column
	v := store.View{Columns: columns, Alias: "p", From: "people p cross join lateral (select " + known(a, &l) + " as shown offset 0) r", Variant: "r.shown"}
	list := v.List()
	list.Args = l.Args
	list.Where = []string{"(p.consent_name or r.shown)"}
	return v, list
}

// read renders a person whom the actor may see. Missing, or WasDeleted to those who could read an erased one.
func (r Repository) read(ctx context.Context, id uuid.UUID) (render.Row, error) {
	v, l := visible(authz.From(ctx))
	l.Filter("p.id = %s", id)
	return r.One(ctx, v, l)
}

// Filter is what a list of people asks for.
type Filter struct {
	Q                                 string
	Regions, Municipalities           []string
	Organisations, Councils, Networks []uuid.UUID
	IDs                               []uuid.UUID
	Sort                              []string
	Count                             bool
}

func (r Repository) list(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	v, l := visible(authz.From(ctx))
	if len(f.IDs) > 0 {
		l.Filter("p.id = any(%s)", f.IDs)
	}
	if f.Q != "" {
		l.MatchWords("p.search_name", f.Q)
	}
	at := func(sql string, values any) {
		// where somebody is known is itself told only to those who may know it
		told := "(w.public or " + l.Within(authz.From(ctx).Reach(authz.ReadPerson), places) + ")"
		l.Filter("exists (select from person_places w where w.person_id = p.id and "+told+" and "+sql+")", values)
	}
	for column, codes := range map[string][]string{"region": f.Regions, "municipality": f.Municipalities} {
		if len(codes) > 0 {
			at("w."+column+" = any(%s)", codes)
		}
	}
	if len(f.Organisations) > 0 {
		at("w.organisation_id = any(%s)", f.Organisations)
	}
	if len(f.Councils) > 0 {
		at("w.councils && %s", f.Councils)
	}
	if len(f.Networks) > 0 {
		at("w.networks && %s", f.Networks)
	}
	return r.Browse(ctx, v, l, store.Browse{
		Sort: f.Sort, Keys: map[string]store.Key{"name": {SQL: "p.sort_name", Type: `text collate "fi-x-icu"`}}, First: "name", Count: f.Count,
	}, req)
}

// places lists where a person is known, the scope of the record first: there is always one.
func (r Repository) places(ctx context.Context, id uuid.UUID) (out []authz.Target, err error) {
	rows, err := r.Query(ctx, `select coalesce(region, ''), coalesce(municipality, ''), coalesce(organisation_id::text, ''), coalesce(councils::text[], '{}'), coalesce(networks::text[], '{}')
		from person_places where person_id = $1 order by own desc, region nulls last, municipality nulls last`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t authz.Target
		if err := rows.Scan(&t.Region, &t.Municipality, &t.Organisation, &t.Councils, &t.Networks); err != nil {
			return nil, store.Err(err)
		}
		out = append(out, t)
	}
	return out, store.Err(rows.Err())
}

// target is where the record of an organisation, council or network would stand; found is false when there is none, and
// public tells whether everyone knows of it.
func (r Repository) target(ctx context.Context, f RecordedFor) (t authz.Target, found, public bool, err error) {
	err = r.EachRow(ctx, `
		select coalesce(region, ''), coalesce(municipality, ''), '[]'::text, '[]'::text, status = 'published' from organisations where id = $1 and deleted_at is null
		union all select coalesce(region, ''), coalesce(municipality, ''), to_jsonb(path)::text, '[]', true from councils where id = $2 and deleted_at is null
		union all select coalesce(region, ''), coalesce(municipality, ''), '[]', to_jsonb(path)::text, true from networks where id = $3 and deleted_at is null`,
		[]any{f.OrganisationID, f.CouncilID, f.NetworkID}, func(row store.Row) error {
			found, public = true, row.Bool(4)
			t.Region, t.Municipality = row.Text(0), row.Text(1)
			if f.OrganisationID != nil {
				t.Organisation = f.OrganisationID.String()
			}
			if err := json.Unmarshal([]byte(row.Text(2)), &t.Councils); err != nil {
				return err
			}
			return json.Unmarshal([]byte(row.Text(3)), &t.Networks)
		})
	return t, found, public, err
}

// hold loads a person and keeps others from writing it, or referring to it, until the transaction ends.
func (r Repository) hold(ctx context.Context, tx *store.Tx, id uuid.UUID) (*Person, error) {
	p := &Person{}
	return p, store.Err(tx.Gorm(ctx).Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(p).Error)
}

// record writes new consents, one row for each field.
func (r Repository) record(ctx context.Context, tx *store.Tx, person uuid.UUID, cs []NewConsent) (rows []Consent, err error) {
	var by *uuid.UUID
	if a := authz.From(ctx); a.ID != uuid.Nil {
		by = &a.ID
	}
	for _, c := range cs {
		for _, field := range c.Fields {
			rows = append(rows, Consent{store.NewID(), person, field, c.Given, c.Ground, *c.GivenOn, by, clock.Now()})
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return rows, store.Err(tx.Gorm(ctx).Create(&rows).Error)
}

var consentColumns = []store.Column{
	{Member: "id", SQL: "c.id"}, {Member: "field", SQL: "c.field"}, {Member: "given", SQL: "c.given"}, {Member: "ground", SQL: "c.ground"}, {Member: "givenOn", SQL: "c.given_on"},
	{Member: "recordedBy", SQL: "c.recorded_by"}, {Member: "recordedAt", SQL: "c.recorded_at"},
}

// consentPage is a page of a person's consents, newest first.
func (r Repository) consentPage(ctx context.Context, person uuid.UUID, req page.Request) (render.Page, error) {
	l := store.View{Columns: consentColumns, Alias: "c", From: "person_consents c"}.List()
	l.Filter("c.person_id = %s", person)
	l.Keys = []store.Key{{SQL: "c.recorded_at", Type: "timestamptz", Desc: true}}
	return r.Items(ctx, l, req)
}

// withdrawnOn tells for each field of a person when it was last refused or withdrawn.
func (r Repository) withdrawnOn(ctx context.Context, person uuid.UUID) (map[string]clock.Date, error) {
	rows, err := r.Query(ctx, "select field, max(given_on) from person_consents where person_id = $1 and not given group by 1", person)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]clock.Date{}
	for rows.Next() {
		var field string
		var on clock.Date
		if err := rows.Scan(&field, &on); err != nil {
			return nil, store.Err(err)
		}
		out[field] = on
	}
	return out, store.Err(rows.Err())
}

// readable tells which of the ids are people whom the actor may read. Inside a transaction it also keeps them from being
// erased before that ends: what refers to them is then there for the erasure to find.
func (r Repository) readable(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	if len(ids) == 0 {
		return map[uuid.UUID]bool{}, nil
	}
	l := store.List{}
	l.Filter("p.id = any(%s) and p.deleted_at is null", ids)
	l.Where = append(l.Where, known(authz.From(ctx), &l))
	return r.IDSet(ctx, "select p.id from people p where "+l.Conditions()+" order by p.id for share of p", l.Args...)
}

// forget erases what the families do not hold themselves: the grounds of consents, and stored answers that name the person.
func (r Repository) forget(ctx context.Context, tx *store.Tx, p *Person) error {
	if _, err := tx.Conn().Exec(ctx, "update person_consents set ground = null where person_id = $1 and ground is not null", p.ID); err != nil {
		return store.Err(err)
	}
	words := []string{p.ID.String()}
	for _, name := range p.names() {
		words = append(words, inJSON(name)...)
	}
	for _, s := range []*string{p.Email, p.Phone} {
		if s != nil {
			words = append(words, inJSON(*s)...)
		}
	}
	_, err := tx.Conn().Exec(ctx, `delete from idempotency_keys k where exists (select from unnest($1::text[]) w
		where position(convert_to(w, 'UTF8') in k.body) > 0 or position(w in k.header::text) > 0)`, words)
	return store.Err(err)
}

// inJSON gives the ways in which answers write a text: those that are rendered in the database, by jsonb, and in Go.
func inJSON(s string) []string {
	row := store.AppendString(nil, []byte(s))
	plain, _ := json.Marshal(s) // a string always marshals
	out := []string{string(row[1 : len(row)-1])}
	if p := string(plain[1 : len(plain)-1]); p != out[0] {
		out = append(out, p)
	}
	return out
}

// export is all that is stored of a person, as one JSON document read at one moment.
func (r Repository) export(ctx context.Context, id uuid.UUID, sources []Source) (doc []byte, err error) {
	records := make([]string, len(sources))
	for i, s := range sources {
		records[i] = "'" + s.Name + "', coalesce((" + s.Query + "), '[]')"
	}
	err = r.QueryRow(ctx, fmt.Sprintf(`select jsonb_build_object('exportedAt', now(),
		'person', (select %s from people p cross join (select true as shown) r where p.id = $1),
		'formerNames', (select coalesce(p.former_names, '[]') from people p where p.id = $1),
		'consents', (select coalesce(jsonb_agg(%s order by c.recorded_at, c.id), '[]') from person_consents c where c.person_id = $1),
		'records', jsonb_build_object(%s),
		'events', (select coalesce(jsonb_agg(jsonb_build_object('at', e.at, 'action', e.action, 'operation', e.operation) order by e.at, e.id), '[]') from audit_events e where e.resource_id = $1))`,
		object(columns), object(consentColumns), strings.Join(records, ", ")), id).Scan(&doc)
	return doc, store.Err(err)
}

// object renders columns as one JSON object.
func object(columns []store.Column) string {
	pairs := make([]string, len(columns))
	for i, c := range columns {
		pairs[i] = "'" + c.Member + "', " + c.SQL
	}
	return "jsonb_build_object(" + strings.Join(pairs, ", ") + ")"
}
