package authn

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/seutu/seutu/internal/authz"
	"github.com/seutu/seutu/internal/errs"
	"github.com/seutu/seutu/internal/issuer"
	"github.com/seutu/seutu/internal/store"
)

// AccessTokenLife is how long an access token is good for.
const AccessTokenLife = 15 * time.Minute

// actorLife is how long an actor's grants are remembered: a revoked grant works no longer than this.
const actorLife = 2 * time.Second

// audience is whom tokens are for.
const audience = "seutu"

// maxRemembered bounds the memory of each cache.
const maxRemembered = 20_000

// Tokens issues and accepts access tokens: JWTs that name the actor and its session, and nothing that can go stale.
type Tokens struct {
	issuer   string
	ring     *ring
	repo     *repository
	parser   *jwt.Parser
	external External
	mu       sync.Mutex
	verified map[string]claims // by the whole token: a signature is checked once
	foreign  map[digest]claims // likewise of the external issuers, whose tokens may be long
	actors   map[session]remembered
}

type session struct {
	id, session uuid.UUID
	actorType   authz.ActorType
}

type remembered struct {
	actor authz.Actor
	until time.Time
}

// claims is what a verified token says.
type claims struct {
	subject   uuid.UUID
	actorType authz.ActorType
	session   uuid.UUID // the family of refresh tokens, the service account's secret, or what stands for an external token

	expires  time.Time
	external *issuer.Claims // of an external issuer's token
}

type wireClaims struct {
	jwt.RegisteredClaims
	ActorType authz.ActorType `json:"actor_type"`
	Session   string          `json:"sid"`
}

// NewTokens makes the issuer; name stands in iss. Tokens of the external issuers are accepted beside its own.
func NewTokens(ctx context.Context, db *store.DB, name string, external External) (*Tokens, error) {
	repo := &repository{db}
	t := &Tokens{
		issuer: name, repo: repo, ring: &ring{repo: repo}, external: external, verified: map[string]claims{}, foreign: map[digest]claims{}, actors: map[session]remembered{},
		parser: jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodES256.Alg()}), jwt.WithIssuer(name), jwt.WithAudience(audience),
			jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(5*time.Second), jwt.WithStrictDecoding()),
	}
	return t, t.Rotate(ctx, KeyAge)
}

// Rotate makes a new signing key if the newest is older than age. Nobody is signed out by it.
func (t *Tokens) Rotate(ctx context.Context, age time.Duration) error { return t.ring.rotate(ctx, age) }

// PublicKeys lists the public keys for /.well-known/jwks.json.
func (t *Tokens) PublicKeys(ctx context.Context) ([]JWK, error) { return t.ring.public(ctx) }

// Issue signs an access token for an actor's session.
func (t *Tokens) Issue(ctx context.Context, actorType authz.ActorType, id, session uuid.UUID) (string, error) {
	k, err := t.ring.signer(ctx)
	if err != nil {
		return "", err
	}
	now := time.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, wireClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: t.issuer, Subject: id.String(), Audience: jwt.ClaimStrings{audience}, ID: uuid.NewString(),
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(AccessTokenLife)),
		},
		ActorType: actorType, Session: session.String(),
	})
	token.Header["kid"], token.Header["typ"] = k.kid, "at+jwt"
	return token.SignedString(k.private)
}

// Authenticate finds the actor behind an access token, with its grants of this moment. InvalidToken if there is none.
func (t *Tokens) Authenticate(ctx context.Context, token string) (authz.Actor, error) {
	c, err := t.verify(ctx, token)
	if err != nil {
		return authz.Actor{}, err
	}
	key := session{c.subject, c.session, c.actorType}
	t.mu.Lock()
	r, ok := t.actors[key]
	t.mu.Unlock()
	if ok && time.Now().Before(r.until) {
		r.actor.Expires = c.expires // a session has several tokens
		return r.actor, nil
	}
	actor, alive, err := t.repo.actor(ctx, c)
	if err != nil {
		return authz.Actor{}, err
	}
	if !alive {
		return authz.Actor{}, errs.New(errs.InvalidToken, "the session has ended")
	}
	if actor.Expires = c.expires; c.external != nil {
		if err := t.external.complete(ctx, &actor, c); err != nil {
			return authz.Actor{}, err
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.actors) >= maxRemembered {
		clear(t.actors)
	}
	t.actors[key] = remembered{actor, time.Now().Add(actorLife)}
	return actor, nil
}

// GrantsOf loads the present grants of a user, for commands that act as one.
func (t *Tokens) GrantsOf(ctx context.Context, user uuid.UUID) ([]authz.Grant, error) {
	return t.repo.grantsOf(ctx, user)
}

// Forget drops what is remembered of an account's grants: in this process a change works at once.
func (t *Tokens) Forget(id uuid.UUID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for k := range t.actors {
		if k.id == id {
			delete(t.actors, k)
		}
	}
}

// verify checks the signature, once for each token, and the times, always.
func (t *Tokens) verify(ctx context.Context, token string) (claims, error) {
	t.mu.Lock()
	c, ok := t.verified[token]
	t.mu.Unlock()
	if ok {
		return c, c.live()
	}
	if t.external.Issuers.Any() {
		if c, is, err := t.verifyExternal(ctx, token); is {
			return c, err
		}
	}
	var w wireClaims
	parsed, err := t.parser.ParseWithClaims(token, &w, func(tk *jwt.Token) (any, error) {
		kid, _ := tk.Header["kid"].(string)
		if tk.Header["typ"] != "at+jwt" || tk.Header["crit"] != nil {
			return nil, errUnknownKey
		}
		return t.ring.verifier(ctx, kid)
	})
	var ours *errs.Error
	switch {
	case errors.As(err, &ours):
		return claims{}, ours // the database does not answer: no fault of the token
	case errors.Is(err, jwt.ErrTokenExpired):
		return claims{}, errs.New(errs.InvalidToken, "the access token has expired")
	case err != nil || !parsed.Valid:
		return claims{}, errs.New(errs.InvalidToken, "the access token is not valid")
	}
	id, err1 := uuid.Parse(w.Subject)
	sid, err2 := uuid.Parse(w.Session)
	if err1 != nil || err2 != nil || w.ActorType != authz.User && w.ActorType != authz.ServiceAccount || w.IssuedAt == nil {
		return claims{}, errs.New(errs.InvalidToken, "the access token is not valid")
	}
	c = claims{subject: id, actorType: w.ActorType, session: sid, expires: w.ExpiresAt.Time}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.verified) >= maxRemembered {
		clear(t.verified)
	}
	t.verified[token] = c
	return c, nil
}

// live is InvalidToken once the token has expired.
func (c claims) live() error {
	if time.Now().After(c.expires) {
		return errs.New(errs.InvalidToken, "the access token has expired")
	}
	return nil
}
