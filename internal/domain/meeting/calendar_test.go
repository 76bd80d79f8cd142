package meeting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// events reads a calendar with the library, by summary.
func events(a *testkit.Answer) map[string]*ics.VEvent {
	a.T.Helper()
	a.Want(200)
	cal, err := ics.ParseCalendar(strings.NewReader(string(a.Body)))
	require.NoError(a.T, err)
	out := map[string]*ics.VEvent{}
	for _, e := range cal.Events() {
		out[property(e, ics.ComponentPropertySummary)] = e
	}
	return out
}

func property(e *ics.VEvent, name ics.ComponentProperty) string {
	if p := e.GetProperty(name); p != nil {
		return p.Value
	}
	return ""
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c, n := council(s, "Kanta-Hämeen järjestöneuvottelukunta", nil), network(s, "Kylät, verkosto")
	admin, anonymous := s.As(authz.Admin, ""), s.Anonymous()
	today := clock.Today().Time()
	day := func(days int) string { return today.AddDate(0, 0, days).Format(time.DateOnly) }
	start := today.AddDate(0, 0, 20).Add(15 * time.Hour)
	create := func(owner string, body object) string {
		return "/v1/meetings/" + admin.Post("/v1/"+owner+"/meetings", body).Want(201).ID()
	}
	timed := create("councils/"+c, object{
		"startsAt": start, "endsAt": start.Add(90 * time.Minute), "title": object{"fi": "Syyskokous; tärkeä", "sv": "Höstmöte"}, "link": "https://example.org/etana",
		"place": object{"name": fi("Raatihuone"), "street": "Raatihuoneenkatu 1", "postalCode": "13100", "postOffice": "HÄMEENLINNA"},
	})
	numbered := create("councils/"+c, object{"date": day(-100), "number": 2, "status": "held"})
	cancelled := create("networks/"+n, object{"date": day(5), "title": fi("Peruttu")})
	change(admin, "POST", cancelled+"/transitions", cancelled, object{
		"to": "cancelled", "reason": object{"fi": "Myrsky; pahin", "sv": "Storm"}, "replacedBy": fi("Kysely"), "replacedByMeetingId": strings.TrimPrefix(numbered, "/v1/meetings/"),
	}).Want(200)
	create("councils/"+c, object{"date": day(-400), "status": "held", "title": fi("Vanha")})
	create("councils/"+c, object{"status": "held", "title": fi("Päivätön")})
	deleted := create("councils/"+c, object{"date": day(3), "title": fi("Poistettu")})
	change(admin, "DELETE", deleted, deleted, nil).Want(204)

	a := anonymous.Get("/v1/meetings.ics", testkit.Header{Name: "Accept", Value: "text/calendar"})
	assert.Equal(t, "text/calendar; charset=utf-8", a.Header.Get("Content-Type"))
	assert.Contains(t, strings.Join(a.Header.Values("Vary"), ", "), "Accept-Language")
	assert.Contains(t, a.Header.Get("Cache-Control"), "public")
	assert.NotContains(t, strings.ReplaceAll(string(a.Body), "\r\n", ""), "\n", "the newlines of Windows, as RFC 5545 wants")
	assert.Contains(t, string(a.Body), "PRODID:-//Seutu//Meetings//FI\r\n")
	assert.Contains(t, string(a.Body), "X-WR-CALNAME:Kokoukset\r\n")
	for _, line := range strings.Split(string(a.Body), "\r\n") {
		assert.LessOrEqual(t, len(line), 75)
	}
	all := events(a)
	year := today.AddDate(0, 0, -100).Format("2006")
	require.Len(t, all, 3)
	e := all["Kanta-Hämeen järjestöneuvottelukunta: Syyskokous; tärkeä"]
	require.NotNil(t, e)
	assert.Equal(t, strings.TrimPrefix(timed, "/v1/meetings/")+"@seutu", e.Id())
	got, err := e.GetStartAt()
	require.NoError(t, err)
	assert.True(t, got.Equal(start))
	got, err = e.GetEndAt()
	require.NoError(t, err)
	assert.True(t, got.Equal(start.Add(90*time.Minute)))
	assert.Equal(t, "Raatihuone, Raatihuoneenkatu 1, 13100 HÄMEENLINNA", property(e, ics.ComponentPropertyLocation))
	assert.Equal(t, "https://example.org/etana", property(e, ics.ComponentPropertyUrl))
	assert.Empty(t, property(e, ics.ComponentPropertyDescription))
	assert.Equal(t, "CONFIRMED", property(e, ics.ComponentPropertyStatus))
	assert.Equal(t, "1", property(e, ics.ComponentPropertySequence))
	assert.NotEmpty(t, property(e, ics.ComponentPropertyDtstamp))
	assert.NotEmpty(t, property(e, ics.ComponentPropertyLastModified))
	e = all["Kanta-Hämeen järjestöneuvottelukunta 2/"+year]
	require.NotNil(t, e)
	assert.Equal(t, strings.ReplaceAll(day(-100), "-", ""), property(e, ics.ComponentPropertyDtStart))
	assert.Equal(t, strings.ReplaceAll(day(-99), "-", ""), property(e, ics.ComponentPropertyDtEnd))
	assert.Equal(t, []string{"DATE"}, e.GetProperty(ics.ComponentPropertyDtStart).ICalParameters["VALUE"])
	e = all["Kylät, verkosto: Peruttu"]
	require.NotNil(t, e)
	assert.Equal(t, "CANCELLED", property(e, ics.ComponentPropertyStatus))
	assert.Equal(t, "2", property(e, ics.ComponentPropertySequence))
	held := today.AddDate(0, 0, -100)
	assert.Equal(t, "Myrsky; pahin\nTilalla: Kysely\nTilalla: Kanta-Hämeen järjestöneuvottelukunta 2/"+year+", "+held.Format("2.1.2006"), property(e, ics.ComponentPropertyDescription))
	english := events(anonymous.Get("/v1/networks/"+n+"/meetings.ics", testkit.Header{Name: "Accept-Language", Value: "en"}))["Peruttu"]
	require.NotNil(t, english)
	assert.Contains(t, property(english, ics.ComponentPropertyDescription), "Instead: Kysely\nInstead: Kanta-Hämeen järjestöneuvottelukunta 2/"+year+", "+held.Format("2 January 2006"))

	// of one owner, in a language
	swedish := testkit.Header{Name: "Accept-Language", Value: "sv-FI, fi;q=0.5"}
	a = anonymous.Get("/v1/councils/"+c+"/meetings.ics", swedish, testkit.Header{Name: "Accept", Value: "*/*"})
	assert.Contains(t, events(a), "Höstmöte")
	assert.Len(t, events(a), 2)
	assert.Contains(t, string(a.Body), "X-WR-CALNAME:Kanta-Hämeen järjestöneuvottelukunta\r\n")
	assert.Contains(t, events(anonymous.Get("/v1/councils/"+c+"/meetings.ics", testkit.Header{Name: "Accept-Language", Value: "en"})), "Syyskokous; tärkeä")
	assert.Contains(t, string(anonymous.Get("/v1/meetings.ics", swedish).Body), "X-WR-CALNAME:Möten\r\n")
	assert.Contains(t, string(anonymous.Get("/v1/meetings.ics", testkit.Header{Name: "Accept-Language", Value: "de;q=x"}).Body), "X-WR-CALNAME:Kokoukset\r\n")
	assert.Contains(t, string(anonymous.Get("/v1/networks/"+n+"/meetings.ics").Want(200).Body), `X-WR-CALNAME:Kylät\, verkosto`)
	anonymous.Get("/v1/networks/"+store.NewID().String()+"/meetings.ics").Problem(404, "not-found")
	anonymous.Get("/v1/councils/"+store.NewID().String()+"/meetings.ics").Problem(404, "not-found")
	anonymous.Get("/v1/meetings.ics", testkit.Header{Name: "Accept", Value: "application/json"}).Problem(406, "not-acceptable")

	for query, want := range map[string]int{"region=05": 3, "region=07": 0, "municipality=109": 1, "council=" + c: 2, "network=" + n: 1, "council=" + c + "&network=" + n: 0} {
		assert.Len(t, events(anonymous.Get("/v1/meetings.ics?"+query)), want, query)
	}

	// the tag
	tag := anonymous.Get("/v1/meetings.ics").ETag()
	anonymous.Get("/v1/meetings.ics", testkit.Header{Name: "If-None-Match", Value: tag}).Want(304)
	assert.Contains(t, strings.Join(anonymous.Get("/v1/meetings.ics", testkit.Header{Name: "If-None-Match", Value: tag}).Header.Values("Vary"), ", "), "Accept-Language")
	patched(admin, numbered, numbered, object{"number": 3}).Want(200)
	assert.NotEqual(t, tag, anonymous.Get("/v1/meetings.ics").ETag())
}

// TestCalendarOfMany: of more meetings than a calendar holds the oldest are left out, not those to come.
func TestCalendarOfMany(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	s.Exec(`insert into meetings (id, version, created_at, updated_at, council_id, status, date, title)
		select gen_random_uuid(), 1, now(), now(), $1, 'planned', current_date - 300 + i / 10, jsonb_build_object('fi', 'K' || i) from generate_series(0, 2099) i`, c)
	s.Exec(`insert into meetings (id, version, created_at, updated_at, council_id, status, date, title)
		values (gen_random_uuid(), 1, now(), now(), $1, 'planned', current_date + 30, '{"fi": "Tuleva"}')`, c)
	cal, err := ics.ParseCalendar(strings.NewReader(string(s.Anonymous().Get("/v1/councils/" + c + "/meetings.ics").Want(200).Body)))
	require.NoError(t, err)
	all := cal.Events()
	require.Len(t, all, 2000)
	assert.Equal(t, "Tuleva", property(all[1999], ics.ComponentPropertySummary))
	days := make([]string, len(all))
	for i, e := range all {
		days[i] = property(e, ics.ComponentPropertyDtStart)
	}
	assert.True(t, slices.IsSorted(days), "the oldest first")
}
