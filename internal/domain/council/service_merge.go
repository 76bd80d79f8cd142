package council

import (
	"context"

	"github.com/seutu/seutu/internal/store"
)

// MoveOrganisation lets the councils that name an organisation name the one into which it goes up. It joins the transaction of the
// merge, which has decided who may do this.
func (s *Service) MoveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	return s.repo.moveOrganisation(ctx, tx, m)
}
