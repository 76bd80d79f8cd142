package search_test

import (
	"net/url"
	"testing"

	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

// hit is a result as the contract has it.
type hit struct {
	Type, ID, Href string
	Name           map[string]string
	Region         *string
	Highlights     []struct {
		Member, Language string
		Fragments        []struct {
			Text  string
			Match bool
		}
	}
}

type result struct {
	Items     []hit
	Next      *string
	Total     *int
	Facets    map[string][]object
	Corrected []struct {
		Word string
		As   []string
	}
}

func search(c *testkit.Client, q, more string) (r result) {
	c.T.Helper()
	c.Get("/v1/search?q=" + url.QueryEscape(q) + more).Want(200).Into(&r)
	return r
}

// names are the names of the results, in order.
func (r result) names() []string {
	out := []string{}
	for _, h := range r.Items {
		for _, l := range []string{"fi", "sv", "en"} {
			if h.Name[l] != "" {
				out = append(out, h.Name[l])
				break
			}
		}
	}
	return out
}

func association(name, municipality string) object {
	return object{"kind": "association", "name": object{"fi": name}, "municipality": municipality}
}

// with adds members to an object.
func (o objects) with(more object) object {
	for k, v := range more {
		o[k] = v
	}
	return object(o)
}

type objects object
