package organisation

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm/clause"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/searchindex"
	"github.com/seutu/seutu/internal/store"
)

// Repository holds the queries of organisations and their parts.
type Repository struct {
	store.Repo[Organisation, *Organisation]
	changes store.Repo[PendingChange, *PendingChange]
	words   *searchindex.Index
}

// NewRepository makes the repository.
func NewRepository(db *store.DB, words *searchindex.Index) Repository {
	return Repository{store.Repo[Organisation, *Organisation]{DB: db}, store.Repo[PendingChange, *PendingChange]{DB: db}, words}
}

// columns are the members of an organisation and where they stand. Unset ones are null, as the contract wants them.
var columns = []store.Column{
	{Member: "id", SQL: "o.id"}, {Member: "version", SQL: "o.version"}, {Member: "createdAt", SQL: "o.created_at"}, {Member: "updatedAt", SQL: "o.updated_at"},
	{Member: "status", SQL: "o.status"}, {Member: "kind", SQL: "o.kind"}, {Member: "name", SQL: "o.name"}, {Member: "otherNames", SQL: "o.other_names"},
	{Member: "description", SQL: "o.description"}, {Member: "field", SQL: "o.field"}, {Member: "registerNumber", SQL: "o.register_number"},
	{Member: "businessId", SQL: "o.business_id"}, {Member: "country", SQL: "o.country"}, {Member: "municipality", SQL: "o.municipality"},
	{Member: "municipalities", SQL: "o.municipalities"}, {Member: "region", SQL: "o.region"}, {Member: "subRegion", SQL: "o.sub_region"},
	{Member: "address", SQL: "o.address"}, {Member: "postalAddress", SQL: "o.postal_address"}, {Member: "location", SQL: "o.location"},
	{Member: "logo", SQL: "o.logo"}, {Member: "website", SQL: "o.website"}, {Member: "email", SQL: "o.email"}, {Member: "phone", SQL: "o.phone"},
	{Member: "socialLinks", SQL: "o.social_links"}, {Member: "languages", SQL: "o.languages"}, {Member: "memberCount", SQL: "o.member_count"},
	{Member: "founded", SQL: "o.founded"}, {Member: "dissolved", SQL: "o.dissolved"}, {Member: "registeredOn", SQL: "o.registered_on"},
	{Member: "fundingSources", SQL: "o.funding_sources"}, {Member: "affiliations", SQL: "o.affiliations"}, {Member: "externalIds", SQL: "o.external_ids"},
	{Member: "lastVerifiedAt", SQL: "o.last_verified_at"}, {Member: "verificationRequestedAt", SQL: "o.verification_requested_at"},
}

// selection picks the columns of an answer: all, or those that fields= names, and what include= embeds for the actor. What
// they need becomes arguments of the list; variant is what else the answer hangs on than the version.
func selection(a authz.Actor, l *store.List, fields, include []string, distance string) (cols []store.Column, variant string) {
	cols, variant = columns, "''"
	if len(fields) > 0 {
		cols = slices.DeleteFunc(slices.Clone(columns), func(c store.Column) bool { return c.Member != "id" && !slices.Contains(fields, c.Member) })
	}
	cols = slices.Clip(cols)
	if distance != "" && (len(fields) == 0 || slices.Contains(fields, "distance")) {
		cols = append(cols, store.Column{Member: "distance", SQL: distance})
	}
	for _, name := range []string{"activities", "registerEvents", "contacts"} {
		if slices.Contains(include, name) {
			v := views[name](a, l)
			if cols = append(cols, store.Column{Member: name, SQL: v.array("true")}); v.variant != "" {
				variant = v.variant
			}
		}
	}
	return cols, variant
}

// read is one organisation, or parts of one, as JSON, with what is needed to decide who may see it.
type read struct {
	json       []byte
	row        Organisation // id, version, times, status and place only
	everPublic bool
	variant    string // what can change the answer without a new version
	present    bool   // the part is there
}

