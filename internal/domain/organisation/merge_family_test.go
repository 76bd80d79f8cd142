package organisation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// TestMergeMovesReferences: what every family holds of an organisation names the one that stays, with a new version and a
// change row; afterwards the old id stands where history is told, and nowhere else.
func TestMergeMovesReferences(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	into, from := pair(t, c, nil, nil)
	made := func(path string, body object) string {
		t.Helper()
		return c.Post(path, body, anyVersion).Want(201).ID()
	}
	network := made("/v1/networks", object{"kind": "thematic", "name": fi("Verkosto"), "municipality": "165"})
	council := made("/v1/councils", object{"kind": "cooperation_group", "name": fi("Ryhmä"), "region": "05", "hostOrganisations": []object{{"organisationId": from}, {"organisationId": into}}})
	person := made("/v1/people", object{"name": "Maija Meikäläinen", "recordedFor": object{"organisationId": from}})
	second := made("/v1/people", object{"name": "Matti Meikäläinen", "recordedFor": object{"region": "05"}})
	shared := made("/v1/networks", object{"kind": "thematic", "name": fi("Yhteinen verkosto"), "municipality": "165"})
	made("/v1/networks/"+network+"/memberships", object{"organisationId": from, "from": "2020-01-01"})
	made("/v1/networks/"+shared+"/memberships", object{"organisationId": from, "from": "2020-01-01"})
	made("/v1/networks/"+shared+"/memberships", object{"organisationId": into, "from": "2021-01-01"})
	seat := made("/v1/councils/"+council+"/seats", object{"role": "member", "personId": person, "organisationId": from, "nominatingOrganisationId": from})
	own := made("/v1/councils/"+council+"/nominations", object{"role": "expert", "personId": second, "nominatingOrganisationId": into})
	twice := made("/v1/councils/"+council+"/nominations", object{"role": "expert", "personId": second, "nominatingOrganisationId": from, "organisationId": from})
	once := made("/v1/councils/"+council+"/nominations", object{"role": "secretary", "personId": person, "nominatingOrganisationId": from})
	post := made("/v1/posts", object{"kind": "other", "title": fi("Toiminnanjohtaja"), "organisationId": from, "municipality": "165"})
	plan := made("/v1/councils/"+council+"/action-plans", object{"year": 2026})
	made("/v1/action-plans/"+plan+"/items", object{"title": fi("Tilaisuus"), "owners": []object{{"organisationId": from}, {"organisationId": into}, {"name": fi("Muut")}}})
	var meetings []string
	for i, roll := range [][]object{
		{{"organisationId": from, "presence": "present"}},
		{{"organisationId": from, "presence": "present"}, {"organisationId": into, "presence": "absent"}},
		{{"organisationId": from, "presence": "excused"}, {"organisationId": into, "presence": "remote"}},
	} {
		m := made("/v1/networks/"+map[bool]string{true: shared, false: network}[i > 0]+"/meetings", object{"status": "held", "date": fmt.Sprintf("2025-01-%02d", i+1)})
		c.Do("PUT", "/v1/meetings/"+m+"/attendance", object{"items": append(roll, object{"organisationId": from, "guest": fi("Vieras"), "presence": "present"})}, anyVersion).Want(200)
		meetings = append(meetings, m)
	}
	editor, both := s.As(authz.Editor, from), s.As(authz.Editor, from)
	s.Grant(both.ID, authz.Editor, into)
	editor.Patch("/v1/organisations/"+from, object{"website": "https://example.org"}, anyVersion).Want(200)

	got := c.Post("/v1/organisations/"+into+"/merge", merging(from, object{"fromVersion": 2}), anyVersion).Want(200).JSON()
	moved, ended := map[string]float64{}, []string{}
	for _, m := range got["moved"].([]any) {
		moved[m.(object)["type"].(string)] = m.(object)["count"].(float64)
	}
	assert.Equal(t, map[string]float64{
		"action_plan_item": 1, "attendance": 5, "council": 1, "grant": 1, "membership": 1, "nomination": 1, "person": 1, "post": 1, "seat": 1,
	}, moved)
	for _, e := range got["ended"].([]any) {
		ended = append(ended, fmt.Sprint(e.(object)["type"], " ", e.(object)["reason"]))
	}
	assert.ElementsMatch(t, []string{"membership overlap", "nomination pending", "attendance same", "attendance same", "grant same"}, ended)

	assert.Equal(t, "withdrawn", c.Get("/v1/nominations/" + twice).Want(200).JSON()["status"])
	assert.Equal(t, "proposed", c.Get("/v1/nominations/" + own).Want(200).JSON()["status"])
	assert.Equal(t, into, c.Get("/v1/nominations/" + once).Want(200).JSON()["nominatingOrganisationId"])
	for _, path := range []string{"/v1/seats/" + seat, "/v1/nominations/" + once, "/v1/posts/" + post, "/v1/people/" + person, "/v1/councils/" + council} {
		row := c.Get(path).Want(200).JSON()
		assert.Equal(t, 2.0, row["version"], path)
		var op string
		s.Scan("select op from changes where resource_id = $1 and version = 2", []any{row["id"]}, &op)
		assert.Equal(t, "updated", op)
	}
	for i, want := range []string{"present", "present", "remote"} {
		roll := c.Get("/v1/meetings/" + meetings[i] + "/attendance").Want(200).Items()
		require.Len(t, roll, 2)
		assert.Equal(t, want, roll[0]["presence"])
	}
	assert.Len(t, c.Get("/v1/councils/" + council).Want(200).JSON()["hostOrganisations"], 1)
	assert.Len(t, c.Get("/v1/action-plans/" + plan + "/items").Want(200).Items()[0]["owners"], 2)

	editor.Patch("/v1/organisations/"+into, object{"website": "https://example.org/2"}, anyVersion).Want(200)
	grants := c.Get("/v1/grants?userId=" + both.ID.String()).Want(200).Items()
	require.Len(t, grants, 1)
	assert.Equal(t, into, grants[0]["scope"])

	var tables []string
	s.Scan(`select array_agg(c.oid::regclass::text order by 1) from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`, nil, &tables)
	history := map[string]bool{ // tells what was: of the old id
		"organisations": true, "organisation_merges": true, "audit_events": true, "changes": true, "transitions": true, "idempotency_keys": true, "grants": true, "duplicate_pairs": true,
	}
	for _, table := range tables {
		var n int
		s.Scan("select count(*) from "+table+" x where to_jsonb(x)::text like '%' || $1 || '%'", []any{from}, &n)
		if !history[table] {
			assert.Zero(t, n, "%s still names the organisation that was merged", table)
		}
	}
	var n int
	s.Scan("select count(*) from grants where scope = $1 and deleted_at is null", []any{from}, &n)
	assert.Zero(t, n)
}

