-- Organisations that were merged into others, and pairs of organisations that may be one.
-- +goose Up
alter table organisations add column merged_into uuid references organisations; -- the one that stays: never one that was merged itself
alter table organisations add constraint organisations_merged check (merged_into is null or deleted_at is not null and merged_into <> id);
create index organisations_merged_into on organisations (merged_into) where merged_into is not null;
create index organisations_affiliations on organisations using gin (affiliations jsonb_path_ops) where deleted_at is null and affiliations <> '[]';

create table organisation_merges (
	id        uuid primary key,
	into_id   uuid not null references organisations,
	from_id   uuid not null references organisations,
	merged_at timestamptz not null,
	merged_on date, -- when the bodies themselves merged; null: one body that was entered twice
	actor_id  uuid,
	summary   jsonb not null -- taken, dropped, moved, ended: names of members, types, ids and counts, never values
);
create index organisation_merges_into on organisation_merges (into_id, merged_at, id);
create unique index organisation_merges_from on organisation_merges (from_id);

-- Pairs of organisations that may be one. They are found by the service and hold no personal data.
create table duplicate_pairs (
	id         uuid primary key,
	version    bigint not null,
	created_at timestamptz not null, -- when it was found
	updated_at timestamptz not null,
	deleted_at timestamptz,
	a          uuid not null references organisations,
	b          uuid not null references organisations,
	status     text not null check (status in ('open', 'dismissed')),
	score      double precision not null check (score between 0 and 1),
	reasons    jsonb not null,
	decided_at timestamptz,
	decided_by uuid,
	note       text,
	check (a < b),
	check ((status = 'dismissed') = (decided_at is not null))
);
create unique index duplicate_pairs_pair on duplicate_pairs (a, b) where deleted_at is null;
create index duplicate_pairs_b on duplicate_pairs (b) where deleted_at is null;
create index duplicate_pairs_score on duplicate_pairs (score, id) where deleted_at is null;

-- The version of each organisation that was looked at, and hashes by which its names are found.
create table duplicate_looks (
	organisation_id uuid primary key references organisations,
	version         bigint not null,
	keys            integer[] not null
);
create index duplicate_looks_keys on duplicate_looks using gin (keys);

-- What duplicates are looked for by.
-- +goose StatementBegin
create function seutu_host(url text) returns text language sql immutable strict parallel safe as
$$ select substring(lower(url) from '^https?://(?:www\.)?([^/:?#]+)') $$;
-- +goose StatementEnd
create index organisations_email on organisations (lower(email)) where deleted_at is null and email is not null;
create index organisations_email_domain on organisations (split_part(lower(email), '@', 2)) where deleted_at is null and email is not null;
create index organisations_phone on organisations (phone) where deleted_at is null and phone is not null;
create index organisations_host on organisations (seutu_host(website)) where deleted_at is null and website is not null;
create index organisations_address on organisations (lower(address ->> 'street'), (address ->> 'postalCode')) where deleted_at is null and address is not null;
create index organisation_external_ids_id on organisation_external_ids (external_id);

-- +goose Down
drop index organisation_external_ids_id, organisations_address, organisations_host, organisations_phone, organisations_email_domain, organisations_email;
drop function seutu_host(text);
drop table duplicate_looks, duplicate_pairs, organisation_merges;
drop index organisations_affiliations, organisations_merged_into;
alter table organisations drop column merged_into;
