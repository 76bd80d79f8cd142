package httpapi_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

func head(name, value string) testkit.Header { return testkit.Header{Name: name, Value: value} }

// TestHostileFindings holds what hostile minds have found, so that it stays mended.
func TestHostileFindings(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c, anon := s.As(authz.Admin, ""), s.Anonymous()
	with := func(t *testing.T, name string, more map[string]any) *testkit.Answer {
		t.Helper()
		b := association(name, "109")
		for k, v := range more {
			b[k] = v
		}
		return c.Post("/v1/organisations", b)
	}
	for i := range 4 {
		with(t, fmt.Sprintf("Kursori %d ry", i), nil).Want(201)
	}

	t.Run("a forged cursor is no 500", func(t *testing.T) {
		for _, list := range []string{"sort=founded", "sort=-createdAt", "sort=name,-founded", "near=60.9,24.4&sort=distance&radius=1", "q=kursori", ""} {
			next, _ := anon.Get("/v1/organisations?limit=1&" + list).Want(200).JSON()["next"].(string)
			if next == "" {
				continue
			}
			u, err := url.Parse(next)
			require.NoError(t, err)
			raw, err := base64.RawURLEncoding.DecodeString(u.Query().Get("cursor"))
			require.NoError(t, err)
			j := string(raw[6:])
			for _, place := range []string{`"k":["x","y"]`, `"k":[]`, `"k":["2024-01-01"]`, `"k":["\u0000","\u0000"]`, `"o":-1`, `"k":["a","b","c","d"]`} {
				forged := j[:max(strings.Index(j, `,"`), 0)] + "," + place + "}"
				sum := sha256.Sum256([]byte(forged))
				q := u.Query()
				q.Set("cursor", base64.RawURLEncoding.EncodeToString(append(sum[:6:6], forged...)))
				// one that happens to make sense tells nothing that its maker could not ask for anyway
				assert.Contains(t, []int{200, 400}, anon.Get(u.Path+"?"+q.Encode()).Status, "%s %s", list, place)
			}
		}
	})
	t.Run("integers may be written as numbers", func(t *testing.T) { // or else be refused: but no 500
		for i, n := range []string{"1.0", "1e2", "100000000e0"} {
			a := c.Post("/v1/organisations", fmt.Sprintf(`{"kind":"association","name":{"fi":"Luku %d"},"memberCount":{"value":%s}}`, i, n))
			assert.Contains(t, []int{201, 400}, a.Status, n)
			assert.Contains(t, []int{201, 400}, c.Post("/v1/service-accounts", `{"name":"x","rateLimit":1.0}`).Status)
		}
	})
	t.Run("headers are text", func(t *testing.T) {
		assert.Equal(t, 400, c.Post("/v1/organisations", association("Avain ry", "109"), head("Idempotency-Key", "\xff\xfe")).Status)
	})
	t.Run("media types in any case", func(t *testing.T) {
		assert.Equal(t, 200, c.Post("/v1/sync/organisations", `[]`, head("Content-Type", "Application/JSON")).Status)
		assert.Equal(t, 200, c.Post("/v1/sync/organisations", `{}`, head("Content-Type", "application/X-NDJSON")).Status)
	})
	t.Run("dates stay dates", func(t *testing.T) {
		a := with(t, "Viimeinen ry", map[string]any{"founded": map[string]any{"precision": "year", "from": "9999-01-01"}})
		if a.Status == 201 {
			assert.NotContains(t, string(a.Body), `"10000-01-01"`)
		}
		id := with(t, "Tapahtuma ry", nil).Want(201).ID()
		a = c.Post("/v1/organisations/"+id+"/register-events", `{"type":"founded","date":{"precision":"day","from":"9999-12-31"}}`, testkit.IfMatch(`"1"`))
		assert.NotContains(t, string(a.Body), `"to":"0001-01-01"`)
	})
	t.Run("other names are not empty", func(t *testing.T) {
		assert.Equal(t, 422, with(t, "Muu nimi ry", map[string]any{"otherNames": []any{map[string]any{"name": map[string]any{"fi": "\u00a0"}}}}).Status)
	})
	t.Run("a hidden row's key is like none", func(t *testing.T) {
		with(t, "Piilossa ry", map[string]any{"status": "draft", "externalIds": []any{map[string]any{"system": "crm", "id": "H"}}}).Want(201)
		hidden, none := anon.Get("/v1/organisations/by-external-id/crm/H").Want(404), anon.Get("/v1/organisations/by-external-id/crm/N").Want(404)
		assert.Equal(t, none.JSON()["detail"], hidden.JSON()["detail"])
	})
	t.Run("tombstones tell nothing", func(t *testing.T) {
		id := with(t, "Ennen julkinen ry", map[string]any{"field": "culture-arts", "location": map[string]any{"lat": 61, "lon": 24.5}}).Want(201).ID()
		c.Post("/v1/organisations/"+id+"/transitions", `{"to":"archived"}`, testkit.IfMatch(`"1"`)).Want(200)
		c.Patch("/v1/organisations/"+id, `{"name":{"fi":"Aivan Uusi Salanimi"}}`, testkit.IfMatch(`"2"`)).Want(200)
		const since = "/v1/organisations?modifiedSince=2020-01-01T00:00:00Z"
		assert.NotContains(t, string(anon.Get(since+"&facets=status").Body), "archived")
		a, b := anon.Get(since + "&q=salanimi").JSON()["items"], anon.Get(since + "&q=ennen").JSON()["items"]
		assert.Equal(t, a, b, "a filter asks what the hidden row says")
		for _, sort := range []string{"", "&sort=name", "&sort=-name"} {
			for next := since + "&limit=1" + sort; next != ""; {
				j := anon.Get(next).JSON()
				next, _ = j["next"].(string)
				if u, err := url.Parse(next); err == nil && next != "" {
					raw, _ := base64.RawURLEncoding.DecodeString(u.Query().Get("cursor"))
					assert.NotContains(t, string(raw), "Salanimi")
				}
			}
		}
		anon.Get(since+"&status=archived", head("Accept", "application/geo+json")) // the client checks the schema
	})
	t.Run("a dry run names no row that is not there", func(t *testing.T) {
		a := c.Post("/v1/sync/organisations?dryRun=true", `[{"key":{"system":"a","id":"1"},"kind":"association","name":{"fi":"Q"},"businessId":"0201256-6"},{"businessId":"0201256-6"}]`).Want(200)
		for _, r := range a.JSON()["results"].([]any) {
			assert.Nil(t, r.(map[string]any)["id"])
		}
	})
	t.Run("a small request has a small answer", func(t *testing.T) {
		doubled := []byte(`{` + strings.Repeat(`"a":0,`, 1<<16) + `"a":0}`)
		assert.Less(t, len(anon.Post("/v1/password-resets", doubled).Want(400).Body), 1<<17)
		rows := []byte(`[` + strings.Repeat(`0,`, 1<<16) + `0]`)
		assert.Less(t, len(c.Post("/v1/sync/organisations", rows).Body), 1<<17)
	})
	t.Run("tokens ask for their own user's session", func(t *testing.T) {
		f := newForger(t, s, c)
		other := s.As(authz.Officer, "109")
		assert.Equal(t, 401, anon.Get("/v1/me", head("Authorization", "Bearer "+f.sign(f.key, f.header(nil), f.body(anyMap{"sub": other.ID.String()})))).Status)
	})
}

