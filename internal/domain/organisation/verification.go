package organisation

import (
	"context"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
)

// requestBatch is how many organisations are asked about at a time: the change feed is told of each.
const requestBatch = 200

// RequestVerification asks those who write the organisations that nobody has verified for a year whether all is still correct:
// at most once a year each, and some of them at a time. For scheduled work.
func (s *Service) RequestVerification(ctx context.Context) error {
	return s.repo.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		now := clock.Now()
		due, err := s.repo.unverified(ctx, tx, now.AddDate(-1, 0, 0), requestBatch)
		if err != nil {
			return err
		}
		for _, was := range due {
			o := *was
			o.VerificationRequestedAt = &now
			if err := s.repo.Update(ctx, tx, was, &o); err != nil {
				return err
			}
		}
		return nil
	})
}
