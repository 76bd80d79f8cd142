-- Self-service with approval: changes that wait for it, invitations, requests for verification, and indexes of what waits.
-- +goose Up
create table organisation_pending_changes (
	id              uuid primary key,
	version         bigint not null,
	created_at      timestamptz not null,
	updated_at      timestamptz not null,
	deleted_at      timestamptz,
	organisation_id uuid not null references organisations,
	status          text not null check (status in ('pending', 'approved', 'rejected', 'withdrawn', 'superseded')),
	members         jsonb not null check (jsonb_array_length(members) > 0),
	before          jsonb not null,
	after           jsonb not null,
	proposed_by     uuid,
	decided_by      uuid,
	decided_at      timestamptz,
	reason          text,
	check ((status = 'pending') = (decided_at is null))
);
create unique index organisation_pending_changes_open on organisation_pending_changes (organisation_id) where status = 'pending' and deleted_at is null;
create index organisation_pending_changes_organisation on organisation_pending_changes (organisation_id, created_at, id);
create index organisation_pending_changes_waiting on organisation_pending_changes (created_at, id) where status = 'pending' and deleted_at is null;

create index organisations_submitted on organisations (id) where status = 'submitted' and deleted_at is null;
create index memberships_applied on memberships (created_at, id) where status = 'applied' and deleted_at is null;
create index nominations_proposed on nominations (created_at, id) where status = 'proposed' and deleted_at is null;

alter table organisations add column verification_requested_at timestamptz;
create index organisations_verified on organisations (coalesce(last_verified_at, '-infinity'), id) where deleted_at is null;
create index organisations_unverified on organisations (coalesce(last_verified_at, created_at), id) where deleted_at is null;

create table invitations (
	id           uuid primary key,
	version      bigint not null,
	created_at   timestamptz not null,
	updated_at   timestamptz not null,
	deleted_at   timestamptz,
	email        text check (email = lower(email)), -- null once it is forgotten
	display_name text,
	message      text,
	role         text not null check (role in ('admin', 'regional_coordinator', 'municipal_officer', 'council_secretary', 'network_convener', 'organisation_editor')),
	scope_type   text not null check (scope_type in ('everywhere', 'region', 'municipality', 'council', 'network', 'organisation')),
	scope        text not null default '', -- '' everywhere
	region       text,
	municipality text,
	status       text not null check (status in ('pending', 'accepted', 'revoked', 'expired')),
	token_hash   bytea, -- null once it is forgotten
	expires_at   timestamptz not null,
	ended_at     timestamptz,
	grant_id     uuid references grants,
	created_by   uuid,
	by_claims    boolean not null default false, -- the right to invite came with an external issuer's token
	check ((scope_type = 'everywhere') = (scope = '')),
	check ((status = 'pending') = (ended_at is null)),
	check ((status = 'accepted') = (grant_id is not null))
);
create unique index invitations_token on invitations (token_hash) where token_hash is not null and deleted_at is null;
create index invitations_created on invitations (created_at, id);
create index invitations_email on invitations (email, created_at, id) where email is not null;
create index invitations_scope on invitations (scope, created_at, id);
create index invitations_expires on invitations (expires_at) where status = 'pending';
create index invitations_ended on invitations (ended_at) where email is not null;

-- +goose Down
drop table invitations;
drop index organisations_unverified;
drop index organisations_verified;
alter table organisations drop column verification_requested_at;
drop index nominations_proposed;
drop index memberships_applied;
drop index organisations_submitted;
drop table organisation_pending_changes;
