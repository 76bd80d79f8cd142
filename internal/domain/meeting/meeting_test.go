package meeting_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMeetingLife(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Kanta-Hämeen järjestöneuvottelukunta", nil)
	secretary, anonymous := s.As(authz.Secretary, c), s.Anonymous()
	start := time.Now().AddDate(0, 1, 0).UTC().Truncate(time.Hour)
	a := secretary.Post("/v1/councils/"+c+"/meetings", object{
		"startsAt": start, "endsAt": start.Add(2 * time.Hour), "number": 3, "title": fi("  Syyskokous "), "link": "example.org/etana",
		"place": object{"name": fi("Raatihuone"), "postalCode": "13100", "postOffice": "HÄMEENLINNA", "municipality": "109"},
		"links": []object{{"title": fi("Kutsu"), "url": "https://example.org/kutsu.pdf"}},
	}).Want(201)
	m := a.JSON()
	path := "/v1/meetings/" + a.ID()
	assert.Equal(t, path, a.Header.Get("Location"))
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	assert.NoError(t, err)
	assert.Equal(t, start.In(helsinki).Format(time.DateOnly), m["date"])
	assert.Equal(t, float64(start.In(helsinki).Year()), m["year"])
	assert.Equal(t, "planned", m["status"])
	assert.Equal(t, object{"fi": "Syyskokous"}, m["title"])
	assert.Equal(t, "https://example.org/etana", m["link"])
	assert.Equal(t, "Europe/Helsinki", m["timeZone"])
	assert.Equal(t, "05", m["region"])
	assert.Equal(t, c, m["councilId"])
	assert.Nil(t, m["networkId"])
	assert.Nil(t, m["quorum"])
	assert.Equal(t, m, anonymous.Get(path).Want(200).JSON())
	anonymous.Get(path, testkit.Header{Name: "If-None-Match", Value: anonymous.Get(path).ETag()}).Want(304)

	// patches
	secretary.Patch(path, object{"number": 4}).Problem(428, "precondition-required")
	secretary.Patch(path, object{"number": 4}, testkit.IfMatch(`"99-x"`)).Problem(412, "stale")
	same := patched(secretary, path, path, object{"number": 3}).Want(200).JSON()
	assert.Equal(t, 1.0, same["version"], "nothing changed, nothing is written")
	m = patched(secretary, path, path, object{"place": object{"name": object{"sv": "Rådhuset"}, "postalCode": nil}, "title": nil, "startsAt": start.AddDate(0, 0, 1), "endsAt": nil}).Want(200).JSON()
	assert.Equal(t, object{"fi": "Raatihuone", "sv": "Rådhuset"}, m["place"].(object)["name"])
	assert.Nil(t, m["place"].(object)["postalCode"])
	assert.Nil(t, m["title"])
	assert.Equal(t, start.AddDate(0, 0, 1).In(helsinki).Format(time.DateOnly), m["date"], "the date follows from the hour")
	assert.Equal(t, []string{"contradiction /date"}, patched(secretary, path, path, object{"date": "2030-01-01"}).Problem(422, "invalid-data"))
	m = patched(secretary, path, path, object{"startsAt": nil, "date": "2030-01-01"}).Want(200).JSON()
	assert.Equal(t, 2030.0, m["year"])

	// transitions
	assert.Equal(t, []string{"future /to"}, change(secretary, "POST", path+"/transitions", path, object{"to": "held"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"unexpected /reason", "unexpected /replacedBy", "unexpected /replacedByMeetingId", "future /to"},
		change(secretary, "POST", path+"/transitions", path, object{"to": "held", "reason": fi("x"), "replacedBy": fi("y"), "replacedByMeetingId": store.NewID()}).Problem(422, "invalid-data"))
	other := secretary.Post("/v1/councils/"+c+"/meetings", object{"date": "2030-02-01"}).Want(201).ID()
	assert.Equal(t, []string{"unknown-reference /replacedByMeetingId"},
		change(secretary, "POST", path+"/transitions", path, object{"to": "cancelled", "replacedByMeetingId": store.NewID()}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"required /reason"}, change(secretary, "POST", path+"/transitions", path, object{"to": "cancelled", "reason": nil}).Problem(422, "invalid-data"))
	for _, told := range []string{"reason", "replacedBy", "replacedByMeetingId", "note"} {
		more := secretary.Post("/v1/councils/"+c+"/meetings", object{"date": "2030-03-01"}).Want(201).ID()
		body := object{"to": "cancelled", told: map[string]any{"reason": fi("x"), "replacedBy": fi("x"), "replacedByMeetingId": other, "note": "x"}[told]}
		change(secretary, "POST", "/v1/meetings/"+more+"/transitions", "/v1/meetings/"+more, body).Want(200)
		change(secretary, "DELETE", "/v1/meetings/"+more, "/v1/meetings/"+more, nil).Want(204)
	}
	m = change(secretary, "POST", path+"/transitions", path, object{"to": "cancelled", "reason": fi("Myrsky"), "replacedBy": fi("Kysely"), "replacedByMeetingId": other, "note": "soitettu"}).Want(200).JSON()
	assert.Equal(t, "cancelled", m["status"])
	assert.Equal(t, object{"fi": "Myrsky"}, m["cancelReason"])
	assert.Equal(t, other, m["replacedByMeetingId"])
	refused := change(secretary, "POST", path+"/transitions", path, object{"to": "held"})
	refused.Problem(409, "transition-not-allowed")
	assert.Equal(t, []any{"planned"}, refused.JSON()["allowed"])
	change(secretary, "DELETE", "/v1/meetings/"+other, "/v1/meetings/"+other, nil).Problem(409, "in-use")
	m = change(secretary, "POST", path+"/transitions", path, object{"to": "planned"}).Want(200).JSON()
	assert.Nil(t, m["cancelReason"])
	assert.Nil(t, m["replacedByMeetingId"])
	patched(secretary, path, path, object{"date": "2025-03-05"}).Want(200)
	change(secretary, "POST", path+"/transitions", path, object{"to": "held"}).Want(200)
	assert.Equal(t, []string{"required /note"}, change(secretary, "POST", path+"/transitions", path, object{"to": "planned"}).Problem(422, "invalid-data"))
	change(secretary, "POST", path+"/transitions", path, object{"to": "planned", "note": "väärä kokous"}).Want(200)
	steps := anonymous.Get(path + "/transitions").Want(200).Items()
	assert.Len(t, steps, 4)
	assert.Nil(t, steps[0]["actorId"])
	assert.Equal(t, "väärä kokous", steps[0]["note"])
	assert.Equal(t, secretary.ID.String(), secretary.Get(path + "/transitions").Items()[0]["actorId"])

	// the end
	anonymous.Do("DELETE", path, nil).Problem(401, "sign-in-needed")
	secretary.Do("DELETE", path, nil).Problem(428, "precondition-required")
	change(secretary, "DELETE", path, path, nil).Want(204)
	gone := anonymous.Get(path)
	gone.Problem(410, "gone")
	assert.NotNil(t, gone.JSON()["deletedAt"])
	secretary.Patch(path, object{"number": 4}, testkit.IfMatch(`"1-x"`)).Problem(410, "gone")
	anonymous.Get("/v1/meetings/"+store.NewID().String()).Problem(404, "not-found")
	anonymous.Get(path+"/agenda").Problem(410, "gone")
	anonymous.Get(path+"/memo").Problem(410, "gone")
	anonymous.Get(path+"/transitions").Problem(410, "gone")
}

func TestMeetingTimes(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	admin := s.As(authz.Admin, "")
	for name, tt := range map[string]struct {
		body object
		want []string // faults; none: created
	}{
		"planned without a day":             {object{}, []string{"required /date"}},
		"planned with a day":                {object{"date": "2031-05-06"}, nil},
		"planned long ago":                  {object{"date": "2021-05-06"}, nil},
		"held without a day":                {object{"status": "held"}, nil},
		"held in a year":                    {object{"status": "held", "year": 2019, "number": 1}, nil},
		"a number without a year":           {object{"status": "held", "number": 1}, []string{"required /year"}},
		"held tomorrow":                     {object{"status": "held", "date": time.Now().AddDate(0, 0, 2).Format(time.DateOnly)}, []string{"future /date"}},
		"held in an hour":                   {object{"status": "held", "startsAt": time.Now().Add(time.Hour)}, []string{"future /startsAt"}},
		"held next year":                    {object{"status": "held", "year": time.Now().Year() + 1}, []string{"future /year"}},
		"a year that is not the date's":     {object{"date": "2031-05-06", "year": 2030}, []string{"contradiction /year"}},
		"a date that is not the hour's":     {object{"date": "2031-05-06", "startsAt": "2031-05-06T22:30:00Z"}, []string{"contradiction /date"}},
		"another zone, another date":        {object{"date": "2031-05-06", "startsAt": "2031-05-06T22:30:00Z", "timeZone": "Atlantic/Reykjavik"}, nil},
		"an end without a start":            {object{"date": "2031-05-06", "endsAt": "2031-05-06T22:30:00Z"}, []string{"incomplete /endsAt"}},
		"an end before the start":           {object{"startsAt": "2031-05-06T12:00:00Z", "endsAt": "2031-05-06T11:00:00Z"}, []string{"order /endsAt"}},
		"no such zone":                      {object{"date": "2031-05-06", "timeZone": "Europe/Turenki"}, []string{"unknown-code /timeZone"}},
		"the machine's own zone":            {object{"date": "2031-05-06", "timeZone": "Local"}, []string{"unknown-code /timeZone"}},
		"too long ago":                      {object{"date": "0001-01-01"}, []string{"range /date"}},
		"too far away":                      {object{"startsAt": "9999-12-31T23:59:59Z"}, []string{"range /startsAt"}},
		"all that is wrong, at once":        {object{"link": "javascript:alert(1)", "timeZone": "Mars", "number": 1, "place": object{"municipality": "999"}}, []string{"invalid /link", "unknown-code /place/municipality", "unknown-code /timeZone", "required /date", "required /year"}},
		"a municipality of that time":       {object{"status": "held", "date": "2016-05-06", "place": object{"municipality": "911"}}, nil},
		"a place that is nothing":           {object{"date": "2031-05-06", "place": object{"street": nil}}, nil},
		"a null is as good as nothing said": {object{"date": "2031-05-06", "timeZone": nil, "links": nil, "title": nil, "endsAt": nil}, nil},
	} {
		a := admin.Post("/v1/councils/"+c+"/meetings", tt.body)
		if tt.want == nil {
			a.Want(201)
			continue
		}
		assert.Equal(t, tt.want, a.Problem(422, "invalid-data"), name)
	}
	admin.Post("/v1/councils/"+c+"/meetings", object{"date": "2031-05-06", "status": "cancelled"}).Problem(400, "validation")
	admin.Post("/v1/councils/"+c+"/meetings", object{"date": "2031-05-06", "quorum": nil}).Problem(400, "validation")
	admin.Post("/v1/councils/"+store.NewID().String()+"/meetings", object{"date": "2031-05-06"}).Problem(404, "not-found")

	// the year stays when the day of a meeting that was held turns out to be unknown
	m := held(admin, c, "2018-01-02")
	assert.Equal(t, 2018.0, patched(admin, m, m, object{"date": nil}).Want(200).JSON()["year"])
	assert.Equal(t, []string{"required /to"}, change(admin, "POST", m+"/transitions", m, object{"to": "planned", "note": "x"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"unexpected /cancelReason", "unexpected /replacedBy", "unexpected /replacedByMeetingId", "unknown-reference /replacedByMeetingId"},
		patched(admin, m, m, object{"cancelReason": fi("x"), "replacedBy": fi("y"), "replacedByMeetingId": store.NewID()}).Problem(422, "invalid-data"))
}

// TestMeetingNumbers: one number in a year, also when two come at once, and when somebody goes past the service.
func TestMeetingNumbers(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c, n := council(s, "Neuvottelukunta", nil), network(s, "Verkosto")
	admin := s.As(authz.Admin, "")
	for _, owner := range []string{"/v1/councils/" + c, "/v1/networks/" + n} {
		first := admin.Post(owner+"/meetings", object{"date": "2031-01-01", "number": 1}).Want(201).ID()
		a := admin.Post(owner+"/meetings", object{"date": "2031-02-01", "number": 1})
		assert.Equal(t, []string{"duplicate /number"}, a.Problem(409, "duplicate"))
		assert.Equal(t, first, a.JSON()["conflictsWith"])
		admin.Post(owner+"/meetings", object{"date": "2032-02-01", "number": 1}).Want(201)
		second := "/v1/meetings/" + admin.Post(owner+"/meetings", object{"date": "2031-02-01", "number": 2}).Want(201).ID()
		patched(admin, second, second, object{"number": 1}).Problem(409, "duplicate")
		patched(admin, second, second, object{"date": "2032-03-01"}).Want(200)
		third := "/v1/meetings/" + admin.Post(owner+"/meetings", object{"date": "2031-02-01", "number": 2}).Want(201).ID()
		patched(admin, second, second, object{"date": "2031-03-01"}).Problem(409, "duplicate")
		change(admin, "DELETE", third, third, nil).Want(204)
		patched(admin, second, second, object{"date": "2031-03-01"}).Want(200)

		other := s.As(authz.Admin, "")
		status := together(
			func() int { return admin.Post(owner+"/meetings", object{"date": "2031-02-01", "number": 7}).Status },
			func() int { return other.Post(owner+"/meetings", object{"date": "2031-03-01", "number": 7}).Status },
		)
		assert.ElementsMatch(t, []int{201, 409}, status)
	}
	_, err := s.DB.Exec(t.Context(), `insert into meetings (id, version, created_at, updated_at, council_id, year, number, status) values ($1, 1, now(), now(), $2, 2031, 1, 'held')`, store.NewID(), c)
	assert.Equal(t, "meetings_council_number", store.Violated(err))
}

// together runs functions at once.
func together(fns ...func() int) []int {
	out := make([]int, len(fns))
	var ready, done sync.WaitGroup
	ready.Add(len(fns))
	for i, fn := range fns {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			out[i] = fn()
		})
	}
	done.Wait()
	return out
}

