package httpapi

import (
	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/domain/actionplan"
	"github.com/seutu/seutu/internal/domain/audit"
	"github.com/seutu/seutu/internal/domain/council"
	"github.com/seutu/seutu/internal/domain/geography"
	"github.com/seutu/seutu/internal/domain/network"
	"github.com/seutu/seutu/internal/domain/meeting"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/post"
	"github.com/seutu/seutu/internal/domain/person"
	"github.com/seutu/seutu/internal/domain/nomination"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/seat"
)

// An alias gives each embedded handler a field of its own name.
type (
	accounts      = account.Handler
	auditEvents   = audit.Handler
	geographies   = geography.Handler
	networks      = network.Handler
	meetings      = meeting.Handler
	organisations = organisation.Handler
	posts         = post.Handler
	people        = person.Handler
	councils      = council.Handler
	actionPlans   = actionplan.Handler
	seats         = seat.Handler
	nominations   = nomination.Handler
)

// Handlers is the whole API: its table of contents.
type Handlers struct {
	*service
	*accounts
	*auditEvents
	*geographies
	*networks
	*meetings
	*organisations
	*posts
	*people
	*councils
	*actionPlans
	*seats
	*nominations
}

var _ api.StrictServerInterface = Handlers{} // a missing or doubled operation does not compile

// NewHandlers puts the families together.
func NewHandlers(a *account.Handler, e *audit.Handler, g *geography.Handler, o *organisation.Handler, p *post.Handler) Handlers {
	return Handlers{accounts: a, auditEvents: e, geographies: g, organisations: o, posts: p}
func NewHandlers(a *account.Handler, e *audit.Handler, g *geography.Handler, o *organisation.Handler, n *network.Handler) Handlers {
	return Handlers{accounts: a, auditEvents: e, geographies: g, organisations: o, networks: n}
func NewHandlers(a *account.Handler, e *audit.Handler, g *geography.Handler, o *organisation.Handler, p *person.Handler) Handlers {
	return Handlers{accounts: a, auditEvents: e, geographies: g, organisations: o, people: p}
func NewHandlers(a *account.Handler, e *audit.Handler, g *geography.Handler, o *organisation.Handler, c *council.Handler, ap *actionplan.Handler) Handlers {
	return Handlers{accounts: a, auditEvents: e, geographies: g, organisations: o, councils: c, actionPlans: ap}
func NewHandlers(a *account.Handler, e *audit.Handler, g *geography.Handler, o *organisation.Handler, m *meeting.Handler) Handlers {
	return Handlers{accounts: a, auditEvents: e, geographies: g, organisations: o, meetings: m}
func NewHandlers(a *account.Handler, e *audit.Handler, g *geography.Handler, o *organisation.Handler, s *seat.Handler, n *nomination.Handler) Handlers {
	return Handlers{accounts: a, auditEvents: e, geographies: g, organisations: o, seats: s, nominations: n}
}
