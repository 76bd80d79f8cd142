package issuer

import (
	"strconv"
	"strings"
	"time"

	"github.com/seutu/seutu/internal/authz"
)

// Claims is what a checked token says, as far as Seutu listens.
type Claims struct {
	Issuer, Subject string
	Name, Email     string // "" where the token does not say, or says nothing usable
	Issued, Expires time.Time
	Given           []Given

	within Ceiling
}

// Given is a role in a scope that a rule gives; nobody has looked yet whether there is such a scope.
type Given struct {
	Role  authz.Role
	Scope string
}

// maxGiven bounds how many grants one token can give.
const maxGiven = 100

// Rule turns a claim into grants. With a condition (Equals or Contains) it looks at Claim first; the scope is a fixed one, or
// comes from ScopeClaim.
type Rule struct {
	Claim            path
	Equals, Contains string // one of them, or none
	Role             authz.Role
	Scope            string
	ScopeClaim       path
	ScopePrefix      string            // values of ScopeClaim that begin with it count, without it
	Scopes           map[string]string // value of ScopeClaim → scope; nil: the value is the scope
}

// given lists what the rule gives to the bearer of the claims.
func (r Rule) given(claims map[string]any) []Given {
	if !r.holds(claims) {
		return nil
	}
	if r.ScopeClaim == nil {
		return []Given{{r.Role, r.Scope}}
	}
	var out []Given
	for _, text := range r.ScopeClaim.texts(claims) {
		scope, ok := strings.CutPrefix(text, r.ScopePrefix)
		if ok && r.Scopes != nil {
			scope, ok = r.Scopes[scope]
		}
		if ok && scope != "" {
			out = append(out, Given{r.Role, scope})
		}
	}
	return out
}

func (r Rule) holds(claims map[string]any) bool {
	switch {
	case r.Equals != "":
		text, ok := r.Claim.find(claims).(string)
		return ok && text == r.Equals
	case r.Contains != "":
		for _, text := range r.Claim.texts(claims) {
			if text == r.Contains {
				return true
			}
		}
		return false
	}
	return true
}

// path leads to a claim: its name, or the names on the way to a nested one.
type path []string

// parsePath reads a claim's name as the configuration has it: a JSON pointer if it begins with a slash, else the name itself,
// dots and colons included.
func parsePath(s string) path {
	if !strings.HasPrefix(s, "/") {
		return path{s}
	}
	parts := strings.Split(s[1:], "/")
	for i, p := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(p)
	}
	return parts
}

// find is the value of the claim, nil if there is none.
func (p path) find(claims map[string]any) any {
	var v any = claims
	for _, name := range p {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n < 0 || n >= len(x) {
				return nil
			}
			v = x[n]
		default:
			return nil
		}
	}
	return v
}

// text is the value of a claim that is a string, else "".
func (p path) text(claims map[string]any) string {
	s, _ := p.find(claims).(string)
	return s
}

// texts are the strings of a claim that is a list. A lone string counts as a list of one: some issuers write it so.
func (p path) texts(claims map[string]any) []string {
	switch x := p.find(claims).(type) {
	case string:
		return []string{x}
	case []any:
		out := make([]string, 0, len(x))
		for _, v := range x {
			if s, ok := v.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}
