package account_test

import (
	"encoding/hex"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
)

// TestNothingPersonalIsLogged goes through everything that sees an address, a password, a token or a secret, the right way
// and the wrong way, and looks for them in the program's log and, but for the address, in the whole database.
func TestNothingPersonalIsLogged(t *testing.T) {
	t.Parallel()
	s := testkit.New(t)
	const canary, word = "canary-7f3a@canary.example", "kanarialintu 7f3a laulaa"
	personal := map[string]string{"address": canary, "name": "Kanaria 7f3a Lintunen", "password": word, "second password": word + "!", "third password": word + "?"}
	admin := s.As(authz.Admin, "")
	id := admin.Post("/v1/users", object{"email": canary, "displayName": personal["name"], "password": word}, testkit.Header{Name: "Idempotency-Key", Value: "1"}).Want(201).ID()
	admin.Post("/v1/users", object{"email": canary}).Problem(409, "duplicate")
	admin.Post("/v1/users", object{"email": canary + "@", "password": word}).Problem(422, "invalid-data")
	admin.Post("/v1/users", object{"email": canary, "nope": word}).Problem(400, "validation")
	admin.Get("/v1/users?email=" + url.QueryEscape(canary)).Want(200)
	admin.Get("/v1/users/"+canary).Problem(400, "validation")
	admin.Get("/"+canary).Problem(404, "not-found")

	signedIn := signIn(s, canary, word).Want(200)
	personal["access token"], personal["refresh token"] = text(signedIn, "access_token"), text(signedIn, "refresh_token")
	next := refresh(s, personal["refresh token"]).Want(200)
	personal["next refresh token"] = text(next, "refresh_token")
	signIn(s, canary, word+" wrong").Problem(400, "invalid-grant")
	s.Anonymous().Form("/v1/oauth/token?password="+url.QueryEscape(word), tokenForm("grant_type", "password", "username", canary)).Problem(400, "validation")
	c := bearer(s, next)
	c.Post("/v1/me/password", change(word, word+"!")).Want(204)
	c.Post("/v1/me/password", `{"currentPassword": "`+word).Problem(400, "validation")
	personal["reset token"] = text(admin.Post("/v1/users/"+id+"/reset-tokens", nil, testkit.Header{Name: "Idempotency-Key", Value: "2"}).Want(201), "token")
	s.Anonymous().Post("/v1/password-resets", object{"token": personal["reset token"], "newPassword": word + "?"}).Want(204)
	refresh(s, personal["next refresh token"]).Problem(400, "invalid-grant")
	revoke(s, personal["next refresh token"]).Want(204)
	with(s, personal["access token"]+"x").Get("/v1/me").Problem(401, "invalid-token")

	var m machine
	admin.Post("/v1/service-accounts", object{"name": "Kone"}, testkit.Header{Name: "Idempotency-Key", Value: "3"}).Want(201).Into(&m)
	personal["secret"] = m.Secret.ClientSecret
	personal["second secret"] = text(admin.Post(m.url()+"/secrets", nil, testkit.IfMatch("*"), testkit.Header{Name: "Idempotency-Key", Value: "4"}).Want(201), "clientSecret")
	clientToken(s, m.Account.ID, personal["secret"]).Want(200)
	s.Anonymous().Form("/v1/oauth/token", "grant_type=client_credentials", basic(m.Account.ID+":"+personal["second secret"])).Want(200)
	admin.Get("/v1/me", basic(m.Account.ID+":"+personal["secret"])).Problem(401, "invalid-token")

	// a failure of our own: PostgreSQL's report of it holds the whole row
	s.Exec("alter table users add constraint broken check (email <> 'second-" + canary + "')")
	w := httptest.NewRecorder()
	s.Server.ServeHTTP(w, admin.Request("POST", "/v1/users", object{"email": "second-" + canary, "displayName": personal["name"]}))
	require.GreaterOrEqual(t, w.Code, 500, "the failure that the log must tell of")
	assert.NotContains(t, w.Body.String(), "broken")

	log := testkit.Log.String()
	require.Contains(t, log, "operation=createToken")
	require.Contains(t, log, w.Header().Get("X-Request-Id"))
	for name, v := range personal {
		assert.NotContains(t, log, v, name)
		assert.NotContains(t, log, url.QueryEscape(v), name)
	}
	stored := func(v string) (tables []string) {
		s.Scan(`select coalesce(array_agg(table_name::text), '{}') from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
			and query_to_xml(format('select 1 from %I t where position(%L in t::text) > 0 or position(%L in t::text) > 0', table_name, $1::text, $2::text), true, true, '')::text <> ''`,
			[]any{v, hex.EncodeToString([]byte(v))}, &tables)
		return tables
	}
	require.ElementsMatch(t, []string{"users", "idempotency_keys"}, stored(personal["name"]), "the search finds what is there")
	delete(personal, "address")
	delete(personal, "name")
	for name, v := range personal {
		assert.Empty(t, stored(v), "%s is stored in the clear", name)
	}
}
