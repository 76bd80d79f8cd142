package meeting_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func fi(s string) object { return object{"fi": s} }

// council inserts a council of Kanta-Häme, or of a municipality there.
func council(s *testkit.Service, name string, municipality any) string {
	id := store.NewID().String()
	s.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, municipality, path, sort_name)
		values ($1, 1, now(), now(), 'advisory_council', jsonb_build_object('fi', $2::text), '05', $3, '{}', $2)`, id, name, municipality)
	return id
}

// network inserts a network of a municipality in Kanta-Häme.
func network(s *testkit.Service, name string) string {
	id := store.NewID().String()
	s.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, region, municipality, path, sort_name)
		values ($1, 1, now(), now(), 'thematic', 'active', jsonb_build_object('fi', $2::text), '05', '109', '{}', $2)`, id, name)
	return id
}

// person inserts a person.
func person(s *testkit.Service, name string, consents bool) string {
	id := store.NewID().String()
	s.Exec("insert into people (id, version, created_at, updated_at, name, sort_name, consent_name) values ($1, 1, now(), now(), $2, $2, $3)", id, name, consents)
	return id
}

// seat inserts a seat of a council with further columns.
func seat(s *testkit.Service, council, role string, more object) string {
	id := store.NewID().String()
	columns, marks, args := "", "", []any{id, council, role}
	if _, ok := more["vacant"]; !ok {
		columns, marks = ", vacant", ", false"
	}
	for k, v := range more {
		args = append(args, v)
		columns += ", " + k
		marks += fmt.Sprintf(", $%d", len(args))
	}
	s.Exec("insert into seats (id, version, created_at, updated_at, council_id, role"+columns+") values ($1, 1, now(), now(), $2, $3"+marks+")", args...)
	return id
}

// organisation inserts a published organisation of Hämeenlinna.
func organisation(s *testkit.Service, name, status string) string {
	id := store.NewID().String()
	s.Exec(`insert into organisations (id, version, created_at, updated_at, published_at, status, kind, name, country, region, municipality, sort_name, match_name)
		values ($1, 1, now(), now(), case when $3 = 'draft' then null else now() end, $3, 'association', jsonb_build_object('fi', $2::text), 'FI', '05', '109', $2, $2)`, id, name, status)
	return id
}

// etag reads the present tag of a resource.
func etag(c *testkit.Client, path string) testkit.Header {
	c.T.Helper()
	a := c.Get(path).Want(200)
	require.NotEmpty(c.T, a.ETag())
	return testkit.IfMatch(a.ETag())
}

// change sends a change under the present tag.
func change(c *testkit.Client, method, path, tagged string, body any) *testkit.Answer {
	c.T.Helper()
	return c.Do(method, path, body, etag(c, tagged))
}

// patched sends a merge patch under the present tag.
func patched(c *testkit.Client, path, tagged string, body any) *testkit.Answer {
	c.T.Helper()
	return c.Patch(path, body, etag(c, tagged))
}

// held makes a meeting that was held.
func held(c *testkit.Client, council, date string) string {
	c.T.Helper()
	return "/v1/meetings/" + c.Post("/v1/councils/"+council+"/meetings", object{"date": date, "status": "held"}).Want(201).ID()
}
