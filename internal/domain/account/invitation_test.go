package account_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// invite invites an address to be the editor of an organisation, and gives the token.
func invite(c *testkit.Client, email, organisation string) string {
	c.T.Helper()
	return text(c.Post("/v1/invitations", object{"email": email, "scope": organisation}).Want(201), "token")
}

func accept(c *testkit.Client, token string, more object) *testkit.Answer {
	c.T.Helper()
	body := object{"token": token}
	for k, v := range more {
		body[k] = v
	}
	return c.Post("/v1/invitations/accept", body)
}

func revokeInvitation(c *testkit.Client, id string) *testkit.Answer {
	c.T.Helper()
	return c.Post("/v1/invitations/"+id+"/transitions", object{"to": "revoked"}, testkit.IfMatch("*"))
}

func TestInvitationMakesAnEditor(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer, koti := s.As(authz.Officer, "109"), organisation(s, "109")
	made := officer.Post("/v1/invitations", object{"email": " Uusi.Toimittaja@X.Example", "scope": koti, "displayName": "Uusi Toimittaja", "message": "Tervetuloa"}).Want(201)
	got := made.JSON()
	token := text(made, "token")
	assert.Equal(t, "uusi.toimittaja@x.example", got["email"])
	assert.Equal(t, "organisation_editor", got["role"])
	assert.Equal(t, "pending", got["status"])
	expires, err := time.Parse(time.RFC3339, got["expiresAt"].(string))
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now().Add(14*24*time.Hour), expires, time.Minute)
	url := made.Header.Get("Location")
	again := officer.Get(url).Want(200)
	assert.NotContains(t, string(again.Body), token, "shown once")
	officer.Get(url, testkit.Header{Name: "If-None-Match", Value: again.ETag()}).Want(304)
	var kept string
	s.Scan("select row_to_json(i)::text from invitations i", nil, &kept)
	assert.NotContains(t, kept, token)

	anyone := s.Anonymous()
	assert.Equal(t, []string{"invalid /token"}, accept(anyone, token+"x", object{"password": password}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"required /password"}, accept(anyone, token, nil).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"too-common /password"}, accept(anyone, token, object{"password": "passwordpassword"}).Problem(422, "invalid-data"))
	accepted := accept(anyone, token, object{"password": password}).Want(200).JSON()
	assert.Equal(t, koti, accepted["scope"])
	editor := bearer(s, signIn(s, "uusi.toimittaja@x.example", password))
	me := editor.Get("/v1/me").JSON()
	assert.Equal(t, "Uusi Toimittaja", me["displayName"])
	assert.Len(t, me["grants"], 1)
	editor.Patch("/v1/organisations/"+koti, object{"phone": "050 555 0101"}, testkit.IfMatch("*")).Want(200)
	done := officer.Get(url).Want(200).JSON()
	assert.Equal(t, "accepted", done["status"])
	assert.Equal(t, accepted["grantId"], done["grantId"])
	officer.Get("/v1/grants/" + accepted["grantId"].(string)).Want(200)
	assert.Equal(t, []any{}, accept(anyone, token, object{"password": password}).Want(409).JSON()["allowed"])
	accept(editor, token, nil).Problem(409, "transition-not-allowed")
	revokeInvitation(officer, made.ID()).Problem(409, "transition-not-allowed")
	var users, changes int
	s.Scan("select count(*), (select count(*) from changes where type = 'invitation') from users where email = 'uusi.toimittaja@x.example'", nil, &users, &changes)
	assert.Equal(t, []int{1, 2}, []int{users, changes})
}

