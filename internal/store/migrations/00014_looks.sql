-- Without fastupdate: pending entries would make every look for duplicates slow until the next vacuum.
-- +goose Up
alter index duplicate_looks_keys set (fastupdate = off);
select gin_clean_pending_list('duplicate_looks_keys');

-- +goose Down
alter index duplicate_looks_keys reset (fastupdate);
