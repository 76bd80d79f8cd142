//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

func oparl(t *testing.T, name string) []object {
	t.Helper()
	raw, err := os.ReadFile(file(t, "de_oparl_karlsruhe/"+name))
	require.NoError(t, err)
	var out []object
	require.NoError(t, json.Unmarshal(raw, &out))
	return out
}

// city is the council data of a real city on its way into Seutu.
type city struct {
	t                     *testing.T
	c                     *testkit.Client
	councils              map[any]string // by the city's own address
	consultations, papers map[any]object
}

// link is a file of the city, or what it has of one.
func link(f object) object {
	return object{"title": object{"en": f["name"]}, "url": f["accessUrl"], "mediaType": f["mimeType"]}
}

func links(x object, members ...string) []any {
	out := []any{}
	for _, m := range members {
		switch v := x[m].(type) {
		case object:
			out = append(out, link(v))
		case []any:
			for _, f := range list(v) {
				out = append(out, link(f))
			}
		}
	}
	return out
}

// TestCity maps the bodies, meetings and papers of the city of Karlsruhe onto councils, meetings, agendas and decisions: the
// model holds the council data of a real city. The language maps have no German; its texts stand under en.
func TestCity(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	k := &city{t, s.As(authz.Admin, ""), map[any]string{}, map[any]object{}, map[any]object{}}
	for _, x := range oparl(t, "consultations.json") {
		k.consultations[x["id"]] = x
	}
	for _, x := range oparl(t, "papers_sample_150.json") {
		k.papers[x["id"]] = x
	}
	organisations, meetings := oparl(t, "organizations.json"), oparl(t, "meetings_sample_150.json")
	require.Len(t, organisations, 97)
	require.Len(t, meetings, 150)
	for _, o := range organisations {
		k.council(o)
	}
	items, decisions, papers := 0, 0, 0
	for _, m := range meetings {
		i, d, p := k.meeting(m)
		items, decisions, papers = items+i, decisions+d, papers+p
	}
	assert.Equal(t, 493, items)
	assert.Equal(t, 194, decisions)
	assert.Greater(t, papers, 90)
	assert.Len(t, all(s.Anonymous(), "/v1/meetings?limit=200"), 150)

	var held, planned int
	for _, m := range all(s.Anonymous(), "/v1/meetings?limit=200&sort=-date") {
		if m["status"] == "held" {
			held++
		} else {
			planned++
		}
	}
	assert.Equal(t, 150, held+planned)
	calendar := s.Anonymous().Get("/v1/councils/" + k.councils[meetings[0]["organization"].([]any)[0]] + "/meetings.ics").Want(200)
	assert.Contains(t, string(calendar.Body), "BEGIN:VCALENDAR")
}

func (k *city) council(o object) {
	body := object{
		"kind": map[bool]string{true: "advisory_council", false: "working_group"}[o["classification"] != nil], "name": object{"en": o["name"]},
		"sources": []any{object{"title": object{"en": "OParl"}, "url": o["id"], "asOf": o["modified"].(string)[:10]}},
		"started": historic(o["startDate"]), "ended": historic(o["endDate"]),
	}
	if o["shortName"] != "" {
		body["otherNames"] = []any{object{"name": object{"en": o["shortName"]}}}
	}
	if o["classification"] != nil {
		body["notes"] = []any{object{"en": o["classification"]}}
	}
	id := k.c.Post("/v1/councils", body).Want(201).ID()
	k.councils[o["id"]] = id
	got := k.c.Get("/v1/councils/" + id).Want(200).JSON()
	assert.Equal(k.t, o["name"], at(got, "name.en"))
	if o["shortName"] != "" {
		assert.Equal(k.t, o["shortName"], at(got, "otherNames.0.name.en"))
	}
	assert.Equal(k.t, o["id"], at(got, "sources.0.url"))
	assert.Equal(k.t, o["startDate"], at(got, "started.from"))
	assert.Equal(k.t, o["endDate"], at(got, "ended.from"))
	if o["classification"] != nil {
		assert.Equal(k.t, o["classification"], at(got, "notes.0.en"))
	}
}

