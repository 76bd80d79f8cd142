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

-- What duplicates are looked for by.
create index organisations_email on organisations (lower(email)) where deleted_at is null and email is not null;
create index organisations_phone on organisations (phone) where deleted_at is null and phone is not null;
create index organisations_match_similar on organisations using gin (match_name gin_trgm_ops) where deleted_at is null;
create index organisation_external_ids_id on organisation_external_ids (external_id);

-- +goose Down
drop index organisation_external_ids_id, organisations_match_similar, organisations_phone, organisations_email;
drop table organisation_merges;
drop index organisations_affiliations, organisations_merged_into;
alter table organisations drop column merged_into;
