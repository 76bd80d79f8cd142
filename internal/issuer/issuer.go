// Package issuer accepts the tokens of external OpenID Connect issuers, such as a municipality's own: it reads their
// configuration, keeps their public keys, checks their tokens, and works out which grants the claims of a token give.
package issuer

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/i18n"
	"github.com/seutu/seutu/internal/strictjson"
)

// Config is one issuer as the operator describes it.
type Config struct {
	Issuer       string // as it stands in iss, letter by letter
	Name         i18n.Text
	Audiences    []string // one of them stands in aud
	Algorithms   []string
	KeysURI      string // where the keys are; "" to ask the issuer's discovery document
	Subject      path
	PersonName   path
	Email        path
	TrustEmail   bool          // addresses count as verified although the token does not say so
	MaxTokenLife time.Duration // from iat to exp
	Within       Ceiling
	Rules        []Rule
}

// Ceiling bounds what an issuer can give, whatever its claims and rules say: one of the two is set.
type Ceiling struct{ Region, Municipality string }

// holds tells whether the place lies under the ceiling.
func (c Ceiling) holds(t authz.Target) bool {
	if c.Municipality != "" {
		return t.Municipality == c.Municipality
	}
	return t.Region == c.Region
}

// Places tells where the scopes of grants lie.
type Places interface {
	// Region tells whether there is such a region today.
	Region(code string) bool
	// Municipality tells in which region a municipality of today lies; ok is false when there is none.
	Municipality(code string) (region string, ok bool)
	// Organisation tells where an organisation is at home, with empty codes where it is not known; ok is false when there is none.
	Organisation(ctx context.Context, id uuid.UUID) (region, municipality string, ok bool, err error)
	// Council tells where a council stands, and Network a network, with those above it; ok is false when there is none.
	Council(ctx context.Context, id uuid.UUID) (t authz.Target, ok bool, err error)
	Network(ctx context.Context, id uuid.UUID) (t authz.Target, ok bool, err error)
}

// Public is what everyone may know of an issuer.
type Public struct {
	Issuer string    `json:"issuer"`
	Name   i18n.Text `json:"name"`
}

// Set is the issuers whose tokens the service accepts.
type Set struct {
	places  Places
	list    []*Issuer
	byValue map[string]*Issuer
}

// Issuer is one issuer with its keys.
type Issuer struct {
	Config

	keys      *keySet
	parser    *jwt.Parser
	validator *jwt.Validator
}

// leeway is how far the clocks of an issuer and of this service may differ.
const leeway = 5 * time.Second

// NewSet makes the set. It asks nobody: an issuer may be down while the service starts.
func NewSet(configs []Config, places Places) *Set {
	s := &Set{places: places, byValue: map[string]*Issuer{}}
	for _, c := range configs {
		options := []jwt.ParserOption{
			jwt.WithValidMethods(c.Algorithms), jwt.WithIssuer(c.Issuer), jwt.WithAudience(c.Audiences...), jwt.WithExpirationRequired(), jwt.WithIssuedAt(),
			jwt.WithLeeway(leeway), jwt.WithStrictDecoding(), jwt.WithJSONNumber(),
		}
		i := &Issuer{Config: c, keys: newKeySet(c.Issuer, newFetcher(c.Issuer, c.KeysURI).keys), parser: jwt.NewParser(options...), validator: jwt.NewValidator(options...)}
		s.list, s.byValue[c.Issuer] = append(s.list, i), i
	}
	return s
}

// Any tells whether there is an issuer.
func (s *Set) Any() bool { return len(s.list) > 0 }

// Public lists the issuers in the order of the configuration.
func (s *Set) Public() []Public {
	out := make([]Public, len(s.list))
	for i, x := range s.list {
		out[i] = Public{x.Issuer, x.Name}
	}
	return out
}

// Refresh fetches the keys of all issuers anew. For scheduled work; an issuer that does not answer is logged, and its keys of
// before go on working.
func (s *Set) Refresh(ctx context.Context) {
	for _, i := range s.list {
		i.keys.renew(ctx)
	}
}

// maxToken is how long a token may be. Tokens with hundreds of groups stay below it.
const maxToken = 8 << 10

// Of finds the issuer that a token says it is of, nil if that is none of these. Nothing of the token has been checked then.
func (s *Set) Of(token string) *Issuer {
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return nil
	}
	claims, ok := object(strings.Split(token, ".")[1])
	if !ok {
		return nil
	}
	name, _ := claims["iss"].(string)
	return s.byValue[name]
}

// object decodes a part of a token that is a JSON object, without the liberties that decoders take.
func object(part string) (map[string]any, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, false
	}
	v, faults := strictjson.Decode(raw)
	m, ok := v.(map[string]any)
	return m, ok && len(faults) == 0
}

// Grants are those that the claims give today: of places that exist, below the issuer's ceiling.
func (s *Set) Grants(ctx context.Context, c Claims) ([]authz.Grant, error) {
	var out []authz.Grant
	for _, x := range c.Given {
		g, at, ok, err := s.locate(ctx, x)
		if err != nil {
			return nil, err
		}
		same := func(have authz.Grant) bool { return have.Role == g.Role && have.Scope == g.Scope }
		if ok && c.within.holds(at) && !slices.ContainsFunc(out, same) {
			out = append(out, g)
		}
	}
	return out, nil
}

// locate makes a grant of what a rule gives, and tells where its scope lies; ok is false when there is no such scope.
func (s *Set) locate(ctx context.Context, x Given) (g authz.Grant, at authz.Target, ok bool, err error) {
	g = authz.Grant{Role: x.Role, ScopeType: authz.ScopeOf(x.Role)[0], Scope: x.Scope}
	switch g.ScopeType {
	case authz.RegionScope:
		at.Region, ok = x.Scope, s.places.Region(x.Scope)
	case authz.MunicipalityScope:
		at.Municipality = x.Scope
		at.Region, ok = s.places.Municipality(x.Scope)
	default:
		id, invalid := uuid.Parse(x.Scope)
		if invalid != nil {
			return g, at, false, nil
		}
		g.Scope = id.String()
		switch g.ScopeType {
		case authz.CouncilScope:
			at, ok, err = s.places.Council(ctx, id)
		case authz.NetworkScope:
			at, ok, err = s.places.Network(ctx, id)
		case authz.OrganisationScope:
			at.Region, at.Municipality, ok, err = s.places.Organisation(ctx, id)
		}
	}
	g.Region = at.Region
	return g, at, ok, err
}
