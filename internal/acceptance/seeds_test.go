//go:build acceptance

package acceptance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// importer loads the source documents through the API, and remembers which id each of their own keys was given.
type importer struct {
	t   *testing.T
	c   *testkit.Client
	ids map[string]string
}

func (im *importer) post(path string, body object) string {
	im.t.Helper()
	return im.c.Post(path, body, testkit.IfMatch("*")).Want(201).ID()
}

func (im *importer) get(path string) object {
	im.t.Helper()
	return im.c.Get(path).Want(200).JSON()
}

// councils and networks of the source, by its own types.
var (
	councilKinds = map[string]string{
		"association_council": "advisory_council", "working_committee": "committee", "external_body": "external_body", "association_forum": "association_forum", "cooperation_group": "cooperation_group",
	}
	networkKinds = map[string]string{"regional_network": "sub_regional", "liaison_network": "liaison"}
)

// TestDocuments loads the facts of the source documents and reads every one of them back.
func TestDocuments(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	im := &importer{t, s.As(authz.Admin, ""), map[string]string{}}
	bodies, group, officers := readFacts(t, "regions_councils.json"), readFacts(t, "networks_hameenlinna.json"), readFacts(t, "liaison_officers.json")
	for _, f := range []*facts{bodies, group, officers} {
		im.people(f)
	}
	im.bodies(bodies)
	im.group(group)
	im.officers(officers)

	im.checkBodies(bodies)
	im.checkGroup(group)
	im.checkOfficers(officers)
	for _, f := range []*facts{bodies, group, officers} {
		im.checkPeople(f)
		f.apart("_meta", "about the file itself")
		if _, ok := f.root["observations"]; ok {
			f.apart("observations", "sentences for whoever builds the model")
		}
		f.done()
	}
}

func (im *importer) people(f *facts) {
	for _, p := range list(f.root["people"]) {
		im.ids[p["id"].(string)] = im.post("/v1/people", object{"name": p["name"], "email": p["email"], "phone": p["phone"], "recordedFor": object{"region": "05"}})
	}
}

func (im *importer) checkPeople(f *facts) {
	for i, p := range list(f.root["people"]) {
		at := fmt.Sprintf("people.%d.", i)
		got := im.get("/v1/people/" + im.ids[p["id"].(string)])
		for _, member := range []string{"name", "email", "phone"} {
			f.is(at+member, got[member])
		}
	}
	f.apart("people.*.id", "the file's own keys")
}

func (im *importer) organisation(name string, kind, municipality string) string {
	if id, ok := im.ids["organisation "+name]; ok {
		return id
	}
	id := im.post("/v1/organisations", object{"kind": kind, "name": fi(name), "municipality": municipality})
	im.ids["organisation "+name] = id
	return id
}

func (im *importer) bodies(f *facts) {
	all := list(f.root["bodies"])
	// what others refer to comes first
	for _, round := range []func(object) bool{
		func(b object) bool { return b["parent"] == nil && b["predecessor"] == nil },
		func(b object) bool { return b["parent"] != nil || b["predecessor"] != nil },
	} {
		for _, b := range all {
			if round(b) {
				im.body(b)
			}
		}
	}
	for _, b := range all {
		im.belongings(b)
	}
}

