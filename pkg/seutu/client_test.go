package seutu

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestNew(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "seutu.example", "ftp://seutu.example", "https://", "https://a:b@seutu.example", "https://seutu.example?x=1", "https://seutu.example#x", "https://seutu.example\x00"} {
		_, err := New(address)
		require.ErrorContains(t, err, "seutu: the address of the service", address)
	}
	for name, options := range map[string][]Option{
		"choose one":   {matti, WithToken(StaticToken("x"))},
		"no source":    {WithToken(nil)},
		"needs a":      {WithHTTPClient(nil)},
		"0 or more":    {WithRetries(-1)},
		"more than 0":  {WithTimeout(0)},
		"WithPassword": {WithClientCredentials("a", "b"), matti},
	} {
		_, err := New("https://seutu.example", options...)
		require.ErrorContains(t, err, name)
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := answers(ok(anOrg, `ETag: "3-p"`, "X-Request-Id: r1"))
	c := s.client(t, WithLanguage("fi"), WithUserAgent("crm/1.2"))
	var received http.Header
	_, err := c.Organisations.Get(t.Context(), someID, nil, Received(&received))
	require.NoError(t, err)
	h := s.asked[0].Header
	assert.Equal(t, "fi", h.Get("Accept-Language"))
	assert.Equal(t, "crm/1.2 seutu-go", h.Get("User-Agent"))
	assert.Equal(t, "application/json", h.Get("Accept"))
	assert.Empty(t, h.Get("If-Match")+h.Get("Idempotency-Key")+h.Get("Content-Type"))
	assert.Equal(t, "r1", received.Get("X-Request-Id"))
}

// TestVersions: what was read is what a write depends on.
func TestVersions(t *testing.T) {
	t.Parallel()
	s := answers(ok(`{"id": "0193a5c0-0000-7000-8000-000000000002"}`, `ETag: "4-x"`))
	c := s.client(t)
	o := &Organisation{ID: someID, Version: 3}
	add := func(options ...CallOption) string {
		_, err := c.Organisations.CreateContact(t.Context(), o, ContactCreate{}, options...)
		require.NoError(t, err)
		return s.asked[len(s.asked)-1].Header.Get("If-Match")
	}
	assert.Equal(t, `"3"`, add(), "a row of a list has a version only")
	assert.Equal(t, `"4-x"`, add(), "the write before has raised it")
	assert.Equal(t, "*", add(IfMatch("*")))
	*o = Organisation{ID: someID}
	assert.Empty(t, add(), "the service will ask for one")

	s = answers(problem(412, "stale", `ETag: "9-x"`))
	o = &Organisation{ID: someID, ETag: `"3-x"`}
	_, err := s.client(t).Organisations.Update(t.Context(), o, OrganisationPatch{})
	require.ErrorIs(t, err, ErrStale)
	assert.Equal(t, `"3-x"`, o.ETag, "a refused write changes nothing")
}

func TestConditions(t *testing.T) {
	t.Parallel()
	s := answers(says(304, "", ""))
	_, err := s.client(t).Organisations.Get(t.Context(), someID, nil, IfChanged(`"3-p"`))
	require.ErrorIs(t, err, ErrNotModified)
	assert.Equal(t, `"3-p"`, s.asked[0].Header.Get("If-None-Match"))

	s = answers(ok(anOrg))
	_, err = s.client(t).Organisations.PutByExternalID(t.Context(), "crm", "A", OrganisationCreate{}, IfNone())
	require.NoError(t, err)
	assert.Equal(t, "*", s.asked[0].Header.Get("If-None-Match"))
}

func TestIdempotencyKeys(t *testing.T) {
	t.Parallel()
	s := answers(ok(anOrg))
	c := s.client(t)
	for range 2 {
		require.NoError(t, create(t.Context(), c))
	}
	a, b := s.asked[0].Header.Get("Idempotency-Key"), s.asked[1].Header.Get("Idempotency-Key")
	assert.NotEqual(t, a, b)
	assert.NotEqual(t, uuid.Nil, uuid.MustParse(a))
	_, err := c.Organisations.Create(t.Context(), OrganisationCreate{}, IdempotencyKey("mine"))
	require.NoError(t, err)
	assert.Equal(t, "mine", s.asked[2].Header.Get("Idempotency-Key"))
	require.NoError(t, c.Me.ChangePassword(t.Context(), PasswordChange{}, IdempotencyKey("mine")))
	assert.Empty(t, s.asked[3].Header.Get("Idempotency-Key"), "the operation takes none")
}

