package network

import (
	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/searchindex"
)

// SearchSource is what search finds of networks.
func SearchSource() searchindex.Source {
	return searchindex.Source{
		Type: (*Network)(nil).Resource(), Path: "/v1/networks/", Table: "networks", Alias: "n", Public: "true", Name: "n.name", Terms: true,
		Region: "n.region", SubRegion: "n.sub_region", Municipality: "n.municipality",
		Texts: []searchindex.Text{
			{Member: "name", Weight: finnish.A, SQL: "n.name"},
			{Member: "otherNames", Weight: finnish.B, SQL: "jsonb_path_query_array(n.other_names, '$[*].name')"},
			{Member: "purpose", Weight: finnish.C, SQL: "n.purpose"},
			{Member: "description", Weight: finnish.C, SQL: "n.description"},
		},
		Members: []string{"municipality", "region", "subRegion", "name", "otherNames", "purpose", "description"},
	}
}
