package issuer

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/strictjson"
)

// How long tokens may live, from iat to exp, unless the configuration says less, and at most.
const (
	usualTokenLife   = 24 * time.Hour
	longestTokenLife = 7 * 24 * time.Hour
)

// Read reads the operator's file: a list of issuers, as the README describes it. own is this service's own issuer, which
// cannot be an external one. The error names every fault by a JSON pointer.
func Read(raw []byte, own string, places Places) ([]Config, error) {
	r := &reader{own: own, places: places}
	v, faults := strictjson.Decode(raw)
	for _, f := range faults {
		r.fault(f.Pointer, "%s", f.Detail)
	}
	list, ok := v.([]any)
	if !ok && v != nil {
		r.fault("", "it must be a list of issuers")
	}
	var out []Config
	for n, x := range list {
		at := "/" + strconv.Itoa(n)
		c := r.issuer(x, at)
		if slices.ContainsFunc(out, func(have Config) bool { return sameIssuer(have.Issuer, c.Issuer) }) {
			r.fault(at+"/issuer", "the issuer stands in the list before")
		}
		out = append(out, c)
	}
	if len(r.faults) > 0 {
		return nil, errors.New(strings.Join(r.faults, "\n"))
	}
	return out, nil
}

func sameIssuer(a, b string) bool {
	return a != "" && strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/")
}

type reader struct {
	own    string
	places Places
	faults []string
}

func (r *reader) fault(at, format string, args ...any) {
	if at == "" {
		at = "the file"
	}
	r.faults = append(r.faults, at+": "+fmt.Sprintf(format, args...))
}

func (r *reader) issuer(v any, at string) Config {
	m := r.object(v, at, "issuer", "name", "audience", "algorithms", "jwksUri", "subjectClaim", "nameClaim", "emailClaim", "trustEmail", "maxTokenLife", "within", "rules")
	if m == nil {
		return Config{}
	}
	c := Config{
		Issuer: r.text(m, at, "issuer", true), Name: r.name(m, at), Audiences: r.texts(m, at, "audience", nil), Algorithms: r.texts(m, at, "algorithms", []string{"ES256", "RS256"}),
		KeysURI: r.text(m, at, "jwksUri", false), Subject: r.path(m, at, "subjectClaim", "sub"), PersonName: r.path(m, at, "nameClaim", "name"),
		Email: r.path(m, at, "emailClaim", "email"), TrustEmail: r.yes(m, at, "trustEmail"), MaxTokenLife: r.life(m, at), Within: r.ceiling(m["within"], at+"/within"),
	}
	if c.Issuer != "" {
		if err := fetchable(c.Issuer); err != nil {
			r.fault(at+"/issuer", "%v", err)
		}
		if strings.Contains(c.Issuer, "?") {
			r.fault(at+"/issuer", "an issuer has no query")
		}
		if sameIssuer(c.Issuer, r.own) {
			r.fault(at+"/issuer", "it is this service itself")
		}
	}
	if c.KeysURI != "" {
		if err := fetchable(c.KeysURI); err != nil {
			r.fault(at+"/jwksUri", "%v", err)
		} else if strings.HasPrefix(c.Issuer, "https:") && !strings.HasPrefix(c.KeysURI, "https:") {
			r.fault(at+"/jwksUri", "it must begin with https://, as the issuer does")
		}
	}
	for n, a := range c.Algorithms {
		if !slices.Contains(algorithms, a) {
			r.fault(fmt.Sprintf("%s/algorithms/%d", at, n), "it must be one of %s", strings.Join(algorithms, ", "))
		}
	}
	rules, ok := m["rules"].([]any)
	if !ok || len(rules) == 0 {
		r.fault(at+"/rules", "it must be a list of at least one rule")
	}
	for n, x := range rules {
		c.Rules = append(c.Rules, r.rule(x, fmt.Sprintf("%s/rules/%d", at, n), c.Within))
	}
	return c
}