func TestPaths(t *testing.T) {
	t.Parallel()
	s := answers(ok(anOrg))
	c, err := New("https://seutu.test/behind/", WithHTTPClient(&http.Client{Transport: s}))
	require.NoError(t, err)
	for id, want := range map[string]string{"A/1 ä?": "A%2F1%20%C3%A4%3F", "..": "%2E%2E", ".": "%2E", "a.b": "a.b"} {
		_, err := c.Organisations.GetByExternalID(t.Context(), "crm", id, nil)
		require.NoError(t, err)
		assert.Equal(t, "/behind/v1/organisations/by-external-id/crm/"+want, s.asked[len(s.asked)-1].URL.EscapedPath())
	}
	asked := len(s.asked)
	_, err = c.Organisations.GetByExternalID(t.Context(), "crm", "", nil)
	require.ErrorContains(t, err, "getOrganisationByExternalId: an id or a name is empty")
	_, err = c.Organisations.Get(t.Context(), uuid.Nil, nil)
	require.ErrorContains(t, err, "is empty")
	require.Error(t, c.Organisations.Delete(t.Context(), &Organisation{}))
	assert.Len(t, s.asked, asked, "nothing was sent")
}

func TestPages(t *testing.T) {
	t.Parallel()
	row := func(n string) string { return `{"id": "0193a5c0-0000-7000-8000-00000000000` + n + `"}` }
	pages := func() *script {
		return answers(ok(`{"items": [`+row("1")+`,`+row("2")+`], "next": "/v1/organisations?cursor=a%3D&limit=2"}`),
			ok(`{"items": [`+row("3")+`], "next": "https://elsewhere.test/v1/organisations?cursor=b&limit=2"}`), ok(`{"items": [`+row("4")+`], "next": null}`))
	}
	s := pages()
	c := s.client(t, WithToken(StaticToken("secret")))
	all := c.Organisations.All(t.Context(), &ListOrganisationsParams{Limit: 2, Municipality: []string{"109", "165"}, Sort: []string{"name", "-founded"}})
	var ids []string
	for o, err := range all {
		require.NoError(t, err)
		ids = append(ids, o.ID.String()[35:])
	}
	assert.Equal(t, []string{"1", "2", "3", "4"}, ids)
	var asked []string
	for _, r := range s.asked {
		asked = append(asked, r.URL.String())
	}
	assert.Equal(t, []string{
		"https://seutu.test/v1/organisations?limit=2&municipality=109&municipality=165&sort=name%2C-founded",
		"https://seutu.test/v1/organisations?cursor=a%3D&limit=2", "https://seutu.test/v1/organisations?cursor=b&limit=2",
	}, asked)

	s = pages()
	for o, err := range s.client(t).Organisations.All(t.Context(), nil) {
		require.NoError(t, err)
		assert.Equal(t, "1", o.ID.String()[35:])
		break
	}
	assert.Len(t, s.asked, 1, "only what is looked at is asked for")

	s = pages()
	s.answers[1] = problem(400, "bad-cursor")
	var errs []error
	for _, err := range s.client(t).Organisations.All(t.Context(), nil) {
		errs = append(errs, err)
	}
	require.Len(t, errs, 3)
	require.NoError(t, errors.Join(errs[:2]...))
	require.ErrorIs(t, errs[2], ErrInvalidRequest)
}

// TestAllTwice: an iterator may be gone through twice.
func TestAllTwice(t *testing.T) {
	t.Parallel()
	s := answers(ok(`{"items": [`+anOrg+`], "next": "/v1/organisations?cursor=a"}`), ok(`{"items": [], "next": null}`), ok(`{"items": [`+anOrg+`], "next": null}`))
	all := s.client(t).Organisations.All(t.Context(), nil)
	for range 2 {
		n := 0
		for _, err := range all {
			require.NoError(t, err)
			n++
		}
		assert.Equal(t, 1, n)
	}
	assert.Empty(t, s.asked[2].URL.RawQuery, "from the start")
}

func TestSync(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := answers(ok(`{"rows": 2, "created": 2, "results": []}`))
	rows := []OrganisationSyncRow{{Key: &ExternalID{System: "crm", ID: "1"}, Name: TextPatch{"fi": new("Yksi <ry>"), "sv": nil}}, {Phone: Null[string](), Website: Set("https://example.org")}}
	report, err := s.client(t).Sync.Organisations(t.Context(), &SyncOrganisationsParams{DryRun: true}, slices.Values(rows))
	require.NoError(t, err)
	assert.Equal(t, 2, report.Created)
	lines := strings.Split(strings.TrimSuffix(s.bodies[0], "\n"), "\n")
	require.Len(t, lines, 2)
	assert.JSONEq(t, `{"key": {"system": "crm", "id": "1"}, "name": {"fi": "Yksi <ry>", "sv": null}}`, lines[0])
	assert.JSONEq(t, `{"phone": null, "website": "https://example.org"}`, lines[1])
	assert.Equal(t, "application/x-ndjson", s.asked[0].Header.Get("Content-Type"))
	assert.Equal(t, "dryRun=true", s.asked[0].URL.RawQuery)
}

