package organisation_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

var anyVersion = testkit.IfMatch("*")

// pair makes two organisations of Janakkala, the one that stays first.
func pair(t *testing.T, c *testkit.Client, into, from object) (string, string) {
	t.Helper()
	return c.Post("/v1/organisations", association("Turengin Nuorisoseura ry", "165", into)).Want(201).ID(),
		c.Post("/v1/organisations", association("Turengin nuoriso-seura", "165", from)).Want(201).ID()
}

func merging(from string, more ...object) object {
	o := object{"from": from, "fromVersion": 1}
	for _, m := range more {
		for k, v := range m {
			o[k] = v
		}
	}
	return o
}

func TestMerge(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	into, from := pair(t, c, object{"email": "stays@example.org", "phone": "050 555 0101", "externalIds": []object{{"system": "a", "id": "1"}}},
		object{"otherNames": []object{{"name": fi("Nuorisoseura Turenki")}}, "email": "goes@example.org", "website": "https://goes.example.org", "registerNumber": "12.345", "businessId": "0201256-6",
			"externalIds": []object{{"system": "b", "id": "2"}}, "affiliations": []object{{"name": "Liitto ry"}}})
	dry := c.Post("/v1/organisations/"+into+"/merge", merging(from, object{"take": []string{"website"}, "dryRun": true}), anyVersion).Want(200)
	assert.Empty(t, dry.ETag())
	assert.Equal(t, 1.0, c.Get("/v1/organisations/" + into).Want(200).JSON()["version"], "a dry run writes nothing")
	assert.Equal(t, 1.0, c.Get("/v1/organisations/" + from).Want(200).JSON()["version"])

	done := c.Post("/v1/organisations/"+into+"/merge", merging(from, object{"take": []string{"website"}}), anyVersion).Want(200)
	got, foretold := done.JSON(), dry.JSON()
	o, told := got["organisation"].(object), foretold["organisation"].(object)
	told["updatedAt"], foretold["dryRun"] = o["updatedAt"], false
	assert.Equal(t, foretold, got, "a dry run tells what happens")
	assert.Equal(t, []any{"businessId", "registerNumber", "website"}, got["taken"])
	assert.Equal(t, []any{"email", "name"}, got["dropped"])
	assert.Equal(t, "https://goes.example.org", o["website"])
	assert.Equal(t, "stays@example.org", o["email"])
	assert.Equal(t, "12.345", o["registerNumber"])
	assert.Equal(t, []any{object{"system": "a", "id": "1"}, object{"system": "b", "id": "2"}}, o["externalIds"])
	assert.Len(t, o["affiliations"], 1)
	names := fmt.Sprint(o["otherNames"])
	assert.Contains(t, names, "Turengin nuoriso-seura")
	assert.Contains(t, names, "Nuorisoseura Turenki")
	assert.Equal(t, 2.0, o["version"])
	assert.NotEmpty(t, done.ETag())

	anyone := s.Anonymous()
	assert.Len(t, anyone.Get("/v1/organisations?q=nuoriso-seura").Want(200).Items(), 1, "the old name is found")
	assert.Equal(t, into, anyone.Get("/v1/organisations/by-external-id/b/2").Want(200).ID())
	var op string
	var version int64
	s.Scan("select op, version from changes where resource_id = $1 order by version desc limit 1", []any{from}, &op, &version)
	assert.Equal(t, "merged", op)
	assert.EqualValues(t, 2, version)
	s.Scan("select action from audit_events where resource_id = $1 order by version desc limit 1", []any{from}, &op)
	assert.Equal(t, "merged", op)
	stones := anyone.Get("/v1/organisations?modifiedSince=2020-01-01T00:00:00Z").Want(200).Items()
	i := slices.IndexFunc(stones, func(x map[string]any) bool { return x["id"] == from })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, into, stones[i]["mergedInto"])
	assert.Equal(t, true, stones[i]["deleted"])

	log := c.Get("/v1/organisations/" + into + "/merges").Want(200).Items()
	require.Len(t, log, 1)
	assert.Equal(t, from, log[0]["from"])
	assert.Equal(t, got["taken"], log[0]["taken"])
	assert.Equal(t, c.ID.String(), log[0]["actorId"])
}

