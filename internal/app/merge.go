package app

import (
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/domain/actionplan"
	"github.com/seutu/seutu/internal/domain/council"
	"github.com/seutu/seutu/internal/domain/duplicate"
	"github.com/seutu/seutu/internal/domain/meeting"
	"github.com/seutu/seutu/internal/domain/network"
	"github.com/seutu/seutu/internal/domain/nomination"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/person"
	"github.com/seutu/seutu/internal/domain/post"
	"github.com/seutu/seutu/internal/domain/seat"
)

// registerMerges tells the organisations' service which families hold ids of organisations: what a merge has to move. A test
// holds the list against the database.
func (a *App) registerMerges() {
	a.Organisations.Register(
		organisation.Holder{Columns: network.OrganisationColumns, Move: a.Networks.MoveOrganisation},
		organisation.Holder{Columns: seat.OrganisationColumns, Move: a.Seats.MoveOrganisation},
		organisation.Holder{Columns: nomination.OrganisationColumns, Move: a.Nominations.MoveOrganisation},
		organisation.Holder{Columns: meeting.OrganisationColumns, Move: a.Meetings.MoveOrganisation},
		organisation.Holder{Columns: council.OrganisationColumns, Move: a.Councils.MoveOrganisation},
		organisation.Holder{Columns: actionplan.OrganisationColumns, Move: a.ActionPlans.MoveOrganisation},
		organisation.Holder{Columns: post.OrganisationColumns, Move: a.Posts.MoveOrganisation},
		organisation.Holder{Columns: person.OrganisationColumns, Move: a.People.MoveOrganisation},
		organisation.Holder{Columns: duplicate.OrganisationColumns, Move: a.Duplicates.MoveOrganisation},
		organisation.Holder{Columns: account.OrganisationColumns, Move: a.Accounts.MoveOrganisation},
	)
}
