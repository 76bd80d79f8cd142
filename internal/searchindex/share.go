package searchindex

import (
	"context"

	"github.com/seutu/seutu/internal/finnish"
)

// shares are what PostgreSQL's statistics tell of the documents: which keys many of them have. A search for what many have is
// quicker without the index, which would list all of them before the first can be taken.
type shares struct {
	documents    float64
	names, texts finnish.Shares // of keys in names and in all texts: those that are common
}

const (
	// common is the share from which a key is remembered.
	common = 0.01
	// broad is the share from which a label is seen on documents rather than looked up.
	broad = 0.5
	// looking is how many entries of the index are read in the time that one document takes to be looked at.
	looking = 5
)

// Learn reads the statistics, which PostgreSQL gathers now and then. Until then every search is by the index.
func (x *Index) Learn(ctx context.Context) error {
	s, err := x.repo.shares(ctx)
	if err == nil {
		x.shares.Store(s)
	}
	return err
}

// of gives a query's tsquery and shares.
func (s *shares) of(q *finnish.Query) found {
	return found{q.Literal(), q.Share(s.names), q.Share(s.texts), q.BeginningShare(s.texts)}
}

// label is the share of the documents that have one of the values of a label.
func (s *shares) label(name string, values []string) (share float64) {
	for _, v := range values {
		share += s.texts.Of(labelKey(name, v))
	}
	return min(share, 1)
}

// quickly tells whether enough documents to be ranked are sooner found by looking at one after the other than by the index.
func (s *shares) quickly(share float64) bool {
	return share > 0 && looking*maxRanked/share < share*s.documents
}

// slow tells whether it takes the index long to list a share of the documents.
func (s *shares) slow(share float64) bool { return share*s.documents > looking*maxRanked }
