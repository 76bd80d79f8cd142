package organisation_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func names(a *testkit.Answer) []string {
	a.T.Helper()
	out := []string{}
	for _, i := range a.Want(200).Items() {
		n, _ := i["name"].(map[string]any)
		s, _ := n["fi"].(string)
		if s == "" {
			s, _ = n["sv"].(string)
		}
		out = append(out, s)
	}
	return out
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	for _, o := range []object{
		association("Ähtärin Karhut ry", "989", object{"field": "sports-exercise", "languages": []string{"fi"}, "founded": object{"from": "1950-01-01", "precision": "year"}}),
		association("Aulangon Kuoro ry", "109", object{"field": "culture-arts", "languages": []string{"fi", "sv"}, "location": object{"lat": 61.02, "lon": 24.46}, "founded": object{"from": "2001-05-01", "precision": "month"}}),
		association("Zetan Ystävät ry", "165", object{"location": object{"lat": 60.92, "lon": 24.65}}),
		association("Turengin Kuorolaiset ry", "165", object{"kind": "informal_group", "otherNames": []object{{"name": fi("Vanha Laulu")}}}),
		association("Öljymäen kyläyhdistys ry", "694", object{"registerNumber": "12.345", "businessId": "0201256-6"}),
		association("Piilossa ry", "109", object{"status": "draft"}),
	} {
		c.Post("/v1/organisations", o).Want(201)
	}
	anonymous := s.Anonymous()
	all := []string{"Aulangon Kuoro ry", "Turengin Kuorolaiset ry", "Zetan Ystävät ry", "Ähtärin Karhut ry", "Öljymäen kyläyhdistys ry"}
	assert.Equal(t, all, names(anonymous.Get("/v1/organisations")), "Finnish order: ä and ö come last")
	for query, want := range map[string][]string{
		"region=05":                       {all[0], all[1], all[2], all[4]},
		"region=05&region=14":             all,
		"subRegion=052":                   {all[4]},
		"municipality=165":                {all[1], all[2]},
		"field=culture-arts":              {all[0]},
		"kind=informal_group":             {all[1]},
		"language=sv":                     {all[0]},
		"language=sv&language=fi":         {all[0], all[3]},
		"status=draft":                    {},
		"registerNumber=12.345":           {all[4]},
		"registerNumber=12.34":            {},
		"businessId=0201256-6":            {all[4]},
		"businessId=0201256-6&region=05":  {all[4]},
		"businessId=0201256-6&region=07":  {},
		"foundedFrom=1990-01-01":          {all[0]},
		"foundedTo=1990-01-01":            {all[3]},
		"bbox=24.4,61.0,24.5,61.1":        {all[0]},
		"near=60.92,24.64&radius=2000":    {all[2]},
		"near=60.92,24.64&radius=20000":   {all[2], all[0]},
		"q=kuoro":                         {all[0], all[1]},
		"q=KUORO%20aulangon":              {all[0]},
		"q=kuoro&registerNumber=12.345":   {},
		"q=kuoro&businessId=0201256-6":    {},
		"q=kuoro&field=culture-arts":      {all[0]},
		"q=kuoro&kind=informal_group":     {all[1]},
		"q=kuoro&language=sv":             {all[0]},
		"q=kuoro&status=draft":            {},
		"q=kuoro&foundedFrom=1990-01-01":  {all[0]},
		"q=kuoro&foundedTo=1990-01-01":    {},
		"q=kuoro&municipality=165":        {all[1]},
		"q=vanha":                         {all[1]},
		"q=k%25":                          {},
		"q=%25%25":                        {},
		"q=kuoro&sort=-name":              {all[1], all[0]},
		"sort=-founded,name&region=05":    {all[1], all[2], all[4], all[0]},
		"sort=founded":                    {all[3], all[0]},
		"municipality=999":                {},
		"fields=name&kind=informal_group": {all[1]},
	} {
		got := names(anonymous.Get("/v1/organisations?" + query))
		if query == "sort=founded" {
			got = got[:2]
		}
		assert.Equal(t, want, got, query)
	}
	assert.Equal(t, []string{"Piilossa ry"}, names(s.As(authz.Officer, "109").Get("/v1/organisations?status=draft")))
	assert.Empty(t, names(s.As(authz.Officer, "165").Get("/v1/organisations?status=draft")))

	a := anonymous.Get("/v1/organisations?near=60.92,24.64&radius=20000").Want(200).Items()
	assert.InDelta(t, 540, a[0]["distance"], 30)
	b := anonymous.Get("/v1/organisations?count=true&facets=municipality,language,kind&limit=1&region=05").Want(200).JSON()
	assert.Equal(t, 4.0, b["total"])
	assert.Equal(t, object{
		"municipality": []any{object{"value": "165", "count": 2.0}, object{"value": "109", "count": 1.0}, object{"value": "694", "count": 1.0}},
		"language":     []any{object{"value": nil, "count": 3.0}, object{"value": "fi", "count": 1.0}, object{"value": "sv", "count": 1.0}},
		"kind":         []any{object{"value": "association", "count": 3.0}, object{"value": "informal_group", "count": 1.0}},
	}, b["facets"])
	id := anonymous.Get("/v1/organisations?q=aulangon").Items()[0]["id"].(string)
	assert.Equal(t, []string{all[0]}, names(anonymous.Get("/v1/organisations?id="+id)))
}

