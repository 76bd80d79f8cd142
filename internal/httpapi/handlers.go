package httpapi

import (
	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/domain/audit"
	"github.com/seutu/seutu/internal/domain/geography"
	"github.com/seutu/seutu/internal/domain/nomination"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/seat"
)

// An alias gives each embedded handler a field of its own name.
type (
	accounts      = account.Handler
	auditEvents   = audit.Handler
	geographies   = geography.Handler
	organisations = organisation.Handler
	seats         = seat.Handler
	nominations   = nomination.Handler
)

// Handlers is the whole API: its table of contents.
type Handlers struct {
	*service
	*accounts
	*auditEvents
	*geographies
	*organisations
	*seats
	*nominations
}

var _ api.StrictServerInterface = Handlers{} // a missing or doubled operation does not compile

// NewHandlers puts the families together.
func NewHandlers(a *account.Handler, e *audit.Handler, g *geography.Handler, o *organisation.Handler, s *seat.Handler, n *nomination.Handler) Handlers {
	return Handlers{accounts: a, auditEvents: e, geographies: g, organisations: o, seats: s, nominations: n}
}
