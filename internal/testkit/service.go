package testkit

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/app"
	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/finnish"
	"github.com/seutu/seutu/internal/store"
)

// Service is the whole program on a database of its own.
type Service struct {
	*app.App
	T     testing.TB
	DSN   string
	owner func() *store.DB // connected at first use
}

var quiet sync.Once

// New starts the service for a test.
func New(t testing.TB) *Service {
	t.Helper()
	return On(t, DSN(t), config.Service{Issuer: "https://seutu.test", Memory: 8})
}

// Reading starts the service with a Finnish dictionary, or "off"; the others live by the rules alone, which are the same on
// every machine.
func Reading(t testing.TB, dsn, dictionary string) *Service {
	t.Helper()
	return open(t, dsn, dictionary, config.Service{Issuer: "https://seutu.test", Memory: 8})
}

// Dictionary is the file of the Finnish dictionary that is installed, if there is one; in the pipeline there has to be.
func Dictionary(t testing.TB) (path string, ok bool) {
	t.Helper()
	path, ok = finnish.Find()
	if !ok {
		require.NotEqual(t, "true", os.Getenv("CI"), "no dictionary: install voikko-fi")
	}
	return path, ok
}

// On starts the service on a database that is there already: a second process beside the first.
func On(t testing.TB, dsn string, c config.Service) *Service {
	t.Helper()
	return open(t, dsn, "off", c)
}

func open(t testing.TB, dsn, voikko string, c config.Service) *Service {
	t.Helper()
	quiet.Do(func() {
		slog.SetDefault(slog.New(slog.NewTextHandler(logTo(), &slog.HandlerOptions{Level: slog.LevelInfo})))
	})
	a, err := app.New(context.Background(), app.Options{DSN: dsn, Pool: 6, Voikko: voikko, Service: c, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	a.Server.Observe(record)
	return &Service{a, t, dsn, sync.OnceValue(func() *store.DB {
		db, err := store.Open(context.Background(), store.Config{DSN: dsn, Connections: 2, Owner: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		return db
	})}
}

// Log holds what the program logs during tests; privacy tests read it.
var Log = &lockedBuffer{}

func logTo() io.Writer {
	if os.Getenv("SEUTU_TEST_LOG") != "" {
		return io.MultiWriter(os.Stderr, Log)
	}
	return Log
}

type lockedBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// Exec runs SQL on the service's database as its owner.
func (s *Service) Exec(sql string, args ...any) {
	s.T.Helper()
	if _, err := s.owner().Exec(context.Background(), sql, args...); err != nil {
		s.T.Fatalf("%s: %v", sql, err)
	}
	s.DB.Changed(nil) // no process has seen it
}

// Scan runs a query for one row on the service's database as its owner.
func (s *Service) Scan(sql string, args []any, to ...any) {
	s.T.Helper()
	if err := s.owner().QueryRow(context.Background(), sql, args...).Scan(to...); err != nil {
		s.T.Fatalf("%s: %v", sql, err)
	}
}

// Anonymous is a client without a token.
func (s *Service) Anonymous() *Client { return &Client{s: s, T: s.T} }

// As is a client with a grant of the role in the scope: a code of a region or municipality, or an id. permissions are those
// of an integration; a permission "system:x" names a system of external ids instead.
func (s *Service) As(role authz.Role, scope string, permissions ...string) *Client {
	s.T.Helper()
	id := store.NewID()
	s.Exec("insert into users (id, version, created_at, updated_at, email, display_name) values ($1, 1, now(), now(), $2, $3)", id, id.String()+"@test.example", string(role))
	c := s.Session(id)
	s.Grant(id, role, scope, permissions...)
	return c
}

// Session is a client that is signed in as the user.
func (s *Service) Session(user uuid.UUID) *Client {
	s.T.Helper()
	family := store.NewID()
	s.Exec("insert into refresh_tokens (hash, family, user_id, created_at, expires_at) values ($1, $2, $3, now(), now() + interval '1 day')", authn.HashSecret(family.String()), family, user)
	token, err := s.Tokens.Issue(context.Background(), authz.User, user, family)
	if err != nil {
		s.T.Fatal(err)
	}
	return &Client{s: s, T: s.T, Token: token, ID: user}
}

// Grant gives the user a role in a scope.
func (s *Service) Grant(user uuid.UUID, role authz.Role, scope string, permissions ...string) {
	s.T.Helper()
	types := authz.ScopeOf(role)
	scopeType := types[0]
	if role == authz.Integration && len(scope) == 3 {
		scopeType = authz.MunicipalityScope
	}
	listed, systems := []string{}, []string{}
	for _, p := range permissions {
		if name, ok := strings.CutPrefix(p, "system:"); ok {
			systems = append(systems, name)
		} else {
			listed = append(listed, p)
		}
	}
	var region, municipality *string
	switch scopeType {
	case authz.RegionScope:
		region = &scope
	case authz.MunicipalityScope:
		municipality = &scope
		var r string
		s.Scan("select region from municipalities where code = $1", []any{scope}, &r)
		region = &r
	}
	s.Exec(`insert into grants (id, version, created_at, updated_at, user_id, role, scope_type, scope, region, municipality, permissions, systems) values ($1, 1, now(), now(), $2, $3, $4, $5, $6, $7, $8, $9)`,
		store.NewID(), user, string(role), string(scopeType), scope, region, municipality, listed, systems)
	s.Tokens.Forget(user)
}

// record notes that an operation was seen to answer with a status, in a file that all test processes share.
func record(operation string, status int) {
	name := os.Getenv("SEUTU_OPERATIONS_FILE")
	if name == "" {
		return
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	fmt.Fprintf(f, "%s %d\n", operation, status)
}
