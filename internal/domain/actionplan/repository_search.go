package actionplan

import (
	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/searchindex"
)

// SearchSource is what search finds of action plans. One without a title goes by its council's name.
func SearchSource() searchindex.Source {
	return searchindex.Source{
		Type: (*Plan)(nil).Resource(), Path: "/v1/action-plans/", Table: "action_plans", Alias: "p", Joins: "join councils c on c.id = p.council_id",
		Public: "p.status <> 'draft'", Name: "coalesce(p.title, c.name)", Region: "c.region", SubRegion: "c.sub_region", Municipality: "c.municipality",
		Texts: []searchindex.Text{
			{Member: "title", Weight: finnish.A, SQL: "p.title"},
			{Member: "description", Weight: finnish.C, SQL: "p.description"},
			{Member: "items", Weight: finnish.C, SQL: "(select jsonb_agg(i.title order by i.position, i.id) from action_plan_items i where i.action_plan_id = p.id)"},
		},
		Members: []string{"status", "title", "description", "items"},
		Owners:  []searchindex.Owner{{Type: "council", Members: []string{"name", "municipality", "region", "subRegion"}, Column: "council_id"}},
	}
}
