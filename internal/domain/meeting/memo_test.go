package meeting_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMemo(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	who := person(s, "Maija Meikäläinen", true)
	chair := seat(s, c, "chair", object{"person_id": who})
	secretary, anonymous, elsewhere := s.As(authz.Secretary, c), s.Anonymous(), s.As(authz.Coordinator, "07")
	m := "/v1/meetings/" + secretary.Post("/v1/councils/"+c+"/meetings", object{"date": "2025-03-05"}).Want(201).ID()
	memo := m + "/memo"
	put := func(body object, h ...testkit.Header) *testkit.Answer { return secretary.Do("PUT", memo, body, h...) }
	step := func(body object) *testkit.Answer { return change(secretary, "POST", memo+"/transitions", memo, body) }

	secretary.Get(memo).Problem(404, "not-found")
	put(object{"text": fi("x")}).Problem(409, "transition-not-allowed")
	change(secretary, "POST", m+"/transitions", m, object{"to": "held"}).Want(200)
	item := change(secretary, "POST", m+"/agenda", m, object{"title": fi("Asiat")}).Want(201).ID()
	change(secretary, "POST", m+"/decisions", m, object{"text": fi("Hyväksyttiin"), "agendaItemId": item}).Want(201)
	change(secretary, "PUT", m+"/attendance", m, object{"items": []object{{"seatId": chair, "presence": "present", "note": "ajoissa"}, {"guest": fi("Vieras Vilma"), "presence": "remote"}}}).Want(200)

	// the draft
	put(object{"text": fi("x")}, testkit.IfMatch(`"1-x"`)).Problem(412, "stale")
	assert.Equal(t, []string{"required /text", "unexpected /correction"}, put(object{"correction": fi("x"), "links": nil}).Problem(422, "invalid-data"))
	a := put(object{"text": fi("# Muistio")}).Want(201)
	assert.Equal(t, memo, a.Header.Get("Location"))
	assert.Equal(t, "draft", a.JSON()["status"])
	assert.Equal(t, 1.0, a.JSON()["edition"])
	assert.Nil(t, a.JSON()["record"])
	for _, c := range []*testkit.Client{anonymous, elsewhere} {
		c.Get(memo).Problem(404, "not-found")
		c.Get(memo+"?edition=1").Problem(404, "not-found")
		assert.Empty(t, c.Get(m+"/memos").Want(200).Items())
	}
	assert.Equal(t, a.ETag(), secretary.Get(memo).Want(200).ETag())
	assert.Len(t, secretary.Get(m+"/memos").Items(), 1)
	put(object{"text": fi("y")}).Problem(428, "precondition-required")
	put(object{"text": fi("y")}, testkit.IfMatch(`"7-x"`)).Problem(412, "stale")
	b := change(secretary, "PUT", memo, memo, object{"links": []object{{"title": fi("Pöytäkirja"), "url": "https://example.org/m.pdf"}}}).Want(200)
	assert.Nil(t, b.JSON()["text"], "what is absent is cleared")
	assert.Equal(t, 2.0, b.JSON()["version"])
	assert.Equal(t, 2.0, change(secretary, "PUT", memo, memo, object{"links": b.JSON()["links"]}).Want(200).JSON()["version"], "nothing changed")
	change(secretary, "DELETE", memo, memo, nil).Want(204)
	secretary.Get(memo).Problem(404, "not-found")
	secretary.Do("DELETE", memo, nil).Problem(404, "not-found")
	put(object{"text": fi("# Muistio")}).Want(201)

	// approval
	refused := step(object{"to": "published"})
	refused.Problem(409, "transition-not-allowed")
	assert.Equal(t, []any{"approved"}, refused.JSON()["allowed"])
	secretary.Post(memo+"/transitions", object{"to": "approved"}).Problem(428, "precondition-required")
	secretary.Post(memo+"/transitions", object{"to": "approved"}, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	assert.Equal(t, []string{"order /on"}, step(object{"to": "approved", "on": "2025-03-04"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"future /on"}, step(object{"to": "approved", "on": time.Now().AddDate(0, 0, 2).Format(time.DateOnly)}).Problem(422, "invalid-data"))
	assert.Equal(t, string(clock.Today()), step(object{"to": "approved"}).Want(200).JSON()["approvedOn"])
	change(secretary, "PUT", memo, memo, object{"text": fi("y")}).Problem(409, "frozen")
	change(secretary, "DELETE", memo, memo, nil).Problem(409, "frozen")
	assert.Equal(t, []string{"unexpected /on"}, step(object{"to": "draft", "on": "2025-03-04"}).Problem(422, "invalid-data"))
	assert.Nil(t, step(object{"to": "draft", "note": "kirjoitusvirhe"}).Want(200).JSON()["approvedOn"])
	step(object{"to": "approved", "on": "2025-03-10"}).Want(200)
	elsewhere.Post(memo+"/transitions", object{"to": "published"}).Problem(404, "not-found")

	// publication
	version := secretary.Get(m).JSON()["version"].(float64)
	p := step(object{"to": "published"}).Want(200).JSON()
	assert.Equal(t, "2025-03-10", p["approvedOn"])
	assert.NotNil(t, p["publishedAt"])
	record := p["record"].(object)
	assert.Equal(t, []any{object{"seatId": chair, "organisationId": nil, "presence": "present", "standsInFor": nil}}, record["attendance"])
	assert.Equal(t, object{"present": 1.0, "remote": 1.0, "excused": 0.0, "absent": 0.0, "guests": 1.0}, record["counts"])
	assert.Equal(t, object{"seats": 1.0, "present": 1.0, "needed": 1.0, "reached": true}, record["quorum"])
	assert.Len(t, record["agenda"], 1)
	assert.Equal(t, item, record["decisions"].([]any)[0].(object)["agendaItemId"])
	text, _ := json.Marshal(record)
	for _, name := range []string{"Maija", "Vilma", "ajoissa"} {
		assert.NotContains(t, string(text), name)
	}
	assert.Equal(t, p, anonymous.Get(memo).Want(200).JSON())
	assert.Equal(t, 1.0, anonymous.Get(m).JSON()["memoEdition"])
	assert.Equal(t, version+1, anonymous.Get(m).JSON()["version"], "its decisions show from now on")
	change(elsewhere, "POST", memo+"/transitions", memo, object{"to": "published"}).Problem(403, "forbidden")
	change(elsewhere, "DELETE", memo, memo, nil).Problem(403, "forbidden")
	step(object{"to": "draft"}).Problem(409, "transition-not-allowed")
	change(secretary, "DELETE", memo, memo, nil).Problem(409, "frozen")
	change(secretary, "POST", m+"/transitions", m, object{"to": "planned", "note": "x"}).Problem(409, "frozen")
	change(secretary, "DELETE", m, m, nil).Problem(409, "in-use")
	_, err := s.DB.Exec(t.Context(), `update memos set text = '{"fi": "toinen"}' where id = $1`, p["id"])
	assert.Equal(t, "memos_frozen", store.Violated(err))

	// a correction
	published := anonymous.Get(memo).ETag()
	assert.Equal(t, []string{"required /correction"}, put(object{"text": fi("# Korjattu")}).Problem(422, "invalid-data"))
	put(object{"text": fi("# Korjattu"), "correction": fi("Läsnäolijat")}, testkit.IfMatch(`"1-x"`)).Problem(412, "stale")
	second := change(secretary, "PUT", memo, memo, object{"text": fi("# Korjattu"), "correction": fi("Läsnäolijat")}).Want(201).JSON()
	assert.Equal(t, 2.0, second["edition"])
	assert.Equal(t, 2.0, secretary.Get(memo).JSON()["edition"])
	assert.Equal(t, p, anonymous.Get(memo).Want(200).JSON())
	assert.Equal(t, p, secretary.Get(memo+"?edition=1").Want(200).JSON())
	anonymous.Get(memo+"?edition=2").Problem(404, "not-found")
	change(secretary, "POST", m+"/transitions", m, object{"to": "planned", "note": "x"}).Problem(409, "frozen")
	change(secretary, "PUT", m+"/attendance", m, object{"items": []object{}}).Want(200)
	step(object{"to": "approved"}).Want(200)
	step(object{"to": "published"}).Want(200)
	assert.NotEqual(t, published, anonymous.Get(memo).ETag())
	change(secretary, "PUT", memo, memo+"?edition=1", object{"text": fi("x"), "correction": fi("y")}).Problem(412, "stale")
	assert.Empty(t, anonymous.Get(memo).JSON()["record"].(object)["attendance"])
	assert.Len(t, anonymous.Get(memo + "?edition=1").JSON()["record"].(object)["attendance"], 1)
	editions := anonymous.Get(m + "/memos").Items()
	require.Len(t, editions, 2)
	assert.Equal(t, 2.0, editions[0]["edition"])
	assert.Equal(t, anonymous.Get(memo).JSON()["publishedAt"], editions[0]["publishedAt"], "times are written alike")
	assert.Equal(t, object{"fi": "Läsnäolijat"}, editions[0]["correction"])
	assert.Equal(t, 2.0, anonymous.Get("/v1/meetings").Items()[0]["memoEdition"])
	anonymous.Get("/v1/meetings/"+store.NewID().String()+"/memo").Problem(404, "not-found")
	anonymous.Get("/v1/meetings/"+store.NewID().String()+"/memos").Problem(404, "not-found")
}

// TestMemoOfUndoneMeeting: a draft waits while its meeting is not held, and goes with it.
func TestMemoOfUndoneMeeting(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	secretary := s.As(authz.Secretary, c)
	m := held(secretary, c, "2025-03-05")
	id := secretary.Do("PUT", m+"/memo", object{"text": fi("x")}).Want(201).ID()
	change(secretary, "POST", m+"/transitions", m, object{"to": "planned", "note": "x"}).Want(200)
	change(secretary, "PUT", m+"/memo", m+"/memo", object{"text": fi("y")}).Problem(409, "transition-not-allowed")
	change(secretary, "POST", m+"/memo/transitions", m+"/memo", object{"to": "approved"}).Problem(409, "transition-not-allowed")
	change(secretary, "DELETE", m, m, nil).Want(204)
	var gone bool
	s.Scan("select deleted_at is not null from memos where id = $1", []any{id}, &gone)
	assert.True(t, gone)
}

// TestMeetingReferences: a meeting stays while something refers to it.
func TestMeetingReferences(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	who, n := person(s, "Nimetty", false), network(s, "Verkosto")
	admin := s.As(authz.Admin, "")
	for name, sql := range map[string]string{
		"nomination": `insert into nominations (id, version, created_at, updated_at, council_id, status, role, person_id, nominating_network_id, meeting_id) values ($1, 1, now(), now(), $2, 'declined', 'member', $4, $5, $3)`,
		"plan":       `insert into action_plans (id, version, created_at, updated_at, council_id, year, status, meeting_id) select $1, 1, now(), now(), $2, 2025, 'draft', $3 where $4::uuid is not null and $5::uuid is not null`,
		"duty":       `insert into council_duties (id, council_id, created_at, kind, name, frequency, fulfilments) select $1, $2, now(), 'event', '{"fi":"Foorumi"}', 'yearly', jsonb_build_array(jsonb_build_object('year', 2025, 'meetingId', $3::text)) where $4::uuid is not null and $5::uuid is not null`,
	} {
		m := held(admin, c, "2025-03-05")
		s.Exec(sql, store.NewID(), c, m[len("/v1/meetings/"):], who, n)
		change(admin, "DELETE", m, m, nil).Problem(409, "in-use")
		assert.Equal(t, 200, admin.Get(m).Status, name)
	}
}

// TestMemoTogether: two writers at once.
func TestMemoTogether(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	chair := seat(s, c, "chair", nil)
	one, two := s.As(authz.Secretary, c), s.As(authz.Coordinator, "05")
	for range 4 {
		m := held(one, c, "2025-03-05")
		change(one, "PUT", m+"/attendance", m, object{"items": []object{{"seatId": chair, "presence": "present"}}}).Want(200)

		// two first drafts: the second one would overwrite what it has not read
		body := object{"text": fi("x")}
		assert.ElementsMatch(t, []int{201, 428}, together(func() int { return one.Do("PUT", m+"/memo", body).Status }, func() int { return two.Do("PUT", m+"/memo", body).Status }))
		tag := etag(one, m+"/memo")
		assert.ElementsMatch(t, []int{200, 412}, together(
			func() int { return one.Do("PUT", m+"/memo", object{"text": fi("a")}, tag).Status },
			func() int { return two.Do("PUT", m+"/memo", object{"text": fi("b")}, tag).Status }))

		// publication beside a change of the roll: the record is one or the other, whole
		change(one, "POST", m+"/memo/transitions", m+"/memo", object{"to": "approved"}).Want(200)
		tag, rolls := etag(one, m+"/memo"), etag(one, m)
		status := together(
			func() int { return one.Post(m+"/memo/transitions", object{"to": "published"}, tag).Status },
			func() int {
				return two.Do("PUT", m+"/attendance", object{"items": []object{{"seatId": chair, "presence": "excused"}, {"guest": fi("x"), "presence": "remote"}}}, rolls).Status
			})
		assert.Equal(t, 200, status[0])
		record := one.Get(m + "/memo").JSON()["record"].(object)
		if status[1] == 200 {
			assert.Equal(t, object{"present": 0.0, "remote": 1.0, "excused": 1.0, "absent": 0.0, "guests": 1.0}, record["counts"])
			assert.Equal(t, 0.0, record["quorum"].(object)["present"])
		} else {
			assert.Equal(t, 412, status[1])
			assert.Equal(t, object{"present": 1.0, "remote": 0.0, "excused": 0.0, "absent": 0.0, "guests": 0.0}, record["counts"])
			assert.Equal(t, 1.0, record["quorum"].(object)["present"])
		}

		// two publications of the next edition
		one.Do("PUT", m+"/memo", object{"text": fi("x"), "correction": fi("y")}).Want(201)
		change(one, "POST", m+"/memo/transitions", m+"/memo", object{"to": "approved"}).Want(200)
		tag = etag(one, m+"/memo")
		assert.ElementsMatch(t, []int{200, 412}, together(
			func() int { return one.Post(m+"/memo/transitions", object{"to": "published"}, tag).Status },
			func() int { return two.Post(m+"/memo/transitions", object{"to": "published"}, tag).Status }))
	}
	_, err := s.DB.Exec(t.Context(), `insert into memos (id, version, created_at, updated_at, meeting_id, edition, status)
		select x.id, 1, now(), now(), m.id, 90 + x.n, 'draft' from (select id from meetings limit 1) m, unnest($1::uuid[]) with ordinality x(id, n)`, []string{store.NewID().String(), store.NewID().String()})
	assert.Equal(t, "memos_open", store.Violated(err))
}

// TestMemoRights: whoever may write the meetings of a council or network may publish their memos.
func TestMemoRights(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c, n := council(s, "Kunnan", "109"), network(s, "Verkosto")
	editor := s.As(authz.Editor, organisation(s, "Yhdistys", "published"))
	for owner, clients := range map[string][]*testkit.Client{
		"councils/" + c: {s.As(authz.Admin, ""), s.As(authz.Coordinator, "05"), s.As(authz.Officer, "109"), s.As(authz.Secretary, c)},
		"networks/" + n: {s.As(authz.Admin, ""), s.As(authz.Coordinator, "05"), s.As(authz.Officer, "109"), s.As(authz.Convener, n)},
	} {
		for _, client := range clients {
			m := "/v1/meetings/" + client.Post("/v1/"+owner+"/meetings", object{"status": "held", "date": "2025-03-05"}).Want(201).ID()
			publish(client, m, fi("Muistio"))
			s.Anonymous().Get(m + "/memo").Want(200)
			editor.Do("PUT", m+"/memo", object{"text": fi("x")}).Problem(403, "forbidden")
			editor.Post(m+"/memo/transitions", object{"to": "published"}).Problem(403, "forbidden")
			s.Anonymous().Post(m+"/memo/transitions", object{"to": "published"}).Problem(401, "sign-in-needed")
		}
	}
}
