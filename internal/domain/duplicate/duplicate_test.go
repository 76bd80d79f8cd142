package duplicate_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type object = map[string]any

var anyVersion = testkit.IfMatch("*")

func fi(s string) object { return object{"fi": s} }

func create(t *testing.T, c *testkit.Client, name, municipality string, more ...object) string {
	t.Helper()
	o := object{"kind": "association", "name": fi(name), "municipality": municipality}
	for _, m := range more {
		for k, v := range m {
			o[k] = v
		}
	}
	return c.Post("/v1/organisations", o).Want(201).ID()
}

func look(t *testing.T, s *testkit.Service) {
	t.Helper()
	require.NoError(t, s.Duplicates.Look(context.Background()))
}

// likely are the ids that are told of one organisation, in order.
func likely(c *testkit.Client, id string) []string {
	out := []string{}
	for _, x := range c.Get("/v1/organisations/" + id + "/duplicates").Want(200).Items() {
		out = append(out, x["organisation"].(object)["id"].(string))
	}
	return out
}

// TestOfOne: whoever has just created an organisation is told what it may be.
func TestOfOne(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	seura := create(t, c, "Turengin Nuorisoseura ry", "165", object{"otherNames": []object{{"name": fi("Turengin Nuoret")}}})
	draft := create(t, c, "Turengin nuorisoseura r.f.", "165", object{"status": "draft"})
	near := create(t, c, "Turengin Nuoriso-seura", "109")
	far := create(t, c, "Turengin Nuorisoseura", "564")
	create(t, c, "Turengin Eläkkeensaajat ry", "165")
	phone := create(t, c, "Aivan Muu ry", "564", object{"phone": "050 555 0101", "email": "x@example.org"})
	former := create(t, c, "Turengin Nuoret", "165")
	asks := create(t, c, "Turengin Nuorisoseura", "165", object{"phone": "050 555 0101", "email": "x@example.org"})

	items := c.Get("/v1/organisations/" + asks + "/duplicates").Want(200).Items()
	assert.ElementsMatch(t, []string{seura, draft, near, phone}, likely(c, asks))
	assert.Nil(t, items[0]["pair"])
	assert.Greater(t, items[0]["score"], 0.85)
	assert.Contains(t, likely(c, former), seura, "by its former name")
	assert.NotContains(t, likely(c, asks), far)

	officer := s.As(authz.Officer, "165")
	assert.Contains(t, likely(officer, asks), draft)
	editor := s.As(authz.Editor, asks)
	assert.ElementsMatch(t, []string{seura, near, phone}, likely(editor, asks), "what it may not see it is not told")
	editor.Get("/v1/organisations/"+seura+"/duplicates").Problem(403, "forbidden")
	s.As(authz.Officer, "398").Get("/v1/organisations/"+seura+"/duplicates").Problem(403, "forbidden")
	s.As(authz.Officer, "398").Get("/v1/organisations/"+draft+"/duplicates").Problem(404, "not-found")
	s.Anonymous().Get("/v1/organisations/"+seura+"/duplicates").Problem(401, "sign-in-needed")
	tag := c.Get("/v1/organisations/" + asks + "/duplicates").ETag()
	c.Get("/v1/organisations/"+asks+"/duplicates", testkit.Header{Name: "If-None-Match", Value: tag}).Want(304)
}

