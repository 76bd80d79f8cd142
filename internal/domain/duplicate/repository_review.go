package duplicate

// Open are the pairs that wait for a decision, as the list of what waits asks for them: for those who approve the later of the
// two organisations, o. The earlier one is one that everyone sees; the summary names it.
const Open = `select d.id, o.id as organisation_id, o.name, o.municipality, o.region, d.created_at as since, null::uuid as by_id, coalesce(a.name ->> 'fi', a.name ->> 'sv', a.name ->> 'en') as summary
	from duplicate_pairs d join organisations a on a.id = d.a and a.status = 'published' and a.deleted_at is null join organisations o on o.id = d.b and o.deleted_at is null
	where d.status = 'open' and d.deleted_at is null`
