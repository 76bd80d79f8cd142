package issuer

import (
	"context"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seutu/seutu/internal/authz"
)

// smallCountry has Hämeenlinna and Hattula in Kanta-Häme, and Lahti in Päijät-Häme. Every council is Hämeenlinna's, every
// network Kanta-Häme's, and every organisation is at home in Lahti.
type smallCountry struct{}

func (smallCountry) Region(code string) bool { return code == "05" || code == "07" }

func (smallCountry) Municipality(code string) (string, bool) {
	region, ok := map[string]string{"109": "05", "082": "05", "165": "05", "398": "07"}[code]
	return region, ok
}

func (smallCountry) Organisation(context.Context, uuid.UUID) (region, municipality string, ok bool, err error) {
	return "07", "398", true, nil
}

func (smallCountry) Council(_ context.Context, id uuid.UUID) (authz.Target, bool, error) {
	return authz.Target{Region: "05", Municipality: "109"}, id != uuid.Nil, nil
}

func (smallCountry) Network(context.Context, uuid.UUID) (authz.Target, bool, error) {
	return authz.Target{Region: "05"}, true, nil
}

const plainIssuer = `{"issuer": "https://login.city.example", "name": {"fi": "Kaupunki"}, "audience": "seutu", "within": {"municipality": "109"},
	"rules": [{"claim": "groups", "contains": "officers", "grant": {"role": "municipal_officer", "scope": "109"}}]}`

func TestRead(t *testing.T) {
	t.Parallel()
	configs, err := Read([]byte("["+plainIssuer+"]"), "https://seutu.example", smallCountry{})
	require.NoError(t, err)
	require.Len(t, configs, 1)
	c := configs[0]
	assert.Equal(t, []any{"https://login.city.example", []string{"seutu"}, []string{"ES256", "RS256"}, path{"sub"}, path{"name"}, path{"email"}, false, 24 * time.Hour},
		[]any{c.Issuer, c.Audiences, c.Algorithms, c.Subject, c.PersonName, c.Email, c.TrustEmail, c.MaxTokenLife})
	none, err := Read([]byte("[]"), "", smallCountry{})
	require.NoError(t, err)
	assert.Empty(t, none)
}

// with is the plain issuer with other members, as JSON pointers without their slash; nil takes one away.
func with(t *testing.T, change map[string]any) map[string]any {
	t.Helper()
	var m map[string]any
	require.NoError(t, json.Unmarshal([]byte(plainIssuer), &m))
	for name, v := range change {
		at, last := m, name
		if strings.HasPrefix(name, "grant.") {
			last = strings.TrimPrefix(name, "grant.")
			at = m["rules"].([]any)[0].(map[string]any)["grant"].(map[string]any)
		} else if strings.HasPrefix(name, "rule.") {
			last = strings.TrimPrefix(name, "rule.")
			at = m["rules"].([]any)[0].(map[string]any)
		}
		if at[last] = v; v == nil {
			delete(at, last)
		}
	}
	return m
}

