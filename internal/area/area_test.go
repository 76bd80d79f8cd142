package area_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/seutu/seutu/internal/area"
	"github.com/seutu/seutu/internal/errs"
)

type land struct{}

func (land) Region(code string) bool              { return code == "05" || code == "07" }
func (land) SubRegion(code string) (string, bool) { return "05", code == "051" || code == "052" }
func (land) Successor(code string) string         { return map[string]string{"083": "109"}[code] }
func (land) Municipality(code string) (string, *string, bool) {
	sub := "051"
	return "05", &sub, code == "109"
}

func TestPlace(t *testing.T) {
	t.Parallel()
	s := func(v string) *string { return &v }
	whole := area.Area{Region: s("05"), SubRegion: s("051"), Municipality: s("109")}
	for name, tt := range map[string]struct {
		was, in, want area.Area
		wrong         string // the member at fault
	}{
		"a municipality decides":         {area.Area{}, area.Area{Municipality: s("109")}, whole, ""},
		"a sub-region decides":           {area.Area{}, area.Area{SubRegion: s("052")}, area.Area{Region: s("05"), SubRegion: s("052")}, ""},
		"a region alone":                 {area.Area{}, area.Area{Region: s("07")}, area.Area{Region: s("07")}, ""},
		"nothing":                        {area.Area{}, area.Area{}, area.Area{}, ""},
		"as it was":                      {whole, whole, whole, ""},
		"what was read is sent back":     {area.Area{}, whole, whole, ""},
		"widened to the sub-region":      {whole, area.Area{Region: s("05"), SubRegion: s("051")}, area.Area{Region: s("05"), SubRegion: s("051")}, ""},
		"widened to the region":          {whole, area.Area{Region: s("05"), Municipality: s("109")}, area.Area{Region: s("05")}, ""},
		"moved to another region":        {whole, area.Area{Region: s("07"), SubRegion: s("051"), Municipality: s("109")}, area.Area{Region: s("07")}, ""},
		"taken out of every place":       {whole, area.Area{SubRegion: s("051"), Municipality: s("109")}, area.Area{}, ""},
		"a region that it is not in":     {area.Area{}, area.Area{Region: s("07"), Municipality: s("109")}, area.Area{}, "/region"},
		"a sub-region that it is not in": {area.Area{}, area.Area{SubRegion: s("052"), Municipality: s("109")}, area.Area{}, "/subRegion"},
		"a region around another":        {area.Area{}, area.Area{Region: s("07"), SubRegion: s("051")}, area.Area{}, "/region"},
		"an unknown municipality":        {area.Area{}, area.Area{Municipality: s("999")}, area.Area{}, "/municipality"},
		"a merged municipality":          {area.Area{}, area.Area{Municipality: s("083")}, area.Area{}, "/municipality"},
		"an unknown sub-region":          {area.Area{}, area.Area{SubRegion: s("999")}, area.Area{}, "/subRegion"},
		"an unknown region":              {area.Area{}, area.Area{Region: s("99")}, area.Area{}, "/region"},
	} {
		f := errs.Faults{}
		a := tt.in
		a.Place(tt.was, land{}, &f)
		if tt.wrong != "" {
			if assert.Len(t, f, 1, name) {
				assert.Equal(t, tt.wrong, f[0].Pointer, name)
			}
			continue
		}
		assert.Empty(t, f, name)
		assert.Equal(t, tt.want, a, name)
	}
}
