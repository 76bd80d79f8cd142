-- Posts with their holders, and where a person's record is known.
-- +goose Up
create table posts (
	id              uuid primary key,
	version         bigint not null,
	created_at      timestamptz not null,
	updated_at      timestamptz not null,
	deleted_at      timestamptz,
	kind            text not null check (kind in ('liaison_officer', 'regional_coordinator', 'project_manager', 'other')),
	title           jsonb not null check (title <> '{}'),
	organisation_id uuid references organisations,
	council_id      uuid references councils,
	network_id      uuid references networks,
	team            jsonb,
	region          text,
	sub_region      text,
	municipality    text references municipalities,
	branch          text check (branch in ('education', 'leisure', 'central_administration', 'wellbeing', 'other')),
	email           text, -- contact points of the post: they stay when the holder changes
	phone           text,
	description     jsonb,
	valid_from      date,
	valid_to        date, -- exclusive
	sort_name       text collate "fi-x-icu" not null,
	search_name     text not null,
	check (valid_to > valid_from)
);
create index posts_name on posts (sort_name, id) where deleted_at is null;
create index posts_kind on posts (kind, region, sort_name, id) where deleted_at is null;
create index posts_municipality on posts (municipality, sort_name, id) where deleted_at is null;
create index posts_organisation on posts (organisation_id) where organisation_id is not null;
create index posts_council on posts (council_id) where council_id is not null;
create index posts_network on posts (network_id) where network_id is not null;
create index posts_search on posts using gin (search_name gin_trgm_ops) where deleted_at is null;
create index posts_updated on posts (updated_at, id);

create table post_holders (
	id         uuid primary key,
	version    bigint not null,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	deleted_at timestamptz,
	post_id    uuid not null references posts,
	person_id  uuid not null references people,
	valid_from date, -- null: since nobody knows when
	valid_to   date, -- exclusive
	period     daterange generated always as (daterange(valid_from, valid_to)) stored,
	check (valid_to > valid_from),
	constraint post_holders_one exclude using gist (post_id with =, period with &&) where (deleted_at is null) deferrable initially immediate
);
create index post_holders_post on post_holders (post_id, created_at, id) where deleted_at is null;
create index post_holders_person on post_holders (person_id);
create index post_holders_updated on post_holders (updated_at, id);

-- Where each person is known: whoever may read people in one of these places may read the person. councils and networks
-- hold the one itself and those above it. own is the scope of the record, public what everyone may know of.
create view person_places as
	select p.id as person_id, coalesce(p.region, m.region, o.region, c.region, n.region) as region, coalesce(p.municipality, o.municipality, c.municipality, n.municipality) as municipality,
		p.organisation_id, c.path as councils, n.path as networks, true as own, false as public
	from people p left join municipalities m on m.code = p.municipality left join organisations o on o.id = p.organisation_id
		left join councils c on c.id = p.council_id left join networks n on n.id = p.network_id
	union all
	select x.person_id, o.region, o.municipality, o.id, null, null, false, o.status = 'published' and o.deleted_at is null and x.public_fields ? 'name'
	from organisation_contacts x join organisations o on o.id = x.organisation_id
	union all
	select x.person_id, c.region, c.municipality, null, c.path, null, false, c.deleted_at is null from seats x join councils c on c.id = x.council_id where x.deleted_at is null
	union all
	select x.person_id, c.region, c.municipality, null, c.path, null, false, x.status = 'confirmed' and c.deleted_at is null
	from nominations x join councils c on c.id = x.council_id where x.deleted_at is null and x.status in ('proposed', 'confirmed')
	union all
	select x.person_id, t.region, t.municipality, t.organisation_id, c.path, n.path, false, t.deleted_at is null
	from post_holders x join posts t on t.id = x.post_id left join councils c on c.id = t.council_id left join networks n on n.id = t.network_id where x.deleted_at is null;

-- +goose Down
drop view person_places;
drop table post_holders, posts;