// meeting loads one meeting and reads it back; it tells how many agenda items, decisions and known papers it has.
func (k *city) meeting(m object) (items, decisions, papers int) {
	owner := m["organization"].([]any)[0]
	if k.councils[owner] == "" { // a body that the city's list does not hold
		k.councils[owner] = k.c.Post("/v1/councils", object{"kind": "working_group", "name": object{"en": m["name"]}}).Want(201).ID()
	}
	start, err := time.Parse(time.RFC3339, m["start"].(string))
	require.NoError(k.t, err)
	end, err := time.Parse(time.RFC3339, m["end"].(string))
	require.NoError(k.t, err)
	body := object{
		"status": map[bool]string{true: "held", false: "planned"}[start.Before(time.Now())], "title": object{"en": m["name"]}, "startsAt": m["start"], "timeZone": "Europe/Berlin",
		"links": links(m, "invitation", "resultsProtocol", "verbatimProtocol", "auxiliaryFile"),
	}
	if end.After(start) { // half of them end before they start: the end is not known
		body["endsAt"] = m["end"]
	}
	place := ""
	if l, ok := m["location"].(object); ok {
		for _, part := range []string{"description", "room", "streetAddress"} {
			if text, _ := l[part].(string); strings.TrimSpace(text) != "" && place == "" {
				place = strings.TrimSpace(text)
			}
		}
	}
	if place != "" {
		body["place"] = object{"name": object{"en": place}}
	}
	id := k.c.Post("/v1/councils/"+k.councils[owner]+"/meetings", body).Want(201).ID()
	agenda := list(m["agendaItem"])
	results := []any{}
	for _, a := range agenda {
		item := object{"number": a["number"], "position": a["order"], "title": object{"en": a["name"]}}
		if a["number"] == "" {
			delete(item, "number")
		}
		files := links(a, "auxiliaryFile")
		if con, ok := k.consultations[a["consultation"]]; ok {
			title := fmt.Sprint(con["role"])
			if p, ok := k.papers[con["paper"]]; ok {
				title = fmt.Sprintf("%v %v", p["reference"], p["name"])
				papers++
			}
			files = append(files, object{"title": object{"en": cut(title)}, "url": con["paper"]})
		}
		item["links"] = files
		itemID := k.c.Post("/v1/meetings/"+id+"/agenda", item, testkit.IfMatch("*")).Want(201).ID()
		if a["result"] != nil {
			k.c.Post("/v1/meetings/"+id+"/decisions", object{"agendaItemId": itemID, "text": object{"en": a["result"]}}, testkit.IfMatch("*")).Want(201)
			results = append(results, a["result"])
		}
	}
	got := k.c.Get("/v1/meetings/" + id + "?include=agenda,decisions").Want(200).JSON()
	began, err := time.Parse(time.RFC3339, got["startsAt"].(string))
	require.NoError(k.t, err)
	assert.True(k.t, began.Equal(start))
	assert.Equal(k.t, m["start"].(string)[:10], got["date"], "the day where the meeting is")
	assert.Equal(k.t, m["name"], at(got, "title.en"))
	assert.Len(k.t, got["agenda"], len(agenda))
	for i, a := range agenda {
		assert.Equal(k.t, strings.Join(strings.Fields(a["name"].(string)), " "), strings.Join(strings.Fields(at(got, fmt.Sprintf("agenda.%d.title.en", i)).(string)), " "))
	}
	if assert.Len(k.t, got["decisions"], len(results)) {
		for i, r := range results {
			assert.Equal(k.t, r, at(got, fmt.Sprintf("decisions.%d.text.en", i)))
			assert.EqualValues(k.t, i+1, at(got, fmt.Sprintf("decisions.%d.number", i)))
		}
	}
	return len(agenda), len(results), papers
}

// cut keeps a title within what a title may be.
func cut(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:300])
	}
	return s
}
