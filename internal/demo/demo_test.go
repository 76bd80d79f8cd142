package demo_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/demo"
	"github.com/seutu/seutu/internal/domain/duplicate"
	"github.com/seutu/seutu/internal/domain/geography"
)

// pinned is the hash of everything. When the words or the figures change on purpose, so does this.
const pinned = "9df9eaf8e4ec93ed00d1b8883c8f16d351fcd217bb123a6c477853727114b9ee"

// row is what the tests look at of a row, read back from its JSON.
type row struct {
	Key            struct{ System, ID string }
	Name           map[string]string
	Field          string
	Status         string
	Kind           string
	RegisterNumber string
	BusinessID     string
	Municipality   string
	Municipalities []string
	Location       *struct{ Lat, Lon float64 }
	Website        string
	Email          string
	Phone          string
	SocialLinks    []string
	Description    map[string]string
	Founded        *clock.HistoricDate
	RegisteredOn   string
	MemberCount    map[string]any
	OtherNames     []struct {
		Name     map[string]string
		From, To string
	}
}

var rows = sync.OnceValue(func() []row {
	var all []row
	for _, a := range demo.Associations() {
		text, err := json.Marshal(a.Row)
		if err != nil {
			panic(err)
		}
		var r row
		if err := json.Unmarshal(text, &r); err != nil {
			panic(err)
		}
		all = append(all, r)
	}
	return all
})

func TestPublishedFigures(t *testing.T) {
	t.Parallel()
	subRegions, fields := map[string]int{}, map[string]int{}
	municipalities := map[string]int{}
	for _, r := range rows() {
		m, ok := geography.Known(r.Municipality)
		require.True(t, ok)
		require.Equal(t, demo.Region, m.Region)
		subRegions[*m.SubRegion]++
		municipalities[r.Municipality]++
		fields[r.Field]++
	}
	assert.Equal(t, map[string]int{"051": 1744, "052": 789, "053": 720}, subRegions)
	assert.Equal(t, map[string]int{
		"trade-unions": 318, "nature-environment-animals": 309, "social-health": 280, "politics-society-rights": 204, "village-local-heritage": 204,
		"safety-rescue-defence": 158, "international-charity": 96, "business-employment": 75, "religion-worldview": 62, "other": 325, "": 1222,
	}, fields)
	assert.Equal(t, map[string]int{
		"109": 1267, "165": 302, "082": 175, "694": 504, "086": 148, "433": 137, "061": 376, "834": 131, "169": 113, "103": 49, "981": 51,
	}, municipalities)
}

func TestNamesAndNumbersAreDistinct(t *testing.T) {
	t.Parallel()
	names, registerNumbers, businessIDs := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, r := range rows() {
		assert.Equal(t, "demo", r.Key.System)
		assert.Equal(t, fmt.Sprintf("kh-%04d", i+1), r.Key.ID)
		assert.Equal(t, "published", r.Status)
		name := strings.ToLower(r.Name["fi"])
		assert.False(t, names[name], name)
		names[name] = true
		assert.Regexp(t, `^\p{Lu}[\p{L}\d+–/,. -]+ ry$`, r.Name["fi"])
		assert.NotContains(t, name, "  ")
		if r.RegisterNumber != "" {
			assert.False(t, registerNumbers[r.RegisterNumber], r.RegisterNumber)
			registerNumbers[r.RegisterNumber] = true
			assert.Regexp(t, `^9\d\d\.\d{3}$`, r.RegisterNumber)
		}
		if r.BusinessID != "" {
			assert.False(t, businessIDs[r.BusinessID], r.BusinessID)
			businessIDs[r.BusinessID] = true
			assertBusinessID(t, r.BusinessID)
		}
	}
	assert.InDelta(t, 0.70*3253, len(registerNumbers), 100)
	assert.InDelta(t, 0.15*3253*10/11, len(businessIDs), 60)
}

