//go:build acceptance

package acceptance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
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
	t                              *testing.T
	c                              *testkit.Client
	councils, meetings, agenda     map[any]string // by the city's own address; agenda items by their path
	consultations                  map[any]object
	items, decisions, papers, told int
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
	k := &city{t: t, c: s.As(authz.Admin, ""), councils: map[any]string{}, meetings: map[any]string{}, agenda: map[any]string{}, consultations: map[any]object{}}
	for _, x := range oparl(t, "consultations.json") {
		k.consultations[x["id"]] = x
	}
	organisations, meetings, papers := oparl(t, "organizations.json"), oparl(t, "meetings_sample_150.json"), oparl(t, "papers_sample_150.json")
	require.Len(t, organisations, 97)
	require.Len(t, meetings, 150)
	for _, o := range organisations {
		k.council(o)
	}
	for _, m := range meetings {
		k.meeting(m)
	}
	assert.Equal(t, 493, k.items)
	assert.Equal(t, 194, k.decisions)
	assert.Len(t, all(s.Anonymous(), "/v1/meetings?limit=200"), 150)
	for _, p := range papers {
		k.paper(p)
	}
	assert.Equal(t, 163, k.papers, "every time a paper was dealt with is an item of an agenda")
	assert.Equal(t, 6, k.told, "the rest was dealt with nowhere")
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

// owner is the council of a body; one that the city's list does not hold is made here.
func (k *city) owner(x object) string {
	body := x["organization"].([]any)[0]
	if k.councils[body] == "" {
		k.councils[body] = k.c.Post("/v1/councils", object{"kind": "working_group", "name": object{"en": body}}).Want(201).ID()
	}
	return k.councils[body]
}

// paper puts a paper onto the agenda of every meeting that dealt with it. Of meetings outside the sample no more than that is known.
func (k *city) paper(p object) {
	dealt := list(p["consultation"])
	if len(dealt) == 0 {
		k.told++
	}
	for _, con := range dealt {
		link := object{"title": object{"en": cut(fmt.Sprintf("%v %v", p["reference"], con["role"]))}, "url": p["id"]}
		if item := k.agenda[con["agendaItem"]]; item != "" {
			old, _ := k.c.Get(item).Want(200).JSON()["links"].([]any)
			got := k.c.Patch(item, object{"links": append(old, link)}, testkit.IfMatch("*")).Want(200).JSON()
			assert.Equal(k.t, p["id"], at(got, fmt.Sprintf("links.%d.url", len(old))))
			k.papers++
			continue
		}
		meeting := k.meetings[con["meeting"]]
		if meeting == "" {
			body := object{"status": "held", "links": []any{object{"title": object{"en": "OParl"}, "url": con["meeting"]}}}
			if con["meeting"] == nil {
				delete(body, "links")
			}
			if day, ok := p["date"].(string); ok {
				body["year"] = year(day)
			}
			meeting = k.c.Post("/v1/councils/"+k.owner(con)+"/meetings", body).Want(201).ID()
			k.meetings[con["meeting"]] = meeting
		}
		got := k.c.Post("/v1/meetings/"+meeting+"/agenda", object{"title": object{"en": p["name"]}, "links": append(links(p, "auxiliaryFile"), link)}, testkit.IfMatch("*")).Want(201).JSON()
		assert.Equal(k.t, tidy(p["name"]), at(got, "title.en"))
		assert.Len(k.t, got["links"], len(list(p["auxiliaryFile"]))+1)
		k.papers++
	}
}

// tidy folds white space, as Seutu does in titles.
func tidy(v any) string { return strings.Join(strings.Fields(fmt.Sprint(v)), " ") }

func year(day string) int {
	t, _ := time.Parse(time.DateOnly, day)
	return t.Year()
}

// meeting loads one meeting with its agenda and results, and reads it back.
func (k *city) meeting(m object) {
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
	id := k.c.Post("/v1/councils/"+k.owner(m)+"/meetings", body).Want(201).ID()
	k.meetings[m["id"]] = id
	agenda := list(m["agendaItem"])
	slices.SortStableFunc(agenda, func(a, b object) int { return cmp.Compare(a["order"].(float64), b["order"].(float64)) })
	results := []any{}
	for _, a := range agenda {
		item := object{"number": a["number"], "title": object{"en": a["name"]}}
		if a["number"] == "" {
			delete(item, "number")
		}
		files := links(a, "auxiliaryFile")
		if con, ok := k.consultations[a["consultation"]]; ok {
			files = append(files, object{"title": object{"en": con["role"]}, "url": con["paper"]})
		}
		item["links"] = files
		itemID := k.c.Post("/v1/meetings/"+id+"/agenda", item, testkit.IfMatch("*")).Want(201).ID()
		k.agenda[a["id"]] = "/v1/meetings/" + id + "/agenda/" + itemID
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
		assert.Equal(k.t, tidy(a["name"]), at(got, fmt.Sprintf("agenda.%d.title.en", i)))
	}
	if assert.Len(k.t, got["decisions"], len(results)) {
		for i, r := range results {
			assert.Equal(k.t, r, at(got, fmt.Sprintf("decisions.%d.text.en", i)))
			assert.EqualValues(k.t, i+1, at(got, fmt.Sprintf("decisions.%d.number", i)))
		}
	}
	k.items, k.decisions = k.items+len(agenda), k.decisions+len(results)
}

// cut keeps a title within what a title may be.
func cut(s string) string {
	if r := []rune(s); len(r) > 300 {
		return string(r[:300])
	}
	return s
}
