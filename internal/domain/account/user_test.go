package account_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestCreateUser(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "05")
	made := c.Post("/v1/users", object{"email": " Maija@Forssa.Example", "displayName": "Maija", "password": password}).Want(201)
	got := c.Get(made.Header.Get("Location")).Want(200)
	assert.Equal(t, "/v1/users/"+made.ID(), made.Header.Get("Location"))
	assert.Equal(t, made.ETag(), got.ETag())
	assert.Equal(t, made.JSON(), got.JSON())
	for member, want := range (object{"email": "maija@forssa.example", "displayName": "Maija", "disabled": false, "lastSignedInAt": nil, "version": 1.0}) {
		assert.Equal(t, want, got.JSON()[member], member)
	}
	bearer(s, signIn(s, "maija@forssa.example", password)).Get("/v1/users").Problem(403, "forbidden") // a user alone may do nothing

	assert.ElementsMatch(t, []string{"invalid /email", "too-common /password"}, c.Post("/v1/users", object{"email": "no address", "password": "salasana1234"}).Problem(422, "invalid-data"))
	assert.ElementsMatch(t, []string{"required /email", "unknown /role", "unknown /id", "too-short /displayName"},
		c.Post("/v1/users", object{"role": "admin", "id": uuid.NewString(), "displayName": ""}).Problem(400, "validation"))
	s.As(authz.Secretary, uuid.NewString()).Post("/v1/users", object{"email": "a@x.example"}).Problem(403, "forbidden")
	s.Anonymous().Post("/v1/users", object{"email": "a@x.example"}).Problem(401, "sign-in-needed")

	taken := c.Post("/v1/users", object{"email": "MAIJA@forssa.example"})
	assert.Equal(t, []string{"duplicate /email"}, taken.Problem(409, "duplicate"))
	assert.Equal(t, made.ID(), taken.JSON()["conflictsWith"])
	stranger := s.As(authz.Coordinator, "07").Post("/v1/users", object{"email": "maija@forssa.example"})
	stranger.Problem(409, "duplicate")
	assert.NotContains(t, string(stranger.Body), made.ID(), "only those who manage the user learn who it is")

	statuses := make([]int, 10)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() { statuses[i] = c.Post("/v1/users", object{"email": "race@x.example"}).Status })
	}
	wg.Wait()
	slices.Sort(statuses)
	assert.Equal(t, []int{201, 409, 409, 409, 409, 409, 409, 409, 409, 409}, statuses)
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, c := s.As(authz.Admin, ""), s.As(authz.Coordinator, "05")
	person(s, "other@x.example")
	made := c.Post("/v1/users", object{"email": "matti@x.example", "displayName": "Matti", "password": password}).Want(201)
	url := made.Header.Get("Location")
	signedIn := signIn(s, "matti@x.example", password)
	assert.Equal(t, made.ETag()[:3], c.Patch(url, object{"displayName": "M"}).Want(428).ETag()[:3])
	c.Patch(url, object{"displayName": "M"}).Problem(428, "precondition-required")
	c.Patch(url, object{"displayName": "M"}, testkit.IfMatch(`"2-x"`)).Problem(412, "stale")
	patched := c.Patch(url, object{"displayName": nil, "email": "Matti.M@X.example"}, testkit.IfMatch(made.ETag())).Want(200)
	assert.Nil(t, patched.JSON()["displayName"])
	assert.Equal(t, "matti.m@x.example", patched.JSON()["email"])
	assert.Equal(t, 2.0, patched.JSON()["version"])
	assert.Equal(t, patched.ETag(), c.Patch(url, object{"email": "matti.m@x.example"}, testkit.IfMatch("*")).Want(200).ETag(), "no change, no version")
	bearer(s, signedIn).Get("/v1/me").Want(200)
	signIn(s, "matti@x.example", password).Problem(400, "invalid-grant")
	signIn(s, "matti.m@x.example", password).Want(200)

	assert.Equal(t, []string{"invalid /email"}, c.Patch(url, object{"email": "a@b"}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"duplicate /email"}, c.Patch(url, object{"email": "other@x.example"}, testkit.IfMatch("*")).Problem(409, "duplicate"))
	assert.ElementsMatch(t, []string{"unknown /password", "null /email"}, c.Patch(url, object{"password": password, "email": nil}, testkit.IfMatch("*")).Problem(400, "validation"))
	s.As(authz.Officer, "109").Patch(url, object{"disabled": true}, testkit.IfMatch("*")).Problem(404, "not-found")
	s.As(authz.Editor, uuid.NewString()).Patch(url, object{"disabled": true}, testkit.IfMatch("*")).Problem(403, "forbidden")

	c.Patch(url, object{"disabled": true}, testkit.IfMatch("*")).Want(200)
	bearer(s, signedIn).Get("/v1/me").Problem(401, "invalid-token")
	refresh(s, text(signedIn, "refresh_token")).Problem(400, "invalid-grant")
	signIn(s, "matti.m@x.example", password).Problem(400, "invalid-grant")
	c.Patch(url, object{"disabled": false}, testkit.IfMatch("*")).Want(200)
	bearer(s, signedIn).Get("/v1/me").Problem(401, "invalid-token") // the sessions do not come back
	signIn(s, "matti.m@x.example", password).Want(200)

	self := "/v1/users/" + admin.ID.String()
	admin.Patch(self, object{"displayName": "Minä"}, testkit.IfMatch("*")).Want(200)
	assert.Equal(t, []string{"oneself /disabled"}, admin.Patch(self, object{"disabled": true}, testkit.IfMatch("*")).Problem(422, "invalid-data"))
	c.Patch("/v1/users/"+c.ID.String(), object{"displayName": "Minä"}, testkit.IfMatch("*")).Problem(404, "not-found")
}

