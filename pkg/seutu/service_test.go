package seutu_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/testkit"
	"github.com/seutu/seutu/pkg/seutu"
)

const (
	email    = "yhdyshenkilo@example.org"
	password = "salasana ja enemmän"
)

// serve starts a service in which the officer of Hämeenlinna can sign in.
func serve(t testing.TB) (address string, s *testkit.Service) {
	t.Helper()
	s = testkit.New(t)
	admin := s.As(authz.Admin, "")
	id := admin.Post("/v1/users", map[string]any{"email": email, "password": password, "displayName": "Yhteyshenkilö"}).Want(http.StatusCreated).ID()
	admin.Post("/v1/grants", map[string]any{"userId": id, "role": authz.Officer, "scope": "109"}).Want(http.StatusCreated)
	server := httptest.NewServer(s.Server)
	t.Cleanup(server.Close)
	return server.URL, s
}

// exampleTB lets an example start what a test can start.
type exampleTB struct {
	testing.TB
	ends []func()
}

func (e *exampleTB) Helper()                      {}
func (e *exampleTB) Cleanup(f func())             { e.ends = append(e.ends, f) }
func (e *exampleTB) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (e *exampleTB) Error(args ...any)            { panic(fmt.Sprint(args...)) }
func (e *exampleTB) Fatalf(s string, args ...any) { panic(fmt.Sprintf(s, args...)) }
func (e *exampleTB) Errorf(s string, args ...any) { panic(fmt.Sprintf(s, args...)) }

// start is serve for an example.
func start() (address string, stop func()) {
	tb := &exampleTB{}
	address, _ = serve(tb)
	return address, func() {
		for _, end := range slices.Backward(tb.ends) {
			end()
		}
	}
}

func officer(t *testing.T, address string, options ...seutu.Option) *seutu.Client {
	t.Helper()
	c, err := seutu.New(address, append(options, seutu.WithPassword(email, password))...)
	require.NoError(t, err)
	return c
}

