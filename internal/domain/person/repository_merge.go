package person

import (
	"context"

	"github.com/seutu/seutu/internal/store"
)

// OrganisationColumns are the columns of people that name organisations.
var OrganisationColumns = []string{"people.organisation_id"}

// moveOrganisation lets the people who are recorded for an organisation be recorded for the one that it was merged into.
func (r Repository) moveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	all, err := r.Lock(ctx, "organisation_id = ?", m.From)
	if err != nil {
		return err
	}
	for _, was := range all {
		now := *was
		m.Replace(&now.OrganisationID)
		if err := r.QueryRow(ctx, "select coalesce(region, ''), coalesce(municipality, '') from organisations where id = $1", m.Into).Scan(&now.At.Region, &now.At.Municipality); err != nil {
			return store.Err(err)
		}
		if err := r.Update(ctx, tx, was, &now); err != nil {
			return err
		}
	}
	m.Move((*Person)(nil).Resource(), len(all))
	return nil
}
