package network_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// together runs requests at once and returns their statuses, in rising order.
func together(requests ...func() *testkit.Answer) []int {
	statuses := make([]int, len(requests))
	var wg sync.WaitGroup
	for i, r := range requests {
		wg.Go(func() { statuses[i] = r().Status })
	}
	wg.Wait()
	slices.Sort(statuses)
	return statuses
}

const rounds = 8

func TestBothAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	convener := object{"roles": []object{{"role": "convener"}}}
	for range rounds {
		a, b := organisation(s.Service, "A ry", "109"), organisation(s.Service, "B ry", "109")
		s.network = s.As(authz.Admin, "").Post("/v1/networks", network("Kisa", object{"municipality": "109"})).Want(201).ID()
		x, y, editor := s.As(authz.Convener, s.network), s.As(authz.Officer, "109"), s.As(authz.Editor, a)
		s.decider = x
		apply := func() *testkit.Answer { return editor.Post(s.members(), object{"organisationId": a}) }
		assert.Equal(t, []int{201, 409}, together(apply, apply), "both apply")
		id := x.Get(s.members()).Items()[0]["id"].(string)
		accept := func(c *testkit.Client) func() *testkit.Answer {
			return func() *testkit.Answer { return step(c, id, object{"to": "active"}) }
		}
		statuses := together(accept(x), accept(y))
		assert.Equal(t, 200, statuses[0], "both accept")
		assert.Contains(t, []int{409, 412}, statuses[1], "both accept")
		other := s.add(b)
		convene := func(c *testkit.Client, id string) func() *testkit.Answer {
			return func() *testkit.Answer { return patch(c, id, convener) }
		}
		assert.Equal(t, []int{200, 409}, together(convene(x, id), convene(y, other)), "both convene")
		s.decider.Do("DELETE", "/v1/memberships/"+id, nil, anyVersion).Want(204)
		addTwice := func(c *testkit.Client, from string) func() *testkit.Answer {
			return func() *testkit.Answer {
				return c.Post(s.members(), object{"organisationId": a, "from": from, "to": "2010-01-01"})
			}
		}
		assert.Equal(t, []int{201, 409}, together(addTwice(x, "2001-01-01"), addTwice(y, "2009-01-01")), "both tell of the past")
	}
}

func TestCloseWhileAccepting(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	admin := s.As(authz.Admin, "")
	for range rounds {
		s.network = admin.Post("/v1/networks", network("Kisa", object{"municipality": "109"})).Want(201).ID()
		id := s.apply()
		statuses := together(
			func() *testkit.Answer { return step(admin, id, object{"to": "active"}) },
			func() *testkit.Answer {
				return admin.Post("/v1/networks/"+s.network+"/transitions", object{"to": "closed", "note": "Loppui"}, anyVersion)
			},
		)
		assert.Contains(t, [][]int{{200, 200}, {200, 409}, {200, 412}}, statuses)
		got := admin.Get("/v1/memberships/" + id).Want(200).JSON()["status"]
		assert.Equal(t, map[bool]any{true: "left", false: "rejected"}[statuses[1] == 200], got, "nobody is a member of a closed network")
		assert.Equal(t, "closed", admin.Get("/v1/networks/" + s.network).JSON()["status"])
	}
}

func TestNoCircleByTwo(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	x, y := s.As(authz.Admin, ""), s.As(authz.Admin, "")
	for range rounds {
		a := x.Post("/v1/networks", network("A", object{"region": "05"})).Want(201).ID()
		b := x.Post("/v1/networks", network("B", object{"region": "05"})).Want(201).ID()
		under := func(c *testkit.Client, id, parent string) func() *testkit.Answer {
			return func() *testkit.Answer { return c.Patch("/v1/networks/"+id, object{"parentId": parent}, anyVersion) }
		}
		assert.Equal(t, []int{200, 409}, together(under(x, a, b), under(y, b, a)))
	}
	a := x.Post("/v1/networks", network("A", object{"region": "05"})).Want(201).ID()
	below := func(c *testkit.Client) func() *testkit.Answer {
		return func() *testkit.Answer {
			return c.Post("/v1/networks", network("Ala", object{"region": "05", "parentId": a}))
		}
	}
	remove := func() *testkit.Answer { return x.Do("DELETE", "/v1/networks/"+a, nil, anyVersion) }
	statuses := together(remove, below(y))
	assert.Contains(t, [][]int{{201, 409}, {204, 422}}, statuses, "none stands below what is deleted")
}

// TestDatabaseRefuses: the constraints stand behind the checks.
func TestDatabaseRefuses(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.add(s.one, object{"from": "2010-01-01", "roles": []object{{"role": "convener"}}})
	parent := s.network
	child := s.As(authz.Admin, "").Post("/v1/networks", network("Ala", object{"municipality": "109", "parentId": parent})).Want(201).ID()
	const insert = `insert into memberships (id, version, created_at, updated_at, network_id, organisation_id, status, valid_from, valid_to, roles) values ($1, 1, now(), now(), $2::text::uuid, $3::text::uuid, $4, $5::text::date, $6::text::date, $7::text::jsonb)`
	for constraint, args := range map[string][]any{
		"memberships_live":          {s.one, "applied", nil, nil, "[]"},
		"memberships_period":        {s.one, "left", "2009-01-01", "2010-01-02", "[]"},
		"membership_roles_convener": {s.two, "active", "2011-01-01", nil, `[{"role": "convener", "from": null, "to": null}]`},
		"memberships_check":         {s.two, "left", "2011-01-01", "2011-01-01", "[]"},
	} {
		_, err := s.DB.Exec(context.Background(), insert, append([]any{store.NewID(), s.network}, args...)...)
		require.Error(t, err, constraint)
		assert.Equal(t, constraint, store.Violated(err))
	}
	_, err := s.DB.Exec(context.Background(), "update networks set parent_id = $1::text::uuid where id = $2::text::uuid", child, parent)
	require.Error(t, err)
	assert.Equal(t, "networks_circle", store.Violated(err))
}
