package council_test

import (
	"sync"
	"testing"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func fi(s string) object { return object{"fi": s} }

// with is an object of further members over others.
func with(o object, more ...object) object {
	out := object{}
	for _, m := range append([]object{o}, more...) {
		for k, v := range m {
			out[k] = v
		}
	}
	return out
}

func group(name string, more ...object) object {
	return with(object{"kind": "cooperation_group", "name": fi(name), "region": "05"}, more...)
}

var anyVersion = testkit.IfMatch("*")

// made creates a council as an admin.
func made(s *testkit.Service, body object) string {
	s.T.Helper()
	return s.As(authz.Admin, "").Post("/v1/councils", body).Want(201).ID()
}

// network inserts a network: its family has operations of its own.
func network(s *testkit.Service, name, region, municipality string) string {
	s.T.Helper()
	id := store.NewID().String()
	s.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, region, municipality, path, sort_name)
		values ($1, 1, now(), now(), 'thematic', 'active', jsonb_build_object('fi', $2::text), $3, nullif($4, ''), '{}', $2)`, id, name, region, municipality)
	return id
}

func meeting(s *testkit.Service, council, date string) string {
	s.T.Helper()
	id := store.NewID().String()
	s.Exec("insert into meetings (id, version, created_at, updated_at, council_id, status, year, date) values ($1, 1, now(), now(), $2, 'held', 2025, nullif($3, '')::date)", id, council, date)
	return id
}

func seat(s *testkit.Service, council string, term any) string {
	s.T.Helper()
	id := store.NewID().String()
	s.Exec("insert into seats (id, version, created_at, updated_at, council_id, role, vacant, term_id) values ($1, 1, now(), now(), $2, 'member', true, $3)", id, council, term)
	return id
}

// atOnce sends requests at the same time and gives their answers.
func atOnce(requests ...func() *testkit.Answer) []*testkit.Answer {
	out := make([]*testkit.Answer, len(requests))
	var wg sync.WaitGroup
	for i, r := range requests {
		wg.Go(func() { out[i] = r() })
	}
	wg.Wait()
	return out
}

// oneWins fails unless exactly one answer has the status and all others are problems of the type.
func oneWins(t *testing.T, answers []*testkit.Answer, won int, problem string) {
	t.Helper()
	n := 0
	for _, a := range answers {
		if a.Status == won {
			n++
			continue
		}
		a.Problem(409, problem)
	}
	if n != 1 {
		t.Errorf("%d won, not one", n)
	}
}
