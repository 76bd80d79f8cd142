package council

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/store"
)

// OrganisationColumns are the columns of councils that name organisations.
var OrganisationColumns = []string{"councils.host_organisations"}

// moveOrganisation lets the councils that an organisation hosts be hosted by the one that it was merged into.
func (r Repository) moveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	all, err := r.Lock(ctx, "host_organisations @> jsonb_build_array(jsonb_build_object('organisationId', ?::text))", m.From.String())
	if err != nil {
		return err
	}
	for _, was := range all {
		now, named := *was, map[uuid.UUID]bool{}
		now.HostOrganisations = []Host{}
		for _, h := range was.HostOrganisations {
			m.Replace(&h.OrganisationID)
			if h.OrganisationID != nil {
				if named[*h.OrganisationID] {
					continue
				}
				named[*h.OrganisationID] = true
			}
			now.HostOrganisations = append(now.HostOrganisations, h)
		}
		if err := r.Update(ctx, tx, was, &now); err != nil {
			return err
		}
	}
	m.Move((*Council)(nil).Resource(), len(all))
	return nil
}
