package account_test

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const pw = "neljä sanaa riittää"

func user(t *testing.T, s *testkit.Service, email string) uuid.UUID {
	t.Helper()
	p := pw
	id, err := s.Accounts.CreateUser(authz.With(context.Background(), authz.SystemActor()), account.NewUser{Email: email, Password: &p})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func signIn(s *testkit.Service, email, password string) *testkit.Answer {
	return s.Anonymous().Form("/v1/oauth/token", url.Values{"grant_type": {"password"}, "username": {email}, "password": {password}}.Encode())
}
func refresh(s *testkit.Service, tok string) *testkit.Answer {
	return s.Anonymous().Form("/v1/oauth/token", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {tok}}.Encode())
}

func TestTmpTokens(t *testing.T) {
	s := testkit.New(t)
	id := user(t, s, "m@x.fi")
	a := signIn(s, "M@x.fi ", pw).Want(200)
	fmt.Println(string(a.Body), a.Header)
	tok := a.JSON()["refresh_token"].(string)
	c := s.Anonymous()
	c.Token = a.JSON()["access_token"].(string)
	fmt.Println(string(c.Get("/v1/me").Want(200).Body))
	fmt.Println(string(signIn(s, "m@x.fi", "wrong").Want(400).Body))
	fmt.Println(string(signIn(s, "unknown@x.fi", "wrong").Want(400).Body))
	fmt.Println(string(s.Anonymous().Form("/v1/oauth/token", "grant_type=password").Want(400).Body))
	b := refresh(s, tok).Want(200)
	tok2 := b.JSON()["refresh_token"].(string)
	c.Get("/v1/me").Want(200)
	refresh(s, tok).Problem(400, "invalid-grant")
	refresh(s, tok2).Problem(400, "invalid-grant")
	c.Get("/v1/me").Want(401)
	// parallel
	tok = signIn(s, "m@x.fi", pw).Want(200).JSON()["refresh_token"].(string)
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[int]int{}
	for range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			a := refresh(s, tok)
			mu.Lock()
			codes[a.Status]++
			mu.Unlock()
		}()
	}
	wg.Wait()
	var left int
	s.Scan("select count(*) from refresh_tokens", nil, &left)
	fmt.Println("parallel", codes, "left", left)
	// revoke
	a = signIn(s, "m@x.fi", pw).Want(200)
	c.Token = a.JSON()["access_token"].(string)
	c.Get("/v1/me").Want(200)
	s.Anonymous().Form("/v1/oauth/revoke", url.Values{"token": {a.JSON()["refresh_token"].(string)}}.Encode()).Want(204)
	c.Get("/v1/me").Want(401)
	s.Anonymous().Form("/v1/oauth/revoke", "token=x.y.z").Want(204)
	s.Anonymous().Form("/v1/oauth/revoke", "token=unknown").Want(204)
	a = signIn(s, "m@x.fi", pw).Want(200)
	s.Anonymous().Form("/v1/oauth/revoke", url.Values{"token": {a.JSON()["access_token"].(string)}}.Encode()).Want(204)
	refresh(s, a.JSON()["refresh_token"].(string)).Want(400)
	// change password
	a, b = signIn(s, "m@x.fi", pw).Want(200), signIn(s, "m@x.fi", pw).Want(200)
	c.Token = a.JSON()["access_token"].(string)
	fmt.Println(c.Post("/v1/me/password", map[string]any{"currentPassword": "nope", "newPassword": "password1234"}).Problem(422, "invalid-data"))
	c.Post("/v1/me/password", map[string]any{"currentPassword": pw, "newPassword": "another one of these"}).Want(204)
	c.Get("/v1/me").Want(200)
	refresh(s, a.JSON()["refresh_token"].(string)).Want(200)
	refresh(s, b.JSON()["refresh_token"].(string)).Want(400)
	signIn(s, "m@x.fi", pw).Want(400)
	signIn(s, "m@x.fi", "another one of these").Want(200)
	k := s.Anonymous().Get("/.well-known/jwks.json").Want(200)
	s.Anonymous().Get("/.well-known/jwks.json", testkit.Header{"If-None-Match", k.ETag()}).Want(304)
	// reset
	admin := s.As(authz.Admin, "")
	r := admin.Post("/v1/users/"+id.String()+"/reset-tokens", nil).Want(201)
	fmt.Println(s.Anonymous().Post("/v1/password-resets", map[string]any{"token": "x", "newPassword": "password1234"}).Problem(422, "invalid-data"))
	s.Anonymous().Post("/v1/password-resets", map[string]any{"token": r.JSON()["token"], "newPassword": "password1234"}).Want(422)
	s.Anonymous().Post("/v1/password-resets", map[string]any{"token": r.JSON()["token"], "newPassword": "a third one of these"}).Want(204)
	s.Anonymous().Post("/v1/password-resets", map[string]any{"token": r.JSON()["token"], "newPassword": "a third one of these"}).Want(422)
	signIn(s, "m@x.fi", "a third one of these").Want(200)
	// throttle: familiar
	for range 10 {
		signIn(s, "m@x.fi", "nope").Want(400)
	}
	w := signIn(s, "m@x.fi", "a third one of these").Want(429)
	fmt.Println(w.Header.Get("Retry-After"), string(w.Body))
	for range 10 {
		signIn(s, "nobody@x.fi", "nope").Want(400)
	}
	signIn(s, "nobody@x.fi", "nope").Want(429)
	if err := s.Accounts.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	fmt.Println(string(admin.Get("/v1/audit-events?limit=200").Want(200).Body[:1500]))
	fmt.Println(len(admin.Get("/v1/audit-events?limit=200&action=signed_in&action=token_reused").Want(200).Items()))
	p := admin.Get("/v1/audit-events?limit=3").Want(200)
	fmt.Println(p.JSON()["next"])
	admin.Get(p.JSON()["next"].(string)).Want(200)
}

