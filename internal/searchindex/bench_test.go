package searchindex_test

import (
	"net/url"
	"testing"

	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/testkit"
)

// BenchmarkSearch asks the questions one after the other; no answer comes from memory. It lives by the rules.
func BenchmarkSearch(b *testing.B) {
	s := testkit.On(b, testkit.DSN(b), config.Service{Issuer: "https://seutu.test"})
	load(b, s, read[document](b, "documents.ndjson"))
	c, questions := s.Anonymous(), read[question](b, "queries.ndjson")
	for i := 0; b.Loop(); i++ {
		c.Get("/v1/search?q=" + url.QueryEscape(questions[i%len(questions)].Q)).Want(200)
	}
}
