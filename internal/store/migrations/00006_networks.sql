-- Networks, a tree of them, and the memberships of organisations.
-- +goose Up

-- Trees of networks and of councils: path holds the ids from the root to the row itself. Moves queue behind a lock, so that
-- two of them together cannot close a circle.
-- +goose StatementBegin
create function seutu_tree() returns trigger language plpgsql as $$
declare
	above uuid[];
begin
	if tg_op = 'UPDATE' or new.parent_id is not null then
		perform pg_advisory_xact_lock(5074620);
	end if;
	if new.parent_id is not null then
		execute format('select path from %I where id = $1', tg_table_name) into above using new.parent_id;
		if new.parent_id = new.id or new.id = any (above) then
			raise exception 'a tree has no circles' using errcode = 'check_violation', constraint = tg_table_name || '_circle';
		end if;
	end if;
	new.path := coalesce(above, '{}') || new.id;
	return new;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function seutu_subtree() returns trigger language plpgsql as $$
begin
	if pg_trigger_depth() = 1 then
		execute format('update %I set path = $1 || path[array_position(path, $2) + 1:] where path @> array[$2] and id <> $2', tg_table_name) using new.path, new.id;
	end if;
	return null;
end $$;
-- +goose StatementEnd

create table networks (
	id             uuid primary key,
	version        bigint not null,
	created_at     timestamptz not null,
	updated_at     timestamptz not null,
	deleted_at     timestamptz,
	kind           text not null check (kind in ('thematic', 'peer', 'area', 'sub_regional', 'public_private', 'liaison')),
	status         text not null check (status in ('forming', 'active', 'dormant', 'closed', 'unknown')),
	status_since   date,
	status_reason  text,
	name           jsonb not null check (name <> '{}'),
	other_names    jsonb not null default '[]',
	description    jsonb,
	purpose        jsonb,
	notes          jsonb not null default '[]', -- facts of the source that have no member of their own, as language maps
	field          text references fields,
	region         text,
	sub_region     text,
	municipality   text references municipalities,
	parent_id      uuid references networks,
	path           uuid[] not null,
	meeting_rhythm jsonb,
	website        text,
	founded        jsonb,
	links          jsonb not null default '[]',
	sort_name      text collate "fi-x-icu" not null,
	search_name    text not null
);
create trigger networks_tree before insert or update of parent_id on networks for each row execute function seutu_tree();
create trigger networks_subtree after update of path, parent_id on networks for each row when (new.path is distinct from old.path) execute function seutu_subtree();
create index networks_name on networks (sort_name, id) where deleted_at is null;
create index networks_region on networks (region, sort_name, id) where deleted_at is null;
create index networks_sub_region on networks (sub_region, sort_name, id) where deleted_at is null;
create index networks_municipality on networks (municipality, sort_name, id) where deleted_at is null;
create index networks_field on networks (field, sort_name, id) where deleted_at is null;
create index networks_parent on networks (parent_id) where parent_id is not null;
create index networks_path on networks using gin (path);
create index networks_updated on networks (updated_at, id);
create index networks_created on networks (created_at, id) where deleted_at is null;
create index networks_search on networks using gin (search_name gin_trgm_ops) where deleted_at is null;

create table memberships (
	id              uuid primary key,
	version         bigint not null,
	created_at      timestamptz not null,
	updated_at      timestamptz not null,
	deleted_at      timestamptz,
	network_id      uuid not null references networks,
	organisation_id uuid not null references organisations,
	status          text not null check (status in ('applied', 'active', 'left', 'rejected', 'withdrawn')),
	valid_from      date, -- null: since nobody knows when
	valid_to        date, -- exclusive
	period          daterange generated always as (daterange(valid_from, valid_to)) stored,
	roles           jsonb not null default '[]', -- role, from, to; a plain member has none
	message         text, -- of the application
	reason          text, -- of the rejection, or of leaving
	check (valid_to > valid_from),
	constraint memberships_period exclude using gist (network_id with =, organisation_id with =, period with &&)
		where (status in ('active', 'left') and deleted_at is null) deferrable initially immediate
);
create unique index memberships_live on memberships (network_id, organisation_id) where status in ('applied', 'active') and deleted_at is null;
create index memberships_network on memberships (network_id, created_at, id) where deleted_at is null;
create index memberships_organisation on memberships (organisation_id, created_at, id) where deleted_at is null;
create index memberships_due on memberships (valid_to) where status = 'active' and deleted_at is null;
create index memberships_updated on memberships (updated_at, id);

-- An index on what stands inside roles: one convener at a time. Kept by the trigger below and by nothing else.
create table membership_roles (
	membership_id uuid not null references memberships on delete cascade,
	network_id    uuid not null,
	role          text not null check (role in ('convener', 'secretary', 'observer')),
	period        daterange not null,
	constraint membership_roles_convener exclude using gist (network_id with =, period with &&) where (role = 'convener') deferrable initially immediate
);
create index membership_roles_membership on membership_roles (membership_id);
create index membership_roles_network on membership_roles (network_id, role);

-- +goose StatementBegin
create function seutu_index_membership_roles() returns trigger language plpgsql as $$
begin
	if tg_op = 'UPDATE' then
		delete from membership_roles where membership_id = new.id;
	end if;
	if new.deleted_at is null and new.status in ('active', 'left') then
		insert into membership_roles (membership_id, network_id, role, period)
		select new.id, new.network_id, r ->> 'role', daterange(seutu_date(r ->> 'from'), seutu_date(r ->> 'to')) * new.period
		from jsonb_array_elements(new.roles) r where not isempty(daterange(seutu_date(r ->> 'from'), seutu_date(r ->> 'to')) * new.period);
	end if;
	return null;
end $$;
-- +goose StatementEnd
create trigger memberships_roles after insert or update on memberships for each row execute function seutu_index_membership_roles();

-- +goose Down
drop table membership_roles, memberships, networks;
drop function seutu_index_membership_roles();
drop function seutu_subtree();
drop function seutu_tree();
