-- Councils with their terms and duties, the networks that joined them, seats, nominations and action plans.
-- +goose Up
create table councils (
	id                  uuid primary key,
	version             bigint not null,
	created_at          timestamptz not null,
	updated_at          timestamptz not null,
	deleted_at          timestamptz,
	kind                text not null check (kind in ('advisory_council', 'association_forum', 'cooperation_group', 'committee', 'working_group', 'external_body')),
	name                jsonb not null check (name <> '{}'),
	other_names         jsonb not null default '[]',
	abbreviations       jsonb not null default '[]', -- abbreviation, text
	description         jsonb,
	notes               jsonb not null default '[]', -- facts of the source that have no member of their own, as language maps
	region              text,
	sub_region          text,
	municipality        text references municipalities,
	parent_id           uuid references councils,
	path                uuid[] not null,
	predecessor_id      uuid references councils,
	preparation_started jsonb, -- historic dates
	founded             jsonb,
	started             jsonb,
	rules_adopted       jsonb,
	ended               jsonb,
	website             text,
	tasks               jsonb not null default '[]',
	work_areas          jsonb not null default '[]',
	composition         jsonb not null default '[]',
	join_rules          jsonb not null default '[]',
	rules               jsonb not null default '[]', -- of procedure: links
	host_organisations  jsonb not null default '[]',
	links               jsonb not null default '[]',
	sources             jsonb not null default '[]',
	quorum              jsonb, -- null: more than half
	sort_name           text collate "fi-x-icu" not null,
	search_name         text not null,
	check (predecessor_id <> id),
	check (kind <> 'committee' or parent_id is not null)
);
create trigger councils_tree before insert or update of parent_id on councils for each row execute function seutu_tree();
create trigger councils_subtree after update of path, parent_id on councils for each row when (new.path is distinct from old.path) execute function seutu_subtree();
create index councils_name on councils (sort_name, id) where deleted_at is null;
create index councils_region on councils (region, sort_name, id) where deleted_at is null;
create index councils_sub_region on councils (sub_region, sort_name, id) where deleted_at is null;
create index councils_municipality on councils (municipality, sort_name, id) where deleted_at is null;
create index councils_parent on councils (parent_id) where parent_id is not null;
create index councils_predecessor on councils (predecessor_id) where predecessor_id is not null;
create index councils_path on councils using gin (path);
create index councils_updated on councils (updated_at, id);
create index councils_search on councils using gin (search_name gin_trgm_ops) where deleted_at is null;

create table council_terms (
	id         uuid primary key,
	council_id uuid not null references councils,
	created_at timestamptz not null,
	name       jsonb,
	valid_from date not null,
	valid_to   date, -- exclusive
	period     daterange generated always as (daterange(valid_from, valid_to)) stored,
	check (valid_to > valid_from),
	unique (council_id, id),
	constraint council_terms_overlap exclude using gist (council_id with =, period with &&) deferrable initially immediate
);
create index council_terms_council on council_terms (council_id, valid_from);

create table council_duties (
	id             uuid primary key,
	council_id     uuid not null references councils,
	created_at     timestamptz not null,
	kind           text not null check (kind in ('event', 'report', 'other')),
	name           jsonb not null check (name <> '{}'),
	description    jsonb,
	frequency      text not null check (frequency in ('monthly', 'quarterly', 'twice_a_year', 'yearly', 'every_two_years', 'unspecified')),
	audience       jsonb,
	topics         jsonb not null default '[]',
	coincides_with uuid references council_duties on delete set null, -- another duty that the same event may fulfil
	valid_from     date,
	valid_to       date,
	fulfilments    jsonb not null default '[]', -- year, state, meetingId, link, note
	check (valid_to > valid_from)
);
create index council_duties_council on council_duties (council_id, created_at, id);
create index council_duties_coincides on council_duties (coincides_with) where coincides_with is not null;

