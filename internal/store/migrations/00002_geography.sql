-- Reference data that rows refer to. The program holds it whole and keeps this copy in step, for foreign keys and joins.
-- +goose Up
create table municipalities (
	code       text primary key,
	name       jsonb not null,
	region     text not null,
	sub_region text,
	successor  text -- of a merged one: the municipality of today
);
create table fields (
	code text primary key,
	name jsonb not null
);

-- +goose Down
drop table fields;
drop table municipalities;
