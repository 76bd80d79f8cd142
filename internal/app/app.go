// Package app puts the program together: the only place that calls constructors. The service, its commands and the tests start here.
package app

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/seutu/seutu/internal/authn"
	"github.com/seutu/seutu/internal/clock"
	"github.com/seutu/seutu/internal/config"
	"github.com/seutu/seutu/internal/contract"
	"github.com/seutu/seutu/internal/domain/account"
	"github.com/seutu/seutu/internal/domain/actionplan"
	"github.com/seutu/seutu/internal/domain/audit"
	"github.com/seutu/seutu/internal/domain/council"
	"github.com/seutu/seutu/internal/domain/duplicate"
	"github.com/seutu/seutu/internal/domain/geography"
	"github.com/seutu/seutu/internal/domain/meeting"
	"github.com/seutu/seutu/internal/domain/network"
	"github.com/seutu/seutu/internal/domain/nomination"
	"github.com/seutu/seutu/internal/domain/organisation"
	"github.com/seutu/seutu/internal/domain/person"
	"github.com/seutu/seutu/internal/domain/post"
	"github.com/seutu/seutu/internal/domain/review"
	"github.com/seutu/seutu/internal/domain/search"
	"github.com/seutu/seutu/internal/domain/seat"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/httpapi"
	"github.com/seutu/seutu/internal/pgembed"
	"github.com/seutu/seutu/internal/searchindex"
	"github.com/seutu/seutu/internal/store"
)

// App is the program on one database.
type App struct {
	DB            *store.DB
	Contract      *contract.Contract
	Tokens        *authn.Tokens
	Accounts      *account.Service
	Organisations *organisation.Service
	Duplicates    *duplicate.Service
	People        *person.Service
	Networks      *network.Service
	Councils      *council.Service
	ActionPlans   *actionplan.Service
	Seats         *seat.Service
	Nominations   *nomination.Service
	Meetings      *meeting.Service
	Posts         *post.Service
	Index         *searchindex.Index
	Server        *httpapi.Server
}

// Options is what New needs beside the database's address.
type Options struct {
	DSN     string
	Pool    int
	Voikko  string // the dictionary's file, "off" for none, "" for where it is usually installed
	Service config.Service
	Metrics prometheus.Registerer
	Version string
}

// Migrate brings the database up to date, reference data included.
func Migrate(ctx context.Context, dsn string) error {
	db, err := store.Open(ctx, store.Config{DSN: dsn, Connections: 2, Owner: true})
	if err != nil {
		return err
	}
	defer db.Close()
	done, err := db.Migrated(ctx)
	if err != nil {
		return err
	}
	if !done {
		if err := store.Migrate(ctx, dsn); err != nil {
			return err
		}
	}
	return geography.Copy(ctx, db)
}

// Prepare starts to read what New needs beside the database, while that is found and migrated: New tells of errors.
func Prepare(voikko string) {
	go contract.Load()    //nolint:errcheck // New tells
	go dictionary(voikko) //nolint:errcheck // New tells
}

