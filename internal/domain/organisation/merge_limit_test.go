package organisation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// TestMergePublishesNoNames: what nobody has published, names of a draft, becomes public only if it is asked for.
func TestMergePublishesNoNames(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c, anyone := s.As(authz.Admin, ""), s.Anonymous()
	merge := func(into, from string, more ...object) object {
		t.Helper()
		version := c.Get("/v1/organisations/" + from).Want(200).JSON()["version"]
		body := merging(from, append(more, object{"fromVersion": version, "mergedOn": "2026-01-01"})...)
		rehearsal := object{"dryRun": true}
		for k, v := range body {
			rehearsal[k] = v
		}
		told := c.Post("/v1/organisations/"+into+"/merge", rehearsal, anyVersion).Want(200).JSON()
		done := c.Post("/v1/organisations/"+into+"/merge", body, anyVersion).Want(200).JSON()
		for _, member := range []string{"taken", "dropped", "moved"} {
			assert.Equal(t, told[member], done[member], member)
		}
		assert.Equal(t, told["organisation"].(object)["otherNames"], done["organisation"].(object)["otherNames"])
		return done
	}
	draft := func() string {
		id := c.Post("/v1/organisations", association("Salainen hanke ry", "165", object{"status": "draft", "registerNumber": "12.345", "otherNames": []object{{"name": fi("Salanimi")}}})).Want(201).ID()
		for _, e := range []object{
			{"type": "renamed", "date": object{"precision": "unknown"}, "name": fi("Entinen salanimi")}, {"type": "founded", "date": object{"from": "1956-01-01", "precision": "year"}},
		} {
			c.Post("/v1/organisations/"+id+"/register-events", e, anyVersion).Want(201)
		}
		return id
	}
	public := func() string {
		return c.Post("/v1/organisations", association("Julkinen ry", "165")).Want(201).ID()
	}
	shown := func(id string) string {
		return strings.ToLower(string(anyone.Get("/v1/organisations/" + id + "?include=registerEvents").Want(200).Body))
	}

	into := public()
	got := merge(into, draft())
	assert.NotContains(t, shown(into), "sala")
	assert.Empty(t, anyone.Get("/v1/organisations?q=salanimi").Items())
	assert.Equal(t, []any{"name", "otherNames"}, got["dropped"])
	assert.Equal(t, []any{"registerNumber"}, got["taken"], "the staff's draft had it for its own")
	ended := got["ended"].([]any)
	require.Len(t, ended, 1)
	assert.Equal(t, []any{"register_event", "unapproved", nil}, []any{ended[0].(object)["type"], ended[0].(object)["reason"], ended[0].(object)["keptId"]})
	events := anyone.Get("/v1/organisations/" + into + "/register-events").Want(200).Items()
	require.Len(t, events, 2)
	assert.Nil(t, events[1]["name"])
	c.Patch("/v1/organisations/"+into, object{"registerNumber": nil}, anyVersion).Want(200)

	asked := public()
	got = merge(asked, draft(), object{"take": []string{"otherNames"}})
	assert.Equal(t, []any{"otherNames", "registerNumber"}, got["taken"])
	for _, name := range []string{"salainen hanke ry", "salanimi", "entinen salanimi"} {
		assert.Contains(t, shown(asked), name)
	}
	c.Patch("/v1/organisations/"+asked, object{"registerNumber": nil}, anyVersion).Want(200)

	named := public()
	got = merge(named, draft(), object{"take": []string{"name"}})
	assert.Equal(t, []any{"name", "registerNumber"}, got["taken"])
	assert.Equal(t, []any{"otherNames"}, got["dropped"])
	assert.Contains(t, shown(named), "salainen hanke ry")
	assert.NotContains(t, shown(named), "salanimi")
	assert.Contains(t, shown(named), "julkinen ry", "what was public stays known")

	// what is private stays so, and what was public once is public
	c.Patch("/v1/organisations/"+named, object{"registerNumber": nil}, anyVersion).Want(200)
	private := c.Post("/v1/organisations", association("Toinen luonnos ry", "165", object{"status": "draft"})).Want(201).ID()
	merge(private, draft())
	assert.Len(t, c.Get("/v1/organisations/" + private).Want(200).JSON()["otherNames"], 2)
	anyone.Get("/v1/organisations/"+private).Problem(404, "not-found")
	archived := c.Post("/v1/organisations", association("Arkistoitu ry", "165")).Want(201).ID()
	c.Post("/v1/organisations/"+archived+"/transitions", object{"to": "archived"}, anyVersion).Want(200)
	last := public()
	merge(last, archived)
	assert.Contains(t, shown(last), "arkistoitu ry")
}

// TestMergeOfClaim: a number that a submission merely claims is taken if that is asked, and if nobody else has it.
func TestMergeOfClaim(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	coordinator, here := s.As(authz.Coordinator, "05"), s.As(authz.Officer, "165")
	original := "/v1/organisations/" + here.Post("/v1/organisations", association("Alkuperäinen ry", "165")).Want(201).ID()
	copied, _ := s.submit("Alkuperainen ry", object{"registerNumber": "77.777", "businessId": "0201256-6"})
	take := func(from string, members ...string) *testkit.Answer {
		return coordinator.Post(original+"/merge", merging(from, object{"fromVersion": 2, "take": members, "dryRun": true}), asItStands)
	}
	got := take(copied).Want(200).JSON()
	assert.Equal(t, []any{"businessId", "name", "otherNames", "registerNumber"}, got["dropped"])
	assert.Equal(t, []any{"registerNumber"}, take(copied, "registerNumber").Want(200).JSON()["taken"])
	owner := here.Post("/v1/organisations", association("Numeron haltija ry", "165", object{"registerNumber": "77.777"})).Want(201).ID()
	conflict := take(copied, "registerNumber")
	assert.Equal(t, []string{"duplicate /take/0"}, conflict.Problem(409, "duplicate"))
	assert.Equal(t, owner, conflict.JSON()["conflictsWith"])
	take(copied).Want(200)
}