const readAux = `o.version, o.updated_at, o.status, o.region, o.municipality, o.deleted_at, o.published_at is not null, o.id::text`

// readWhole is the query of the hottest read, rendered once.
var readWhole = store.SelectSQL(columns, readAux+", '', true", "organisations o", readWhere)

const readWhere = "o.id = $1"

func (r Repository) read(ctx context.Context, id uuid.UUID, fields, include []string) (out read, found bool, err error) {
	a := authz.From(ctx)
	reviewed := len(fields) == 0 && a.Holds(authz.WriteOrganisation)
	switch {
	case reviewed && len(include) == 0:
		return r.readSQL(ctx, readReviewed, len(columns), []any{id}, true)
	case len(fields)+len(include) == 0:
		return r.readSQL(ctx, readWhole, len(columns), []any{id}, false)
	}
	l, variant := store.List{Args: []any{id}, From: "organisations o"}, ""
	l.Columns, variant = selection(a, &l, fields, include, "")
	aux := readAux + ", " + variant + ", true"
	if reviewed {
		l.From, aux = withReview, aux+reviewColumns
	}
	return r.readSQL(ctx, store.SelectSQL(l.Columns, aux, l.From, readWhere), len(l.Columns), l.Args, reviewed)
}

// readRow reads the columns of the organisation $1, and of what the list joins to it.
func (r Repository) readRow(ctx context.Context, l store.List, variant, present string) (read, bool, error) {
	if variant == "" {
		variant = "''"
	}
	return r.readSQL(ctx, store.SelectSQL(l.Columns, readAux+", "+variant+", "+present, l.From, readWhere), len(l.Columns), l.Args, false)
}

// readSQL reads a row of n members. reviewed tells that the columns of the change that waits follow.
func (r Repository) readSQL(ctx context.Context, sql string, n int, args []any, reviewed bool) (out read, found bool, err error) {
	found, err = r.OneRow(ctx, sql, args, func(row store.Row) error {
		out.row.Version, out.row.UpdatedAt, out.row.Status = row.Int(n), row.Time(n+1), Status(row.Text(n+2))
		out.row.Region, out.row.Municipality = row.Optional(n+3), row.Optional(n+4)
		if !row.Null(n + 5) {
			t := row.Time(n + 5)
			out.row.DeletedAt = &t
		}
		out.everPublic, out.row.ID = row.Bool(n+6), uuid.MustParse(row.Text(n+7))
		out.variant, out.present = row.Text(n+8), row.Bool(n+9)
		var err error
		out.json, err = row.AppendJSON(make([]byte, 0, 2048), n)
		if err == nil && reviewed && authz.From(ctx).May(authz.WriteOrganisation, out.row.target()) {
			err = out.review(row.Rest(n + 10))
		}
		return err
	})
	return out, found, err
}

// idOfExternal finds the organisation that has the external id; deleted ones have lost theirs.
func (r Repository) idOfExternal(ctx context.Context, system, id string) (found uuid.UUID, ok bool, err error) {
	err = r.QueryRow(ctx, "select organisation_id from organisation_external_ids where system = $1 and external_id = $2", system, id).Scan(&found)
	if errors.Is(err, pgx.ErrNoRows) {
		return found, false, nil
	}
	return found, err == nil, store.Err(err)
}

// conflict is another organisation that has an identifier of o already.
type conflict struct {
	member       string
	Organisation // id, status and place only
}

// settled is the condition under which an organisation's register number, business id and name count: it is not unreviewed.
const settled = "(submitted_by is null or published_at is not null)"