// TestMergedAnswers308: the old id leads to the new one, on every operation under it.
func TestMergedAnswers308(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	b, a := pair(t, c, nil, nil)
	last := c.Post("/v1/organisations", association("Kolmas ry", "165")).Want(201).ID()
	tag := c.Get("/v1/organisations/" + a).ETag()
	c.Post("/v1/organisations/"+b+"/merge", merging(a), anyVersion).Want(200)
	anyone := s.Anonymous()
	to := func(answer *testkit.Answer, location string) {
		t.Helper()
		answer.Problem(http.StatusPermanentRedirect, "merged")
		assert.Equal(t, location, answer.Header.Get("Location"))
		assert.Equal(t, "no-store", strings.TrimPrefix(answer.Header.Get("Cache-Control"), "private, "))
	}
	to(anyone.Get("/v1/organisations/"+a), "/v1/organisations/"+b)
	to(anyone.Get("/v1/organisations/"+strings.ToUpper(a)+"?fields=name", testkit.Header{Name: "If-None-Match", Value: tag}), "/v1/organisations/"+b+"?fields=name")
	for _, sub := range []string{"/contacts", "/activities", "/register-events", "/memberships", "/representation?on=2026-01-01", "/contacts/" + store.NewID().String()} {
		to(anyone.Get("/v1/organisations/"+a+sub), "/v1/organisations/"+b+sub)
	}
	for _, sub := range []string{"/transitions", "/merges", "/duplicates"} {
		to(c.Get("/v1/organisations/"+a+sub), "/v1/organisations/"+b+sub)
	}
	to(c.Patch("/v1/organisations/"+a, object{"website": "https://example.org"}, anyVersion), "/v1/organisations/"+b)
	to(c.Do("DELETE", "/v1/organisations/"+a, nil, anyVersion), "/v1/organisations/"+b)
	to(c.Post("/v1/organisations/"+a+"/transitions", object{"to": "archived"}, anyVersion), "/v1/organisations/"+b+"/transitions")
	to(c.Post("/v1/organisations/"+a+"/verify", nil, anyVersion), "/v1/organisations/"+b+"/verify")
	to(c.Post("/v1/organisations/"+a+"/activities", object{"heading": "special_expertise", "description": fi("x")}, anyVersion), "/v1/organisations/"+b+"/activities")
	to(c.Post("/v1/organisations/"+a+"/merge", merging(last), anyVersion), "/v1/organisations/"+b+"/merge")

	assert.Equal(t, []string{"merged /from"}, c.Post("/v1/organisations/"+last+"/merge", merging(a, object{"fromVersion": 2}), anyVersion).Problem(422, "invalid-data"))
	c.Post("/v1/organisations/"+last+"/merge", merging(b, object{"fromVersion": 2}), anyVersion).Want(200)
	to(anyone.Get("/v1/organisations/"+a), "/v1/organisations/"+last)
	to(anyone.Get("/v1/organisations/"+b), "/v1/organisations/"+last)
	assert.Len(t, c.Get("/v1/organisations/"+last+"/merges").Want(200).Items(), 2)
	assert.Contains(t, string(c.Post("/v1/grants", object{"userId": c.ID.String(), "role": "organisation_editor", "scope": a}).Want(422).Body), "no such organisation")

	// what the one that stays hides, the old id hides too
	c.Post("/v1/organisations/"+last+"/transitions", object{"to": "archived"}, anyVersion).Want(200)
	anyone.Get("/v1/organisations/"+a).Problem(410, "gone")
	to(c.Get("/v1/organisations/"+a), "/v1/organisations/"+last)
}