func TestTmpManage(t *testing.T) {
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	coord := s.As(authz.Coordinator, "05")
	other := s.As(authz.Coordinator, "06")
	officer := s.As(authz.Officer, "109")
	u := coord.Post("/v1/users", map[string]any{"email": "New@x.fi", "displayName": "New"}, testkit.Header{"Idempotency-Key", "1"}).Want(201)
	fmt.Println(string(u.Body), u.Header)
	coord.Post("/v1/users", map[string]any{"email": "New@x.fi", "displayName": "New"}, testkit.Header{"Idempotency-Key", "1"}).Want(201)
	fmt.Println(string(coord.Post("/v1/users", map[string]any{"email": "new@x.fi"}).Want(409).Body))
	fmt.Println(string(other.Post("/v1/users", map[string]any{"email": "new@x.fi"}).Want(409).Body))
	coord.Get("/v1/users/" + u.ID()).Want(200)
	other.Get("/v1/users/" + u.ID()).Want(404)
	officer.Get("/v1/users/" + u.ID()).Want(404)
	officer.Get("/v1/users/" + coord.ID.String()).Want(404)
	fmt.Println("lists", len(admin.Get("/v1/users").Items()), len(coord.Get("/v1/users").Items()), len(other.Get("/v1/users").Items()), len(officer.Get("/v1/users").Items()))
	// coord can manage the officer in region? 109 Hämeenlinna in 05
	coord.Get("/v1/users/" + officer.ID.String()).Want(200)
	fmt.Println(other.Post("/v1/grants", map[string]any{"userId": u.ID(), "role": "municipal_officer", "scope": "837"}).Problem(422, "invalid-data"))
	fmt.Println(coord.Post("/v1/grants", map[string]any{"userId": uuid.NewString(), "role": "municipal_officer", "scope": "999", "systems": []string{"a"}, "permissions": []string{"x"}}).Problem(422, "invalid-data"))
	coord.Post("/v1/grants", map[string]any{"userId": u.ID(), "role": "municipal_officer", "scope": "837"}).Problem(403, "forbidden")
	coord.Post("/v1/grants", map[string]any{"userId": u.ID(), "role": "regional_coordinator", "scope": "05"}).Problem(403, "forbidden")
	coord.Post("/v1/grants", map[string]any{"userId": u.ID(), "role": "admin"}).Problem(403, "forbidden")
	coord.Post("/v1/grants", map[string]any{"userId": u.ID(), "role": "council_secretary", "scope": uuid.NewString()}).Problem(403, "forbidden")
	g := coord.Post("/v1/grants", map[string]any{"userId": u.ID(), "role": "municipal_officer", "scope": "109"}).Want(201)
	fmt.Println(string(g.Body), g.Header)
	coord.Post("/v1/grants", map[string]any{"userId": u.ID(), "role": "municipal_officer", "scope": "109"}).Problem(409, "duplicate")
	officer.Get("/v1/grants/" + g.ID()).Want(200)
	other.Get("/v1/grants/" + g.ID()).Want(404)
	officer.Do("DELETE", "/v1/grants/"+g.ID(), nil, testkit.IfMatch(g.ETag())).Problem(403, "forbidden")
	other.Do("DELETE", "/v1/grants/"+g.ID(), nil, testkit.IfMatch(g.ETag())).Want(404)
	coord.Do("DELETE", "/v1/grants/"+g.ID(), nil).Want(428)
	coord.Do("DELETE", "/v1/grants/"+g.ID(), nil, testkit.IfMatch(`"9"`)).Want(412)
	fmt.Println("grants", len(admin.Get("/v1/grants").Items()), len(coord.Get("/v1/grants").Items()), len(other.Get("/v1/grants").Items()), len(officer.Get("/v1/grants").Items()), len(coord.Get("/v1/grants?userId="+u.ID()).Items()))
	// admin gives higher: coord loses
	g2 := admin.Post("/v1/grants", map[string]any{"userId": u.ID(), "role": "municipal_officer", "scope": "837"}).Want(201)
	coord.Get("/v1/users/" + u.ID()).Want(404)
	admin.Do("DELETE", "/v1/grants/"+g2.ID(), nil, testkit.IfMatch(g2.ETag())).Want(204)
	coord.Do("DELETE", "/v1/grants/"+g.ID(), nil, testkit.IfMatch(g.ETag())).Want(204)
	coord.Get("/v1/grants/" + g.ID()).Want(404)
	admin.Post("/v1/grants", map[string]any{"userId": u.ID(), "role": "council_secretary", "scope": uuid.NewString()}).Want(201)
	// org scope
	o := coord.Post("/v1/organisations", map[string]any{"kind": "association", "name": map[string]string{"fi": "X ry"}, "municipality": "109"}).Want(201)
	u2 := officer.Post("/v1/users", map[string]any{"email": "ed@x.fi"}).Want(201)
	ge := officer.Post("/v1/grants", map[string]any{"userId": u2.ID(), "role": "organisation_editor", "scope": o.ID()}).Want(201)
	coord.Get("/v1/users/" + u2.ID()).Want(200)
	coord.Get("/v1/grants/" + ge.ID()).Want(200)
	officer.Post("/v1/grants", map[string]any{"userId": u2.ID(), "role": "organisation_editor", "scope": uuid.NewString()}).Problem(422, "invalid-data")
	officer.Post("/v1/grants", map[string]any{"userId": u2.ID(), "role": "municipal_officer", "scope": "109"}).Problem(403, "forbidden")
	// update
	e := coord.Get("/v1/users/" + u2.ID()).ETag()
	coord.Patch("/v1/users/"+u2.ID(), map[string]any{"email": "nope", "displayName": nil}, testkit.IfMatch(e)).Want(422)
	coord.Patch("/v1/users/"+u2.ID(), map[string]any{"email": "new@x.fi"}, testkit.IfMatch(e)).Want(409)
	sess := s.Session(uuid.MustParse(u2.ID()))
	sess.Get("/v1/me").Want(200)
	x := coord.Patch("/v1/users/"+u2.ID(), map[string]any{"email": "Ed2@x.fi", "disabled": true}, testkit.IfMatch(e)).Want(200)
	fmt.Println(string(x.Body))
	sess.Get("/v1/me").Want(401)
	// last admin
	e = admin.Get("/v1/users/" + admin.ID.String()).Want(200).ETag()
	fmt.Println(admin.Patch("/v1/users/"+admin.ID.String(), map[string]any{"disabled": true}, testkit.IfMatch(e)).Problem(422, "invalid-data"))
	ag := admin.Get("/v1/grants?userId=" + admin.ID.String()).Items()[0]["id"].(string)
	e = admin.Get("/v1/grants/" + ag).Want(200).ETag()
	admin.Do("DELETE", "/v1/grants/"+ag, nil, testkit.IfMatch(e)).Problem(409, "in-use")
	if err := s.Accounts.DisableUser(authz.With(context.Background(), authz.SystemActor()), admin.ID.String()+"@test.example"); err == nil {
		t.Error("last admin")
	} else {
		fmt.Println(err)
	}
	// service accounts
	sa := coord.Post("/v1/service-accounts", map[string]any{"name": "crm", "rateLimit": 5}).Want(201)
	fmt.Println(string(sa.Body), sa.Header)
	var created struct {
		Account struct{ ID string }
		Secret  struct{ ID, ClientSecret string }
	}
	sa.Into(&created)
	url1 := "/v1/service-accounts/" + created.Account.ID
	other.Get(url1).Want(404)
	coord.Post("/v1/grants", map[string]any{"serviceAccountId": created.Account.ID, "role": "integration", "scope": "05", "permissions": []string{"organisation.sync"}, "systems": []string{"crm"}}).Want(201)
	sa2 := officer.Post("/v1/service-accounts", map[string]any{"name": "crm2"}).Want(201)
	var created2 struct{ Account struct{ ID string } }
	sa2.Into(&created2)
	coord.Post("/v1/grants", map[string]any{"serviceAccountId": created2.Account.ID, "role": "integration", "scope": "109", "systems": []string{"crm"}}).Problem(422, "invalid-data")
	officer.Get("/v1/service-accounts/" + created2.Account.ID).Want(200)
	admin.Post("/v1/grants", map[string]any{"serviceAccountId": created2.Account.ID, "role": "integration", "scope": "109", "systems": []string{"crm"}}).Want(201)
	officer.Get("/v1/service-accounts/" + created2.Account.ID).Want(404)
	fmt.Println(coord.Post("/v1/grants", map[string]any{"serviceAccountId": created2.Account.ID, "role": "integration", "scope": "05", "systems": []string{"y", "crm"}}).Problem(409, "duplicate"))
	cc := func(id, secret string) *testkit.Answer {
		return s.Anonymous().Form("/v1/oauth/token", url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}.Encode())
	}
	tk := cc(created.Account.ID, created.Secret.ClientSecret).Want(200)
	c := s.Anonymous()
	c.Token = tk.JSON()["access_token"].(string)
	fmt.Println(string(c.Get("/v1/me").Want(200).Body))
	c.Post("/v1/me/password", map[string]any{"currentPassword": "nope", "newPassword": "password1234"}).Want(403)
	fmt.Println(string(cc(created.Account.ID, "x").Want(401).Body))
	cc("nope", "x").Want(401)
	cc(uuid.NewString(), "x").Want(401)
	got := coord.Get(url1).Want(200)
	fmt.Println(string(got.Body), got.ETag())
	s2 := coord.Post(url1+"/secrets", nil, testkit.IfMatch(got.ETag())).Want(201)
	coord.Post(url1+"/secrets", nil, testkit.IfMatch(s2.ETag())).Problem(409, "limit-reached")
	d := coord.Do("DELETE", url1+"/secrets/"+created.Secret.ID, nil, testkit.IfMatch(s2.ETag())).Want(204)
	c.Get("/v1/me").Want(401)
	cc(created.Account.ID, s2.JSON()["clientSecret"].(string)).Want(200)
	cc(created.Account.ID, created.Secret.ClientSecret).Want(401)
	coord.Do("DELETE", url1+"/secrets/"+created.Secret.ID, nil, testkit.IfMatch(d.ETag())).Want(404)
	y := coord.Patch(url1, map[string]any{"rateLimit": nil, "name": "b"}, testkit.IfMatch(d.ETag())).Want(200)
	fmt.Println(len(coord.Get("/v1/service-accounts").Items()), len(officer.Get("/v1/service-accounts").Items()), len(admin.Get("/v1/service-accounts").Items()))
	coord.Do("DELETE", url1, nil, testkit.IfMatch(y.ETag())).Want(204)
	coord.Get(url1).Want(404)
	cc(created.Account.ID, s2.JSON()["clientSecret"].(string)).Want(401)
	fmt.Println(len(coord.Get("/v1/audit-events").Want(200).Items()), len(officer.Get("/v1/audit-events").Want(200).Items()), len(other.Get("/v1/audit-events").Want(200).Items()))
	officer.Get("/v1/audit-events?resourceType=grant&from=2020-01-01T00:00:00Z&to=2120-01-01T00:00:00Z&resourceId=" + g.ID() + "&actorId=" + coord.ID.String()).Want(200)
	s.As(authz.Editor, o.ID()).Get("/v1/audit-events").Want(403)
}