func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	a, b := s.As(authz.Admin, ""), s.As(authz.Admin, "")
	grant := func(c *testkit.Client) string {
		return "/v1/grants/" + a.Get("/v1/grants?userId=" + c.ID.String()).Want(200).Items()[0]["id"].(string)
	}
	mine, yours := grant(a), grant(b)
	a.Patch("/v1/users/"+b.ID.String(), object{"disabled": true}, testkit.IfMatch("*")).Want(200)
	remove(a, mine).Problem(409, "in-use") // a disabled admin does not count
	a.Patch("/v1/users/"+b.ID.String(), object{"disabled": false}, testkit.IfMatch("*")).Want(200)
	machine := newAccount(a, object{"name": "Kone"})
	a.Post("/v1/grants", object{"serviceAccountId": machine.Account.ID, "role": "admin"}).Want(201)
	robot := bearer(s, clientToken(s, machine.Account.ID, machine.Secret.ClientSecret))
	remove(robot, yours).Want(204)
	remove(robot, mine).Problem(409, "in-use") // nor does a machine
	robot.Patch("/v1/users/"+a.ID.String(), object{"disabled": true}, testkit.IfMatch("*")).Problem(409, "in-use")
	a.Get("/v1/users").Want(200)
}

// TestAdminsRemovingEachOther: of two admins who disable each other at once, one remains. Both requests are made to be
// under way before either can write.
func TestAdminsRemovingEachOther(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	a, b := s.As(authz.Admin, ""), s.As(authz.Admin, "")
	a.Get("/v1/me").Want(200)
	b.Get("/v1/me").Want(200)
	owner, err := store.Open(t.Context(), store.Config{DSN: s.DSN, Connections: 2, Owner: true})
	require.NoError(t, err)
	defer owner.Close()
	var statuses [2]int
	var wg sync.WaitGroup
	require.NoError(t, owner.Write(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Conn().Exec(ctx, "lock table users in share mode"); err != nil { // reading goes on
			return err
		}
		wg.Go(func() {
			statuses[0] = a.Patch("/v1/users/"+b.ID.String(), object{"disabled": true}, testkit.IfMatch("*")).Status
		})
		wg.Go(func() {
			statuses[1] = b.Patch("/v1/users/"+a.ID.String(), object{"disabled": true}, testkit.IfMatch("*")).Status
		})
		for waiting := 0; waiting < 2; time.Sleep(5 * time.Millisecond) {
			if err := tx.Conn().QueryRow(ctx, "select count(*) from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())").Scan(&waiting); err != nil {
				return err
			}
		}
		return nil
	}))
	wg.Wait()
	assert.ElementsMatch(t, []int{200, 409}, statuses[:])
}

