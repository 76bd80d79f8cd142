package demo

// Password is the password of every demo user. It is printed at the start: a demo holds nothing to protect.
const Password = "seutu-demo-2026"

// User is a fictional user with one grant.
type User struct {
	Email, DisplayName string
	Role               string
	Scope              string // a code; empty for everywhere, and where Of is set
	Of                 string // the scope is what has this name in the demo: an association's key, or a Request's As
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
		{Email: "sihteeri@demo.example", DisplayName: "Demo: neuvottelukunnan sihteeri", Role: "council_secretary", Of: "council"},
		{Email: "koollekutsuja@demo.example", DisplayName: "Demo: verkoston koollekutsuja", Role: "network_convener", Of: "network-culture"},
		{Email: "toimittaja@demo.example", DisplayName: "Demo: yhdistyksen toimittaja", Role: "organisation_editor", Of: "kh-0001"},
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