func (im *importer) body(b object) {
	name := fi(b["name_fi"])
	if b["name_en"] != nil {
		name["en"] = b["name_en"]
	}
	body := object{"name": name, "notes": []any{}}
	if b["note"] != nil {
		body["notes"] = []any{object{"en": b["note"]}}
	}
	if kind, ok := networkKinds[b["type"].(string)]; ok {
		body["kind"], body["status"] = kind, "unknown"
		if body["subRegion"] = b["subregion_code"]; b["subregion_code"] == nil {
			body["region"] = b["region_code"]
		}
		im.ids[b["id"].(string)] = im.post("/v1/networks", body)
		return
	}
	body["kind"] = councilKinds[b["type"].(string)]
	body["region"], body["municipality"] = b["region_code"], b["municipality_code"]
	if b["region_code"] == nil {
		delete(body, "region")
	}
	for member, key := range map[string]string{"founded": "founded", "started": "started", "rulesAdopted": "operating_guidelines_adopted", "preparationStarted": "preparation_started"} {
		body[member] = historic(b[key])
	}
	body["website"], body["tasks"], body["workAreas"] = b["website"], texts(b["tasks"]), texts(b["programme_work_areas"])
	if b["parent"] != nil {
		body["parentId"] = im.ids[b["parent"].(string)]
	}
	if b["predecessor"] != nil {
		body["predecessorId"] = im.ids[b["predecessor"].(string)]
	}
	composition := []any{}
	items, _ := b["composition"].([]any)
	for _, c := range items {
		composition = append(composition, object{"text": fi(c)})
	}
	if b["members"] != nil {
		composition = append(composition, object{"text": fi(b["members"])})
	}
	body["composition"] = composition
	links := []any{}
	documents, _ := b["documents"].([]any)
	for _, d := range documents {
		links = append(links, object{"title": fi(d)})
	}
	body["links"] = links
	if b["page_last_modified"] != nil {
		body["sources"] = []any{object{"title": fi("Verkkosivu"), "asOf": b["page_last_modified"]}}
	}
	hosts := []any{}
	organisations, _ := b["host_organisations"].([]any)
	for _, h := range organisations {
		hosts = append(hosts, object{"name": fi(h)})
	}
	body["hostOrganisations"] = hosts
	abbreviations := []any{}
	short, _ := b["abbreviation"].(object)
	for abbreviation, text := range short {
		abbreviations = append(abbreviations, object{"abbreviation": abbreviation, "text": fi(text)})
	}
	body["abbreviations"] = abbreviations
	im.ids[b["id"].(string)] = im.post("/v1/councils", body)
}

// belongings loads what hangs on a body.
func (im *importer) belongings(b object) {
	id := im.ids[b["id"].(string)]
	at := "/v1/councils/" + id
	networks, _ := b["regional_networks"].([]any)
	for _, n := range networks {
		im.post(at+"/networks", object{"networkId": im.ids[n.(string)], "from": nil})
	}
	bodies, _ := b["nominates_to"].([]any)
	for _, n := range bodies { // who sits there is not told
		im.post("/v1/councils/"+im.ids[n.(string)]+"/seats", object{"role": "member", "vacant": false, "nominatingCouncilId": id})
	}
	for _, s := range list(b["seats"]) {
		if name, ok := s["from_org"].(string); ok {
			organisation := im.organisation(name, "association", "109")
			im.post(at+"/seats", object{"role": "member", "vacant": false, "organisationId": organisation, "nominatingOrganisationId": organisation})
		}
	}
	for _, r := range list(b["reports_yearly"]) {
		im.post(at+"/duties", object{"kind": "report", "name": fi(r["topic"]), "topics": texts(r["items"]), "frequency": "yearly"})
	}
	for _, r := range list(b["recurring_activities"]) {
		duty := object{"kind": "event", "name": fi(r["name_fi"]), "frequency": r["frequency"]}
		if r["audience"] != nil {
			duty["audience"] = fi(r["audience"])
		}
		if r["may_coincide_with"] != nil {
			duty["coincidesWith"] = im.ids[r["may_coincide_with"].(string)]
		}
		im.ids[r["id"].(string)] = im.post(at+"/duties", duty)
	}
	if b["first_meeting"] != nil {
		im.ids[b["id"].(string)+" meeting"] = im.post(at+"/meetings", object{"status": "held", "date": b["first_meeting"]})
	}
	for _, c := range list(b["contact_points"]) {
		kind := map[string]string{"projektipäällikkö": "project_manager", "aluekoordinaattori": "regional_coordinator"}[c["role"].(string)]
		im.post("/v1/posts/"+im.post("/v1/posts", object{"kind": kind, "title": fi(c["role"]), "councilId": id, "region": b["region_code"]})+"/holders", object{"personId": im.ids[c["person"].(string)]})
	}
}

