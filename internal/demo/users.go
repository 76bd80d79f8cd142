package demo

// Password is the password of every demo user. It is printed at the start: a demo holds nothing to protect.
const Password = "seutu-demo-2026"

// CouncilID is what the demo's secretary has rights to, for a council with this id.
const CouncilID = "01930000-0000-7000-8000-0000000000c1"

// Network is a fictional network, founded by an association of the demo.
type Network struct {
	Key, FounderKey string
	Row             map[string]any // in the shape of NetworkCreate
}

// Networks returns the demo's networks.
func Networks() []Network {
	return []Network{{Key: "kulttuuri", FounderKey: "kh-0001", Row: map[string]any{
		"kind": "thematic", "field": "culture-arts", "subRegion": "051",
		"name":    map[string]string{"fi": "Hämeenlinnan seudun kulttuuriverkosto", "sv": "Tavastehusnejdens kulturnätverk", "en": "Culture network of the Hämeenlinna sub-region"},
		"purpose": map[string]string{"fi": "Kulttuuriyhdistysten yhteiset tilat, tapahtumat ja tiedotus."},
	}}}
}

// User is a fictional user with one grant.
type User struct {
	Email, DisplayName string
	Role               string
	Scope              string // a code or an id; empty for everywhere, and where a key is set
	OrganisationKey    string // the scope is the organisation with this id in System
	NetworkKey         string // the scope is the network with this key
}

// ServiceAccount is a fictional municipal system with one grant.
type ServiceAccount struct {
	Name, Role, Scope    string
	Permissions, Systems []string
}

// Users returns a user for each role that people have.
func Users() []User {
	return []User{
		{Email: "admin@demo.example", DisplayName: "Demo: ylläpitäjä", Role: "admin"},
		{Email: "koordinaattori@demo.example", DisplayName: "Demo: aluekoordinaattori", Role: "regional_coordinator", Scope: Region},
		{Email: "yhdyshenkilo@demo.example", DisplayName: "Demo: järjestöyhdyshenkilö", Role: "municipal_officer", Scope: "109"},
		{Email: "sihteeri@demo.example", DisplayName: "Demo: neuvottelukunnan sihteeri", Role: "council_secretary", Scope: CouncilID},
		{Email: "koollekutsuja@demo.example", DisplayName: "Demo: verkoston koollekutsuja", Role: "network_convener", NetworkKey: "kulttuuri"},
		{Email: "toimittaja@demo.example", DisplayName: "Demo: yhdistyksen toimittaja", Role: "organisation_editor", OrganisationKey: "kh-0001"},
	}
}

// ServiceAccounts returns the systems that keep their data in step with the demo.
func ServiceAccounts() []ServiceAccount {
	return []ServiceAccount{{
		Name: "Hämeenlinnan asiakasjärjestelmä", Role: "integration", Scope: "109",
		Permissions: []string{"organisation.read-unpublished", "organisation.write", "organisation.sync"},
		Systems:     []string{"hameenlinna-crm"},
	}}
}
