package demo

import "fmt"

func (s *script) councils() {
	s.post("council", "/v1/councils", object{
		"kind": "advisory_council", "name": object{"fi": "Kanta-Hämeen järjestöneuvottelukunta", "en": "Association Council of Kanta-Häme"}, "region": Region,
		"founded": object{"precision": "season", "from": "2019-03-01", "to": "2019-06-01", "text": "kevät 2019"},
		"started": object{"precision": "day", "from": "2019-05-13"}, "rulesAdopted": object{"precision": "day", "from": "2019-09-16"},
		"tasks":     texts("Järjestötoiminnan näkyvyys", "Osallistumismahdollisuuksien edistäminen", "Lausunnot maakunnan päätöksentekoon", "Edustajien nimeäminen maakunnallisiin rakenteisiin"),
		"workAreas": texts("hyvinvoinnin ja terveyden edistäminen", "osallisuus", "ympäristö", "maankäyttö", "strategiatyö"),
		"composition": []any{
			object{"text": fi("puheenjohtaja"), "role": "chair", "count": 1}, object{"text": fi("jäsen kustakin verkostosta"), "role": "member", "count": 1, "perNetwork": true},
		},
		"hostOrganisations": []any{object{"name": fi("Kanta-Hämeen liitto")}},
	})
	s.post("committee", "/v1/councils", object{"kind": "committee", "parentId": "{council}", "name": fi("Järjestöneuvottelukunnan työvaliokunta")})
	s.post("group", "/v1/councils", object{
		"kind": "cooperation_group", "name": fi("Hämeenlinnan yhteistyöryhmä"), "municipality": "109",
		"joinRules": texts("Yhdistys liittyy olemassa olevaan alaverkostoon", "Teeman yhdistykset voivat perustaa uuden alaverkoston"),
	})
	s.post("forum", "/v1/councils", object{"kind": "external_body", "name": fi("Kanta-Hämeen Turvallisuusfoorumi"), "region": Region, "started": object{"precision": "month", "from": "2019-02-01"}})
	for _, code := range []string{"051", "052", "053"} {
		s.post("joined-"+code, "/v1/councils/{council}/networks", object{"networkId": "{network-" + code + "}", "from": "2019-05-13"})
	}
	for _, t := range themes {
		s.post("joined-"+t.key, "/v1/councils/{group}/networks", object{"networkId": "{network-" + t.key + "}", "from": "2015-06-01"})
	}
	s.post("term", "/v1/councils/{council}/terms", object{"name": fi("Toimikausi 2025–2026"), "from": "2025-01-01", "to": "2027-01-01"})
	s.post("duty", "/v1/councils/{council}/duties", object{
		"kind": "event", "name": fi("Kanta-Hämeen Järjestöfoorumi"), "frequency": "yearly", "audience": fi("kaikille avoin"),
		"fulfilments": []any{object{"year": 2024, "state": "met"}, object{"year": 2025, "state": "met"}, object{"year": 2026, "state": "planned"}},
	})
	s.post("duty-2", "/v1/councils/{council}/duties", object{"kind": "event", "name": fi("Seminaari maakunnan päättäjien kanssa"), "frequency": "yearly", "coincidesWith": "{duty}"})
	s.post("plan", "/v1/councils/{council}/action-plans", object{"year": 2026, "title": fi("Toimintasuunnitelma 2026")})
	for i, item := range []struct{ title, state string }{
		{"Järjestöfoorumi syksyllä", "in_progress"}, {"Lausunto hyvinvointisuunnitelmasta", "done"}, {"Yhdistystreffit kolmella seudulla", "planned"},
	} {
		s.post(fmt.Sprintf("plan-%d", i), "/v1/action-plans/{plan}/items", object{"title": fi(item.title), "state": item.state, "owners": []any{object{"councilId": "{council}"}}})
	}
	s.post("", "/v1/action-plans/{plan}/transitions", object{"to": "approved", "on": "2025-12-09"})
}

func (s *script) seats() {
	seat := func(as, council string, body object) {
		s.post(as, "/v1/councils/{"+council+"}/seats", body)
	}
	seat("chair", "council", object{"role": "chair", "personId": person(0), "organisationId": "{kh-0001}", "nominatingNetworkId": "{network-051}", "termId": "{term}", "from": "2025-01-01", "to": "2027-01-01"})
	seat("vice", "council", object{"role": "vice_chair", "personId": person(1), "nominatingNetworkId": "{network-052}", "termId": "{term}", "from": "2025-01-01", "to": "2027-01-01"})
	seat("old", "council", object{"role": "member", "personId": person(5), "nominatingNetworkId": "{network-053}", "from": "2025-01-01"})
	seat("member", "council", object{"succeeds": "{old}", "personId": person(6), "from": "2026-02-01"})
	seat("town", "council", object{"role": "member", "roleName": fi("kaupungin edustaja"), "personId": person(7), "nominatingOrganisationId": "{town-109}", "from": "2025-01-01"})
	seat("empty", "council", object{"role": "expert", "nominatingOrganisationId": "{town-694}", "from": "2025-01-01"})
	seat("deputy", "council", object{"role": "deputy", "deputyFor": "{chair}", "personId": person(8), "nominatingNetworkId": "{network-051}", "termId": "{term}", "from": "2025-01-01", "to": "2027-01-01"})
	seat("secretary", "council", object{"role": "secretary", "personId": person(2), "title": fi("järjestöyhteistyön koordinaattori"), "email": "neuvottelukunta@demo.example", "from": "2024-08-01"})
	seat("outside", "forum", object{"role": "member", "personId": person(0), "nominatingCouncilId": "{council}", "from": "2025-02-10"})
	for i, t := range themes[:len(themes)-1] { // nobody speaks for the last one yet
		role := "member"
		if i == 0 {
			role = "chair"
		}
		seat("group-"+t.key, "group", object{"role": role, "personId": person(9 + i), "nominatingNetworkId": "{network-" + t.key + "}", "from": "2024-01-01"})
	}
	s.post("call", "/v1/councils/{council}/nomination-calls", object{
		"title": fi("Jäsenet toimikaudelle 2027–2028"), "deadline": "2036-11-30T22:00:00Z", "seats": 6, "roles": []any{"member", "deputy"},
	})
	s.post("nomination", "/v1/councils/{council}/nominations", object{
		"callId": "{call}", "role": "member", "personId": person(3), "nominatingNetworkId": "{network-053}", "from": "2027-01-01", "message": "Verkoston syyskokouksen valinta",
	})
}

