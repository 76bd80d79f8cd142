package post_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/testkit"
)

type year struct {
	Year, Municipalities, Posts, Filled int
	On                                  string
	Covered, Uncovered                  []string
	Change                              *float64
}

// coverage reads the years of an answer by year.
func coverage(t *testing.T, s *testkit.Service, query string) map[int]year {
	t.Helper()
	var body struct{ Items []year }
	s.Anonymous().Get("/v1/statistics/coverage?" + query).Want(200).Into(&body)
	out := map[int]year{}
	for _, y := range body.Items {
		require.Equal(t, y.Municipalities, len(y.Covered)+len(y.Uncovered))
		out[y.Year] = y
	}
	return out
}

// TestOfficersDouble is the case of the source documents: a region of 22 municipalities whose liaison officers doubled.
func TestOfficersDouble(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Coordinator, "13")
	codes := []string{"077", "172", "179", "182", "216", "226", "249", "256", "265", "275"}
	for i, code := range codes {
		p := officer(code, object{"from": "2021-03-01"})
		if i >= len(codes)/2 {
			p["from"] = "2023-09-01"
		}
		id := c.Post("/v1/posts", p).Want(201).ID()
		if i == 0 {
			aino := person(s, "Aino Aho", code, false)
			c.Post("/v1/posts/"+id+"/holders", object{"personId": aino, "from": "2022-01-01", "to": "2023-12-31"}).Want(201)
		}
	}
	c.Post("/v1/posts", officer("179", object{"from": "2021-03-01", "to": "2021-12-31"})).Want(201) // gone on the last day
	c.Post("/v1/posts", with(officer("992"), object{"kind": "other"})).Want(201)
	years := coverage(t, s, "region=13&from=2020&to=2024")
	require.Len(t, years, 5)
	assert.Equal(t, 23, years[2020].Municipalities, "Kuhmoinen was there then")
	assert.Equal(t, []any{0, (*float64)(nil)}, []any{years[2020].Posts, years[2020].Change})
	one, two := 1.0, 2.0
	for y, want := range map[int]year{
		2021: {Posts: 5, Filled: 0, Covered: codes[:5], Change: &one},
		2022: {Posts: 5, Filled: 1, Covered: codes[:5], Change: &one},
		2023: {Posts: 10, Filled: 0, Covered: codes, Change: &two},
		2024: {Posts: 10, Filled: 0, Covered: codes, Change: &two},
	} {
		got := years[y]
		assert.Equal(t, 22, got.Municipalities, y)
		assert.Equal(t, fmt.Sprintf("%d-12-31", y), got.On)
		assert.Equal(t, want, year{Posts: got.Posts, Filled: got.Filled, Covered: got.Covered, Change: got.Change}, y)
	}
	assert.Contains(t, years[2024].Uncovered, "992")
	assert.Equal(t, []string{"992"}, coverage(t, s, "region=13&kind=other")[2024].Covered, "whose beginning is not known was always there")
}

// TestIittiChangesRegion: each year is counted by its own division of the country.
func TestIittiChangesRegion(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	c.Post("/v1/posts", officer("142", object{"from": "2015-01-01"})).Want(201)
	c.Post("/v1/posts", with(officer("142"), object{"municipality": nil, "region": "07", "from": "2018-01-01"})).Want(201) // for the region only
	before, after := coverage(t, s, "region=08&from=2019&to=2022"), coverage(t, s, "region=07&from=2019&to=2022")
	for y, want := range map[int][2][]string{2019: {{"142"}, {}}, 2020: {{"142"}, {}}, 2021: {{}, {"142"}}, 2022: {{}, {"142"}}} {
		assert.Equal(t, want, [2][]string{before[y].Covered, after[y].Covered}, y)
	}
	assert.Equal(t, []int{1, 1, 0, 0}, []int{before[2019].Posts, before[2020].Posts, before[2021].Posts, before[2022].Posts})
	assert.Equal(t, []int{1, 1, 2, 2}, []int{after[2019].Posts, after[2020].Posts, after[2021].Posts, after[2022].Posts})
	assert.NotContains(t, after[2020].Uncovered, "142")
	whole := coverage(t, s, "from=2020&to=2021")
	for _, y := range whole {
		assert.Equal(t, []any{2, []string{"142"}}, []any{y.Posts, y.Covered})
	}
	assert.Equal(t, []int{310, 309}, []int{whole[2020].Municipalities, whole[2021].Municipalities})
}

// TestMergedMunicipality: a post counts for its own municipality while there was one, then for the successor.
func TestMergedMunicipality(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	id := c.Post("/v1/posts", officer("398")).Want(201).ID()
	s.Exec("update posts set municipality = '532' where id = $1", uuid.MustParse(id)) // as it was recorded before Nastola became Lahti
	years := coverage(t, s, "region=07&from=2013&to=2016")
	for y, want := range map[int][]string{2013: {"532"}, 2014: {"532"}, 2015: {"532"}, 2016: {"398"}} {
		assert.Equal(t, want, years[y].Covered, y)
	}
	assert.Contains(t, years[2015].Uncovered, "398")
	c.Do("DELETE", "/v1/posts/"+id, nil, testkit.IfMatch("*")).Want(204)
	assert.Empty(t, coverage(t, s, "region=07")[2016].Covered)
}

func TestCoverageSpans(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.Anonymous()
	today := clock.Today()
	present := today.Time().Year()
	span := func(query string) [3]any {
		j := c.Get("/v1/statistics/coverage" + query).Want(200).JSON()
		assert.Equal(t, "liaison_officer", j["kind"])
		assert.Nil(t, j["region"])
		return [3]any{j["from"], j["to"], len(j["items"].([]any))}
	}
	assert.Equal(t, [3]any{float64(present - 9), float64(present), 10}, span(""), "the last ten")
	assert.Equal(t, [3]any{2011.0, 2020.0, 10}, span("?to=2020"))
	assert.Equal(t, [3]any{2015.0, float64(present), present - 2014}, span("?from=2015"))
	assert.Equal(t, [3]any{2020.0, 2020.0, 1}, span("?from=2020&to=2020"))
	assert.Equal(t, [3]any{1901.0, 2000.0, 100}, span("?from=1901&to=2000"))
	assert.Equal(t, string(today), coverage(t, s, "")[present].On, "the present year as it stands")
	for query, want := range map[string][]string{
		fmt.Sprint("?to=", present+1): {"future to"}, fmt.Sprint("?from=", present+1): {"future from"}, fmt.Sprintf("?from=%d&to=%d", present+2, present+1): {"future from", "future to"},
		"?from=2020&to=2019": {"order to"}, "?from=1900&to=2000": {"too-many from"}, "?from=1900&to=9999": {"future to", "too-many from"}, "?region=99": {"unknown-code region"},
	} {
		assert.Equal(t, want, c.Get("/v1/statistics/coverage"+query).Problem(422, "invalid-data"), query)
	}
	for _, query := range []string{"?kind=boss", "?from=1", "?from=x", "?region=5", "?year=2020"} {
		c.Get("/v1/statistics/coverage"+query).Problem(400, "validation")
	}
	a := c.Get("/v1/statistics/coverage").Want(200)
	c.Get("/v1/statistics/coverage", testkit.Header{Name: "If-None-Match", Value: a.ETag()}).Want(304)
}
