package account

import (
	"context"
	"crypto/sha256"
	"net/netip"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
)

// window is the time that budgets are for.
const window = 15 * time.Minute

// familiarLife is how long an address from which an account signed in stays familiar.
const familiarLife = 180 * 24 * time.Hour

// budget is how many failures may be counted under a key within the window. All strangers together share one budget of
// an account, and each familiar address has its own: so nobody can lock somebody else out.
type budget struct {
	key   []byte // a hash: neither account nor address is kept in the clear
	limit int
	// rolling: the count starts anew only after a whole window without a counted attempt, so that no 15 minutes ever hold
	// more than the limit. Else it starts anew a window after the first: right for an address that many people share.
	rolling bool
}

func newBudget(limit int, rolling bool, parts ...string) budget {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return budget{sum[:], limit, rolling}
}

// addressBudget is that of one address over all accounts.
func addressBudget(ctx context.Context) budget {
	return newBudget(100, false, "address", network(ctx))
}

func accountBudget(ctx context.Context, email string, familiar bool) budget {
	if familiar {
		return newBudget(10, true, "familiar", email, network(ctx))
	}
	return newBudget(10, true, "strangers", email)
}

func clientBudget(ctx context.Context, id string) budget {
	return newBudget(30, false, "client", id, network(ctx))
}

// network is where the request comes from: an IPv4 address, or the /64 of an IPv6 address, which one customer has whole.
func network(ctx context.Context) string {
	ip := store.OriginFrom(ctx).IP
	if ip == nil {
		return ""
	}
	a, err := netip.ParseAddr(*ip)
	if err != nil || a.Unmap().Is4() {
		return *ip
	}
	p, _ := a.WithZone("").Prefix(64)
	return p.String()
}

// spend counts an attempt before it is known how it ends: even attempts made at once stay within the budget.
// RateLimited when it is used up.
func (s *Service) spend(ctx context.Context, b budget) error {
	ok, err := s.repo.count(ctx, b, clock.Now())
	if err != nil || ok {
		return err
	}
	return s.refuse(ctx, b)
}

// within is RateLimited when the budget is used up, and counts nothing.
func (s *Service) within(ctx context.Context, b budget) error {
	n, _, err := s.repo.counted(ctx, b.key, clock.Now())
	if err != nil || n < b.limit {
		return err
	}
	return s.refuse(ctx, b)
}

func (s *Service) refuse(ctx context.Context, b budget) error {
	_, since, err := s.repo.counted(ctx, b.key, clock.Now())
	if err != nil {
		return err
	}
	e := errs.New(errs.RateLimited, "too many attempts; wait for as long as Retry-After tells")
	e.RetryAfter = min(window, max(time.Second, time.Until(since.Add(window))))
	return e
}

// giveBack takes back the count of an attempt that succeeded.
func (s *Service) giveBack(ctx context.Context, b budget) error { return s.repo.uncount(ctx, b.key) }

// guess counts and checks an attempt at a password; a wrong one leaves an audit row. It takes as long where there is no
// such account or no password. RateLimited, without a look at the password, after too many.
func (s *Service) guess(ctx context.Context, email string, c credentials, password string) (bool, error) {
	wide, narrow := addressBudget(ctx), accountBudget(ctx, email, c.familiar)
	if err := s.spend(ctx, wide); err != nil {
		return false, err
	}
	if err := s.spend(ctx, narrow); err != nil {
		return false, err
	}
	right, err := s.passwords.Check(ctx, password, c.hash)
	if err != nil {
		return false, err
	}
	if !right {
		return false, s.repo.Audit(ctx, event("sign_in_failed", "user", c.id))
	}
	if err := s.giveBack(ctx, wide); err != nil {
		return false, err
	}
	if c.familiar {
		return true, s.repo.uncountAll(ctx, narrow.key)
	}
	return true, s.giveBack(ctx, narrow)
}

// event is an audit event about an account by that account, as far as it is known.
func event(action, resource string, id *uuid.UUID) store.AuditEvent {
	e := store.AuditEvent{Action: action, ResourceType: resource, ResourceID: id}
	if id != nil {
		e.ActorType, e.ActorID = resource, id
	}
	return e
}
