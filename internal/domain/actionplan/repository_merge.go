package actionplan

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
)

// OrganisationColumns are the columns of action plans that name organisations.
var OrganisationColumns = []string{"action_plan_items.owners"}

// moveOrganisation lets the items that an organisation sees to be seen to by the one that it was merged into.
func (r Repository) moveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	const owned = "owners @> jsonb_build_array(jsonb_build_object('organisationId', ?::text))"
	plans, err := r.Lock(ctx, "id in (select action_plan_id from action_plan_items where "+owned+")", m.From.String())
	if err != nil {
		return err
	}
	for _, was := range plans {
		p := *was
		if p.At, err = r.council(ctx, p.CouncilID); err != nil && !errs.Is(err, errs.WasDeleted) {
			return err
		}
		var items []*Item
		if err := tx.Gorm(ctx).Where("action_plan_id = ?", p.ID).Where(owned, m.From.String()).Find(&items).Error; err != nil {
			return store.Err(err)
		}
		for _, i := range items {
			i.Owners = replaced(m, i.Owners)
			if err := r.items.Update(ctx, tx, i); err != nil {
				return err
			}
		}
		if err := r.Touch(ctx, tx, was, &p, "items"); err != nil {
			return err
		}
		m.Move("action_plan_item", len(items))
	}
	return nil
}

// replaced are owners of an item with one organisation in the place of another, each once.
func replaced(m *store.Merge, was []Owner) []Owner {
	out, named := []Owner{}, []uuid.UUID{}
	for _, o := range was {
		m.Replace(&o.OrganisationID)
		if o.OrganisationID != nil {
			if slices.Contains(named, *o.OrganisationID) {
				continue
			}
			named = append(named, *o.OrganisationID)
		}
		out = append(out, o)
	}
	return out
}