func TestMergeRefused(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	into, from := pair(t, c, nil, nil)
	path := "/v1/organisations/" + into + "/merge"
	c.Post(path, merging(from)).Problem(428, "precondition-required")
	c.Post(path, merging(from), testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	assert.Equal(t, []string{"stale /fromVersion"}, c.Post(path, merging(from, object{"fromVersion": 9}), anyVersion).Problem(412, "stale"))
	assert.Equal(t, []string{"itself /from"}, c.Post(path, merging(into), anyVersion).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"unknown-reference /from"}, c.Post(path, merging(store.NewID().String()), anyVersion).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"future /mergedOn"}, c.Post(path, merging(from, object{"mergedOn": "2999-01-01"}), anyVersion).Problem(422, "invalid-data"))
	c.Post(path, merging(from, object{"take": []string{"status"}}), anyVersion).Problem(400, "validation")
	gone := c.Post("/v1/organisations", association("Poistettu ry", "165")).Want(201).ID()
	c.Do("DELETE", "/v1/organisations/"+gone, nil, anyVersion).Want(204)
	assert.Equal(t, []string{"unknown-reference /from"}, c.Post(path, merging(gone), anyVersion).Problem(422, "invalid-data"))
	c.Post("/v1/organisations/"+gone+"/merge", merging(from), anyVersion).Problem(410, "gone")
	draft := c.Post("/v1/organisations", association("Luonnos ry", "165", object{"status": "draft"})).Want(201).ID()
	assert.Equal(t, []string{"unpublished /from"}, c.Post("/v1/organisations/"+draft+"/merge", merging(from), anyVersion).Problem(422, "invalid-data"))
	dissolved := c.Post("/v1/organisations", association("Lopetettu ry", "165", object{"dissolved": object{"from": "1950-01-01", "precision": "year"}})).Want(201).ID()
	young := c.Post("/v1/organisations", association("Uusi ry", "165", object{"founded": object{"from": "2000-01-01", "precision": "year"}})).Want(201).ID()
	assert.Equal(t, []string{"order /take/0"}, c.Post("/v1/organisations/"+young+"/merge", merging(dissolved, object{"take": []string{"dissolved"}}), anyVersion).Problem(422, "invalid-data"))

	elsewhere := c.Post("/v1/organisations", association("Lahtelainen ry", "398")).Want(201).ID()
	own := s.As(authz.Coordinator, "05")
	own.Post(path, merging(elsewhere), anyVersion).Problem(403, "forbidden")
	own.Post("/v1/organisations/"+elsewhere+"/merge", merging(from), anyVersion).Problem(403, "forbidden")
	hidden := c.Post("/v1/organisations", association("Lahden luonnos ry", "398", object{"status": "draft"})).Want(201).ID()
	assert.Equal(t, []string{"unknown-reference /from"}, own.Post(path, merging(hidden), anyVersion).Problem(422, "invalid-data"))
	own.Post("/v1/organisations/"+hidden+"/merge", merging(from), anyVersion).Problem(404, "not-found")
	s.As(authz.Officer, "165").Post(path, merging(from), anyVersion).Problem(403, "forbidden")
	s.As(authz.Editor, into).Post(path, merging(from), anyVersion).Problem(403, "forbidden")
	s.Anonymous().Post(path, merging(from), anyVersion).Problem(401, "sign-in-needed")
	own.Get("/v1/organisations/"+elsewhere+"/merges").Problem(403, "forbidden")
	own.Post(path, merging(from), anyVersion).Want(200)
}

