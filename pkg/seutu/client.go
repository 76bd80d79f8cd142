package seutu

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Client speaks to one Seutu service. Make it with [New]. It is safe for concurrent use.
type Client struct {
	Services

	base     string
	http     *http.Client
	tokens   TokenSource // nil: anonymous
	retries  int
	timeout  time.Duration
	language string
	agent    string
}

// Option is a setting of a [Client].
type Option func(*Client) error

const (
	defaultRetries = 4
	defaultTimeout = 30 * time.Second
	maxRedirects   = 10
)

// New makes a client of the service at an address such as https://seutu.example. It sends nothing yet. Without one of
// [WithPassword], [WithClientCredentials] and [WithToken] it is anonymous.
func New(baseURL string, options ...Option) (*Client, error) {
	u, err := url.Parse(baseURL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("seutu: the address of the service: %w", err)
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.User != nil, u.RawQuery != "", u.Fragment != "":
		return nil, errors.New("seutu: the address of the service is like https://seutu.example")
	}
	c := &Client{base: strings.TrimRight(u.String(), "/"), retries: defaultRetries, timeout: defaultTimeout, agent: "seutu-go"}
	for _, o := range options {
		if err := o(c); err != nil {
			return nil, err
		}
	}
	h := http.Client{}
	if c.http != nil {
		h = *c.http
	}
	if h.CheckRedirect == nil {
		h.CheckRedirect = followSome
	}
	c.http = &h
	c.Services = newServices(c)
	return c, nil
}

var (
	errRedirects = fmt.Errorf("stopped after %d redirects", maxRedirects)
	errElsewhere = errors.New("the service redirects to another one")
)

// followSome keeps what is sent, passwords among it, from being sent on to others.
func followSome(r *http.Request, via []*http.Request) error {
	switch first := via[0].URL; {
	case len(via) >= maxRedirects:
		return errRedirects
	case r.URL.Scheme != first.Scheme || r.URL.Host != first.Host:
		return errElsewhere
	}
	return nil
}

// WithHTTPClient sets what sends the requests, say with another transport or proxy.
func WithHTTPClient(h *http.Client) Option {
	return func(c *Client) error {
		if h == nil {
			return errors.New("seutu: WithHTTPClient needs a client")
		}
		c.http = h
		return nil
	}
}

// WithToken sets where access tokens come from.
func WithToken(source TokenSource) Option {
	return func(c *Client) error { return c.authenticate(source) }
}

// WithPassword signs a user in at the first request, and keeps the session alive.
func WithPassword(email, password string) Option {
	return func(c *Client) error {
		return c.authenticate(&session{client: c, first: TokenRequest{GrantType: TokenRequestGrantTypePassword, Username: email, Password: password}})
	}
}

// WithClientCredentials signs a service account in at the first request, and again before its token runs out.
func WithClientCredentials(id, secret string) Option {
	return func(c *Client) error {
		return c.authenticate(&session{client: c, first: TokenRequest{GrantType: TokenRequestGrantTypeClientCredentials, ClientID: id, ClientSecret: secret}})
	}
}

func (c *Client) authenticate(source TokenSource) error {
	switch {
	case source == nil:
		return errors.New("seutu: no source of tokens")
	case c.tokens != nil:
		return errors.New("seutu: choose one of WithToken, WithPassword and WithClientCredentials")
	}
	c.tokens = source
	return nil
}

// WithRetries sets how often a request may be repeated: 4 times unless set, 0 for never.
func WithRetries(n int) Option {
	return func(c *Client) error {
		if n < 0 {
			return errors.New("seutu: WithRetries needs 0 or more")
		}
		c.retries = n
		return nil
	}
}

// WithTimeout sets how long one attempt may last: 30 seconds unless set. Of answers that are read as a stream it bounds
// the wait for the first byte. The context of a call bounds all its attempts together.
func WithTimeout(d time.Duration) Option {
	return func(c *Client) error {
		if d <= 0 {
			return errors.New("seutu: WithTimeout needs more than 0")
		}
		c.timeout = d
		return nil
	}
}

// WithLanguage sets the language of the texts of problems: "fi" or "en".
func WithLanguage(language string) Option {
	return func(c *Client) error {
		c.language = language
		return nil
	}
}

// WithUserAgent tells the service which program asks; it stands before the name of this package.
func WithUserAgent(name string) Option {
	return func(c *Client) error {
		c.agent = strings.TrimSpace(cmp.Or(name, "") + " seutu-go")
		return nil
	}
}
