package organisation_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

var asItStands = testkit.IfMatch("*")

// stage is a published organisation of Hämeenlinna (109) with its two sides.
type stage struct {
	*testkit.Service
	id, url                      string
	editor, officer, coordinator *testkit.Client
}

func newStage(t *testing.T) stage {
	t.Helper()
	s := testkit.New(t)
	id := s.As(authz.Admin, "").Post("/v1/organisations", association("Vanha nimi ry", "109", object{"registerNumber": "12.345"})).Want(201).ID()
	return stage{s, id, "/v1/organisations/" + id, s.As(authz.Editor, id), s.As(authz.Officer, "109"), s.As(authz.Coordinator, "05")}
}

func (s stage) patch(c *testkit.Client, body object) *testkit.Answer {
	s.T.Helper()
	return c.Patch(s.url, body, asItStands)
}

// pending is the address of the change that an answer says is waiting.
func (s stage) pending(a *testkit.Answer) string {
	s.T.Helper()
	review, ok := a.Want(200).JSON()["pendingReview"].(object)
	require.True(s.T, ok, "%s", a.Body)
	return "/v1/pending-changes/" + review["id"].(string)
}

func decide(c *testkit.Client, url, to string, more ...object) *testkit.Answer {
	c.T.Helper()
	body := object{"to": to}
	for _, m := range more {
		for k, v := range m {
			body[k] = v
		}
	}
	return c.Post(url+"/transitions", body, asItStands)
}

