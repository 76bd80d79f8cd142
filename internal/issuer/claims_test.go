package issuer

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/strictjson"
)

// granted is what the issuer of a configuration gives for claims, as "role scope".
func granted(t *testing.T, within, rules, claims string) []string {
	t.Helper()
	configs, err := Read([]byte(`[{"issuer": "https://a.example", "name": {"fi": "A"}, "audience": "a", "within": `+within+`, "rules": `+rules+`}]`), "", smallCountry{})
	require.NoError(t, err)
	said, faults := strictjson.Decode([]byte(claims))
	require.Empty(t, faults)
	c := Claims{within: configs[0].Within}
	for _, r := range configs[0].Rules {
		c.Given = append(c.Given, r.given(said.(map[string]any))...)
	}
	grants, err := NewSet(configs, smallCountry{}).Grants(t.Context(), c)
	require.NoError(t, err)
	out := []string{}
	for _, g := range grants {
		assert.Contains(t, authz.ScopeOf(g.Role), g.ScopeType)
		out = append(out, string(g.Role)+" "+g.Scope)
	}
	return out
}

func TestConditions(t *testing.T) {
	t.Parallel()
	officer := []string{"municipal_officer 109"}
	rule := func(condition string) string {
		return `[{` + condition + `, "grant": {"role": "municipal_officer", "scope": "109"}}]`
	}
	contains, equals := rule(`"claim": "groups", "contains": "seutu officers"`), rule(`"claim": "job", "equals": "officer"`)
	nested, odd := rule(`"claim": "/resource_access/seutu/roles", "contains": "officer"`), rule(`"claim": "https://a.example/roles", "contains": "officer"`)
	escaped, indexed := rule(`"claim": "/a~1b/c~0d", "equals": "x"`), rule(`"claim": "/list/1", "equals": "x"`)
	for _, tt := range []struct {
		rules, claims string
		want          []string
	}{
		{contains, `{"groups": ["a", "seutu officers"]}`, officer},
		{contains, `{"groups": "seutu officers"}`, officer},
		{contains, `{"groups": ["seutu officers", "seutu officers"]}`, officer},
		{contains, `{}`, nil},
		{contains, `{"groups": null}`, nil},
		{contains, `{"groups": []}`, nil},
		{contains, `{"groups": ["seutu", "officers"]}`, nil},
		{contains, `{"groups": ["not seutu officers", "seutu officers of another", "Seutu Officers", " seutu officers"]}`, nil},
		{contains, `{"groups": "x seutu officers"}`, nil},
		{contains, `{"groups": {"seutu officers": true}}`, nil},
		{contains, `{"groups": [["seutu officers"], {"x": "seutu officers"}, 5, true, null]}`, nil},
		{contains, `{"groups": [{"groups": ["seutu officers"]}]}`, nil},
		{contains, `{"roles": ["seutu officers"], "groups:src1": ["seutu officers"]}`, nil},
		{contains, `{"groups": true}`, nil},
		{contains, `{"groups": 5}`, nil},
		{equals, `{"job": "officer"}`, officer},
		{equals, `{"job": "Officer"}`, nil},
		{equals, `{"job": ["officer"]}`, nil},
		{equals, `{"job": "officer "}`, nil},
		{equals, `{"job": {"officer": "officer"}}`, nil},
		{equals, `{"job": ""}`, nil},
		{nested, `{"resource_access": {"seutu": {"roles": ["officer"]}}}`, officer},
		{nested, `{"resource_access": {"other": {"roles": ["officer"]}}}`, nil},
		{nested, `{"resource_access": "officer"}`, nil},
		{nested, `{"resource_access": [{"seutu": {"roles": ["officer"]}}]}`, nil},
		{nested, `{"/resource_access/seutu/roles": ["officer"]}`, nil},
		{odd, `{"https://a.example/roles": ["officer"]}`, officer},
		{odd, `{"https:": {"": {"a.example": {"roles": ["officer"]}}}}`, nil},
		{escaped, `{"a/b": {"c~d": "x"}}`, officer},
		{indexed, `{"list": ["y", "x"]}`, officer},
		{indexed, `{"list": ["x"]}`, nil},
		{indexed, `{"list": {"1": "x"}}`, officer},
	} {
		assert.ElementsMatch(t, tt.want, granted(t, `{"municipality": "109"}`, tt.rules, tt.claims), "%s %s", tt.rules, tt.claims)
	}
}

