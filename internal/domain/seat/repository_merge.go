package seat

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
)

// OrganisationColumns are the columns of seats that name organisations.
var OrganisationColumns = []string{"seats.organisation_id", "seats.nominating_organisation_id"}

// moveOrganisation lets the seats that name an organisation name the one that it was merged into.
func (r Repository) moveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	all, err := r.Lock(ctx, "organisation_id = ? or nominating_organisation_id = ?", m.From, m.From)
	if err != nil {
		return err
	}
	if err := r.placeAll(ctx, all); err != nil {
		return err
	}
	for _, was := range all {
		now := *was
		m.Replace(&now.OrganisationID)
		m.Replace(&now.NominatingOrganisationID)
		if err := r.Update(ctx, tx, was, &now); err != nil {
			return err
		}
	}
	m.Move((*Seat)(nil).Resource(), len(all))
	return nil
}

// placeAll puts seats where their councils stand.
func (r Repository) placeAll(ctx context.Context, all []*Seat) error {
	at := map[uuid.UUID]authz.Target{}
	for _, s := range all {
		t, known := at[s.CouncilID]
		if !known {
			if err := r.QueryRow(ctx, "select coalesce(region, ''), coalesce(municipality, '') from councils where id = $1", s.CouncilID).Scan(&t.Region, &t.Municipality); err != nil {
				return store.Err(err)
			}
			at[s.CouncilID] = t
		}
		s.place(t)
	}
	return nil
}
