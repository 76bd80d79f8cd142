package meeting

import (
	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/searchindex"
)

// SearchSource is what search finds of meetings: titles, theirs and those of their agendas. What was said there may name
// people. A meeting without a title goes by the name of who meets.
func SearchSource() searchindex.Source {
	owner := []string{"name", "municipality", "region", "subRegion"}
	return searchindex.Source{
		Type: (*Meeting)(nil).Resource(), Path: "/v1/meetings/", Table: "meetings", Alias: "m", Public: "true", Name: "coalesce(m.title, c.name, n.name)",
		Joins:  "left join councils c on c.id = m.council_id left join networks n on n.id = m.network_id",
		Region: where.Region, SubRegion: "coalesce(c.sub_region, n.sub_region)", Municipality: where.Municipality,
		Texts: []searchindex.Text{
			{Member: "title", Weight: finnish.A, SQL: "m.title"},
			{Member: "agenda", Weight: finnish.C, SQL: "(select jsonb_agg(a.title order by a.position, a.id) from meeting_agenda_items a where a.meeting_id = m.id)"},
		},
		Members: []string{"title", "agenda"},
		Owners:  []searchindex.Owner{{Type: "council", Members: owner, Column: "council_id"}, {Type: "network", Members: owner, Column: "network_id"}},
	}
}
