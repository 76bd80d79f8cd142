package network

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/store"
)

// merged is the reason that a merge leaves at the applications that it withdraws.
const merged = "merged"

// MoveOrganisation makes the memberships of an organisation those of the one into which it goes up. Where that was a member of
// the same network at the same time, one membership remains, which holds both periods and both roles; of two applications, or
// one beside a membership, the needless one is withdrawn. It joins the transaction of the merge, which has decided who may do
// this.
func (s *Service) MoveOrganisation(ctx context.Context, tx *store.Tx, m *store.Merge) error {
	all, err := s.repo.membershipsOfBoth(ctx, m)
	if err != nil {
		return err
	}
	byNetwork := map[uuid.UUID][]*Membership{}
	var order []uuid.UUID
	for _, x := range all {
		if len(byNetwork[x.NetworkID]) == 0 {
			order = append(order, x.NetworkID)
		}
		byNetwork[x.NetworkID] = append(byNetwork[x.NetworkID], x)
	}
	for _, n := range order {
		if err := s.moveMemberships(ctx, tx, m, byNetwork[n]); err != nil {
			return err
		}
	}
	return nil
}

// moving is a membership that a merge looks at: as it was, as it becomes, and what takes its place.
type moving struct {
	was *Membership
	now Membership
	as  *moving // the one that it is joined to, or withdrawn for
}

// moveMemberships moves those of one network. What goes is written first: what stays may need its place.
func (s *Service) moveMemberships(ctx context.Context, tx *store.Tx, m *store.Merge, of []*Membership) error {
	all := unite(of, m)
	for _, x := range all {
		switch {
		case x.as == nil:
			continue
		case x.now.Status == Withdrawn:
			note := merged
			if err := tx.Step(ctx, x.now.Resource(), x.now.ID, store.Step{From: string(Applied), To: string(Withdrawn), Note: &note}); err != nil {
				return err
			}
			if err := s.repo.memberships.Update(ctx, tx, x.was, &x.now); err != nil {
				return err
			}
			m.End(x.now.Resource(), x.now.ID, "pending", &x.as.now.ID)
		default:
			if err := s.repo.memberships.Delete(ctx, tx, x.was, &x.now); err != nil {
				return err
			}
			m.End(x.now.Resource(), x.now.ID, "overlap", &x.as.now.ID)
		}
	}
	for _, x := range all {
		if x.as != nil || len(store.ChangedMembers(x.was, &x.now)) == 0 {
			continue
		}
		if err := s.repo.memberships.Update(ctx, tx, x.was, &x.now); err != nil {
			return err
		}
		if x.was.OrganisationID == m.From {
			m.Move(x.now.Resource(), 1)
		}
	}
	return nil
}

// unite decides what becomes of the memberships of two organisations in one network: of those that overlap, or are both
// active, the one of the organisation that stays takes up the others, and of those that are live one remains.
func unite(of []*Membership, m *store.Merge) (all []*moving) {
	for _, was := range of {
		x := &moving{was: was, now: *was}
		x.now.OrganisationID = m.Into
		all = append(all, x)
	}
	slices.SortStableFunc(all, func(a, b *moving) int { // those of the one that stays come first, the longest there before the others
		if a.was.OrganisationID != b.was.OrganisationID {
			return map[bool]int{true: -1, false: 1}[a.was.OrganisationID == m.Into]
		}
		return cmp.Compare(opt.Value(a.was.ValidFrom), opt.Value(b.was.ValidFrom))
	})
	for again := true; again; { // a period that grew may reach others
		again = false
		for i, x := range all {
			for _, y := range all[i+1:] {
				if x.as == nil && y.as == nil && x.now.joins(&y.now) {
					x.now.takeUp(&y.now)
					y.as, again = x, true
				}
			}
		}
	}
	var live *moving
	for _, status := range []MembershipStatus{Active, Applied} {
		for _, x := range all {
			switch {
			case x.as != nil || x.now.Status != status:
			case live == nil:
				live = x
			case status == Applied:
				reason := merged
				x.as, x.now.Status, x.now.Reason = live, Withdrawn, &reason
			}
		}
	}
	return all
}

// joins tells whether two memberships of one organisation cannot stand beside each other.
func (m *Membership) joins(o *Membership) bool {
	return m.counts() && o.counts() && (m.Status == Active && o.Status == Active || overlap(Role{From: m.ValidFrom, To: m.ValidTo}, Role{From: o.ValidFrom, To: o.ValidTo}))
}

// takeUp makes m a membership for its own time and that of another one, with the roles of both, each for its own time.
func (m *Membership) takeUp(o *Membership) {
	roles := slices.Clone(m.bounded())
	for _, r := range o.bounded() {
		if i := slices.IndexFunc(roles, func(x Role) bool { return x.Role == r.Role && overlap(x, r) }); i >= 0 {
			roles[i].From, roles[i].To = earlier(roles[i].From, r.From), later(roles[i].To, r.To)
		} else {
			roles = append(roles, r)
		}
	}
	m.ValidFrom, m.ValidTo, m.Roles = earlier(m.ValidFrom, o.ValidFrom), later(m.ValidTo, o.ValidTo), roles
	if o.Status == Active {
		m.Status, m.Reason = Active, nil
	}
}

// bounded are the roles with the bounds of the membership where they have none of their own.
func (m *Membership) bounded() []Role {
	out := make([]Role, len(m.Roles))
	for i, r := range m.Roles {
		out[i] = Role{r.Role, opt.First(r.From, m.ValidFrom), opt.First(r.To, m.ValidTo)}
	}
	return out
}

// earlier is the earlier of two starts, of which nil is the earliest; later the later of two ends, of which nil is the latest.
func earlier(a, b *clock.Date) *clock.Date {
	if a == nil || b == nil {
		return nil
	}
	return map[bool]*clock.Date{true: a, false: b}[*a < *b]
}

func later(a, b *clock.Date) *clock.Date {
	if a == nil || b == nil {
		return nil
	}
	return map[bool]*clock.Date{true: a, false: b}[*a > *b]
}
