-- Meetings of councils and networks: agenda, attendance, decisions, memos.
-- +goose Up
create table meetings (
	id                     uuid primary key,
	version                bigint not null,
	created_at             timestamptz not null,
	updated_at             timestamptz not null,
	deleted_at             timestamptz,
	council_id             uuid references councils,
	network_id             uuid references networks,
	year                   integer check (year between 1900 and 2200), -- of the date, or told alone
	number                 integer check (number > 0), -- within the year
	title                  jsonb,
	status                 text not null check (status in ('planned', 'held', 'cancelled')),
	date                   date, -- local day of the start, where that is known
	starts_at              timestamptz, -- null: the hour is not known
	ends_at                timestamptz,
	time_zone              text not null default 'Europe/Helsinki', -- IANA
	place                  jsonb, -- name, street, postalCode, postOffice, municipality
	link                   text, -- for taking part from afar
	description            jsonb,
	links                  jsonb not null default '[]',
	cancel_reason          jsonb,
	replaced_by_meeting_id uuid references meetings,
	replaced_by            jsonb, -- what was done instead, where that was no meeting
	check (num_nonnulls(council_id, network_id) = 1),
	check (ends_at >= starts_at),
	check (number is null or year is not null),
	check (status = 'cancelled' or num_nonnulls(cancel_reason, replaced_by_meeting_id, replaced_by) = 0)
);
create unique index meetings_council_number on meetings (council_id, year, number) where number is not null and deleted_at is null;
create unique index meetings_network_number on meetings (network_id, year, number) where number is not null and deleted_at is null;
create index meetings_council on meetings (council_id, coalesce(date, 'infinity'), id) where council_id is not null and deleted_at is null;
create index meetings_network on meetings (network_id, coalesce(date, 'infinity'), id) where network_id is not null and deleted_at is null;
create index meetings_date on meetings (coalesce(date, 'infinity'), id) where deleted_at is null;
create index meetings_updated on meetings (updated_at, id);
create index meetings_replaced_by on meetings (replaced_by_meeting_id) where replaced_by_meeting_id is not null;

create table meeting_agenda_items (
	id          uuid primary key,
	meeting_id  uuid not null references meetings,
	created_at  timestamptz not null,
	position    integer not null,
	number      text, -- as the agenda writes it: a label
	title       jsonb not null check (title <> '{}'),
	description jsonb,
	links       jsonb not null default '[]', -- papers
	unique (meeting_id, id)
);
create index meeting_agenda_items_meeting on meeting_agenda_items (meeting_id, position, id);

create table meeting_decisions (
	id             uuid primary key,
	meeting_id     uuid not null references meetings,
	created_at     timestamptz not null,
	number         integer not null check (number > 0),
	agenda_item_id uuid,
	text           jsonb not null check (text <> '{}'),
	foreign key (meeting_id, agenda_item_id) references meeting_agenda_items (meeting_id, id),
	constraint meeting_decisions_number unique (meeting_id, number) deferrable initially immediate
);

create table meeting_attendances (
	id              uuid primary key,
	meeting_id      uuid not null references meetings,
	created_at      timestamptz not null,
	seat_id         uuid references seats,         -- of a council's meeting
	organisation_id uuid references organisations, -- of a network's meeting, or a guest's
	guest           jsonb,                         -- who else was there, in words
	presence        text not null check (presence in ('present', 'remote', 'excused', 'absent')),
	stands_in_for   uuid references seats,
	note            text,
	check (num_nonnulls(seat_id, organisation_id, guest) >= 1),
	check (stands_in_for is null or seat_id is not null and presence in ('present', 'remote')),
	check (stands_in_for <> seat_id)
);
create unique index meeting_attendances_seat on meeting_attendances (meeting_id, seat_id) where seat_id is not null;
create unique index meeting_attendances_stand_in on meeting_attendances (meeting_id, stands_in_for) where stands_in_for is not null;
create unique index meeting_attendances_organisation on meeting_attendances (meeting_id, organisation_id)
	where seat_id is null and organisation_id is not null and guest is null; -- of guests in words there may be several
create index meeting_attendances_seats on meeting_attendances (seat_id) where seat_id is not null;
create index meeting_attendances_meeting on meeting_attendances (meeting_id, created_at, id);

create table memos (
	id            uuid primary key,
	version       bigint not null,
	created_at    timestamptz not null,
	updated_at    timestamptz not null,
	deleted_at    timestamptz,
	meeting_id    uuid not null references meetings,
	edition       integer not null check (edition > 0), -- a correction is another edition
	status        text not null check (status in ('draft', 'approved', 'published')),
	text          jsonb,
	links         jsonb not null default '[]',
	correction    jsonb, -- what the edition corrects
	approved_on   date,
	published_at  timestamptz,
	record        jsonb, -- agenda, attendance, decisions and quorum, as they stood when it was published
	check ((status = 'published') = (published_at is not null)),
	check ((status = 'published') = (record is not null))
);
create unique index memos_edition on memos (meeting_id, edition) where deleted_at is null;
create unique index memos_open on memos (meeting_id) where status <> 'published' and deleted_at is null;
create index memos_updated on memos (updated_at, id);

-- A published memo is frozen. Erasing a person's name out of its text is what remains possible.
-- +goose StatementBegin
create function seutu_freeze_memo() returns trigger language plpgsql as $$
begin
	if current_setting('seutu.erasing', true) is distinct from 'on' then
		raise exception 'a published memo is frozen' using errcode = 'check_violation', constraint = 'memos_frozen';
	end if;
	return new;
end $$;
-- +goose StatementEnd
create trigger memos_frozen before update on memos for each row when (old.status = 'published') execute function seutu_freeze_memo();

alter table nominations add foreign key (meeting_id) references meetings;
alter table action_plans add foreign key (meeting_id) references meetings;

-- +goose Down
alter table nominations drop constraint nominations_meeting_id_fkey;
alter table action_plans drop constraint action_plans_meeting_id_fkey;
drop table memos, meeting_attendances, meeting_decisions, meeting_agenda_items, meetings;
drop function seutu_freeze_memo();
