package nomination

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/store"
)

// OrganisationColumns are the columns of nominations that name organisations.
var OrganisationColumns = []string{"nominations.organisation_id", "nominations.nominating_organisation_id"}

// merged is the reason that a merge leaves at the nominations that it withdraws.
const merged = "merged"

// moveOrganisation lets the nominations that name an organisation name the one that it was merged into. An open one of a person
// whom that has proposed to the same council itself is withdrawn.
func (r Repository) moveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	all, err := r.Lock(ctx, "organisation_id = ? or nominating_organisation_id = ?", m.From, m.From)
	if err != nil {
		return err
	}
	if err := r.placeAll(ctx, all); err != nil {
		return err
	}
	for _, was := range all {
		now, reason := *was, merged
		m.Replace(&now.OrganisationID)
		var other *uuid.UUID
		if m.Replace(&now.NominatingOrganisationID) && was.Status == StatusProposed {
			if other, err = r.same(ctx, &now); err != nil {
				return err
			}
		}
		if other != nil {
			now.Status, now.Reason = StatusWithdrawn, &reason
			if err := tx.Step(ctx, now.Resource(), now.ID, store.Step{From: string(was.Status), To: string(now.Status), Note: &reason}); err != nil {
				return err
			}
			m.End(now.Resource(), now.ID, "pending", other)
		} else {
			m.Move(now.Resource(), 1)
		}
		if err := r.Update(ctx, tx, was, &now); err != nil {
			return err
		}
	}
	return nil
}

// placeAll puts nominations where their councils stand.
func (r Repository) placeAll(ctx context.Context, all []*Nomination) error {
	type place struct{ region, municipality *string }
	at := map[uuid.UUID]place{}
	for _, n := range all {
		p, known := at[n.CouncilID]
		if !known {
			if err := r.QueryRow(ctx, "select region, municipality from councils where id = $1", n.CouncilID).Scan(&p.region, &p.municipality); err != nil {
				return store.Err(err)
			}
			at[n.CouncilID] = p
		}
		n.Region, n.Municipality = p.region, p.municipality
	}
	return nil
}
