package organisation

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/store"
)

// chosen picks the members that count of one of a change's identities.
func chosen(column string) string {
	return fmt.Sprintf("(select jsonb_object_agg(m, x.%s -> m) from jsonb_array_elements_text(x.members) m)", column)
}

var changeView = store.View{
	Alias: "x", From: "organisation_pending_changes x join organisations o on o.id = x.organisation_id",
	Columns: []store.Column{
		{Member: "id", SQL: "x.id"}, {Member: "version", SQL: "x.version"}, {Member: "createdAt", SQL: "x.created_at"}, {Member: "updatedAt", SQL: "x.updated_at"},
		{Member: "organisationId", SQL: "x.organisation_id"}, {Member: "status", SQL: "x.status"}, {Member: "members", SQL: "x.members"},
		{Member: "before", SQL: chosen("before")}, {Member: "after", SQL: chosen("after")}, {Member: "proposedBy", SQL: "x.proposed_by"},
		{Member: "decidedBy", SQL: "x.decided_by"}, {Member: "decidedAt", SQL: "x.decided_at"}, {Member: "reason", SQL: "x.reason"},
	},
}

// changeList lists the pending changes of the organisations that the actor may write.
func changeList(ctx context.Context) store.List {
	l := changeView.List()
	l.Where = []string{l.Within(authz.From(ctx).Reach(authz.WriteOrganisation), store.Places{Region: "o.region", Municipality: "o.municipality", Organisation: "o.id"})}
	return l
}

func (r Repository) readChange(ctx context.Context, id uuid.UUID) (render.Row, error) {
	l := changeList(ctx)
	l.Filter("x.id = %s", id)
	return r.One(ctx, changeView, l)
}

func (r Repository) listChanges(ctx context.Context, organisation uuid.UUID, status []string, count bool, req page.Request) (render.Page, error) {
	l := changeList(ctx)
	l.Filter("x.organisation_id = %s", organisation)
	l.AnyOf("x.status", status)
	return r.Browse(ctx, changeView, l, store.Browse{Sort: []string{"-createdAt"}, Count: count}, req)
}

// withReview joins to an organisation the change of it that waits.
const withReview = "organisations o left join organisation_pending_changes x on x.organisation_id = o.id and x.status = 'pending' and x.deleted_at is null"

// reviewColumns are the columns of that change: what tells it from others, and its members.
var reviewColumns = func() string {
	sql := ", x.id::text || ' ' || x.version"
	for _, c := range changeView.Columns {
		sql += ", " + c.SQL + ` as "` + c.Member + `"`
	}
	return sql
}()

var readReviewed = store.SelectSQL(columns, readAux+", '', true"+reviewColumns, withReview, readWhere)

// review adds the change that waits, if the row holds one, to the organisation: for those who may write that.
func (r *read) review(row store.Row) (err error) {
	if row.Null(0) {
		return nil
	}
	r.variant += row.Text(0)
	r.json = append(r.json[:len(r.json)-1], `,"pendingReview":`...)
	if r.json, err = row.Rest(1).AppendJSON(r.json, len(changeView.Columns)); err == nil {
		r.json = append(r.json, '}')
	}
	return err
}

// openChanges loads and holds the pending changes of organisations.
func (r Repository) openChanges(ctx context.Context, organisations ...uuid.UUID) ([]*PendingChange, error) {
	return r.changes.Lock(ctx, "organisation_id = any(?) and status = 'pending'", uuidArray(organisations))
}

// holdVersion keeps others from writing the organisation until the transaction ends. Changed if somebody has since it was read.
func (r Repository) holdVersion(ctx context.Context, tx *store.Tx, was *Organisation) error {
	var version int64
	err := tx.Conn().QueryRow(ctx, "select version from organisations where id = $1 for no key update", was.ID).Scan(&version)
	if err == nil && version != was.Version {
		return errs.New(errs.Changed, "it was changed meanwhile: read it again, then repeat")
	}
	return store.Err(err)
}

// changesBeside loads and holds the changes of the organisations that a person is or was a contact of, with where these stand.
func (r Repository) changesBeside(ctx context.Context, tx *store.Tx, person uuid.UUID) (out []*PendingChange, err error) {
	err = tx.Gorm(ctx).Raw(`select x.* from organisation_pending_changes x where x.deleted_at is null
		and x.organisation_id in (select organisation_id from organisation_contacts where person_id = ?) order by x.id for update`, person).Scan(&out).Error
	for i := 0; err == nil && i < len(out); i++ {
		err = r.QueryRow(ctx, "select region, municipality from organisations where id = $1", out[i].OrganisationID).Scan(&out[i].Region, &out[i].Municipality)
	}
	return out, store.Err(err)
}
