package issuer

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestLyingIssuers: whatever else an issuer answers than keys gives none.
func TestLyingIssuers(t *testing.T) {
	t.Parallel()
	const keys = `{"keys": []}`
	var elsewhere bool
	for name, tt := range map[string]struct {
		discovery, keys string
		good            bool
	}{
		"honest":             {`{"issuer": "{me}", "jwks_uri": "{me}/keys"}`, keys, true},
		"another's":          {`{"issuer": "https://other.example", "jwks_uri": "{me}/keys"}`, keys, false},
		"with a slash":       {`{"issuer": "{me}/", "jwks_uri": "{me}/keys"}`, keys, false},
		"nobody's":           {`{"jwks_uri": "{me}/keys"}`, keys, false},
		"without keys":       {`{"issuer": "{me}"}`, keys, false},
		"no address":         {`{"issuer": "{me}", "jwks_uri": "/keys"}`, keys, false},
		"a file":             {`{"issuer": "{me}", "jwks_uri": "file:///etc/passwd"}`, keys, false},
		"http elsewhere":     {`{"issuer": "{me}", "jwks_uri": "http://10.0.0.1/keys"}`, keys, false},
		"with a password":    {`{"issuer": "{me}", "jwks_uri": "http://a:b@127.0.0.1/keys"}`, keys, false},
		"no JSON":            {`<html>`, keys, false},
		"keys no JSON":       {`{"issuer": "{me}", "jwks_uri": "{me}/keys"}`, `<html>`, false},
		"keys not found":     {`{"issuer": "{me}", "jwks_uri": "{me}/nothing"}`, keys, false},
		"keys too long":      {`{"issuer": "{me}", "jwks_uri": "{me}/keys"}`, `{"keys": []` + strings.Repeat(" ", maxDocument) + "}", false},
		"discovery too long": {`{"issuer": "{me}", "jwks_uri": "{me}/keys"` + strings.Repeat(" ", maxDocument) + "}", keys, false},
		"keys redirected":    {`{"issuer": "{me}", "jwks_uri": "{me}/redirect"}`, keys, false},
	} {
		s := httptest.NewServer(nil)
		s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/.well-known/openid-configuration":
				fmt.Fprint(w, strings.ReplaceAll(tt.discovery, "{me}", s.URL))
			case "/keys":
				fmt.Fprint(w, tt.keys)
			case "/redirect":
				http.Redirect(w, r, "/elsewhere", http.StatusFound)
			case "/elsewhere":
				elsewhere = true
			default:
				http.NotFound(w, r)
			}
		})
		_, err := newFetcher(s.URL, "").keys(t.Context())
		assert.Equal(t, tt.good, err == nil, "%s: %v", name, err)
		_, err = newFetcher("https://issuer.example", s.URL+"/keys").keys(t.Context())
		assert.Equal(t, tt.keys == keys, err == nil, "%s, without discovery: %v", name, err)
		s.Close()
	}
	assert.False(t, elsewhere, "redirects are not followed")
}

// TestKeysOfHTTPS: who is asked by https cannot lead to keys by http, nor by another redirect.
func TestKeysOfHTTPS(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"keys": []}`) }))
	t.Cleanup(plain.Close)
	for name, good := range map[string]bool{"{me}/keys": true, plain.URL: false, "{me}/redirect": false} {
		s := httptest.NewTLSServer(nil)
		s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/.well-known/openid-configuration":
				fmt.Fprintf(w, `{"issuer": %q, "jwks_uri": %q}`, s.URL, strings.ReplaceAll(name, "{me}", s.URL))
			case "/keys":
				fmt.Fprint(w, `{"keys": []}`)
			default:
				http.Redirect(w, r, plain.URL, http.StatusTemporaryRedirect)
			}
		})
		f := newFetcher(s.URL, "")
		_, err := f.keys(t.Context())
		assert.Error(t, err, "a certificate that nobody knows")
		f.client.Transport = s.Client().Transport
		_, err = f.keys(t.Context())
		assert.Equal(t, good, err == nil, "%s: %v", name, err)
		s.Close()
	}
}

func TestFetchable(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"https://login.example", "https://login.example:8443/realms/x", "http://localhost:8080/x", "http://127.0.0.1:1", "http://[::1]:1"} {
		assert.NoError(t, fetchable(good), good)
	}
	for _, bad := range []string{
		"", "login.example", "//login.example", "https://", "http://login.example", "http://localhost.example", "http://127.0.0.1.example", "ftp://login.example", "file:///x", "https://a@login.example",
		"https://login.example#x", "https://login.example/a b", "https://login.example#", "http://0.0.0.0", "http://169.254.169.254",
	} {
		assert.Error(t, fetchable(bad), bad)
	}
}
