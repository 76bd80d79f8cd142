-- What every resource stands on: audit events, the change feed, idempotent answers.
-- +goose Up
create extension if not exists pg_trgm;
create extension if not exists btree_gist;

create table audit_events (
	id            uuid primary key,
	at            timestamptz not null,
	actor_type    text not null check (actor_type in ('user', 'service_account', 'system', 'anonymous')),
	actor_id      uuid,
	ip            text,
	operation     text not null,
	request_id    text,
	action        text not null,
	resource_type text not null,
	resource_id   uuid,
	version       bigint,
	changed       jsonb not null default '[]', -- names of members, never values
	region        text,
	municipality  text
);
create index audit_events_at on audit_events (at, id);
create index audit_events_resource on audit_events (resource_id, at) where resource_id is not null;
create index audit_events_region on audit_events (region, at, id) where region is not null;
create index audit_events_municipality on audit_events (municipality, at, id) where municipality is not null;
create index audit_events_actor on audit_events (actor_id, at) where actor_id is not null;

-- +goose StatementBegin
create function seutu_refuse() returns trigger language plpgsql as $$
begin
	raise exception 'audit events are never changed' using errcode = 'insufficient_privilege';
end $$;
-- +goose StatementEnd
create trigger audit_events_frozen before update or delete or truncate on audit_events for each statement execute function seutu_refuse();

-- The change feed. Commit order is not number order, so a reader goes by transaction ids below a horizon; after a restore
-- or a failover those may start again, hence the epoch.
create table feed_epochs (
	epoch      bigint primary key,
	system     bigint not null, -- identifier of the database cluster
	timeline   text not null,   -- rises at each failover
	started_at timestamptz not null default now()
);

-- +goose StatementBegin
create function seutu_epoch() returns bigint language sql stable as $$ select max(epoch) from feed_epochs $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function seutu_raise_epoch() returns void language plpgsql security definer set search_path = public, pg_catalog as $$
declare
	here_system bigint := (select system_identifier from pg_control_system());
	here_timeline text := substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8);
begin
	if exists (select from feed_epochs where epoch = seutu_epoch() and system = here_system and timeline = here_timeline) then
		return;
	end if;
	perform pg_advisory_xact_lock(5074610);
	insert into feed_epochs (epoch, system, timeline)
	select coalesce(max(epoch), 0) + 1, here_system, here_timeline from feed_epochs
	having not exists (select from feed_epochs where epoch = (select max(epoch) from feed_epochs) and system = here_system and timeline = here_timeline);
end $$;
-- +goose StatementEnd
select seutu_raise_epoch();

-- The age in seconds of the oldest open writing transaction. The owner asks: the service's role does not see what others do.
-- +goose StatementBegin
create function seutu_feed_lag() returns double precision language sql security definer set search_path = pg_catalog as
$$ select coalesce(extract(epoch from clock_timestamp() - min(xact_start)), 0)::double precision from pg_stat_activity where backend_xid is not null $$;
-- +goose StatementEnd

create table changes (
	epoch           bigint not null,
	xid             xid8 not null default pg_current_xact_id(),
	seq             bigint generated always as identity,
	type            text not null,
	resource_id     uuid not null,
	op              text not null check (op in ('created', 'updated', 'deleted', 'merged')),
	version         bigint not null,
	changed_at      timestamptz not null,
	changed         jsonb not null default '[]',
	region          text,
	municipality    text,
	organisation_id uuid,
	public          boolean not null,
	was_public      boolean not null,
	primary key (epoch, xid, seq)
);

create table idempotency_keys (
	actor      text not null,
	key        text not null,
	hash       bytea not null,
	status     integer not null,
	header     jsonb not null,
	body       bytea, -- null when the answer held a secret
	created_at timestamptz not null,
	primary key (actor, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

-- +goose Down
drop table idempotency_keys;
drop table changes;
drop function seutu_feed_lag();
drop function seutu_raise_epoch();
drop function seutu_epoch();
drop table feed_epochs;
drop table audit_events;
drop function seutu_refuse();
