package geography

import (
	"cmp"
	"embed"
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/*.csv
var embedded embed.FS

// catalog is everything the package knows, computed once.
type catalog struct {
	divisions []*Division             // oldest first
	periods   []Municipality          // by code, then by date
	known     map[string]Municipality // the last period by code
	names     map[string][]string     // by nameKey: sorted codes of today
	genitives map[string][]string     // the same for "Hämeenlinnan"
	fields    []Field
}

// loaded panics on broken data: they are part of the program, and its tests read them.
var loaded = sync.OnceValue(func() *catalog {
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		panic(err)
	}
	c, err := load(data)
	if err != nil {
		panic(fmt.Errorf("load geography: %w", err))
	}
	return c
})

// source is the content of the files.
type source struct {
	regions    []Region
	subRegions []SubRegion
	counties   []WellbeingServicesCounty
	fields     []Field

	municipalities map[string]Municipality // as the file has them: without periods
	genitives      map[string]string       // by code
	aliases        []row
	changes        map[string][]change // by code of the changed one, oldest first
	dates          []string            // of all changes, sorted
}

type change struct {
	date         string
	successor    string // of a merger; else empty
	regionBefore string
	regionAfter  string
}

func load(data fs.FS) (*catalog, error) {
	src, err := readSource(data)
	if err != nil {
		return nil, err
	}
	return build(src)
}

func readSource(data fs.FS) (*source, error) {
	r := reader{data: data}
	s := &source{
		municipalities: map[string]Municipality{},
		genitives:      map[string]string{},
		changes:        map[string][]change{},
	}
	for _, row := range r.rows("regions.csv") {
		s.regions = append(s.regions, Region{Code: row["code"], Name: row.names()})
	}
	for _, row := range r.rows("sub_regions.csv") {
		s.subRegions = append(s.subRegions, SubRegion{Code: row["code"], Region: row["region"], Name: row.names()})
	}
	for _, row := range r.rows("wellbeing_services_counties.csv") {
		s.counties = append(s.counties, WellbeingServicesCounty{Code: row["code"], Name: row.names()})
	}
	for _, row := range r.rows("fields.csv") {
		s.fields = append(s.fields, Field{
			Code: row["code"], Name: row.names(), Order: r.number(row["order"]),
			ICNPO:          strings.Split(row["icnpo_1996"], ";"),
			ICNPTSO:        strings.Split(row["icnp_tso_2018"], ";"),
			MappingQuality: row["mapping_quality"],
		})
	}
	for _, row := range r.rows("municipalities.csv") {
		code := row["code"]
		if _, ok := s.municipalities[code]; ok {
			return nil, fmt.Errorf("municipality %s: listed twice", code)
		}
		s.municipalities[code] = Municipality{
			Code: code, Name: row.names(), Region: row["region"], SubRegion: optional(row["sub_region"]),
			WellbeingServicesCounty: row["wellbeing_services_county"],
			LanguageStatus:          r.word(row["language"], languageStatuses),
			UrbanRural:              r.word(row["urban_rural"], urbanRuralClasses),
			Centre:                  r.point(row["lat"], row["lon"]),
		}
		s.genitives[code] = row["fi_genitive"]
	}
	s.aliases = r.rows("municipality_aliases.csv")
	for _, row := range r.rows("municipality_changes.csv") {
		code := row["code"]
		s.changes[code] = append(s.changes[code], change{
			date: row["date"], successor: row["successor"],
			regionBefore: row["region_before"], regionAfter: row["region_after"],
		})
		s.dates = append(s.dates, row["date"])
	}
	byDate := func(a, b change) int { return cmp.Compare(a.date, b.date) }
	for _, changes := range s.changes {
		slices.SortFunc(changes, byDate)
	}
	slices.Sort(s.dates)
	slices.SortFunc(s.fields, func(a, b Field) int { return a.Order - b.Order })
	return s, r.err
}

var (
	languageStatuses = map[string]string{
		"0": LanguageFinnish, "1": LanguageFinnishMajority, "2": LanguageSwedish, "3": LanguageSwedishMajority,
	}
	urbanRuralClasses = map[string]string{
		"": "", "1": UrbanRuralUrban, "2": UrbanRuralSemiUrban, "3": UrbanRuralRural,
	}
)

// row is a line of a file by the names in its header.
type row map[string]string

func (r row) names() Names {
	names := Names{}
	for _, language := range []string{"fi", "sv", "en"} {
		if r[language] != "" {
			names[language] = r[language]
		}
	}
	return names
}

// reader keeps the first error, so that reading a file is one line.
type reader struct {
	data fs.FS
	err  error
}

func (r *reader) note(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) rows(name string) []row {
	file, err := r.data.Open(name)
	if err != nil {
		r.note(err)
		return nil
	}
	defer func() { _ = file.Close() }() // opened for reading only
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		r.note(fmt.Errorf("%s: %w", name, err))
		return nil
	}
	if len(lines) < 2 {
		r.note(fmt.Errorf("%s: no rows", name))
		return nil
	}
	rows := make([]row, 0, len(lines)-1)
	for _, line := range lines[1:] {
		values := row{}
		for i, column := range lines[0] {
			values[column] = line[i]
		}
		rows = append(rows, values)
	}
	return rows
}

func (r *reader) number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		r.note(err)
	}
	return n
}

func (r *reader) point(lat, lon string) *Point {
	if lat == "" && lon == "" {
		return nil
	}
	var p Point
	var err error
	if p.Lat, err = strconv.ParseFloat(lat, 64); err != nil {
		r.note(err)
	}
	if p.Lon, err = strconv.ParseFloat(lon, 64); err != nil {
		r.note(err)
	}
	return &p
}

func (r *reader) word(code string, words map[string]string) string {
	word, ok := words[code]
	if !ok {
		r.note(fmt.Errorf("no word for code %q", code))
	}
	return word
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
