//go:build acceptance

package acceptance

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/domain/duplicate"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/testkit"
)

// records reads a CSV file by the names of its columns.
func records(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(file(t, name))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	out := make([]map[string]string, len(rows)-1)
	for i, r := range rows[1:] {
		out[i] = map[string]string{}
		for c, head := range rows[0] {
			out[i][strings.TrimPrefix(head, "\ufeff")] = r[c]
		}
	}
	return out
}

// same are bodies that received grants under several names, as somebody who read all names found them.
var same = [][]string{
	{"G Force", "G- Force", "G-Force"},
	{"St John's Centre", "St Johns Centre", "St. John's Centre", "St. John's Centre (Old Trafford Hub)"},
	{"Calm Connections", "Calm Connections CIC"}, {"Collaborative Women UK", "Collaborative Women UK CIC"},
	{"Cheeky Cherubs Play and Learning Centre", "Cheeky Cherubs Soft Play and Learning Centre CIC"},
	{"Art with Heart CIC", "Art with a Heart"}, {"Blue Sci CIC", "Bluesci", "Blu Sci Partington"},
	{"Friends of John Leigh Park", "Friends of john Leigh Park", "John Leigh Park"}, {"Friends of Oak Road Park", "The Friends of Oak Road park"},
	{"Friends of Moor Nook Park", "The Friends of Moor Nook Park", "Friends of Nook Park"}, {"The Friends Of Walkden Gardens", "The Friends of Walkden Gardens"},
	{"Friends of Victoria Park", "Friends of Victoria Park, Stretford"}, {"Future Directions", "Future Directions CIC", "Future Directions 'Friends for Life' group"},
	{"Gorse Hill Studios", "Gorsehill Studios"}, {"LEAF- Language Library", "Leaf Language Library"}, {"SKILLZ FC", "Skillz FC"},
	{"Theatre Of The Senses", "Theatre of the Senses", "Theatre of the Senses CIC"},
	{"Trafford African & Caribbean Over 50's Club", "Trafford African & Caribbean Over 50's club", "Trafford African & caribbean over 50's club"},
	{"Trafford HongKongers", "Trafford Hongkongers"}, {"Pegasus Horseriding for the Disabled Association", "Pegasus Riding for the Disabled"},
	{"Altrincham Baptist Church", "Altrincham Baptist Church (The Hub Altrincham)", "Altrincham Baptist Church (The Hub Community Centre)"},
	{"Friends of Stretford Public Hall", "Friends of Stretford Public Hall Limited (Stretford Hub)"}, {"Cycling Without Age Trafford", "Cycling without Age"},
	{"Bridging the Gap", "Bridging the Gap (Manchester)"}, {"Groundwork", "Groundwork Greater Manchester", "Groundwork Trust GTM"}, {"CDI", "Community Development Initiative"},
	{"Age UK Trafford", "Age UK Trafford (Urmston Community Hub)"}, {"Ashton On Mersey Village In Bloom 2019", "Ashton on Mersey Village Always in Bloom"},
	{"Sport Works (Manchester & Cheshire) LTD", "Sport Works Cheshire CIC"}, {"Hidden Treasure Discovery Centre", "Hidden Treasure Trust CIO (Hope Centre - The Hideaway - Partington Hub)"},
}

