package httpapi_test

import (
	"bufio"
	"fmt"
	"math/rand"
	"net"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

func TestProbe(t *testing.T) {
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	anon := s.Anonymous()
	hdr := func(n, v string) testkit.Header { return testkit.Header{Name: n, Value: v} }
	short := func(b []byte) string {
		if len(b) > 250 {
			b = b[:250]
		}
		return string(b)
	}
	measure := func(name string, fn func() *testkit.Answer) {
		var m1, m2 runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m1)
		t0 := time.Now()
		peak := uint64(0)
		done := make(chan bool)
		go func() {
			for {
				select {
				case <-done:
					return
				case <-time.After(5 * time.Millisecond):
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					peak = max(peak, m.HeapAlloc)
				}
			}
		}()
		a := fn()
		took := time.Since(t0)
		done <- true
		runtime.ReadMemStats(&m2)
		fmt.Printf("%-28s %d in %v, answer %d kB, alloc %d MB, peak %d MB\n", name, a.Status, took, len(a.Body)/1000, (m2.TotalAlloc-m1.TotalAlloc)>>20, (peak-m1.HeapAlloc)>>20)
	}
	raw := func(cl *testkit.Client, m, p string, b []byte, h ...testkit.Header) *testkit.Answer {
		w := httptest.NewRecorder()
		s.Server.ServeHTTP(w, cl.Request(m, p, b, h...))
		return &testkit.Answer{T: t, Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}
	}
	var b strings.Builder
	b.WriteString(`{"token":"x","newPassword":"a long new password"`)
	for i := 0; b.Len() < 1<<20-20; i++ {
		fmt.Fprintf(&b, `,"%d":0`, i)
	}
	b.WriteString("}")
	u := b.String()
	measure("1 MB unknown members, anon", func() *testkit.Answer { return raw(anon, "POST", "/v1/password-resets", []byte(u)) })
	d := `{` + strings.TrimSuffix(strings.Repeat(`"a":0,`, (1<<20)/6-1), ",") + `}`
	measure("1 MB doubled members, anon", func() *testkit.Answer { return raw(anon, "POST", "/v1/password-resets", []byte(d)) })
	arr := `{"kind":"association","name":{"fi":"x"},"languages":[` + strings.TrimSuffix(strings.Repeat(`0,`, (1<<20)/2-50), ",") + `]}`
	measure("1 MB array of ints, admin", func() *testkit.Answer { return raw(c, "POST", "/v1/organisations", []byte(arr)) })
	arr = `[` + strings.TrimSuffix(strings.Repeat(`0,`, (8<<20)/2), ",") + `]`
	measure("sync 8 MB [0,0,…]", func() *testkit.Answer { return raw(c, "POST", "/v1/sync/organisations", []byte(arr)) })
	arr = `[` + strings.TrimSuffix(strings.Repeat(`{},`, (8<<20)/3), ",") + `]`
	measure("sync 8 MB [{},{},…]", func() *testkit.Answer { return raw(c, "POST", "/v1/sync/organisations", []byte(arr)) })
	measure("sync nd 10000 bad rows", func() *testkit.Answer {
		return raw(c, "POST", "/v1/sync/organisations", []byte(strings.Repeat("{\n", 10000)), hdr("Content-Type", "application/x-ndjson"))
	})
	f := "grant_type=password"
	for i := 0; len(f) < 1<<20-20; i++ {
		f += fmt.Sprintf("&%d=", i)
		if i > 30000 {
			break
		}
	}
	measure("form 30000 unknown", func() *testkit.Answer {
		return raw(anon, "POST", "/v1/oauth/token", []byte(f), hdr("Content-Type", "application/x-www-form-urlencoded"))
	})
	q := "/v1/organisations?"
	for i := range 3000 {
		q += fmt.Sprintf("x%d&", i)
	}
	measure("query 3000 unknown", func() *testkit.Answer { return raw(anon, "GET", q, nil) })
	measure("municipality × 4000 bad", func() *testkit.Answer {
		return raw(anon, "GET", "/v1/organisations?"+strings.Repeat("municipality=x&", 2000), nil)
	})
	measure("accept-language 30k", func() *testkit.Answer { return raw(anon, "GET", "/v1/organisations?x", nil, hdr("Accept-Language", strings.Repeat("a-b,", 7500))) })
	measure("accept 30k", func() *testkit.Answer { return raw(anon, "GET", "/v1/organisations?limit=1", nil, hdr("Accept", strings.Repeat("a/b;q=0.1,", 3000)+"*/*")) })

	// long index keys
	cjk := func(n int) string {
		r := make([]rune, n)
		for i := range r {
			r[i] = rune(0x4e00 + rand.Intn(20000))
		}
		return string(r)
	}
	big := map[string]any{"kind": "association", "municipality": "109", "name": map[string]any{"fi": cjk(300), "sv": cjk(300), "en": cjk(300)}, "externalIds": []any{map[string]any{"system": strings.Repeat("s", 60), "id": cjk(200)}}}
	var others []any
	for range 25 {
		others = append(others, map[string]any{"name": map[string]any{"fi": cjk(300), "sv": cjk(300), "en": cjk(300)}})
	}
	big["otherNames"] = others
	a := c.Post("/v1/organisations", big)
	fmt.Println("long keys", a.Status, short(a.Body))

	// parallel idempotent posts
	for name, fn := range map[string]func(i int) *testkit.Answer{
		"orgs":  func(i int) *testkit.Answer { return c.Post("/v1/organisations", association(fmt.Sprintf("Rinnan %d", i), "109"), key(fmt.Sprint("p", i))) },
		"users": func(i int) *testkit.Answer { return c.Post("/v1/users", map[string]any{"email": fmt.Sprintf("p%d@example.org", i), "password": "a quite long password"}, key(fmt.Sprint("u", i))) },
		"sync":  func(i int) *testkit.Answer { return c.Post("/v1/sync/organisations", []any{association(fmt.Sprintf("Synk %d", i), "109")}) },
		"same":  func(i int) *testkit.Answer { return c.Post("/v1/organisations", association("Sama", "109"), key("same")) },
	} {
		var wg sync.WaitGroup
		var mu sync.Mutex
		st := map[int]int{}
		t0 := time.Now()
		for i := range 50 {
			wg.Go(func() {
				a := fn(i)
				mu.Lock()
				st[a.Status]++
				mu.Unlock()
			})
		}
		wg.Wait()
		fmt.Println("parallel", name, st, time.Since(t0))
	}
	// on the wire
	hs := httptest.NewServer(s.Server)
	defer hs.Close()
	for name, payload := range map[string]string{
		"bad chunk ndjson": "Transfer-Encoding: chunked\r\nContent-Type: application/x-ndjson\r\n\r\n5\r\n{}\n{}\r\nZZZ\r\n",
		"bad chunk json":   "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n5\r\n[{},{\r\nZZZ\r\n",
		"short ndjson":     "Content-Length: 50\r\nContent-Type: application/x-ndjson\r\n\r\n{}\n",
	} {
		conn, err := net.Dial("tcp", hs.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /v1/sync/organisations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s", c.Token, payload)
		if name == "short ndjson" {
			conn.(*net.TCPConn).CloseWrite()
		}
		conn.SetReadDeadline(time.Now().Add(3 * time.Second))
		line, _ := bufio.NewReader(conn).ReadString('\n')
		fmt.Println(name, line)
		conn.Close()
	}
	// existence by PUT
	off := s.As(authz.Officer, "109")
	dr := association("Piilo ry", "398")
	dr["status"], dr["externalIds"] = "draft", []any{map[string]any{"system": "crm", "id": "P1"}}
	did := c.Post("/v1/organisations", dr).Want(201).ID()
	put := func(id string) { a := off.Do("PUT", "/v1/organisations/by-external-id/crm/"+id, association("Oma "+id, "109")); fmt.Println("put", id, a.Status, short(a.Body)) }
	put("P1")
	put("P2")
	a = off.Post("/v1/organisations", map[string]any{"kind": "association", "name": map[string]any{"fi": "Liittyjä"}, "municipality": "109", "affiliations": []any{map[string]any{"organisationId": did}}})
	fmt.Println("affiliation to hidden", a.Status)
	a = off.Post("/v1/sync/organisations", []any{map[string]any{"kind": "association", "name": map[string]any{"fi": "Piilo ry"}, "key": map[string]any{"system": "crm", "id": "P1"}, "municipality": "109"}})
	fmt.Println("sync hidden", a.Status, short(a.Body))
	// deleted user with part of audit
	a = c.Get("/v1/organisations?near=69.9,25&radius=500000&limit=1")
	fmt.Println(a.Status)
}
