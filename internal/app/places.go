package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/domain/council"
	"github.com/seutu/seutu/internal/domain/geography"
	"github.com/seutu/seutu/internal/domain/network"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
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

func (country) Division(day clock.Date, region string) []string {
	var codes []string
	for _, m := range geography.On(day.Time()).Municipalities() {
		if region == "" || m.Region == region {
			codes = append(codes, m.Code)
		}
	}
	return codes
}

func (country) Field(code string) bool { _, ok := geography.FieldByCode(code); return ok }

// publishedOrganisations tells other families which organisations they may refer to.
type publishedOrganisations struct{ db *store.DB }

// Published tells which of the ids are organisations that the actor may see and that have been public.
func (p publishedOrganisations) Published(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	l := store.List{}
	l.Filter("o.id = any(%s) and o.published_at is not null and o.deleted_at is null", ids)
	within := l.Within(authz.From(ctx).Reach(authz.ReadUnpublished), store.Places{Region: "o.region", Municipality: "o.municipality", Organisation: "o.id"})
	rows, err := p.db.Query(ctx, "select o.id from organisations o where "+l.Conditions()+" and (o.status = 'published' or "+within+")", l.Args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[uuid.UUID]bool{}
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return nil, store.Err(err)
		}
		out[id] = true
	}
	return out, store.Err(rows.Err())
}

// places is where the scopes of grants lie.
type places struct {
	country
	organisations *organisation.Service
	networks      *network.Service
	councils      *council.Service
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

// noCouncils stands for the councils as long as there are none: whichever is asked, there is no such council.
type noCouncils struct{}

func (noCouncils) Ask(context.Context, *store.Tx, uuid.UUID, uuid.UUID, *string) error {
	f := errs.Faults{}
	f.Add("/councilId", "unknown-reference", "there is no such council")
	return f.Err()
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
