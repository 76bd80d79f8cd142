package meeting_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestCouncilAttendance(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c, n := council(s, "Neuvottelukunta", nil), network(s, "Verkosto")
	consenting, silent := person(s, "Maija Meikäläinen", true), person(s, "Matti Möttönen", false)
	chair := seat(s, c, "chair", object{"person_id": consenting, "valid_from": "2025-01-01"})
	member := seat(s, c, "member", object{"person_id": silent, "nominating_network_id": n})
	former := seat(s, c, "member", object{"valid_from": "2020-01-01", "valid_to": "2025-03-05"})
	deputy := seat(s, c, "deputy", object{"deputy_for": chair})
	network := seat(s, c, "deputy", object{"deputy_for": former, "nominating_network_id": n})
	foreign := seat(s, council(s, "Toinen", nil), "member", nil)
	org, draft := organisation(s, "Vieras ry", "published"), organisation(s, "Luonnos ry", "draft")
	secretary, anonymous := s.As(authz.Secretary, c), s.Anonymous()
	m := held(secretary, c, "2025-03-05")
	put := func(items ...object) *testkit.Answer {
		return change(secretary, "PUT", m+"/attendance", m, object{"items": items})
	}

	put(
		object{"seatId": member, "presence": "excused", "note": "sairaana"}, object{"seatId": network, "presence": "remote", "standsInFor": member},
		object{"seatId": chair, "presence": "present"}, object{"organisationId": org, "presence": "present"}, object{"organisationId": org, "guest": fi(" Esittelijä "), "presence": "present"},
		object{"organisationId": org, "guest": fi("Toinen esittelijä"), "presence": "present"}, object{"guest": fi("Kaupunginjohtaja"), "presence": "remote"},
	).Want(200)
	version := secretary.Get(m).JSON()["version"]
	mine := secretary.Get(m + "/attendance").Want(200).Items()
	theirs := anonymous.Get(m + "/attendance").Want(200).Items()
	assert.Len(t, theirs, 7)
	assert.Equal(t, "sairaana", mine[0]["note"])
	assert.Nil(t, theirs[0]["note"])
	assert.Equal(t, object{"id": silent, "name": "Matti Möttönen", "withheld": false, "erased": false}, mine[0]["seat"].(object)["person"])
	assert.Equal(t, object{"id": nil, "name": nil, "withheld": true, "erased": false}, theirs[0]["seat"].(object)["person"])
	assert.Equal(t, "Maija Meikäläinen", theirs[2]["seat"].(object)["person"].(object)["name"])
	assert.Equal(t, "chair", theirs[2]["seat"].(object)["role"])
	assert.Nil(t, s.As(authz.Coordinator, "07").Get(m + "/attendance").Items()[0]["seat"].(object)["person"].(object)["name"], "not in reach")
	assert.Equal(t, "Matti Möttönen", s.As(authz.Coordinator, "05").Get(m + "?include=attendance").JSON()["attendance"].([]any)[0].(object)["seat"].(object)["person"].(object)["name"])
	assert.Equal(t, object{"fi": "Esittelijä"}, theirs[4]["guest"])
	tag := anonymous.Get(m + "/attendance").ETag()
	s.Exec("update people set consent_name = true, version = version + 1 where id = $1", silent)
	assert.NotEqual(t, tag, anonymous.Get(m+"/attendance").ETag(), "the name shows now")

	// the same again writes nothing
	for _, i := range mine {
		delete(i, "seat")
	}
	put(mine...).Want(200)
	assert.Equal(t, version, secretary.Get(m).JSON()["version"])

	assert.Equal(t, []string{
		"required /items/0", "contradiction /items/1", "duplicate /items/3/seatId", "unknown-reference /items/4/seatId", "not-on-the-day /items/5/seatId",
		"unexpected /items/6/standsInFor", "contradiction /items/7/standsInFor", "unknown-reference /items/8/organisationId", "duplicate /items/10/organisationId",
	}, put(
		object{"presence": "present"}, object{"seatId": deputy, "guest": fi("x"), "presence": "absent"},
		object{"seatId": chair, "presence": "present"}, object{"seatId": chair, "presence": "absent"}, object{"seatId": foreign, "presence": "present"}, object{"seatId": former, "presence": "present"},
		object{"guest": fi("x"), "presence": "present", "standsInFor": member}, object{"seatId": network, "presence": "excused", "standsInFor": member},
		object{"organisationId": draft, "presence": "present"}, object{"organisationId": org, "presence": "present"}, object{"organisationId": org, "presence": "present"},
	).Problem(422, "invalid-data"))
	for name, tt := range map[string]struct {
		items []object
		want  string
	}{
		"the seat is there itself":   {[]object{{"seatId": chair, "presence": "remote"}, {"seatId": deputy, "presence": "present", "standsInFor": chair}}, "contradiction /items/1/standsInFor"},
		"two for one seat":           {[]object{{"seatId": network, "presence": "present", "standsInFor": member}, {"seatId": deputy, "presence": "present", "standsInFor": member}}, "duplicate /items/1/standsInFor"},
		"another seat's deputy":      {[]object{{"seatId": deputy, "presence": "present", "standsInFor": member}}, "not-its-deputy /items/0/standsInFor"},
		"no deputy":                  {[]object{{"seatId": member, "presence": "present", "standsInFor": chair}}, "unexpected /items/0/standsInFor"},
		"a deputy for a deputy":      {[]object{{"seatId": deputy, "presence": "present", "standsInFor": network}}, "unexpected /items/0/standsInFor"},
		"for a seat of another body": {[]object{{"seatId": deputy, "presence": "present", "standsInFor": foreign}}, "unknown-reference /items/0/standsInFor"},
		"for a seat that has ended":  {[]object{{"seatId": network, "presence": "present", "standsInFor": former}}, "not-on-the-day /items/0/standsInFor"},
		"for itself":                 {[]object{{"seatId": deputy, "presence": "present", "standsInFor": deputy}}, "contradiction /items/0/standsInFor"},
	} {
		assert.Contains(t, put(tt.items...).Problem(422, "invalid-data"), tt.want, name)
	}
	put(object{"seatId": "x", "presence": "there"}).Problem(400, "validation")
	secretary.Do("PUT", m+"/attendance", object{"items": []object{}}).Problem(428, "precondition-required")
	secretary.Do("PUT", m+"/attendance", object{"items": []object{}}, testkit.IfMatch(`"1-x"`)).Problem(412, "stale")

	// an organisation that was hidden since stays in the roll
	s.Exec("update organisations set status = 'archived' where id = $1", org)
	mine[0]["note"] = nil
	put(mine...).Want(200)
	put(object{"guest": fi("x"), "presence": "present"}).Want(200)
	assert.Equal(t, []string{"unknown-reference /items/0/organisationId"}, put(object{"organisationId": org, "presence": "present"}).Problem(422, "invalid-data"))

	// until it is held only its writers see who is excused; without a day every seat that ever was will do
	planned := "/v1/meetings/" + secretary.Post("/v1/councils/"+c+"/meetings", object{"date": clock.Today()}).Want(201).ID()
	change(secretary, "PUT", planned+"/attendance", planned, object{"items": []object{{"seatId": member, "presence": "excused"}}}).Want(200)
	assert.Empty(t, anonymous.Get(planned+"/attendance").Want(200).Items())
	assert.Len(t, secretary.Get(planned+"/attendance").Items(), 1)
	dayless := "/v1/meetings/" + secretary.Post("/v1/councils/"+c+"/meetings", object{"status": "held", "year": 2024}).Want(201).ID()
	change(secretary, "PUT", dayless+"/attendance", dayless, object{"items": []object{{"seatId": former, "presence": "present"}, {"seatId": chair, "presence": "present"}}}).Want(200)
	assert.Nil(t, anonymous.Get(dayless).JSON()["quorum"], "nobody knows the seats of that day")
	change(secretary, "PUT", dayless+"/attendance", dayless, object{"items": []object{}}).Want(200)
	assert.Empty(t, secretary.Get(dayless+"/attendance").Items())
}

