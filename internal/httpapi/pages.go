package httpapi

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/opt"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/site"
	"github.com/seutu/seutu/internal/store"
)

// html is the media type of pages, as the contract has it.
const html = "text/html"

// page is the answer that shows a page.
func page(ctx context.Context, policy, language string, body []byte, err error) (api.Answer, error) {
	return api.Answer{Answer: render.Answer{
		Status: 200, ETag: render.BodyETag(ctx, body), Cache: cacheHour, MediaType: site.HTML, Language: language, Policy: policy, Body: body,
	}}, err
}

// counts asks how many there are of each kind, and tells how long the answer may be kept. Without the database there are none:
// the service is described all the same.
func (s *service) counts(ctx context.Context) (counts []int64, cache string) {
	queries := make([]string, len(s.kinds))
	for i, k := range s.kinds {
		queries[i] = k.Query
	}
	counts, err := s.server.db.Counts(ctx, queries)
	if err != nil {
		slog.ErrorContext(ctx, "count what the service holds", "error", store.Loggable(err))
		return nil, "no-store"
	}
	return counts, render.CacheRow
}

// front is the front page, in the language that the address or else the browser asks for.
func (s *service) front(ctx context.Context, p api.GetServiceParams, counts []int64, cache string) (api.Answer, error) {
	lang := string(opt.Value(p.Lang))
	if lang == "" {
		lang = site.Languages.Preferred(opt.Value(p.AcceptLanguage))
	}
	body, err := site.Front{Lang: lang, Version: s.version, Address: s.address, Kinds: s.kinds, Counts: counts}.Page()
	a, err := page(ctx, site.Policy, lang, body, err)
	a.Cache, a.Vary = cache, "Accept-Language"
	return a, err
}

// Demo tells as whom visitors of the reference may sign in. Call it before Serve.
func (s *Server) Demo(users []site.User) { s.service.demo = users }

// GetDocs is the reference: the contract as a page.
func (s *service) GetDocs(ctx context.Context, _ api.GetDocsRequestObject) (api.GetDocsResponseObject, error) {
	body, err := site.Docs(s.demo)
	return page(ctx, site.DocsPolicy, "en", body, err)
}

// GetDocsAsset is a file that the pages use.
func (s *service) GetDocsAsset(ctx context.Context, r api.GetDocsAssetRequestObject) (api.GetDocsAssetResponseObject, error) {
	return asset(ctx, string(r.Asset))
}

// GetIcon is the icon that browsers show beside answers.
func (s *service) GetIcon(ctx context.Context, _ api.GetIconRequestObject) (api.GetIconResponseObject, error) {
	return asset(ctx, site.Icon)
}

// asset is the answer with a file, packed for those who take it so.
func asset(ctx context.Context, name string) (a api.Answer, err error) {
	all, err := site.Assets()
	if err != nil {
		return a, err
	}
	f, ok := all[name]
	if !ok {
		return a, fmt.Errorf("the contract has a file %q that the program has not", name)
	}
	a.Answer = render.Answer{Status: 200, Cache: cacheHour, MediaType: f.MediaType}
	if render.From(ctx).Gzip {
		a.Encoding, a.Body = "gzip", f.Packed
	} else {
		a.Body, err = f.Plain()
	}
	a.ETag = render.BodyETag(ctx, a.Body)
	return a, err
}

// ListProblemTypes lists the problem types, by status.
func (s *service) ListProblemTypes(ctx context.Context, _ api.ListProblemTypesRequestObject) (api.ListProblemTypesResponseObject, error) {
	types := slices.SortedFunc(maps.Values(errs.Types), func(a, b *errs.Type) int {
		return cmp.Or(cmp.Compare(statusOf[a.Kind], statusOf[b.Kind]), cmp.Compare(a.Name, b.Name))
	})
	if render.From(ctx).MediaType == html {
		shown := make([]site.Problem, len(types))
		for i, t := range types {
			shown[i] = shownProblem(t)
		}
		body, err := site.Problems(shown)
		return page(ctx, site.Policy, "fi, en", body, err)
	}
	out := api.ProblemTypeList{Items: make([]api.ProblemType, len(types))}
	for i, t := range types {
		out.Items[i] = wireProblem(t)
	}
	a, err := render.JSON(ctx, out, cacheHour)
	return api.Answer{Answer: a}, err
}

// GetProblemType explains a problem type in English and Finnish. NotFound if there is no such type.
func (s *service) GetProblemType(ctx context.Context, r api.GetProblemTypeRequestObject) (api.GetProblemTypeResponseObject, error) {
	t := errs.Types[r.Type]
	if t == nil {
		return nil, errs.New(errs.Missing, "there is no problem type of this name")
	}
	if render.From(ctx).MediaType == html {
		body, err := site.ProblemPage(shownProblem(t))
		return page(ctx, site.Policy, "fi, en", body, err)
	}
	a, err := render.JSON(ctx, wireProblem(t), cacheHour)
	return api.Answer{Answer: a}, err
}

func wireProblem(t *errs.Type) api.ProblemType {
	return api.ProblemType{Type: "/problems/" + t.Name, Status: statusOf[t.Kind], Title: t.Title, Description: t.Description}
}

func shownProblem(t *errs.Type) site.Problem {
	return site.Problem{Name: t.Name, Status: statusOf[t.Kind], Title: t.Title, Description: t.Description}
}