func (r *reader) life(m map[string]any, at string) time.Duration {
	text := r.text(m, at, "maxTokenLife", false)
	if text == "" {
		return usualTokenLife
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Minute || d > longestTokenLife {
		r.fault(at+"/maxTokenLife", `it must be a time such as "1h", from 1m to %v`, longestTokenLife)
	}
	return d
}

func (r *reader) name(m map[string]any, at string) i18n.Text {
	out := i18n.Text{}
	for lang, v := range r.object(m["name"], at+"/name", "fi", "sv", "en") {
		if text, ok := v.(string); ok && text != "" {
			out[lang] = text
		} else {
			r.fault(at+"/name/"+lang, "it must be text")
		}
	}
	if _, isObject := m["name"].(map[string]any); isObject && len(out) == 0 {
		r.fault(at+"/name", "it must have a text in fi, sv or en")
	}
	return out
}

func (r *reader) ceiling(v any, at string) Ceiling {
	m := r.object(v, at, "region", "municipality")
	if m == nil {
		return Ceiling{}
	}
	c := Ceiling{Region: r.text(m, at, "region", false), Municipality: r.text(m, at, "municipality", false)}
	if (c.Region == "") == (c.Municipality == "") {
		r.fault(at, "name either a region or a municipality")
	}
	if c.Region != "" && !r.places.Region(c.Region) {
		r.fault(at+"/region", "there is no region with the code %s", c.Region)
	}
	if _, ok := r.places.Municipality(c.Municipality); c.Municipality != "" && !ok {
		r.fault(at+"/municipality", "there is no municipality with the code %s", c.Municipality)
	}
	return c
}

func (r *reader) rule(v any, at string, within Ceiling) Rule {
	m := r.object(v, at, "claim", "equals", "contains", "grant")
	if m == nil {
		return Rule{}
	}
	out := Rule{Equals: r.text(m, at, "equals", false), Contains: r.text(m, at, "contains", false)}
	claim := r.text(m, at, "claim", false)
	conditions := 0
	for _, text := range []string{out.Equals, out.Contains} {
		if text != "" {
			conditions++
		}
	}
	if (claim != "") != (conditions == 1) || conditions > 1 {
		r.fault(at, "a condition is a claim with either equals or contains")
	}
	out.Claim = parsePath(claim)
	at += "/grant"
	g := r.object(m["grant"], at, "role", "scope", "scopeClaim", "scopePrefix", "scopes")
	if g == nil {
		return out
	}
	out.Role, out.Scope, out.ScopePrefix = authz.Role(r.text(g, at, "role", true)), r.text(g, at, "scope", false), r.text(g, at, "scopePrefix", false)
	if g["scopeClaim"] != nil {
		out.ScopeClaim = r.path(g, at, "scopeClaim", "")
	}
	if g["scopes"] != nil {
		out.Scopes = r.scopes(g["scopes"], at+"/scopes")
	}
	switch {
	case (out.Scope == "") == (out.ScopeClaim == nil):
		r.fault(at, "name either a scope or a scopeClaim")
	case out.ScopeClaim == nil && (out.Scopes != nil || out.ScopePrefix != ""):
		r.fault(at, "scopes and scopePrefix go with a scopeClaim")
	case out.ScopeClaim == nil && conditions == 0:
		r.fault(at, "a fixed scope needs a condition: everybody there would have the role")
	case out.ScopeClaim != nil && conditions == 0 && out.Scopes == nil && out.ScopePrefix == "":
		r.fault(at, "a scopeClaim needs a condition, a scopePrefix or scopes: whoever has any such claim would have the role")
	}
	r.role(out, at, within)
	return out
}

// role finds roles that no issuer can give, and scopes that there are not or that lie outside the issuer's.
func (r *reader) role(x Rule, at string, within Ceiling) {
	switch {
	case x.Role == "":
		return
	case x.Role == authz.Admin:
		r.fault(at+"/role", "no issuer can give the role admin")
		return
	case x.Role == authz.Integration:
		r.fault(at+"/role", "only a service account can be an integration")
		return
	case len(authz.ScopeOf(x.Role)) == 0:
		r.fault(at+"/role", "there is no role %s", x.Role)
		return
	case x.Role == authz.Coordinator && within.Municipality != "":
		r.fault(at+"/role", "its scope is a region, and the issuer is within a municipality")
		return
	}
	if x.ScopeClaim == nil && x.Scope != "" {
		r.scope(x.Role, x.Scope, at+"/scope", within)
	}
	for name, scope := range x.Scopes {
		r.scope(x.Role, scope, at+strictjson.Pointer([]string{"scopes", name}), within)
	}
}

func (r *reader) scope(role authz.Role, scope, at string, within Ceiling) {
	outside := func(region, municipality string) {
		if within.Region != "" && region != within.Region || within.Municipality != "" && municipality != within.Municipality {
			r.fault(at, "%s lies outside the place that the issuer is within", scope)
		}
	}
	switch authz.ScopeOf(role)[0] {
	case authz.RegionScope:
		if !r.places.Region(scope) {
			r.fault(at, "there is no region with the code %s", scope)
			return
		}
		outside(scope, "")
	case authz.MunicipalityScope:
		region, ok := r.places.Municipality(scope)
		if !ok {
			r.fault(at, "there is no municipality with the code %s", scope)
			return
		}
		outside(region, scope)
	default: // whether there is such a row, and where it stands, is looked up when a token comes: it may change
		if _, err := uuid.Parse(scope); err != nil {
			r.fault(at, "it is not an id")
		}
	}
}

func (r *reader) scopes(v any, at string) map[string]string {
	m, ok := v.(map[string]any)
	if !ok || len(m) == 0 {
		r.fault(at, "it must be an object: value of the claim → scope")
	}
	out := map[string]string{}
	for name, x := range m {
		if out[name], ok = x.(string); !ok {
			r.fault(at+strictjson.Pointer([]string{name}), "it must be text")
		}
	}
	return out
}

// object is the value as an object, nil if it is none; members that it cannot have are named.
func (r *reader) object(v any, at string, members ...string) map[string]any {
	m, ok := v.(map[string]any)
	if !ok {
		r.fault(at, "it must be an object")
		return nil
	}
	for name := range m {
		if !slices.Contains(members, name) {
			r.fault(at+strictjson.Pointer([]string{name}), "there is no such member; those here are %s", strings.Join(members, ", "))
		}
	}
	return m
}

// text is a member that is text, "" if it is absent.
func (r *reader) text(m map[string]any, at, name string, needed bool) string {
	text, ok := m[name].(string)
	switch {
	case m[name] == nil && needed:
		r.fault(at+"/"+name, "it is missing")
	case m[name] != nil && (!ok || text == ""):
		r.fault(at+"/"+name, "it must be text")
	}
	return text
}

// texts is a member that is text or a list of texts; without usual ones it is needed.
func (r *reader) texts(m map[string]any, at, name string, usual []string) []string {
	var out []string
	switch v := m[name].(type) {
	case nil:
		if usual == nil {
			r.fault(at+"/"+name, "it is missing")
		}
		return usual
	case string:
		out = []string{v}
	case []any:
		for _, x := range v {
			text, _ := x.(string)
			out = append(out, text)
		}
	}
	if len(out) == 0 || slices.Contains(out, "") {
		r.fault(at+"/"+name, "it must be text or a list of texts")
	}
	return out
}

func (r *reader) path(m map[string]any, at, name, usual string) path {
	if text := r.text(m, at, name, false); text != "" {
		usual = text
	}
	return parsePath(usual)
}

func (r *reader) yes(m map[string]any, at, name string) bool {
	v, ok := m[name].(bool)
	if m[name] != nil && !ok {
		r.fault(at+"/"+name, "it must be true or false")
	}
	return v
}
