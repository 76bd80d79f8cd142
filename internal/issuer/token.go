package issuer

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/seutu/seutu/internal/errs"
)

var errBad = errors.New("not a token for this service")

// Verify checks a token that Of has found to be of this issuer. InvalidToken if it is not good, Overloaded if nobody can tell
// because the issuer's keys cannot be had.
func (i *Issuer) Verify(ctx context.Context, token string) (Claims, error) {
	header, ok1 := object(token[:strings.IndexByte(token, '.')])
	claims, ok2 := object(strings.Split(token, ".")[1])
	if !ok1 || !ok2 {
		return Claims{}, errs.New(errs.InvalidToken, "the access token is not valid")
	}
	var out Claims
	_, err := i.parser.Parse(token, func(t *jwt.Token) (any, error) {
		// all that needs no key is looked at first: nonsense makes nobody fetch keys
		if err := i.validator.Validate(t.Claims); err != nil {
			return nil, err
		}
		kid, ok := goodHeader(header)
		if !ok {
			return nil, errBad
		}
		var err error
		if out, err = i.read(claims); err != nil {
			return nil, err
		}
		return i.keys.find(ctx, kid, t.Method.Alg())
	})
	var ours *errs.Error
	switch {
	case errors.As(err, &ours):
		return Claims{}, ours
	case errors.Is(err, jwt.ErrTokenExpired):
		return Claims{}, errs.New(errs.InvalidToken, "the access token has expired")
	case err != nil:
		return Claims{}, errs.New(errs.InvalidToken, "the access token is not valid")
	}
	return out, nil
}

// goodHeader refuses headers that are of another kind of token, or want something that this service does not do.
func goodHeader(h map[string]any) (kid string, ok bool) {
	for _, name := range []string{"crit", "jku", "jwk", "x5u", "b64", "zip", "enc", "cty"} {
		if _, has := h[name]; has {
			return "", false
		}
	}
	if typ, has := h["typ"]; has {
		text, _ := typ.(string)
		if !slices.Contains([]string{"jwt", "at+jwt", "application/at+jwt"}, strings.ToLower(text)) {
			return "", false
		}
	}
	if _, has := h["kid"]; has {
		kid, ok = h["kid"].(string)
		return kid, ok && kid != ""
	}
	return "", true
}

// read takes from valid claims what Seutu listens to.
func (i *Issuer) read(claims map[string]any) (Claims, error) {
	out := Claims{Issuer: i.Issuer, Subject: i.Subject.text(claims), within: i.Within}
	issued, ok1 := instant(claims["iat"])
	expires, ok2 := instant(claims["exp"])
	if _, ok := instant(claims["nbf"]); !ok && claims["nbf"] != nil || !ok1 || !ok2 || expires.Sub(issued) > i.MaxTokenLife {
		return out, errBad
	}
	if n := utf8.RuneCountInString(out.Subject); n == 0 || n > 255 || strings.IndexFunc(out.Subject, unicode.IsControl) >= 0 {
		return out, errBad
	}
	// events: a notice between services (RFC 8417), such as a log-out; cnf: a token for the holder of a key, no bearer token
	if claims["events"] != nil || claims["cnf"] != nil {
		return out, errBad
	}
	out.Issued, out.Expires = issued, expires
	out.Name = strings.TrimSpace(i.PersonName.text(claims))
	if utf8.RuneCountInString(out.Name) > 200 || strings.IndexFunc(out.Name, unicode.IsControl) >= 0 {
		out.Name = ""
	}
	if i.TrustEmail || claims["email_verified"] == true {
		out.Email = i.Email.text(claims)
	}
	for _, r := range i.Rules {
		out.Given = append(out.Given, r.given(claims)...)
	}
	out.Given = out.Given[:min(len(out.Given), maxGiven)]
	return out, nil
}

// instant reads a time of a token; ok is false for what is no plain number of seconds.
func instant(v any) (t time.Time, ok bool) {
	n, ok := v.(json.Number)
	if !ok {
		return t, false
	}
	f, err := n.Float64()
	if err != nil || f <= 0 || f > 1e11 {
		return t, false
	}
	return time.UnixMilli(int64(f * 1000)), true
}