create table council_networks (
	id         uuid primary key,
	version    bigint not null,
	created_at timestamptz not null,
	updated_at timestamptz not null,
	deleted_at timestamptz,
	council_id uuid not null references councils,
	network_id uuid not null references networks,
	status     text not null check (status in ('applied', 'joined', 'left', 'rejected', 'withdrawn')),
	valid_from date, -- null: since nobody knows when
	valid_to   date, -- exclusive
	period     daterange generated always as (daterange(valid_from, valid_to)) stored,
	message    text,
	reason     text,
	check (valid_to > valid_from),
	constraint council_networks_period exclude using gist (council_id with =, network_id with =, period with &&)
		where (status in ('joined', 'left') and deleted_at is null) deferrable initially immediate
);
create unique index council_networks_live on council_networks (council_id, network_id) where status in ('applied', 'joined') and deleted_at is null;
create index council_networks_council on council_networks (council_id, created_at, id) where deleted_at is null;
create index council_networks_network on council_networks (network_id, created_at, id) where deleted_at is null;
create index council_networks_due on council_networks (valid_to) where status = 'joined' and deleted_at is null;
create index council_networks_updated on council_networks (updated_at, id);

create table seats (
	id                         uuid primary key,
	version                    bigint not null,
	created_at                 timestamptz not null,
	updated_at                 timestamptz not null,
	deleted_at                 timestamptz,
	council_id                 uuid not null references councils,
	role                       text not null check (role in ('chair', 'vice_chair', 'secretary', 'member', 'deputy', 'expert')),
	role_name                  jsonb, -- as the council calls it
	person_id                  uuid references people,
	vacant                     boolean not null, -- false without a person: nobody knows who holds it
	title                      jsonb, -- of the person, in this seat
	organisation_id            uuid references organisations, -- that the person comes from
	nominating_organisation_id uuid references organisations,
	nominating_network_id      uuid references networks,
	nominating_council_id      uuid references councils,
	term_id                    uuid,
	deputy_for                 uuid,
	predecessor_id             uuid references seats, -- the seat that this one follows
	email                      text, -- contact points of the seat
	phone                      text,
	valid_from                 date, -- null: since nobody knows when
	valid_to                   date, -- exclusive
	period                     daterange generated always as (daterange(valid_from, valid_to)) stored,
	check (valid_to > valid_from),
	check (not (vacant and person_id is not null)),
	check (num_nonnulls(nominating_organisation_id, nominating_network_id, nominating_council_id) <= 1),
	constraint seats_deputy_for check ((role = 'deputy') = (deputy_for is not null)),
	unique (council_id, id),
	constraint seats_term foreign key (council_id, term_id) references council_terms (council_id, id),
	constraint seats_same_council foreign key (council_id, deputy_for) references seats (council_id, id),
	constraint seats_chair exclude using gist (council_id with =, period with &&) where (role = 'chair' and deleted_at is null) deferrable initially immediate,
	constraint seats_network exclude using gist (council_id with =, nominating_network_id with =, period with &&)
		where (role in ('chair', 'vice_chair', 'member') and deleted_at is null) deferrable initially immediate,
	constraint seats_network_deputy exclude using gist (council_id with =, nominating_network_id with =, period with &&)
		where (role = 'deputy' and deleted_at is null) deferrable initially immediate,
	constraint seats_person exclude using gist (council_id with =, person_id with =, period with &&)
		where (deleted_at is null) deferrable initially immediate
);
create index seats_council on seats (council_id, created_at, id) where deleted_at is null;
create index seats_person_id on seats (person_id) where person_id is not null;
create index seats_nominating_network on seats (nominating_network_id) where nominating_network_id is not null and deleted_at is null;
create index seats_nominating_organisation on seats (nominating_organisation_id) where nominating_organisation_id is not null and deleted_at is null;
create index seats_nominating_council on seats (nominating_council_id) where nominating_council_id is not null and deleted_at is null;
create index seats_organisation on seats (organisation_id) where organisation_id is not null;
create index seats_deputies on seats (deputy_for) where deputy_for is not null;
create unique index seats_predecessor on seats (predecessor_id) where predecessor_id is not null and deleted_at is null; -- one follows another
create index seats_updated on seats (updated_at, id);

create table nomination_calls (
	id          uuid primary key,
	version     bigint not null,
	created_at  timestamptz not null,
	updated_at  timestamptz not null,
	deleted_at  timestamptz,
	council_id  uuid not null references councils,
	term_id     uuid,
	title       jsonb not null check (title <> '{}'),
	description jsonb,
	opens_at    timestamptz,
	deadline    timestamptz not null,
	seats       integer, -- how many are to be filled
	roles       jsonb not null default '[]',
	network_ids jsonb not null default '[]', -- those asked; none: whoever may nominate
	check (deadline > opens_at),
	unique (council_id, id),
	constraint nomination_calls_term foreign key (council_id, term_id) references council_terms (council_id, id)
);
create index nomination_calls_council on nomination_calls (council_id, deadline, id) where deleted_at is null;
create index nomination_calls_updated on nomination_calls (updated_at, id);

