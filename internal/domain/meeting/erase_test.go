package meeting_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/store"
	"github.com/seutu/seutu/internal/testkit"
)

// TestErase: a full name leaves all texts of the councils where the person sat, and nothing else changes.
func TestErase(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	const name = "Äijö O'Hara"
	c, other, n := council(s, "Neuvottelukunta", nil), council(s, "Toinen", nil), network(s, "Verkosto")
	who := person(s, name, false)
	chair := seat(s, c, "chair", object{"person_id": who, "valid_to": "2025-06-01"})
	admin, anonymous := s.As(authz.Admin, ""), s.Anonymous()
	texts := object{"fi": "Esitteli ÄIJÖ  o'hara, ei Äijö O'Haran eikä XÄijö O'Hara.", "sv": "Äijö O'Hara"}
	wanted := object{"fi": "Esitteli […], ei Äijö O'Haran eikä XÄijö O'Hara.", "sv": "[…]"}
	whole := func(council string) string {
		m := held(admin, council, "2025-03-05")
		patched(admin, m, m, object{"description": texts}).Want(200)
		change(admin, "POST", m+"/agenda", m, object{"title": texts, "description": texts, "links": []object{{"title": texts}}}).Want(201)
		change(admin, "POST", m+"/decisions", m, object{"text": texts}).Want(201)
		return m
	}
	m, foreign := whole(c), whole(other)
	met := "/v1/meetings/" + admin.Post("/v1/networks/"+n+"/meetings", object{"date": "2031-01-01", "title": texts}).Want(201).ID()
	untouched := held(admin, c, "2025-04-05")
	deleted := whole(c)
	change(admin, "DELETE", deleted, deleted, nil).Want(204)
	change(admin, "PUT", m+"/attendance", m, object{"items": []object{{"seatId": chair, "presence": "present", "note": "Äijö O'Hara myöhästyi"}, {"guest": texts, "presence": "present"}}}).Want(200)
	publish(admin, m, texts)
	admin.Do("PUT", m+"/memo", object{"text": texts, "correction": texts, "links": []object{{"title": texts}}}).Want(201)
	before := object{}
	for _, path := range []string{m, foreign, met, untouched, m + "/memo?edition=1", m + "/memo?edition=2"} {
		before[path] = admin.Get(path).Want(200).JSON()["version"]
	}

	require.NoError(t, s.DB.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		if err := s.Meetings.Erase(ctx, tx, uuid.MustParse(who), name); err != nil {
			return err
		}
		_, err := s.DB.Exec(ctx, "savepoint after")
		require.NoError(t, err)
		_, err = s.DB.Exec(ctx, "update memos set text = null where status = 'published'")
		assert.Equal(t, "memos_frozen", store.Violated(err), "they are frozen again")
		_, err = s.DB.Exec(ctx, "rollback to after")
		return err
	}))

	got := admin.Get(m + "?include=agenda,decisions,attendance").JSON()
	assert.Equal(t, wanted, got["description"])
	item := got["agenda"].([]any)[0].(object)
	assert.Equal(t, []any{wanted, wanted, wanted}, []any{item["title"], item["description"], item["links"].([]any)[0].(object)["title"]})
	assert.Equal(t, wanted, got["decisions"].([]any)[0].(object)["text"])
	assert.Equal(t, "[…] myöhästyi", got["attendance"].([]any)[0].(object)["note"])
	assert.Equal(t, wanted, got["attendance"].([]any)[1].(object)["guest"])
	assert.Equal(t, before[m].(float64)+4, got["version"], "description, agenda, decisions, attendance")
	first := anonymous.Get(m + "/memo").Want(200).JSON()
	assert.Equal(t, wanted, first["text"])
	assert.Equal(t, wanted, first["record"].(object)["decisions"].([]any)[0].(object)["text"])
	assert.Equal(t, wanted, first["record"].(object)["agenda"].([]any)[0].(object)["title"])
	assert.Equal(t, before[m+"/memo?edition=1"].(float64)+1, first["version"])
	second := admin.Get(m + "/memo").JSON()
	assert.Equal(t, []any{wanted, wanted}, []any{second["text"], second["correction"]})
	for _, path := range []string{foreign, met, untouched} {
		assert.Equal(t, before[path], admin.Get(path).JSON()["version"], path)
	}
	assert.Equal(t, texts, admin.Get(foreign).JSON()["description"])

	var left int
	var hidden json.RawMessage
	s.Scan("select count(*) from meeting_agenda_items where title ->> 'sv' like '%Hara' and meeting_id in (select id from meetings where council_id = $1)", []any{c}, &left)
	assert.Zero(t, left, "deleted meetings keep no name either")
	s.Scan("select description from meetings where id = $1", []any{strings.TrimPrefix(deleted, "/v1/meetings/")}, &hidden)
	assert.NotContains(t, string(hidden), `"Äijö O'Hara"`)
	require.NoError(t, s.DB.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		return s.Meetings.Erase(ctx, tx, uuid.MustParse(who), " ")
	}))
	assert.Equal(t, got["version"], admin.Get(m).JSON()["version"])
}