func TestScopesFromClaims(t *testing.T) {
	t.Parallel()
	region, city := `{"region": "05"}`, `{"municipality": "109"}`
	scope := func(role, rest string) string { return `[{"grant": {"role": "` + role + `", ` + rest + `}}]` }
	prefixed, mapped := scope("municipal_officer", `"scopeClaim": "groups", "scopePrefix": "seutu-officer-"`), scope("municipal_officer", `"scopeClaim": "city", "scopes": {"Hämeenlinna": "109", "Hattula": "082"}`)
	coordinator := scope("regional_coordinator", `"scopeClaim": "groups", "scopePrefix": "seutu-coordinator-"`)
	id := uuid.NewString()
	for _, tt := range []struct {
		within, rules, claims string
		want                  []string
	}{
		{region, prefixed, `{"groups": ["seutu-officer-109", "seutu-officer-082", "x"]}`, []string{"municipal_officer 109", "municipal_officer 082"}},
		{city, prefixed, `{"groups": ["seutu-officer-109", "seutu-officer-082"]}`, []string{"municipal_officer 109"}},
		{region, prefixed, `{"groups": ["seutu-officer-398", "seutu-officer-999", "seutu-officer-05", "seutu-officer-", "seutu-officer-109 ", "seutu-officer-1090", "109"]}`, nil},
		{region, prefixed, `{"groups": "seutu-officer-109"}`, []string{"municipal_officer 109"}},
		{region, prefixed, `{"groups": {"seutu-officer-109": 1}}`, nil},
		{region, mapped, `{"city": "Hattula"}`, []string{"municipal_officer 082"}},
		{region, mapped, `{"city": ["Hattula", "Hämeenlinna", "Lahti", "109"]}`, []string{"municipal_officer 082", "municipal_officer 109"}},
		{region, mapped, `{"city": 109}`, nil},
		{region, coordinator, `{"groups": ["seutu-coordinator-05", "seutu-coordinator-07", "seutu-coordinator-"]}`, []string{"regional_coordinator 05"}},
		{city, scope("council_secretary", `"scopeClaim": "c", "scopePrefix": "c:"`), `{"c": ["c:` + id + `", "c:not an id", "c:` + uuid.Nil.String() + `"]}`, []string{"council_secretary " + id}},
		{city, scope("network_convener", `"scopeClaim": "n", "scopePrefix": "n:"`), `{"n": "n:` + id + `"}`, nil}, // the region's, not the city's
		{region, scope("network_convener", `"scopeClaim": "n", "scopePrefix": "n:"`), `{"n": "n:` + id + `"}`, []string{"network_convener " + id}},
		{region, scope("organisation_editor", `"scopeClaim": "o", "scopePrefix": "o:"`), `{"o": "o:` + id + `"}`, nil}, // of another region
		{`{"region": "07"}`, scope("organisation_editor", `"scopeClaim": "o", "scopePrefix": "o:"`), `{"o": "o:` + id + `"}`, []string{"organisation_editor " + id}},
	} {
		assert.ElementsMatch(t, tt.want, granted(t, tt.within, tt.rules, tt.claims), "%s %s %s", tt.within, tt.rules, tt.claims)
	}
}

// TestManyGroups: a token gives no more than a bounded number of grants, whatever stands in it.
func TestManyGroups(t *testing.T) {
	t.Parallel()
	groups := make([]string, 1000)
	for n := range groups {
		groups[n] = "c:" + uuid.NewString()
	}
	raw, err := json.Marshal(groups)
	require.NoError(t, err)
	configs, err := Read([]byte(`[{"issuer": "https://a.example", "name": {"fi": "A"}, "audience": "a", "within": {"municipality": "109"}, "rules": [{"grant": {"role": "council_secretary", "scopeClaim": "c", "scopePrefix": "c:"}}]}]`), "", smallCountry{})
	require.NoError(t, err)
	said, _ := strictjson.Decode([]byte(`{"sub": "a", "iat": 1000, "exp": 2000, "c": ` + string(raw) + `}`))
	c, err := NewSet(configs, smallCountry{}).list[0].read(said.(map[string]any))
	require.NoError(t, err)
	assert.Len(t, c.Given, maxGiven)
}
