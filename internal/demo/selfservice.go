package demo

import "maps"

const (
	editor   = "toimittaja@demo.example"
	official = "yhdyshenkilo@demo.example"
)

// twice are associations of the demo as they were written down a second time. They are drafts, so that the published figures stay.
var twice = []object{
	{"name": fi("Hämeenlinnan Sydän-yhdistys"), "email": "yhdistys-1@example.com"},
	{"name": fi("Hämeenlinnan Riistamihet"), "email": "yhdistys-5@example.net"},
	{"name": fi("Vanajan nuorten teatteripaja")},
}

// SelfService makes what waits for somebody: a new name, a new association, an invitation, associations that are there twice.
// Its requests come after the users.
func SelfService() []Request {
	requests := []Request{
		{By: editor, Method: "PATCH", Path: "/v1/organisations/{kh-0001}", IfMatch: "*", Body: object{"name": object{"fi": "Hämeenlinnan seudun Sydänyhdistys ry"}}},
		{As: "submitted", By: editor, Method: "POST", Path: "/v1/organisations", Body: object{
			"kind": "association", "name": fi("Hämeen Esimerkkikuoron Nuoret ry"), "municipality": "109", "field": "culture-arts", "description": fi("Lasten ja nuorten kuoro, joka odottaa julkaisua"),
		}},
		{By: editor, Method: "POST", Path: "/v1/organisations/{submitted}/transitions", IfMatch: "*", Body: object{"to": "submitted", "note": "Perustava kokous on pidetty"}},
		{By: official, Method: "POST", Path: "/v1/invitations", Body: object{"email": "kutsuttu@demo.example", "scope": "{kh-0001}", "displayName": "Demo: kutsuttu", "message": "Tervetuloa pitämään yhdistyksesi tietoja yllä"}},
	}
	for _, o := range twice {
		body := object{"kind": "association", "status": "draft", "municipality": "109"}
		maps.Copy(body, o)
		requests = append(requests, Request{By: official, Method: "POST", Path: "/v1/organisations", Body: body})
	}
	return requests
}
