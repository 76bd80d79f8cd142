package demo

import "fmt"

// Request is an operation of the API that makes a part of the demo. In its path and body, a text "{name}" stands for the id
// that an earlier request As that name was given, or that the association with that key has. By is the user who sends it; the
// program itself if empty.
type Request struct {
	As, By, Method, Path, IfMatch string
	Body                          map[string]any
}

type object = map[string]any

// script collects requests.
type script struct{ requests []Request }

func (s *script) post(as, path string, body object) string {
	s.requests = append(s.requests, Request{As: as, Method: "POST", Path: path, IfMatch: "*", Body: body})
	return "{" + as + "}"
}

func (s *script) put(path, ifMatch string, body object) {
	s.requests = append(s.requests, Request{Method: "PUT", Path: path, IfMatch: ifMatch, Body: body})
}

func fi(text string) object { return object{"fi": text} }

func texts(all ...string) []any {
	out := make([]any, len(all))
	for i, t := range all {
		out[i] = fi(t)
	}
	return out
}

// Cooperation makes what the associations of the demo do together: networks with members, councils with seats, meetings,
// plans, posts. The bodies of the region and their dates are those of Kanta-Häme's documents where these tell them; every
// person is made up, and so is who sits where.
func Cooperation(associations []Association) []Request {
	s := &script{}
	s.municipalities()
	s.people()
	s.networks(associations)
	s.councils()
	s.seats()
	s.meetings()
	s.posts()
	return s.requests
}

// municipalities makes the municipalities as organisations: they nominate, host and employ.
func (s *script) municipalities() {
	for _, m := range towns {
		s.post("town-"+m.code, "/v1/organisations", object{"kind": "municipality", "name": fi(m.official), "municipality": m.code})
	}
}

// towns are the municipalities of Kanta-Häme, with the year since which each has a liaison officer.
var towns = []struct {
	code, official, branch string
	since                  int
}{
	{"061", "Forssan kaupunki", "leisure", 2018}, {"082", "Hattulan kunta", "education", 2021}, {"086", "Hausjärven kunta", "leisure", 2022},
	{"103", "Humppilan kunta", "central_administration", 2023}, {"109", "Hämeenlinnan kaupunki", "central_administration", 2016}, {"165", "Janakkalan kunta", "education", 2019},
	{"169", "Jokioisten kunta", "leisure", 2022}, {"433", "Lopen kunta", "education", 2023}, {"694", "Riihimäen kaupunki", "wellbeing", 2019}, {"834", "Tammelan kunta", "leisure", 2024},
}

// persons are made up; those who consent show their names to everyone.
var persons = []struct {
	name     string
	consents []any
}{
	{"Aino Esimerkki", []any{"name", "email"}}, {"Eero Mallikas", []any{"name"}}, {"Helmi Koekäyttäjä", []any{"name", "email", "phone"}}, {"Ilmari Kokeilija", []any{"name"}},
	{"Kerttu Näyte", []any{"name"}}, {"Lauri Harjoittelija", nil}, {"Maija Malliksi", []any{"name"}}, {"Niilo Esittelijä", []any{"name"}}, {"Oili Varalla", []any{"name"}},
	{"Pentti Sijainen", nil}, {"Raija Kuvitteellinen", []any{"name"}}, {"Seppo Keksitty", []any{"name", "phone"}}, {"Tuula Tarina", []any{"name"}}, {"Urho Oletettu", []any{"name"}},
	{"Veera Vuorottelija", []any{"name"}}, {"Ylermi Edeltäjä", []any{"name"}},
}

// officer is the first of the persons who hold the posts of liaison officers.
const officer = 4

func person(n int) string { return fmt.Sprintf("{person-%d}", n) }

func (s *script) people() {
	for i, p := range persons {
		body := object{
			"name": p.name, "email": fmt.Sprintf("henkilo%d@demo.example", i), "phone": fmt.Sprintf("+3585055501%02d", i), "recordedFor": object{"region": Region},
		}
		if p.consents != nil {
			body["consents"] = []any{object{"fields": p.consents, "given": true, "ground": "Kysytty keväällä 2025", "givenOn": "2025-04-10"}}
		}
		s.post(fmt.Sprintf("person-%d", i), "/v1/people", body)
	}
}
