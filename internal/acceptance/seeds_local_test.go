//go:build acceptance

package acceptance

import (
	"fmt"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/testkit"
)

// group loads the cooperation group of Hämeenlinna, which the other file knows by another name, with its networks.
func (im *importer) group(f *facts) {
	g := f.root["cooperation_group"].(object)
	id := im.ids[g["id"].(string)]
	im.c.Patch("/v1/councils/"+id, object{
		"otherNames": []any{object{"name": fi(g["name_fi"])}},
		"joinRules":  texts(g["join_rules"]),
		"composition": []any{
			object{"text": fi("edustaja kustakin alaverkostosta"), "role": "member", "count": 1, "perNetwork": at(g, "members_rule.one_representative_per_subnetwork")},
			object{"text": fi("kaupungin edustaja"), "role": "member", "count": at(g, "members_rule.city_representatives")},
		},
	}, testkit.IfMatch("*")).Want(200)
	for _, o := range list(g["officers"]) {
		seat := object{"role": map[string]string{"chair": "chair", "secretary": "secretary", "city_representative": "member"}[o["role_en"].(string)], "personId": im.ids[o["person"].(string)], "roleName": object{"fi": o["role"], "en": o["role_en"]}}
		if o["title"] != nil {
			seat["title"] = fi(o["title"])
		}
		if name, ok := o["organisation"].(string); ok {
			kind := map[bool]string{true: "municipality", false: "association"}[o["role_en"] == "city_representative"]
			seat["organisationId"] = im.organisation(name, kind, "109")
			if kind == "municipality" {
				seat["nominatingOrganisationId"] = seat["organisationId"]
			}
		}
		im.ids["seat "+o["person"].(string)] = im.post("/v1/councils/"+id+"/seats", seat)
	}
	for _, n := range list(f.root["subnetworks"]) {
		network := im.post("/v1/networks", object{
			"kind": "thematic", "status": "unknown", "name": fi(n["name_fi"]), "field": n["field_hint"], "municipality": g["municipality_code"], "notes": []any{object{"en": n["formation"]}},
		})
		im.ids[n["id"].(string)] = network
		im.post("/v1/councils/"+id+"/networks", object{"networkId": network, "from": nil})
	}
}

func (im *importer) checkGroup(f *facts) {
	g := f.root["cooperation_group"].(object)
	c := im.get("/v1/councils/" + im.ids[g["id"].(string)])
	const path = "cooperation_group."
	f.is(path+"name_fi", at(c, "otherNames.0.name.fi"))
	f.is(path+"municipality_code", c["municipality"])
	f.is(path+"subregion_code", c["subRegion"])
	f.is(path+"members_rule.one_representative_per_subnetwork", at(c, "composition.0.perNetwork"))
	f.is(path+"members_rule.city_representatives", at(c, "composition.1.count"))
	for i := range g["join_rules"].([]any) {
		f.is(fmt.Sprintf("%sjoin_rules.%d", path, i), at(c, fmt.Sprintf("joinRules.%d.fi", i)))
	}
	for i, o := range list(g["officers"]) {
		p := fmt.Sprintf("%sofficers.%d.", path, i)
		s := im.get("/v1/seats/" + im.ids["seat "+o["person"].(string)])
		f.is(p+"role", at(s, "roleName.fi"))
		f.is(p+"role_en", at(s, "roleName.en"))
		assert.Equal(f.t, im.ids[o["person"].(string)], at(s, "person.id"))
		f.is(p+"person", o["person"])
		if o["title"] != nil {
			f.is(p+"title", at(s, "title.fi"))
		}
		if o["organisation"] != nil {
			f.is(p+"organisation", at(im.get("/v1/organisations/"+s["organisationId"].(string)), "name.fi"))
		}
	}
	for i, n := range list(f.root["subnetworks"]) {
		p := fmt.Sprintf("subnetworks.%d.", i)
		got := im.get("/v1/networks/" + im.ids[n["id"].(string)])
		f.is(p+"name_fi", at(got, "name.fi"))
		f.is(p+"field_hint", got["field"])
		f.is(p+"formation", at(got, "notes.0.en"))
		assert.Equal(f.t, "unknown", got["status"])
	}
	f.is("subnetwork_count", c["networkCount"])
	f.apart("cooperation_group.id", "the file's own keys")
	f.apart("subnetworks.*.id", "the file's own keys")
	f.apart("press_release", "bulletins have a family of their own, later")
}

