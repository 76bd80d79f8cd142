package person_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func fi(s string) object { return object{"fi": s} }

// organisation makes a published one.
func organisation(s *testkit.Service, name, municipality string) string {
	s.T.Helper()
	return s.As(authz.Admin, "").Post("/v1/organisations", object{"kind": "association", "name": fi(name), "municipality": municipality}).Want(201).ID()
}

// council and the helpers below make rows of other families as their own operations would.
func council(s *testkit.Service, region string) uuid.UUID {
	s.T.Helper()
	id := store.NewID()
	s.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, path, sort_name)
		values ($1, 1, now(), now(), 'advisory_council', '{"fi": "Neuvottelukunta"}', $2, '{}', 'Neuvottelukunta')`, id, region)
	return id
}

func committee(s *testkit.Service, parent uuid.UUID) uuid.UUID {
	s.T.Helper()
	id := store.NewID()
	s.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, parent_id, path, sort_name)
		select $1, 1, now(), now(), 'committee', '{"fi": "Työvaliokunta"}', region, id, '{}', 'Työvaliokunta' from councils where id = $2`, id, parent)
	return id
}

func network(s *testkit.Service, region string) uuid.UUID {
	s.T.Helper()
	id := store.NewID()
	s.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, region, path, sort_name)
		values ($1, 1, now(), now(), 'thematic', 'active', '{"fi": "Verkosto"}', $2, '{}', 'Verkosto')`, id, region)
	return id
}

func seat(s *testkit.Service, council uuid.UUID, person string) uuid.UUID {
	s.T.Helper()
	id := store.NewID()
	s.Exec(`insert into seats (id, version, created_at, updated_at, council_id, role, person_id, vacant) values ($1, 1, now(), now(), $2, 'member', $3, false)`, id, council, person)
	return id
}

func nomination(s *testkit.Service, council uuid.UUID, person, organisation string) {
	s.T.Helper()
	s.Exec(`insert into nominations (id, version, created_at, updated_at, council_id, status, role, person_id, nominating_organisation_id)
		values ($1, 1, now(), now(), $2, 'proposed', 'member', $3, $4)`, store.NewID(), council, person, organisation)
}

// holder makes a post in a municipality that the person holds.
func holder(s *testkit.Service, region, municipality, person string) {
	s.T.Helper()
	post := store.NewID()
	s.Exec(`insert into posts (id, version, created_at, updated_at, kind, title, region, municipality, sort_name)
		values ($1, 1, now(), now(), 'liaison_officer', '{"fi": "Yhdyshenkilö"}', $2, $3, 'Yhdyshenkilö')`, post, region, municipality)
	s.Exec("insert into post_holders (id, version, created_at, updated_at, post_id, person_id) values ($1, 1, now(), now(), $2, $3)", store.NewID(), post, person)
}

var asItStands = testkit.IfMatch("*")

// everything is a consent to show every field.
var everything = []object{{"fields": []string{"name", "email", "phone"}, "given": true, "ground": "lomake"}}

// names are the names of the people in a list.
func names(a *testkit.Answer) []string {
	a.T.Helper()
	out := []string{}
	for _, p := range a.Want(200).Items() {
		n, _ := p["name"].(string)
		out = append(out, n)
	}
	return out
}
