package demo

// Password is the password of every demo user. It is printed at the start: a demo holds nothing to protect.
const Password = "seutu-demo-2026"

// NetworkID is what the demo's convener has rights to, for a network with this id.
const NetworkID = "01930000-0000-7000-8000-0000000000a1"

// Council is a fictional council.
type Council struct {
	Key string
	Row map[string]any // in the shape of CouncilCreate
}

// Councils returns the demo's councils.
func Councils() []Council {
	return []Council{{Key: "neuvottelukunta", Row: map[string]any{
		"kind": "advisory_council", "region": Region,
		"name":    map[string]string{"fi": "Kanta-Hämeen järjestöneuvottelukunta", "en": "Association Council of Kanta-Häme"},
		"started": map[string]string{"precision": "day", "from": "2019-05-13"},
	}}}
}

// User is a fictional user with one grant.
type User struct {
	Email, DisplayName string
	Role               string
	Scope              string // a code or an id; empty for everywhere, and where a key is set
	OrganisationKey    string // the scope is the organisation with this id in System
	CouncilKey         string // the scope is the council with this key
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
		{Email: "sihteeri@demo.example", DisplayName: "Demo: neuvottelukunnan sihteeri", Role: "council_secretary", CouncilKey: "neuvottelukunta"},
		{Email: "koollekutsuja@demo.example", DisplayName: "Demo: verkoston koollekutsuja", Role: "network_convener", Scope: NetworkID},
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