func TestChangeWaitsForApproval(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	before := s.editor.Get(s.url).Want(200)
	changed := s.patch(s.editor, object{"name": fi("Uusi nimi ry"), "municipality": "165", "email": "e@example.org"})
	got := changed.Want(200).JSON()
	assert.Equal(t, fi("Vanha nimi ry"), got["name"], "it stands until somebody approves")
	assert.Equal(t, "109", got["municipality"])
	assert.Equal(t, "05", got["region"])
	assert.Equal(t, "e@example.org", got["email"], "the rest takes effect at once")
	assert.Equal(t, 2.0, got["version"])
	review := got["pendingReview"].(object)
	assert.Equal(t, []any{"municipality", "name"}, review["members"])
	assert.Equal(t, object{"name": fi("Vanha nimi ry"), "municipality": "109"}, review["before"])
	assert.Equal(t, object{"name": fi("Uusi nimi ry"), "municipality": "165"}, review["after"])
	assert.Equal(t, s.editor.ID.String(), review["proposedBy"])
	url := s.pending(changed)

	// who sees it, and under which tags
	assert.NotEqual(t, before.ETag(), changed.ETag())
	assert.Equal(t, changed.ETag(), s.editor.Get(s.url).ETag())
	s.editor.Get(s.url, testkit.Header{Name: "If-None-Match", Value: changed.ETag()}).Want(304)
	outsider, sibling := s.Anonymous().Get(s.url).Want(200), s.As(authz.Officer, "165").Get(s.url).Want(200)
	assert.NotContains(t, string(outsider.Body), "pendingReview")
	assert.NotContains(t, string(sibling.Body), "pendingReview")
	assert.NotEqual(t, changed.ETag(), outsider.ETag())
	s.officer.Get(s.url, testkit.Header{Name: "If-None-Match", Value: outsider.ETag()}).Want(200)
	assert.Equal(t, "private, no-store", s.editor.Get(s.url).Header.Get("Cache-Control"))
	for _, c := range []*testkit.Client{s.officer, s.coordinator, s.As(authz.Admin, "")} {
		assert.Equal(t, review, c.Get(s.url + "?include=activities").JSON()["pendingReview"])
		assert.Equal(t, review, c.Get(url).Want(200).JSON())
	}
	assert.NotContains(t, s.editor.Get(s.url+"?fields=name").JSON(), "pendingReview")
	assert.Equal(t, outsider.Body, s.Anonymous().Get(s.url).Body)

	// 404 where it is not theirs to see, 403 where the organisation is theirs to see and the change is not
	for _, c := range []*testkit.Client{s.As(authz.Officer, "165"), s.As(authz.Coordinator, "07"), s.As(authz.Editor, uuid.NewString())} {
		c.Get(url).Problem(404, "not-found")
		decide(c, url, "approved").Problem(404, "not-found")
		c.Get(s.url+"/pending-changes").Problem(403, "forbidden")
	}
	s.Anonymous().Get(url).Problem(401, "sign-in-needed")
	decide(s.editor, url, "approved").Problem(403, "forbidden")

	// the officer may not take it out of the area; the coordinator may
	s.officer.Post(url+"/transitions", object{"to": "approved"}).Problem(428, "precondition-required")
	s.officer.Post(url+"/transitions", object{"to": "approved"}, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	decide(s.officer, url, "approved").Problem(403, "forbidden")
	assert.Equal(t, "pending", s.officer.Get(url).JSON()["status"], "nothing half done")
	decided := decide(s.coordinator, url, "approved", object{"note": "Sopii"}).Want(200).JSON()
	assert.Equal(t, "approved", decided["status"])
	assert.Equal(t, s.coordinator.ID.String(), decided["decidedBy"])
	assert.Equal(t, "Sopii", decided["reason"])
	got = s.Anonymous().Get(s.url).JSON()
	assert.Equal(t, fi("Uusi nimi ry"), got["name"])
	assert.Equal(t, "165", got["municipality"])
	assert.Equal(t, 3.0, got["version"])
	assert.Nil(t, s.editor.Get(s.url).JSON()["pendingReview"])
	decide(s.coordinator, url, "approved").Problem(409, "transition-not-allowed")
	assert.Len(t, s.Anonymous().Get("/v1/organisations?q=uusi+nimi").Items(), 1)
	var changes int
	s.Scan("select count(*) from changes where type = 'organisation' and resource_id = $1::text::uuid and changed @> '[\"name\"]' and version = 3", []any{s.id}, &changes)
	assert.Equal(t, 1, changes)
}

func TestRejectAndWithdraw(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.pending(s.patch(s.editor, object{"name": fi("Outo nimi ry")}))
	assert.Equal(t, []string{"required /note"}, decide(s.officer, first, "rejected").Problem(422, "invalid-data"))
	decide(s.officer, first, "rejected", object{"note": "Rekisterissä on toinen nimi"}).Want(200)
	second := s.pending(s.patch(s.editor, object{"registerNumber": nil}))
	decide(s.editor, second, "withdrawn").Want(200)
	decide(s.officer, second, "approved").Problem(409, "transition-not-allowed")
	items := s.editor.Get(s.url + "/pending-changes?count=true").Want(200).Items()
	require.Len(t, items, 2)
	assert.Equal(t, "withdrawn", items[0]["status"], "newest first")
	assert.Equal(t, object{"registerNumber": nil}, items[0]["after"])
	assert.Equal(t, "Rekisterissä on toinen nimi", items[1]["reason"])
	assert.Len(t, s.officer.Get(s.url+"/pending-changes?status=rejected").Items(), 1)
	assert.Equal(t, 1.0, s.editor.Get(s.url).JSON()["version"], "what waited in vain left the organisation alone")
	assert.Equal(t, "12.345", s.editor.Get(s.url).JSON()["registerNumber"])
}

func TestNewerChangeSupersedes(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.pending(s.patch(s.editor, object{"name": fi("Eka ry"), "registerNumber": "777.777"}))
	again := s.pending(s.patch(s.editor, object{"name": fi("Eka ry")}))
	assert.Equal(t, first, again, "the same once more changes nothing")
	second := s.pending(s.patch(s.As(authz.Editor, s.id), object{"name": fi("Toka ry")}))
	assert.NotEqual(t, first, second)
	assert.Equal(t, "superseded", s.editor.Get(first).JSON()["status"])
	got := s.editor.Get(second).JSON()
	assert.Equal(t, object{"name": fi("Toka ry"), "registerNumber": "777.777"}, got["after"], "the other members are carried over")
	assert.Equal(t, object{"name": fi("Vanha nimi ry"), "registerNumber": "12.345"}, got["before"])
	s.patch(s.editor, object{"phone": "050 555 0101"}).Want(200)
	assert.Equal(t, second, s.pending(s.editor.Get(s.url)), "other members leave it alone")

	// who may approve writes at once; what waits for the same member is overtaken, and what waits for others stays
	s.patch(s.officer, object{"businessId": "0201256-6"}).Want(200)
	assert.Equal(t, second, s.pending(s.officer.Get(s.url)))
	assert.Nil(t, s.patch(s.officer, object{"name": fi("Virallinen ry")}).Want(200).JSON()["pendingReview"])
	assert.Equal(t, "superseded", s.editor.Get(second).JSON()["status"])
	decide(s.officer, second, "approved").Problem(409, "transition-not-allowed")
	assert.Equal(t, "12.345", s.editor.Get(s.url).JSON()["registerNumber"])

	// so does a sync
	third := s.pending(s.patch(s.editor, object{"registerNumber": "888.888"}))
	row := association("Synkattu ry", "109", object{"businessId": "0201256-6"})
	s.officer.Post("/v1/sync/organisations", []any{row}).Want(200)
	assert.Equal(t, third, s.pending(s.editor.Get(s.url)))
	row["registerNumber"] = "999.999"
	s.officer.Post("/v1/sync/organisations", []any{row}).Want(200)
	assert.Equal(t, "superseded", s.editor.Get(third).JSON()["status"])

	// and the end of its being public
	fourth := s.pending(s.patch(s.editor, object{"name": fi("Turha ry")}))
	s.officer.Post(s.url+"/transitions", object{"to": "archived"}, asItStands).Want(200)
	assert.Equal(t, "superseded", s.editor.Get(fourth).JSON()["status"])
	s.officer.Post(s.url+"/transitions", object{"to": "published"}, asItStands).Want(200)
	fifth := s.pending(s.patch(s.editor, object{"name": fi("Turha ry")}))
	s.officer.Do("DELETE", s.url, nil, asItStands).Want(204)
	assert.Equal(t, "superseded", s.officer.Get(fifth).JSON()["status"])
	s.officer.Get(s.url+"/pending-changes").Problem(410, "gone")
}

// TestChangedBehindItsBack: a write on no way of ours, such as a merger of municipalities, is seen at the latest by the approval.
func TestChangedBehindItsBack(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	url := s.pending(s.patch(s.editor, object{"name": fi("Uusi ry")}))
	s.Exec(`update organisations set name = '{"fi": "Muu ry"}' where id = $1::text::uuid`, s.id)
	refused := decide(s.officer, url, "approved")
	refused.Problem(409, "transition-not-allowed")
	assert.Equal(t, []any{"name"}, refused.JSON()["overtaken"])
	decide(s.officer, url, "rejected", object{"note": "Vanhentunut"}).Want(200)
}

func TestProposalsAreChecked(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	other := s.officer.Post("/v1/organisations", association("Muu ry", "109", object{"registerNumber": "777.777"})).Want(201)
	assert.Equal(t, []string{"unknown-code /municipality"}, s.patch(s.editor, object{"municipality": "000"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"duplicate /registerNumber"}, s.patch(s.editor, object{"registerNumber": "777.777"}).Problem(409, "duplicate"))
	assert.Nil(t, s.editor.Get(s.url).JSON()["pendingReview"])
	s.editor.Patch(s.url, object{"name": fi("Uusi ry")}, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")

	// what is free when it is proposed may be taken when it is approved
	url := s.pending(s.patch(s.editor, object{"registerNumber": "888.888"}))
	s.officer.Patch("/v1/organisations/"+other.ID(), object{"registerNumber": "888.888"}, asItStands).Want(200)
	assert.Equal(t, []string{"duplicate /registerNumber"}, decide(s.officer, url, "approved").Problem(409, "duplicate"))
	assert.Equal(t, "pending", s.officer.Get(url).JSON()["status"])

	// a draft is changed without asking, and PUT asks like PATCH
	draft := s.officer.Post("/v1/organisations", association("Luonnos ry", "109", object{"status": "draft"})).Want(201).ID()
	changed := s.As(authz.Editor, draft).Patch("/v1/organisations/"+draft, object{"name": fi("Luonnos 2 ry")}, asItStands).Want(200).JSON()
	assert.Equal(t, fi("Luonnos 2 ry"), changed["name"])
	key := "/v1/organisations/by-external-id/free/1"
	put := s.officer.Do("PUT", key, association("Avain ry", "109")).Want(201).ID()
	replaced := s.As(authz.Editor, put).Do("PUT", key, association("Uusi avain ry", "109", object{"email": "a@example.org"})).Want(200).JSON()
	assert.Equal(t, fi("Avain ry"), replaced["name"])
	assert.Equal(t, "a@example.org", replaced["email"])
	assert.Equal(t, object{"name": fi("Uusi avain ry")}, replaced["pendingReview"].(object)["after"])

	// an integration that may not sync proposes too, but only inside its own area
	writer := s.As(authz.Integration, "109", "organisation.write")
	s.patch(writer, object{"municipality": "165"}).Problem(403, "forbidden")
	assert.NotEqual(t, url, s.pending(s.patch(writer, object{"name": fi("Järjestelmän nimi ry")})))
}

func TestDecisionsAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for i := range 6 {
		name := fmt.Sprintf("Kilpa %d ry", i)
		url := s.pending(s.patch(s.editor, object{"name": fi(name)}))
		steps := []func() *testkit.Answer{
			func() *testkit.Answer { return decide(s.officer, url, "approved") },
			func() *testkit.Answer { return decide(s.coordinator, url, "rejected", object{"note": "Ei"}) },
			func() *testkit.Answer { return decide(s.editor, url, "withdrawn") },
		}
		answers := make([]*testkit.Answer, len(steps))
		var wg sync.WaitGroup
		for i, step := range steps {
			wg.Go(func() { answers[i] = step() })
		}
		wg.Wait()
		won := 0
		for _, a := range answers {
			if a.Status == 200 {
				won++
			} else {
				assert.Contains(t, []int{409, 412}, a.Status)
			}
		}
		assert.Equal(t, 1, won)
		renamed := s.Anonymous().Get(s.url).JSON()["name"].(object)["fi"] == name
		assert.Equal(t, s.editor.Get(url).JSON()["status"] == "approved", renamed)
	}
	// two proposals at once: one of them waits, and the other is part of it or superseded
	first, second := s.editor, s.As(authz.Editor, s.id)
	var wg sync.WaitGroup
	wg.Go(func() { s.patch(first, object{"name": fi("Yhtä aikaa ry")}).Want(200) })
	wg.Go(func() { s.patch(second, object{"registerNumber": "555.555"}).Want(200) })
	wg.Wait()
	assert.Equal(t, object{"name": fi("Yhtä aikaa ry"), "registerNumber": "555.555"}, s.editor.Get(s.url).JSON()["pendingReview"].(object)["after"])
}

// TestApprovalWaitsForWriters: an approval that meets a direct change of the same member under way is refused by it.
func TestApprovalWaitsForWriters(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	url := s.pending(s.patch(s.editor, object{"name": fi("Uusi ry")}))
	a := s.Meanwhile(func() *testkit.Answer { return decide(s.officer, url, "approved") }, s.id,
		`update organisations set name = '{"fi": "Ehtinyt ry"}', version = version + 1 where id = $1::text::uuid`)
	a.Problem(409, "transition-not-allowed")
	assert.Equal(t, fi("Ehtinyt ry"), s.Anonymous().Get(s.url).JSON()["name"])
}

func TestErasureReachesPendingChanges(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	person := s.officer.Post("/v1/people", object{"name": "Erkki Poistuva", "recordedFor": object{"organisationId": s.id}}).Want(201).ID()
	s.officer.Post(s.url+"/contacts", object{"personId": person, "role": "chair"}, asItStands).Want(201)
	rejected := s.pending(s.patch(s.editor, object{"name": fi("Toinen ry")}))
	decide(s.officer, rejected, "rejected", object{"note": "Erkki Poistuva kertoi muuta"}).Want(200)
	waiting := s.pending(s.patch(s.editor, object{"name": fi("Erkki Poistuvan ystävät: Erkki Poistuva ry")}))
	s.coordinator.Post("/v1/people/"+person+"/erase", object{"reason": "Pyyntö"}, asItStands).Want(204)
	for _, url := range []string{rejected, waiting} {
		assert.NotContains(t, string(s.officer.Get(url).Want(200).Body), "Erkki Poistuva ")
	}
	assert.Equal(t, "superseded", s.officer.Get(waiting).JSON()["status"], "it would bring the name back")
	assert.Nil(t, s.editor.Get(s.url).JSON()["pendingReview"])
}

// TestChangeOfWhatMovedAway: who decides is asked of the place where the organisation stands when the decision is written.
func TestChangeOfWhatMovedAway(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	url := s.pending(s.patch(s.editor, object{"name": fi("Uusi nimi ry")}))
	approve := func() *testkit.Answer { return decide(s.officer, url, "approved") }
	s.Meanwhile(approve, s.id, "update organisations set municipality = '165' where id = $1").Problem(403, "forbidden")
	assert.Equal(t, fi("Vanha nimi ry"), s.coordinator.Get(s.url).JSON()["name"])
}
