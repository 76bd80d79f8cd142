package app

import (
	"github.com/seutu/seutu/internal/domain/council"
	"github.com/seutu/seutu/internal/domain/meeting"
	"github.com/seutu/seutu/internal/domain/network"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/post"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/site"
)

// kinds are what the front page counts: a family joins with a line.
func kinds() []site.Kind {
	return []site.Kind{
		{Name: "organisations", Label: i18n.Text{"fi": "järjestöä", "sv": "organisationer", "en": "organisations"}, Path: "/v1/organisations", Query: organisation.CountPublic},
		{Name: "networks", Label: i18n.Text{"fi": "verkostoa", "sv": "nätverk", "en": "networks"}, Path: "/v1/networks", Query: network.CountPublic},
		{Name: "councils", Label: i18n.Text{"fi": "neuvottelukuntaa ja työryhmää", "sv": "delegationer och arbetsgrupper", "en": "councils and working groups"}, Path: "/v1/councils", Query: council.CountPublic},
		{Name: "meetingsAhead", Label: i18n.Text{"fi": "tulevaa kokousta", "sv": "kommande möten", "en": "meetings ahead"}, Path: "/v1/meetings?status=planned&from={today}", Query: meeting.CountAhead},
		{Name: "posts", Label: i18n.Text{"fi": "yhdyshenkilön tointa", "sv": "kontaktpersonstjänster", "en": "posts, such as liaison officers"}, Path: "/v1/posts", Query: post.CountPublic},
	}
}
