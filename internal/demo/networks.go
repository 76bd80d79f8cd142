package demo

import (
	"fmt"
	"strings"
)

// themes are the networks of Hämeenlinna, with the field of activity from which each takes its members; where the
// associations carry none, a word of their names tells them.
var themes = []theme{
	{"culture", "Kulttuuri- ja taidealan yhdistykset", "culture-arts", "kuoro", "Yhteiset esiintymiset ja tilat"},
	{"nature", "Ympäristö- ja luonnonsuojeluyhdistysten yhteistyöfoorumi", "nature-environment-animals", "", "Lähiluonnon hoito ja luontoretket"},
	{"village", "Kylä-, kotiseutu- ja asukasyhdistykset", "village-local-heritage", "", "Kylien palvelut ja kotiseututyö"},
	{"sports", "Liikuntaseurat", "sports-exercise", "urhei", "Liikuntapaikkojen vuorot ja matalan kynnyksen liikunta"},
	{"health", "Päihdejärjestöjen verkosto", "social-health", "", "Ehkäisevä päihdetyö ja vertaistuki"},
}

type theme struct{ key, name, field, word, purpose string }

func (t theme) takes(a Association) bool {
	if t.word == "" {
		return a.Row["field"] == t.field
	}
	name, _ := a.Row["name"].(map[string]string)
	return strings.Contains(strings.ToLower(name["fi"]), t.word)
}

const networkMembers = 12 // of each theme, at most

func (s *script) networks(associations []Association) {
	for _, sub := range [][2]string{{"051", "Hämeenlinnan"}, {"052", "Riihimäen"}, {"053", "Forssan"}} {
		s.post("network-"+sub[0], "/v1/networks", object{
			"kind": "sub_regional", "name": fi(sub[1] + " seudun yhteistyöverkosto"), "subRegion": sub[0], "purpose": fi("Seudun yhdistysten, seurakuntien ja kuntien yhteistyö"), "meetingRhythm": object{"timesPerYear": 4},
		})
	}
	for _, t := range themes {
		id := s.post("network-"+t.key, "/v1/networks", object{
			"kind": "thematic", "name": fi(t.name), "municipality": "109", "field": t.field, "purpose": fi(t.purpose), "parentId": "{network-051}",
			"founded":       object{"precision": "month", "from": "2015-05-01"},
			"meetingRhythm": object{"timesPerYear": 2, "text": "keväällä ja syksyllä"},
		})
		n := 0
		for _, a := range associations {
			if a.Row["municipality"] != "109" || n == networkMembers || !t.takes(a) {
				continue
			}
			body := object{"organisationId": "{" + a.ID + "}", "from": fmt.Sprintf("%d-09-01", 2015+n%8)}
			switch n {
			case 0:
				body["roles"] = []any{object{"role": "convener"}}
			case 1:
				body["roles"] = []any{object{"role": "secretary", "from": "2024-01-01"}}
			case networkMembers - 1: // it has gone
				body["to"] = "2024-06-01"
			}
			s.post(fmt.Sprintf("member-%s-%d", t.key, n), "/v1/networks/"+id+"/memberships", body)
			n++
		}
	}
	s.post("network-founding", "/v1/networks", object{"kind": "peer", "status": "forming", "name": fi("Omaishoitajien vertaisverkosto"), "municipality": "109", "founderId": "{kh-0001}"})
}