func (im *importer) checkBodies(f *facts) {
	for i, b := range list(f.root["bodies"]) {
		path := fmt.Sprintf("bodies.%d.", i)
		id := im.ids[b["id"].(string)]
		is := func(member string, got any) {
			if _, ok := b[member]; ok {
				f.is(path+member, got)
			}
		}
		if kind, ok := networkKinds[b["type"].(string)]; ok {
			n := im.get("/v1/networks/" + id)
			assert.Equal(f.t, kind, n["kind"])
			f.is(path+"type", b["type"])
			is("name_fi", at(n, "name.fi"))
			is("subregion_code", n["subRegion"])
			is("parent_region", n["region"])
			is("region_code", n["region"])
			is("note", at(n, "notes.0.en"))
			continue
		}
		c := im.get("/v1/councils/" + id)
		assert.Equal(f.t, councilKinds[b["type"].(string)], c["kind"])
		f.is(path+"type", b["type"])
		is("name_fi", at(c, "name.fi"))
		is("name_en", at(c, "name.en"))
		is("region_code", c["region"])
		is("municipality_code", c["municipality"])
		is("operating_guidelines_adopted", at(c, "rulesAdopted.from"))
		if c["website"] != nil {
			assert.Equal(f.t, "https://"+b["website"].(string), c["website"])
			is("website", b["website"])
		}
		for member, key := range map[string]string{"founded": "founded", "started": "started", "preparationStarted": "preparation_started"} {
			switch d := b[key].(type) {
			case string:
				is(key, at(c, member+".from"))
			case object:
				for k := range d {
					got := at(c, member+"."+k)
					if k == "to" {
						got = before(got)
					}
					f.is(path+key+"."+k, got)
				}
			}
		}
		for j, member := range map[string]string{"tasks": "tasks", "programme_work_areas": "workAreas"} {
			items, _ := b[j].([]any)
			for k := range items {
				f.is(fmt.Sprintf("%s%s.%d", path, j, k), at(c, fmt.Sprintf("%s.%d.fi", member, k)))
			}
			assert.Len(f.t, c[member], len(items))
		}
		items, _ := b["composition"].([]any)
		for k := range items {
			f.is(fmt.Sprintf("%scomposition.%d", path, k), at(c, fmt.Sprintf("composition.%d.text.fi", k)))
		}
		is("members", at(c, "composition.0.text.fi"))
		items, _ = b["documents"].([]any)
		for k := range items {
			f.is(fmt.Sprintf("%sdocuments.%d", path, k), at(c, fmt.Sprintf("links.%d.title.fi", k)))
		}
		items, _ = b["host_organisations"].([]any)
		for k := range items {
			f.is(fmt.Sprintf("%shost_organisations.%d", path, k), at(c, fmt.Sprintf("hostOrganisations.%d.name.fi", k)))
		}
		short, _ := b["abbreviation"].(object)
		for abbreviation := range short {
			assert.Equal(f.t, abbreviation, at(c, "abbreviations.0.abbreviation"))
			f.is(path+"abbreviation."+abbreviation, at(c, "abbreviations.0.text.fi"))
		}
		is("page_last_modified", at(c, "sources.0.asOf"))
		im.checkBelongings(f, path, id, b, c)
	}
	f.apart("bodies.*.id", "the file's own keys; every reference to them is looked up")
	f.apart("bodies.*.see", "the name of another file")
	f.apart("programmes", "projects have a family of their own, later")
}

