package geography

// Names maps a language ("fi", "sv", "en") to a name in it.
type Names = map[string]string

// Language statuses of a municipality (Language Act 423/2003, section 5).
const (
	LanguageFinnish         = "finnish"
	LanguageFinnishMajority = "finnish_majority" // bilingual
	LanguageSwedish         = "swedish"
	LanguageSwedishMajority = "swedish_majority" // bilingual
)

// Classes of Statistics Finland's statistical grouping of municipalities.
const (
	UrbanRuralUrban     = "urban"
	UrbanRuralSemiUrban = "semi_urban"
	UrbanRuralRural     = "rural"
)

// Region is a region (maakunta, landskap); its code has two digits.
type Region struct {
	Code string
	Name Names
}

// SubRegion is a sub-region (seutukunta, ekonomisk region); its code has three
// digits, the first two being its region's.
type SubRegion struct {
	Code   string
	Region string
	Name   Names
}

// WellbeingServicesCounty is a wellbeing services county (hyvinvointialue,
// välfärdsområde), or one of the two that take its place: Helsinki (90) and Åland (91).
type WellbeingServicesCounty struct {
	Code string
	Name Names
}

// Point is a WGS84 position in degrees.
type Point struct {
	Lat float64
	Lon float64
}

// Municipality is a municipality in one period of its life: a new period starts
// when its region changes. Its code has three digits and is never reused.
type Municipality struct {
	Code      string
	Name      Names
	Region    string
	SubRegion *string // nil when unknown
	// WellbeingServicesCounty is the county of the municipality's area. A
	// Division before the counties began (WellbeingServicesCountiesFrom) leaves it empty.
	WellbeingServicesCounty string
	LanguageStatus          string
	UrbanRural              string // empty for a merged municipality
	Centre                  *Point // administrative centre; nil for a merged municipality
	ValidFrom               *string
	ValidTo                 *string // exclusive
	// Successor is the municipality of today that this one was merged into,
	// over as many mergers as it took; nil while it exists.
	Successor *string
}

// Field is a field of activity with the codes of the international
// classifications it corresponds to.
type Field struct {
	Code    string
	Name    Names
	ICNPO   []string // ICNPO 1996: groups ("3") and subgroups ("4 100")
	ICNPTSO []string // ICNP/TSO 2018: sections, groups and subgroups
	// MappingQuality is "good", or "approximate" when the classes only overlap.
	MappingQuality string
	Order          int // the order to show them in, from 1
}
