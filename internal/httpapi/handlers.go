package httpapi

import (
	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/domain/audit"
	"github.com/seutu/seutu/internal/domain/geography"
	"github.com/seutu/seutu/internal/domain/meeting"
	"github.com/seutu/seutu/internal/domain/organisation"
)

// An alias gives each embedded handler a field of its own name.
type (
	accounts      = account.Handler
	auditEvents   = audit.Handler
	geographies   = geography.Handler
	meetings      = meeting.Handler
	organisations = organisation.Handler
)

// Handlers is the whole API: its table of contents.
type Handlers struct {
	*service
	*accounts
	*auditEvents
	*geographies
	*meetings
	*organisations
}

var _ api.StrictServerInterface = Handlers{} // a missing or doubled operation does not compile

// NewHandlers puts the families together.
func NewHandlers(a *account.Handler, e *audit.Handler, g *geography.Handler, o *organisation.Handler, m *meeting.Handler) Handlers {
	return Handlers{accounts: a, auditEvents: e, geographies: g, organisations: o, meetings: m}
}
