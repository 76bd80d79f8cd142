-- People with their consents, contacts of organisations, and the steps in the lives of all resources.
-- +goose Up
create table transitions (
	id            uuid primary key,
	resource_type text not null,
	resource_id   uuid not null,
	at            timestamptz not null,
	actor_id      uuid,
	from_status   text not null,
	to_status     text not null,
	on_date       date, -- from when it holds, where that is told
	note          text
);
create index transitions_resource on transitions (resource_id, at, id);
insert into transitions (id, resource_type, resource_id, at, actor_id, from_status, to_status, note)
select id, 'organisation', organisation_id, at, actor_id, from_status, to_status, note from organisation_transitions;
drop table organisation_transitions;

create table people (
	id              uuid primary key,
	version         bigint not null,
	created_at      timestamptz not null,
	updated_at      timestamptz not null,
	deleted_at      timestamptz,
	name            text, -- null once erased
	former_names    jsonb, -- those that it replaced, oldest first; null: none. Never shown but to the person, in the export
	email           text,
	phone           text,
	sort_name       text collate "fi-x-icu" not null default '',
	search_name     text not null default '',
	consent_name    boolean not null default false, -- what the latest consents say
	consent_email   boolean not null default false,
	consent_phone   boolean not null default false,
	-- whose record it is, at most one of them: the scope in which it was recorded
	region          text,
	municipality    text references municipalities,
	organisation_id uuid references organisations,
	council_id      uuid,
	network_id      uuid,
	erased_at       timestamptz,
	check ((erased_at is null) = (deleted_at is null)),
	check (erased_at is null and name is not null or erased_at is not null and name is null and former_names is null and email is null and phone is null
		and sort_name = '' and search_name = '' and not (consent_name or consent_email or consent_phone))
);
create index people_name on people (sort_name, id) where deleted_at is null;
create index people_search on people using gin (search_name gin_trgm_ops) where deleted_at is null;
create index people_region on people (region) where region is not null;
create index people_municipality on people (municipality) where municipality is not null;
create index people_organisation on people (organisation_id) where organisation_id is not null;
create index people_council on people (council_id) where council_id is not null;
create index people_network on people (network_id) where network_id is not null;

-- Nothing is overwritten: the latest row of a field counts.
create table person_consents (
	id          uuid primary key,
	person_id   uuid not null references people,
	field       text not null check (field in ('name', 'email', 'phone')),
	given       boolean not null, -- false: refused or withdrawn
	ground      text,             -- how the consent was got; null once erased
	given_on    date not null,
	recorded_by uuid,
	recorded_at timestamptz not null
);
create index person_consents_person on person_consents (person_id, recorded_at, id);

-- A person as others may show it: with the name where the reader may see it or the person consents to everyone.
-- +goose StatementBegin
create function seutu_person(p people, shown boolean) returns jsonb language sql stable parallel safe as $$
	select case when p.id is not null then jsonb_build_object(
		'id', case when coalesce(shown, false) or p.consent_name then p.id end,
		'name', case when coalesce(shown, false) or p.consent_name then p.name end,
		'withheld', p.erased_at is null and not (coalesce(shown, false) or p.consent_name),
		'erased', p.erased_at is not null) end
$$;
-- +goose StatementEnd

create table organisation_contacts (
	id              uuid primary key,
	organisation_id uuid not null references organisations,
	created_at      timestamptz not null,
	person_id       uuid not null references people,
	role            text not null check (role in ('chair', 'secretary', 'treasurer', 'contact')),
	title           jsonb,
	public_fields   jsonb not null default '["name", "email", "phone"]', -- of those that the person consents to
	valid_from      date,
	valid_to        date, -- exclusive
	check (valid_to > valid_from)
);
create index organisation_contacts_organisation on organisation_contacts (organisation_id, created_at, id);
create index organisation_contacts_person on organisation_contacts (person_id);

-- +goose Down
drop table organisation_contacts;
drop function seutu_person(people, boolean);
drop table person_consents, people;
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
insert into organisation_transitions (id, organisation_id, at, actor_id, from_status, to_status, note)
select id, resource_id, at, actor_id, from_status, to_status, note from transitions where resource_type = 'organisation';
drop table transitions;
