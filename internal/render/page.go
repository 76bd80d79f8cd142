package render

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
)

// Page is a page of rendered items, with what goes beside them.
type Page struct {
	Items     [][]byte
	Cursor    string // of the next page
	Total     *int64
	Facets    any
	Totals    any // what the rows add up to
	Corrected any // words of the search that were read as others
}

// Answer puts the page together: a list, or a FeatureCollection where the request asked for a map.
func (p Page) Answer(ctx context.Context, cache string) (Answer, error) {
	var b bytes.Buffer
	n := 256
	for _, i := range p.Items {
		n += len(i) + 1
	}
	b.Grow(n)
	mediaType := From(ctx).MediaType
	if mediaType == GeoJSON {
		b.WriteString(`{"type":"FeatureCollection","features":[`)
	} else {
		b.WriteString(`{"items":[`)
	}
	for i, item := range p.Items {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(item)
	}
	next := NextURL(ctx, p.Cursor)
	b.WriteString(`],"next":`)
	if next == "" {
		b.WriteString("null")
	} else if err := appendPlain(&b, next); err != nil {
		return Answer{}, err
	}
	if p.Total != nil {
		b.WriteString(`,"total":` + strconv.FormatInt(*p.Total, 10))
	}
	for _, m := range []struct {
		name  string
		value any
	}{{"facets", p.Facets}, {"totals", p.Totals}, {"corrected", p.Corrected}} {
		if m.value == nil {
			continue
		}
		b.WriteString(`,"` + m.name + `":`)
		if err := appendPlain(&b, m.value); err != nil {
			return Answer{}, err
		}
	}
	b.WriteByte('}')
	return Answer{Status: 200, ETag: BodyETag(ctx, b.Bytes()), Next: next, Cache: cache, MediaType: mediaType, Body: b.Bytes()}, nil
}

// appendPlain writes JSON in which & stays &, so that an address can be copied out of it.
func appendPlain(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	b.Truncate(b.Len() - 1) // the newline
	return err
}
