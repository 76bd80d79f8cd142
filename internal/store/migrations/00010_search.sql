-- What search finds: a document for each row that has names, and the words of public names for words that were mistyped.
-- The program makes the documents (internal/searchindex); rows that have none yet get theirs when it starts.
-- +goose Up
create table search_documents (
	id           uuid primary key, -- of the row
	type         text not null,
	public       boolean not null,
	region       text,
	sub_region   text,
	municipality text,
	sort_name    text collate "fi-x-icu" not null,
	names        tsvector not null, -- the words of names, and each name as a whole
	vector       tsvector not null, -- all words
	analyser     text not null      -- which analyser made the vectors
);
-- Without fastupdate: pending entries would make every search slow until the next vacuum.
create index search_documents_names on search_documents using gin (names) with (fastupdate = off);
create index search_documents_vector on search_documents using gin (vector) with (fastupdate = off);

create table search_terms (
	term  text primary key,
	plain text not null -- without accents
);
create index search_terms_plain on search_terms (plain);
create index search_terms_like on search_terms using gin (plain gin_trgm_ops) with (fastupdate = off);

-- What lists were searched by until now; people still are.
alter table organisations drop column search_name;
alter table networks drop column search_name;
alter table councils drop column search_name;
alter table posts drop column search_name;

-- +goose Down
-- Empty until each row is written again: the program made them.
alter table posts add column search_name text not null default '';
alter table councils add column search_name text not null default '';
alter table networks add column search_name text not null default '';
alter table organisations add column search_name text not null default '';
create index posts_search on posts using gin (search_name gin_trgm_ops) where deleted_at is null;
create index councils_search on councils using gin (search_name gin_trgm_ops) where deleted_at is null;
create index networks_search on networks using gin (search_name gin_trgm_ops) where deleted_at is null;
create index organisations_search on organisations using gin (search_name gin_trgm_ops) with (fastupdate = off) where deleted_at is null;
drop table search_terms, search_documents;
