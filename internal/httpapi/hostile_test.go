package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httputil"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/contract"
	"github.com/seutu/seutu/internal/testkit"
)

// target is an operation under attack.
type target struct {
	id, method, path string
	item             *openapi3.PathItem
	op               *openapi3.Operation
	permissions      []authz.Permission
}

// hostile is a caller: a role, or nobody.
type hostile struct {
	name   string
	actor  authz.Actor
	client *testkit.Client
}

// verdicts gathers what the client finds wrong, instead of failing at once.
type verdicts struct {
	testing.TB
	found []string
}

func (v *verdicts) Helper() {}
func (v *verdicts) Errorf(format string, args ...any) {
	v.found = append(v.found, fmt.Sprintf(format, args...))
}
func (v *verdicts) Fatalf(format string, args ...any) { v.Errorf(format, args...) }

// attack is one run: who, what, and what the service gave away so far.
type attack struct {
	*gen
	targets []*target
	callers []*hostile
	pages   map[string][]string // addresses of next pages, by operation
	etags   map[string]string   // by path
	counts  map[string]map[int]int
}

// TestHostile sends thousands of requests made from the contract, valid and broken, as every role. None may give a 5xx, an
// undocumented status or an answer outside its schema, and nothing that the contract forbids may be accepted.
// SEUTU_HOSTILE is the number of requests, SEUTU_HOSTILE_SEED the seed.
func TestHostile(t *testing.T) {
	t.Parallel()
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
			return n
		}
		return otherwise
	}
	n, seed := number("SEUTU_HOSTILE", 3000), number("SEUTU_HOSTILE_SEED", 1)
	x := newAttack(t, uint64(seed))
	failures := map[string]int{}
	for i := range n {
		o, who := x.targets[i%len(x.targets)], pick(x.gen, x.callers...)
		if x.chance(35) {
			who = x.callers[1] // the admin gets furthest
		}
		r, body, params := x.request(o, who)
		v := &verdicts{TB: t}
		c := *who.client
		c.T = v
		a := plain(t, c.Send(r))
		v.found = append(v.found, judge(o, who, r, body, params, a)...)
		x.learn(o, r, a)
		who.learn(o, a)
		for _, f := range v.found {
			kind := o.id + " " + kinds.ReplaceAllString(f, "")
			if failures[kind]++; failures[kind] > 1 || len(failures) > 40 {
				continue
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			r.Header.Del("Authorization")
			dump, _ := httputil.DumpRequest(r, true)
			t.Errorf("seed %d, request %d, %s as %s: %.1500s\nrequest: %.1500q\nanswer: %d %.600s", seed, i, o.id, who.name, f, dump, a.Status, a.Body)
		}
	}
	if len(failures) > 0 {
		for _, k := range slices.Sorted(maps.Keys(failures)) {
			t.Logf("%5d × %.160s", failures[k], k)
		}
	}
	x.enough(t, n)
}

// kinds cuts from a failure what differs each time.
var kinds = regexp.MustCompile(`(?s)[A-Z]+ \S+: |\n.*|[0-9a-f-]{36}|\d{4,}|%![^ ]*|/[^ ]*/\d+|"[^"]*"`)

// parent finds the resource that a part belongs to.
var parent = regexp.MustCompile(`^/v1/[a-z-]+/[^/]+`)

// plain unpacks a compressed answer.
func plain(t *testing.T, a *testkit.Answer) *testkit.Answer {
	t.Helper()
	if a.Header.Get("Content-Encoding") == "gzip" && len(a.Body) > 0 {
		z, err := gzip.NewReader(bytes.NewReader(a.Body))
		require.NoError(t, err)
		a.Body, err = io.ReadAll(z)
		require.NoError(t, err)
	}
	return a
}

