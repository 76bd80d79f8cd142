package network

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
)

// admissible makes sure, for the rest of the transaction, that the network can have m beside its other memberships.
func (s *Service) admissible(ctx context.Context, m *Membership) error {
	at, found, err := s.repo.lock(ctx, m.NetworkID)
	switch {
	case err != nil:
		return err
	case !found || at.deleted:
		return errs.New(errs.Missing, "there is none with this id")
	case at.status == StatusClosed && m.live():
		e := errs.New(errs.WrongTransition, "the network is closed: nobody can join it")
		e.Members = map[string]any{"allowed": []string{}}
		return e
	}
	if m.live() {
		if id, found, err := s.repo.live(ctx, m); err != nil || found {
			return conflict(err, errDuplicate(), id)
		}
	}
	if !m.counts() {
		return nil
	}
	if id, found, err := s.repo.overlapping(ctx, m); err != nil || found {
		return conflict(err, errOverlap(), id)
	}
	for i, r := range m.Roles {
		if r.Role != Convener {
			continue
		}
		if id, found, err := s.repo.convening(ctx, m, r); err != nil || found {
			return conflict(err, errConvener("/roles/"+strconv.Itoa(i)), id)
		}
	}
	return nil
}

func errDuplicate() *errs.Error {
	e := errs.New(errs.Duplicate, "the organisation is a member already, or has applied")
	e.Faults = []errs.Fault{{In: "body", Pointer: "/organisationId", Code: "duplicate", Detail: errs.Msg("the organisation is a member already, or has applied")}}
	return e
}

func errOverlap() *errs.Error {
	e := errs.New(errs.Overlap, "the organisation was a member at that time already")
	e.Faults = []errs.Fault{{In: "body", Pointer: "/from", Code: "overlap", Detail: errs.Msg("the organisation was a member at that time already")}}
	return e
}

func errConvener(pointer string) *errs.Error {
	e := errs.New(errs.Overlap, "the network has another convener at that time")
	e.Faults = []errs.Fault{{In: "body", Pointer: pointer, Code: "overlap", Detail: errs.Msg("the network has another convener at that time")}}
	return e
}

// conflict is err, else the refusal that names the other membership.
func conflict(err error, refusal *errs.Error, other uuid.UUID) error {
	if err != nil {
		return err
	}
	refusal.Members = map[string]any{"conflictsWith": other}
	return refusal
}

// clash tells the database's refusals as what they are.
func clash(err error) error {
	switch store.Violated(err) {
	case "memberships_live":
		return errDuplicate()
	case "memberships_period":
		return errOverlap()
	case "membership_roles_convener":
		return errConvener("/roles")
	}
	return err
}