// TestInvitationOfAUser: nobody gets into somebody's account, nor gives it anything, with a token alone.
func TestInvitationOfAUser(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer, koti := s.As(authz.Officer, "109"), organisation(s, "109")
	known := person(s, "tuttu@x.example")
	plain := func(email string) object { // what the officer learns, but for what differs anyway
		v := officer.Post("/v1/invitations", object{"email": email, "scope": koti}).Want(201).JSON()
		for _, m := range []string{"id", "createdAt", "updatedAt", "expiresAt", "token", "email"} {
			delete(v, m)
		}
		return v
	}
	assert.Equal(t, plain("tuntematon@x.example"), plain("tuttu@x.example"))
	token := invite(officer, "Tuttu@x.example", koti)
	assert.Equal(t, []string{"required /password"}, accept(s.Anonymous(), token, nil).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"wrong /password"}, accept(s.Anonymous(), token, object{"password": "arvattu salasana"}).Problem(422, "invalid-data"))
	accept(officer, token, object{"password": password}).Problem(403, "forbidden")
	assert.Empty(t, s.Session(known).Get("/v1/me").JSON()["grants"], "nothing so far")
	accept(s.Anonymous(), token, object{"password": password, "displayName": "Joku muu"}).Want(200)
	me := s.Session(known).Get("/v1/me").JSON()
	assert.Len(t, me["grants"], 1)
	assert.Nil(t, me["displayName"], "a user is not changed by it")

	// who is signed in needs no password; who holds the grant already has it still
	accept(s.Session(known), invite(officer, "tuttu@x.example", koti), nil).Want(200)
	assert.Len(t, s.Session(known).Get("/v1/me").JSON()["grants"], 1)
	accept(s.Session(known), invite(officer, "tuttu@x.example", organisation(s, "109")), nil).Want(200)
	assert.Len(t, s.Session(known).Get("/v1/me").JSON()["grants"], 2)

	// guesses at the password count as those of a sign-in do
	token = invite(officer, "tuttu@x.example", organisation(s, "109"))
	accept(s.Anonymous(), token, object{"password": "arvattu salasana"}).Want(422)
	guessed(s, 10)
	refused(t, accept(s.Anonymous(), token, object{"password": password}))
	s.Exec("update sign_in_throttles set since = since - interval '16 minutes'")
	s.Exec("update users set disabled = true where id = $1", known)
	assert.Equal(t, []string{"wrong /password"}, accept(s.Anonymous(), token, object{"password": password}).Problem(422, "invalid-data"))
}

func TestGuessesAtTokens(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	accept(s.Anonymous(), "seutu_invite_arvaus", nil).Want(422)
	guessed(s, 100)
	refused(t, accept(s.Anonymous(), "seutu_invite_arvaus", nil))
}

