-- Users, service accounts, grants, sessions.
-- +goose Up
create table users (
	id                uuid primary key,
	version           bigint not null,
	created_at        timestamptz not null,
	updated_at        timestamptz not null,
	deleted_at        timestamptz,
	email             text not null check (email = lower(email)),
	display_name      text,
	password_hash     text,
	disabled          boolean not null default false,
	created_by        uuid,
	last_signed_in_at timestamptz
);
create unique index users_email on users (email) where deleted_at is null;
create index users_created on users (created_at, id);

create table service_accounts (
	id           uuid primary key,
	version      bigint not null,
	created_at   timestamptz not null,
	updated_at   timestamptz not null,
	deleted_at   timestamptz,
	name         text not null,
	disabled     boolean not null default false,
	rate_limit   integer,
	created_by   uuid,
	last_used_at timestamptz
);
create index service_accounts_created on service_accounts (created_at, id);

create table service_account_secrets (
	id                 uuid primary key,
	service_account_id uuid not null references service_accounts,
	created_at         timestamptz not null,
	hash               bytea not null,
	last_used_at       timestamptz
);
create index service_account_secrets_account on service_account_secrets (service_account_id);

create table grants (
	id                 uuid primary key,
	version            bigint not null,
	created_at         timestamptz not null,
	updated_at         timestamptz not null,
	deleted_at         timestamptz,
	user_id            uuid references users,
	service_account_id uuid references service_accounts,
	role               text not null check (role in ('admin', 'regional_coordinator', 'municipal_officer', 'council_secretary', 'network_convener', 'organisation_editor', 'integration')),
	scope_type         text not null check (scope_type in ('everywhere', 'region', 'municipality', 'council', 'network', 'organisation')),
	scope              text not null default '', -- '' everywhere
	region             text, -- where the scope lies, for those who manage grants
	municipality       text,
	permissions        jsonb not null default '[]',
	systems            jsonb not null default '[]',
	created_by         uuid,
	check (num_nonnulls(user_id, service_account_id) = 1),
	check ((scope_type = 'everywhere') = (scope = ''))
);
create unique index grants_user on grants (user_id, role, scope) where user_id is not null and deleted_at is null;
create unique index grants_service_account on grants (service_account_id, role, scope) where service_account_id is not null and deleted_at is null;
create index grants_created on grants (created_at, id);
create index grants_systems on grants using gin (systems) where deleted_at is null;

create table refresh_tokens (
	hash       bytea primary key,
	family     uuid not null, -- all that came from one sign-in
	user_id    uuid not null references users,
	created_at timestamptz not null,
	expires_at timestamptz not null,
	used_at    timestamptz
);
create index refresh_tokens_family on refresh_tokens (family);
create index refresh_tokens_user on refresh_tokens (user_id);
create index refresh_tokens_expires on refresh_tokens (expires_at);

create table reset_tokens (
	hash       bytea primary key,
	user_id    uuid not null references users,
	created_at timestamptz not null,
	expires_at timestamptz not null
);
create index reset_tokens_user on reset_tokens (user_id);

create table signing_keys (
	kid        text primary key,
	private    bytea not null, -- PKCS 8
	created_at timestamptz not null,
	retired_at timestamptz -- no longer signs; still verifies until the last token has expired
);

-- Counters of failed sign-ins, by account and kind of address; no address is kept in the clear.
create table sign_in_throttles (
	key    bytea primary key,
	since  timestamptz not null,
	failed integer not null
);
create table familiar_addresses (
	user_id uuid not null references users,
	address bytea not null, -- keyed hash
	seen_at timestamptz not null,
	primary key (user_id, address)
);

-- +goose Down
drop table familiar_addresses, sign_in_throttles, signing_keys, reset_tokens, refresh_tokens, grants, service_account_secrets, service_accounts, users;
