package organisation_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// submit makes the stage's editor submit an association of Janakkala (165), and gives its address.
func (s stage) submit(name string, more ...object) (id, url string) {
	s.T.Helper()
	id = s.editor.Post("/v1/organisations", association(name, "165", more...)).Want(201).ID()
	url = "/v1/organisations/" + id
	s.editor.Post(url+"/transitions", object{"to": "submitted"}, asItStands).Want(200)
	return id, url
}

// TestSubmitterTakesItBack: until somebody has published it, and nobody else but those who approve.
func TestSubmitterTakesItBack(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	here := s.As(authz.Officer, "165")
	id, url := s.submit("Peruttu ry")
	waiting := here.Get("/v1/reviews").Items()
	require.Len(t, waiting, 1)
	assert.Equal(t, s.editor.ID.String(), waiting[0]["by"])

	remove := func(c *testkit.Client, url string) *testkit.Answer { return c.Do("DELETE", url, nil, asItStands) }
	fellow := s.As(authz.Editor, id)
	remove(fellow, url).Problem(403, "forbidden") // an editor too, but not the one who submitted it
	remove(s.As(authz.Editor, s.id), url).Problem(404, "not-found")
	remove(s.officer, url).Problem(404, "not-found")
	remove(s.As(authz.Integration, "165", "organisation.write", "organisation.sync"), url).Problem(403, "forbidden")
	remove(s.Anonymous(), url).Problem(401, "sign-in-needed")
	s.editor.Do("DELETE", url, nil).Problem(428, "precondition-required")
	s.editor.Do("DELETE", url, nil, testkit.IfMatch(`"1-x"`)).Problem(412, "stale")
	remove(s.editor, s.url).Problem(403, "forbidden") // the published one is not the editor's to delete

	remove(s.editor, url).Want(204)
	assert.Empty(t, here.Get("/v1/reviews").Items())
	s.editor.Get(url).Problem(404, "not-found")
	here.Get(url).Problem(404, "not-found")
	assert.Len(t, s.editor.Get("/v1/me").JSON()["grants"], 1)
	assert.Empty(t, fellow.Get("/v1/me").JSON()["grants"])
	remove(s.editor, url).Problem(404, "not-found")
	var op string
	s.Scan("select op from changes where resource_id = $1 order by version desc limit 1", []any{id}, &op)
	assert.Equal(t, "deleted", op)

	// without a home nobody would be asked to review it
	_, homeless := s.submit("Koditon ry")
	assert.Equal(t, []string{"required /municipality"}, s.editor.Patch(homeless, object{"municipality": nil}, asItStands).Problem(422, "invalid-data"))
	remove(s.editor, homeless).Want(204)

	// returned: still the submitter's; published, and archived then: no longer
	_, returned := s.submit("Palautettu ry")
	here.Post(returned+"/transitions", object{"to": "draft", "note": "Kesken"}, asItStands).Want(200)
	remove(s.editor, returned).Want(204)
	_, published := s.submit("Julkaistu ry")
	here.Post(published+"/transitions", object{"to": "published"}, asItStands).Want(200)
	remove(s.editor, published).Problem(403, "forbidden")
	here.Post(published+"/transitions", object{"to": "archived"}, asItStands).Want(200)
	remove(s.editor, published).Problem(403, "forbidden")

	// a draft of the staff is not its editor's to delete; staff deletes what was submitted, and ends the role
	draft := here.Post("/v1/organisations", association("Virkatyö ry", "165", object{"status": "draft"})).Want(201).ID()
	s.Grant(s.editor.ID, authz.Editor, draft)
	remove(s.editor, "/v1/organisations/"+draft).Problem(403, "forbidden")
	_, refused := s.submit("Hylätty ry")
	remove(here, refused).Want(204)
	assert.Len(t, s.editor.Get("/v1/me").JSON()["grants"], 3)
}

// TestTakingBackFreesAPlace: of the ten that may wait.
func TestTakingBackFreesAPlace(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var last string
	for i := range 10 {
		_, last = s.submit("Jonossa ry", object{"registerNumber": []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}[i]})
	}
	s.editor.Post("/v1/organisations", association("Yksi liikaa ry", "165")).Problem(409, "limit-reached")
	s.editor.Do("DELETE", last, nil, asItStands).Want(204)
	s.submit("Mahtuu taas ry")
}

// TestTakingBackMeanwhile: what an officer publishes at that moment stays.
func TestTakingBackMeanwhile(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id, url := s.submit("Kilpajuoksu ry")
	s.Meanwhile(func() *testkit.Answer { return s.editor.Do("DELETE", url, nil, asItStands) }, id,
		"update organisations set status = 'published', published_at = now(), version = version + 1 where id = $1").Problem(412, "stale")
	s.Anonymous().Get(url).Want(200)
	assert.Len(t, s.editor.Get("/v1/me").JSON()["grants"], 2)
}

