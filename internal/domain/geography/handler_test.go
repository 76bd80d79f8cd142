package geography_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/domain/geography"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

func items(c *testkit.Client, path string) []object {
	c.T.Helper()
	return c.Get(path).Want(200).Items()
}

// coded is the item with the code, nil if there is none.
func coded(list []object, code string) object {
	for _, i := range list {
		if i["code"] == code {
			return i
		}
	}
	return nil
}

func TestLists(t *testing.T) {
	t.Parallel()
	c := testkit.New(t).Anonymous()
	for path, want := range map[string]int{
		"/v1/regions": 19, "/v1/sub-regions": 69, "/v1/municipalities": 308, "/v1/wellbeing-services-counties": 23, "/v1/fields": 14,
		"/v1/municipalities?region=05": 11, "/v1/municipalities?subRegion=051": 3, "/v1/municipalities?region=05&subRegion=071": 0, "/v1/municipalities?region=99": 0,
		"/v1/sub-regions?region=05": 3, "/v1/sub-regions?region=99": 0,
	} {
		got := items(c, path)
		assert.Len(t, got, want, path)
		if path != "/v1/fields" {
			assert.True(t, slices.IsSortedFunc(got, func(a, b object) int {
				return slices.Compare([]string{a["code"].(string)}, []string{b["code"].(string)})
			}), path)
		}
	}
	assert.Equal(t, object{"code": "05", "name": object{"fi": "Kanta-Häme", "sv": "Egentliga Tavastland", "en": "Kanta-Häme"}}, coded(items(c, "/v1/regions"), "05"))
	assert.Equal(t, "05", coded(items(c, "/v1/sub-regions"), "051")["region"])
	here := coded(items(c, "/v1/municipalities"), "109")
	for member, want := range (object{"region": "05", "subRegion": "051", "languageStatus": "finnish", "urbanRural": "urban", "validFrom": nil, "validTo": nil, "successor": nil}) {
		assert.Equal(t, want, here[member], member)
	}
	assert.NotNil(t, coded(items(c, "/v1/wellbeing-services-counties"), here["wellbeingServicesCounty"].(string)))
	first := items(c, "/v1/fields")[0]
	assert.Equal(t, geography.Fields()[0].Code, first["code"], "in their own order")
	assert.NotEmpty(t, first["icnpo"])
}

func TestOnADay(t *testing.T) {
	t.Parallel()
	c := testkit.New(t).Anonymous()
	region := func(code, query string) any {
		m := coded(items(c, "/v1/municipalities"+query), code)
		if m == nil {
			return nil
		}
		return m["region"]
	}
	assert.Equal(t, "08", region("142", "?on=2018-04-01"), "Iitti")
	assert.Equal(t, "08", region("142", "?on=2020-12-31"))
	assert.Equal(t, "07", region("142", "?on=2021-01-01"))
	assert.Equal(t, "07", region("142", ""))
	assert.Equal(t, "08", region("142", "?on=2018-04-01&region=08"))
	assert.Nil(t, region("142", "?on=2018-04-01&region=07"))

	assert.Nil(t, region("911", ""), "Valtimo is no more")
	was := coded(items(c, "/v1/municipalities?on=2018-04-01"), "911")
	require.NotNil(t, was)
	assert.Equal(t, []any{"Valtimo", "12", "2020-01-01", "541"}, []any{was["name"].(object)["fi"], was["region"], was["validTo"], was["successor"]})
	assert.Nil(t, was["wellbeingServicesCounty"], "there were none yet")
	assert.Len(t, items(c, "/v1/municipalities?on=2014-06-01"), 320)
	assert.Len(t, items(c, "/v1/municipalities?on=2015-01-01"), 317)

	// before what we know, and after: the nearest, which says from when it holds
	oldest := c.Get("/v1/municipalities?on=1995-01-01").Want(200).JSON()
	assert.Len(t, oldest["items"], 320)
	assert.Equal(t, "2014-01-01", oldest["validFrom"])
	assert.Equal(t, "2015-01-01", oldest["validTo"])
	future := c.Get("/v1/regions?on=2199-12-31").Want(200).JSON()
	assert.Equal(t, c.Get("/v1/regions").JSON(), future)
	assert.Nil(t, future["validTo"])

	assert.Empty(t, items(c, "/v1/wellbeing-services-counties?on=2022-12-31"))
	assert.Len(t, items(c, "/v1/wellbeing-services-counties?on=2023-01-01"), 23)
	for _, m := range items(c, "/v1/municipalities?on=2023-01-01") {
		assert.NotNil(t, m["wellbeingServicesCounty"], m["code"])
	}
}

func TestListsAreKept(t *testing.T) {
	t.Parallel()
	c := testkit.New(t).Anonymous()
	for _, path := range []string{"/v1/regions", "/v1/sub-regions", "/v1/municipalities", "/v1/wellbeing-services-counties", "/v1/fields"} {
		a := c.Get(path).Want(200)
		assert.Contains(t, a.Header.Get("Cache-Control"), "public, max-age=86400", path)
		assert.Empty(t, c.Get(path, testkit.Header{Name: "If-None-Match", Value: a.ETag()}).Want(304).Body, path)
		c.Get(path, testkit.Header{Name: "If-None-Match", Value: `"other", W/` + a.ETag()}).Want(304)
		c.Get(path, testkit.Header{Name: "If-None-Match", Value: `"other"`}).Want(200)
		if path != "/v1/fields" {
			assert.NotEqual(t, a.ETag(), c.Get(path+"?on=2018-04-01").ETag(), path)
		}
	}
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	c := testkit.New(t).Anonymous()
	for path, faults := range map[string][]string{
		"/v1/regions?on=2021-02-30":                               {"format on"},
		"/v1/regions?region=05":                                   {"unknown region"},
		"/v1/sub-regions?region=5":                                {"pattern region"},
		"/v1/municipalities?region=Kanta&subRegion=5&q=Iitti":     {"pattern region", "pattern subRegion", "unknown q"},
		"/v1/municipalities?region=05&region=06":                  {"duplicate region"},
		"/v1/wellbeing-services-counties?on=2023-01-01T00:00:00Z": {"format on"},
		"/v1/fields?on=2021-01-01":                                {"unknown on"},
	} {
		assert.ElementsMatch(t, faults, c.Get(path).Problem(400, "validation"), path)
	}
	c.Token = "nonsense"
	c.Get("/v1/regions").Problem(401, "invalid-token")
	c.Token = ""
	c.Get("/v1/regions", testkit.Header{Name: "Accept", Value: "text/csv"}).Problem(406, "not-acceptable")
}