// TestEraseUnknownPerson: texts of councils where the person never sat stay.
func TestEraseUnknownPerson(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	admin := s.As(authz.Admin, "")
	m := held(admin, c, "2025-03-05")
	patched(admin, m, m, object{"description": fi("Outo Olio")}).Want(200)
	require.NoError(t, s.DB.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
		return s.Meetings.Erase(ctx, tx, store.NewID(), "Outo Olio")
	}))
	assert.Equal(t, fi("Outo Olio"), admin.Get(m).JSON()["description"], "the person never sat there")

	who := store.NewID()
	s.Exec("insert into people (id, version, created_at, updated_at, name, sort_name, consent_name, region) values ($1, 1, now(), now(), 'Outo Olio', 'x', false, '05')", who)
	s.Exec(`insert into nominations (id, version, created_at, updated_at, council_id, status, role, person_id, nominating_council_id)
		values ($1, 1, now(), now(), $2, 'declined', 'member', $3, $2)`, store.NewID(), c, who)
	require.NoError(t, s.DB.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error { return s.Meetings.Erase(ctx, tx, who, "Outo Olio") }))
	assert.Equal(t, fi("[…]"), admin.Get(m).JSON()["description"], "who was only nominated was spoken of too")
}

// TestEraseStatements: a hundred meetings without the name cost no more statements than one.
func TestEraseStatements(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := council(s, "Neuvottelukunta", nil)
	who := uuid.MustParse(person(s, "Outo Olio", false))
	seat(s, c, "chair", object{"person_id": who})
	s.Exec("insert into meetings (id, version, created_at, updated_at, council_id, status) select gen_random_uuid(), 1, now(), now(), $1, 'held' from generate_series(1, 100)", c)
	ctx, n := store.CountStatements(context.Background())
	require.NoError(t, s.DB.Write(ctx, func(ctx context.Context, tx *store.Tx) error { return s.Meetings.Erase(ctx, tx, who, "Outo Olio") }))
	assert.LessOrEqual(t, n.Load(), int64(12))
}