// TestWork does what a program of staff does, from signing in to signing out.
func TestWork(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	address, _ := serve(t)
	c := officer(t, address, seutu.WithLanguage("fi"))
	anyone, err := seutu.New(address)
	require.NoError(t, err)

	me, err := c.Me.Get(ctx)
	require.NoError(t, err)
	assert.Equal(t, seutu.RoleMunicipalOfficer, me.Grants[0].Role)

	choir, err := c.Organisations.Create(ctx, seutu.OrganisationCreate{
		Kind: seutu.OrganisationKindAssociation, Name: seutu.Text{"fi": "Kuoro ry", "sv": "Kören rf"}, Municipality: "109", Phone: "050 555 0101",
		Founded:     &seutu.HistoricDate{From: seutu.Date{Year: 1956, Month: 1, Day: 1}, To: seutu.Date{Year: 1957, Month: 1, Day: 1}, Precision: seutu.HistoricDatePrecisionYear},
		MemberCount: &seutu.MemberCount{Value: new(0), Year: 2025}, Address: &seutu.Address{PostalCode: "13100", PostOffice: "HÄMEENLINNA"},
		Location: &seutu.Point{Lat: 60.996, Lon: 24.464},
	})
	require.NoError(t, err)
	assert.Equal(t, "+358505550101", choir.Phone)
	assert.Equal(t, 1956, choir.Founded.From.Year)
	assert.Zero(t, *choir.MemberCount.Value, "none is not the same as unknown")
	assert.Nil(t, choir.MemberCount.Min)
	assert.Equal(t, "HÄMEENLINNA", choir.Address.PostOffice)
	assert.NotEmpty(t, choir.ETag)

	read, err := anyone.Organisations.Get(ctx, choir.ID, &seutu.GetOrganisationParams{Include: []string{"activities", "contacts"}})
	require.NoError(t, err)
	assert.Empty(t, read.Contacts)
	_, err = anyone.Organisations.Get(ctx, choir.ID, &seutu.GetOrganisationParams{Include: []string{"activities", "contacts"}}, seutu.IfChanged(read.ETag))
	require.ErrorIs(t, err, seutu.ErrNotModified)

	// parts: each write raises the version of the whole, which goes on to the next
	var activities []*seutu.Activity
	for _, name := range []string{"Laulua", "Soittoa"} {
		a, err := c.Organisations.CreateActivity(ctx, choir, seutu.ActivityCreate{Description: seutu.Text{"fi": name}, Heading: seutu.ActivityHeadingActivityAndParticipation})
		require.NoError(t, err)
		activities = append(activities, a)
	}
	a, err := c.Organisations.UpdateActivity(ctx, choir, activities[0].ID, seutu.ActivityPatch{Description: seutu.TextPatch{"sv": new("Sång")}})
	require.NoError(t, err)
	assert.Equal(t, seutu.Text{"fi": "Laulua", "sv": "Sång"}, a.Description)
	require.NoError(t, c.Organisations.DeleteActivity(ctx, choir, activities[1].ID))
	list, err := anyone.Organisations.ListActivities(ctx, choir.ID)
	require.NoError(t, err)
	assert.Len(t, list.Items, 1)
	choir, err = c.Organisations.Update(ctx, choir, seutu.OrganisationPatch{Website: seutu.Set("https://example.org"), Phone: seutu.Null[string]()})
	require.NoError(t, err)
	assert.Empty(t, choir.Phone)
	assert.EqualValues(t, 6, choir.Version)

	_, err = c.Organisations.Update(ctx, read, seutu.OrganisationPatch{Phone: seutu.Set("050 555 0102")})
	require.ErrorIs(t, err, seutu.ErrStale)
	var p *seutu.Problem
	require.ErrorAs(t, err, &p)
	assert.Contains(t, p.ETag, `"6-`)
	assert.Equal(t, "Se on muuttunut välillä", p.Title)

	page, err := c.Organisations.List(ctx, &seutu.ListOrganisationsParams{Municipality: []string{"109"}, Count: true, Facets: []string{"kind", "municipality"}})
	require.NoError(t, err)
	assert.EqualValues(t, 1, page.Total)
	assert.Equal(t, "association", page.Facets["kind"][0].Value)
	row := &page.Items[0]
	row, err = c.Organisations.Transition(ctx, row, seutu.OrganisationTransitionCreate{To: seutu.OrganisationStatusArchived})
	require.NoError(t, err, "a row of a list can be written too")
	assert.Equal(t, seutu.OrganisationStatusArchived, row.Status)
	_, err = c.Organisations.Transition(ctx, row, seutu.OrganisationTransitionCreate{To: seutu.OrganisationStatusSubmitted})
	require.ErrorIs(t, err, seutu.ErrTransitionNotAllowed)
	require.ErrorAs(t, err, &p)
	assert.NotEmpty(t, p.Allowed)
	_, err = anyone.Organisations.Get(ctx, choir.ID, nil)
	require.ErrorIs(t, err, seutu.ErrGone)
	n := 0
	for tr, err := range c.Organisations.AllTransitions(ctx, choir.ID, &seutu.ListOrganisationTransitionsParams{Limit: 1}) {
		require.NoError(t, err)
		assert.NotEmpty(t, tr.To)
		n++
	}
	assert.Positive(t, n)

	_, err = c.Organisations.Create(ctx, seutu.OrganisationCreate{Kind: "club", Name: seutu.Text{}})
	require.ErrorIs(t, err, seutu.ErrInvalidRequest)
	require.ErrorAs(t, err, &p)
	assert.Len(t, p.Errors, 2)
	_, err = c.Organisations.Create(ctx, seutu.OrganisationCreate{Kind: seutu.OrganisationKindAssociation, Name: seutu.Text{"fi": "Naapuri ry"}, Municipality: "165"})
	require.ErrorIs(t, err, seutu.ErrForbidden)
	_, err = c.ServiceAccounts.Create(ctx, seutu.ServiceAccountCreate{Name: "crm"})
	require.NoError(t, err)
	require.NoError(t, c.SignOut(ctx))
}

