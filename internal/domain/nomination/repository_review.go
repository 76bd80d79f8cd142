package nomination

// Proposals are the nominations that wait for the council, as package review asks for them. The summary is the proposer's message.
const Proposals = `select x.id, x.nominating_organisation_id as organisation_id, c.name, c.municipality, c.region, x.created_at as since, null::uuid as by_id, x.message as summary
	from nominations x join councils c on c.id = x.council_id
	where x.status = 'proposed' and x.deleted_at is null`
