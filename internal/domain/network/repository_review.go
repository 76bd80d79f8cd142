package network

// Applications are the memberships that wait for the network, as package review asks for them. The summary is the applicant's message.
const Applications = `select m.id, m.organisation_id, o.name, n.municipality, n.region, m.created_at as since, null::uuid as by_id, m.message as summary
	from memberships m join networks n on n.id = m.network_id join organisations o on o.id = m.organisation_id
	where m.status = 'applied' and m.deleted_at is null`