func TestGeoJSON(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	c.Post("/v1/organisations", association("Kartalla ry", "109", object{"location": object{"lat": 61.5, "lon": 24.25}})).Want(201)
	c.Post("/v1/organisations", association("Ei kartalla ry", "109")).Want(201)
	a := s.Anonymous().Get("/v1/organisations?limit=10000&fields=name", testkit.Header{Name: "Accept", Value: "application/geo+json"}).Want(200)
	assert.Equal(t, "application/geo+json", a.Header.Get("Content-Type"))
	var fc struct {
		Type     string
		Features []struct {
			ID, Type   string
			Geometry   struct{ Coordinates []float64 }
			Properties map[string]any
		}
	}
	a.Into(&fc)
	require.Len(t, fc.Features, 1)
	assert.Equal(t, []float64{24.25, 61.5}, fc.Features[0].Geometry.Coordinates)
	assert.Equal(t, object{"fi": "Kartalla ry"}, fc.Features[0].Properties["name"])
}

// walk follows next until the end and returns the ids.
func walk(t *testing.T, c *testkit.Client, path string) []string {
	t.Helper()
	var ids []string
	for range 200 {
		a := c.Get(path).Want(200)
		for _, i := range a.Items() {
			ids = append(ids, i["id"].(string))
		}
		next, _ := a.JSON()["next"].(string)
		if next == "" {
			assert.Empty(t, a.Header.Get("Link"))
			return ids
		}
		assert.Equal(t, "<"+next+`>; rel="next"`, a.Header.Get("Link"))
		path = next
	}
	t.Fatal("the list has no end")
	return nil
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	var rows []object
	for i := range 57 {
		o := association(fmt.Sprintf("Sivu %d ry", i%5), []string{"109", "165", "694"}[i%3], object{"key": object{"system": "t", "id": fmt.Sprint(i)}})
		if i%4 == 0 {
			o["founded"] = object{"from": fmt.Sprintf("19%02d-01-01", i), "precision": "year"}
		}
		if i%2 == 0 {
			o["location"] = object{"lat": 61 + float64(i)/1000, "lon": 24.5}
		}
		rows = append(rows, o)
	}
	assert.Equal(t, 57.0, c.Post("/v1/sync/organisations", rows).Want(200).JSON()["created"])
	anonymous := s.Anonymous()
	for _, query := range []string{"", "sort=-name", "sort=founded", "sort=-founded", "sort=name,-founded", "sort=-founded,name,-updatedAt", "sort=createdAt", "sort=-updatedAt", "q=sivu", "q=sivu&sort=name", "near=61,24.5&radius=100000", "near=61,24.5&radius=100000&sort=-name,distance", "region=05&sort=name"} {
		whole := walk(t, anonymous, "/v1/organisations?limit=200&"+query)
		parts := walk(t, anonymous, "/v1/organisations?limit=7&"+query)
		assert.Equal(t, whole, parts, query)
		sorted := slices.Clone(parts)
		slices.Sort(sorted)
		assert.Len(t, slices.Compact(sorted), len(parts), "no row twice: %s", query)
	}
	next := anonymous.Get("/v1/organisations?limit=5&region=05").JSON()["next"].(string)
	u, err := url.Parse(next)
	require.NoError(t, err)
	cursor := u.Query().Get("cursor")
	anonymous.Get("/v1/organisations?limit=9&region=05&cursor=" + cursor).Want(200)
	first := map[bool]string{true: "B", false: "A"}[cursor[0] == 'A'] // another one
	for _, foreign := range []string{"region=07&cursor=" + cursor, "cursor=" + cursor, "region=05&sort=-name&cursor=" + cursor, "region=05&cursor=" + cursor[:len(cursor)-2], "region=05&cursor=" + first + cursor[1:]} {
		anonymous.Get("/v1/organisations?"+foreign).Problem(400, "bad-cursor")
	}
}