func TestNetworkAttendance(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	n := network(s, "Verkosto")
	member, former, applicant := organisation(s, "Jäsen ry", "published"), organisation(s, "Entinen ry", "published"), organisation(s, "Hakija ry", "published")
	for _, row := range []struct {
		organisation, status string
		from, to             any
	}{{member, "active", "2024-01-01", nil}, {former, "left", nil, "2025-03-05"}, {applicant, "applied", nil, nil}} {
		s.Exec("insert into memberships (id, version, created_at, updated_at, network_id, organisation_id, status, valid_from, valid_to) values ($1, 1, now(), now(), $2, $3, $4, $5, $6)",
			store.NewID(), n, row.organisation, row.status, row.from, row.to)
	}
	convener := s.As(authz.Convener, n)
	m := "/v1/meetings/" + convener.Post("/v1/networks/"+n+"/meetings", object{"date": "2025-03-05", "status": "held"}).Want(201).ID()
	put := func(items ...object) *testkit.Answer {
		return change(convener, "PUT", m+"/attendance", m, object{"items": items})
	}
	put(object{"organisationId": member, "presence": "present"}, object{"organisationId": applicant, "guest": fi("Kuuntelija"), "presence": "remote"}, object{"guest": fi("Vieras"), "presence": "present"}).Want(200)
	assert.Len(t, s.Anonymous().Get(m+"/attendance").Items(), 3)
	assert.Nil(t, s.Anonymous().Get(m).JSON()["quorum"])
	assert.Equal(t, []string{
		"not-a-member /items/0/organisationId", "not-a-member /items/1/organisationId", "unexpected /items/2/seatId", "unexpected /items/2/standsInFor", "required /items/3",
		"unknown-reference /items/4/organisationId",
	}, put(
		object{"organisationId": former, "presence": "present"}, object{"organisationId": applicant, "presence": "present"}, object{"seatId": store.NewID(), "standsInFor": store.NewID(), "presence": "present"},
		object{"presence": "present"}, object{"organisationId": store.NewID(), "guest": fi("x"), "presence": "present"},
	).Problem(422, "invalid-data"))
	patched(convener, m, m, object{"date": "2025-03-04"}).Want(200)
	put(object{"organisationId": former, "presence": "present"}).Want(200)
}

