package search

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/page"
	"github.com/seutu/seutu/internal/render"
	"github.com/seutu/seutu/internal/searchindex"
)

// Service searches.
type Service struct{ repo Repository }

// NewService makes the service.
func NewService(repo Repository) *Service { return &Service{repo} }

// Search is a page of what everyone may see and the words find, the best first. Open to everyone.
func (s *Service) Search(ctx context.Context, f Filter, req page.Request) (render.Page, error) {
	p, q, err := s.repo.index.Find(ctx, f.Q, req, func(q *searchindex.Query, req page.Request) (render.Page, error) {
		hits, p, err := s.repo.find(ctx, f, q, req)
		if err == nil {
			p.Items, err = s.show(ctx, q, hits)
		}
		return p, err
	})
	if len(q.Corrections) > 0 {
		p.Corrected = q.Corrections
	}
	return p, err
}

// show adds names and highlights to results. One that is no longer everyone's to see is left out.
func (s *Service) show(ctx context.Context, q *searchindex.Query, hits []Hit) (items [][]byte, err error) {
	if len(hits) == 0 {
		return nil, nil
	}
	ids, types := make([]uuid.UUID, len(hits)), make([]string, len(hits))
	for i, h := range hits {
		ids[i], types[i] = h.ID, h.Type
	}
	shown, err := s.repo.index.Show(ctx, types, ids)
	if err != nil {
		return nil, err
	}
	for _, h := range hits {
		row, ok := shown[h.ID]
		if !ok {
			continue
		}
		h.Href, h.Name = row.Href, row.Name
		h.highlight(q, row.Texts)
		item, err := json.Marshal(h)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}