func TestModifiedSince(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	make := func(name string, more ...object) string {
		return c.Post("/v1/organisations", association(name, "109", more...)).Want(201).ID()
	}
	make("Vanha ry")
	time.Sleep(2 * time.Millisecond)
	since := "modifiedSince=" + url.QueryEscape(time.Now().UTC().Format(time.RFC3339Nano))
	kept, deleted, archived, draft, deletedDraft := make("Pysyvä ry"), make("Poistuva ry"), make("Arkistoitava ry"), make("Luonnos ry", object{"status": "draft"}), make("Poistuva luonnos ry", object{"status": "draft"})
	c.Do("DELETE", "/v1/organisations/"+deleted, nil, testkit.IfMatch("*")).Want(204)
	c.Do("DELETE", "/v1/organisations/"+deletedDraft, nil, testkit.IfMatch("*")).Want(204)
	c.Post("/v1/organisations/"+archived+"/transitions", object{"to": "archived"}, testkit.IfMatch("*")).Want(200)
	seen := func(c *testkit.Client) (rows, tombstones []string) {
		for _, i := range c.Get("/v1/organisations?sort=createdAt&" + since).Want(200).Items() {
			if i["deleted"] == true {
				assert.Len(t, i, 4)
				tombstones = append(tombstones, i["id"].(string))
			} else {
				rows = append(rows, i["id"].(string))
			}
		}
		return rows, tombstones
	}
	rows, tombstones := seen(s.Anonymous())
	assert.Equal(t, []string{kept}, rows)
	assert.Equal(t, []string{deleted, archived}, tombstones, "a draft was never theirs to see, nor is its end")
	rows, tombstones = seen(c)
	assert.Equal(t, []string{kept, archived, draft}, rows)
	assert.Equal(t, []string{deleted, deletedDraft}, tombstones)
	assert.NotContains(t, strings.Join(walk(t, s.Anonymous(), "/v1/organisations"), ""), deleted)
}

// TestStatements holds the hot operations to a number of statements: no N+1, no forgotten query.
func TestStatements(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	a := c.Post("/v1/organisations", association("Laskettu ry", "109")).Want(201)
	c.Get("/v1/me").Want(200) // the actor is remembered from here on
	url := "/v1/organisations/" + a.ID()
	for _, tt := range []struct {
		name    string
		want    int64
		request func() (string, string, any, []testkit.Header)
	}{
		{"get", 1, func() (string, string, any, []testkit.Header) { return "GET", url, nil, nil }},
		{"get with parts", 1, func() (string, string, any, []testkit.Header) {
			return "GET", url + "?include=activities,registerEvents,contacts", nil, nil
		}},
		{"contacts", 1, func() (string, string, any, []testkit.Header) { return "GET", url + "/contacts", nil, nil }},
		{"list", 1, func() (string, string, any, []testkit.Header) {
			return "GET", "/v1/organisations?municipality=109&include=activities,contacts", nil, nil
		}},
		{"list with total and two facets", 4, func() (string, string, any, []testkit.Header) {
			return "GET", "/v1/organisations?count=true&facets=kind,field", nil, nil
		}},
		{"create", 5, func() (string, string, any, []testkit.Header) {
			return "POST", "/v1/organisations", association("Uusi ry", "109"), nil
		}},
		{"patch", 5, func() (string, string, any, []testkit.Header) {
			return "PATCH", url, object{"email": "a@example.org"}, []testkit.Header{testkit.IfMatch("*")}
		}},
	} {
		method, path, body, headers := tt.request()
		r := c.Request(method, path, body, headers...)
		ctx, n := store.CountStatements(r.Context())
		status := c.Send(r.WithContext(ctx)).Status
		assert.Less(t, status, 300, tt.name)
		assert.Equal(t, tt.want, n.Load(), tt.name)
	}
}
