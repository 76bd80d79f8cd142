-- Organisations that users submitted: until somebody publishes one, the register number and business id that it claims are kept
-- for nobody. Claims stand in the indexes under the id of their row, so that each is the only one of its kind.
-- +goose Up
alter table organisations add column submitted_by uuid; -- the user who made it for others to publish
update organisations o set submitted_by = g.user_id from grants g
where g.scope_type = 'organisation' and g.scope = o.id::text and g.user_id = g.created_by and g.created_at - o.created_at between interval '0' and interval '10 seconds';
create index organisations_submitted_by on organisations (submitted_by) where published_at is null and deleted_at is null;
drop index organisations_register_number, organisations_business_id;
create unique index organisations_register_number on organisations (register_number, (case when submitted_by is not null and published_at is null then id end))
	nulls not distinct where deleted_at is null and register_number is not null;
create unique index organisations_business_id on organisations (business_id, (case when submitted_by is not null and published_at is null then id end))
	nulls not distinct where deleted_at is null and business_id is not null;

-- +goose Down
drop index organisations_register_number, organisations_business_id;
update organisations o set register_number = null where submitted_by is not null and published_at is null and deleted_at is null
	and exists (select from organisations x where x.register_number = o.register_number and x.id <> o.id and x.deleted_at is null);
update organisations o set business_id = null where submitted_by is not null and published_at is null and deleted_at is null
	and exists (select from organisations x where x.business_id = o.business_id and x.id <> o.id and x.deleted_at is null);
create unique index organisations_register_number on organisations (register_number) where deleted_at is null and register_number is not null;
create unique index organisations_business_id on organisations (business_id) where deleted_at is null and business_id is not null;
alter table organisations drop column submitted_by;
