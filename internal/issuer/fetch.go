package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// maxDocument is how long a discovery document or a key set may be.
const maxDocument = 256 << 10

// fetcher asks one issuer for its keys. Where it goes comes from the configuration and the issuer's own discovery document,
// never from a token.
type fetcher struct {
	issuer, keysURI string
	client          *http.Client
}

func newFetcher(issuer, keysURI string) fetcher {
	return fetcher{issuer, keysURI, &http.Client{
		Timeout:       fetchTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // an answer of 3xx is a failure
		Transport:     &http.Transport{DisableKeepAlives: true, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 32 << 10},
	}}
}

// keys fetches the keys; where they are stands in the discovery document, unless the configuration says.
func (f fetcher) keys(ctx context.Context) ([]publicKey, error) {
	uri := f.keysURI
	if uri == "" {
		raw, err := f.get(ctx, strings.TrimSuffix(f.issuer, "/")+"/.well-known/openid-configuration")
		if err != nil {
			return nil, err
		}
		var d struct {
			Issuer  string `json:"issuer"`
			KeysURI string `json:"jwks_uri"`
		}
		if err := json.Unmarshal(raw, &d); err != nil {
			return nil, fmt.Errorf("discovery document: %w", err)
		}
		if d.Issuer != f.issuer {
			return nil, errors.New("the discovery document is another issuer's")
		}
		if err := fetchable(d.KeysURI); err != nil || strings.HasPrefix(f.issuer, "https:") && !strings.HasPrefix(d.KeysURI, "https:") {
			return nil, errors.New("the discovery document's jwks_uri is not usable")
		}
		uri = d.KeysURI
	}
	raw, err := f.get(ctx, uri)
	if err != nil {
		return nil, err
	}
	return parseKeys(raw)
}

func (f fetcher) get(ctx context.Context, uri string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	a, err := f.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", uri, a.Status)
	}
	raw, err := io.ReadAll(io.LimitReader(a.Body, maxDocument+1))
	if err == nil && len(raw) > maxDocument {
		err = fmt.Errorf("%s answered more than %d bytes", uri, maxDocument)
	}
	return raw, err
}

// fetchable tells what is wrong with an address that keys shall be fetched from: https, or http on this very machine.
func fetchable(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "" || strings.ContainsAny(s, "# ") {
		return errors.New("it is not an address")
	}
	ip := net.ParseIP(u.Hostname())
	if local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback(); u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return errors.New("it must begin with https:// (http:// on this machine only)")
	}
	return nil
}
