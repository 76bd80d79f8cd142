package geography_test

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/domain/geography"
)

func day(t *testing.T, text string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, text)
	require.NoError(t, err)
	return d
}

func on(t *testing.T, text string) *geography.Division {
	t.Helper()
	return geography.On(day(t, text))
}

func TestMunicipalityCountOfEachYear(t *testing.T) {
	t.Parallel()
	counts := map[int]int{
		1995: 320, 2014: 320, 2015: 317, 2016: 313, 2017: 311, 2018: 311, 2019: 311, 2020: 310,
		2021: 309, 2022: 309, 2023: 309, 2024: 309, 2025: 308, 2026: 308, 2040: 308,
	}
	for year, want := range counts {
		for _, date := range []string{"-01-01", "-12-31"} {
			date = strconv.Itoa(year) + date
			assert.Len(t, on(t, date).Municipalities(), want, date)
		}
	}
}

func TestDivisionsFollowOneAnother(t *testing.T) {
	t.Parallel()
	divisions := geography.Divisions()
	require.Len(t, divisions, 8)
	assert.Equal(t, geography.OldestKnown, divisions[0].ValidFrom)
	for i, d := range divisions {
		assert.Same(t, d, on(t, d.ValidFrom))
		if i+1 < len(divisions) {
			require.NotNil(t, d.ValidTo)
			assert.Equal(t, divisions[i+1].ValidFrom, *d.ValidTo)
			assert.Same(t, d, geography.On(day(t, *d.ValidTo).AddDate(0, 0, -1)))
		} else {
			assert.Nil(t, d.ValidTo)
		}
	}
	assert.Same(t, divisions[0], on(t, "1917-12-06"), "earlier days get the oldest known division")
}

func TestOnReadsTheCalendarDayOfItsLocation(t *testing.T) {
	t.Parallel()
	helsinki := time.FixedZone("EET", 2*60*60)
	newYear := time.Date(2025, time.January, 1, 0, 30, 0, 0, helsinki)
	assert.Equal(t, "2025-01-01", geography.On(newYear).ValidFrom)
	assert.Equal(t, "2023-01-01", geography.On(newYear.UTC()).ValidFrom)
}

func TestTodayIsCompleteAndConsistent(t *testing.T) {
	t.Parallel()
	d := on(t, "2026-01-01")
	assert.Len(t, d.Regions(), 19)
	assert.Len(t, d.SubRegions(), 69)
	assert.Len(t, d.WellbeingServicesCounties(), 23)
	perRegion := map[string]int{}
	for _, m := range d.Municipalities() {
		perRegion[m.Region]++
		for _, language := range []string{"fi", "sv", "en"} {
			assert.NotEmpty(t, m.Name[language], m.Code)
		}
		require.NotNil(t, m.SubRegion, m.Code)
		sub, ok := d.SubRegion(*m.SubRegion)
		assert.True(t, ok, m.Code)
		assert.Equal(t, m.Region, sub.Region, m.Code)
		_, ok = d.WellbeingServicesCounty(m.WellbeingServicesCounty)
		assert.True(t, ok, m.Code)
		require.NotNil(t, m.Centre, m.Code)
		assert.True(t, m.Centre.Lat > 59 && m.Centre.Lat < 71, m.Code)
		assert.True(t, m.Centre.Lon > 19 && m.Centre.Lon < 32, m.Code)
		assert.NotEmpty(t, m.LanguageStatus, m.Code)
		assert.NotEmpty(t, m.UrbanRural, m.Code)
		assert.Nil(t, m.ValidTo, m.Code)
		assert.Nil(t, m.Successor, m.Code)
	}
	for _, r := range d.Regions() {
		assert.Positive(t, perRegion[r.Code], r.Code)
		assert.Len(t, r.Name, 3, r.Code)
	}
	assert.Equal(t, []int{11, 10, 22}, []int{perRegion["05"], perRegion["07"], perRegion["13"]})
}

func TestEveryDivisionIsSortedAndRefersToWhatItHolds(t *testing.T) {
	t.Parallel()
	for _, d := range geography.Divisions() {
		last := ""
		for _, m := range d.Municipalities() {
			assert.Less(t, last, m.Code)
			last = m.Code
			_, ok := d.Region(m.Region)
			assert.True(t, ok, m.Code)
			if m.SubRegion != nil {
				sub, ok := d.SubRegion(*m.SubRegion)
				assert.True(t, ok, m.Code)
				assert.Equal(t, m.Region, sub.Region, m.Code)
			}
			_, ok = d.WellbeingServicesCounty(m.WellbeingServicesCounty)
			assert.Equal(t, d.ValidFrom >= geography.WellbeingServicesCountiesFrom, ok, m.Code)
		}
	}
	assert.Empty(t, on(t, "2022-12-31").WellbeingServicesCounties())
	assert.Len(t, on(t, "2023-01-01").WellbeingServicesCounties(), 23)
}

