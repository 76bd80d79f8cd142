package council

import (
	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/searchindex"
)

// SearchSource is what search finds of councils.
func SearchSource() searchindex.Source {
	return searchindex.Source{
		Type: (*Council)(nil).Resource(), Path: "/v1/councils/", Table: "councils", Alias: "c", Public: "true", Name: "c.name", Terms: true,
		Region: "c.region", SubRegion: "c.sub_region", Municipality: "c.municipality",
		Texts: []searchindex.Text{
			{Member: "name", Weight: finnish.A, SQL: "c.name"},
			{Member: "otherNames", Weight: finnish.B, SQL: "jsonb_path_query_array(c.other_names, '$[*].name')"},
			{Member: "abbreviations", Weight: finnish.B, SQL: "(select jsonb_agg(jsonb_build_object('fi', a ->> 'abbreviation')) from jsonb_array_elements(c.abbreviations) a)"},
			{Member: "description", Weight: finnish.C, SQL: "c.description"},
			{Member: "tasks", Weight: finnish.C, SQL: "c.tasks"},
			{Member: "workAreas", Weight: finnish.C, SQL: "c.work_areas"},
		},
		Members: []string{"municipality", "region", "subRegion", "name", "otherNames", "abbreviations", "description", "tasks", "workAreas"},
	}
}