// TestPairs: found by the work, shown to those who approve, dismissed for good, ended when nothing speaks for them.
func TestPairs(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	a := create(t, c, "Turengin Nuorisoseura ry", "165")
	b := create(t, c, "Turengin Nuorisoseura", "109")
	lahti := create(t, c, "Turengin Nuorisoseura", "398", object{"status": "draft", "email": "x@example.org", "phone": "050 555 0101"})
	c.Patch("/v1/organisations/"+b, object{"email": "x@example.org", "phone": "050 555 0101"}, anyVersion).Want(200)
	assert.Empty(t, c.Get("/v1/duplicates").Want(200).Items())
	look(t, s)
	all := c.Get("/v1/duplicates?count=true").Want(200)
	require.Len(t, all.Items(), 2)
	assert.Equal(t, 2.0, all.JSON()["total"])
	assert.GreaterOrEqual(t, all.Items()[0]["score"], all.Items()[1]["score"])
	page := c.Get("/v1/duplicates?limit=1").Want(200).JSON()
	assert.Equal(t, all.Items()[1]["id"], c.Get(page["next"].(string)).Want(200).Items()[0]["id"])
	assert.Len(t, c.Get("/v1/duplicates?municipality=165").Want(200).Items(), 1)
	assert.Len(t, c.Get("/v1/duplicates?region=05").Want(200).Items(), 2)
	assert.Len(t, c.Get("/v1/duplicates?region=07").Want(200).Items(), 1)
	assert.Empty(t, c.Get("/v1/duplicates?minScore=0.999").Want(200).Items())
	assert.Empty(t, c.Get("/v1/duplicates?status=dismissed").Want(200).Items())

	ours := c.Get("/v1/duplicates?municipality=165").Want(200).Items()[0]
	id := ours["id"].(string)
	for _, x := range []struct {
		who    *testkit.Client
		pairs  int
		status int
	}{
		{s.As(authz.Officer, "165"), 1, 200}, {s.As(authz.Officer, "109"), 1, 200}, {s.As(authz.Officer, "398"), 1, 404}, {s.As(authz.Officer, "433"), 0, 404},
		{s.As(authz.Coordinator, "05"), 1, 200}, {s.As(authz.Coordinator, "07"), 1, 404}, {s.As(authz.Editor, a), 0, 403}, {s.Anonymous(), 0, 401},
		{s.As(authz.Integration, "05", "organisation.write", "organisation.sync"), 0, 403},
	} {
		x.who.Get("/v1/duplicates/" + id).Want(x.status)
		x.who.Post("/v1/duplicates/"+id+"/transitions", object{"to": "open"}, anyVersion).Want(map[int]int{200: 409, 404: 404, 403: 403, 401: 401}[x.status])
		if x.status != 401 && x.status != 403 {
			assert.Len(t, x.who.Get("/v1/duplicates").Want(200).Items(), x.pairs)
		}
	}

	officer := s.As(authz.Officer, "165")
	path := "/v1/duplicates/" + id + "/transitions"
	officer.Post(path, object{"to": "dismissed"}).Problem(428, "precondition-required")
	officer.Post(path, object{"to": "dismissed"}, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	tag := officer.Get("/v1/duplicates/" + id).Want(200).ETag()
	done := officer.Post(path, object{"to": "dismissed", "note": "eri yhdistykset"}, testkit.IfMatch(tag)).Want(200).JSON()
	assert.Equal(t, "dismissed", done["status"])
	assert.Equal(t, officer.ID.String(), done["decidedBy"])
	assert.Equal(t, "eri yhdistykset", done["note"])
	assert.Empty(t, officer.Get("/v1/duplicates").Want(200).Items())
	assert.Len(t, officer.Get("/v1/duplicates?status=dismissed").Want(200).Items(), 1)
	c.Patch("/v1/organisations/"+a, object{"email": "x@example.org"}, anyVersion).Want(200) // one more thing speaks for it
	look(t, s)
	assert.Equal(t, "dismissed", c.Get("/v1/duplicates/" + id).Want(200).JSON()["status"], "dismissed for good")
	assert.Contains(t, string(c.Get("/v1/organisations/"+a+"/duplicates").Want(200).Body), `"pair":{"id":"`+id+`","status":"dismissed"}`)
	assert.Equal(t, "open", officer.Post(path, object{"to": "open"}, anyVersion).Want(200).JSON()["status"])

	c.Patch("/v1/organisations/"+a, object{"name": fi("Aivan Muu ry"), "email": nil}, anyVersion).Want(200)
	look(t, s)
	c.Get("/v1/duplicates/"+id).Problem(404, "not-found")
	require.Len(t, c.Get("/v1/duplicates").Want(200).Items(), 1)
	c.Do("DELETE", "/v1/organisations/"+lahti, nil, anyVersion).Want(204)
	assert.Empty(t, c.Get("/v1/duplicates").Want(200).Items(), "one of the two is gone")
	look(t, s)
	var left int
	s.Scan("select count(*) from duplicate_pairs where deleted_at is null", nil, &left)
	assert.Zero(t, left)
}

// TestMergeOfPair: a merge ends the pairs of what goes; what was dismissed of it holds for the one that stays.
func TestMergeOfPair(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	a, b, third := create(t, c, "Turengin Nuorisoseura ry", "165"), create(t, c, "Turengin Nuorisoseura", "165"), create(t, c, "Turengin nuorisoseura", "109")
	look(t, s)
	require.Len(t, c.Get("/v1/duplicates").Want(200).Items(), 3)
	for _, p := range c.Get("/v1/duplicates").Want(200).Items() {
		if os := fmt.Sprint(p["organisations"]); !strings.Contains(os, a) {
			c.Post("/v1/duplicates/"+p["id"].(string)+"/transitions", object{"to": "dismissed"}, anyVersion).Want(200)
		}
	}
	c.Post("/v1/organisations/"+a+"/merge", object{"from": b, "fromVersion": 1}, anyVersion).Want(200)
	assert.Empty(t, c.Get("/v1/duplicates").Want(200).Items())
	dismissed := c.Get("/v1/duplicates?status=dismissed").Want(200).Items()
	require.Len(t, dismissed, 1)
	assert.True(t, strings.Contains(fmt.Sprint(dismissed[0]["organisations"]), a) && strings.Contains(fmt.Sprint(dismissed[0]["organisations"]), third))
	look(t, s)
	assert.Empty(t, c.Get("/v1/duplicates").Want(200).Items())
}

// TestMergeDuringLook: a look that has found a pair when one of the two goes up in another organisation does not leave it open.
func TestMergeDuringLook(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	a, b := create(t, c, "Aivan Eri ry", "165"), create(t, c, "Turengin Nuorisoseura ry", "165")
	into := create(t, c, "Kokonaan Muu ry", "398")
	look(t, s)
	c.Patch("/v1/organisations/"+a, object{"name": fi("Turengin Nuorisoseura")}, anyVersion).Want(200)

	// the look has found the pair, and waits before it writes it, until the merge is done
	s.Exec(`create function wait_to_pair() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(1); return new; end $$`)
	s.Exec("create trigger wait_to_pair before insert on duplicate_pairs for each row execute function wait_to_pair()")
	looked := make(chan error, 1)
	require.NoError(t, s.DB.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Conn().Exec(ctx, "select pg_advisory_xact_lock(1)"); err != nil {
			return err
		}
		go func() { looked <- s.Duplicates.Look(context.Background()) }()
		assert.Eventually(t, func() bool {
			var waits bool
			err := tx.Conn().QueryRow(ctx, "select exists (select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()))").Scan(&waits)
			return err == nil && waits
		}, 4*time.Second, 10*time.Millisecond)
		c.Post("/v1/organisations/"+into+"/merge", object{"from": b, "fromVersion": 1}, anyVersion).Want(200)
		return nil
	}))
	require.NoError(t, <-looked)
	look(t, s)
	var left int
	s.Scan("select count(*) from duplicate_pairs where deleted_at is null", nil, &left)
	assert.Zero(t, left)
}

// TestLookAtOnce: several processes look, each pair is kept once, and nothing is looked at again that was not written.
func TestLookAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	other := testkit.On(t, s.DSN, config.Service{Issuer: "https://seutu.test"})
	c := s.As(authz.Admin, "")
	for i := range 12 {
		create(t, c, fmt.Sprintf("Kylä %d:n kyläyhdistys ry", i/2), "165")
	}
	var wg sync.WaitGroup
	for _, p := range []*testkit.Service{s, other, s, other} {
		wg.Go(func() { assert.NoError(t, p.Duplicates.Look(context.Background())) })
	}
	wg.Wait()
	look(t, s)
	assert.Len(t, c.Get("/v1/duplicates").Want(200).Items(), 6)
	var before, after string
	const sum = "select coalesce(sum(version), 0)::text || max(updated_at)::text from duplicate_pairs"
	s.Scan(sum, nil, &before)
	look(t, s)
	s.Exec("delete from duplicate_looks") // all is looked at anew
	look(t, s)
	s.Scan(sum, nil, &after)
	assert.Equal(t, before, after)
}