// assertBusinessID computes the check digit the other way round: the weighted sum with it is divisible by 11.
func assertBusinessID(t *testing.T, id string) {
	t.Helper()
	require.Regexp(t, `^99\d{5}-\d$`, id)
	sum := 0
	for i, weight := range []int{7, 9, 10, 5, 8, 4, 2} {
		sum += int(id[i]-'0') * weight
	}
	assert.Zero(t, (sum+int(id[8]-'0'))%11, id)
}

func TestAddressesAreFictional(t *testing.T) {
	t.Parallel()
	fictional := regexp.MustCompile(`(^|\.)example\.(org|com|net)$`)
	for _, r := range rows() {
		if r.Phone != "" {
			assert.Regexp(t, `^\+3585055501\d\d$`, r.Phone)
		}
		if r.Email != "" {
			address, err := mail.ParseAddress(r.Email)
			require.NoError(t, err)
			_, domain, _ := strings.Cut(address.Address, "@")
			assert.Regexp(t, fictional, domain)
		}
		for _, link := range append(r.SocialLinks, r.Website) {
			if link != "" {
				u, err := url.Parse(link)
				require.NoError(t, err)
				assert.Regexp(t, fictional, u.Hostname())
			}
		}
	}
	// Nor is there an address in any other member, or in an activity.
	everything, err := json.Marshal(demo.Associations())
	require.NoError(t, err)
	for _, found := range regexp.MustCompile(`(?:@|//|www\.)[\w.-]+`).FindAllString(string(everything), -1) {
		assert.Regexp(t, `example\.(org|com|net)$`, found)
	}
	assert.Empty(t, regexp.MustCompile(`\+358[^5]|\+3585055501\d\d\d|\b0[45]0[ -]?\d{3}`).FindAllString(string(everything), -1))
}

func TestDetails(t *testing.T) {
	t.Parallel()
	with := map[string]int{}
	for _, r := range rows() {
		if r.Location != nil {
			m, _ := geography.Known(r.Municipality)
			north, east := (r.Location.Lat-m.Centre.Lat)*111_200, (r.Location.Lon-m.Centre.Lon)*54_000
			assert.LessOrEqual(t, north*north+east*east, 4050.0*4050, r.Key.ID)
		}
		if len(r.Municipalities) > 0 {
			assert.Equal(t, r.Municipality, r.Municipalities[0])
			with["area"]++
		}
		if r.Founded != nil {
			with[string(r.Founded.Precision)]++
			assertHistoric(t, *r.Founded)
			assert.True(t, r.Founded.From == nil || *r.Founded.From < "2021", r.Key.ID)
			if r.RegisteredOn != "" {
				assert.Greater(t, r.RegisteredOn, string(*r.Founded.From))
			}
		}
		if r.Name["sv"]+r.Name["en"] != "" {
			with["foreign"]++
		}
		for _, other := range r.OtherNames {
			with["former"]++
			assert.NotEqual(t, r.Name["fi"], other.Name["fi"])
			assert.Less(t, other.From, other.To)
		}
		if r.Description["fi"] != "" {
			with["description"]++
			assert.NotContains(t, r.Description["fi"]+r.Description["sv"]+r.Description["en"], "{")
		}
		if r.MemberCount != nil {
			with["members"]++
		}
		with[r.Kind]++
	}
	for what, share := range map[string]float64{"foreign": 0.025, "former": 0.025, "description": 0.7, "members": 0.6, "area": 0.18, "year": 0.68, "federation": 0.006} {
		assert.InEpsilon(t, share*3253, with[what], 0.5, what)
	}
	t.Log(with)
}

func TestActivitiesAndEvents(t *testing.T) {
	t.Parallel()
	active, events, headings := 0, 0, map[string]int{}
	for _, a := range demo.Associations() {
		if len(a.Activities) > 0 {
			active++
		}
		for _, activity := range a.Activities {
			headings[activity.Heading]++
			assertValid(t, "ActivityCreate", activity)
		}
		for _, event := range a.RegisterEvents {
			events++
			assertHistoric(t, event.Date)
			assertValid(t, "RegisterEventCreate", event)
		}
	}
	assert.InDelta(t, 300, active, 30)
	assert.Len(t, headings, 4)
	assert.Greater(t, events, 300)
	t.Log(active, events, headings)
}

