package bench

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// common are words that four to seven of ten rows have.
var common = []string{"yhdistys", "järjestämme", "alueella", "toimii"}

// readWords makes queries of two words as people type them: of the names of rows from all over the table, in lower case.
func readWords(names []string) []string {
	var queries []string
	for _, name := range names {
		words := strings.Fields(strings.ToLower(name))
		words = words[:max(0, len(words)-1)] // "ry"
		if len(words) > 1 {
			queries = append(queries, words[0]+" "+words[len(words)-1])
		}
	}
	return queries
}

func search(path, q string) request {
	return request{method: "GET", path: path + "?q=" + url.QueryEscape(q), status: 200}
}

func (m *sample) words(w *worker) string { return m.queries[w.dice.IntN(len(m.queries))] }

func searchList(m *sample, w *worker) request { return search("/v1/organisations", m.words(w)) }
func searchAll(m *sample, w *worker) request  { return search("/v1/search", m.words(w)) }

func searchCommon(_ *sample, w *worker) request {
	return search("/v1/organisations", common[w.dice.IntN(len(common))])
}

func getHit(m *sample, _ *worker) request    { return getRow(m.ids[0]) }
func listHit(m *sample, _ *worker) request   { return listOf(m.municipalities[0]) }
func searchHit(m *sample, _ *worker) request { return search("/v1/search", m.queries[0]) }

// creates is how many rows are made between the searches of searchAfter.
const creates = 10_000

// searchAfter compares searches with those of the same server after many creates, before any vacuum.
func searchAfter(ctx context.Context, b *bench, w *work) error {
	s, err := b.server(ctx, forgetful)
	if err != nil {
		return err
	}
	if err := signIn(ctx, s); err != nil {
		return err
	}
	clients, done, err := b.connect(ctx, s)
	if err != nil {
		return err
	}
	defer done()
	var before, after result
	next := func(c *worker) request { return searchList(b.sample, c) }
	for _, to := range []*result{&before, &after} {
		if to == &after {
			if err := b.create(ctx, s, clients, creates); err != nil {
				return err
			}
		}
		for r := range b.o.Seconds + 1 {
			if r == 0 { // warms up
				err = round(ctx, s, clients, next, 300*time.Millisecond, &result{})
			} else {
				err = round(ctx, s, clients, next, time.Second, to)
			}
			if err != nil {
				return err
			}
		}
	}
	report(b.out, w, &before, &after)
	return nil
}

// create makes n rows over all connections.
func (b *bench) create(ctx context.Context, s *server, clients []*worker, n int64) error {
	until := b.sample.created.Load() + n
	for b.sample.created.Load() < until {
		err := round(ctx, s, clients, func(c *worker) request { return create(b.sample, c) }, 200*time.Millisecond, &result{})
		if err != nil {
			return fmt.Errorf("create: %w", err)
		}
	}
	return nil
}