// TestWhoManagesWhom: everybody lists exactly the users that they can read one by one, and nobody else.
func TestWhoManagesWhom(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	here, sibling, far := organisation(s, "109"), organisation(s, "165"), organisation(s, "398")
	admin, coordinator, officer := s.As(authz.Admin, ""), s.As(authz.Coordinator, "05"), s.As(authz.Officer, "109")
	elsewhere := s.As(authz.Officer, "398")
	role := func(r authz.Role, scope string, more ...string) uuid.UUID {
		id := s.As(r, scope).ID
		for i := 0; i < len(more); i += 2 {
			s.Grant(id, authz.Role(more[i]), more[i+1])
		}
		return id
	}
	by := func(c *testkit.Client, email string) uuid.UUID {
		return uuid.MustParse(c.Post("/v1/users", object{"email": email}).Want(201).ID())
	}
	raised := by(officer, "raised@x.example")
	s.Grant(raised, authz.Editor, here)
	s.Grant(raised, authz.Officer, "109")
	disabled := role(authz.Editor, here)
	s.Exec("update users set disabled = true where id = $1", disabled)
	people := []struct {
		name string
		id   uuid.UUID
		by   []*testkit.Client // who manages them, beside the admin
	}{
		{"coordinator", coordinator.ID, nil},
		{"officer", officer.ID, []*testkit.Client{coordinator}},
		{"officer elsewhere", elsewhere.ID, nil},
		{"sibling officer", role(authz.Officer, "165"), []*testkit.Client{coordinator}},
		{"second coordinator", role(authz.Coordinator, "05"), nil},
		{"editor here", role(authz.Editor, here), []*testkit.Client{coordinator, officer}},
		{"disabled editor here", disabled, []*testkit.Client{coordinator, officer}},
		{"editor of a sibling", role(authz.Editor, sibling), []*testkit.Client{coordinator}},
		{"editor elsewhere", role(authz.Editor, far), []*testkit.Client{elsewhere}},
		{"editor here and elsewhere", role(authz.Editor, here, string(authz.Editor), far), nil},
		{"editor here who is also an admin", role(authz.Editor, here, string(authz.Admin), ""), nil},
		{"editor here who is an officer there", role(authz.Editor, here, string(authz.Officer), "165"), []*testkit.Client{coordinator}},
		{"secretary of a council", role(authz.Secretary, uuid.NewString()), nil},
		{"nobody's", person(s, "nobody@x.example"), nil},
		{"the coordinator's", by(coordinator, "c@x.example"), []*testkit.Client{coordinator}},
		{"the officer's", by(officer, "o@x.example"), []*testkit.Client{officer}},
		{"the officer's, raised since", raised, []*testkit.Client{coordinator}},
	}
	for viewer, name := range map[*testkit.Client]string{admin: "admin", coordinator: "coordinator 05", officer: "officer 109", elsewhere: "officer 398"} {
		want := []string{}
		for _, p := range people {
			sees := viewer == admin || slices.Contains(p.by, viewer)
			status := viewer.Get("/v1/users/" + p.id.String()).Status
			assert.Equal(t, map[bool]int{true: 200, false: 404}[sees], status, "%s reads %s", name, p.name)
			if sees {
				want = append(want, p.id.String())
			}
		}
		got := all(viewer, "/v1/users")
		if viewer == admin {
			assert.Subset(t, got, want)
			continue
		}
		assert.ElementsMatch(t, want, got, "%s lists", name)
	}
	assert.Len(t, officer.Get("/v1/users?email=O@x.example").Want(200).Items(), 1)
	assert.Empty(t, officer.Get("/v1/users?email=c@x.example").Want(200).Items())
	officer.Get("/v1/users?name=c").Problem(400, "validation")
	s.As(authz.Editor, here).Get("/v1/users").Problem(403, "forbidden")
	missing, hidden := officer.Get("/v1/users/"+uuid.NewString()).JSON(), officer.Get("/v1/users/"+coordinator.ID.String()).JSON()
	for _, body := range []object{missing, hidden} {
		delete(body, "instance")
		delete(body, "requestId")
	}
	assert.Equal(t, missing, hidden)
}