// TestMeetingRights: who may write the meetings of whom.
func TestMeetingRights(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	regional, municipal, n := council(s, "Maakunnan", nil), council(s, "Kunnan", "109"), network(s, "Verkosto")
	committee, subnet := store.NewID().String(), store.NewID().String()
	s.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, parent_id, path, sort_name) values ($1, 1, now(), now(), 'committee', '{"fi":"Jaosto"}', '05', $2, '{}', 'j')`, committee, regional)
	s.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, region, parent_id, path, sort_name) values ($1, 1, now(), now(), 'area', 'active', '{"fi":"Ala"}', '05', $2, '{}', 'a')`, subnet, n)
	for name, tt := range map[string]struct {
		client                                       *testkit.Client
		regional, committee, municipal, network, sub int
	}{
		"admin":                 {s.As(authz.Admin, ""), 201, 201, 201, 201, 201},
		"coordinator":           {s.As(authz.Coordinator, "05"), 201, 201, 201, 201, 201},
		"coordinator elsewhere": {s.As(authz.Coordinator, "07"), 403, 403, 403, 403, 403},
		"officer":               {s.As(authz.Officer, "109"), 403, 403, 201, 201, 403},
		"officer elsewhere":     {s.As(authz.Officer, "165"), 403, 403, 403, 403, 403},
		"secretary":             {s.As(authz.Secretary, regional), 201, 201, 403, 403, 403},
		"committee's secretary": {s.As(authz.Secretary, committee), 403, 201, 403, 403, 403},
		"convener":              {s.As(authz.Convener, n), 403, 403, 403, 201, 201},
		"editor":                {s.As(authz.Editor, organisation(s, "Yhdistys", "published")), 403, 403, 403, 403, 403},
		"integration":           {s.As(authz.Integration, "05"), 403, 403, 403, 403, 403},
		"anonymous":             {s.Anonymous(), 401, 401, 401, 401, 401},
	} {
		for owner, want := range map[string]int{"councils/" + regional: tt.regional, "councils/" + committee: tt.committee, "councils/" + municipal: tt.municipal, "networks/" + n: tt.network, "networks/" + subnet: tt.sub} {
			assert.Equal(t, want, tt.client.Post("/v1/"+owner+"/meetings", object{"date": "2031-01-01"}).Status, name+" "+owner)
		}
	}
	m := held(s.As(authz.Admin, ""), regional, "2025-01-15")
	outsider := s.As(authz.Secretary, municipal)
	for _, r := range []struct {
		method, path string
		body         any
	}{
		{"PATCH", m, object{"number": 1}},
		{"DELETE", m, nil},
		{"POST", m + "/transitions", object{"to": "planned", "note": "x"}},
		{"POST", m + "/agenda", object{"title": fi("x")}},
		{"PUT", m + "/agenda/order", object{"ids": []string{}}},
		{"PATCH", m + "/agenda/" + store.NewID().String(), object{"position": 1}},
		{"DELETE", m + "/agenda/" + store.NewID().String(), nil},
		{"POST", m + "/decisions", object{"text": fi("x")}},
		{"PATCH", m + "/decisions/" + store.NewID().String(), object{"number": 1}},
		{"DELETE", m + "/decisions/" + store.NewID().String(), nil},
		{"PUT", m + "/attendance", object{"items": []object{}}},
		{"PUT", m + "/memo", object{"text": fi("x")}},
	} {
		outsider.Do(r.method, r.path, r.body).Problem(403, "forbidden")
	}
	outsider.Do("DELETE", m+"/memo", nil).Problem(404, "not-found")
	outsider.Post(m+"/memo/transitions", object{"to": "published"}).Problem(404, "not-found")
}

