package geography

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smallCountry has what today's data lack: a merger into one that merged too,
// and a successor that changes its region on the day of the merger.
func smallCountry() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"regions.csv":                     file("code,fi,sv,en\n01,A,,\n02,B,,\n"),
		"sub_regions.csv":                 file("code,region,fi,sv,en\n011,01,a,,\n021,02,b,,\n"),
		"wellbeing_services_counties.csv": file("code,fi,sv,en\n01,W,,\n"),
		"fields.csv":                      file("code,order,fi,sv,en,icnpo_1996,icnp_tso_2018,mapping_quality\nx,1,x,,,1,A,good\n"),
		"municipalities.csv": file("code,fi,sv,en,fi_genitive,region,sub_region,wellbeing_services_county,language,urban_rural,lat,lon\n" +
			"001,Eka,,,Ekan,02,021,01,0,1,60.1,24.9\n" +
			"002,Toka,,,Tokan,,,,0,,,\n" +
			"003,Kolmas,,,Kolmannen,,,,0,,,\n"),
		"municipality_aliases.csv": file("name,code\nVanha,003\n"),
		"municipality_changes.csv": file("date,kind,code,successor,region_before,region_after\n" +
			"2016-01-01,merged,003,002,,\n" +
			"2018-01-01,region_changed,001,,01,02\n" +
			"2018-01-01,merged,002,001,,\n"),
	}
}

func TestChainOfMergers(t *testing.T) {
	t.Parallel()
	c, err := load(smallCountry())
	require.NoError(t, err)
	for code, until := range map[string]string{"002": "2018-01-01", "003": "2016-01-01"} {
		m := c.known[code]
		require.NotNil(t, m.Successor, code)
		assert.Equal(t, "001", *m.Successor, code)
		assert.Equal(t, until, *m.ValidTo, code)
		assert.Equal(t, "01", m.Region, "the successor's region of those days")
		assert.Nil(t, m.SubRegion, "the successor's lies in its region of today")
		assert.Equal(t, "01", m.WellbeingServicesCounty, code)
	}
	assert.Equal(t, []string{"001"}, c.names["kolmas"])
	assert.Equal(t, []string{"001"}, c.names["vanha"])
	assert.Equal(t, []string{"001"}, c.genitives["tokan"])
	counts := []int{}
	for _, d := range c.divisions {
		counts = append(counts, len(d.municipalities))
	}
	assert.Equal(t, []int{3, 2, 1, 1}, counts) // 2014, 2016, 2018, 2023
}

func TestBrokenFilesAreErrors(t *testing.T) {
	t.Parallel()
	const changes = "date,kind,code,successor,region_before,region_after\n"
	const municipalities = "code,fi,sv,en,fi_genitive,region,sub_region,wellbeing_services_county,language,urban_rural,lat,lon\n"
	tests := map[string]struct{ file, text string }{
		"unknown changed one":   {"municipality_changes.csv", changes + "2018-01-01,merged,009,001,,\n"},
		"unknown successor":     {"municipality_changes.csv", changes + "2018-01-01,merged,002,009,,\n"},
		"region does not match": {"municipality_changes.csv", changes + "2018-01-01,region_changed,001,,02,01\n"},
		"successor gone":        {"municipality_changes.csv", changes + "2016-01-01,merged,002,001,,\n2018-01-01,merged,003,002,,\n"},
		"no rows":               {"regions.csv", "code,fi,sv,en\n"},
		"ragged":                {"regions.csv", "code,fi,sv,en\n01\n"},
		"unknown alias":         {"municipality_aliases.csv", "name,code\nVanha,009\n"},
		"order":                 {"fields.csv", "code,order\nx,first\n"},
		"twice":                 {"municipalities.csv", municipalities + "001,E,,,,02,,,0,1,,\n001,E,,,,02,,,0,1,,\n"},
		"language":              {"municipalities.csv", municipalities + "001,E,,,,02,,,7,1,,\n"},
		"half a point":          {"municipalities.csv", municipalities + "001,E,,,,02,,,0,1,60.1,\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			country := smallCountry()
			country[tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
			_, err := load(country)
			assert.Error(t, err)
		})
	}
	for name := range smallCountry() {
		country := smallCountry()
		delete(country, name)
		_, err := load(country)
		assert.Error(t, err, name)
	}
}
