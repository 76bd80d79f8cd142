package seutu

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"
)

const maxAnswer = 64 << 20 // of an answer that is read as a whole; streams have no limit

// answerOf is a pointer to a model that may be a whole answer.
type answerOf[T any] interface {
	*T
	tagged
}

// fetch carries a call out that answers with a model.
func fetch[T any, P answerOf[T]](ctx context.Context, c *Client, r call, options []CallOption) (*T, error) {
	r.accept = "application/json"
	a, err := c.do(ctx, r.with(options))
	if err != nil {
		return nil, err
	}
	v := new(T)
	if err := decode(a, v); err != nil {
		return nil, fmt.Errorf("seutu: %s: %w", r.operation, err)
	}
	*P(v).etag() = a.header.Get("ETag")
	return v, nil
}

func decode(a *answer, v any) error {
	if media, _, _ := mime.ParseMediaType(a.header.Get("Content-Type")); media != "application/json" {
		return fmt.Errorf("the answer is %q, not JSON", media)
	}
	return json.Unmarshal(a.data, v)
}

// perform carries a call out that answers with nothing.
func perform(ctx context.Context, c *Client, r call, options []CallOption) error {
	_, err := c.do(ctx, r.with(options))
	return err
}

// stream carries a call out that answers with what is no model. The caller closes it.
func stream(ctx context.Context, c *Client, r call, options []CallOption) (io.ReadCloser, error) {
	r.stream = true
	a, err := c.do(ctx, r.with(options))
	if err != nil {
		return nil, err
	}
	return a.body, nil
}

// answer is a success: read as a whole, or a stream.
type answer struct {
	header http.Header
	data   []byte
	body   io.ReadCloser
}

// streamed is an answer whose request ends when it is closed.
type streamed struct {
	io.ReadCloser
	done func()
}

// Close ends the answer, read to its end or not.
func (s *streamed) Close() error {
	defer s.done()
	return s.ReadCloser.Close()
}

// Errors of the connection.
var (
	errSlow    = fmt.Errorf("no answer in time: %w", context.DeadlineExceeded)
	errTooMuch = fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)
)

// broken is a connection that failed: whether the request was carried out is not known.
type broken struct{ error }

func (b broken) Unwrap() error { return b.error }

// signingIn is a failure to get a token: it was repeated as often as may be.
type signingIn struct{ error }

func (s signingIn) Unwrap() error { return s.error }

// attempt sends a call once; if its token is refused, once more with another.
func (c *Client) attempt(ctx context.Context, r *call, address string) (*answer, error) {
	if c.tokens == nil || r.open {
		return c.send(ctx, r, address, "")
	}
	refused := ""
	for {
		token, err := c.tokens.Token(ctx, refused)
		if err != nil {
			return nil, signingIn{fmt.Errorf("sign in: %w", err)}
		}
		a, err := c.send(ctx, r, address, token)
		if !errors.Is(err, ErrUnauthenticated) || refused != "" || r.body.once != nil {
			return a, err
		}
		refused = token
	}
}

// send sends a call with a token.
func (c *Client) send(ctx context.Context, r *call, address, token string) (*answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	done := func() { cancel(nil) }
	late := time.AfterFunc(max(c.timeout, r.timeout), func() { cancel(errSlow) })
	defer late.Stop()
	request, err := c.request(ctx, r, address, token)
	if err != nil {
		done()
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		defer done()
		return nil, failed(ctx, err)
	}
	if r.received != nil {
		*r.received = response.Header
	}
	if r.stream && response.StatusCode < 300 {
		return &answer{header: response.Header, body: &streamed{response.Body, done}}, nil
	}
	defer done()
	defer response.Body.Close()
	switch {
	case response.StatusCode == http.StatusNotModified:
		return nil, ErrNotModified
	case response.StatusCode >= 300:
		return nil, problemOf(r.operation, response)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, failed(ctx, err)
	case len(data) > maxAnswer:
		return nil, errTooMuch
	}
	if tag := response.Header.Get("ETag"); r.value != nil && tag != "" {
		*r.value.etag() = tag
	}
	return &answer{header: response.Header, data: data}, nil
}

// failed is an error of a connection, without the address: its query may name people.
func failed(ctx context.Context, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if cause := context.Cause(ctx); errors.Is(cause, errSlow) {
		err = cause
	}
	return broken{err}
}

// request is the call as HTTP has it.
func (c *Client) request(ctx context.Context, r *call, address, token string) (*http.Request, error) {
	var content io.Reader
	switch {
	case r.body.once != nil:
		content = r.body.once()
	case r.body.media != "":
		content = bytes.NewReader(r.body.data)
	}
	request, err := http.NewRequestWithContext(ctx, r.method, address, content)
	if err != nil {
		return nil, err
	}
	for name, values := range r.header {
		request.Header[name] = values
	}
	for name, value := range map[string]string{"Accept": r.accept, "Content-Type": r.body.media, "Accept-Language": c.language, "User-Agent": c.agent} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return request, nil
}