// TestBadConfigurations: every fault is named by where it stands.
func TestBadConfigurations(t *testing.T) {
	t.Parallel()
	id := uuid.NewString()
	for name, tt := range map[string]struct {
		change map[string]any
		faults []string // beginnings
	}{
		"an unknown member":       {map[string]any{"audiance": "x"}, []string{"/0/audiance: there is no such member"}},
		"no issuer":               {map[string]any{"issuer": nil}, []string{"/0/issuer: it is missing"}},
		"an issuer that is none":  {map[string]any{"issuer": 5}, []string{"/0/issuer: it must be text"}},
		"plain http":              {map[string]any{"issuer": "http://login.city.example"}, []string{"/0/issuer: it must begin with https"}},
		"a query":                 {map[string]any{"issuer": "https://login.city.example?x=1"}, []string{"/0/issuer: an issuer has no query"}},
		"this service":            {map[string]any{"issuer": "https://seutu.example/"}, []string{"/0/issuer: it is this service itself"}},
		"keys over http":          {map[string]any{"jwksUri": "http://127.0.0.1/keys"}, []string{"/0/jwksUri: it must begin with https"}},
		"keys nowhere":            {map[string]any{"jwksUri": "keys"}, []string{"/0/jwksUri: it is not an address"}},
		"no audience":             {map[string]any{"audience": nil}, []string{"/0/audience: it is missing"}},
		"an empty audience":       {map[string]any{"audience": []string{}}, []string{"/0/audience: it must be text or a list"}},
		"audiences that are none": {map[string]any{"audience": []any{"a", 5}}, []string{"/0/audience: it must be text or a list"}},
		"a shared secret":         {map[string]any{"algorithms": []string{"ES256", "HS256"}}, []string{"/0/algorithms/1: it must be one of"}},
		"no algorithm":            {map[string]any{"algorithms": "none"}, []string{"/0/algorithms/0: it must be one of"}},
		"no name":                 {map[string]any{"name": nil}, []string{"/0/name: it must be an object"}},
		"an empty name":           {map[string]any{"name": map[string]any{}}, []string{"/0/name: it must have a text"}},
		"a name in German":        {map[string]any{"name": map[string]any{"de": "Stadt", "fi": "K"}}, []string{"/0/name/de: there is no such member"}},
		"a long life":             {map[string]any{"maxTokenLife": "1000h"}, []string{"/0/maxTokenLife: it must be a time"}},
		"a life that is none":     {map[string]any{"maxTokenLife": "a day"}, []string{"/0/maxTokenLife: it must be a time"}},
		"trust in words":          {map[string]any{"trustEmail": "yes"}, []string{"/0/trustEmail: it must be true or false"}},
		"no ceiling":              {map[string]any{"within": nil}, []string{"/0/within: it must be an object"}},
		"an empty ceiling":        {map[string]any{"within": map[string]any{}}, []string{"/0/within: name either"}},
		"two ceilings":            {map[string]any{"within": map[string]any{"region": "05", "municipality": "109"}}, []string{"/0/within: name either"}},
		"an unknown region":       {map[string]any{"within": map[string]any{"region": "99"}}, []string{"/0/within/region: there is no region", "/0/rules/0/grant/scope: 109 lies outside"}},
		"an unknown municipality": {map[string]any{"within": map[string]any{"municipality": "999"}}, []string{"/0/within/municipality: there is no municipality", "/0/rules/0/grant/scope: 109 lies outside"}},
		"no rules":                {map[string]any{"rules": nil}, []string{"/0/rules: it must be a list"}},
		"rules that are none":     {map[string]any{"rules": []any{"x"}}, []string{"/0/rules/0: it must be an object"}},
		"half a condition":        {map[string]any{"rule.contains": nil}, []string{"/0/rules/0: a condition is", "/0/rules/0/grant: a fixed scope needs a condition"}},
		"two conditions":          {map[string]any{"rule.equals": "x"}, []string{"/0/rules/0: a condition is"}},
		"no condition":            {map[string]any{"rule.contains": nil, "rule.claim": nil}, []string{"/0/rules/0/grant: a fixed scope needs a condition"}},
		"no grant":                {map[string]any{"rule.grant": nil}, []string{"/0/rules/0/grant: it must be an object"}},
		"no role":                 {map[string]any{"grant.role": nil}, []string{"/0/rules/0/grant/role: it is missing"}},
		"an unknown role":         {map[string]any{"grant.role": "officer"}, []string{"/0/rules/0/grant/role: there is no role officer"}},
		"admin":                   {map[string]any{"grant.role": "admin"}, []string{"/0/rules/0/grant/role: no issuer can give"}},
		"integration":             {map[string]any{"grant.role": "integration"}, []string{"/0/rules/0/grant/role: only a service account"}},
		"coordinator":             {map[string]any{"grant.role": "regional_coordinator", "grant.scope": "05"}, []string{"/0/rules/0/grant/role: its scope is a region"}},
		"another municipality":    {map[string]any{"grant.scope": "082"}, []string{"/0/rules/0/grant/scope: 082 lies outside"}},
		"an unknown scope":        {map[string]any{"grant.scope": "000"}, []string{"/0/rules/0/grant/scope: there is no municipality"}},
		"a region for an officer": {map[string]any{"grant.scope": "05"}, []string{"/0/rules/0/grant/scope: there is no municipality"}},
		"another region":          {map[string]any{"within": map[string]any{"region": "05"}, "grant.role": "regional_coordinator", "grant.scope": "07"}, []string{"/0/rules/0/grant/scope: 07 lies outside"}},
		"no such region":          {map[string]any{"within": map[string]any{"region": "05"}, "grant.role": "regional_coordinator", "grant.scope": "99"}, []string{"/0/rules/0/grant/scope: there is no region"}},
		"no id":                   {map[string]any{"grant.role": "council_secretary", "grant.scope": "the council"}, []string{"/0/rules/0/grant/scope: it is not an id"}},
		"no scope":                {map[string]any{"grant.scope": nil}, []string{"/0/rules/0/grant: name either a scope or a scopeClaim"}},
		"two scopes":              {map[string]any{"grant.scopeClaim": "m"}, []string{"/0/rules/0/grant: name either a scope or a scopeClaim"}},
		"scopes for nothing":      {map[string]any{"grant.scopes": map[string]any{"a": "109"}}, []string{"/0/rules/0/grant: scopes and scopePrefix go with"}},
		"scopes elsewhere":        {map[string]any{"grant.scope": nil, "grant.scopeClaim": "m", "grant.scopes": map[string]any{"a": "109", "b/c": "082"}}, []string{"/0/rules/0/grant/scopes/b~1c: 082 lies outside"}},
		"empty scopes":            {map[string]any{"grant.scope": nil, "grant.scopeClaim": "m", "grant.scopes": map[string]any{}}, []string{"/0/rules/0/grant/scopes: it must be an object"}},
		"everybody":               {map[string]any{"rule.claim": nil, "rule.contains": nil, "grant.scope": nil, "grant.scopeClaim": "m"}, []string{"/0/rules/0/grant: a scopeClaim needs a condition"}},
		"several at once":         {map[string]any{"x": 1, "grant.role": "admin", "issuer": "x"}, []string{"/0/x: ", "/0/issuer: ", "/0/rules/0/grant/role: "}},
		"none":                    {map[string]any{"grant.role": "council_secretary", "grant.scope": id}, nil},
	} {
		raw, err := json.Marshal([]any{with(t, tt.change)})
		require.NoError(t, err)
		_, err = Read(raw, "https://seutu.example", smallCountry{})
		var got []string
		if err != nil {
			got = strings.Split(err.Error(), "\n")
		}
		if assert.Len(t, got, len(tt.faults), "%s: %v", name, got) {
			for n, f := range tt.faults {
				assert.True(t, strings.HasPrefix(got[n], f), "%s: %q, not %q", name, got[n], f)
			}
		}
	}
	for text, fault := range map[string]string{
		"": "the file: the JSON ends too early", "{": "the file: the JSON ends", "{}": "the file: it must be a list", "[5]": "/0: it must be an object", "[] []": "the file: there is more after",
		`[{"issuer": "a", "issuer": "b"}]`: "/0/issuer: the member stands twice", "[" + plainIssuer + "," + strings.Replace(plainIssuer, "example\"", "example/\"", 1) + "]": "/1/issuer: the issuer stands in the list before",
	} {
		_, err := Read([]byte(text), "https://seutu.example", smallCountry{})
		assert.ErrorContains(t, err, fault, text)
	}
}

var example = regexp.MustCompile("(?s)```json\n(\\[\n.*?\n\\])\n```")

// TestReadmeExample: the file that the README shows is good as it stands.
func TestReadmeExample(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	found := example.FindSubmatch(readme)
	require.NotNil(t, found)
	configs, err := Read(found[1], "https://seutu.example", smallCountry{})
	require.NoError(t, err)
	assert.Len(t, configs, 2)
}