// TestHostileWire breaks uploads off, and asks what a client sees.
func TestHostileWire(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	hs := httptest.NewServer(s.Server)
	defer hs.Close()
	for name, payload := range map[string]string{
		"bad chunk, NDJSON": "Transfer-Encoding: chunked\r\nContent-Type: application/x-ndjson\r\n\r\n5\r\n{}\n{}\r\nZZZ\r\n",
		"bad chunk, JSON":   "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n5\r\n[{},{\r\nZZZ\r\n",
		"cut, NDJSON":       "Content-Length: 50\r\nContent-Type: application/x-ndjson\r\n\r\n{}\n",
		"cut, JSON":         "Content-Length: 50\r\nContent-Type: application/json\r\n\r\n[",
	} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", hs.Listener.Addr().String())
		require.NoError(t, err)
		_, err = fmt.Fprintf(conn, "POST /v1/sync/organisations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s", c.Token, payload)
		require.NoError(t, err)
		require.NoError(t, conn.(*net.TCPConn).CloseWrite())
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
		line, err := bufio.NewReader(conn).ReadString('\n')
		require.NoError(t, err)
		assert.Contains(t, line, " 400 ", name)
		require.NoError(t, conn.Close())
	}
}

// TestHostileParallel makes 50 requests at once on 6 connections: none waits for a second one while it holds the first.
func TestHostileParallel(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	for name, post := range map[string]func(i string) *testkit.Answer{
		"organisations": func(i string) *testkit.Answer {
			return c.Post("/v1/organisations", association("Rinnan "+i, "109"), key("o"+i))
		},
		"accounts": func(i string) *testkit.Answer { return c.Post("/v1/service-accounts", anyMap{"name": i}, key("a"+i)) },
		"sync": func(i string) *testkit.Answer {
			return c.Post("/v1/sync/organisations", []any{association("Synk "+i, "109")})
		},
	} {
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() { assert.Less(t, post(fmt.Sprint(i)).Status, 300, name) })
		}
		wg.Wait()
	}
}
