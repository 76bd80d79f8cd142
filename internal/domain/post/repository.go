package post

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/searchindex"
	"github.com/seutu/seutu/internal/store"
)

// Repository holds the queries of posts and their holders.
type Repository struct {
	store.Repo[Post, *Post]
	holders store.Repo[Holder, *Holder]
	words   *searchindex.Index
}

// NewRepository makes the repository.
func NewRepository(db *store.DB, words *searchindex.Index) Repository {
	return Repository{store.Repo[Post, *Post]{DB: db}, store.Repo[Holder, *Holder]{DB: db}, words}
}

// lock loads a post, be it deleted, and makes other writers of it and its holders wait. Missing.
func (r Repository) lock(ctx context.Context, id uuid.UUID) (*Post, error) {
	return r.locked(ctx, "id = ?", id)
}

// lockOf is lock for the post that a holder holds, be the holder deleted. Missing if there never was such a holder.
func (r Repository) lockOf(ctx context.Context, holder uuid.UUID) (*Post, error) {
	return r.locked(ctx, "id = (select post_id from post_holders where id = ?)", holder)
}

func (r Repository) locked(ctx context.Context, where string, id uuid.UUID) (*Post, error) {
	p := &Post{}
	err := r.Gorm(ctx).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where(where, id).Take(p).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, errs.New(errs.Missing, "there is none with this id")
	}
	return p, store.Err(err)
}

// around is what the references of a post lead to.
type around struct {
	organisation, council, network bool // there is one that the post may refer to
	councilArea, networkArea       area.Area
}

// around looks where p's references lead, and keeps that from going; for transactions. A post is public: its organisation must have been so, and visible to the actor.
func (r Repository) around(ctx context.Context, p *Post) (a around, err error) {
	l := store.List{}
	organisation, council, network := l.Arg(p.OrganisationID), l.Arg(p.CouncilID), l.Arg(p.NetworkID)
	reach := l.Within(authz.From(ctx).Reach(authz.ReadUnpublished), store.Places{Region: "o.region", Municipality: "o.municipality", Organisation: "o.id"})
	c, n := &a.councilArea, &a.networkArea
	err = r.QueryRow(ctx, `with
			o as (select id from organisations o where o.id = `+organisation+`::uuid and o.deleted_at is null and o.published_at is not null and (o.status = 'published' or `+reach+`) for key share of o),
			c as (select id, region, sub_region, municipality from councils where id = `+council+`::uuid and deleted_at is null for key share),
			n as (select id, region, sub_region, municipality from networks where id = `+network+`::uuid and deleted_at is null for key share)
		select o.id is not null, c.id is not null, c.region, c.sub_region, c.municipality, n.id is not null, n.region, n.sub_region, n.municipality
		from (values (1)) one left join o on true left join c on true left join n on true`, l.Args...).
		Scan(&a.organisation, &a.council, &c.Region, &c.SubRegion, &c.Municipality, &a.network, &n.Region, &n.SubRegion, &n.Municipality)
	return a, store.Err(err)
}

// readable tells whether there is such a person whom the actor may read, and keeps them so; for transactions.
func (r Repository) readable(ctx context.Context, person uuid.UUID) (yes bool, err error) {
	l := store.List{}
	id := l.Arg(person)
	reach := l.Within(authz.From(ctx).Reach(authz.ReadPerson), store.Places{
		Region: "x.region", Municipality: "x.municipality", Organisation: "x.organisation_id", Councils: "x.councils", Networks: "x.networks",
	})
	err = r.QueryRow(ctx, `select true from people p where p.id = `+id+` and p.deleted_at is null and p.erased_at is null
		and exists (select from person_places x where x.person_id = p.id and `+reach+`) for share of p`, l.Args...).Scan(&yes)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return yes, store.Err(err)
}

// held tells whether a post has holders, of any time.
func (r Repository) held(ctx context.Context, post uuid.UUID) (yes bool, err error) {
	err = r.QueryRow(ctx, "select exists (select from post_holders where post_id = $1 and deleted_at is null)", post).Scan(&yes)
	return yes, store.Err(err)
}

// outside tells whether some holder held p before its period, or holds it after; dates that nobody knows are neither.
func (r Repository) outside(ctx context.Context, p *Post) (early, late bool, err error) {
	err = r.QueryRow(ctx, `select coalesce(bool_or(valid_from < $2::date or valid_to <= $2::date), false), coalesce(bool_or(valid_to > $3::date or valid_from >= $3::date), false)
		from post_holders where post_id = $1 and deleted_at is null`, p.ID, p.ValidFrom, p.ValidTo).Scan(&early, &late)
	return early, late, store.Err(err)
}

// overlap finds another holder of h's post in h's period; uuid.Nil if there is none.
func (r Repository) overlap(ctx context.Context, h *Holder) (other uuid.UUID, err error) {
	err = r.QueryRow(ctx, `select id from post_holders where post_id = $1 and id <> $2 and deleted_at is null and period && daterange($3::date, $4::date)
		order by period limit 1`, h.PostID, h.ID, h.ValidFrom, h.ValidTo).Scan(&other)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, nil
	}
	return other, store.Err(err)
}

// PersonRecords is what posts hold of a person, for the person's export: SQL with $1 = the person's id that yields one jsonb
// array.
const PersonRecords = `select jsonb_agg(jsonb_build_object('postId', p.id, 'title', p.title, 'from', h.valid_from, 'to', h.valid_to) order by h.created_at, h.id)
		from post_holders h join posts p on p.id = h.post_id where h.person_id = $1 and h.deleted_at is null`
