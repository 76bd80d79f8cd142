package seat

import (
	"context"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
)

// OfOrganisation tells who speaks for an organisation on a day, as JSON: every way by its networks, or its own nomination, to
// a seat, and on to the seats that the councils nominate. For whoever may see the organisation; Missing or WasDeleted to others.
func (s *Service) OfOrganisation(ctx context.Context, id uuid.UUID, on clock.Date) ([]byte, error) {
	if err := s.organisations.Visible(ctx, id); err != nil {
		return nil, err
	}
	return s.repo.chains(ctx, id, on)
}

// InCouncil tells for whom each seat of a council speaks on a day, and how many members have nobody, as JSON. Open to everyone;
// Missing or WasDeleted without the council.
func (s *Service) InCouncil(ctx context.Context, id uuid.UUID, on clock.Date) ([]byte, error) {
	return s.repo.speakers(ctx, id, on)
}

// WithoutVoice renders a page of the member organisations for whom nobody speaks in a council on a day. Open to everyone;
// Missing or WasDeleted without the council.
func (s *Service) WithoutVoice(ctx context.Context, id uuid.UUID, on clock.Date, municipalities []string, count bool, req page.Request) (render.Page, error) {
	p, err := s.repo.withoutVoice(ctx, id, on, municipalities, count, req)
	if err == nil && len(p.Items) == 0 { // everybody is spoken for, or no council?
		_, err = s.repo.council(ctx, id, false)
	}
	return p, err
}