// TestClaimsKeepNothing: what an editor submits under a number keeps neither staff nor imports nor other editors from it.
func TestClaimsKeepNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	claim := object{"registerNumber": "77.777", "businessId": "0201256-6"}
	s.editor.Post("/v1/organisations", association("Kopio ry", "165", object{"registerNumber": "12.345"})).Problem(409, "duplicate") // what is settled is told at once
	_, url := s.submit("Vaade ry", claim)
	other := s.As(authz.Editor, s.id)
	second := other.Post("/v1/organisations", association("Toinen vaade ry", "398", claim)).Want(201).ID()

	// an import elsewhere, one at the very home of the claim, and a row without a number do not meet it
	elsewhere := s.As(authz.Officer, "398")
	r := syncRows(elsewhere, "", association("Oikea ry", "398", claim))
	require.Equal(t, 1, r.Created, "%+v", r)
	real := *r.Results[0].ID
	r = syncRows(s.As(authz.Officer, "165"), "", association("Vaade ry", "165"))
	assert.Equal(t, 1, r.Created)
	assert.Equal(t, 1, syncRows(elsewhere, "", association("Oikea ry", "398", claim)).Unchanged, "the import finds its own again")
	list := s.As(authz.Admin, "").Get("/v1/organisations?registerNumber=77.777").Want(200).Items()
	assert.Len(t, list, 3, "the filter finds claims too, for those who see them")

	// who publishes is told whose it is, if that is not hidden
	here := s.As(authz.Officer, "165")
	publish := func(c *testkit.Client, url string) *testkit.Answer {
		return c.Post(url+"/transitions", object{"to": "published"}, asItStands)
	}
	conflict := publish(here, url)
	assert.Equal(t, []string{"duplicate /registerNumber"}, conflict.Problem(409, "duplicate"))
	assert.Equal(t, real, conflict.JSON()["conflictsWith"])
	assert.Equal(t, "submitted", here.Get(url).JSON()["status"])
	elsewhere.Post("/v1/organisations/"+real+"/transitions", object{"to": "archived"}, asItStands).Want(200)
	hidden := publish(here, url)
	hidden.Problem(409, "duplicate")
	assert.NotContains(t, hidden.JSON(), "conflictsWith")

	s.editor.Patch(url, object{"description": fi("Muu muuttuu")}, asItStands).Want(200)
	s.editor.Patch(url, object{"registerNumber": "12.345"}, asItStands).Problem(409, "duplicate")
	s.editor.Patch(url, object{"registerNumber": nil}, asItStands).Want(200) // though the other claim is somebody's too
	s.editor.Patch(url, object{"businessId": nil}, asItStands).Want(200)
	publish(here, url).Want(200)
	publish(elsewhere, "/v1/organisations/"+second).Problem(409, "duplicate")

	// what is published keeps its number; so does a draft of the staff
	_, approved := s.submit("Hyväksytty ry", object{"registerNumber": "88.888"})
	publish(here, approved).Want(200)
	elsewhere.Post("/v1/organisations", association("Myöhässä ry", "398", object{"registerNumber": "88.888"})).Problem(409, "duplicate")
	here.Post("/v1/organisations", association("Virkatyö ry", "165", object{"status": "draft", "registerNumber": "99.999"})).Want(201)
	elsewhere.Post("/v1/organisations", association("Myöhässä 2 ry", "398", object{"registerNumber": "99.999"})).Problem(409, "duplicate")
	assert.Equal(t, "out-of-scope", syncRows(elsewhere, "", association("Myöhässä 3 ry", "398", object{"registerNumber": "99.999"})).Results[0].Errors[0].Code)
}

// TestClaimInABatch: a submission that is among the rows of an import does not keep its claim from another row.
func TestClaimInABatch(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id, url := s.submit("Vaade ry", object{"registerNumber": "77.777"})
	key := object{"system": "crm", "id": "1"}
	here := s.As(authz.Officer, "165")
	here.Patch(url, object{"externalIds": []object{key}}, asItStands).Want(200)
	for i, rows := range [][]object{
		{{"key": key, "email": "a@example.org"}, association("Oikea ry", "165", object{"registerNumber": "77.777"})},
		{association("Toinen oikea ry", "165", object{"registerNumber": "88.888"}), {"key": key, "registerNumber": "88.888"}},
	} {
		r := syncRows(here, "", rows...)
		require.Equal(t, []int{1, 1}, []int{r.Created, r.Updated}, "%+v", r)
		assert.Equal(t, id, *r.Results[i].ID)
	}
}

// TestStaffTakesClaimedNumber: by a change, and by approving one.
func TestStaffTakesClaimedNumber(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.submit("Vaade ry", object{"registerNumber": "77.777"})
	change := s.pending(s.patch(s.As(authz.Editor, s.id), object{"registerNumber": "77.777"}))
	decide(s.officer, change, "approved").Want(200)
	assert.Equal(t, "77.777", s.Anonymous().Get(s.url).JSON()["registerNumber"])
	s.patch(s.officer, object{"registerNumber": "66.666"}).Want(200)
	s.patch(s.officer, object{"registerNumber": "77.777"}).Want(200)
}

// TestPublishedMeanwhile: of two who get a number at the same moment one has it, and the other is told whose it is.
func TestPublishedMeanwhile(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, url := s.submit("Vaade ry", object{"registerNumber": "77.777"})
	here := s.As(authz.Officer, "165")
	got := s.Meanwhile(func() *testkit.Answer {
		return here.Post(url+"/transitions", object{"to": "published"}, asItStands, testkit.Header{Name: "Idempotency-Key", Value: "publish"})
	}, s.id, "update organisations set register_number = '77.777' where id = $1")
	got.Problem(409, "duplicate")
	assert.Equal(t, s.id, got.JSON()["conflictsWith"])
	assert.Equal(t, "submitted", here.Get(url).JSON()["status"])
}
