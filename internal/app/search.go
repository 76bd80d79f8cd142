package app

import (
	"fmt"
	"sync"

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
	words, err := dictionary(voikko)
	if err != nil {
		return err
	}
	a.Index = searchindex.New(a.DB, words, country{}.Names)
	a.Index.Register(organisation.SearchSource(), network.SearchSource(), council.SearchSource(), post.SearchSource(), meeting.SearchSource(), actionplan.SearchSource())
	return nil
}

var dictionaries sync.Map // by path: what opens the dictionary the first time, and has it then

// dictionary is the one that the operator named, else one where it is usually installed, else none.
func dictionary(voikko string) (*finnish.Dictionary, error) {
	if voikko == "" {
		voikko, _ = finnish.Find()
	}
	if voikko == "" || voikko == "off" {
		return nil, nil //nolint:nilnil // none is no error
	}
	open, _ := dictionaries.LoadOrStore(voikko, sync.OnceValues(func() (*finnish.Dictionary, error) { return finnish.Open(voikko) }))
	d, err := open.(func() (*finnish.Dictionary, error))()
	if err != nil {
		return nil, fmt.Errorf("%w; name the mor.vfst of voikko-fi by --voikko, or say --voikko off", err)
	}
	return d, nil
}
