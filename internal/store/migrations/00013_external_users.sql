-- Users who sign in with an external OpenID Connect issuer: known by issuer and subject, never by e-mail address.
-- +goose Up
alter table users
	alter column email drop not null,
	add column issuer        text, -- iss of their tokens
	add column subject       text, -- who they are to that issuer
	add column claimed_email text, -- what the issuer says; no way to sign in
	add column told_at       timestamptz, -- when the token was issued that the name and the address were taken from
	add constraint users_identity_whole check ((issuer is null) = (subject is null)),
	add constraint users_one_way_in check (case when issuer is null then email is not null and claimed_email is null else email is null and password_hash is null end);
create unique index users_identity on users (issuer, subject); -- deleted ones too: who was removed does not come back
create index users_claimed_email on users (claimed_email) where claimed_email is not null;

-- +goose Down
alter table users drop constraint users_one_way_in, drop constraint users_identity_whole;
update users set email = id || '@external.invalid', disabled = true where email is null; -- nobody can sign in as them
alter table users drop column issuer, drop column subject, drop column claimed_email, drop column told_at, alter column email set not null;