// TestNearDuplicates: of all pairs of names in a council's list of grants, which are told to be one?
func TestNearDuplicates(t *testing.T) {
	t.Parallel()
	var names []string
	for _, r := range records(t, "uk_trafford_grants/trafford_council_voluntary_sector_grants.csv") {
		if n := strings.TrimSpace(r["Recipient Org:Name"]); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	wanted := map[[2]string]bool{}
	for _, group := range same {
		for i, a := range group {
			require.Contains(t, names, a)
			for _, b := range group[i+1:] {
				wanted[[2]string{min(a, b), max(a, b)}] = true
			}
		}
	}
	right, told := 0, 0
	for i, a := range names {
		for _, b := range names[i+1:] {
			score, _ := duplicate.Score(duplicate.Body{Name: i18n.Text{"en": a}}, duplicate.Body{Name: i18n.Text{"en": b}}, duplicate.Same)
			is := wanted[[2]string{min(a, b), max(a, b)}]
			if score >= duplicate.Likely {
				told++
				if is {
					right++
				}
			}
			if is != (score >= duplicate.Likely) {
				t.Logf("%v %.2f %q %q", is, score, a, b)
			}
		}
	}
	precision, recall := float64(right)/float64(told), float64(right)/float64(len(wanted))
	t.Logf("%d names, %d pairs are one, %d told: precision %.2f, recall %.2f", len(names), len(wanted), told, precision, recall)
	assert.GreaterOrEqual(t, precision, 0.8)
	assert.GreaterOrEqual(t, recall, 0.7)
}

// TestDuplicatesOfRegister: the service finds them by itself, in a register without municipalities, which only admins see to.
func TestDuplicatesOfRegister(t *testing.T) {
	t.Parallel()
	dsn := testkit.DSN(t)
	s := testkit.On(t, dsn, config.Service{Issuer: "https://seutu.test"})
	load(t, dsn, file(t, "uk_trafford_grants/trafford_council_voluntary_sector_grants.csv"), "uk-360giving-grants")
	require.NoError(t, s.Duplicates.Look(t.Context()))
	c := s.As(authz.Admin, "")
	found := map[string]bool{}
	for path := "/v1/duplicates?limit=200"; path != ""; {
		page := c.Get(path).Want(200)
		for _, p := range page.Items() {
			var names []string
			for _, o := range p["organisations"].([]any) {
				names = append(names, o.(object)["name"].(object)["en"].(string))
			}
			slices.Sort(names)
			found[strings.Join(names, " = ")] = true
		}
		path, _ = page.JSON()["next"].(string)
	}
	t.Log(len(found), "pairs")
	assert.True(t, found["Friends of John Leigh Park = John Leigh Park"] && found["Art with Heart CIC = Art with a Heart"], "%v", found)
	assert.Empty(t, s.As(authz.Coordinator, "05").Get("/v1/duplicates").Want(200).Items())
}

// TestMergers: mergers of charities in chains, as a register lists them: each goes up in the one that took over its property; then the
// old ids lead on, also over several mergers, and the old names are found.
func TestMergers(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	const mergers = 80
	type charity struct {
		id, name string
		version  float64
		into     string // number of the charity that it went up in
	}
	byNumber := map[string]*charity{}
	made := func(name, number string) *charity {
		if x := byNumber[number]; x != nil {
			return x
		}
		a := c.Post("/v1/organisations", object{
			"kind": "association", "country": "GB", "name": object{"en": name}, "externalIds": []object{{"system": "gb-chc", "id": number}},
		}).Want(201)
		byNumber[number] = &charity{id: a.ID(), name: name, version: 1}
		return byNumber[number]
	}
	all := records(t, "uk_charity_lookups/ccew-register-of-mergers.csv")
	goes, stays := map[string]bool{}, map[string]bool{}
	for _, r := range all {
		goes[r["transferor_regno"]], stays[r["transferee_regno"]] = true, true
	}
	// the interesting ones, in their order: those that took over others before or after
	all = slices.DeleteFunc(all, func(r map[string]string) bool { return !stays[r["transferor_regno"]] && !goes[r["transferee_regno"]] })
	done := 0
	for _, r := range all {
		from, into, day := r["transferor_regno"], r["transferee_regno"], r["date_property_transferred"]
		name, target := strings.Join(strings.Fields(r["transferor_name"]), " "), strings.Join(strings.Fields(r["transferee_name"]), " ")
		if done == mergers {
			break
		}
		if from == into || from == "" || into == "" || len(day) < 10 || name == "" || target == "" || len(name) > 200 || len(target) > 200 || r["transferor_subno"] != "0" || r["transferee_subno"] != "0" {
			continue
		}
		a, b := made(name, from), made(target, into)
		if a.into != "" || b.into != "" {
			continue // it had gone already, by the order of this file
		}
		got := c.Post("/v1/organisations/"+b.id+"/merge", object{"from": a.id, "fromVersion": a.version, "mergedOn": day[:10]}, testkit.IfMatch("*")).Want(200).JSON()
		a.into, b.version = into, got["organisation"].(object)["version"].(float64)
		done++
	}
	require.Equal(t, mergers, done)
	anyone, chains := s.Anonymous(), 0
	for number, x := range byNumber {
		if x.into == "" {
			continue
		}
		last, steps := x, 0
		for last.into != "" {
			last = byNumber[last.into]
			steps++
		}
		if steps > 1 {
			chains++
		}
		moved := anyone.Get("/v1/organisations/" + x.id)
		moved.Problem(308, "merged")
		assert.Equal(t, "/v1/organisations/"+last.id, moved.Header.Get("Location"))
		now := anyone.Get("/v1/organisations/by-external-id/gb-chc/" + number).Want(200).JSON()
		assert.Equal(t, last.id, now["id"])
		called := []string{now["name"].(object)["en"].(string)}
		for _, n := range now["otherNames"].([]any) {
			called = append(called, n.(object)["name"].(object)["en"].(string))
		}
		assert.Contains(t, called, x.name)
	}
	t.Logf("%d mergers, %d of them in chains", done, chains)
	assert.Positive(t, chains)
}