// TestQuorum holds the count against a council of six seats, one of them vacant, one ended.
func TestQuorum(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	chair, vice := seat(s, c, "chair", nil), seat(s, c, "vice_chair", nil)
	a, b := seat(s, c, "member", nil), seat(s, c, "member", nil)
	vacant := seat(s, c, "member", object{"vacant": true})
	seat(s, c, "member", object{"valid_to": "2025-03-05"})
	secretarySeat, expert := seat(s, c, "secretary", nil), seat(s, c, "expert", nil)
	forA, alsoForA, forChair := seat(s, c, "deputy", object{"deputy_for": a}), seat(s, c, "deputy", object{"deputy_for": a}), seat(s, c, "deputy", object{"deputy_for": chair})
	secretary := s.As(authz.Secretary, c)
	m := held(secretary, c, "2025-03-05")
	there := func(ids ...string) (out []object) {
		for _, id := range ids {
			out = append(out, object{"seatId": id, "presence": "present"})
		}
		return out
	}
	in := func(deputy, principal string) object {
		return object{"seatId": deputy, "presence": "remote", "standsInFor": principal}
	}
	assert.Equal(t, object{"seats": 4.0, "present": nil, "needed": 3.0, "reached": nil}, s.Anonymous().Get(m).JSON()["quorum"], "nobody has kept the roll yet")
	for name, tt := range map[string]struct {
		quorum          any
		roll            []object
		present, needed float64
		reached         bool
	}{
		"more than half":                         {nil, there(chair, a, b), 3, 3, true},
		"half is not enough":                     {nil, there(chair, a), 2, 3, false},
		"vacant seats do not count":              {nil, append(there(chair, a), object{"seatId": vacant, "presence": "absent"}), 2, 3, false},
		"secretary and expert do not count":      {nil, there(chair, secretarySeat, expert), 1, 3, false},
		"from afar counts":                       {nil, append(there(chair, a), object{"seatId": b, "presence": "remote"}), 3, 3, true},
		"excused and absent do not":              {nil, append(there(chair), object{"seatId": a, "presence": "excused"}, object{"seatId": b, "presence": "absent"}), 1, 3, false},
		"a deputy beside its principal":          {nil, there(chair, a, forA), 2, 3, false},
		"a deputy that stands in for nobody":     {nil, there(chair, b, forA), 2, 3, false},
		"a deputy standing in":                   {nil, append(there(chair, b), in(forA, a)), 3, 3, true},
		"with the principal's absence told":      {nil, append(there(chair, b), in(forA, a), object{"seatId": a, "presence": "absent"}), 3, 3, true},
		"a second deputy beside the one":         {nil, append(there(chair, alsoForA), in(forA, a)), 2, 3, false},
		"two deputies for two seats":             {nil, append(there(vice), in(forA, a), in(forChair, chair)), 3, 3, true},
		"a guest does not count":                 {nil, append(there(chair, a), object{"guest": fi("x"), "presence": "present"}), 2, 3, false},
		"a fixed number":                         {`{"min": 2, "share": null}`, there(chair, a), 2, 2, true},
		"a fixed number goes before the share":   {`{"min": 4, "share": 0.1}`, there(chair, a), 2, 4, false},
		"a third is rounded up":                  {`{"min": null, "share": 0.3333}`, there(chair), 1, 2, false},
		"a half is a half":                       {`{"share": 0.5}`, there(chair, a), 2, 2, true},
		"all":                                    {`{"share": 1}`, there(chair, vice, a, b), 4, 4, true},
		"neither told is more than half as well": {`{"min": null, "share": null}`, there(chair, a), 2, 3, false},
	} {
		s.Exec("update councils set quorum = $2::jsonb where id = $1", c, tt.quorum)
		change(secretary, "PUT", m+"/attendance", m, object{"items": tt.roll}).Want(200)
		want := object{"seats": 4.0, "present": tt.present, "needed": tt.needed, "reached": tt.reached}
		assert.Equal(t, want, s.Anonymous().Get(m).JSON()["quorum"], name)
		assert.Equal(t, want, s.Anonymous().Get("/v1/meetings").Items()[0]["quorum"], name)
	}
	tag := s.Anonymous().Get(m).ETag()
	s.Exec("update seats set vacant = false where id = $1", vacant)
	assert.NotEqual(t, tag, s.Anonymous().Get(m).ETag(), "the quorum is another one now")
	change(secretary, "POST", m+"/transitions", m, object{"to": "planned", "note": "x"}).Want(200)
	assert.Nil(t, s.Anonymous().Get(m).JSON()["quorum"])
}

