package demo

const (
	editor   = "toimittaja@demo.example"
	official = "yhdyshenkilo@demo.example"
)

// SelfService makes what waits for somebody: a new name, a new association, an invitation. Its requests come after the users.
func SelfService() []Request {
	return []Request{
		{By: editor, Method: "PATCH", Path: "/v1/organisations/{kh-0001}", IfMatch: "*", Body: object{"name": object{"fi": "Hämeen Esimerkkikuoro ry"}}},
		{As: "submitted", By: editor, Method: "POST", Path: "/v1/organisations", Body: object{
			"kind": "association", "name": fi("Hämeen Esimerkkikuoron Nuoret ry"), "municipality": "109", "field": "culture-arts", "description": fi("Lasten ja nuorten kuoro, joka odottaa julkaisua"),
		}},
		{By: editor, Method: "POST", Path: "/v1/organisations/{submitted}/transitions", IfMatch: "*", Body: object{"to": "submitted", "note": "Perustava kokous on pidetty"}},
		{By: official, Method: "POST", Path: "/v1/invitations", Body: object{"email": "kutsuttu@demo.example", "scope": "{kh-0001}", "displayName": "Demo: kutsuttu", "message": "Tervetuloa pitämään yhdistyksesi tietoja yllä"}},
	}
}
