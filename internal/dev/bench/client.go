package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/seutu/seutu/internal/demo"
)

// worker is one connection to one server, which asks for one thing after the other. Requests are written as prepared
// bytes: what the client saves, the servers have.
type worker struct {
	s      *server
	number int
	dice   *rand.Rand
	conn   net.Conn
	in     *bufio.Reader
	out    []byte
}

func newWorker(ctx context.Context, s *server, number int) (*worker, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.addr)
	if err != nil {
		return nil, err
	}
	// the same seed for every server: all get the same requests
	return &worker{s: s, number: number, dice: rand.New(rand.NewPCG(5, uint64(number))), conn: conn, in: bufio.NewReaderSize(conn, 32<<10)}, nil
}

// request is one question and the status that answers it.
type request struct {
	method, path string
	signedIn     bool
	headers      string // further ones, each with its line end
	body         []byte
	status       int
}

// do sends a request and reads the whole answer; keep says whether to return the body.
func (w *worker) do(r request, keep bool) (http.Header, []byte, error) {
	b := append(w.out[:0], r.method...)
	b = append(append(append(b, ' '), r.path...), " HTTP/1.1\r\nHost: "...)
	b = append(append(b, w.s.addr...), "\r\n"...)
	if r.signedIn && w.s.token != "" {
		b = append(append(append(b, "Authorization: Bearer "...), w.s.token...), "\r\n"...)
	}
	b = append(b, r.headers...)
	if r.body != nil {
		b = append(strconv.AppendInt(append(b, "Content-Length: "...), int64(len(r.body)), 10), "\r\n"...)
	}
	b = append(append(b, "\r\n"...), r.body...)
	w.out = b
	if _, err := w.conn.Write(b); err != nil {
		return nil, nil, err
	}
	res, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != r.status {
		body, _ := io.ReadAll(res.Body)
		return nil, nil, fmt.Errorf("%s: %s %s: %s: %.500s", w.s.name, r.method, r.path, res.Status, body)
	}
	if keep {
		body, err := io.ReadAll(res.Body)
		return res.Header, body, err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return res.Header, nil, err
}

// result is what one server did in one round, or in all.
type result struct {
	perSecond []float64 // by round
	took      []time.Duration
	cpu       time.Duration
}

// round asks one server for a while over all connections.
func round(ctx context.Context, s *server, workers []*worker, next func(*worker) request, length time.Duration, to *result) error {
	errs, took := make(chan error, len(workers)), make([][]time.Duration, len(workers))
	var all sync.WaitGroup
	start, cpu := time.Now(), s.cpu()
	for i, w := range workers {
		all.Go(func() {
			for now := time.Now(); now.Sub(start) < length && ctx.Err() == nil; {
				if _, _, err := w.do(next(w), false); err != nil {
					errs <- err
					return
				}
				end := time.Now()
				took[i] = append(took[i], end.Sub(now))
				now = end
			}
		})
	}
	all.Wait()
	elapsed := time.Since(start)
	select {
	case err := <-errs:
		return err
	default:
	}
	n := 0
	for _, t := range took {
		n += len(t)
		to.took = append(to.took, t...)
	}
	to.cpu += s.cpu() - cpu
	to.perSecond = append(to.perSecond, float64(n)/elapsed.Seconds())
	return ctx.Err()
}

// quantile is the time within which the share q of the answers came.
func (r *result) quantile(q float64) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	slices.Sort(r.took)
	return r.took[min(int(q*float64(len(r.took))), len(r.took)-1)]
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	v = slices.Sorted(slices.Values(v))
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// signIn gets a token for the administrator.
func signIn(ctx context.Context, s *server) error {
	w, err := newWorker(ctx, s, 0)
	if err != nil {
		return err
	}
	defer w.conn.Close()
	form := url.Values{"grant_type": {"password"}, "username": {admin}, "password": {demo.Password}}.Encode()
	_, body, err := w.do(request{method: "POST", path: "/v1/oauth/token", headers: "Content-Type: application/x-www-form-urlencoded\r\n", body: []byte(form), status: 200}, true)
	if err != nil {
		return err
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	s.token = answer.Token
	return nil
}