// New builds the program on a migrated database.
func New(ctx context.Context, o Options) (*App, error) {
	c, err := contract.Load()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, store.Config{DSN: o.DSN, Connections: o.Pool})
	if err != nil {
		return nil, err
	}
	a := &App{DB: db, Contract: c}
	if err := a.build(ctx, o); err != nil {
		db.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) build(ctx context.Context, o Options) (err error) {
	if err := a.openSearch(o.Voikko); err != nil {
		return err
	}
	a.People = person.NewService(person.NewRepository(a.DB), country{})
	a.Organisations = organisation.NewService(organisation.NewRepository(a.DB, a.Index), country{}, a.People, organisation.Editors{
		Make: func(ctx context.Context, o *organisation.Organisation) error {
			return a.Accounts.MakeEditor(ctx, o.ID, o.Region, o.Municipality)
		},
		End: func(ctx context.Context, id uuid.UUID) error { return a.Accounts.EndEditors(ctx, id) },
	})
	a.Duplicates = duplicate.NewService(duplicate.NewRepository(a.DB), country{}, a.Organisations)
	a.Councils = council.NewService(council.NewRepository(a.DB, a.Index), country{})
	a.ActionPlans = actionplan.NewService(actionplan.NewRepository(a.DB))
	a.Networks = network.NewService(network.NewRepository(a.DB, a.Index), country{}, a.Councils, a.Organisations, func(ctx context.Context, id uuid.UUID) error { return a.Accounts.MakeConvener(ctx, id) })
	a.Seats = seat.NewService(seat.NewRepository(a.DB), a.Organisations, a.People)
	a.Nominations = nomination.NewService(nomination.NewRepository(a.DB), a.Seats)
	a.Meetings = meeting.NewService(meeting.NewRepository(a.DB), country{}, a.Organisations)
	a.Posts = post.NewService(post.NewRepository(a.DB, a.Index), country{})
	a.registerPeople()
	where := places{country{}, a.Organisations, a.Councils, a.Networks}
	external, err := a.external(o.Service, where)
	if err != nil {
		return err
	}
	if a.Tokens, err = authn.NewTokens(ctx, a.DB, o.Service.Issuer, external); err != nil {
		return err
	}
	a.Accounts = account.NewService(a.DB, a.Tokens, authn.NewPasswords(), where)
	a.registerMerges()
	a.Server, err = httpapi.New(httpapi.Config{
		RateLimit: o.Service.RateLimit, MaxInFlight: o.Service.MaxInFlight,
		AllowedOrigins: o.Service.AllowedOrigins, TrustedProxies: o.Service.TrustedProxies, Memory: int64(o.Service.Memory) << 20,
	}, httpapi.Deps{
		Contract: a.Contract, DB: a.DB, Authenticate: a.Tokens.Authenticate, Metrics: o.Metrics, Version: o.Version, Search: a.Index.State,
		Address: strings.TrimSuffix(o.Service.Issuer, "/"), Kinds: kinds(),
		Handlers: httpapi.Handlers{
			Accounts:      account.NewHandler(a.Accounts),
			ActionPlans:   actionplan.NewHandler(a.ActionPlans),
			AuditEvents:   audit.NewHandler(a.DB),
			Councils:      council.NewHandler(a.Councils),
			Duplicates:    duplicate.NewHandler(a.Duplicates),
			Geographies:   geography.NewHandler(),
			Meetings:      meeting.NewHandler(a.Meetings),
			Networks:      network.NewHandler(a.Networks),
			Nominations:   nomination.NewHandler(a.Nominations),
			Organisations: organisation.NewHandler(a.Organisations, a.RowSchema()),
			People:        person.NewHandler(a.People),
			Posts:         post.NewHandler(a.Posts),
			Reviews:       review.NewHandler(a.DB, reviews()),
			Searches:      search.NewHandler(search.NewService(search.NewRepository(a.DB, a.Index))),
			Seats:         seat.NewHandler(a.Seats),
		},
	})
	return err
}

// RowSchema is the contract's schema for the rows of a sync of organisations.
func (a *App) RowSchema() organisation.RowSchema {
	schema := a.Contract.Schema("OrganisationSyncRow")
	return func(v any) errs.Faults { return contract.Check(schema, v, "body", "") }
}

// Close ends the database connections.
func (a *App) Close() { a.DB.Close() }

// Work does what has to be done now and then, until the context ends.
func (a *App) Work(ctx context.Context) {
	go a.DB.Follow(ctx, a.Server.Heard)
	if clock.Sleep(ctx, time.Second) != nil { // whoever waits for an answer comes first
		return
	}
	go a.Index.Work(ctx)
	go a.Duplicates.Work(ctx)
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		for name, job := range map[string]func(context.Context) error{
			"forget stored answers": a.DB.ForgetReplays,
			"sweep sessions":        a.Accounts.Sweep,
			"end memberships":       a.Networks.EndDue,
			"end joined networks":   a.Councils.EndDue,
			"refresh issuers":       a.Tokens.RefreshIssuers,
			"ask for verification":  a.Organisations.RequestVerification,
			"learn what is common":  a.Index.Learn,
			"rotate keys":           func(ctx context.Context) error { return a.Tokens.Rotate(ctx, authn.KeyAge) },
		} {
			if err := job(ctx); err != nil && ctx.Err() == nil {
				slog.ErrorContext(ctx, "scheduled work failed", "job", name, "error", store.Loggable(err))
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// databaseName is the service's database in the private cluster.
const databaseName = "seutu"

// Database finds or starts PostgreSQL and gives its address and how to let go of it.
func Database(ctx context.Context, c config.Database, demo bool) (dsn string, stop func(), err error) {
	if c.DatabaseURL != "" {
		return c.DatabaseURL, func() {}, nil
	}
	in, err := pgembed.Start(ctx, pgembed.Options{Dir: c.DataDir(demo), BinDir: c.PGBinDir, Log: slog.Default()})
	if err != nil {
		return "", nil, err
	}
	stop = func() {
		// a context of its own: that of the program has ended by now
		sctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		if err := in.Stop(sctx); err != nil {
			slog.Error("stop PostgreSQL", "error", err)
		}
	}
	dsn, err = store.EnsureDatabase(ctx, in.DSN, databaseName)
	if err != nil {
		stop()
		return "", nil, err
	}
	return dsn, stop, nil
}