func (s *script) meetings() {
	s.post("meeting-1", "/v1/councils/{council}/meetings", object{
		"number": 1, "title": fi("Kevään kokous"), "status": "held", "startsAt": "2026-02-17T15:00:00Z", "endsAt": "2026-02-17T17:00:00Z",
		"place": object{"name": fi("Hämeenlinnan kaupungintalo, kokoushuone"), "municipality": "109"},
	})
	for i, title := range []string{"Kokouksen avaus", "Lausunto hyvinvointisuunnitelmasta", "Järjestöfoorumin valmistelu"} {
		s.post(fmt.Sprintf("agenda-%d", i), "/v1/meetings/{meeting-1}/agenda", object{"number": fmt.Sprint(i + 1), "title": fi(title)})
	}
	s.put("/v1/meetings/{meeting-1}/attendance", "*", object{"items": []any{
		object{"seatId": "{chair}", "presence": "excused"}, object{"seatId": "{deputy}", "presence": "present", "standsInFor": "{chair}"}, object{"seatId": "{vice}", "presence": "present"},
		object{"seatId": "{member}", "presence": "remote"}, object{"seatId": "{town}", "presence": "absent"}, object{"seatId": "{secretary}", "presence": "present"},
	}})
	s.post("decision", "/v1/meetings/{meeting-1}/decisions", object{"agendaItemId": "{agenda-1}", "text": fi("Lausunto hyväksyttiin työvaliokunnan esityksen mukaan.")})
	s.put("/v1/meetings/{meeting-1}/memo", "", object{"text": fi("Kokous avattiin kello 17. Lausunto hyväksyttiin, foorumi pidetään lokakuussa.")})
	s.post("", "/v1/meetings/{meeting-1}/memo/transitions", object{"to": "approved", "on": "2026-03-03"})
	s.post("", "/v1/meetings/{meeting-1}/memo/transitions", object{"to": "published"})
	s.post("meeting-2", "/v1/councils/{council}/meetings", object{"number": 2, "title": fi("Työpaja strategian seurannasta"), "date": "2026-05-19", "status": "planned"})
	s.post("", "/v1/meetings/{meeting-2}/transitions", object{"to": "cancelled", "reason": fi("Ilmoittautuneita oli liian vähän"), "replacedBy": fi("Verkkokysely, 43 vastausta")})
	s.post("meeting-3", "/v1/councils/{council}/meetings", object{
		"number": 3, "title": fi("Talven kokous"), "status": "planned", "startsAt": "2027-01-19T15:00:00Z", "endsAt": "2027-01-19T17:00:00Z", "link": "https://kokous.example.org/neuvottelukunta",
	})
	s.post("meeting-4", "/v1/networks/{network-culture}/meetings", object{"number": 1, "title": fi("Syysbrunssi"), "date": "2026-09-10", "status": "held", "place": object{"name": fi("Kulttuurikeskus"), "municipality": "109"}})
}

func (s *script) posts() {
	for i, m := range towns {
		id := s.post("post-"+m.code, "/v1/posts", object{
			"kind": "liaison_officer", "title": fi("järjestöyhdyshenkilö"), "organisationId": "{town-" + m.code + "}", "municipality": m.code, "branch": m.branch,
			"email": "yhdistykset@" + m.code + ".example", "from": fmt.Sprintf("%d-01-01", m.since),
		})
		s.post("holder-"+m.code, "/v1/posts/"+id+"/holders", object{"personId": person(officer + i), "from": fmt.Sprintf("%d-01-01", m.since)})
	}
	s.post("coordinator", "/v1/posts", object{"kind": "regional_coordinator", "title": fi("aluekoordinaattori"), "region": Region, "councilId": "{council}", "phone": "+358505550199", "email": "aluekoordinaattori@demo.example"})
	s.post("coordinator-1", "/v1/posts/{coordinator}/holders", object{"personId": person(15), "from": "2018-01-01", "to": "2020-01-01"})
	s.post("coordinator-2", "/v1/posts/{coordinator}/holders", object{"personId": person(14), "from": "2020-01-01"})
}
