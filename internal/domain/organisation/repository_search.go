package organisation

import (
	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/searchindex"
)

// SearchSource is what search finds of organisations.
func SearchSource() searchindex.Source {
	return searchindex.Source{
		Type: (*Organisation)(nil).Resource(), Path: "/v1/organisations/", Table: "organisations", Alias: "o", Public: "o.status = 'published'", Name: "o.name", Terms: true,
		Region: "o.region", SubRegion: "o.sub_region", Municipality: "o.municipality",
		Texts: []searchindex.Text{
			{Member: "name", Weight: finnish.A, SQL: "o.name"},
			{Member: "otherNames", Weight: finnish.B, SQL: "jsonb_path_query_array(o.other_names, '$[*].name')"},
			{Member: "description", Weight: finnish.C, SQL: "o.description"},
			{Member: "activities", Weight: finnish.C, SQL: "(select jsonb_agg(a.description order by a.created_at, a.id) from organisation_activities a where a.organisation_id = o.id)"},
		},
		Members: []string{"status", "municipality", "region", "subRegion", "name", "otherNames", "description", "activities"},
	}
}