// TestMergeRemembersKey: a repeat of a merge, or of its rehearsal, with the same key gets the same answer.
func TestMergeRemembersKey(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	into, from := pair(t, c, nil, nil)
	send := func(key string, body object) *testkit.Answer {
		return c.Post("/v1/organisations/"+into+"/merge", body, anyVersion, testkit.Header{Name: "Idempotency-Key", Value: key}).Want(200)
	}
	rehearsal := merging(from, object{"dryRun": true})
	assert.JSONEq(t, string(send("rehearsal", rehearsal).Body), string(send("rehearsal", rehearsal).Body))
	assert.Equal(t, 1.0, c.Get("/v1/organisations/" + from).Want(200).JSON()["version"])
	first, again := send("merge", merging(from)), send("merge", merging(from))
	assert.Equal(t, "true", again.Header.Get("Idempotency-Replayed"))
	assert.JSONEq(t, string(first.Body), string(again.Body))
}

// TestMergeMovesParts: activities, register events and contacts go along; what says the same stands once.
func TestMergeMovesParts(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	into, from := pair(t, c, nil, nil)
	version := 1
	add := func(to, path string, body object) {
		t.Helper()
		c.Post("/v1/organisations/"+to+path, body, anyVersion).Want(201)
		if to == from {
			version++
		}
	}
	person := c.Post("/v1/people", object{"name": "Maija Meikäläinen", "recordedFor": object{"organisationId": from}}).Want(201).ID()
	founded := object{"type": "founded", "date": object{"from": "1956-01-01", "precision": "year"}}
	for _, to := range []string{into, from} {
		add(to, "/activities", object{"heading": "special_expertise", "description": fi("Sama")})
		add(to, "/register-events", founded)
		add(to, "/contacts", object{"personId": person, "role": "chair"})
	}
	add(from, "/activities", object{"heading": "special_expertise", "description": fi("Eri")})
	add(from, "/register-events", object{"type": "moved", "date": object{"from": "1999-05-01", "precision": "day"}, "municipality": "109"})
	add(from, "/contacts", object{"personId": person, "role": "secretary"})
	other := c.Post("/v1/organisations", association("Toinen ry", "165", object{"affiliations": []object{{"organisationId": from}, {"organisationId": into}}})).Want(201).ID()
	add(other, "/register-events", object{"type": "merged", "date": object{"precision": "unknown"}, "organisationId": from})
	add(into, "/register-events", object{"type": "merged", "date": object{"precision": "unknown"}, "organisationId": from})

	got := c.Post("/v1/organisations/"+into+"/merge", merging(from, object{"fromVersion": version, "mergedOn": "2026-01-01"}), anyVersion).Want(200).JSON()
	assert.Equal(t, []any{
		object{"type": "activity", "count": 1.0}, object{"type": "affiliation", "count": 1.0}, object{"type": "contact", "count": 1.0}, object{"type": "person", "count": 1.0}, object{"type": "register_event", "count": 1.0},
	}, got["moved"])
	ended := []string{}
	for _, e := range got["ended"].([]any) {
		ended = append(ended, fmt.Sprint(e.(object)["type"], " ", e.(object)["reason"]))
		assert.NotNil(t, e.(object)["keptId"])
	}
	assert.Equal(t, []string{"activity same", "contact same", "register_event same"}, ended)
	assert.Len(t, c.Get("/v1/organisations/"+into+"/activities").Want(200).Items(), 2)
	assert.Len(t, c.Get("/v1/organisations/"+into+"/contacts").Want(200).Items(), 2)
	events := c.Get("/v1/organisations/" + into + "/register-events").Want(200).Items()
	require.Len(t, events, 4)
	last := events[3]
	assert.Equal(t, "merged", last["type"])
	assert.Equal(t, object{"fi": "Turengin nuoriso-seura"}, last["name"])
	assert.Equal(t, "2026-01-01", last["date"].(object)["from"])
	assert.NotContains(t, fmt.Sprint(events), from)
	o := c.Get("/v1/organisations/" + other + "?include=registerEvents").Want(200).JSON()
	assert.Equal(t, 3.0, o["version"])
	assert.Len(t, o["affiliations"], 1)
	assert.NotContains(t, fmt.Sprint(o), from)
	assert.Equal(t, into, c.Get("/v1/people/" + person).Want(200).JSON()["recordedFor"].(object)["organisationId"])
}