// conflicts finds the others that have o's register number, business id or an external id.
func (r Repository) conflicts(ctx context.Context, o *Organisation) (out []conflict, err error) {
	if o.RegisterNumber == nil && o.BusinessID == nil && len(o.ExternalIDs) == 0 {
		return nil, nil
	}
	rows, err := r.Query(ctx, `
		select case when o.register_number = $2 then 'registerNumber' when o.business_id = $3 then 'businessId' else 'externalIds' end,
			o.id, o.status, o.region, o.municipality
		from organisations o
		where o.id <> $1 and o.deleted_at is null and o.id in (
			select id from organisations where register_number = $2 and deleted_at is null and `+settled+`
			union select id from organisations where business_id = $3 and deleted_at is null and `+settled+`
			union select organisation_id from organisation_external_ids e join jsonb_to_recordset($4) x(system text, id text) on e.system = x.system and e.external_id = x.id)`,
		o.ID, o.RegisterNumber, o.BusinessID, o.ExternalIDs)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c conflict
		if err := rows.Scan(&c.member, &c.ID, &c.Status, &c.Region, &c.Municipality); err != nil {
			return nil, store.Err(err)
		}
		out = append(out, c)
	}
	return out, store.Err(rows.Err())
}

// existing tells which of the ids are organisations that the actor may see, and that have ever been public if that is asked:
// others are as if they were not there.
func (r Repository) existing(ctx context.Context, ids []uuid.UUID, published bool) (map[uuid.UUID]bool, error) {
	l := store.List{}
	l.Filter("o.id = any(%s)", ids)
	if published {
		l.Where = append(l.Where, "o.published_at is not null")
	}
	l.Where = append(l.Where, visible(authz.From(ctx), &l))
	return r.IDSet(ctx, "select o.id from organisations o where "+l.Conditions(), l.Args...)
}

// reserved lists the systems of external ids that some grant lists as its own.
func (r Repository) reserved(ctx context.Context, systems []string) (out []string, err error) {
	err = r.QueryRow(ctx, `select coalesce(array_agg(distinct s), '{}') from unnest($1::text[]) s
		where exists (select from grants g where g.deleted_at is null and g.systems ? s)`, systems).Scan(&out)
	return out, store.Err(err)
}

// drafts counts the organisations that a user made to be published, and that are not yet.
func (r Repository) drafts(ctx context.Context, user uuid.UUID) (n int, err error) {
	err = r.QueryRow(ctx, "select count(*) from organisations where submitted_by = $1 and published_at is null and deleted_at is null and status in ('draft', 'submitted')", user).Scan(&n)
	return n, store.Err(err)
}

// unverified loads and holds some of the published organisations that nobody has verified, nor was asked to verify, since a time.
func (r Repository) unverified(ctx context.Context, tx *store.Tx, since time.Time, limit int) (out []*Organisation, err error) {
	err = tx.Gorm(ctx).Clauses(clause.Locking{Strength: "NO KEY UPDATE", Options: "SKIP LOCKED"}).
		Where("deleted_at is null and status = 'published' and dissolved is null and coalesce(last_verified_at, created_at) < ? and coalesce(verification_requested_at < ?, true)", since, since).
		Order("coalesce(last_verified_at, created_at), id").Limit(limit).Find(&out).Error
	return out, store.Err(err)
}

// hold keeps others from naming the organisation until the transaction ends.
func (r Repository) hold(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	_, err := tx.Conn().Exec(ctx, "select from organisations where id = $1 for update", id)
	return store.Err(err)
}

// usedBy names what holds on to an organisation.
func (r Repository) usedBy(ctx context.Context, id uuid.UUID) (out []string, err error) {
	err = r.QueryRow(ctx, `select array_remove(array[
		case when exists (select from memberships where organisation_id = $1 and deleted_at is null and status in ('applied', 'active')) then 'memberships' end,
		case when exists (select from seats where $1 in (organisation_id, nominating_organisation_id) and deleted_at is null) then 'seats' end,
		case when exists (select from nominations where $1 in (organisation_id, nominating_organisation_id) and deleted_at is null and status = 'proposed') then 'nominations' end,
		case when exists (select from posts where organisation_id = $1 and deleted_at is null) then 'posts' end], null)`, id).Scan(&out)
	return out, store.Err(err)
}

// CountPublic is SQL that counts the organisations that everyone may see.
const CountPublic = "select count(*) from organisations where status = 'published' and deleted_at is null"
