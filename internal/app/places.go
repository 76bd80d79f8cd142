package app

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/domain/council"
	"github.com/seutu/seutu/internal/domain/geography"
	"github.com/seutu/seutu/internal/domain/network"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/opt"
)

// country is the geography of today, as other families ask for it.
type country struct{}

func (country) Municipality(code string) (region string, subRegion *string, ok bool) {
	m, ok := geography.On(clock.Today().Time()).Municipality(code)
	return m.Region, m.SubRegion, ok
}

func (country) Region(code string) bool {
	_, ok := geography.On(clock.Today().Time()).Region(code)
	return ok
}

func (country) SubRegion(code string) (region string, ok bool) {
	s, ok := geography.On(clock.Today().Time()).SubRegion(code)
	return s.Region, ok
}

func (country) Names(municipality string) i18n.Text {
	m, _ := geography.Known(municipality)
	return m.Name
}

func (country) Successor(code string) string {
	if m, ok := geography.Known(code); ok && m.Successor != nil {
		return *m.Successor
	}
	return ""
}

func (country) Division(day clock.Date, region string) []string {
	var codes []string
	for _, m := range geography.On(day.Time()).Municipalities() {
		if region == "" || m.Region == region {
			codes = append(codes, m.Code)
		}
	}
	return codes
}

// neighbourhood is how far, in kilometres, the centre of a neighbouring municipality may be; where fewer are that near, the closest are
// neighbours.
const (
	neighbourhood = 40
	closestOf     = 6
)

// around lists, for each municipality of today, itself and those around it.
var around = sync.OnceValue(func() map[string][]string {
	type neighbour struct {
		code      string
		subRegion *string
		distance  float64
	}
	all, out := geography.On(clock.Today().Time()).Municipalities(), map[string][]string{}
	for _, m := range all {
		var near []neighbour
		for _, n := range all {
			if m.Centre != nil && n.Centre != nil {
				near = append(near, neighbour{n.Code, n.SubRegion, kilometres(*m.Centre, *n.Centre)})
			}
		}
		slices.SortFunc(near, func(a, b neighbour) int { return cmp.Compare(a.distance, b.distance) })
		codes := []string{m.Code}
		for i, n := range near {
			if i > 0 && (n.distance <= neighbourhood || i <= closestOf || m.SubRegion != nil && opt.Equal(m.SubRegion, n.subRegion)) {
				codes = append(codes, n.code)
			}
		}
		out[m.Code] = codes
	}
	return out
})

// kilometres is the distance of two points, good for neighbours.
func kilometres(a, b geography.Point) float64 {
	const degree = 111.2
	x := (a.Lon - b.Lon) * math.Cos((a.Lat+b.Lat)/2*math.Pi/180)
	return degree * math.Hypot(x, a.Lat-b.Lat)
}

func (country) Around(municipality string) []string {
	if codes := around()[municipality]; len(codes) > 0 {
		return codes
	}
	return []string{municipality}
}

func (country) Field(code string) bool { _, ok := geography.FieldByCode(code); return ok }

// places is where the scopes of grants lie.
type places struct {
	country
	organisations *organisation.Service
	councils      *council.Service
	networks      *network.Service
}

func (p places) Municipality(code string) (region string, ok bool) {
	region, _, ok = p.country.Municipality(code)
	return region, ok
}

func (p places) Organisation(ctx context.Context, id uuid.UUID) (region, municipality string, ok bool, err error) {
	return p.organisations.Place(ctx, id)
}

func (p places) Council(ctx context.Context, id uuid.UUID) (authz.Target, bool, error) {
	return p.councils.Place(ctx, id)
}

func (p places) Network(ctx context.Context, id uuid.UUID) (authz.Target, bool, error) {
	return p.networks.Place(ctx, id)
}

// MunicipalityCode finds the municipality that an import means: by code, also without leading zeros, or by name, also an
// old one. A merged municipality stands for the one of today.
func MunicipalityCode(input string) (string, error) {
	if code, err := geography.NormaliseMunicipality(input); err == nil {
		if next := (country{}).Successor(code); next != "" {
			return next, nil
		}
		return code, nil
	}
	switch codes := geography.MunicipalityByName(input); len(codes) {
	case 0:
		return "", fmt.Errorf("%w: %s", geography.ErrUnknownCode, input)
	case 1:
		return codes[0], nil
	default:
		return "", fmt.Errorf("%s may be municipality %s: give the code", input, strings.Join(codes, " or "))
	}
}