// TestEraseReach: a name leaves the meetings of whoever had to do with the person, networks too, and the notes of their steps.
func TestEraseReach(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	const name = "Outo Olio"
	admin, who := s.As(authz.Admin, ""), person(s, name, false)
	text, gone := fi("Puhui Outo Olio"), fi("Puhui […]")
	sat := council(s, "Jossa istuttiin", nil)
	post := func(column, owner string) {
		id := store.NewID()
		s.Exec(`insert into posts (id, version, created_at, updated_at, kind, title, region, `+column+`, sort_name) values ($1, 1, now(), now(), 'other', '{"fi": "x"}', '05', $2, 'x')`, id, owner)
		s.Exec("insert into post_holders (id, version, created_at, updated_at, post_id, person_id) values ($1, 1, now(), now(), $2, $3)", store.NewID(), id, who)
	}
	proposed := func(column, by string) {
		s.Exec(`insert into nominations (id, version, created_at, updated_at, council_id, status, role, person_id, `+column+`) values ($1, 1, now(), now(), $2, 'declined', 'member', $3, $4)`, store.NewID(), sat, who, by)
	}
	councils, networks := map[string]string{}, map[string]string{}
	for _, k := range []string{"seat", "nomination", "post", "record", "none"} {
		councils[k], networks[k] = council(s, k, nil), network(s, k)
	}
	seat(s, sat, "expert", object{"person_id": who, "nominating_network_id": networks["seat"], "valid_to": "2020-01-01"})
	seat(s, sat, "expert", object{"person_id": who, "nominating_council_id": councils["seat"], "valid_from": "2020-01-01"})
	proposed("nominating_network_id", networks["nomination"])
	proposed("nominating_council_id", councils["nomination"])
	post("council_id", councils["post"])
	post("network_id", networks["post"])
	described := func(family, owner string) string {
		return "/v1/meetings/" + admin.Post("/v1/"+family+"/"+owner+"/meetings", object{"date": "2025-03-05", "status": "held", "description": text}).Want(201).ID()
	}
	of := map[string]string{} // addresses of the meetings
	for k := range councils {
		of["council "+k], of["network "+k] = described("councils", councils[k]), described("networks", networks[k])
	}
	erase := func() {
		require.NoError(t, s.DB.Write(context.Background(), func(ctx context.Context, tx *store.Tx) error {
			return s.Meetings.Erase(ctx, tx, uuid.MustParse(who), name)
		}))
	}

	m := of["network seat"]
	patched(admin, m, m, object{"place": object{"name": fi("Outo Olio Areena"), "street": "Outo Olio 1"}, "links": []object{{"title": text}}}).Want(200)
	change(admin, "POST", m+"/transitions", m, object{"to": "planned", "note": "outo olio erehtyi"}).Want(200)
	change(admin, "POST", m+"/transitions", m, object{"to": "held", "note": "koskematon"}).Want(200)
	admin.Do("PUT", m+"/memo", object{"text": text}).Want(201)
	change(admin, "POST", m+"/memo/transitions", m+"/memo", object{"to": "approved", "note": "Tarkasti Outo Olio"}).Want(200)
	change(admin, "POST", m+"/memo/transitions", m+"/memo", object{"to": "published"}).Want(200)

	erase()
	for k, path := range of {
		want := gone
		if k == "council record" || k == "network record" || k == "council none" || k == "network none" {
			want = text
		}
		assert.Equal(t, want, admin.Get(path).Want(200).JSON()["description"], k)
	}
	for _, column := range []string{"council_id", "network_id"} { // a record is of one at most
		owner := map[string]string{"council_id": councils["record"], "network_id": networks["record"]}[column]
		s.Exec("update people set council_id = null, network_id = null where id = $1", who)
		s.Exec("update people set "+column+" = $2 where id = $1", who, owner)
		erase()
	}
	assert.Equal(t, gone, admin.Get(of["council record"]).JSON()["description"])
	assert.Equal(t, gone, admin.Get(of["network record"]).JSON()["description"])
	assert.Equal(t, text, admin.Get(of["network none"]).JSON()["description"])

	got := admin.Get(m).JSON()
	place := got["place"].(object)
	assert.Equal(t, []any{fi("[…] Areena"), "[…] 1", gone}, []any{place["name"], place["street"], got["links"].([]any)[0].(object)["title"]})
	memo := s.Anonymous().Get(m + "/memo").Want(200).JSON()
	assert.Equal(t, []any{"published", gone}, []any{memo["status"], memo["text"]})
	notes := func(path string) (out []any) {
		for _, step := range admin.Get(path).Want(200).Items() {
			out = append(out, step["note"])
		}
		return out
	}
	assert.ElementsMatch(t, []any{"koskematon", "[…] erehtyi"}, notes(m+"/transitions"))
	var left int
	s.Scan("select count(*) from transitions where note ilike '%outo olio%'", nil, &left)
	assert.Zero(t, left, "of memos neither")
	s.Scan("select count(*) from transitions where resource_type = 'memo' and note = 'Tarkasti […]'", nil, &left)
	assert.Equal(t, 1, left)
}