func TestRowsAreValid(t *testing.T) {
	t.Parallel()
	fields := geography.Fields()
	for _, a := range demo.Associations() {
		assertValid(t, "OrganisationSyncRow", a.Row)
		if field, ok := a.Row["field"]; ok {
			assert.True(t, slices.ContainsFunc(fields, func(f geography.Field) bool { return f.Code == field }))
		}
	}
}

func TestTheFirstHasEverything(t *testing.T) {
	t.Parallel()
	first := demo.Associations()[0]
	assert.Equal(t, "kh-0001", first.ID)
	assert.Equal(t, "109", first.Row["municipality"])
	for _, member := range []string{"name", "description", "field", "registerNumber", "businessId", "address", "location", "website", "email", "phone", "memberCount", "founded", "fundingSources", "affiliations", "otherNames", "registeredOn"} {
		assert.Contains(t, first.Row, member)
	}
	assert.Len(t, first.Row["name"], 3)
	assert.NotEmpty(t, first.Activities)
	assert.NotEmpty(t, first.RegisterEvents)
}

func TestAlwaysTheSame(t *testing.T) {
	t.Parallel()
	for range 2 {
		text, err := json.Marshal(demo.Associations())
		require.NoError(t, err)
		sum := sha256.Sum256(text)
		assert.Equal(t, pinned, hex.EncodeToString(sum[:]))
	}
}

func TestUsers(t *testing.T) {
	t.Parallel()
	assert.GreaterOrEqual(t, len(demo.Password), 12)
	var roles []string
	for _, u := range demo.Users() {
		roles = append(roles, u.Role)
		assert.True(t, strings.HasSuffix(u.Email, "@demo.example"))
		assert.True(t, u.Role == "admin" || (u.Scope == "") != (u.Of == ""), u.Email)
	}
	for _, a := range demo.ServiceAccounts() {
		roles = append(roles, a.Role)
	}
	assert.ElementsMatch(t, contract().Components.Schemas["Role"].Value.Enum, roles)
}

func TestSomeAreThereTwice(t *testing.T) {
	t.Parallel()
	twice := 0
	for _, r := range demo.SelfService() {
		if r.Body["status"] != "draft" {
			continue
		}
		assertValid(t, "OrganisationCreate", r.Body)
		text, err := json.Marshal(r.Body)
		require.NoError(t, err)
		var second row
		require.NoError(t, json.Unmarshal(text, &second))
		like := 0
		for _, first := range rows() {
			if first.Municipality != second.Municipality {
				continue
			}
			if score, _ := duplicate.Score(body(first), body(second), duplicate.Same); score > 0.85 {
				like++
			}
		}
		assert.Equal(t, 1, like, second.Name["fi"])
		twice++
	}
	assert.Equal(t, 3, twice)
}

func body(r row) duplicate.Body {
	return duplicate.Body{Kind: r.Kind, Name: r.Name, Municipality: r.Municipality, Email: r.Email}
}

func BenchmarkAssociations(b *testing.B) {
	for b.Loop() {
		demo.Associations()
	}
}

var contract = sync.OnceValue(func() *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromFile("../../openapi.yaml")
	if err != nil {
		panic(err)
	}
	return doc
})

func assertValid(t *testing.T, schema string, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	var generic any
	require.NoError(t, json.Unmarshal(text, &generic))
	assert.NoError(t, contract().Components.Schemas[schema].Value.VisitJSON(generic, openapi3.EnableFormatValidation()), string(text))
}

func assertHistoric(t *testing.T, date clock.HistoricDate) {
	t.Helper()
	member, why := date.Normalise()
	assert.Empty(t, member, why)
}
