package network

import (
	"context"

	"github.com/seutu/seutu/internal/store"
)

// OrganisationColumns are the columns of memberships that name organisations.
var OrganisationColumns = []string{"memberships.organisation_id"}

// membershipsOfBoth are the memberships, locked, of the networks in which an organisation that goes up in another ever was: its
// own and those of the other. They know where their networks stand.
func (r Repository) membershipsOfBoth(ctx context.Context, m *store.Merge) ([]*Membership, error) {
	all, err := r.memberships.Lock(ctx, "organisation_id in (?, ?) and network_id in (select network_id from memberships where organisation_id = ? and deleted_at is null)", m.From, m.Into, m.From)
	if err != nil {
		return nil, err
	}
	for _, x := range all {
		if err := r.QueryRow(ctx, "select region, municipality from networks where id = $1", x.NetworkID).Scan(&x.Region, &x.Municipality); err != nil {
			return nil, store.Err(err)
		}
	}
	return all, nil
}