// TestBeforeTheDay: attendance and decisions are of meetings that came about.
func TestBeforeTheDay(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	chair := seat(s, c, "chair", nil)
	secretary := s.As(authz.Secretary, c)
	there := object{"items": []object{{"seatId": chair, "presence": "present"}}}
	day := func(days int) string { return clock.Today().Time().AddDate(0, 0, days).Format(time.DateOnly) }
	create := func(body object) string {
		return "/v1/meetings/" + secretary.Post("/v1/councils/"+c+"/meetings", body).Want(201).ID()
	}
	coming, cancelled := create(object{"date": day(1)}), create(object{"date": day(-1)})
	decision := cancelled + "/decisions/" + change(secretary, "POST", cancelled+"/decisions", cancelled, object{"text": fi("x")}).Want(201).ID()
	change(secretary, "POST", cancelled+"/transitions", cancelled, object{"to": "cancelled", "reason": fi("Myrsky")}).Want(200)
	for _, m := range []string{coming, cancelled} {
		change(secretary, "PUT", m+"/attendance", m, there).Problem(409, "transition-not-allowed")
		change(secretary, "POST", m+"/decisions", m, object{"text": fi("x")}).Problem(409, "transition-not-allowed")
		change(secretary, "PUT", m+"/attendance", m, object{"items": []object{}}).Want(200)
	}
	patched(secretary, decision, cancelled, object{"text": fi("y")}).Problem(409, "transition-not-allowed")
	patched(secretary, cancelled+"/decisions/"+store.NewID().String(), cancelled, object{"text": fi("y")}).Problem(404, "not-found")
	change(secretary, "DELETE", decision, cancelled, nil).Want(204)
	// the day is that of the meeting's own zone
	east := create(object{"date": clock.Now().UTC().Add(14 * time.Hour).Format(time.DateOnly), "timeZone": "Pacific/Kiritimati"})
	change(secretary, "PUT", east+"/attendance", east, there).Want(200)
	change(secretary, "POST", east+"/decisions", east, object{"text": fi("x")}).Want(201)
}