func TestStreams(t *testing.T) {
	t.Parallel()
	address, _ := serve(t)
	c := officer(t, address)
	for i := range 3 {
		_, err := c.Organisations.Create(t.Context(), seutu.OrganisationCreate{Kind: seutu.OrganisationKindAssociation, Name: seutu.Text{"fi": fmt.Sprint("Kuoro ", i)}, Municipality: "109",
			Location: &seutu.Point{Lat: 60.996, Lon: 24.464}})
		require.NoError(t, err)
	}
	for want, open := range map[string]func() (io.ReadCloser, error){
		`"FeatureCollection"`: func() (io.ReadCloser, error) {
			return c.Organisations.ListGeoJSON(t.Context(), &seutu.ListOrganisationsParams{Limit: 10000})
		},
		"BEGIN:VCALENDAR": func() (io.ReadCloser, error) { return c.Meetings.GetCalendar(t.Context(), nil) },
		"openapi: 3.0.3":  func() (io.ReadCloser, error) { return c.GetContractYAML(t.Context()) },
	} {
		body, err := open()
		require.NoError(t, err)
		raw, err := io.ReadAll(body)
		require.NoError(t, err)
		require.NoError(t, body.Close())
		assert.Contains(t, string(raw), want)
	}
}

// TestLostAnswers: the service does what it is asked, and the connection breaks before it can say so. A repeat changes nothing more.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	address, s := serve(t)
	lossy := &loses{next: http.DefaultTransport}
	c := officer(t, address, seutu.WithHTTPClient(&http.Client{Transport: lossy}))
	_, err := c.Me.Get(t.Context())
	require.NoError(t, err)
	count := func() (n int) {
		s.Scan("select count(*) from organisations where deleted_at is null", nil, &n)
		return n
	}
	lossy.lose()
	o, err := c.Organisations.Create(t.Context(), seutu.OrganisationCreate{Kind: seutu.OrganisationKindAssociation, Name: seutu.Text{"fi": "Kuoro ry"}, Municipality: "109"})
	require.NoError(t, err)
	assert.Equal(t, 1, count())
	lossy.lose()
	_, err = c.Organisations.CreateActivity(t.Context(), o, seutu.ActivityCreate{Description: seutu.Text{"fi": "Laulua"}, Heading: seutu.ActivityHeadingActivityAndParticipation})
	require.NoError(t, err)
	list, err := c.Organisations.ListActivities(t.Context(), o.ID)
	require.NoError(t, err)
	assert.Len(t, list.Items, 1)
	lossy.lose()
	require.NoError(t, c.Organisations.Delete(t.Context(), o))
	assert.Zero(t, count())
	lossy.lose()
	_, err = c.Me.Get(t.Context())
	require.NoError(t, err)
	lossy.lose()
	account, err := c.ServiceAccounts.Create(t.Context(), seutu.ServiceAccountCreate{Name: "crm"})
	require.ErrorIs(t, err, seutu.ErrAlreadyDone, "its secret was shown once, and lost")
	assert.Nil(t, account)
}

// loses lets a request through and throws its answer away.
type loses struct {
	next http.RoundTripper
	mu   sync.Mutex
	now  bool
}

func (l *loses) lose() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = true
}

func (l *loses) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := l.next.RoundTrip(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || !l.now {
		return a, err
	}
	l.now = false
	_, _ = io.Copy(io.Discard, a.Body)
	_ = a.Body.Close()
	return nil, errors.New("connection reset by peer")
}

// TestExpiredSession: a client goes on when the service does not know its tokens any more.
func TestExpiredSession(t *testing.T) {
	t.Parallel()
	address, s := serve(t)
	c := officer(t, address)
	var all sync.WaitGroup
	for range 3 {
		for range 10 {
			all.Go(func() {
				_, err := c.Me.Get(t.Context())
				assert.NoError(t, err)
			})
		}
		all.Wait()
		var user uuid.UUID
		var sessions int
		s.Scan("select u.id, count(distinct t.family) from users u join refresh_tokens t on t.user_id = u.id where u.email = $1 group by u.id", []any{email}, &user, &sessions)
		assert.Equal(t, 1, sessions, "ten that find themselves signed out sign in once")
		s.Exec("delete from refresh_tokens")
		s.Tokens.Forget(user)
	}
	assert.NotContains(t, strings.ToLower(testkit.Log.String()), password)
}

// withOrganisation is an officer's client of a service that holds one organisation.
func withOrganisation() (c *seutu.Client, id uuid.UUID, stop func()) {
	address, stop := start()
	c, err := seutu.New(address, seutu.WithPassword(email, password))
	if err != nil {
		panic(err)
	}
	o, err := c.Organisations.Create(context.Background(), seutu.OrganisationCreate{Kind: seutu.OrganisationKindAssociation, Name: seutu.Text{"fi": "Yhdistys ry"}, Municipality: "109"})
	if err != nil {
		panic(err)
	}
	return c, o.ID, stop
}
