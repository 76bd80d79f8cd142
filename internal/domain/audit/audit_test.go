package audit_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

const password = "neljä sanaa riittää"

func signIn(s *testkit.Service, email, password string) *testkit.Answer {
	s.T.Helper()
	return s.Anonymous().Form("/v1/oauth/token", url.Values{"grant_type": {"password"}, "username": {email}, "password": {password}}.Encode())
}

// events are those of a filter, oldest first.
func events(c *testkit.Client, query string) []object {
	c.T.Helper()
	items := c.Get("/v1/audit-events?limit=200&" + query).Want(200).Items()
	slices.Reverse(items)
	return items
}

// told is the short form of events: what was done, and which members it changed.
func told(events []object) []string {
	out := []string{}
	for _, e := range events {
		s := fmt.Sprintf("%s %s", e["operation"], e["action"])
		if changed := e["changed"].([]any); len(changed) > 0 && e["action"] == "updated" {
			s += fmt.Sprintf(" %v", changed)
		}
		out = append(out, s)
	}
	return out
}

func remove(c *testkit.Client, path string) *testkit.Answer {
	c.T.Helper()
	return c.Do("DELETE", path, nil, testkit.IfMatch("*"))
}

// TestEveryWriteLeavesOneRow: and no read, no refused write and no write that changes nothing leaves any.
func TestEveryWriteLeavesOneRow(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	user := admin.Post("/v1/users", object{"email": "matti@canary.example", "displayName": "Matti Kanaria", "password": password}).Want(201)
	id, path := user.ID(), user.Header.Get("Location")
	admin.Post("/v1/users", object{"email": "matti@canary.example"}).Want(409)
	admin.Get(path).Want(200)
	admin.Patch(path, object{"email": "maija@canary.example", "displayName": nil}, testkit.IfMatch(user.ETag())).Want(200)
	admin.Patch(path, object{"email": "maija@canary.example"}, testkit.IfMatch("*")).Want(200)
	admin.Patch(path, object{"disabled": true}, testkit.IfMatch(user.ETag())).Want(412)
	admin.Patch(path, object{"disabled": true}).Want(428)
	signIn(s, "maija@canary.example", "a wrong password").Want(400)
	signedIn := signIn(s, "maija@canary.example", password).Want(200).JSON()
	me := s.Anonymous()
	me.Token = signedIn["access_token"].(string)
	me.Get("/v1/me").Want(200)
	me.Post("/v1/me/password", object{"currentPassword": password, "newPassword": "viisi sanaa on enemmän"}).Want(204)
	token := admin.Post(path+"/reset-tokens", nil).Want(201).JSON()["token"]
	s.Anonymous().Post("/v1/password-resets", object{"token": token, "newPassword": password}).Want(204)
	signedIn = signIn(s, "maija@canary.example", password).Want(200).JSON()
	refresh := func() *testkit.Answer {
		return s.Anonymous().Form("/v1/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {signedIn["refresh_token"].(string)}}.Encode())
	}
	refresh().Want(200)
	refresh().Want(400)
	signedIn = signIn(s, "maija@canary.example", password).Want(200).JSON()
	for range 2 {
		s.Anonymous().Form("/v1/oauth/revoke", url.Values{"token": {signedIn["refresh_token"].(string)}}.Encode()).Want(204)
	}
	admin.Patch(path, object{"disabled": true}, testkit.IfMatch("*")).Want(200)
	signIn(s, "maija@canary.example", password).Want(400)
	assert.Equal(t, []string{
		"createUser created", "updateUser updated [email displayName]", "createToken sign_in_failed", "createToken signed_in", "changePassword updated [password]",
		"createResetToken updated [resetToken]", "resetPassword updated [password]", "createToken signed_in", "createToken token_reused", "createToken signed_in",
		"revokeToken signed_out", "updateUser updated [disabled]", "createToken sign_in_failed",
	}, told(events(admin, "resourceId="+id)))

	grant := admin.Post("/v1/grants", object{"userId": id, "role": "municipal_officer", "scope": "109"}).Want(201)
	remove(admin, "/v1/grants/"+grant.ID()).Want(204)
	assert.Equal(t, []string{"createGrant created", "deleteGrant deleted"}, told(events(admin, "resourceId="+grant.ID())))

	var m struct {
		Account struct{ ID string }
		Secret  struct{ ID, ClientSecret string }
	}
	admin.Post("/v1/service-accounts", object{"name": "Kanariakone"}).Want(201).Into(&m)
	account := "/v1/service-accounts/" + m.Account.ID
	client := func(secret string) *testkit.Answer {
		return s.Anonymous().Form("/v1/oauth/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {m.Account.ID}, "client_secret": {secret}}.Encode())
	}
	client(m.Secret.ClientSecret).Want(200)
	client("wrong").Want(401)
	admin.Patch(account, object{"rateLimit": 5}, testkit.IfMatch("*")).Want(200)
	held := admin.Post("/v1/grants", object{"serviceAccountId": m.Account.ID, "role": "integration", "scope": "05"}).Want(201).ID()
	admin.Post(account+"/secrets", nil, testkit.IfMatch("*")).Want(201)
	remove(admin, account+"/secrets/"+m.Secret.ID).Want(204)
	remove(admin, account).Want(204)
	assert.Equal(t, []string{
		"createServiceAccount created", "createToken signed_in", "createToken sign_in_failed", "updateServiceAccount updated [rateLimit]",
		"createServiceAccountSecret updated [secrets]", "deleteServiceAccountSecret updated [secrets]", "deleteServiceAccount deleted",
	}, told(events(admin, "resourceId="+m.Account.ID)))
	assert.Equal(t, []string{"createGrant created", "deleteServiceAccount deleted"}, told(events(admin, "resourceId="+held)))

	everything := string(admin.Get("/v1/audit-events?limit=200").Want(200).Body)
	for _, value := range []string{"canary", "Kanaria", "sanaa", m.Secret.ClientSecret, token.(string), signedIn["refresh_token"].(string)} {
		assert.NotContains(t, everything, value, "names of members, never values")
	}
}

func TestWhoWhenAndFromWhere(t *testing.T) {
	t.Parallel()
	s := testkit.On(t, testkit.DSN(t), config.Service{Issuer: "https://seutu.test", TrustedProxies: []string{"192.0.2.0/24"}})
	admin := s.As(authz.Admin, "")
	before := time.Now().Add(-time.Second)
	send := func(c *testkit.Client, from string, method, path string, body any, headers ...testkit.Header) *testkit.Answer {
		r := c.Request(method, path, body, headers...)
		r.RemoteAddr = from
		return c.Send(r)
	}
	made := send(admin, "203.0.113.7:999", "POST", "/v1/users", object{"email": "a@x.example"}, testkit.Header{Name: "X-Forwarded-For", Value: "198.51.100.9"}).Want(201)
	e := events(admin, "resourceId="+made.ID())
	require.Len(t, e, 1)
	at, err := time.Parse(time.RFC3339, e[0]["at"].(string))
	require.NoError(t, err)
	assert.WithinRange(t, at, before, time.Now().Add(time.Second))
	for member, want := range (object{
		"actorType": "user", "actorId": admin.ID.String(), "ip": "203.0.113.7", "operation": "createUser", "requestId": made.Header.Get("X-Request-Id"), "action": "created",
		"resourceType": "user", "resourceId": made.ID(), "version": 1.0,
	}) {
		assert.Equal(t, want, e[0][member], member)
	}
	send(admin, "192.0.2.1:999", "PATCH", "/v1/users/"+made.ID(), object{"displayName": "A"}, testkit.IfMatch("*"),
		testkit.Header{Name: "X-Forwarded-For", Value: "10.0.0.1, 198.51.100.9"}).Want(200)
	e = events(admin, "action=updated&resourceId="+made.ID())
	require.Len(t, e, 1)
	assert.Equal(t, "198.51.100.9", e[0]["ip"], "only a trusted proxy's word is taken, and only its last")
	assert.Equal(t, 2.0, e[0]["version"])

	// whoever is not known, and whoever is
	form := testkit.Header{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}
	send(s.Anonymous(), "[2001:db8::1]:1", "POST", "/v1/oauth/token", []byte("grant_type=password&username=nobody@x.example&password=x"), form).Want(400)
	e = events(admin, "action=sign_in_failed")
	require.Len(t, e, 1)
	assert.Equal(t, []any{"anonymous", nil, nil, "2001:db8::1"}, []any{e[0]["actorType"], e[0]["actorId"], e[0]["resourceId"], e[0]["ip"]})
	send(s.Anonymous(), "203.0.113.7:1", "POST", "/v1/oauth/token", []byte("grant_type=password&username=a@x.example&password=x"), form).Want(400)
	e = events(admin, "action=sign_in_failed")
	require.Len(t, e, 2)
	assert.Equal(t, []any{"user", made.ID(), made.ID()}, []any{e[1]["actorType"], e[1]["actorId"], e[1]["resourceId"]})
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, coordinator := s.As(authz.Admin, ""), s.As(authz.Coordinator, "05")
	first := admin.Post("/v1/users", object{"email": "a@x.example"}).Want(201).ID()
	second := coordinator.Post("/v1/users", object{"email": "b@x.example"}).Want(201).ID()
	grant := coordinator.Post("/v1/grants", object{"userId": second, "role": "municipal_officer", "scope": "109"}).Want(201).ID()
	admin.Patch("/v1/users/"+first, object{"displayName": "A"}, testkit.IfMatch("*")).Want(200)
	remove(coordinator, "/v1/grants/"+grant).Want(204)
	signIn(s, "nobody@x.example", "x").Want(400)
	all := events(admin, "")
	require.Len(t, all, 6)
	middle := url.QueryEscape(all[3]["at"].(string))
	at, err := time.Parse(time.RFC3339, all[3]["at"].(string))
	require.NoError(t, err)
	for query, want := range map[string][]int{
		"actorId=" + coordinator.ID.String(): {1, 2, 4}, "actorId=" + uuid.NewString(): {}, "resourceType=user": {0, 1, 3, 5}, "resourceType=grant": {2, 4},
		"resourceType=GRANT": {}, "resourceId=" + first: {0, 3}, "action=deleted": {4}, "action=deleted&action=created": {0, 1, 2, 4}, "action=merged": {},
		"from=" + middle: {3, 4, 5}, "to=" + middle: {0, 1, 2}, "from=" + middle + "&to=" + middle: {},
		"from=" + url.QueryEscape(at.In(time.FixedZone("", 7200)).Format(time.RFC3339Nano)): {3, 4, 5},
		"resourceType=user&action=created&actorId=" + admin.ID.String():                     {0},
	} {
		expected := []object{}
		for _, i := range want {
			expected = append(expected, all[i])
		}
		assert.Equal(t, expected, events(admin, query), query)
	}
	for query, fault := range map[string]string{
		"action=read": "enum action", "actorId=me": "format actorId", "from=yesterday": "format from", "to=2020-01-01": "format to", "sort=at": "unknown sort", "limit=201": "too-large limit",
	} {
		assert.Equal(t, []string{fault}, admin.Get("/v1/audit-events?"+query).Problem(400, "validation"), query)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	for i := range 7 {
		admin.Post("/v1/users", object{"email": fmt.Sprintf("%d@x.example", i)}).Want(201)
	}
	whole, walked, pages := admin.Get("/v1/audit-events?action=created").Want(200).Items(), []object{}, 0
	require.Len(t, whole, 7)
	for next := "/v1/audit-events?action=created&limit=3"; next != ""; pages++ {
		a := admin.Get(next).Want(200)
		walked = append(walked, a.Items()...)
		next, _ = a.JSON()["next"].(string)
		if next != "" {
			assert.Equal(t, "<"+next+`>; rel="next"`, a.Header.Get("Link"))
			admin.Get(next+"&actorId="+admin.ID.String()).Problem(400, "bad-cursor")
		}
		admin.Post("/v1/grants", object{"userId": admin.ID, "role": "municipal_officer", "scope": []string{"109", "165", "061", "433"}[pages]}).Want(201) // what is new comes before the first page
	}
	assert.Equal(t, 3, pages)
	assert.Equal(t, whole, walked)
	assert.True(t, slices.IsSortedFunc(walked, func(a, b object) int { return -compare(a["at"], b["at"]) }), "newest first")
}

func compare(a, b any) int {
	x, _ := time.Parse(time.RFC3339, a.(string))
	y, _ := time.Parse(time.RFC3339, b.(string))
	return x.Compare(y)
}

// TestOwnAreaOnly: regional and municipal staff see what happened in their own area, and nobody else anything.
func TestOwnAreaOnly(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, user := s.As(authz.Admin, ""), s.As(authz.Editor, uuid.NewString()).ID
	made := func(path string, body object) string {
		t.Helper()
		return admin.Post(path, body).Want(201).ID()
	}
	association := func(name, municipality string) object {
		return object{"kind": "association", "name": object{"fi": name}, "municipality": municipality}
	}
	here, sibling, far := made("/v1/organisations", association("A ry", "109")), made("/v1/organisations", association("B ry", "165")), made("/v1/organisations", association("C ry", "398"))
	officer, coordinator := made("/v1/grants", object{"userId": user, "role": "municipal_officer", "scope": "109"}), made("/v1/grants", object{"userId": user, "role": "regional_coordinator", "scope": "05"})
	nowhere := made("/v1/councils", object{"kind": "external_body", "name": object{"fi": "Ei missään"}})
	editor, unknown := made("/v1/grants", object{"userId": user, "role": "organisation_editor", "scope": here}), made("/v1/grants", object{"userId": user, "role": "council_secretary", "scope": nowhere})
	made("/v1/users", object{"email": "a@x.example"})
	signIn(s, "a@x.example", "x").Want(400)
	for who, want := range map[*testkit.Client][]string{
		s.As(authz.Officer, "109"):    {here, officer, editor},
		s.As(authz.Officer, "165"):    {sibling},
		s.As(authz.Coordinator, "05"): {here, sibling, officer, coordinator, editor},
		s.As(authz.Coordinator, "07"): {far},
		s.As(authz.Coordinator, "01"): {},
	} {
		got := []string{}
		for _, e := range events(who, "") {
			got = append(got, e["resourceId"].(string))
		}
		assert.ElementsMatch(t, want, got)
		assert.Empty(t, events(who, "resourceId="+unknown))
	}
	assert.Len(t, events(admin, ""), 10)
	s.As(authz.Editor, here).Get("/v1/audit-events").Problem(403, "forbidden")
	s.As(authz.Integration, "05", "organisation.write").Get("/v1/audit-events").Problem(403, "forbidden")
	s.Anonymous().Get("/v1/audit-events").Problem(401, "sign-in-needed")
}

func TestNobodyWritesThem(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	admin.Post("/v1/users", object{"email": "a@x.example"}).Want(201)
	before := events(admin, "")
	require.NotEmpty(t, before)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		admin.Do(method, "/v1/audit-events", object{}).Problem(405, "method-not-allowed")
		admin.Do(method, "/v1/audit-events/"+before[0]["id"].(string), object{}).Problem(404, "not-found")
	}
	owner, err := store.Open(t.Context(), store.Config{DSN: s.DSN, Connections: 2, Owner: true})
	require.NoError(t, err)
	defer owner.Close()
	for name, db := range map[string]*store.DB{"the service": s.DB, "the owner": owner} {
		for _, sql := range []string{"update audit_events set ip = null", "delete from audit_events", "truncate audit_events"} {
			_, err := db.Exec(context.Background(), sql)
			assert.Error(t, err, "%s: %s", name, sql)
		}
	}
	for _, sql := range []string{"alter table audit_events disable trigger all", "drop trigger audit_events_frozen on audit_events", "drop table audit_events"} {
		_, err := s.DB.Exec(context.Background(), sql)
		assert.Error(t, err, sql)
	}
	assert.Equal(t, before, events(admin, ""))
}
