package demo

// The published figures (register of associations, 2020) and what divides them further.

type municipality struct {
	code       string
	population int    // of 2020, about
	locative   string // "in the municipality"
	swedish    string // its Swedish name
}

type subRegion struct {
	code           string
	count          int
	municipalities []municipality
}

var subRegions = []subRegion{
	{"051", 1744, []municipality{
		{"109", 67_900, "Hämeenlinnassa", "Tavastehus"},
		{"165", 16_200, "Janakkalassa", "Janakkala"},
		{"082", 9_400, "Hattulassa", "Hattula"},
	}},
	{"052", 789, []municipality{
		{"694", 28_700, "Riihimäellä", "Riihimäki"},
		{"086", 8_400, "Hausjärvellä", "Hausjärvi"},
		{"433", 7_800, "Lopella", "Loppi"},
	}},
	{"053", 720, []municipality{
		{"061", 16_900, "Forssassa", "Forssa"},
		{"834", 5_900, "Tammelassa", "Tammela"},
		{"169", 5_100, "Jokioisissa", "Jockis"},
		{"103", 2_200, "Humppilassa", "Humppila"},
		{"981", 2_300, "Ypäjällä", "Ypäjä"},
	}},
}

// sections are the published fields, and after them what the associations without a
// published field do: print lost their field, 1,222 in all, so they carry none here.
var sections = []struct {
	name       string
	count      int
	classified bool
}{
	{"trade-unions", 318, true},
	{"nature-environment-animals", 309, true},
	{"social-health", 280, true},
	{"politics-society-rights", 204, true},
	{"village-local-heritage", 204, true},
	{"safety-rescue-defence", 158, true},
	{"international-charity", 96, true},
	{"business-employment", 75, true},
	{"religion-worldview", 62, true},
	{"other", 325, true},
	{"sports", 500, false},
	{"culture", 330, false},
	{"leisure", 212, false},
	{"youth", 180, false},
}

func classified(section string) bool {
	for _, s := range sections {
		if s.name == section {
			return s.classified
		}
	}
	return false
}

// neighbourhood returns a municipality, and with it those of its sub-region.
func neighbourhood(code string) (municipality, []municipality) {
	for _, sub := range subRegions {
		for _, m := range sub.municipalities {
			if m.code == code {
				return m, sub.municipalities
			}
		}
	}
	return municipality{}, nil
}
