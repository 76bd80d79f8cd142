package organisation_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

func TestEditorSubmitsAnother(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	sibling := association("Sisarseura ry", "165")
	s.editor.Post("/v1/organisations", association("Julki ry", "165", object{"status": "published"})).Problem(403, "forbidden")
	assert.Equal(t, []string{"required /municipality"}, s.editor.Post("/v1/organisations", object{"kind": "association", "name": fi("Koditon ry")}).Problem(422, "invalid-data"))
	s.editor.Post("/v1/organisations", association("Avain ry", "165", object{"externalIds": []object{{"system": "crm", "id": "1"}}})).Problem(403, "forbidden")
	s.As(authz.Officer, "109").Post("/v1/organisations", sibling).Problem(403, "forbidden") // an editor's right is not an officer's
	made := s.editor.Post("/v1/organisations", sibling).Want(201)
	assert.Equal(t, "draft", made.JSON()["status"])
	url := "/v1/organisations/" + made.ID()

	// it is the editor's own, and the area's; nobody else's
	assert.Len(t, s.editor.Get("/v1/me").JSON()["grants"], 2)
	s.editor.Patch(url, object{"name": fi("Sisarseura 2 ry")}, testkit.IfMatch(made.ETag())).Want(200)
	s.As(authz.Editor, s.id).Get(url).Problem(404, "not-found")
	s.officer.Get(url).Problem(404, "not-found")
	here := s.As(authz.Officer, "165")
	here.Get(url).Want(200)
	assert.Empty(t, here.Get("/v1/reviews").Items(), "a draft waits for nobody")

	step := func(c *testkit.Client, to string, note any) *testkit.Answer {
		t.Helper()
		return c.Post(url+"/transitions", object{"to": to, "note": note}, asItStands)
	}
	step(s.editor, "published", nil).Problem(403, "forbidden")
	step(s.editor, "submitted", nil).Want(200)
	assert.Equal(t, made.ID(), here.Get("/v1/reviews").Items()[0]["id"])
	assert.Empty(t, s.officer.Get("/v1/reviews").Items())
	step(here, "draft", "Kuvaus puuttuu").Want(200)
	step(s.editor, "submitted", nil).Want(200)
	step(here, "published", nil).Want(200)
	s.Anonymous().Get(url).Want(200)

	service := s.As(authz.Integration, "165", "organisation.write")
	service.Post("/v1/organisations", association("Muualla ry", "109")).Problem(403, "forbidden")
}

func TestDraftsAreLimited(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	submit := func(i int) *testkit.Answer {
		return s.editor.Post("/v1/organisations", association(fmt.Sprintf("Luonnos %d ry", i), "109"))
	}
	for i := range 9 {
		submit(i).Want(201)
	}
	statuses := make([]int, 3)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() { statuses[i] = submit(9 + i).Status })
	}
	wg.Wait()
	assert.ElementsMatch(t, []int{201, 409, 409}, statuses, "three at once for one place")
	submit(12).Problem(409, "limit-reached")
	drafts := s.officer.Get("/v1/organisations?status=draft&limit=100").Items()
	require.Len(t, drafts, 10, "what was refused left nothing")
	assert.Len(t, s.editor.Get("/v1/me").JSON()["grants"], 11)
	s.officer.Post("/v1/organisations/"+drafts[0]["id"].(string)+"/transitions", object{"to": "published"}, asItStands).Want(200)
	submit(12).Want(201)
}

