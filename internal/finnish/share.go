package finnish

import (
	"slices"
	"strings"
)

// Shares tell which share of all documents has a key: of common keys, in the order of their bytes.
type Shares []Share

// Share is that of one key, from 0 to 1.
type Share struct {
	Key   string
	Share float64
}

// Of is the share of a key, 0 if it is not common.
func (s Shares) Of(key string) float64 {
	if i, ok := s.find(key); ok {
		return s[i].Share
	}
	return 0
}

// ofPrefix is that of the commonest key that begins so.
func (s Shares) ofPrefix(prefix string) (most float64) {
	i, _ := s.find(prefix)
	for ; i < len(s) && strings.HasPrefix(s[i].Key, prefix); i++ {
		most = max(most, s[i].Share)
	}
	return most
}

func (s Shares) find(key string) (int, bool) {
	return slices.BinarySearchFunc(s, key, func(x Share, key string) int { return strings.Compare(x.Key, key) })
}

// Share is about how large a share of documents meets the query: of a word that is met in several ways that of the commonest,
// and words are taken to be independent of each other. 0 when a word is not common.
func (q *Query) Share(s Shares) float64 { return s.ofAll(q.clauses) }

// BeginningShare is about how large a share of documents has a word that begins like one of which only the beginning is known.
func (q *Query) BeginningShare(s Shares) (most float64) {
	for _, c := range q.clauses {
		for _, p := range c.prefixes {
			most = max(most, s.ofPrefix(p))
		}
	}
	return most
}

func (s Shares) ofAll(clauses []clause) float64 {
	if len(clauses) == 0 {
		return 0
	}
	all := 1.0
	for _, c := range clauses {
		most := 0.0
		for _, k := range c.keys {
			most = max(most, s.Of(k))
		}
		for _, p := range c.prefixes {
			most = max(most, s.ofPrefix(p))
		}
		for _, parts := range c.compounds {
			most = max(most, s.ofAll(parts))
		}
		if all *= most; all == 0 {
			break
		}
	}
	return all
}
