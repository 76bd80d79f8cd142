package organisation_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

type report struct {
	Rows, Created, Updated, Unchanged, Repeated, Rejected int
	Results                                               []struct {
		Row                int
		Outcome            string
		ID                 *string
		Differs            bool
		PossibleDuplicates []string
		Errors             []struct{ Pointer, Code, Detail string }
	}
}

func syncRows(c *testkit.Client, query string, rows ...object) report {
	c.T.Helper()
	var r report
	c.Post("/v1/sync/organisations"+query, rows).Want(200).Into(&r)
	return r
}

func keyed(id, name, municipality string, more ...object) object {
	return association(name, municipality, append(more, object{"key": object{"system": "crm", "id": id}})...)
}

func TestSync(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	rows := []object{
		keyed("1", "Yksi ry", "109", object{"email": "yksi@example.org"}),
		association("Kaksi ry", "165", object{"registerNumber": "200.002"}),
		association("Kolme ry", "165", object{"businessId": "0201256-6"}),
		association("Neljä ry", "694"),
		keyed("1", "Yksi ry", "109", object{"email": "yksi@example.org"}),
		keyed("1", "Ykkönen ry", "109"),
		{"name": fi("Ilman lajia ry")},
		association("Väärä ry", "109", object{"businessId": "0201256-7", "phone": "x"}),
		{"nope": 1},
	}
	first := syncRows(c, "", rows...)
	outcomes := []string{}
	for i, r := range first.Results {
		assert.Equal(t, i, r.Row)
		outcomes = append(outcomes, r.Outcome)
	}
	assert.Equal(t, []string{"created", "created", "created", "created", "repeated", "repeated", "rejected", "rejected", "rejected"}, outcomes)
	assert.False(t, first.Results[4].Differs)
	assert.True(t, first.Results[5].Differs)
	assert.Equal(t, "/kind", first.Results[6].Errors[0].Pointer)
	assert.Len(t, first.Results[7].Errors, 1, "the contract's faults come first")
	assert.Equal(t, "unknown", first.Results[8].Errors[0].Code)
	assert.Equal(t, report{Rows: 9, Created: 4, Repeated: 2, Rejected: 3, Results: first.Results}, first)

	var changes int
	count := func() int { s.Scan("select count(*) from changes", nil, &changes); return changes }
	before := count()
	again := syncRows(c, "", rows...)
	assert.Equal(t, 4, again.Unchanged)
	assert.Equal(t, before, count(), "unchanged rows write nothing")
	assert.Equal(t, first.Results[0].ID, again.Results[0].ID)

	// absent members stay, null clears, and each way to match is tried in its order
	updated := syncRows(c, "",
		object{"key": object{"system": "crm", "id": "1"}, "website": "example.org"},
		object{"registerNumber": "200002", "email": "kaksi@example.org"},
		object{"key": object{"system": "crm", "id": "3"}, "businessId": "FI02012566"},
		object{"kind": "association", "name": fi("NELJÄ r.y."), "municipality": "694", "email": "nelja@example.org"})
	assert.Equal(t, 4, updated.Updated, "%+v", updated)
	one := c.Get("/v1/organisations/by-external-id/crm/1").Want(200).JSON()
	assert.Equal(t, "yksi@example.org", one["email"])
	assert.Equal(t, "https://example.org", one["website"])
	assert.Equal(t, *first.Results[2].ID, c.Get("/v1/organisations/by-external-id/crm/3").Want(200).ID())
	cleared := syncRows(c, "", object{"key": object{"system": "crm", "id": "1"}, "email": nil})
	assert.Equal(t, 1, cleared.Updated)

	// one audit row and one change row for each write, no more
	var audits int
	s.Scan("select count(*) from audit_events where operation = 'syncOrganisations'", nil, &audits)
	assert.Equal(t, 9, audits)
	assert.Equal(t, before+5, count())
}

func TestSyncIsDryOrAtomic(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	good, bad := keyed("1", "Hyvä ry", "109"), association("Huono ry", "999")
	dry := syncRows(c, "?dryRun=true", good, bad)
	assert.Equal(t, []int{1, 1}, []int{dry.Created, dry.Rejected})
	assert.Nil(t, dry.Results[0].ID)
	refused := c.Post("/v1/sync/organisations?atomic=true", []object{good, bad})
	assert.Equal(t, []string{"unknown-code /1/municipality"}, refused.Problem(422, "invalid-data"))
	assert.Empty(t, c.Get("/v1/organisations").Items())
	assert.Equal(t, 1, syncRows(c, "?atomic=true", good).Created)
}

func TestSyncInOnesArea(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin, officer := s.As(authz.Admin, ""), s.As(authz.Officer, "109")
	owner := s.As(authz.Integration, "109", "organisation.sync", "system:crm")
	syncRows(admin, "", association("Muualla ry", "398", object{"registerNumber": "300.003"}))
	r := syncRows(officer, "", association("Oma ry", "109"), association("Vieras ry", "398"), object{"registerNumber": "300.003", "email": "a@example.org"}, keyed("9", "Varattu ry", "109"))
	assert.Equal(t, []int{1, 3}, []int{r.Created, r.Rejected}, "%+v", r)
	for _, res := range r.Results[1:] {
		assert.Equal(t, "out-of-scope", res.Errors[0].Code)
	}
	assert.Equal(t, 1, syncRows(owner, "", keyed("9", "Varattu ry", "109")).Created)
	moved := syncRows(owner, "", keyed("9", "Varattu ry", "165"))
	assert.Equal(t, "out-of-scope", moved.Results[0].Errors[0].Code, "nobody moves a row out of the area")
	s.As(authz.Editor, "01930000-0000-7000-8000-000000000001").Post("/v1/sync/organisations", []object{}).Problem(403, "forbidden")
}

