package organisation

// What waits for those who approve organisations, as package review asks for it.
const (
	// Submitted are the organisations that wait for publication.
	Submitted = `select o.id, o.id as organisation_id, o.name, o.municipality, o.region, coalesce(t.at, o.updated_at) as since, t.actor_id as by_id, t.note as summary
		from organisations o left join lateral (select at, actor_id, note from transitions where resource_id = o.id and resource_type = 'organisation' and to_status = 'submitted' order by at desc limit 1) t on true
		where o.status = 'submitted' and o.deleted_at is null`
	// PendingChanges are the changes of published organisations that wait for approval; the summary names the members.
	PendingChanges = `select p.id, p.organisation_id, o.name, o.municipality, o.region, p.created_at as since, p.proposed_by as by_id,
			(select string_agg(m, ', ') from jsonb_array_elements_text(p.members) m) as summary
		from organisation_pending_changes p join organisations o on o.id = p.organisation_id
		where p.status = 'pending' and p.deleted_at is null`
)
