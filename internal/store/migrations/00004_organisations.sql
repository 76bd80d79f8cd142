-- Organisations with their parts.
-- +goose Up
-- +goose StatementBegin
create function seutu_date(text) returns date language sql immutable strict parallel safe as
$$ select make_date(substr($1, 1, 4)::int, substr($1, 6, 2)::int, substr($1, 9, 2)::int) $$;
-- +goose StatementEnd

create table organisations (
	id               uuid primary key,
	version          bigint not null,
	created_at       timestamptz not null,
	updated_at       timestamptz not null,
	deleted_at       timestamptz,
	published_at     timestamptz, -- first time; outsiders are told of its end only if it ever was public
	status           text not null check (status in ('draft', 'submitted', 'published', 'archived')),
	kind             text not null check (kind in ('association', 'federation', 'parish', 'municipality', 'wellbeing_services_county', 'joint_authority', 'state_agency', 'company', 'foundation', 'cooperative', 'informal_group')),
	name             jsonb not null check (name <> '{}'),
	other_names      jsonb not null default '[]',
	description      jsonb,
	field            text references fields,
	register_number  text,
	business_id      text,
	country          text not null default 'FI',
	municipality     text references municipalities,
	municipalities   jsonb not null default '[]',
	region           text, -- of the home municipality, today; kept in step with the reference data
	sub_region       text,
	address          jsonb,
	postal_address   jsonb,
	location         jsonb, -- lat, lon: WGS84 degrees
	logo             text,
	website          text,
	email            text,
	phone            text,
	social_links     jsonb not null default '[]',
	languages        jsonb not null default '[]',
	member_count     jsonb,
	founded          jsonb,
	dissolved        jsonb,
	registered_on    date,
	funding_sources  jsonb not null default '[]',
	affiliations     jsonb not null default '[]',
	external_ids     jsonb not null default '[]',
	last_verified_at timestamptz,
	sort_name        text collate "fi-x-icu" not null, -- fi, else sv, else en
	search_name      text not null,                    -- all names, lower case, each word after a space
	match_name       text not null,                    -- normalised, for finding the same body in another register
	founded_from     date generated always as (coalesce(seutu_date(founded ->> 'from'), 'infinity')) stored,
	lat              double precision generated always as ((location ->> 'lat')::double precision) stored check (lat between -90 and 90),
	lon              double precision generated always as ((location ->> 'lon')::double precision) stored check (lon between -180 and 180)
);
create unique index organisations_register_number on organisations (register_number) where deleted_at is null and register_number is not null;
create unique index organisations_business_id on organisations (business_id) where deleted_at is null and business_id is not null;
create index organisations_name on organisations (sort_name, id) where deleted_at is null;
create index organisations_region on organisations (region, sort_name, id) where deleted_at is null;
create index organisations_sub_region on organisations (sub_region, sort_name, id) where deleted_at is null;
create index organisations_municipality on organisations (municipality, sort_name, id) where deleted_at is null;
create index organisations_field on organisations (field, sort_name, id) where deleted_at is null;
create index organisations_kind on organisations (kind, sort_name, id) where deleted_at is null;
create index organisations_founded on organisations (founded_from, id) where deleted_at is null;
create index organisations_created on organisations (created_at, id) where deleted_at is null;
create index organisations_updated on organisations (updated_at, id);
create index organisations_match on organisations (match_name, municipality) where deleted_at is null;
create index organisations_point on organisations using gist (point(lon, lat)) where deleted_at is null and lat is not null;
create index organisations_search on organisations using gin (search_name gin_trgm_ops) with (fastupdate = off) where deleted_at is null;
create index organisations_languages on organisations using gin (languages) with (fastupdate = off) where deleted_at is null;

-- An index on what stands inside external_ids: unique by system, kept by the trigger below and by nothing else.
create table organisation_external_ids (
	system          text not null,
	external_id     text not null,
	organisation_id uuid not null references organisations on delete cascade deferrable initially deferred,
	primary key (system, external_id)
);
create index organisation_external_ids_organisation on organisation_external_ids (organisation_id);

-- +goose StatementBegin
create function seutu_index_external_ids() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' then
		delete from organisation_external_ids where organisation_id = new.id;
	end if;
	if new.deleted_at is null then
		insert into organisation_external_ids (system, external_id, organisation_id)
		select e ->> 'system', e ->> 'id', new.id from jsonb_array_elements(new.external_ids) e;
	end if;
	return null;
end $$;
-- +goose StatementEnd
create trigger organisations_external_ids_insert after insert on organisations
	for each row when (new.external_ids <> '[]') execute function seutu_index_external_ids();
create trigger organisations_external_ids_update after update on organisations
	for each row when (new.external_ids is distinct from old.external_ids or new.deleted_at is distinct from old.deleted_at) execute function seutu_index_external_ids();

create table organisation_activities (
	id              uuid primary key,
	organisation_id uuid not null references organisations,
	created_at      timestamptz not null,
	heading         text not null check (heading in ('support_in_life_situation', 'activity_and_participation', 'special_expertise', 'interface_with_public_services')),
	target_groups   jsonb not null default '[]',
	description     jsonb not null
);
create index organisation_activities_organisation on organisation_activities (organisation_id, created_at, id);

create table organisation_register_events (
	id                    uuid primary key,
	organisation_id       uuid not null references organisations,
	created_at            timestamptz not null,
	type                  text not null check (type in ('founded', 'renamed', 'moved', 'dissolved', 'merged')),
	date                  jsonb not null,
	name                  jsonb,
	municipality          text references municipalities,
	other_organisation_id uuid references organisations,
	note                  text
);
create index organisation_register_events_organisation on organisation_register_events (organisation_id, created_at, id);
create index organisation_register_events_other on organisation_register_events (other_organisation_id) where other_organisation_id is not null;

create table organisation_transitions (
	id              uuid primary key,
	organisation_id uuid not null references organisations,
	at              timestamptz not null,
	actor_id        uuid,
	from_status     text not null,
	to_status       text not null,
	note            text
);
create index organisation_transitions_organisation on organisation_transitions (organisation_id, at, id);

-- +goose Down
drop table organisation_transitions, organisation_register_events, organisation_activities, organisation_external_ids, organisations;
drop function seutu_index_external_ids();
drop function seutu_date(text);