// TestSyncHints: a row that is created tells what has its name and home already, as far as the caller may see it.
func TestSyncHints(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	there := admin.Post("/v1/organisations", association("Turengin Nuorisoseura ry", "165")).Want(201).ID()
	draft := admin.Post("/v1/organisations", association("Turengin nuorisoseura", "165", object{"status": "draft"})).Want(201).ID()
	admin.Post("/v1/organisations", association("Turengin Nuorisoseura ry", "109")).Want(201)
	rows := []object{keyed("1", "Turengin nuorisoseura r.y.", "165"), keyed("2", "Aivan muu ry", "165"), {"nope": 1}}
	dry := syncRows(admin, "?dryRun=true", rows...)
	assert.ElementsMatch(t, []string{there, draft}, dry.Results[0].PossibleDuplicates)
	blind := syncRows(s.As(authz.Integration, "165", "organisation.sync"), "?dryRun=true", rows...)
	assert.Equal(t, []string{there}, blind.Results[0].PossibleDuplicates, "what it may not see it is not told")
	r := syncRows(s.As(authz.Officer, "165"), "", rows...)
	assert.ElementsMatch(t, []string{there, draft}, r.Results[0].PossibleDuplicates)
	for _, other := range r.Results[1:] {
		assert.Equal(t, []string{}, other.PossibleDuplicates)
	}
	assert.Equal(t, []string{}, syncRows(admin, "", rows...).Results[0].PossibleDuplicates, "known by its key")
}

func TestSyncConflicts(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	r := syncRows(c, "", keyed("1", "A ry", "109", object{"businessId": "0201256-6"}), keyed("2", "B ry", "109", object{"registerNumber": "1.001"}))
	assert.Equal(t, 2, r.Created)
	r = syncRows(c, "",
		keyed("2", "B ry", "109", object{"businessId": "0201256-6"}), // another has it
		keyed("3", "C ry", "109", object{"registerNumber": "2.002"}), // takes it first …
		keyed("4", "D ry", "109", object{"registerNumber": "2.002"}), // … in this very batch: a later row means the same body
		association("B ry", "109"), association("B ry", "165"))
	assert.Equal(t, []string{"rejected", "created", "repeated", "unchanged", "created"}, []string{r.Results[0].Outcome, r.Results[1].Outcome, r.Results[2].Outcome, r.Results[3].Outcome, r.Results[4].Outcome})
	assert.Equal(t, "/businessId", r.Results[0].Errors[0].Pointer)
}

func TestSyncNDJSON(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	lines := testkit.Header{Name: "Content-Type", Value: "application/x-ndjson"}
	one, err := json.Marshal(keyed("1", "Rivi ry", "109"))
	require.NoError(t, err)
	var r report
	c.Post("/v1/sync/organisations", string(one)+"\r\n\n{\"broken\": \n[1]\n{\"kind\":\"association\",\"kind\":\"parish\"}\nnull\n", lines).Want(200).Into(&r)
	assert.Equal(t, []int{5, 1, 4}, []int{r.Rows, r.Created, r.Rejected})
	assert.Equal(t, "syntax", r.Results[1].Errors[0].Code)
	c.Post("/v1/sync/organisations", "\ufeff"+string(one), lines).Want(200).Into(&r) // as some editors begin a file
	assert.Equal(t, []int{1, 1}, []int{r.Rows, r.Unchanged})
	c.Post("/v1/sync/organisations", strings.Repeat("{}\n", 10_001), lines).Problem(413, "content-too-large")
	c.Post("/v1/sync/organisations", `{"name":"`+strings.Repeat("x", 1<<20)+`"}`, lines).Problem(413, "content-too-large")
	c.Post("/v1/sync/organisations", make([]object, 10_001)).Problem(400, "validation")
	c.Post("/v1/sync/organisations", []any{1, "x", nil}).Problem(400, "validation")
}

// Two imports of the same file at once do no harm: each row is created once.
func TestSyncsAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	var rows []object
	for i := range 300 {
		rows = append(rows, keyed(fmt.Sprint(i), fmt.Sprintf("Rinnakkain %d ry", i), "109"))
	}
	var wg sync.WaitGroup
	reports := make([]report, 4)
	for i := range reports {
		wg.Go(func() { reports[i] = syncRows(c, "", rows...) })
	}
	wg.Go(func() { // somebody writes by hand meanwhile
		for i := range 20 {
			c.Post("/v1/organisations", association(fmt.Sprintf("Käsin %d ry", i), "109", object{"externalIds": []object{{"system": "crm", "id": fmt.Sprint(i * 10)}}}))
		}
	})
	wg.Wait()
	created := 0
	for _, r := range reports {
		assert.Zero(t, r.Rejected)
		assert.Equal(t, 300, r.Created+r.Unchanged+r.Updated)
		created += r.Created
	}
	var ids int
	s.Scan("select count(distinct external_id) from organisation_external_ids where system = 'crm'", nil, &ids)
	assert.Equal(t, 300, ids)
	assert.LessOrEqual(t, created, 300)
}
