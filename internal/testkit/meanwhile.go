package testkit

import (
	"context"
	"time"

	"github.com/seutu/seutu/internal/store"
)

// Meanwhile sends a request while a transaction is open that has run the statements on the row with the id, and gives the answer
// that the request gets once that has committed.
func (s *Service) Meanwhile(request func() *Answer, id string, statements ...string) *Answer {
	s.T.Helper()
	answer := make(chan *Answer, 1)
	err := s.DB.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		for _, sql := range statements {
			if _, err := tx.Conn().Exec(ctx, sql, id); err != nil {
				return err
			}
		}
		go func() { answer <- request() }()
		time.Sleep(300 * time.Millisecond) // the request has to wait, or has overtaken
		return nil
	})
	if err != nil {
		s.T.Fatal(err)
	}
	return <-answer
}
