package account

import (
	"bytes"
	"context"
	"testing"

	"github.com/seutu/seutu/internal/store"
)

func from(ip string) context.Context {
	return store.WithOrigin(context.Background(), store.Origin{IP: &ip})
}

func TestNetwork(t *testing.T) {
	for ip, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "::ffff:192.0.2.7", "2001:db8:1:2:3::4": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64", "?": "?",
	} {
		if got := network(from(ip)); got != want {
			t.Errorf("%s: %s, want %s", ip, got, want)
		}
	}
	if got := network(context.Background()); got != "" {
		t.Errorf("outside a request: %q", got)
	}
}

func TestBudgetsAreSeparate(t *testing.T) {
	a, b := from("192.0.2.7"), from("192.0.2.8")
	same := func(x, y budget) bool { return bytes.Equal(x.key, y.key) }
	if !same(accountBudget(a, "m@x.fi", false), accountBudget(b, "m@x.fi", false)) {
		t.Error("strangers share one budget of an account")
	}
	if same(accountBudget(a, "m@x.fi", true), accountBudget(b, "m@x.fi", true)) {
		t.Error("each familiar address has its own budget")
	}
	all := []budget{addressBudget(a), accountBudget(a, "m@x.fi", false), accountBudget(a, "m@x.fi", true), accountBudget(a, "n@x.fi", true), clientBudget(a, "m@x.fi"), addressBudget(b)}
	for i := range all {
		for j := range i {
			if same(all[i], all[j]) {
				t.Errorf("budgets %d and %d are one", i, j)
			}
		}
	}
}
