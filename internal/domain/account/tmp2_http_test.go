package account_test

import (
	"fmt"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

func signInFrom(s *testkit.Service, ip, email, password string) *testkit.Answer {
	c := s.Anonymous()
	r := c.Request("POST", "/v1/oauth/token", url.Values{"grant_type": {"password"}, "username": {email}, "password": {password}}.Encode(), testkit.Header{"Content-Type", "application/x-www-form-urlencoded"})
	r.RemoteAddr = ip + ":1234"
	return c.Send(r)
}

func TestTmpThrottle(t *testing.T) {
	s := testkit.New(t)
	user(t, s, "v@x.fi")
	signInFrom(s, "192.0.2.50", "v@x.fi", pw).Want(200)
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[int]int{}
	for i := range 40 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			a := signInFrom(s, fmt.Sprintf("198.51.100.%d", i), "v@x.fi", "nope")
			mu.Lock()
			codes[a.Status]++
			mu.Unlock()
		}()
	}
	wg.Wait()
	fmt.Println(codes)
	signInFrom(s, "198.51.100.1", "v@x.fi", pw).Want(429)
	signInFrom(s, "192.0.2.50", "v@x.fi", pw).Want(200)
	s.Exec("update sign_in_throttles set since = since - interval '16 minutes'")
	signInFrom(s, "198.51.100.1", "v@x.fi", pw).Want(200)
	for i := range 100 {
		signInFrom(s, "203.0.113.1", fmt.Sprintf("u%d@x.fi", i), "nope").Want(400)
	}
	signInFrom(s, "203.0.113.1", "v@x.fi", pw).Want(429)
	var known, unknown time.Duration
	for i := range 40 {
		user(t, s, fmt.Sprintf("k%d@x.fi", i))
	}
	for i := range 40 {
		at := time.Now()
		signInFrom(s, fmt.Sprintf("198.51.101.%d", i), fmt.Sprintf("k%d@x.fi", i), "nope").Want(400)
		known += time.Since(at)
		at = time.Now()
		signInFrom(s, fmt.Sprintf("198.51.101.%d", i), fmt.Sprintf("z%d@x.fi", i), "nope").Want(400)
		unknown += time.Since(at)
	}
	fmt.Println(known/40, unknown/40)
}

func TestTmpMove(t *testing.T) {
	s := testkit.New(t)
	coord := s.As(authz.Coordinator, "05")
	hml, forssa := s.As(authz.Officer, "109"), s.As(authz.Officer, "061")
	o := coord.Post("/v1/organisations", map[string]any{"kind": "association", "name": map[string]string{"fi": "X ry"}, "municipality": "109"}).Want(201)
	u := hml.Post("/v1/users", map[string]any{"email": "ed@x.fi"}).Want(201)
	g := hml.Post("/v1/grants", map[string]any{"userId": u.ID(), "role": "organisation_editor", "scope": o.ID()}).Want(201)
	forssa.Get("/v1/grants/" + g.ID()).Want(404)
	coord.Patch("/v1/organisations/"+o.ID(), map[string]any{"municipality": "061"}, testkit.IfMatch(o.ETag())).Want(200)
	forssa.Get("/v1/grants/" + g.ID()).Want(200)
	forssa.Get("/v1/users/" + u.ID()).Want(200)
	hml.Get("/v1/grants/" + g.ID()).Want(404)
	hml.Get("/v1/users/" + u.ID()).Want(404)
	fmt.Println(len(forssa.Get("/v1/users").Items()), len(hml.Get("/v1/users").Items()))
	hml.Do("DELETE", "/v1/grants/"+g.ID(), nil, testkit.IfMatch(g.ETag())).Want(404)
	forssa.Do("DELETE", "/v1/grants/"+g.ID(), nil, testkit.IfMatch(g.ETag())).Want(204)
	hml.Get("/v1/users/" + u.ID()).Want(200)
	forssa.Get("/v1/users/" + u.ID()).Want(404)
}