func TestWhoInvitesWhom(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer, coordinator, admin := s.As(authz.Officer, "109"), s.As(authz.Coordinator, "05"), s.As(authz.Admin, "")
	here, there := organisation(s, "109"), organisation(s, "165")
	try := func(c *testkit.Client, body object) *testkit.Answer {
		t.Helper()
		body["email"] = "kutsuttu@x.example"
		return c.Post("/v1/invitations", body)
	}
	try(officer, object{"scope": there}).Problem(403, "forbidden")
	try(officer, object{"role": "municipal_officer", "scope": "109"}).Problem(403, "forbidden")
	try(coordinator, object{"role": "regional_coordinator", "scope": "05"}).Problem(403, "forbidden")
	try(officer, object{"role": "integration", "scope": "109"}).Problem(400, "validation")
	assert.Equal(t, []string{"required /scope"}, try(officer, object{}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"unknown-reference /scope"}, try(officer, object{"scope": "019aa000-0000-7000-8000-000000000000"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"range /expiresAt"}, try(officer, object{"scope": here, "expiresAt": "2099-01-01T00:00:00Z"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"range /expiresAt"}, try(officer, object{"scope": here, "expiresAt": "2020-01-01T00:00:00Z"}).Problem(422, "invalid-data"))
	assert.Equal(t, []string{"invalid /email"}, officer.Post("/v1/invitations", object{"email": "x@y", "scope": here}).Problem(422, "invalid-data"))
	s.As(authz.Editor, here).Post("/v1/invitations", object{"email": "a@x.example", "scope": here}).Problem(403, "forbidden")
	mine := try(officer, object{"scope": here}).Want(201).ID()
	theirs := try(coordinator, object{"scope": there}).Want(201).ID()
	colleague := try(coordinator, object{"role": "municipal_officer", "scope": "109"}).Want(201).ID()
	chief := try(admin, object{"role": "admin"}).Want(201).ID()

	// whoever could give the grant sees the invitation
	for c, want := range map[*testkit.Client][]string{
		officer: {mine}, coordinator: {colleague, theirs, mine}, admin: {chief, colleague, theirs, mine}, s.As(authz.Officer, "165"): {theirs}, s.As(authz.Coordinator, "07"): {},
	} {
		assert.Equal(t, want, all(c, "/v1/invitations"))
		for _, id := range []string{mine, theirs, colleague, chief} {
			if status := c.Get("/v1/invitations/" + id).Status; status == 200 {
				assert.Contains(t, want, id)
			} else {
				assert.Equal(t, 404, status)
				assert.NotContains(t, want, id)
				revokeInvitation(c, id).Problem(404, "not-found")
			}
		}
	}
	assert.Len(t, coordinator.Get("/v1/invitations?organisationId="+there).Items(), 1)
	assert.Len(t, coordinator.Get("/v1/invitations?email=KUTSUTTU@x.example").Items(), 3)
	assert.Empty(t, coordinator.Get("/v1/invitations?email=muu@x.example").Items())
	officer.Post("/v1/invitations/"+mine+"/transitions", object{"to": "revoked"}).Problem(428, "precondition-required")
	officer.Post("/v1/invitations/"+mine+"/transitions", object{"to": "revoked"}, testkit.IfMatch(`"9-x"`)).Problem(412, "stale")
	assert.Equal(t, "revoked", revokeInvitation(coordinator, mine).Want(200).JSON()["status"])
	assert.Equal(t, 1.0, coordinator.Get("/v1/invitations?status=revoked&count=true").JSON()["total"])
	assert.Len(t, coordinator.Get("/v1/invitations?status=pending").Items(), 2)
}

func TestInvitationThatEnded(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer, koti := s.As(authz.Officer, "109"), organisation(s, "109")
	made := officer.Post("/v1/invitations", object{"email": "a@x.example", "scope": koti}).Want(201)
	revokeInvitation(officer, made.ID()).Want(200)
	accept(s.Anonymous(), text(made, "token"), object{"password": password}).Problem(409, "transition-not-allowed")

	late := officer.Post("/v1/invitations", object{"email": "b@x.example", "scope": koti, "message": "Hei"}).Want(201)
	url, fresh := late.Header.Get("Location"), officer.Get(late.Header.Get("Location"))
	s.Exec("update invitations set expires_at = now() - interval '1 second' where id = $1::text::uuid", late.ID())
	assert.Equal(t, "expired", officer.Get(url, testkit.Header{Name: "If-None-Match", Value: fresh.ETag()}).Want(200).JSON()["status"])
	accept(s.Anonymous(), text(late, "token"), object{"password": password}).Problem(409, "transition-not-allowed")
	revokeInvitation(officer, late.ID()).Problem(409, "transition-not-allowed")
	assert.Len(t, officer.Get("/v1/invitations?status=expired").Items(), 1)
	ctx := context.Background()
	require.NoError(t, s.Accounts.Sweep(ctx))
	swept := officer.Get(url).JSON()
	assert.Equal(t, []any{"expired", 2.0, "b@x.example"}, []any{swept["status"], swept["version"], swept["email"]})

	s.Exec("update invitations set ended_at = ended_at - interval '31 days'")
	require.NoError(t, s.Accounts.Sweep(ctx))
	for _, at := range []string{url, made.Header.Get("Location")} {
		gone := officer.Get(at).Want(200).JSON()
		assert.Equal(t, []any{nil, nil}, []any{gone["email"], gone["message"]})
	}
	assert.Equal(t, []string{"invalid /token"}, accept(s.Anonymous(), text(late, "token"), object{"password": password}).Problem(422, "invalid-data"))
	require.NoError(t, s.Accounts.Sweep(ctx))
	assert.Equal(t, 3.0, officer.Get(url).JSON()["version"], "once")
}

func TestInviterWithoutTheRight(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	koti := organisation(s, "109")
	for name, lose := range map[string]func(*testkit.Client){
		"grant": func(c *testkit.Client) { s.Exec("update grants set deleted_at = now() where user_id = $1", c.ID) },
		"user":  func(c *testkit.Client) { s.Exec("update users set disabled = true where id = $1", c.ID) },
		"organisation moved": func(*testkit.Client) {
			s.As(authz.Admin, "").Patch("/v1/organisations/"+koti, object{"municipality": "398"}, testkit.IfMatch("*")).Want(200)
		},
		"organisation deleted": func(*testkit.Client) {
			s.As(authz.Admin, "").Do("DELETE", "/v1/organisations/"+koti, nil, testkit.IfMatch("*")).Want(204)
		},
	} {
		koti = organisation(s, "109")
		officer := s.As(authz.Officer, "109")
		email := strings.ReplaceAll(name, " ", "-") + "@x.example"
		token := invite(officer, email, koti)
		lose(officer)
		accept(s.Anonymous(), token, object{"password": password}).Problem(403, "forbidden")
		signIn(s, email, password).Problem(400, "invalid-grant") // nothing half done
	}
	// a draft, which the invited person cannot see yet, is no hindrance
	draft := s.As(authz.Admin, "").Post("/v1/organisations", object{"kind": "association", "name": object{"fi": "Luonnos ry"}, "municipality": "109", "status": "draft"}).Want(201).ID()
	accept(s.Anonymous(), invite(s.As(authz.Officer, "109"), "luonnos@x.example", draft), object{"password": password}).Want(200)
	bearer(s, signIn(s, "luonnos@x.example", password)).Get("/v1/organisations/" + draft).Want(200)
}

// TestInviterByClaims: an officer whose right comes with the token of the municipality's issuer invites, too.
func TestInviterByClaims(t *testing.T) {
	t.Parallel()
	s, i := external(t)
	officer := with(s, i.Token(object{"sub": "k1", "groups": []string{officers}}))
	koti, moved := organisation(s, "109"), organisation(s, "109")
	good, far, late := invite(officer, "good@x.example", koti), invite(officer, "far@x.example", moved), invite(officer, "late@x.example", koti)
	accept(s.Anonymous(), good, object{"password": password}).Want(200)
	s.Exec("update organisations set municipality = '165' where id = $1", moved)
	accept(s.Anonymous(), far, object{"password": password}).Problem(403, "forbidden")
	s.Exec("update users set disabled = true where issuer is not null")
	accept(s.Anonymous(), late, object{"password": password}).Problem(403, "forbidden")
}

// TestExternalInvitee: who signs in elsewhere accepts an invitation to the address that the issuer has verified.
func TestExternalInvitee(t *testing.T) {
	t.Parallel()
	s, i := external(t)
	koti := organisation(s, "109")
	token := invite(s.As(authz.Officer, "109"), "kaisa@city.example", koti)
	other := with(s, i.Token(object{"sub": "k2", "email": "kaisa@city.example", "email_verified": false}))
	accept(other, token, object{}).Problem(403, "forbidden")
	kaisa := with(s, i.Token(object{"sub": "k1", "email": "kaisa@city.example", "email_verified": true}))
	accept(kaisa, token, object{}).Want(200)
	kaisa.Patch("/v1/organisations/"+koti, object{"website": "https://x.example"}, testkit.IfMatch("*")).Want(200)
}

func TestInvitationAtOnce(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer := s.As(authz.Officer, "109")
	together := func(requests ...func() *testkit.Answer) (statuses []int) {
		statuses = make([]int, len(requests))
		var wg sync.WaitGroup
		for i, r := range requests {
			wg.Go(func() { statuses[i] = r().Status })
		}
		wg.Wait()
		return statuses
	}
	for _, email := range []string{"eka@x.example", "toka@x.example", "kolmas@x.example"} {
		token := invite(officer, email, organisation(s, "109"))
		use := func() *testkit.Answer { return accept(s.Anonymous(), token, object{"password": password}) }
		assert.ElementsMatch(t, []int{200, 409}, together(use, use), "both accept")

		made := officer.Post("/v1/invitations", object{"email": "r" + email, "scope": organisation(s, "109")}).Want(201)
		statuses := together(
			func() *testkit.Answer {
				return accept(s.Anonymous(), text(made, "token"), object{"password": password})
			},
			func() *testkit.Answer { return revokeInvitation(officer, made.ID()) },
		)
		assert.ElementsMatch(t, []int{200, 409}, statuses, "accept and revoke")
		var users int
		s.Scan("select count(*) from users where email = $1", []any{"r" + email}, &users)
		assert.Equal(t, statuses[0] == 200, users == 1)

		// two invitations to one address that has no user yet
		one, two := invite(officer, "k"+email, organisation(s, "109")), invite(officer, "k"+email, organisation(s, "109"))
		for _, status := range together(
			func() *testkit.Answer { return accept(s.Anonymous(), one, object{"password": password}) },
			func() *testkit.Answer { return accept(s.Anonymous(), two, object{"password": password}) },
		) {
			assert.Contains(t, []int{200, 409}, status)
		}
		s.Scan("select count(*) from users where email = $1", []any{"k" + email}, &users)
		assert.Equal(t, 1, users)
	}
}

// TestInvitationIsNotReplayed: its secret is not kept, and the audit trail holds neither it nor the address.
func TestInvitationIsNotReplayed(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	officer, koti := s.As(authz.Officer, "109"), organisation(s, "109")
	key := testkit.Header{Name: "Idempotency-Key", Value: "k"}
	body := object{"email": "salainen@x.example", "scope": koti}
	token := text(officer.Post("/v1/invitations", body, key).Want(201), "token")
	officer.Post("/v1/invitations", body, key).Problem(409, "already-done")
	accept(s.Anonymous(), token, object{"password": password}).Want(200)
	raw, err := json.Marshal(s.As(authz.Admin, "").Get("/v1/audit-events?limit=100").Want(200).Items())
	require.NoError(t, err)
	assert.Contains(t, string(raw), `"operation":"acceptInvitation"`)
	for _, secret := range []string{token, "salainen"} {
		assert.NotContains(t, string(raw), secret)
		assert.NotContains(t, testkit.Log.String(), secret)
	}
}