// officers loads the liaison officers of Keski-Suomi and their network.
func (im *importer) officers(f *facts) {
	n := f.root["network"].(object)
	id := im.ids[n["id"].(string)]
	coverage := f.root["coverage"].(object)
	notes := []any{fi(coverage["text"]), fi(coverage["officers_per_municipality"]), fi(coverage["trend"])}
	im.c.Patch("/v1/networks/"+id, object{"meetingRhythm": object{"timesPerYear": n["meetings_per_year"]}, "notes": append(notes, texts(f.root["typical_units"])...)}, testkit.IfMatch("*")).Want(200)
	im.post("/v1/networks/"+id+"/memberships", object{"organisationId": im.organisation(n["organiser"].(string), "association", "179"), "from": nil, "roles": []any{object{"role": "convener"}}})
	im.ids["brunch"] = im.post("/v1/networks/"+id+"/meetings", object{"status": "held", "title": fi(n["first_meeting_event"])})
	for _, o := range list(f.root["officers"]) {
		post := im.post("/v1/posts", object{"kind": "liaison_officer", "title": fi(o["title"]), "municipality": o["municipality_code"], "networkId": id})
		im.post("/v1/posts/"+post+"/holders", object{"personId": im.ids[o["person"].(string)]})
	}
	for _, o := range list(f.root["support_contacts"]) {
		post := im.post("/v1/posts", object{"kind": "other", "title": fi("tukihenkilö"), "team": fi(o["team"]), "region": f.root["region_code"], "networkId": id})
		im.post("/v1/posts/"+post+"/holders", object{"personId": im.ids[o["person"].(string)]})
	}
}

func (im *importer) checkOfficers(f *facts) {
	n := f.root["network"].(object)
	id := im.ids[n["id"].(string)]
	got := im.get("/v1/networks/" + id)
	f.is("region_code", got["region"])
	f.is("coverage.text", at(got, "notes.0.fi"))
	f.is("coverage.officers_per_municipality", at(got, "notes.1.fi"))
	f.is("coverage.trend", at(got, "notes.2.fi"))
	for i := range f.root["typical_units"].([]any) {
		f.is(fmt.Sprintf("typical_units.%d", i), at(got, fmt.Sprintf("notes.%d.fi", 3+i)))
	}
	f.is("network.meetings_per_year", at(got, "meetingRhythm.timesPerYear"))
	f.is("network.organiser", at(im.get("/v1/organisations/"+got["convener"].(string)), "name.fi"))
	f.is("network.first_meeting_event", at(im.get("/v1/meetings/"+im.ids["brunch"]), "title.fi"))
	f.apart("network.id", "the file's own keys")
	coverage := im.get("/v1/statistics/coverage?region=13&from=2025&to=2025")
	f.is("municipalities_total", at(coverage, "items.0.municipalities"))
	directory := all(im.c, "/v1/posts?kind=liaison_officer&municipality=077")
	require.Len(f.t, directory, 1)
	for i, o := range list(f.root["officers"]) {
		p := fmt.Sprintf("officers.%d.", i)
		f.is(p+"municipality_code", directory[i]["municipality"])
		f.is(p+"title", at(directory[i], "title.fi"))
		assert.Equal(f.t, im.ids[o["person"].(string)], at(directory[i], "holder.person.id"))
		f.is(p+"person", o["person"])
		for _, m := range all(im.c, "/v1/municipalities?region=13") {
			if m["code"] == "077" {
				f.is(p+"municipality", at(m, "name.fi"))
			}
		}
	}
	others := map[any]object{}
	for _, p := range all(im.c, "/v1/posts?kind=other&network="+id) {
		others[at(p, "holder.person.id")] = p
	}
	for i, o := range list(f.root["support_contacts"]) {
		p := fmt.Sprintf("support_contacts.%d.", i)
		f.is(p+"team", at(others[im.ids[o["person"].(string)]], "team.fi"))
		f.is(p+"person", o["person"])
	}
}