// TestMergesAtOnce: of two merges of the same rows one wins, none breaks.
func TestMergesAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	for round := range 6 {
		ids := []string{}
		for i := range 3 {
			ids = append(ids, c.Post("/v1/organisations", association(fmt.Sprintf("Kilpa %d %d ry", round, i), "165")).Want(201).ID())
		}
		ways := [][2]string{{ids[0], ids[1]}, {ids[1], ids[0]}} // a into b beside b into a
		if round%2 == 1 {
			ways = [][2]string{{ids[1], ids[0]}, {ids[2], ids[0]}} // a into b beside a into c
		}
		var wg sync.WaitGroup
		status := make([]int, len(ways))
		for i, w := range ways {
			wg.Go(func() { status[i] = c.Post("/v1/organisations/"+w[0]+"/merge", merging(w[1]), anyVersion).Status })
		}
		wg.Wait()
		slices.Sort(status)
		assert.Equal(t, 200, status[0])
		assert.Contains(t, []int{308, 412, 422}, status[1])
		var merged int
		s.Scan("select count(*) from organisations where id = any($1::text[]::uuid[]) and merged_into is not null", []any{ids}, &merged)
		assert.Equal(t, 1, merged)
	}
}

// TestMergeMeanwhile: what is written meanwhile is neither lost nor overwritten.
func TestMergeMeanwhile(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	into, from := pair(t, c, nil, nil)
	got := s.Meanwhile(func() *testkit.Answer {
		return c.Post("/v1/organisations/"+into+"/merge", merging(from), anyVersion)
	}, from, "update organisations set version = version + 1, phone = '+358505550199' where id = $1")
	assert.Equal(t, []string{"stale /fromVersion"}, got.Problem(412, "stale"))
	// a merge that waits lets others go first who wait for it
	got = s.Meanwhile(func() *testkit.Answer {
		return c.Post("/v1/organisations/"+into+"/merge", merging(from, object{"fromVersion": 2}), anyVersion)
	}, into, "select from organisations where id = $1 for update")
	got.Want(200)
}

// TestMergeKnowsEveryColumn holds what the families register against the database: every column that leads to organisations,
// and all JSON that holds their ids.
func TestMergeKnowsEveryColumn(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	var columns []string
	s.Scan(`select array_agg(conrelid::regclass || '.' || attname order by 1) from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
		where c.contype = 'f' and c.confrelid = 'organisations'::regclass`, nil, &columns)
	held := s.Organisations.Holding()
	for _, c := range columns {
		assert.Contains(t, held, c, "%s leads to organisations: its family has to register how a merge moves it, in internal/app/merge.go", c)
	}
	for _, c := range []string{"organisations.affiliations", "councils.host_organisations", "action_plan_items.owners", "grants.scope", "invitations.scope"} {
		assert.Contains(t, held, c)
		columns = append(columns, c)
	}
	slices.Sort(held)
	slices.Sort(columns)
	assert.Equal(t, columns, held, "no column is registered that is not there")
}

// TestPendingChangeOfMerged: a change that waited leads nowhere once its organisation is merged, and not round in circles.
func TestPendingChangeOfMerged(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	into, from := pair(t, c, nil, nil)
	editor := s.As(authz.Editor, from)
	change := editor.Patch("/v1/organisations/"+from, object{"name": fi("Uusi nimi ry")}, anyVersion).Want(200).JSON()["pendingReview"].(object)["id"].(string)
	version := c.Get("/v1/organisations/" + from).Want(200).JSON()["version"]
	c.Post("/v1/organisations/"+into+"/merge", object{"from": from, "fromVersion": version}, anyVersion).Want(200)
	c.Get("/v1/organisations/" + from + "/pending-changes").Want(308)
	c.Post("/v1/pending-changes/"+change+"/transitions", object{"to": "approved"}, anyVersion).Problem(409, "transition-not-allowed")
}
