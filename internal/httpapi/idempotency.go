package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/seutu/seutu/api"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/store"
)

// idempotent gives a POST with an Idempotency-Key one transaction in which both its work and its answer are stored:
// either both are there, or neither. A failed request stores nothing and leaves the key free.
func (s *Server) idempotent(next api.StrictHandlerFunc, _ string) api.StrictHandlerFunc {
	return func(c echo.Context, request any) (any, error) {
		in := infoOf(c)
		key := c.Request().Header.Get("Idempotency-Key")
		if key == "" || !in.op.replays || in.op.streamed || !in.actor.Known() {
			return next(c, request)
		}
		j, err := json.Marshal(request) // the parsed request: white space does not matter
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(append([]byte(in.op.id+"\n"), j...))
		rec := store.Replay{Actor: in.actor.ID.String(), Key: key, Hash: sum[:]}
		var answer *store.Replay
		err = s.db.Write(c.Request().Context(), func(ctx context.Context, tx *store.Tx) error {
			found, err := tx.FindReplay(ctx, rec)
			if err != nil || found != nil {
				answer = found
				return err
			}
			plain := c.Request()
			c.SetRequest(plain.WithContext(ctx))
			defer c.SetRequest(plain)
			response, err := next(c, request)
			if err != nil {
				return err
			}
			shown, err := visit(response)
			if err != nil {
				return err
			}
			rec.Status, rec.Header, rec.Body = shown.status, shown.header, shown.body.Bytes()
			kept := rec
			if in.op.secret {
				kept.Body = nil
			}
			answer = &rec
			return tx.KeepReplay(ctx, kept)
		})
		if err != nil {
			return nil, err
		}
		if answer != &rec {
			if err := replayable(answer, rec.Hash); err != nil {
				return nil, err
			}
			c.Response().Header().Set("Idempotency-Replayed", "true")
		}
		return nil, send(c, answer)
	}
}

func replayable(r *store.Replay, hash []byte) error {
	switch {
	case r.Running:
		return &errs.Error{Type: errs.KeyRunning, Detail: errs.Msg("a request with this Idempotency-Key is still running"), RetryAfter: time.Second}
	case !bytes.Equal(r.Hash, hash):
		return errs.New(errs.KeyReused, "this Idempotency-Key was used with another request")
	case r.Body == nil && r.Status != http.StatusNoContent:
		return errs.New(errs.AlreadyDone, "a request with this Idempotency-Key succeeded, and its secret was shown then")
	}
	return nil
}

func send(c echo.Context, r *store.Replay) error {
	for k, v := range r.Header {
		c.Response().Header()[k] = v
	}
	c.Response().WriteHeader(r.Status)
	_, err := c.Response().Write(r.Body)
	return err
}

// shown is an answer written into memory.
type shown struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *shown) Header() http.Header         { return w.header }
func (w *shown) WriteHeader(status int)      { w.status = status }
func (w *shown) Write(b []byte) (int, error) { return w.body.Write(b) }

// visit runs the generated Visit<Operation>Response method of an answer: its name differs by operation.
func visit(response any) (*shown, error) {
	w := &shown{header: http.Header{}, status: http.StatusOK}
	v := reflect.ValueOf(response)
	for i := range v.NumMethod() {
		name := v.Type().Method(i).Name
		if strings.HasPrefix(name, "Visit") && strings.HasSuffix(name, "Response") {
			err, _ := v.Method(i).Call([]reflect.Value{reflect.ValueOf(http.ResponseWriter(w))})[0].Interface().(error)
			return w, err
		}
	}
	return nil, errors.New("an answer without a Visit method")
}
