package app

import (
	"github.com/seutu/seutu/internal/domain/actionplan"
	"github.com/seutu/seutu/internal/domain/council"
	"github.com/seutu/seutu/internal/domain/meeting"
	"github.com/seutu/seutu/internal/domain/network"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/post"
	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/searchindex"
)

// openSearch opens the index over all families.
func (a *App) openSearch(voikko string) error {
	if voikko == "" {
		voikko, _ = finnish.Find()
	}
	var dictionary *finnish.Dictionary
	if voikko != "" && voikko != "off" {
		var err error
		if dictionary, err = finnish.Open(voikko); err != nil {
			return err
		}
	}
	a.Index = searchindex.New(a.DB, dictionary, country{}.Names)
	a.Index.Register(organisation.SearchSource(), network.SearchSource(), council.SearchSource(), post.SearchSource(), meeting.SearchSource(), actionplan.SearchSource())
	return nil
}