func TestMeetingLists(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	a, b, n := council(s, "A", nil), council(s, "B", "165"), network(s, "N")
	below := store.NewID().String()
	s.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, parent_id, path, sort_name) values ($1, 1, now(), now(), 'committee', '{"fi":"Jaosto"}', '05', $2, '{}', 'j')`, below, a)
	admin, anonymous := s.As(authz.Admin, ""), s.Anonymous()
	title := func(owner, date, name string, more object) string {
		body := object{"title": fi(name)}
		if date != "" {
			body["date"] = date
		}
		for k, v := range more {
			body[k] = v
		}
		return admin.Post("/v1/"+owner+"/meetings", body).Want(201).ID()
	}
	title("councils/"+a, "2024-05-01", "a1", object{"status": "held"})
	title("councils/"+a, "2031-05-01", "a2", nil)
	title("councils/"+a, "", "a0", object{"status": "held"})
	title("councils/"+b, "2030-01-01", "b1", nil)
	title("councils/"+below, "2030-06-01", "j1", nil)
	title("networks/"+n, "2029-01-01", "n1", nil)
	names := func(path string) []string {
		out := []string{}
		for _, i := range anonymous.Get(path).Want(200).Items() {
			out = append(out, i["title"].(object)["fi"].(string))
		}
		return out
	}
	for query, want := range map[string][]string{
		"":                                 {"a1", "n1", "b1", "j1", "a2", "a0"},
		"?sort=-date":                      {"a0", "a2", "j1", "b1", "n1", "a1"},
		"?sort=createdAt":                  {"a1", "a2", "a0", "b1", "j1", "n1"},
		"?council=" + a:                    {"a1", "a2", "a0"},
		"?council=" + a + "&council=" + b:  {"a1", "b1", "a2", "a0"},
		"?under=" + a:                      {"a1", "j1", "a2", "a0"},
		"?network=" + n:                    {"n1"},
		"?region=05&status=planned":        {"n1", "b1", "j1", "a2"},
		"?region=07":                       {},
		"?municipality=165":                {"b1"},
		"?municipality=109":                {"n1"},
		"?from=2029-01-01&to=2030-06-01":   {"n1", "b1"},
		"?status=held":                     {"a1", "a0"},
		"?status=held&status=cancelled":    {"a1", "a0"},
		"?from=2030-06-01&status=planned":  {"j1", "a2"},
		"?from=2030-06-01&municipality=02": nil,
	} {
		if want == nil {
			anonymous.Get("/v1/meetings"+query).Problem(400, "validation")
			continue
		}
		assert.Equal(t, want, names("/v1/meetings"+query), query)
	}
	assert.Equal(t, []string{"a1", "a2", "a0"}, names("/v1/councils/"+a+"/meetings"))
	assert.Equal(t, []string{"a2"}, names("/v1/councils/"+a+"/meetings?status=planned&from=2020-01-01&to=2040-01-01&sort=-date"))
	assert.Equal(t, []string{"n1"}, names("/v1/networks/"+n+"/meetings"))
	assert.Equal(t, 3.0, anonymous.Get("/v1/councils/" + a + "/meetings?count=true&limit=1").JSON()["total"])
	assert.Empty(t, names("/v1/councils/"+a+"/meetings?from=2050-01-01"))
	anonymous.Get("/v1/councils/"+store.NewID().String()+"/meetings").Problem(404, "not-found")
	anonymous.Get("/v1/networks/"+store.NewID().String()+"/meetings").Problem(404, "not-found")

	// pages
	var walked []string
	for next := "/v1/meetings?limit=2&sort=-date"; next != ""; {
		p := anonymous.Get(next).Want(200)
		for _, i := range p.Items() {
			walked = append(walked, i["title"].(object)["fi"].(string))
		}
		next, _ = p.JSON()["next"].(string)
	}
	assert.Equal(t, []string{"a0", "a2", "j1", "b1", "n1", "a1"}, walked)
	cursor := anonymous.Get("/v1/councils/" + a + "/meetings?limit=1").JSON()["next"].(string)
	anonymous.Get("/v1/councils/"+b+cursor[len("/v1/councils/"+a):]).Problem(400, "bad-cursor")

	// what changed
	since := anonymous.Get("/v1/meetings?sort=-updatedAt&limit=1").Items()[0]["updatedAt"].(string)
	gone := title("councils/"+a, "2033-05-01", "gone", nil)
	change(admin, "DELETE", "/v1/meetings/"+gone, "/v1/meetings/"+gone, nil).Want(204)
	items := anonymous.Get("/v1/meetings?council=" + b + "&modifiedSince=" + since).Want(200).Items()
	if assert.Len(t, items, 1) {
		assert.Equal(t, gone, items[0]["id"])
		assert.Equal(t, true, items[0]["deleted"])
		assert.NotContains(t, items[0], "title")
	}
	anonymous.Get("/v1/meetings?sort=date&modifiedSince="+since).Problem(400, "validation")

	// statements
	for path, most := range map[string]int64{
		"/v1/meetings?count=true": 2, "/v1/meetings": 1, "/v1/councils/" + a + "/meetings?count=true": 2, "/v1/meetings/" + title("councils/"+a, "2034-05-01", "x", nil) + "?include=agenda,decisions,attendance": 1,
	} {
		r := anonymous.Request("GET", path, nil)
		ctx, n := store.CountStatements(r.Context())
		anonymous.Send(r.WithContext(ctx)).Want(200)
		assert.LessOrEqual(t, n.Load(), most, path)
	}
}

// TestOwnerGone: what a deleted council had is gone with it.
func TestOwnerGone(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	s.Exec("update councils set deleted_at = now(), version = 2 where id = $1", c)
	a := s.Anonymous().Get("/v1/councils/" + c + "/meetings")
	a.Problem(410, "gone")
	assert.Equal(t, 2.0, a.JSON()["version"])
	s.Anonymous().Get("/v1/councils/"+c+"/meetings.ics").Problem(410, "gone")
	s.As(authz.Admin, "").Post("/v1/councils/"+c+"/meetings", object{"date": "2031-01-01"}).Problem(410, "gone")
}
