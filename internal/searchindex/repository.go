package searchindex

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/store"
)

// repository holds the queries of documents and terms.
type repository struct{ *store.DB }

// rows reads what the sources tell of the rows with the ids, in one round trip.
func (r repository) rows(ctx context.Context, sources []Source, ids []uuid.UUID) ([]row, error) {
	queries := make([]string, len(sources))
	for i, s := range sources {
		queries[i] = s.documents()
	}
	found, err := r.Query(ctx, strings.Join(queries, " union all "), ids)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var out []row
	for found.Next() {
		var d row
		var kind string
		var name, texts []byte
		if err := found.Scan(&kind, &d.id, &d.public, &d.region, &d.subRegion, &d.municipality, &name, &texts); err != nil {
			return nil, store.Err(err)
		}
		d.source = sources[slices.IndexFunc(sources, func(s Source) bool { return s.Type == kind })]
		if err := d.read(name, texts); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, store.Err(found.Err())
}

// owned finds the rows of a source that belong to the owners, and makes other writers of them wait: those would else write
// documents of what the owners were before.
func (r repository) owned(ctx context.Context, s Source, o Owner, owners []uuid.UUID) ([]uuid.UUID, error) {
	return r.IDs(ctx, fmt.Sprintf("select id from %s where %s = any($1) and deleted_at is null order by id for no key update", s.Table, o.Column), owners)
}

const (
	upsert = `
insert into search_documents as d (id, type, public, region, sub_region, municipality, sort_name, names, vector, analyser)
select id, type, public, region, sub_region, municipality, sort_name, names::tsvector, vector::tsvector, analyser
from unnest($1::uuid[], $2::text[], $3::bool[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
	as n(id, type, public, region, sub_region, municipality, sort_name, names, vector, analyser)
on conflict (id) do update set public = excluded.public, region = excluded.region, sub_region = excluded.sub_region, municipality = excluded.municipality,
	sort_name = excluded.sort_name, names = excluded.names, vector = excluded.vector, analyser = excluded.analyser
where (d.public, d.region, d.sub_region, d.municipality, d.sort_name, d.names, d.vector, d.analyser)
	is distinct from (excluded.public, excluded.region, excluded.sub_region, excluded.municipality, excluded.sort_name, excluded.names, excluded.vector, excluded.analyser)`

	insertTerms = `insert into search_terms (term, plain) select * from unnest($1::text[], $2::text[]) on conflict do nothing`
)

// write queues documents, the end of others, and terms, which have to be sorted: two writers who wait for each other's would
// both fail.
func (r repository) write(tx *store.Tx, docs []document, gone []uuid.UUID, terms []string) {
	if len(gone) > 0 {
		tx.Queue("delete from search_documents where id = any($1)", gone)
	}
	if n := len(docs); n > 0 {
		ids, public := make([]uuid.UUID, n), make([]bool, n)
		types, sortNames, names, vectors, analysers := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
		regions, subRegions, municipalities := make([]*string, n), make([]*string, n), make([]*string, n)
		for i, d := range docs {
			ids[i], types[i], public[i] = d.id, d.source.Type, d.public
			regions[i], subRegions[i], municipalities[i] = d.region, d.subRegion, d.municipality
			sortNames[i], names[i], vectors[i], analysers[i] = d.sortName, d.names, d.vector, d.analyser
		}
		tx.Queue(upsert, ids, types, public, regions, subRegions, municipalities, sortNames, names, vectors, analysers)
	}
	if len(terms) > 0 {
		plain := make([]string, len(terms))
		for i, t := range terms {
			plain[i] = unaccented(t)
		}
		tx.Queue(insertTerms, terms, plain)
	}
}

// similar finds terms that are like words, by their plain spellings: those that have one of the swapped spellings, and the most
// like by their trigrams. A word that is a term itself has none, which is far quicker to see.
func (r repository) similar(ctx context.Context, words, plain []string, swapped [][]string) (map[string][]string, error) {
	var ns []int32
	var spellings []string
	for i, s := range swapped {
		for _, w := range s {
			ns, spellings = append(ns, int32(i+1)), append(spellings, w)
		}
	}
	rows, err := r.Query(ctx, `
		with w as materialized (select * from unnest($1::text[], $2::text[]) with ordinality as w(word, plain, n)
			where not exists (select from search_terms t where t.term = w.word))
		select w.n::int, t.term from w cross join lateral (
			select term from search_terms where plain % w.plain and similarity(plain, w.plain) >= 0.35 order by similarity(plain, w.plain) desc, term limit 20) t
		union
		select w.n::int, t.term from w join unnest($3::int[], $4::text[]) s(n, plain) on s.n = w.n join search_terms t on t.plain = s.plain`,
		words, plain, ns, spellings)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]string{}
	for rows.Next() {
		var n int
		var term string
		if err := rows.Scan(&n, &term); err != nil {
			return nil, store.Err(err)
		}
		out[plain[n-1]] = append(out[plain[n-1]], term)
	}
	return out, store.Err(rows.Err())
}

// inNames tells which of the queries find a public name.
func (r repository) inNames(ctx context.Context, literals []string) ([]bool, error) {
	rows, err := r.Query(ctx, `select exists (select from search_documents d where d.public and d.names @@ q.literal::tsquery)
		from unnest($1::text[]) with ordinality q(literal, n) order by n`, literals)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[bool])
	return found, store.Err(err)
}

// shares reads the statistics of the documents.
func (r repository) shares(ctx context.Context) (*shares, error) {
	s := &shares{}
	//nolint:rowserrcheck // ForEachRow tells
	rows, err := r.Query(ctx, `select (select greatest(reltuples, 0) from pg_class where oid = 'search_documents'::regclass), attname, key, share
		from pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) e(key, share)
		where schemaname = current_schema() and tablename = 'search_documents' and attname in ('names', 'vector') and key <> '' and share >= $1
		order by key collate "C"`, common)
	if err != nil {
		return nil, err
	}
	var column, key string
	var share float64
	_, err = pgx.ForEachRow(rows, []any{&s.documents, &column, &key, &share}, func() error {
		of := &s.texts
		if column == "names" {
			of = &s.names
		}
		*of = append(*of, finnish.Share{Key: key, Share: share})
		return nil
	})
	return s, store.Err(err)
}