// TestMergeUnitesMemberships: memberships of both organisations in one network become those of one.
func TestMergeUnitesMemberships(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	type m = object // a membership: what was, or what is left: from, to, status, roles
	for _, x := range []struct {
		name       string
		into, from []m
		want       []m
		ended      []string
	}{
		{"apart", []m{{"from": "2010-01-01", "to": "2012-01-01"}}, []m{{"from": "2015-01-01"}}, []m{{"from": "2010-01-01", "to": "2012-01-01", "status": "left"}, {"from": "2015-01-01", "status": "active"}}, nil},
		{"overlapping", []m{{"from": "2015-01-01"}}, []m{{"from": "2010-01-01", "to": "2020-01-01"}}, []m{{"from": "2010-01-01", "status": "active"}}, []string{"overlap"}},
		{"left here, active there", []m{{"from": "2010-01-01", "to": "2016-01-01"}}, []m{{"from": "2015-01-01"}}, []m{{"from": "2010-01-01", "status": "active"}}, []string{"overlap"}},
		{"one over two", []m{{"from": "2010-01-01", "to": "2012-01-01"}, {"from": "2018-01-01"}}, []m{{"from": "2011-01-01", "to": "2019-01-01"}}, []m{{"from": "2010-01-01", "status": "active"}}, []string{"overlap", "overlap"}},
		{"roles keep their time", []m{{"from": "2015-01-01", "roles": []object{{"role": "convener"}}}}, []m{{"from": "2010-01-01", "to": "2020-01-01", "roles": []object{{"role": "secretary"}}}},
			[]m{{"from": "2010-01-01", "status": "active", "roles": "convener 2015-01-01 <nil>, secretary 2010-01-01 2020-01-01, "}}, []string{"overlap"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			into, from := pair(t, c, nil, nil)
			network := c.Post("/v1/networks", object{"kind": "thematic", "name": fi("Verkosto"), "municipality": "165"}).Want(201).ID()
			for id, ms := range map[string][]m{into: x.into, from: x.from} {
				for _, body := range ms {
					b := object{"organisationId": id}
					for k, v := range body {
						b[k] = v
					}
					c.Post("/v1/networks/"+network+"/memberships", b).Want(201)
				}
			}
			got := c.Post("/v1/organisations/"+into+"/merge", merging(from), anyVersion).Want(200).JSON()
			var ended []string
			for _, e := range got["ended"].([]any) {
				ended = append(ended, e.(object)["reason"].(string))
			}
			assert.Equal(t, x.ended, ended)
			rows := s.Anonymous().Get("/v1/organisations/" + into + "/memberships").Want(200).Items()
			slices.SortFunc(rows, func(a, b object) int { return strings.Compare(a["from"].(string), b["from"].(string)) })
			require.Len(t, rows, len(x.want))
			for i, w := range x.want {
				roles := ""
				for _, r := range rows[i]["roles"].([]any) {
					roles += fmt.Sprint(r.(object)["role"], " ", r.(object)["from"], " ", r.(object)["to"], ", ")
				}
				assert.Equal(t, w["from"], rows[i]["from"])
				assert.Equal(t, w["to"], rows[i]["to"])
				assert.Equal(t, w["status"], rows[i]["status"])
				if w["roles"] != nil {
					assert.Equal(t, w["roles"], roles)
				}
			}
			c.Do("DELETE", "/v1/organisations/"+into, nil, anyVersion)
		})
	}
}

