package httpapi

import (
	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/domain/actionplan"
	"github.com/seutu/seutu/internal/domain/audit"
	"github.com/seutu/seutu/internal/domain/council"
	"github.com/seutu/seutu/internal/domain/geography"
	"github.com/seutu/seutu/internal/domain/meeting"
	"github.com/seutu/seutu/internal/domain/network"
	"github.com/seutu/seutu/internal/domain/nomination"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/person"
	"github.com/seutu/seutu/internal/domain/post"
	"github.com/seutu/seutu/internal/domain/search"
	"github.com/seutu/seutu/internal/domain/seat"
)

// An alias gives each embedded handler a field of its own name.
//
//nolint:revive // their names say all
type (
	Accounts      = account.Handler
	ActionPlans   = actionplan.Handler
	AuditEvents   = audit.Handler
	Councils      = council.Handler
	Geographies   = geography.Handler
	Meetings      = meeting.Handler
	Networks      = network.Handler
	Nominations   = nomination.Handler
	Organisations = organisation.Handler
	People        = person.Handler
	Posts         = post.Handler
	Searches      = search.Handler
	Seats         = seat.Handler
)

// Handlers is the whole API: its table of contents.
type Handlers struct {
	*service
	*Accounts
	*ActionPlans
	*AuditEvents
	*Councils
	*Geographies
	*Meetings
	*Networks
	*Nominations
	*Organisations
	*People
	*Posts
	*Searches
	*Seats
}

var _ api.StrictServerInterface = Handlers{} // a missing or doubled operation does not compile
