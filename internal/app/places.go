package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/domain/geography"
	"github.com/seutu/seutu/internal/domain/organisation"
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

func (country) Successor(code string) string {
	if m, ok := geography.Known(code); ok && m.Successor != nil {
		return *m.Successor
	}
	return ""
}

func (country) Field(code string) bool { _, ok := geography.FieldByCode(code); return ok }

// places is where the scopes of grants lie.
type places struct {
	country
	organisations *organisation.Service
}

func (p places) Municipality(code string) (region string, ok bool) {
	region, _, ok = p.country.Municipality(code)
	return region, ok
}

func (p places) Organisation(ctx context.Context, id uuid.UUID) (region, municipality string, ok bool, err error) {
	return p.organisations.Place(ctx, id)
}

func (places) Council(_ context.Context, id uuid.UUID) (authz.Target, bool, error) {
	return authz.Target{Councils: []string{id.String()}}, true, nil
}

func (places) Network(_ context.Context, id uuid.UUID) (authz.Target, bool, error) {
	return authz.Target{Networks: []string{id.String()}}, true, nil
}

// catalogue is the organisations as other families ask for them.
type catalogue struct{ *organisation.Service }

// Visible is nil when the actor may see the organisation, else Missing or WasDeleted.
func (c catalogue) Visible(ctx context.Context, id uuid.UUID) error {
	_, err := c.Get(ctx, id, []string{"id"}, nil)
	return err
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