func TestVacantSeats(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	vacant := seat(s, c, "member", object{"vacant": true})
	deputy, empty := seat(s, c, "deputy", object{"deputy_for": vacant}), seat(s, c, "deputy", object{"deputy_for": vacant, "vacant": true})
	secretary := s.As(authz.Secretary, c)
	m := held(secretary, c, "2025-03-05")
	put := func(items ...object) *testkit.Answer {
		return change(secretary, "PUT", m+"/attendance", m, object{"items": items})
	}
	assert.Equal(t, []string{"vacant /items/0/seatId", "vacant /items/1/seatId"},
		put(object{"seatId": vacant, "presence": "remote"}, object{"seatId": empty, "presence": "present"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"vacant /items/0/standsInFor"}, put(object{"seatId": deputy, "presence": "present", "standsInFor": vacant}).Problem(422, "invalid-data"))
	put(object{"seatId": vacant, "presence": "absent"}, object{"seatId": deputy, "presence": "present"}).Want(200)
}

// TestRollOnAnotherDay: a meeting moves only to a day on which the seats of its roll hold.
func TestRollOnAnotherDay(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	member := seat(s, c, "member", object{"valid_from": "2025-01-01", "valid_to": "2025-06-01"})
	deputy := seat(s, c, "deputy", object{"deputy_for": member})
	secretary := s.As(authz.Secretary, c)
	m := held(secretary, c, "2025-03-05")
	change(secretary, "PUT", m+"/attendance", m, object{"items": []object{{"seatId": deputy, "presence": "present", "standsInFor": member}}}).Want(200)
	assert.Equal(t, []string{"outside-seat /date"}, patched(secretary, m, m, object{"date": "2025-06-01"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"outside-seat /date"}, patched(secretary, m, m, object{"date": "2024-12-31"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"invalid /link", "outside-seat /startsAt"}, patched(secretary, m, m, object{"link": "javascript:alert(1)", "startsAt": "2025-06-01T12:00:00Z"}).Problem(422, "invalid-data"))
	patched(secretary, m, m, object{"date": "2025-05-31"}).Want(200)
	patched(secretary, m, m, object{"startsAt": "2025-05-30T12:00:00Z"}).Want(200)
	patched(secretary, m, m, object{"startsAt": nil, "date": nil}).Want(200)
}