// TestMergeWithdrawsApplications: of two applications, or one beside a membership, one remains.
func TestMergeWithdrawsApplications(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	c := s.As(authz.Admin, "")
	for i, applies := range [][]bool{{true, true}, {false, true}, {true, false}} { // the one that stays, the one that goes
		into, from := pair(t, c, object{"name": fi(fmt.Sprintf("Pysyvä %d ry", i))}, object{"name": fi(fmt.Sprintf("Poistuva %d ry", i))})
		network := c.Post("/v1/networks", object{"kind": "thematic", "name": fi("Verkosto"), "municipality": "109"}).Want(201).ID()
		for n, id := range []string{into, from} {
			who := c
			if applies[n] {
				who = s.As(authz.Editor, id)
			}
			who.Post("/v1/networks/"+network+"/memberships", object{"organisationId": id}).Want(201)
		}
		got := c.Post("/v1/organisations/"+into+"/merge", merging(from), anyVersion).Want(200).JSON()
		require.Len(t, got["ended"], 1)
		ended := got["ended"].([]any)[0].(object)
		assert.Equal(t, "pending", ended["reason"])
		withdrawn := c.Get("/v1/memberships/" + ended["id"].(string)).Want(200).JSON()
		assert.Equal(t, "withdrawn", withdrawn["status"])
		assert.Equal(t, into, withdrawn["organisationId"])
		assert.Equal(t, "merged", c.Get("/v1/memberships/" + ended["id"].(string) + "/transitions").Want(200).Items()[0]["note"])
		kept := c.Get("/v1/memberships/" + ended["keptId"].(string)).Want(200).JSON()
		assert.Equal(t, map[bool]string{true: "applied", false: "active"}[applies[0] && applies[1]], kept["status"])
	}
}