// TestStreamsEnd: rows are made while they are sent, and no longer.
func TestStreamsEnd(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	received := make(chan int64, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("dryRun") { // refuses before it has read all
			w.Header().Set("Connection", "close")
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		n, _ := io.Copy(io.Discard, r.Body)
		received <- n
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"rows": 100000}`)
	}))
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c, err := New(server.URL, WithHTTPClient(&http.Client{Transport: transport}))
	require.NoError(t, err)
	var ended atomic.Int64
	rows := func(yield func(OrganisationSyncRow) bool) {
		defer ended.Add(1)
		for range 100_000 {
			if !yield(OrganisationSyncRow{Name: TextPatch{"fi": new("Kuoro ry")}}) {
				return
			}
		}
	}
	report, err := c.Sync.Organisations(t.Context(), nil, rows)
	require.NoError(t, err)
	assert.Equal(t, 100_000, report.Rows)
	assert.EqualValues(t, 100_000*int64(len(`{"name":{"fi":"Kuoro ry"}}`+"\n")), <-received)
	_, err = c.Sync.Organisations(t.Context(), &SyncOrganisationsParams{DryRun: true}, rows)
	require.Error(t, err)
	require.Eventually(t, func() bool { return ended.Load() == 2 }, 10*time.Second, time.Millisecond)
}

func TestText(t *testing.T) {
	t.Parallel()
	text := Text{"fi": "kuoro", "sv": "kör", "se": "koarra"}
	assert.Equal(t, "kör", text.Best("en", "sv"))
	assert.Equal(t, "kuoro", text.Best("en"))
	assert.Equal(t, "koarra", Text{"se": "koarra", "fi": ""}.Best())
	assert.Empty(t, Text(nil).Best("fi"))
}

func TestDate(t *testing.T) {
	t.Parallel()
	d, err := ParseDate("2024-02-28")
	require.NoError(t, err)
	assert.Equal(t, Date{2024, time.February, 28}, d)
	assert.Equal(t, "2024-03-01", d.AddDays(2).String())
	assert.Negative(t, d.Compare(d.AddDays(1)))
	assert.Equal(t, d, DateOf(d.In(time.FixedZone("EET", 7200))))
	_, err = ParseDate("2024-02-30")
	require.ErrorContains(t, err, "not a date")
	assert.Empty(t, Date{}.String())

	var m Memo
	require.NoError(t, json.Unmarshal([]byte(`{"approvedOn": "0987-01-02"}`), &m))
	assert.Equal(t, "0987-01-02", m.ApprovedOn.String())
	require.NoError(t, json.Unmarshal([]byte(`{"approvedOn": null}`), new(Memo)))
	require.Error(t, json.Unmarshal([]byte(`{"approvedOn": "2024"}`), &m))
	raw, err := json.Marshal(SeatCreate{From: d})
	require.NoError(t, err)
	assert.Contains(t, string(raw), `"from":"2024-02-28"`)
	assert.NotContains(t, string(raw), `"to"`)
}

// TestPatch: what is not named is not sent, what is cleared is null.
func TestPatch(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(OrganisationPatch{Phone: Null[string](), Website: Set("https://example.org"), Name: TextPatch{"sv": nil, "en": new("Choir")}, Languages: Set([]string{})})
	require.NoError(t, err)
	assert.JSONEq(t, `{"phone": null, "website": "https://example.org", "name": {"sv": null, "en": "Choir"}, "languages": []}`, string(raw))
	raw, err = json.Marshal(OrganisationPatch{})
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, string(raw))
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(1)
		c := i.client(t, matti)
		done := make(chan error, 100)
		for n := range 100 {
			go func() {
				time.Sleep(time.Duration(n) * 37 * time.Millisecond)
				done <- errors.Join(getOne(t.Context(), c), create(t.Context(), c), change(t.Context(), c))
			}()
		}
		for range 100 {
			require.NoError(t, <-done)
		}
		assert.Equal(t, 1, i.signedIn)
	})
}

// TestRawBodies go out as they are, and once.
func TestRawBodies(t *testing.T) {
	t.Parallel()
	s := answers(problem(429, "too-many-requests"))
	r := call{operation: "putFile", method: http.MethodPut, path: "/v1/files/x", body: raw("text/csv", strings.NewReader("a;b"))}
	require.ErrorIs(t, perform(t.Context(), s.client(t), r, nil), ErrTooManyRequests)
	assert.Equal(t, []string{"a;b"}, s.bodies)
	assert.Equal(t, "text/csv", s.asked[0].Header.Get("Content-Type"))

	closed := &closing{Reader: strings.NewReader("a;b")}
	r.body = raw("text/csv", closed)
	require.Error(t, perform(t.Context(), s.client(t), r, nil))
	assert.True(t, closed.is)
}

type closing struct {
	io.Reader
	is bool
}

func (c *closing) Close() error { c.is = true; return nil }

// TestPagesThatLeadNowhere: a service that names the same page as the next one again and again does not keep the caller for ever.
func TestPagesThatLeadNowhere(t *testing.T) {
	t.Parallel()
	for _, next := range []string{"/v1/organisations", "?", "/v1/organisations?cursor=a"} {
		s := answers(ok(`{"items": [` + anOrg + `], "next": "` + next + `"}`))
		rows, failed := 0, error(nil)
		for _, err := range s.client(t).Organisations.All(t.Context(), nil) {
			if err != nil {
				failed = err
			} else if rows++; rows > 5 {
				break
			}
		}
		require.ErrorIs(t, failed, errNext, next)
		assert.LessOrEqual(t, rows, 2, next)
	}
}