func TestRegionOfADay(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, code, last, before, first, after, subRegion string }{
		{"Iitti", "142", "2020-12-31", "08", "2021-01-01", "07", "071"},
		{"Vaala", "785", "2015-12-31", "18", "2016-01-01", "17", "173"},
		{"Heinävesi", "090", "2020-12-31", "10", "2021-01-01", "12", "122"},
		{"Isokyrö", "152", "2020-12-31", "15", "2021-01-01", "14", "142"},
		{"Joroinen", "171", "2020-12-31", "10", "2021-01-01", "11", "114"},
		{"Kuhmoinen", "291", "2020-12-31", "13", "2021-01-01", "06", "064"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, ok := on(t, tt.last).Municipality(tt.code)
			require.True(t, ok)
			assert.Equal(t, tt.name, m.Name["fi"])
			assert.Equal(t, tt.before, m.Region)
			assert.Nil(t, m.SubRegion, "today's lies in another region")
			assert.Nil(t, m.ValidFrom)
			assert.Equal(t, tt.first, *m.ValidTo)

			m, ok = on(t, tt.first).Municipality(tt.code)
			require.True(t, ok)
			assert.Equal(t, tt.after, m.Region)
			assert.Equal(t, tt.subRegion, *m.SubRegion)
			assert.Equal(t, tt.first, *m.ValidFrom)
			assert.Nil(t, m.ValidTo)
			assert.NotNil(t, m.Centre)
		})
	}
	m, _ := on(t, "2018-04-01").Municipality("142")
	assert.Equal(t, "08", m.Region)
}

func TestMergedMunicipalities(t *testing.T) {
	t.Parallel()
	tests := []struct{ code, name, gone, successor, region, subRegion, county string }{
		{"413", "Lavia", "2015-01-01", "609", "04", "044", "06"},
		{"476", "Maaninka", "2015-01-01", "297", "11", "112", "13"},
		{"838", "Tarvasjoki", "2015-01-01", "423", "02", "025", "05"},
		{"283", "Hämeenkoski", "2016-01-01", "098", "07", "071", "09"},
		{"164", "Jalasjärvi", "2016-01-01", "301", "14", "142", "16"},
		{"319", "Köyliö", "2016-01-01", "783", "04", "041", "06"},
		{"532", "Nastola", "2016-01-01", "398", "07", "071", "09"},
		{"174", "Juankoski", "2017-01-01", "297", "11", "113", "13"},
		{"442", "Luvia", "2017-01-01", "051", "04", "043", "06"},
		{"911", "Valtimo", "2020-01-01", "541", "12", "125", "14"},
		{"099", "Honkajoki", "2021-01-01", "214", "04", "044", "06"},
		{"588", "Pertunmaa", "2025-01-01", "507", "10", "101", "12"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			first := day(t, tt.gone)
			_, ok := geography.On(first).Municipality(tt.code)
			assert.False(t, ok)
			m, ok := geography.On(first.AddDate(0, 0, -1)).Municipality(tt.code)
			require.True(t, ok)
			assert.Equal(t, tt.name, m.Name["fi"])

			m, ok = geography.Known(tt.code)
			require.True(t, ok)
			assert.Equal(t, tt.successor, *m.Successor)
			assert.Equal(t, tt.gone, *m.ValidTo)
			assert.Equal(t, tt.region, m.Region)
			assert.Equal(t, tt.subRegion, *m.SubRegion)
			assert.Equal(t, tt.county, m.WellbeingServicesCounty)
			assert.Nil(t, m.Centre, "unknown, and not made up")
		})
	}
	_, ok := on(t, "2015-06-01").Municipality("532")
	assert.True(t, ok)
	_, ok = geography.Known("999")
	assert.False(t, ok)
}

func TestEveryOldCodeLeadsToAMunicipalityOfToday(t *testing.T) {
	t.Parallel()
	today := on(t, "2026-01-01")
	for _, old := range geography.Divisions()[0].Municipalities() {
		m, ok := geography.Known(old.Code)
		require.True(t, ok, old.Code)
		code := m.Code
		if m.Successor != nil {
			code = *m.Successor
		}
		_, ok = today.Municipality(code)
		assert.True(t, ok, old.Code)
	}
}

func TestAllMunicipalitiesHoldsEveryPeriodOnce(t *testing.T) {
	t.Parallel()
	all := geography.AllMunicipalities()
	assert.Len(t, all, 320+6, "each region change makes a second period")
	for i := 1; i < len(all); i++ {
		before, m := all[i-1], all[i]
		if before.Code == m.Code {
			require.NotNil(t, before.ValidTo, m.Code)
			require.NotNil(t, m.ValidFrom, m.Code)
			assert.Equal(t, *before.ValidTo, *m.ValidFrom, m.Code)
		} else {
			assert.Less(t, before.Code, m.Code)
			assert.Nil(t, m.ValidFrom, m.Code)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	fields := geography.Fields()
	require.Len(t, fields, 14)
	for i, f := range fields {
		assert.Equal(t, i+1, f.Order)
		assert.Len(t, f.Name, 3, f.Code)
		assert.NotContains(t, f.ICNPO, "", f.Code)
		assert.NotContains(t, f.ICNPTSO, "", f.Code)
		assert.Contains(t, []string{"good", "approximate"}, f.MappingQuality, f.Code)
		found, ok := geography.FieldByCode(f.Code)
		assert.True(t, ok)
		assert.Equal(t, f, found)
	}
	social, ok := geography.FieldByCode("social-health")
	require.True(t, ok)
	assert.Equal(t, []string{"3", "4 100"}, social.ICNPO)
	assert.Equal(t, []string{"C", "D"}, social.ICNPTSO)
	_, ok = geography.FieldByCode("Other")
	assert.False(t, ok)
}

func TestConcurrentReaders(t *testing.T) {
	t.Parallel()
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			d := geography.On(time.Date(2018, time.April, 1, 0, 0, 0, 0, time.UTC))
			_ = append(d.Regions(), geography.Region{Code: "99"})
			_ = append(d.Municipalities(), geography.Municipality{Code: "999"})
			assert.Len(t, geography.MunicipalityByName("Iitti"), 1)
		})
	}
	readers.Wait()
	_, ok := on(t, "2018-04-01").Region("99")
	assert.False(t, ok)
}