// TestMergeIntoSubmission: what others have made never becomes a submission, which its submitter may take back.
func TestMergeIntoSubmission(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	here, coordinator := s.As(authz.Officer, "165"), s.As(authz.Coordinator, "05")
	_, submission := s.submit("Uusi ry")
	draft := here.Post("/v1/organisations", association("Virkatyö ry", "165", object{"status": "draft"})).Want(201).ID()
	archived := here.Post("/v1/organisations", association("Vanha ry", "165", object{"registerNumber": "77.777"})).Want(201).ID()
	here.Post("/v1/organisations/"+archived+"/transitions", object{"to": "archived"}, asItStands).Want(200)
	for from, version := range map[string]int{draft: 1, archived: 2} {
		refused := coordinator.Post(submission+"/merge", merging(from, object{"fromVersion": version}), asItStands)
		assert.Equal(t, []string{"unpublished /from"}, refused.Problem(422, "invalid-data"))
	}
	here.Post(submission+"/transitions", object{"to": "published"}, asItStands).Want(200)
	coordinator.Post(submission+"/merge", merging(archived, object{"fromVersion": 2}), asItStands).Want(200)
}

// TestMergeHoldsTheLimits: an organisation never holds more than the contract lets it be given.
func TestMergeHoldsTheLimits(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	items := func(prefix string, n int, item func(name string) object) (out []object) {
		for i := range n {
			out = append(out, item(fmt.Sprintf("%s %d", prefix, i)))
		}
		return out
	}
	for member, x := range map[string]struct {
		max  int
		item func(name string) object
	}{
		"otherNames":   {100, func(n string) object { return object{"name": fi(n)} }},
		"affiliations": {200, func(n string) object { return object{"name": n} }},
		"externalIds":  {50, func(n string) object { return object{"system": "crm", "id": n} }},
	} {
		make := func(name string, list []object) string {
			return c.Post("/v1/organisations", association(name, "165", object{member: list})).Want(201).ID()
		}
		c.Post("/v1/organisations", association("Liikaa ry", "165", object{member: items("liikaa", x.max+1, x.item)})).Problem(400, "validation")
		full, more := make("Sama nimi ry", items(member+" täysi", x.max, x.item)), make("Sama nimi ry", items(member+" lisä", 1, x.item))
		refused := c.Post("/v1/organisations/"+full+"/merge", merging(more), anyVersion)
		assert.Equal(t, []string{"too-many /from"}, refused.Problem(422, "invalid-data"))
		assert.Contains(t, string(refused.Body), member+" may have at most")
		c.Post("/v1/organisations/"+full+"/merge", merging(more, object{"dryRun": true}), anyVersion).Problem(422, "invalid-data")

		almost := make("Sama nimi ry", items(member+" melkein", x.max-1, x.item))
		c.Post("/v1/organisations/"+almost+"/merge", merging(more), anyVersion).Want(200)
		list := c.Get("/v1/organisations/" + almost).Want(200).JSON()[member].([]any)
		assert.Len(t, list, x.max)
		c.Patch("/v1/organisations/"+almost, object{member: list}, anyVersion).Want(200)

		empty := make("Sama nimi ry", []object{})
		c.Post("/v1/organisations/"+empty+"/merge", merging(full), anyVersion).Want(200)
		assert.Len(t, c.Get("/v1/organisations/" + empty).Want(200).JSON()[member], x.max, "a full list goes along whole")
	}

	// a caller's own key is one more
	c.Post("/v1/organisations", association("Avaimia ry", "165", object{"registerNumber": "12.345", "externalIds": items("avain", 50, func(n string) object { return object{"system": "crm", "id": n} })})).Want(201)
	r := syncRows(c, "", object{"key": object{"system": "toinen", "id": "1"}, "registerNumber": "12.345"})
	require.Equal(t, 1, r.Rejected)
	assert.Equal(t, []string{"/externalIds", "too-many"}, []string{r.Results[0].Errors[0].Pointer, r.Results[0].Errors[0].Code})
}

// TestMergeOfTwoClaims: neither is settled by it, whoever has the number.
func TestMergeOfTwoClaims(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	claim := object{"registerNumber": "77.777"}
	_, first := s.submit("Vaade ry", claim)
	second, _ := s.submit("Vaade", claim)
	s.As(authz.Officer, "398").Post("/v1/organisations", association("Numeron haltija ry", "398", claim)).Want(201)
	s.As(authz.Coordinator, "05").Post(first+"/merge", merging(second, object{"fromVersion": 2}), asItStands).Want(200)
	s.As(authz.Officer, "165").Post(first+"/transitions", object{"to": "published"}, asItStands).Problem(409, "duplicate")
}
