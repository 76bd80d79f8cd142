package duplicate

import (
	"context"

	"github.com/seutu/seutu/internal/store"
)

// OrganisationColumns are the columns of pairs that name organisations.
var OrganisationColumns = []string{"duplicate_pairs.a", "duplicate_pairs.b", "duplicate_looks.organisation_id"}

// MoveOrganisation ends the pairs of an organisation that goes up in another: what that one may be the same as is looked for
// anew. What people have dismissed holds for it too. It joins the transaction of the merge.
func (s *Service) MoveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	return s.repo.moveOrganisation(ctx, tx, m)
}