func newAttack(t *testing.T, seed uint64) *attack {
	t.Helper()
	s := testkit.New(t)
	x := &attack{
		gen: &gen{Rand: rand.New(rand.NewPCG(seed, 17)), ids: map[string][]string{}}, pages: map[string][]string{}, etags: map[string]string{}, counts: map[string]map[int]int{},
	}
	admin := s.As(authz.Admin, "")
	for i, m := range []string{"109", "165", "398"} {
		for _, status := range []string{"draft", "published"} {
			b := association(fmt.Sprintf("Vihan Kohde %d %s ry", i, status), m)
			b["status"], b["location"], b["field"] = status, map[string]any{"lat": 60.9 + float64(i), "lon": 24.4}, "culture-arts"
			b["externalIds"] = []any{map[string]any{"system": "crm", "id": status + m}}
			x.ids["organisation"] = append(x.ids["organisation"], admin.Post("/v1/organisations", b).Want(201).ID())
		}
	}
	x.prepare(s, admin)
	x.callers = []*hostile{{"anonymous", authz.Actor{Type: authz.Anonymous}, s.Anonymous()}}
	scopes := map[authz.Role]string{authz.Coordinator: "05", authz.Officer: "109", authz.Editor: x.ids["organisation"][0], authz.Secretary: x.ids["councils"][0], authz.Convener: x.ids["networks"][0], authz.Integration: "05"}
	for _, role := range authz.Roles {
		g := authz.Grant{Role: role, ScopeType: authz.ScopeOf(role)[0], Scope: scopes[role]}
		var listed []string
		if role == authz.Integration {
			for _, p := range authz.AllPermissions() {
				if authz.Listable(p) {
					g.Permissions, listed = append(g.Permissions, p), append(listed, string(p))
				}
			}
			listed = append(listed, "system:own")
		}
		x.callers = append(x.callers, &hostile{string(role), authz.Actor{Type: authz.User, Grants: []authz.Grant{g}}, s.As(role, scopes[role], listed...)})
	}
	c, err := contract.Load()
	require.NoError(t, err)
	doc, err := contract.Document()
	require.NoError(t, err)
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			x.targets = append(x.targets, &target{op.OperationID, method, path, item, op, c.Operations[op.OperationID].Permissions})
		}
	}
	slices.SortFunc(x.targets, func(a, b *target) int { return strings.Compare(a.id, b.id) })
	return x
}

// learn gives an editor the role that comes with an organisation of the editor's own making.
func (h *hostile) learn(o *target, a *testkit.Answer) {
	var made struct{ ID string }
	if h.name == string(authz.Editor) && o.id == "createOrganisation" && a.Status == http.StatusCreated && json.Unmarshal(a.Body, &made) == nil {
		h.actor.Grants = append(h.actor.Grants, authz.Grant{Role: authz.Editor, ScopeType: authz.OrganisationScope, Scope: made.ID})
	}
}

// learn keeps ids, tags and cursors for later requests. Only what this attack created is taken: its own callers stay whole.
func (x *attack) learn(o *target, r *http.Request, a *testkit.Answer) {
	if x.counts[o.id] == nil {
		x.counts[o.id] = map[int]int{}
	}
	x.counts[o.id][a.Status]++
	if e := a.Header.Get("ETag"); e != "" {
		x.etags[r.URL.Path] = e
		if o.method != http.MethodGet && a.Status < 300 { // a write to a part raises its parent's version
			x.etags[parent.FindString(r.URL.Path)] = e
		}
	}
	if o.id == "deleteOrganisation" && a.Status == 204 && x.chance(80) {
		x.ids["organisation"] = slices.DeleteFunc(x.ids["organisation"], func(id string) bool { return strings.HasSuffix(r.URL.Path, id) })
	}
	var v struct {
		ID, Next string
		Account  struct{ ID string }
	}
	if a.Status >= 300 || json.Unmarshal(a.Body, &v) != nil {
		return
	}
	if v.Next != "" {
		x.pages[o.id] = append(x.pages[o.id], v.Next)
	}
	kind := map[string]string{
		"createOrganisation": "organisation", "putOrganisationByExternalId": "organisation", "createOrganisationActivity": "part", "createOrganisationRegisterEvent": "part",
		"createUser": "user", "createGrant": "grant", "createServiceAccount": "service-account", "createServiceAccountSecret": "part",
	}[o.id]
	if v.ID == "" {
		v.ID = v.Account.ID
	}
	if at := strings.Split(a.Header.Get("Location"), "/"); kind == "" && len(at) == 4 { // /v1/things/{id}
		kind = at[2]
	} else if kind == "" && len(at) == 6 {
		kind = "part"
	}
	if kind == "part" {
		kind += parent.FindString(r.URL.Path)
	}
	if kind != "" && a.Status == 201 && v.ID != "" {
		x.ids[kind] = append(x.ids[kind], v.ID)
		if url := a.Header.Get("Location"); url != "" {
			x.etags[url] = a.ETag()
		}
		if kind == "service-account" {
			x.ids["serviceAccount"] = x.ids[kind]
		}
	}
}

// enough makes sure that the attack reached what it aims at: every operation, and most of them past the contract.
func (x *attack) enough(t *testing.T, n int) {
	t.Helper()
	reached := 0
	for _, o := range x.targets {
		ok := 0
		for status, k := range x.counts[o.id] {
			if status < 300 {
				ok += k
			}
		}
		if ok > 0 {
			reached++
		}
		if testing.Verbose() {
			t.Logf("%-34s %v", o.id, x.counts[o.id])
		}
	}
	require.Greater(t, reached, len(x.targets)*2/3, "of %d requests too few succeeded", n)
}