func TestVerificationIsRequested(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	fresh := s.officer.Post("/v1/organisations", association("Tuore ry", "109")).Want(201).ID()
	draft := s.officer.Post("/v1/organisations", association("Luonnos ry", "109", object{"status": "draft"})).Want(201).ID()
	s.officer.Post("/v1/organisations", association("Lakannut ry", "109", object{"dissolved": object{"precision": "unknown"}})).Want(201)
	s.Exec("update organisations set created_at = created_at - interval '13 months' where id <> $1::text::uuid", fresh)
	ask := func() {
		t.Helper()
		require.NoError(t, s.Organisations.RequestVerification(context.Background()))
	}
	ask()
	got := s.Anonymous().Get(s.url).JSON()
	assert.NotNil(t, got["verificationRequestedAt"])
	assert.Equal(t, 2.0, got["version"])
	assert.Equal(t, 1.0, s.officer.Get("/v1/organisations/" + draft).JSON()["version"])
	var changed []string
	s.Scan("select array(select jsonb_array_elements_text(changed)) from changes where resource_id = $1::text::uuid and version = 2", []any{s.id}, &changed)
	assert.Equal(t, []string{"verificationRequestedAt"}, changed)
	var asked int
	s.Scan("select count(*) from organisations where verification_requested_at is not null", nil, &asked)
	assert.Equal(t, 1, asked, "neither new ones, nor drafts, nor those that are no more")
	ask()
	assert.Equal(t, 2.0, s.Anonymous().Get(s.url).JSON()["version"], "once a year")
	s.Exec("update organisations set verification_requested_at = verification_requested_at - interval '13 months' where id = $1::text::uuid", s.id)
	ask()
	assert.Equal(t, 3.0, s.Anonymous().Get(s.url).JSON()["version"])

	verified := s.editor.Post(s.url+"/verify", nil, asItStands).Want(200).JSON()
	assert.Nil(t, verified["verificationRequestedAt"])
	assert.NotNil(t, verified["lastVerifiedAt"])
	ask()
	assert.Nil(t, s.Anonymous().Get(s.url).JSON()["verificationRequestedAt"])
}

func TestListOfTheUnverified(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	admin := s.As(authz.Admin, "")
	for name, at := range map[string][2]any{"A": {"2020-01-01", nil}, "B": {"2020-01-01", "2021-06-01"}, "C": {"2020-01-01", "2024-06-01"}, "D": {"2024-01-01", nil}} {
		id := admin.Post("/v1/organisations", association(name, "109")).Want(201).ID()
		s.Exec("update organisations set created_at = $2::text::timestamptz, last_verified_at = $3::text::timestamptz where id = $1::text::uuid", id, at[0], at[1])
	}
	names := func(query string) (out []string) {
		for next := "/v1/organisations?limit=2&fields=name&" + query; next != ""; {
			a := s.Anonymous().Get(next).Want(200)
			for _, i := range a.Items() {
				out = append(out, i["name"].(object)["fi"].(string))
			}
			next, _ = a.JSON()["next"].(string)
		}
		return out
	}
	assert.Equal(t, []string{"A", "B"}, names("verifiedBefore=2022-01-01"), "never counts, made later does not")
	assert.Equal(t, []string{"A"}, names("verifiedBefore=2021-06-01"))
	assert.Equal(t, []string{"A", "B", "D"}, names("verifiedBefore=2024-02-01"))
	assert.Equal(t, []string{"B", "C"}, names("sort=lastVerifiedAt,name")[2:], "never verified ones come first")
	assert.Equal(t, []string{"C", "B"}, names("sort=-lastVerifiedAt")[:2])
	s.Anonymous().Get("/v1/organisations?verifiedBefore=eilen").Problem(400, "validation")
}

// TestSubmitterOfACopyDoesNotGetTheOriginal: a draft that nobody approved takes its submitter nowhere when it is merged.
func TestSubmitterOfACopyDoesNotGetTheOriginal(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	here, coordinator := s.As(authz.Officer, "165"), s.As(authz.Coordinator, "05")
	original := here.Post("/v1/organisations", association("Janakkalan Sisarseura ry", "165")).Want(201).ID()
	copied := s.editor.Post("/v1/organisations", association("Janakkalan sisarseura", "165")).Want(201).ID()
	invited := s.As(authz.Editor, copied)
	into := "/v1/organisations/" + original
	merged := coordinator.Post(into+"/merge", merging(copied), asItStands).Want(200).JSON()
	ended := merged["ended"].([]any)
	require.Len(t, ended, 1)
	assert.Equal(t, "unapproved", ended[0].(object)["reason"])
	assert.Nil(t, ended[0].(object)["keptId"])
	s.editor.Patch(into, object{"phone": "050 555 0101"}, asItStands).Problem(403, "forbidden")
	assert.Len(t, s.editor.Get("/v1/me").JSON()["grants"], 1)
	invited.Patch(into, object{"phone": "050 555 0101"}, asItStands).Want(200) // whom somebody else made editor stays one

	// what was published once was approved
	approved := s.editor.Post("/v1/organisations", association("Sisarseuran kuoro", "165")).Want(201).ID()
	here.Post("/v1/organisations/"+approved+"/transitions", object{"to": "published"}, asItStands).Want(200)
	coordinator.Post(into+"/merge", merging(approved, object{"fromVersion": 2}), asItStands).Want(200)
	s.editor.Patch(into, object{"phone": "050 555 0102"}, asItStands).Want(200)
}
