package render

import (
	"context"
	"time"
)

// Row is a resource that was rendered in the database, with what its headers need.
type Row struct {
	JSON      []byte
	Version   int64
	UpdatedAt time.Time
	Variant   string // what can change the answer without a new version
}

// Shown is the answer to a read of the row. Where it can change without the row, such as by a consent, caches have to ask.
func (r Row) Shown(ctx context.Context, variant ...string) Answer {
	a := Answer{Status: 200, ETag: ETag(ctx, r.Version, append(variant, r.Variant)...), LastModified: r.UpdatedAt, Cache: CacheRow, Body: r.JSON}
	if r.Variant != "" {
		a.Cache = CachePersonal
	}
	return a
}

// Created is the answer to the request that made the row.
func (r Row) Created(ctx context.Context, location string) Answer {
	return Answer{Status: 201, ETag: ETag(ctx, r.Version, r.Variant), LastModified: r.UpdatedAt, Location: location, Body: r.JSON}
}

// Updated is the answer to the request that changed the row.
func (r Row) Updated(ctx context.Context) Answer {
	return Answer{Status: 200, ETag: ETag(ctx, r.Version, r.Variant), LastModified: r.UpdatedAt, Body: r.JSON}
}

// PartsOf is the answer to a read of all parts of a resource, under the resource's tag. tag names the kind of part.
func PartsOf(ctx context.Context, items [][]byte, version int64, tag string) Answer {
	body := []byte(`{"items":[`)
	for i, item := range items {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, item...)
	}
	return Answer{Status: 200, ETag: ETag(ctx, version, tag), Cache: CacheRow, Body: append(body, "]}"...)}
}
