package geography

import (
	"context"
	"time"

	"github.com/oapi-codegen/nullable"
	"github.com/oapi-codegen/runtime/types"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/render"
)

// Handler answers the operations of the reference data. They are open to everyone and may be kept for a day.
type Handler struct{}

// NewHandler makes the handler.
func NewHandler() *Handler { return &Handler{} }

func division(on *types.Date) *Division {
	if on == nil {
		return On(clock.Today().Time())
	}
	return On(on.Time)
}

// validity is the period for which a division holds.
func (d *Division) validity() (from, to nullable.Nullable[types.Date]) {
	return apiDate(&d.ValidFrom), apiDate(d.ValidTo)
}

func apiDate(s *string) nullable.Nullable[types.Date] {
	if s == nil {
		return nullable.NewNullNullable[types.Date]()
	}
	t, _ := time.Parse(time.DateOnly, *s) // our own data
	return nullable.NewNullableWithValue(types.Date{Time: t})
}

func pointer(s string) nullable.Nullable[string] {
	if s == "" {
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(s)
}

func each[A, B any](in []A, keep func(A) bool, f func(A) B) []B {
	out := []B{}
	for _, a := range in {
		if keep(a) {
			out = append(out, f(a))
		}
	}
	return out
}

func always[A any](A) bool { return true }

// ListRegions lists the regions of a day.
func (h *Handler) ListRegions(ctx context.Context, r api.ListRegionsRequestObject) (api.ListRegionsResponseObject, error) {
	d := division(r.Params.On)
	out := api.RegionList{Items: each(d.Regions(), always, func(x Region) api.Region { return api.Region{Code: x.Code, Name: x.Name} })}
	out.ValidFrom, out.ValidTo = d.validity()
	return reference(ctx, out)
}

// ListSubRegions lists the sub-regions of a day.
func (h *Handler) ListSubRegions(ctx context.Context, r api.ListSubRegionsRequestObject) (api.ListSubRegionsResponseObject, error) {
	d := division(r.Params.On)
	out := api.SubRegionList{Items: each(d.SubRegions(),
		func(x SubRegion) bool { return r.Params.Region == nil || *r.Params.Region == x.Region },
		func(x SubRegion) api.SubRegion { return api.SubRegion{Code: x.Code, Name: x.Name, Region: x.Region} })}
	out.ValidFrom, out.ValidTo = d.validity()
	return reference(ctx, out)
}

// ListMunicipalities lists the municipalities of a day.
func (h *Handler) ListMunicipalities(ctx context.Context, r api.ListMunicipalitiesRequestObject) (api.ListMunicipalitiesResponseObject, error) {
	d := division(r.Params.On)
	out := api.MunicipalityList{Items: each(d.Municipalities(), func(x Municipality) bool {
		return (r.Params.Region == nil || *r.Params.Region == x.Region) && (r.Params.SubRegion == nil || x.SubRegion != nil && *r.Params.SubRegion == *x.SubRegion)
	}, municipalityToAPI)}
	out.ValidFrom, out.ValidTo = d.validity()
	return reference(ctx, out)
}

func municipalityToAPI(m Municipality) api.Municipality {
	out := api.Municipality{
		Code: m.Code, Name: m.Name, Region: m.Region, SubRegion: orNull(m.SubRegion), WellbeingServicesCounty: pointer(m.WellbeingServicesCounty),
		LanguageStatus: pointer(m.LanguageStatus), UrbanRural: pointer(m.UrbanRural), ValidFrom: apiDate(m.ValidFrom), ValidTo: apiDate(m.ValidTo), Successor: orNull(m.Successor),
	}
	out.Centre.SetNull()
	if m.Centre != nil {
		out.Centre.Set(struct {
			Lat float64 `json:"lat"`
			Lon float64 `json:"lon"`
		}{m.Centre.Lat, m.Centre.Lon})
	}
	return out
}

func orNull(s *string) nullable.Nullable[string] {
	if s == nil {
		return nullable.NewNullNullable[string]()
	}
	return nullable.NewNullableWithValue(*s)
}

// ListWellbeingServicesCounties lists the wellbeing services counties of a day.
func (h *Handler) ListWellbeingServicesCounties(ctx context.Context, r api.ListWellbeingServicesCountiesRequestObject) (api.ListWellbeingServicesCountiesResponseObject, error) {
	d := division(r.Params.On)
	out := api.WellbeingServicesCountyList{Items: each(d.WellbeingServicesCounties(), always, func(x WellbeingServicesCounty) api.WellbeingServicesCounty {
		return api.WellbeingServicesCounty{Code: x.Code, Name: x.Name}
	})}
	out.ValidFrom, out.ValidTo = d.validity()
	return reference(ctx, out)
}

// ListFields lists the fields of activity.
func (h *Handler) ListFields(ctx context.Context, _ api.ListFieldsRequestObject) (api.ListFieldsResponseObject, error) {
	return reference(ctx, api.FieldList{Items: each(Fields(), always, func(f Field) api.Field {
		return api.Field{Code: f.Code, Name: f.Name, Icnpo: f.ICNPO, IcnpTso: f.ICNPTSO, Mapping: api.FieldMapping(f.MappingQuality)}
	})})
}

func reference(ctx context.Context, v any) (api.Answer, error) {
	a, err := render.JSON(ctx, v, render.CacheReference)
	return api.Answer{Answer: a}, err
}
