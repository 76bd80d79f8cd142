package post

import (
	"context"

	"github.com/seutu/seutu/internal/store"
)

// OrganisationColumns are the columns of posts that name organisations.
var OrganisationColumns = []string{"posts.organisation_id"}

// moveOrganisation lets the posts of an organisation be those of the one that it was merged into.
func (r Repository) moveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	all, err := r.Lock(ctx, "organisation_id = ?", m.From)
	if err != nil {
		return err
	}
	for _, was := range all {
		now := *was
		m.Replace(&now.OrganisationID)
		if err := r.Update(ctx, tx, was, &now); err != nil {
			return err
		}
	}
	m.Move((*Post)(nil).Resource(), len(all))
	return nil
}
