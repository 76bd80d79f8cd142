package httpapi

import (
	"context"
	"time"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/searchindex"
	"github.com/seutu/seutu/internal/site"
)

// cacheHour is how long what changes with the program only may be kept.
const cacheHour = "public, max-age=3600"

// service answers the operations that are about the service itself.
type service struct {
	server  *Server
	version string
	search  func() searchindex.State
	address string
	kinds   []site.Kind
	demo    []site.User
}

// GetService describes the service, with links and counts: as JSON, or as the front page.
func (s *service) GetService(ctx context.Context, r api.GetServiceRequestObject) (api.GetServiceResponseObject, error) {
	counts, cache := s.counts(ctx)
	if render.From(ctx).MediaType == html {
		return s.front(ctx, r.Params, counts, cache)
	}
	out := api.Service{
		Name: "Seutu", Version: s.version,
		Description: api.LanguageMap{
			"fi": "Alueellisen järjestöyhteistyön avoin tietopalvelu",
			"sv": "Öppen datatjänst för regionalt föreningssamarbete",
			"en": "Open data service of regional association cooperation",
		},
		Attribution: []string{"Statistics Finland (classifications), CC BY 4.0", "National Land Survey of Finland (centre points), CC BY 4.0", "Finnish Patent and Registration Office (register numbers)"},
		Links: map[string]string{
			"docs": "/docs", "problems": "/problems", "contract": "/openapi.yaml", "health": "/healthz", "readiness": "/readyz",
			"token": "/v1/oauth/token", "issuers": "/v1/oauth/issuers", "keys": "/.well-known/jwks.json",
			"organisations": "/v1/organisations", "regions": "/v1/regions", "subRegions": "/v1/sub-regions", "municipalities": "/v1/municipalities",
			"wellbeingServicesCounties": "/v1/wellbeing-services-counties", "fields": "/v1/fields",
			"networks": "/v1/networks", "councils": "/v1/councils", "seats": "/v1/seats", "meetings": "/v1/meetings", "meetingsCalendar": "/v1/meetings.ics",
			"posts": "/v1/posts", "people": "/v1/people", "search": "/v1/search?q=yhdistys", "coverage": "/v1/statistics/coverage",
		},
		Counts: map[string]int64{},
	}
	for i, n := range counts {
		out.Counts[s.kinds[i].Name] = n
	}
	out.Licence.Name, out.Licence.URL = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"
	a, err := render.JSON(ctx, out, cache)
	return api.Answer{Answer: a}, err
}

// GetHealth answers as long as the process does.
func (s *service) GetHealth(context.Context, api.GetHealthRequestObject) (api.GetHealthResponseObject, error) {
	return api.GetHealth200JSONResponse{Status: api.HealthStatusAlive}, nil
}

// GetReadiness tells load balancers whether to send traffic here. Unavailable while stopping or without the database.
func (s *service) GetReadiness(ctx context.Context, _ api.GetReadinessRequestObject) (api.GetReadinessResponseObject, error) {
	if s.server.draining.Load() {
		return nil, &errs.Error{Type: errs.Overloaded, Detail: errs.Msg("the service is stopping"), RetryAfter: 5 * time.Second}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := s.server.db.Ready(ctx); err != nil {
		return nil, &errs.Error{Type: errs.Overloaded, Detail: errs.Msg("the database is not ready"), Cause: err, RetryAfter: 2 * time.Second}
	}
	out := api.GetReadiness200JSONResponse{Status: api.ReadinessStatusReady}
	search := s.search()
	out.Search.Dictionary, out.Search.Analyser, out.Search.Pending = search.Dictionary, search.Analyser, search.Pending
	return out, nil
}

// GetContractJSON is the contract as JSON.
func (s *service) GetContractJSON(ctx context.Context, _ api.GetContractJSONRequestObject) (api.GetContractJSONResponseObject, error) {
	return fixed(ctx, "application/json", api.ContractJSON), nil
}

// GetContractYAML is the contract as YAML.
func (s *service) GetContractYAML(ctx context.Context, _ api.GetContractYAMLRequestObject) (api.GetContractYAMLResponseObject, error) {
	return fixed(ctx, "application/yaml", api.ContractYAML), nil
}

func fixed(ctx context.Context, mediaType string, body []byte) api.Answer {
	return api.Answer{Answer: render.Answer{Status: 200, ETag: render.BodyETag(ctx, body), Cache: cacheHour, MediaType: mediaType, Body: body}}
}
