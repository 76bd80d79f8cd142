package app

import (
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/domain/duplicate"
	"github.com/seutu/seutu/internal/domain/network"
	"github.com/seutu/seutu/internal/domain/nomination"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/review"
	"github.com/seutu/seutu/internal/store"
)

// reviews lists what may wait for somebody's decision.
func reviews() []review.Source {
	ofOrganisation := store.Places{Region: "o.region", Municipality: "o.municipality"}
	return []review.Source{
		{Type: "organisation", Path: "/v1/organisations/", Permission: authz.ApproveOrganisation, Places: ofOrganisation, SQL: organisation.Submitted},
		{Type: "pending_change", Path: "/v1/pending-changes/", Permission: authz.ApproveOrganisation, Places: ofOrganisation, SQL: organisation.PendingChanges},
		{Type: "duplicate", Path: "/v1/duplicates/", Permission: authz.ApproveOrganisation, Places: ofOrganisation, SQL: duplicate.Open},
		{Type: "membership", Path: "/v1/memberships/", Permission: authz.WriteNetwork, Places: store.Places{Region: "n.region", Municipality: "n.municipality", Networks: "n.path"}, SQL: network.Applications},
		{Type: "nomination", Path: "/v1/nominations/", Permission: authz.DecideNomination, Places: store.Places{Region: "c.region", Municipality: "c.municipality", Councils: "c.path"}, SQL: nomination.Proposals},
	}
}
