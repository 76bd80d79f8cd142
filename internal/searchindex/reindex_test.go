package searchindex_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// waiting counts the rows whose document is not as it should be.
func waiting(s *testkit.Service) (n int) {
	s.T.Helper()
	s.Scan(`select count(*) from organisations o left join search_documents d on d.id = o.id where o.deleted_at is null and (d.analyser is null or d.analyser <> $1)`, []any{s.Index.State().Analyser}, &n)
	return n
}

// TestReindex: documents that are missing, of another analyser or of another place are made anew; others are left alone.
func TestReindex(t *testing.T) {
	t.Parallel()
	s, ctx := testkit.New(t), context.Background()
	admin := s.As(authz.Admin, "")
	for _, name := range []string{"Ensimmäinen ry", "Toinen ry", "Kolmas ry", "Neljäs ry"} {
		admin.Post("/v1/organisations", association(name)).Want(201)
	}
	n, err := s.Index.Reindex(ctx)
	require.NoError(t, err)
	assert.Zero(t, n)
	found := func(q string) int { return len(s.Anonymous().Get("/v1/search?q=" + q).Want(200).Items()) }

	s.Exec("delete from search_documents where sort_name = 'Toinen ry'")
	s.Exec("update search_documents set analyser = '0', names = '', vector = '' where sort_name = 'Kolmas ry'")
	s.Exec("update search_documents set region = '07' where sort_name = 'Neljäs ry'")
	assert.Equal(t, []int{0, 0}, []int{found("toinen"), found("kolmas")})
	n, err = s.Index.Reindex(ctx)
	require.NoError(t, err)
	assert.Equal(t, int64(3), n)
	assert.Zero(t, s.Index.State().Pending)
	assert.Equal(t, []int{1, 1, 1, 1}, []int{found("toinen"), found("kolmas"), found("ensimmäinen"), found("neljäs&region=05")})

	s.Exec("insert into search_terms values ('unohdettu', 'unohdettu')")
	s.Exec("delete from search_terms where term = 'kolmas'")
	s.Exec("delete from search_documents")
	n, err = s.Index.Rebuild(ctx)
	require.NoError(t, err)
	assert.Equal(t, int64(4), n)
	var forgotten, back int
	s.Scan("select count(*) filter (where term = 'unohdettu'), count(*) filter (where term = 'kolmas') from search_terms", nil, &forgotten, &back)
	assert.Equal(t, []int{0, 1}, []int{forgotten, back})
}

// TestAnotherAnalyser: a service with a dictionary takes over what one without has written.
func TestAnotherAnalyser(t *testing.T) {
	t.Parallel()
	path, ok := testkit.Dictionary(t)
	if !ok {
		t.Log("no dictionary here: the pipeline has one")
		return
	}
	ruled := testkit.New(t)
	ruled.As(authz.Admin, "").Post("/v1/organisations", object{"kind": "association", "name": object{"fi": "Talkooväki"}, "description": object{"fi": "Nuorisotalolla"}, "municipality": "109"}).Want(201)
	s := testkit.Reading(t, ruled.DSN, path)
	assert.Equal(t, 1, waiting(s))
	assert.Empty(t, s.Anonymous().Get("/v1/search?q=talot").Items())
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go s.Work(ctx)
	require.Eventually(t, func() bool { return len(s.Anonymous().Get("/v1/search?q=talot").Items()) == 1 }, 20*time.Second, 20*time.Millisecond)
	assert.Zero(t, waiting(s))
	assert.True(t, s.Index.State().Dictionary)
}

// TestReindexMeanwhile: rows that somebody is writing are not waited for, and what they become is not overwritten by what
// they were.
func TestReindexMeanwhile(t *testing.T) {
	t.Parallel()
	s, ctx := testkit.New(t), context.Background()
	admin := s.As(authz.Admin, "")
	busy := admin.Post("/v1/organisations", association("Kiireiset ry")).Want(201).ID()
	admin.Post("/v1/organisations", association("Joutilaat ry")).Want(201)
	s.Exec("update search_documents set analyser = '0'")
	locked, written, done := make(chan struct{}), make(chan error, 1), make(chan struct{})
	go func() {
		written <- s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Conn().Exec(ctx, `update organisations set name = '{"fi": "Uudet ry"}', version = version + 1 where id = $1`, busy)
			close(locked)
			<-done
			var c store.Change
			if c.Type, c.Op, c.Version, c.Changed = "organisation", store.Updated, 2, []string{"name"}; err == nil {
				err = tx.Conn().QueryRow(ctx, "select id from organisations where id = $1", busy).Scan(&c.ID)
			}
			tx.Note(c)
			return err
		})
	}()
	<-locked
	finished := make(chan error, 1)
	go func() { _, err := s.Index.Reindex(ctx); finished <- err }()
	require.Eventually(t, func() bool { return waiting(s) == 1 }, 10*time.Second, 10*time.Millisecond, "the other row is done meanwhile")
	close(done)
	require.NoError(t, <-written)
	require.NoError(t, <-finished)
	assert.Len(t, s.Anonymous().Get("/v1/search?q=uudet").Items(), 1)
	assert.Empty(t, s.Anonymous().Get("/v1/search?q=kiireiset").Items())
	assert.Zero(t, waiting(s))
}

// TestReindexBrokenOff: what is done stays done, and the next start goes on; two at once do no harm.
func TestReindexBrokenOff(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	const rows = 450 // three batches
	s.Exec(`insert into organisations (id, version, created_at, updated_at, published_at, status, kind, name, municipality, region, sort_name, match_name)
		select gen_random_uuid(), 1, now(), now(), now(), 'published', 'association', jsonb_build_object('fi', 'Keskeytetyt ' || i), '109', '05', 'Keskeytetyt ' || i, i from generate_series(1, $1::int) i`, rows)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.DB.OnChange(func(types []string) { // after the first batch
		if len(types) == 1 && types[0] == "organisation" {
			cancel()
		}
	})
	n, err := s.Index.Reindex(ctx)
	require.Error(t, err)
	assert.Equal(t, int64(200), n)
	assert.Equal(t, rows-200, waiting(s))

	other := testkit.Reading(t, s.DSN, "off")
	results := make(chan int64, 2)
	for _, each := range []*testkit.Service{s, other} {
		go func() {
			n, err := each.Index.Reindex(context.Background())
			assert.NoError(t, err)
			results <- n
		}()
	}
	assert.Equal(t, int64(rows-200), <-results+<-results, "each row once")
	assert.Zero(t, waiting(s))
	total := s.Anonymous().Get("/v1/search?q=keskeytetyt&count=true&limit=1").JSON()["total"]
	assert.Equal(t, strconv.Itoa(rows), strconv.FormatFloat(total.(float64), 'f', -1, 64))
}

// TestBrokenDictionary: a file that is none is an error at the start.
func TestBrokenDictionary(t *testing.T) {
	t.Parallel()
	_, err := app.New(context.Background(), app.Options{DSN: testkit.DSN(t), Pool: 2, Voikko: "main_test.go", Service: config.Service{Issuer: "https://seutu.test"}})
	require.Error(t, err)
}
