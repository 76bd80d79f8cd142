package seat_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/testkit"
)

// large fills a database with organisations, networks and councils, and names a council and an organisation in the middle of it.
func large(s *testkit.Service, organisations, networks int) (council, organisation string) {
	s.Exec(`insert into organisations (id, version, created_at, updated_at, published_at, status, kind, name, municipality, region, sort_name, match_name)
		select gen_random_uuid(), 1, now(), now(), now(), 'published', 'association', jsonb_build_object('fi', 'Yhdistys ' || i), '109', '05', 'Yhdistys ' || i, 'yhdistys' from generate_series(1, $1::int) i`, organisations)
	s.Exec(`insert into networks (id, version, created_at, updated_at, kind, status, name, region, path, sort_name)
		select gen_random_uuid(), 1, now(), now(), 'thematic', 'active', jsonb_build_object('fi', 'Verkosto ' || i), '05', '{}', 'Verkosto ' || i from generate_series(1, $1::int) i`, networks)
	s.Exec("alter table memberships disable trigger all") // what they keep is not read here
	s.Exec(`insert into memberships (id, version, created_at, updated_at, network_id, organisation_id, status, valid_from)
		select gen_random_uuid(), 1, now(), now(), n.id, o.id, 'active', '2020-01-01'
		from (select id, row_number() over (order by id) as i from organisations) o join (select id, row_number() over (order by id) as i from networks) n on n.i in (o.i % $1::int + 1, o.i / 7 % $1::int + 1)`, networks)
	// each council has some twenty networks, half of them with somebody in their seat
	s.Exec(`insert into councils (id, version, created_at, updated_at, kind, name, region, path, sort_name)
		select gen_random_uuid(), 1, now(), now(), 'cooperation_group', '{"fi": "x"}', '05', '{}', 'x' from generate_series(1, $1::int) i`, networks/20)
	s.Exec(`insert into council_networks (id, version, created_at, updated_at, council_id, network_id, status, valid_from)
		select gen_random_uuid(), 1, now(), now(), c.id, n.id, 'joined', '2020-01-01'
		from (select id, row_number() over (order by id) as i from networks) n join (select id, row_number() over (order by id) as i from councils) c on n.i % (select count(*) from councils) = c.i % (select count(*) from councils)`)
	s.Exec(`insert into seats (id, version, created_at, updated_at, council_id, role, nominating_network_id, vacant, valid_from)
		select gen_random_uuid(), 1, now(), now(), council_id, 'member', network_id, random() < 0.5, '2024-01-01' from council_networks`)
	s.Exec("analyze")
	s.Scan("select council_id::text, organisation_id::text from council_networks j join memberships m on m.network_id = j.network_id limit 1", nil, &council, &organisation)
	return council, organisation
}

func representations(council, organisation string) []string {
	return []string{"/v1/councils/" + council + "/representation", "/v1/councils/" + council + "/representation/without-voice?count=true", "/v1/organisations/" + organisation + "/representation"}
}

// TestRepresentationReadsLittle: of a large register only what belongs to the question is read.
func TestRepresentationReadsLittle(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	council, organisation := large(s, 8000, 400)
	scans := func() (n int64) { // how often all organisations were read through, told by every connection of the pool
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				_, err := s.DB.Exec(context.Background(), "select pg_stat_force_next_flush(), pg_sleep(0.1)")
				assert.NoError(t, err)
			})
		}
		all.Wait()
		time.Sleep(50 * time.Millisecond) // until the statistics have arrived
		s.Scan("select seq_scan from pg_stat_user_tables where relname = 'organisations'", nil, &n)
		return n
	}
	before := scans()
	_, err := s.DB.Exec(t.Context(), "select count(*) from organisations where description is null")
	require.NoError(t, err)
	require.Greater(t, scans(), before, "a scan would be seen")
	for _, path := range representations(council, organisation) {
		before := scans()
		s.Anonymous().Get(path).Want(200)
		assert.Equal(t, before, scans(), "%s scans all organisations", path)
	}
}

// BenchmarkRepresentation measures on 110,000 organisations and 5,000 networks.
func BenchmarkRepresentation(b *testing.B) {
	s := testkit.New(b)
	council, organisation := large(s, 110_000, 5_000)
	for i, name := range []string{"council", "without-voice", "organisation"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				s.Anonymous().Get(representations(council, organisation)[i]).Want(200)
			}
		})
	}
}