func (im *importer) checkBelongings(f *facts, path, id string, b, c object) {
	key := func(id any) any { // the file's own name for one of our ids
		for k, v := range im.ids {
			if v == id {
				return k
			}
		}
		return nil
	}
	if b["parent"] != nil {
		f.is(path+"parent", key(c["parentId"]))
	}
	if b["predecessor"] != nil {
		f.is(path+"predecessor", key(c["predecessorId"]))
	}
	if b["becomes"] != nil {
		f.is(path+"becomes", key(at(c, "successors.0")))
	}
	items, _ := b["sub_bodies"].([]any)
	for k := range items {
		f.is(fmt.Sprintf("%ssub_bodies.%d", path, k), key(at(c, fmt.Sprintf("committees.%d", k))))
	}
	joined := map[any]bool{}
	for _, n := range all(im.c, "/v1/councils/"+id+"/networks") {
		joined[key(at(n, "network.id"))] = true
	}
	items, _ = b["regional_networks"].([]any)
	for k, n := range items {
		assert.True(f.t, joined[n], "%v has joined", n)
		f.is(fmt.Sprintf("%sregional_networks.%d", path, k), n)
	}
	items, _ = b["nominates_to"].([]any)
	for k, n := range items {
		seats := all(im.c, "/v1/councils/"+im.ids[n.(string)]+"/seats")
		require.NotEmpty(f.t, seats)
		nominated := 0
		for _, s := range seats {
			if s["nominatingCouncilId"] == id && s["person"] == nil && s["vacant"] == false {
				nominated++
			}
		}
		assert.Equal(f.t, 1, nominated)
		f.is(fmt.Sprintf("%snominates_to.%d", path, k), n)
	}
	for k, want := range list(b["seats"]) {
		n := 0.0
		for _, s := range all(im.c, "/v1/councils/"+id+"/seats") {
			if want["nominated_by"] != nil && key(s["nominatingCouncilId"]) == want["nominated_by"] {
				n++
				f.is(fmt.Sprintf("%sseats.%d.nominated_by", path, k), key(s["nominatingCouncilId"]))
			}
			if want["from_org"] != nil && s["organisationId"] != nil {
				n++
				f.is(fmt.Sprintf("%sseats.%d.from_org", path, k), at(im.get("/v1/organisations/"+s["organisationId"].(string)), "name.fi"))
			}
		}
		f.is(fmt.Sprintf("%sseats.%d.count", path, k), n)
	}
	duties := map[string]object{}
	for _, d := range all(im.c, "/v1/councils/"+id+"/duties") {
		duties[at(d, "name.fi").(string)] = d
	}
	for k, r := range list(b["reports_yearly"]) {
		d := duties[r["topic"].(string)]
		require.NotNil(f.t, d)
		assert.Equal(f.t, "yearly", d["frequency"])
		f.is(fmt.Sprintf("%sreports_yearly.%d.topic", path, k), at(d, "name.fi"))
		topics, _ := r["items"].([]any)
		for n := range topics {
			f.is(fmt.Sprintf("%sreports_yearly.%d.items.%d", path, k, n), at(d, fmt.Sprintf("topics.%d.fi", n)))
		}
	}
	for k, r := range list(b["recurring_activities"]) {
		at0 := fmt.Sprintf("%srecurring_activities.%d.", path, k)
		d := duties[r["name_fi"].(string)]
		require.NotNil(f.t, d)
		f.is(at0+"id", key(d["id"]))
		f.is(at0+"name_fi", at(d, "name.fi"))
		f.is(at0+"frequency", d["frequency"])
		if r["audience"] != nil {
			f.is(at0+"audience", at(d, "audience.fi"))
		}
		if r["may_coincide_with"] != nil {
			f.is(at0+"may_coincide_with", key(d["coincidesWith"]))
		}
	}
	if b["first_meeting"] != nil {
		f.is(path+"first_meeting", im.get("/v1/meetings/" + im.ids[b["id"].(string)+" meeting"])["date"])
	}
	for k, want := range list(b["contact_points"]) {
		for _, p := range all(im.c, "/v1/posts?council="+id) {
			if at(p, "title.fi") == want["role"] {
				f.is(fmt.Sprintf("%scontact_points.%d.role", path, k), at(p, "title.fi"))
				f.is(fmt.Sprintf("%scontact_points.%d.person", path, k), key(at(p, "holder.person.id")))
			}
		}
	}
}
