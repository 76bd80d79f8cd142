package searchindex

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/seutu/seutu/internal/store"
)

// staleRows are the rows of a source that need a new document by the analyser $1.
func staleRows(s Source) string {
	return fmt.Sprintf(`from %s left join search_documents d on d.id = %s.id where %[2]s.deleted_at is null
		and (d.id is null or d.analyser <> $1 or (d.public, d.region, d.sub_region, d.municipality) is distinct from (%s))`, s.from(), s.Alias, s.place())
}

// stale counts them.
func (r repository) stale(ctx context.Context, sources []Source, analyser string) (n int64, err error) {
	parts := make([]string, len(sources))
	for i, s := range sources {
		parts[i] = "(select count(*) " + staleRows(s) + ")"
	}
	err = r.QueryRow(ctx, "select "+strings.Join(parts, " + "), analyser).Scan(&n)
	return n, store.Err(err)
}

// lockPass lets one process at a time make documents anew; free is false while another one does.
func (r repository) lockPass(ctx context.Context) (free bool, err error) {
	err = r.QueryRow(ctx, "select pg_try_advisory_xact_lock($1)", store.LockReindex).Scan(&free)
	return free, store.Err(err)
}

// lockStale finds the next rows that need a new document, or the next of all, and keeps others from writing them. It waits for
// nobody: two who wait for each other would both fail.
func (r repository) lockStale(ctx context.Context, s Source, analyser string, after uuid.UUID, all bool) ([]uuid.UUID, error) {
	sql := "select " + s.Alias + ".id " + staleRows(s)
	if all {
		sql = fmt.Sprintf("select %s.id from %s where %[1]s.deleted_at is null and $1 <> ''", s.Alias, s.from())
	}
	return r.IDs(ctx, sql+fmt.Sprintf(" and %s.id > $2 order by %[1]s.id limit %d for share of %[1]s skip locked", s.Alias, batch), analyser, after)
}

// terms are all terms.
func (r repository) terms(ctx context.Context) ([]string, error) {
	rows, err := r.Query(ctx, "select term from search_terms")
	if err != nil {
		return nil, err
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return out, store.Err(err)
}

// forget removes terms.
func (r repository) forget(ctx context.Context, terms []string) error {
	_, err := r.Exec(ctx, "delete from search_terms where term = any($1)", terms)
	return err
}
