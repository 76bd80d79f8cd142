package httpapi

import (
	"fmt"
	"math"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// burst is how many seconds' worth of requests a client may send at once.
const burst = 4

// limiter holds a token bucket for each client. A client that is quiet for a while is forgotten: its bucket is full again by then.
type limiter struct {
	perSecond int
	mu        sync.Mutex
	buckets   map[string]*bucket
	swept     time.Time
}

type bucket struct {
	*rate.Limiter
	policy string
	used   time.Time
}

func newLimiter(perSecond int) *limiter {
	return &limiter{perSecond: perSecond, buckets: map[string]*bucket{}, swept: time.Now()}
}

// allow takes a token for the client, own of which are its own rate if it has one, and renders the RateLimit headers.
func (l *limiter) allow(key string, own int, now time.Time) (ok bool, policy, state string, wait time.Duration) {
	n := l.perSecond
	if own > 0 {
		n = own
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.swept) > time.Minute {
		l.sweep(now)
	}
	b := l.buckets[key]
	if b == nil || b.Limit() != rate.Limit(n) {
		b = &bucket{rate.NewLimiter(rate.Limit(n), n*burst), fmt.Sprintf(`"default";q=%d;w=%d`, n*burst, burst), now}
		l.buckets[key] = b
	}
	b.used = now
	ok = b.AllowN(now, 1)
	left := max(0, int(b.TokensAt(now)))
	if !ok {
		wait = time.Duration(math.Ceil((1-b.TokensAt(now))/float64(n))) * time.Second
	}
	return ok, b.policy, fmt.Sprintf(`"default";r=%d;t=%d`, left, (n*burst-left+n-1)/n), max(wait, time.Second)
}

// sweep forgets full buckets, once a minute: memory is bounded by the clients of the last one.
func (l *limiter) sweep(now time.Time) {
	l.swept = now
	for k, b := range l.buckets {
		if now.Sub(b.used) > 2*burst*time.Second {
			delete(l.buckets, k)
		}
	}
}

// networkOf is what counts as one anonymous client: an IPv4 address or an IPv6 /64.
func networkOf(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Is4() || a.Is4In6() {
		return ip
	}
	p, _ := a.Prefix(64)
	return p.String()
}