create table nominations (
	id                         uuid primary key,
	version                    bigint not null,
	created_at                 timestamptz not null,
	updated_at                 timestamptz not null,
	deleted_at                 timestamptz,
	council_id                 uuid not null references councils,
	call_id                    uuid,
	status                     text not null check (status in ('proposed', 'confirmed', 'declined', 'withdrawn')),
	role                       text not null check (role in ('chair', 'vice_chair', 'secretary', 'member', 'deputy', 'expert')),
	person_id                  uuid not null references people,
	title                      jsonb,
	organisation_id            uuid references organisations,
	nominating_organisation_id uuid references organisations,
	nominating_network_id      uuid references networks,
	nominating_council_id      uuid references councils,
	term_id                    uuid,
	deputy_for                 uuid,
	succeeds                   uuid references seats, -- the seat that ends when this one begins
	valid_from                 date,
	valid_to                   date,
	message                    text,
	reason                     text,
	decided_on                 date,
	meeting_id                 uuid, -- that decided
	seat_id                    uuid references seats, -- that the confirmation made
	check (valid_to > valid_from),
	check (num_nonnulls(nominating_organisation_id, nominating_network_id, nominating_council_id) = 1),
	check ((status = 'confirmed') = (seat_id is not null)),
	constraint nominations_deputy_for check ((role = 'deputy') = (deputy_for is not null)),
	constraint nominations_call foreign key (council_id, call_id) references nomination_calls (council_id, id),
	constraint nominations_term foreign key (council_id, term_id) references council_terms (council_id, id),
	constraint nominations_same_council foreign key (council_id, deputy_for) references seats (council_id, id)
);
create index nominations_council on nominations (council_id, created_at, id) where deleted_at is null;
create index nominations_person on nominations (person_id);
create index nominations_call_id on nominations (call_id) where call_id is not null;
create index nominations_network on nominations (nominating_network_id) where nominating_network_id is not null;
create index nominations_organisation on nominations (nominating_organisation_id) where nominating_organisation_id is not null;
create index nominations_updated on nominations (updated_at, id);
-- one proposal for the same person to the same council by the same nominator at a time
create unique index nominations_open on nominations (council_id, person_id, coalesce(nominating_organisation_id, nominating_network_id, nominating_council_id))
	where status = 'proposed' and deleted_at is null;

create table action_plans (
	id          uuid primary key,
	version     bigint not null,
	created_at  timestamptz not null,
	updated_at  timestamptz not null,
	deleted_at  timestamptz,
	council_id  uuid not null references councils,
	year        integer not null check (year between 1900 and 2200),
	status      text not null check (status in ('draft', 'approved')),
	published_at timestamptz, -- first approval: outsiders are told of its end only if it ever was public
	title       jsonb,
	description jsonb,
	approved_on date,
	meeting_id  uuid, -- that approved it
	links       jsonb not null default '[]'
);
create unique index action_plans_year on action_plans (council_id, year) where deleted_at is null;
create index action_plans_updated on action_plans (updated_at, id);

create table action_plan_items (
	id             uuid primary key,
	action_plan_id uuid not null references action_plans,
	created_at     timestamptz not null,
	position       integer not null,
	title          jsonb not null check (title <> '{}'),
	description    jsonb,
	owners         jsonb not null default '[]', -- organisationId, networkId, councilId or name
	state          text not null check (state in ('planned', 'in_progress', 'done', 'dropped')),
	due_on         date,
	note           jsonb
);
create index action_plan_items_plan on action_plan_items (action_plan_id, position, id);

alter table people add foreign key (council_id) references councils, add foreign key (network_id) references networks;

-- +goose Down
alter table people drop constraint people_council_id_fkey, drop constraint people_network_id_fkey;
drop table action_plan_items, action_plans, nominations, nomination_calls, seats, council_networks, council_duties, council_terms, councils;
