package post

import (
	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/searchindex"
)

// SearchSource is what search finds of posts: never who holds them.
func SearchSource() searchindex.Source {
	return searchindex.Source{
		Type: (*Post)(nil).Resource(), Path: "/v1/posts/", Table: "posts", Alias: "p", Public: "true", Name: "p.title", Terms: true,
		Region: "p.region", SubRegion: "p.sub_region", Municipality: "p.municipality",
		Texts: []searchindex.Text{
			{Member: "title", Weight: finnish.A, SQL: "p.title"},
			{Member: "team", Weight: finnish.C, SQL: "p.team"},
		},
		Members: []string{"municipality", "region", "subRegion", "title", "team"},
	}
}
